"""What is wrong with a simulated vehicle that only a person can see."""

from collections.abc import Sequence
from dataclasses import dataclass

from station.bus.messages import CataloguePoint, DefectFound
from station.model.facts import Location


@dataclass(frozen=True)
class Finding:
    """One defect: the item, point and code under which catalogues have it, where it is, and what is noted of it."""

    item: str
    point: str
    defect: str
    location: Location
    note: str

    def at(self, points: Sequence[CataloguePoint]) -> CataloguePoint | None:
        """Return the point of a check-list at which it is written down: its own, or the first with any defect."""
        able = [point for point in points if point.item == self.item and point.defects]
        return next((point for point in able if point.id == self.point), able[0] if able else None)

    def written(self, point: CataloguePoint) -> DefectFound:
        """Return it as it is written down at a point, under its own code or the first that the point has."""
        codes = [defect.code for defect in point.defects]
        code = self.defect if self.defect in codes else codes[0]
        return DefectFound(code=code, location=self.location, note=self.note)


BAD_TYRE = Finding("F1", "tyres", "tread_worn", "front_left", "花纹深度 0.9 mm")
OIL_LEAK = Finding("C1", "c1_leaks", "oil_leak", "underneath", "发动机油底壳滴油")
