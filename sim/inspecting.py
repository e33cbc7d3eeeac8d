"""How a simulated inspector goes through a check-list: every point is looked at, photographed where it must be."""

from collections.abc import Sequence

from handheld.client import Handheld
from sim.findings import Finding
from sim.photos import photo_of
from station.bus.messages import CataloguePoint, DefectFound, PointFound


async def go_through(handheld: Handheld, serial: str, item: str, findings: Sequence[Finding]) -> None:
    """Look at every planned point of an item, have the photos kept, hand the list in.

    Raises:
        CommandRefusedError: office or line refuse something.
        TimeoutError: they do not answer, or the catalogue does not come.
    """
    points = await handheld.await_points(serial, item)
    defects = defects_at(points, findings)
    found = [await _look(handheld, serial, point, defects.get(point.id, ())) for point in points]
    await handheld.record_checklist(serial, item, found)


def defects_at(points: Sequence[CataloguePoint], findings: Sequence[Finding]) -> dict[str, tuple[DefectFound, ...]]:
    """Return what is written down at which point of a check-list."""
    written: dict[str, tuple[DefectFound, ...]] = {}
    for finding in findings:
        point = finding.at(points)
        if point:
            written[point.id] = (*written.get(point.id, ()), finding.written(point))
    return written


async def _look(handheld: Handheld, serial: str, point: CataloguePoint, defects: tuple[DefectFound, ...]) -> PointFound:
    """Return what was found at a point; a defect is photographed, whether the catalogue asks for it or not."""
    photos: tuple[str, ...] = ()
    if point.photo or defects:
        photos = (await handheld.add_photo(serial, point.item, point.id, photo_of(serial, point.id)),)
    return PointFound(point=point.id, outcome="fail" if defects else "pass", defects=defects, photos=photos)
