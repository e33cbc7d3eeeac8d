"""What inspectors found by their check-lists, in the words of the station's catalogue."""

from collections.abc import Iterator

from station.bus.messages import Catalogue, CataloguePoint, InspectionSnapshot
from station.desk.words import text
from station.model.codes import CHECKLIST_ITEMS, LOCATION_NAMES
from station.model.facts import Defect, PointResult
from station.model.text import Text


def same(words: str) -> Text:
    """Return words that are the same in every language: a code, or what somebody typed."""
    return Text(zh=words, en=words)


def findings(snapshot: InspectionSnapshot, item: str, catalogue: Catalogue | None) -> list[Text]:
    """Return a line for each defect of an item's deciding check-list: point, defect, location, note, photos."""
    record = snapshot.inspection.latest(item)
    checklist = snapshot.inspection.checklist(item, record.attempt) if record else None
    points = {point.id: point for point in catalogue.points} if catalogue else {}
    failed = [result for result in checklist.results if result.outcome == "fail"] if checklist else []
    return [line for result in failed for line in _lines(snapshot, item, result, points.get(result.point))]


def all_findings(snapshot: InspectionSnapshot, catalogue: Catalogue | None) -> list[tuple[str, Text]]:
    """Return item and line of every defect of a vehicle."""
    return [(item, line) for item in CHECKLIST_ITEMS for line in findings(snapshot, item, catalogue)]


def _lines(
    snapshot: InspectionSnapshot, item: str, result: PointResult, point: CataloguePoint | None
) -> Iterator[Text]:
    names = {defect.code: defect.name for defect in point.defects} if point else {}
    photos = text("finding.photos", count=len(result.photos)) if result.photos else same("")
    for number, defect in enumerate(result.defects, 1):
        note = snapshot.notes.get(f"defect.{item}.{result.point}.{number}", "")
        yield text(
            "finding.line",
            point=point.name if point else result.point,
            defect=names.get(defect.code, same(defect.code)),
            where=_where(defect),
            note=text("finding.note", note=note) if note else same(""),
            photos=photos,
        )


def _where(defect: Defect) -> Text:
    name = LOCATION_NAMES.get(defect.location or "")
    return text("finding.where", where=name) if name else same("")
