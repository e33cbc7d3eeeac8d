"""The work of the headlamp tester, step by step: travel, find, wait for light, measure, track for the mechanic."""

from dataclasses import dataclass
from typing import Literal

from sim.headlamps import Beam, Lamp

Side = Literal["left", "right"]
Place = Literal["main", "aux"]

HOME_AT, LEFT_AT, RIGHT_AT = 0.0, 4.0, 9.0
"""Places along the rail, in seconds of travel from home."""

SIDE_AT: dict[Side, float] = {"left": LEFT_AT, "right": RIGHT_AT}
FIND_S, MEASURE_S, SEARCH_S = 3.0, 5.0, 20.0


@dataclass(frozen=True)
class Travel:
    """Drive along the rail to a place."""

    to: float


@dataclass(frozen=True)
class Find:
    """Find a lamp once it is lit; a lamp before which the receiver stands already needs light only."""

    place: Place
    beam: Beam
    anew: bool


@dataclass(frozen=True)
class Measure:
    """Measure one beam of the lamp that was found."""

    place: Place
    beam: Beam


@dataclass(frozen=True)
class Track:
    """Track the beam for the mechanic until he is told to leave."""

    place: Place
    beam: Beam


@dataclass(frozen=True)
class SideDone:
    """Everything that was asked of a side is measured."""


Step = Travel | Find | Measure | Track | SideDone


@dataclass
class SetUp:
    """What the host set up; the values are those of power-on."""

    four_lamps: bool = False
    beams: tuple[Beam, ...] = ("high", "low")
    low_first: bool = False
    adjust_high: bool = False
    adjust_low: bool = False

    def side(self) -> tuple[Step, ...]:
        """Return the steps before one side of the vehicle, from finding the first lamp on."""
        high: list[tuple[Place, Beam]] = [("main", "high")]
        if self.four_lamps:
            high.append(("aux", "high"))
        low: list[tuple[Place, Beam]] = [("main", "low")]
        wanted = [one for one in (low + high if self.low_first else high + low) if one[1] in self.beams]
        steps: list[Step] = []
        before: Place | None = None
        for place, beam in wanted:
            steps += [Find(place, beam, anew=place != before), Measure(place, beam)]
            steps += [Track(place, beam)] if self._adjusts(beam) else []
            before = place
        return (*steps, SideDone())

    def _adjusts(self, beam: Beam) -> bool:
        return self.adjust_high if beam == "high" else self.adjust_low


@dataclass(frozen=True)
class Record:
    """One measured beam; None: no value."""

    dx_mm: int | None
    dy_mm: int | None
    intensity_cd: int | None
    height_mm: int | None

    def text(self) -> str:
        """Return the 18 characters of a record."""
        cd = None if self.intensity_cd is None else min(max(round(self.intensity_cd / 100), 1), 1200)
        return _offset(self.dx_mm) + _offset(self.dy_mm) + _number(cd) + _number(self.height_mm)


NOT_MEASURED = "0" * 18
NO_VALUES = Record(None, None, None, None)
LOW_SHARE = 0.4
"""The low beam's brightest point against the high beam's."""


def record_of(lamp: Lamp, beam: Beam) -> Record:
    """Return what a perfect tester would read of a beam."""
    if beam == "high" or lamp.low_dx_mm is None or lamp.low_dy_mm is None:
        return Record(lamp.high_dx_mm, lamp.high_dy_mm, lamp.intensity_cd, lamp.height_mm)
    return Record(lamp.low_dx_mm, lamp.low_dy_mm, round(lamp.intensity_cd * LOW_SHARE), lamp.height_mm)


def _offset(value_mm: int | None) -> str:
    return "*****" if value_mm is None else f"{min(max(value_mm, -1000), 1000):+05d}"


def _number(value: int | None) -> str:
    return "****" if value is None else f"{value:04d}"
