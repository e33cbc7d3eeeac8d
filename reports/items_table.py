"""The table of items: every attempt stands, with value, limit, clause and verdict in words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from reportlab.platypus import Flowable, Paragraph, Table

from reports.data import FINE, ReportData
from reports.style import FAINT, INK, RULE, SOFT, TONES, WIDTH, paragraph, table
from reports.verdict_band import why_of
from reports.words import Words
from station.model.inspection import AttemptRecord, ItemRecord
from station.model.verdict import Outcome, QuantityVerdict

SHARES = (0.21, 0.24, 0.13, 0.13, 0.18, 0.11)
COLUMNS = [WIDTH * share for share in SHARES]
HEADS = ("item", "quantity", "value", "limit", "clause", "verdict")


@dataclass
class _Rows:
    """Rows of the table, and the style commands that belong to them."""

    words: Words
    cells: list[list[Any]] = field(default_factory=list)
    style: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, *cells: str | Paragraph, tint: str | None = None) -> None:
        row = len(self.cells)
        self.cells.append([self.cell(c) if isinstance(c, str) else c for c in cells])
        if tint:
            self.style.append(("BACKGROUND", (1, row), (-1, row), tint))

    def cell(self, text: str, size: float = 8, colour: str = INK, bold: bool = False) -> Paragraph:
        return paragraph(text, self.words.language, size, colour, bold)


def items_table(data: ReportData, words: Words) -> Table:
    """Return the table of every attempt's items, in the order of the plan."""
    rows = _Rows(words)
    rows.add(*(rows.cell(words.say(f"head.{head}"), 7.4, SOFT, bold=True) for head in HEADS))
    for attempt in data.attempts():
        _attempt(rows, data, attempt)
    style = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, RULE),
        ("LINEABOVE", (0, 0), (-1, 0), 0.9, INK),
        ("LINEBELOW", (0, -1), (-1, -1), 0.9, INK),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
    return table(rows.cells, COLUMNS, [*style, *rows.style], heads=1, after=3)


def _attempt(rows: _Rows, data: ReportData, attempt: AttemptRecord) -> None:
    words, row = rows.words, len(rows.cells)
    key = "attempt.first" if attempt.number == 1 else "attempt.return"
    head = words.say(
        key,
        number=attempt.number,
        conclusion=words.say(f"conclusion.{attempt.conclusion or 'none'}"),
        signed_at=words.moment(attempt.signed_at),
        report_no=words.raw(attempt.report_no or "—"),
    )
    rows.add(rows.cell(head, 8, INK, bold=True), "", "", "", "", "")
    rows.style += [("SPAN", (0, row), (-1, row)), ("BACKGROUND", (0, row), (-1, row), FAINT)]
    for item in data.items(attempt.number):
        _item(rows, data, item)


def _item(rows: _Rows, data: ReportData, item: ItemRecord) -> None:
    first = len(rows.cells)
    quantities = item.verdict.quantities if item.verdict else ()
    for quantity in quantities:
        _quantity(rows, item, quantity)
    if not quantities:
        _plain(rows, data, item)
    last = len(rows.cells) - 1
    if last > first:
        rows.style.append(("SPAN", (0, first), (0, last)))


def _name(rows: _Rows, item: ItemRecord) -> Paragraph:
    return rows.cell(f"{rows.words.item(item.code)}  {rows.words.raw(item.code)}", bold=True)


def _quantity(rows: _Rows, item: ItemRecord, quantity: QuantityVerdict) -> None:
    words, outcome = rows.words, quantity.outcome
    bad = outcome not in FINE
    star = "" if quantity.confirmed else " *"
    rows.add(
        _name(rows, item),
        words.of(quantity.name),
        rows.cell(words.raw(quantity.shown) or "—", bold=bad),
        words.raw(quantity.limit_shown) + star if quantity.limit_shown else "—",
        rows.cell(words.raw(quantity.clause) or "—", 7.2, SOFT),
        _verdict(rows, outcome),
        tint=TONES[outcome.value][1] if bad else None,
    )


def _plain(rows: _Rows, data: ReportData, item: ItemRecord) -> None:
    outcome = item.outcome
    bad = outcome is not None and outcome not in FINE
    said = why_of(data, item, rows.words) if bad or data.notes.get((item.code, item.attempt)) else "—"
    verdict = _verdict(rows, outcome) if outcome else rows.cell(rows.words.say("outcome.not_done"), colour=SOFT)
    row = len(rows.cells)
    rows.add(_name(rows, item), said, "", "", "", verdict, tint=TONES[outcome.value][1] if bad and outcome else None)
    rows.style.append(("SPAN", (1, row), (4, row)))


def _verdict(rows: _Rows, outcome: Outcome) -> Paragraph:
    return rows.cell(rows.words.say(f"outcome.{outcome.value}"), 8.4, TONES[outcome.value][0], bold=True)


def explanations(data: ReportData, words: Words) -> list[Flowable]:
    """Return the sentences that say why a quantity did not pass, and what the rules warn of."""
    lines = list(_sentences(data, words))
    if data.unconfirmed():
        lines.append(words.say("footnote.unconfirmed"))
    return [paragraph(line, words.language, 8) for line in lines]


def _sentences(data: ReportData, words: Words) -> Iterator[str]:
    for item in data.inspection.items:
        if item.attempt > data.attempt or not item.verdict:
            continue
        lead = words.say("explain.lead", attempt=item.attempt, item=words.item(item.code))
        if item.verdict.reason:
            yield lead + words.of(item.verdict.reason)
        for quantity in item.verdict.quantities:
            if quantity.outcome not in FINE:
                yield lead + words.of(quantity.sentence)
        for warning in item.verdict.warnings:
            yield lead + words.of(warning)
