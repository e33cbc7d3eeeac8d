"""The results of the instruments (仪器设备检验): every attempt, with value, limit, clause and verdict."""

from reportlab.platypus import Table

from reports.data import FINE, ReportData
from reports.findings import excepted, told, why_of
from reports.informed import informed
from reports.rows import EXCEPTED, Rows
from reports.style import SOFT, WIDTH
from reports.words import Words
from station.model.codes import CHECKLIST_ITEMS
from station.model.inspection import ItemRecord
from station.model.verdict import QuantityVerdict

COLUMNS = [WIDTH * share for share in (0.265, 0.225, 0.11, 0.13, 0.165, 0.105)]
HEADS = ("item", "quantity", "value", "limit", "clause", "verdict")


def items_table(data: ReportData, words: Words) -> Table | None:
    """Return the table of every attempt's measured items in the order of the plan, None if there are none."""
    rows = Rows(words, verdict=5, tinted=1)
    rows.heads(*(f"head.{head}" for head in HEADS))
    for attempt in data.attempts():
        mine = [item for item in data.items(attempt.number) if item.code not in CHECKLIST_ITEMS]
        if mine:
            rows.attempt(data, attempt)
        for item in mine:
            _item(rows, data, item)
    return rows.table(COLUMNS) if rows.last else None


def _item(rows: Rows, data: ReportData, item: ItemRecord) -> None:
    first = rows.last + 1
    quantities = item.verdict.quantities if item.verdict else ()
    for quantity in quantities:
        _quantity(rows, item, quantity)
    if not quantities:
        _plain(rows, data, item)
    for line in informed(data, item, rows.words):
        rows.add("", rows.cell(line, 7, SOFT))
        rows.style.append(("SPAN", (1, rows.last), (5, rows.last)))
    if rows.last > first:
        rows.style.append(("SPAN", (0, first), (0, rows.last)))


def _quantity(rows: Rows, item: ItemRecord, quantity: QuantityVerdict) -> None:
    words, outcome = rows.words, quantity.outcome
    star = "" if quantity.confirmed else " *"
    rows.add(
        rows.name(item),
        words.of(quantity.name),
        rows.cell(words.raw(told(quantity)), bold=outcome not in FINE),
        words.raw(quantity.limit_shown) + star if quantity.limit is not None else "—",
        rows.cell(words.raw(quantity.clause) or "—", 7.2, SOFT),
        rows.said(outcome, EXCEPTED if excepted(quantity) else ""),
        outcome=outcome,
    )


def _plain(rows: Rows, data: ReportData, item: ItemRecord) -> None:
    bad = item.outcome is not None and item.outcome not in FINE
    why = why_of(data, item, rows.words) if bad else "—"
    rows.add(rows.name(item), rows.cell(why, bold=bad), "", "", "", rows.said(item.outcome), outcome=item.outcome)
    rows.style.append(("SPAN", (1, rows.last), (4, rows.last)))
