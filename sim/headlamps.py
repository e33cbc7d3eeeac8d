"""Headlamps (前照灯) of simulated vehicles: what a tester at 1 m can find of each."""

import random
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

LampSystem = Literal["2", "4"]
Beam = Literal["off", "low", "high"]


@dataclass(frozen=True)
class Lamp:
    """One headlamp; offsets in mm at 10 m, right and up positive, as seen from the driver's seat.

    Args:
        intensity_cd: brightest point of the high beam.
        high_dx_mm: offset of the high beam to the right.
        high_dy_mm: its offset upwards.
        low_dx_mm: offset of the low beam's elbow, None for a lamp without low beam.
        low_dy_mm: its offset upwards.
        height_mm: height of the lamp's centre above the ground.
        burnt_out: it gives no light at all.
    """

    intensity_cd: int
    high_dx_mm: int
    high_dy_mm: int
    low_dx_mm: int | None
    low_dy_mm: int | None
    height_mm: int
    burnt_out: bool = False

    def shines(self, beam: Beam) -> bool:
        """Tell whether the lamp gives light with the driver's switch in this position."""
        return not self.burnt_out and (beam == "high" or (beam == "low" and self.low_dy_mm is not None))


class Headlamps(NamedTuple):
    """The lamps of one vehicle in the direction of travel; a two-lamp system (二灯制) has the outer ones only."""

    left_outer: Lamp
    left_inner: Lamp | None
    right_inner: Lamp | None
    right_outer: Lamp

    @property
    def system(self) -> LampSystem:
        """Return how many lamps there are, as the papers say it."""
        return "4" if self.left_inner or self.right_inner else "2"


def sound_headlamps(rand: random.Random, system: LampSystem) -> Headlamps:
    """Return lamps that pass clearly: 20,000 to 45,000 cd each, beams where they belong."""
    height_mm = rand.randrange(640, 760)
    left, right = (_lamp(rand, height_mm, low=True) for _ in range(2))
    inner = [_lamp(rand, height_mm, low=False) if system == "4" else None for _ in range(2)]
    return Headlamps(left, inner[0], inner[1], right)


def dimmed(lamps: Headlamps, rand: random.Random) -> Headlamps:
    """Return the lamps with a worn reflector: 7,000 to 11,500 cd; of four lamps, one in each symmetrical pair."""
    left = _weak(lamps.left_outer, rand)
    if lamps.right_inner is None:
        return lamps._replace(left_outer=left)
    # With one good pair left a vehicle with four lamps would pass by the limit for two.
    return lamps._replace(left_outer=left, right_inner=_weak(lamps.right_inner, rand))


def burnt_out(lamps: Headlamps) -> Headlamps:
    """Return the lamps with the right outer one dark."""
    return lamps._replace(right_outer=replace(lamps.right_outer, burnt_out=True))


def _weak(lamp: Lamp, rand: random.Random) -> Lamp:
    return replace(lamp, intensity_cd=rand.randrange(70, 116) * 100)


def _lamp(rand: random.Random, height_mm: int, low: bool) -> Lamp:
    return Lamp(
        intensity_cd=rand.randrange(200, 451) * 100,
        high_dx_mm=rand.randrange(-60, 61, 10),
        high_dy_mm=rand.randrange(-80, 21, 10),
        low_dx_mm=rand.randrange(-80, 121, 10) if low else None,
        low_dy_mm=-rand.randrange(110, 221, 10) if low else None,
        height_mm=height_mm,
    )
