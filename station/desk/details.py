"""Everything known of one inspection, drawn for reading: items, values, limits, clauses, verdicts, sentences."""

from rich.text import Text as Cell

from station.bus.messages import Catalogue, InspectionSnapshot
from station.desk.findings import all_findings
from station.desk.paper import Column, Paper, Run
from station.desk.papers import print_lines
from station.desk.view import Progress, item_reason, progress_of
from station.desk.words import SIGNS, STYLES, item_word, outcome_word, say, state_word
from station.model.inspection import ItemRecord
from station.model.text import Language
from station.model.verdict import Outcome, QuantityVerdict

COLUMNS = (
    ("item", False, True),
    ("quantity", False, True),
    ("value", True, False),
    ("limit", True, False),
    ("clause", False, True),
    ("verdict", False, False),
)
"""Name, whether it stands on the right, whether its words may break."""


def progress_cell(progress: Progress, language: Language) -> Cell:
    """Return the verdict so far: the worst outcome, and how many items are done while some are open."""
    count = f"{progress.done}/{progress.planned}"
    if progress.worst is None:
        return Cell(count if progress.planned else "")
    words = outcome_word(language, progress.worst)
    return Cell(words if progress.done == progress.planned else f"{words} {count}", STYLES[progress.worst])


def details(paper: Paper, snapshot: InspectionSnapshot, language: Language, catalogue: Catalogue | None) -> None:
    """Write the details of a vehicle: head line, table of quantities, sentences, findings, notes, prints."""
    paper.put(*head(snapshot, language))
    if snapshot.inspection.items:
        columns = [Column(say(language, f"details.{name}"), right, breaks) for name, right, breaks in COLUMNS]
        attempt = snapshot.inspection.attempt
        rows = [cells for record in snapshot.inspection.items for cells in _item_rows(record, attempt, language)]
        paper.table(columns, rows)
    for run in (*_sentences(snapshot, language, catalogue), *_prints(snapshot, language)):
        paper.put(run)


def head(snapshot: InspectionSnapshot, language: Language) -> list[Run]:
    """Return the line that names a vehicle and says where it stands."""
    inspection = snapshot.inspection
    words = f"{snapshot.vin}  {state_word(language, inspection.state)}"
    if inspection.attempt > 1:
        words += "  " + say(language, "details.attempt", number=inspection.attempt)
    waiting = snapshot.waiting_for.in_(language)
    words += f"  {waiting}  " if waiting else "  "
    progress = progress_cell(progress_of(inspection), language)
    return [(f"{snapshot.serial}  {snapshot.plate}  ", "bold"), (words, ""), (progress.plain, str(progress.style))]


def _item_rows(record: ItemRecord, attempt: int, language: Language) -> list[list[Run]]:
    name = item_word(language, record.code)
    if attempt > 1:
        name = f"{record.attempt}. {name}"
    quantities = record.verdict.quantities if record.verdict and record.state == "done" else ()
    if not quantities:
        doing = say(language, f"item.{record.state}")
        return [[(name, ""), *[("", "")] * 4, _outcome(record.outcome, language, doing)]]
    rows = [_quantity_row(quantity, language) for quantity in quantities]
    return [[(name if index == 0 else "", ""), *row] for index, row in enumerate(rows)]


def _outcome(outcome: Outcome | None, language: Language, empty: str = "") -> Run:
    return (outcome_word(language, outcome), STYLES[outcome]) if outcome else (empty, "")


def _quantity_row(quantity: QuantityVerdict, language: Language) -> list[Run]:
    return [
        (quantity.name.in_(language), ""),
        (quantity.shown, ""),
        (quantity.limit_shown, ""),
        (quantity.clause if quantity.confirmed else f"{quantity.clause} *", ""),
        _outcome(quantity.outcome, language),
    ]


def _sentences(snapshot: InspectionSnapshot, language: Language, catalogue: Catalogue | None) -> list[Run]:
    """Return what explains a verdict that is no plain pass, warnings and notes; then the plain sentences."""
    found = all_findings(snapshot, catalogue)
    loud = [_line(item, defect.in_(language), Outcome.FAIL) for item, defect in found]
    plain: list[Run] = []
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
    notes = [(say(language, "details.note", item=code, note=note), "") for code, note in said.items()]
    starred = [(say(language, "details.unconfirmed"), "dim")] if _any_unconfirmed(snapshot) else []
    return loud + notes + plain + starred


def _prints(snapshot: InspectionSnapshot, language: Language) -> list[Run]:
    return [(line.in_(language), "") for line in print_lines(snapshot.inspection.attempts)]


def _any_unconfirmed(snapshot: InspectionSnapshot) -> bool:
    return any(not q.confirmed for r in snapshot.inspection.items if r.verdict for q in r.verdict.quantities)


def _line(code: str, words: str, outcome: Outcome | None) -> Run:
    sign = SIGNS[outcome] if outcome else "·"
    return f"{sign} {code}: {words}", STYLES[outcome] if outcome and outcome is not Outcome.PASS else ""
