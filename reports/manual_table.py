"""The results of the manual part (人工检验): one row an item, its failed points with defect, place and note."""

from typing import Any

from reportlab.platypus import Table

from reports.data import FINE, ReportData
from reports.findings import checklist_of, failed_points, point_line, point_name, why_of
from reports.rows import Rows
from reports.style import SOFT, WIDTH
from reports.words import Words
from station.model.codes import CHECKLIST_ITEMS
from station.model.inspection import Checklist, ItemRecord

COLUMNS = [WIDTH * share for share in (0.265, 0.105, 0.37, 0.26)]
HEADS = ("item", "verdict", "defects", "remark")


def manual_table(data: ReportData, words: Words) -> Table | None:
    """Return the table of every attempt's manual items, None if there are none."""
    rows = Rows(words, verdict=1)
    rows.heads(*(f"head.{head}" for head in HEADS))
    for attempt in data.attempts():
        mine = [item for item in data.items(attempt.number) if item.code in CHECKLIST_ITEMS]
        if mine:
            rows.attempt(data, attempt)
        for item in mine:
            _item(rows, data, item)
    return rows.table(COLUMNS) if rows.last else None


def _item(rows: Rows, data: ReportData, item: ItemRecord) -> None:
    checklist = checklist_of(data, item)
    remark = _remark(data, checklist, rows.words) if checklist else "—"
    found = _found(rows, data, item)
    rows.add(rows.name(item), rows.said(item.outcome), found, rows.cell(remark, 7.4, SOFT), outcome=item.outcome)


def _found(rows: Rows, data: ReportData, item: ItemRecord) -> Any:
    points = failed_points(data, item, rows.words)
    if points:
        return [rows.cell(point_line(point, rows.words), bold=True) for point in points]
    noted = (item.code, item.attempt) in data.notes
    return why_of(data, item, rows.words) if noted or item.outcome not in {*FINE, None} else "—"


def _remark(data: ReportData, checklist: Checklist, words: Words) -> str:
    results = checklist.results
    photos = {photo for result in results for photo in result.photos}
    left_out = [point_name(data, result.point, words) for result in results if result.outcome == "not_applicable"]
    parts = [words.say("remark.points", count=len(checklist.planned))]
    parts += [words.say("remark.photos", count=len(photos))] if photos else []
    parts += [words.say("remark.not_applicable", points=words.say("list.comma").join(left_out))] if left_out else []
    return words.say("list.semicolon").join(parts)
