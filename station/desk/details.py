"""Everything known of one inspection, drawn for reading: items, values, limits, clauses, verdicts, sentences."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Cell
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from station.bus.messages import Catalogue, InspectionSnapshot
from station.desk.findings import all_findings
from station.desk.papers import print_lines
from station.desk.view import Progress, item_reason, progress_of
from station.desk.words import SIGNS, STYLES, item_word, outcome_word, say, state_word
from station.model.inspection import ItemRecord
from station.model.text import Language
from station.model.verdict import Outcome, QuantityVerdict

COLUMNS = ("item", "quantity", "value", "limit", "clause", "verdict")


class DetailsPane(VerticalScroll):
    """The details of one vehicle, drawn again only when it or the language has changed."""

    _drawn: tuple[InspectionSnapshot | None, Catalogue | None, str, list[str]] | None = None

    def compose(self) -> ComposeResult:
        """Make the text."""
        yield Static(id="details-text")

    def show(
        self,
        snapshot: InspectionSnapshot | None,
        language: Language,
        catalogue: Catalogue | None,
        before: list[str] | None = None,
    ) -> None:
        """Show a vehicle, below some lines that must be read first; without one the pane is not there."""
        drawing = (snapshot, catalogue, language, before or [])
        drawn = self._drawn
        if drawn and drawn[0] is snapshot and drawn[1] is catalogue and drawn[2:] == drawing[2:]:
            return
        self._drawn = drawing
        self.display = snapshot is not None
        if snapshot is not None:
            first = [Cell(line, "bold yellow" if line.startswith("!") else "bold") for line in before or []]
            self.query_one("#details-text", Static).update(Group(*first, details(snapshot, language, catalogue)))


def outcome_cell(outcome: Outcome | None, language: Language, empty: str = "") -> Cell:
    """Return an outcome as sign, word and colour."""
    return Cell(outcome_word(language, outcome), STYLES[outcome]) if outcome else Cell(empty)


def progress_cell(progress: Progress, language: Language) -> Cell:
    """Return the verdict so far: the worst outcome, and how many items are done while some are open."""
    count = f"{progress.done}/{progress.planned}"
    if progress.worst is None:
        return Cell(count if progress.planned else "")
    words = outcome_word(language, progress.worst)
    return Cell(words if progress.done == progress.planned else f"{words} {count}", STYLES[progress.worst])


def details(snapshot: InspectionSnapshot, language: Language, catalogue: Catalogue | None = None) -> RenderableType:
    """Return the details of a vehicle: head line, table of quantities, sentences, findings, notes, prints."""
    parts: list[RenderableType] = [head(snapshot, language)]
    if snapshot.inspection.items:
        parts.append(_table(snapshot, language))
    return Group(*parts, *_sentences(snapshot, language, catalogue), *_prints(snapshot, language))


def head(snapshot: InspectionSnapshot, language: Language) -> Cell:
    """Return the line that names a vehicle and says where it stands."""
    inspection = snapshot.inspection
    line = Cell(f"{snapshot.serial}  {snapshot.plate}  ", "bold")
    line.append(f"{snapshot.vin}  ", "not bold")
    line.append(state_word(language, inspection.state), "not bold")
    if inspection.attempt > 1:
        line.append("  " + say(language, "details.attempt", number=inspection.attempt), "not bold")
    waiting = snapshot.waiting_for.in_(language)
    line.append(f"  {waiting}  " if waiting else "  ", "not bold")
    line.append_text(progress_cell(progress_of(inspection), language))
    return line


def _table(snapshot: InspectionSnapshot, language: Language) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold underline")
    for column in COLUMNS:
        right = column in ("value", "limit")
        label = say(language, f"details.{column}")
        table.add_column(
            label,
            justify="right" if right else "left",
            no_wrap=column in ("value", "limit", "verdict"),
            overflow="fold",
        )
    for record in snapshot.inspection.items:
        for cells in _item_rows(record, snapshot.inspection.attempt, language):
            table.add_row(*cells)
    return table


def _item_rows(record: ItemRecord, attempt: int, language: Language) -> list[list[str | Cell]]:
    name = item_word(language, record.code)
    if attempt > 1:
        name = f"{record.attempt}. {name}"
    quantities = record.verdict.quantities if record.verdict and record.state == "done" else ()
    if not quantities:
        doing = say(language, f"item.{record.state}")
        return [[name, "", "", "", "", outcome_cell(record.outcome, language, doing)]]
    rows = [_quantity_row(quantity, language) for quantity in quantities]
    return [[name if index == 0 else "", *row] for index, row in enumerate(rows)]


def _quantity_row(quantity: QuantityVerdict, language: Language) -> list[str | Cell]:
    return [
        quantity.name.in_(language),
        quantity.shown,
        quantity.limit_shown,
        quantity.clause if quantity.confirmed else f"{quantity.clause} *",
        outcome_cell(quantity.outcome, language),
    ]


def _sentences(snapshot: InspectionSnapshot, language: Language, catalogue: Catalogue | None) -> list[Cell]:
    """Return what explains a verdict that is no plain pass, warnings and notes; then the plain sentences."""
    found = all_findings(snapshot, catalogue)
    loud = [_line(item, defect.in_(language), Outcome.FAIL) for item, defect in found]
    plain: list[Cell] = []
    for record in snapshot.inspection.items:
        verdict = record.verdict if record.state == "done" else None
        reason = item_reason(record, verdict, language) if record.state == "done" else ""
        if reason:
            loud.append(_line(record.code, reason, record.outcome))
        for quantity in verdict.quantities if verdict else ():
            where = plain if quantity.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE) else loud
            where.append(_line(record.code, quantity.sentence.in_(language), quantity.outcome))
        for warning in verdict.warnings if verdict else ():
            loud.append(_line(record.code, warning.in_(language), Outcome.UNKNOWN))
    said = {code: note for code, note in snapshot.notes.items() if note and not code.startswith("defect.")}
    notes = [Cell(say(language, "details.note", item=code, note=note)) for code, note in said.items()]
    starred = [Cell(say(language, "details.unconfirmed"), "dim")] if _any_unconfirmed(snapshot) else []
    return loud + notes + plain + starred


def _prints(snapshot: InspectionSnapshot, language: Language) -> list[Cell]:
    return [Cell(line.in_(language)) for line in print_lines(snapshot.inspection.attempts)]


def _any_unconfirmed(snapshot: InspectionSnapshot) -> bool:
    return any(not q.confirmed for r in snapshot.inspection.items if r.verdict for q in r.verdict.quantities)


def _line(code: str, words: str, outcome: Outcome | None) -> Cell:
    sign = SIGNS[outcome] if outcome else "·"
    return Cell(f"{sign} {code}: {words}", STYLES[outcome] if outcome and outcome is not Outcome.PASS else "")
