"""The words for what check-lists hold as codes: points and defects, as the rule pack names them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from station.model.text import Text


@dataclass(frozen=True)
class PointWords:
    """The name of one point (检查点), and of the defects that may be found there by their code."""

    name: Text
    defects: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True)
class ChecklistWords:
    """The words for every point, by its code; a code that has none stands for itself, so that nothing is left out."""

    points: Mapping[str, PointWords] = field(default_factory=dict)

    def point(self, code: str) -> Text:
        """Return the name of a point."""
        known = self.points.get(code)
        return known.name if known else _itself(code)

    def defect(self, point: str, code: str) -> Text:
        """Return the name of a defect at a point."""
        known = self.points.get(point)
        return known.defects.get(code, _itself(code)) if known else _itself(code)


def _itself(code: str) -> Text:
    return Text(zh=code, en=code)
