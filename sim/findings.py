"""What is wrong with a simulated vehicle that only a person can see."""

from collections.abc import Sequence
from dataclasses import dataclass

from station.bus.messages import CatalogueDefect, CataloguePoint
from station.model.facts import Location


@dataclass(frozen=True)
class Finding:
    """One defect: the item in whose check-list it belongs, and where it is.

    ``point_words`` and ``defect_words`` name it as catalogues do: the first word that fits a point or defect counts.
    """

    item: str
    point_words: tuple[str, ...]
    defect_words: tuple[str, ...]
    location: Location
    note: str

    def point(self, points: Sequence[CataloguePoint]) -> CataloguePoint | None:
        """Return the point of a check-list at which this defect is written down, None if none has defects at all."""
        able = [point for point in points if point.item == self.item and point.defects]
        for word in self.point_words:
            found = next((point for point in able if word in point.name.zh), None)
            if found:
                return found
        return able[0] if able else None

    def defect(self, point: CataloguePoint) -> CatalogueDefect:
        """Return the defect of that point that comes nearest."""
        for word in self.defect_words:
            found = next((defect for defect in point.defects if word in defect.name.zh), None)
            if found:
                return found
        return point.defects[0]


BAD_TYRE = Finding(
    item="F1",
    point_words=("轮胎",),
    defect_words=("花纹", "磨损"),
    location="front_left",
    note="花纹深度 0.9 mm",
)
OIL_LEAK = Finding(
    item="C1",
    point_words=("漏油", "泄漏", "渗漏", "其他部件", "传动", "转向"),
    defect_words=("漏油", "滴", "渗", "漏"),
    location="underneath",
    note="发动机油底壳滴油",
)
