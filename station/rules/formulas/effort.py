"""Formulas over the largest force of each wheel, each at its own moment: efficiency, imbalance, strongest and weakest.

They take a wheel without any force: whether that is a defect, or a measurement that does not count, is the pack's to
say, by a limit on the weakest wheel. Percent, from forces in N and loads in kg.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from station.model.capture import Capture
from station.rules.formulas.brakes import SIDES, static_weight
from station.rules.formulas.evidence import (
    Evidence,
    Measured,
    Words,
    check_not_lost,
    invalid,
    mark,
    moment,
    readings,
)
from station.rules.formulas.formula import Formula
from station.rules.formulas.scalars import scalar_value

Runs = Iterable[tuple[int, Capture]]


@dataclass(frozen=True)
class Wheel:
    """The largest force of a wheel in N, not below zero, which sample it is, and what to know of the readings."""

    force: Fraction
    decided_by: str
    warnings: tuple[tuple[str, Words], ...]


def wheels_of(axle: int, capture: Capture) -> tuple[Wheel, Wheel]:
    """Return the left and the right wheel of an axle's run, from the mark ``brake`` on.

    Raises:
        ProblemError: invalid, naming axle and side: samples lost, missing or bad, no mark.
    """
    check_not_lost(capture)
    begin = mark(capture, "brake")
    left, right = (_wheel(axle, capture, side, begin) for side in SIDES)
    return left, right


def braking_efficiency(evidence: Evidence) -> Measured:
    """Service brake efficiency (制动效率): as the run states it, else all wheels' forces over the weight."""
    return _stated(evidence) or _efficiency(evidence.axles(), static_weight(evidence.axles(), evidence))


def parking_efficiency(evidence: Evidence) -> Measured:
    """Parking brake efficiency: as the run states it, else the parking wheels' forces over the vehicle's weight."""
    return _stated(evidence) or _efficiency(evidence.parking(), static_weight(evidence.axles(), evidence))


def parking_efficiency_of_total_mass(evidence: Evidence) -> Measured:
    """Parking brake efficiency: the parking wheels' forces over the weight of the total mass (总质量)."""
    return _efficiency(evidence.parking(), evidence.number("total_mass_kg") * evidence.constants["g"])


def imbalance_of_maxima(evidence: Evidence) -> Measured:
    """Imbalance of an axle: the difference of both wheels' largest forces over the larger one; 0 without any force."""
    return _imbalance(evidence.axle, evidence.own())


def parking_imbalance_of_maxima(evidence: Evidence) -> Measured:
    """Imbalance of the parking brake, of several axles the worst one."""
    return max((_imbalance(axle, capture) for axle, capture in evidence.parking()), key=lambda found: found.value)


def _wheel(axle: int, capture: Capture, side: str, begin: int) -> Wheel:
    curve = capture.curve(f"force_{side}")
    if curve is None or len(curve.raw) <= begin:
        raise invalid("no_curve", axle=axle, side=side)
    found = readings(curve, "N", begin, len(curve.raw), axle=axle, side=side)
    largest = max(found.numbers)
    return Wheel(
        # Below zero there is no braking force, only a sensor that drifts.
        force=max(Fraction(0), largest * found.step),
        decided_by=f"{capture.item} {side} {moment(capture, begin + found.numbers.index(largest))}",
        warnings=tuple(_warnings(axle, capture, side, found.suspect)),
    )


def _warnings(axle: int, capture: Capture, side: str, suspect: bool) -> Iterator[tuple[str, Words]]:
    if suspect:
        yield "wheel_suspect", {"axle": axle, "side": side}
    if capture.end_state == "timeout":
        yield "timed_out", {"axle": axle}


def _wheels(runs: Runs) -> list[Wheel]:
    return [wheel for axle, capture in runs for wheel in wheels_of(axle, capture)]


def _measured(value: Fraction, wheels: Iterable[Wheel]) -> Measured:
    wheels = tuple(wheels)
    warnings = tuple(warning for wheel in wheels for warning in wheel.warnings)
    return Measured(value, ", ".join(wheel.decided_by for wheel in wheels), warnings)


def _stated(evidence: Evidence) -> Measured | None:
    """Return the efficiency that the item's own run states: a decelerometer's, which knows no wheels."""
    capture = evidence.captures.get(evidence.item)
    return None if capture is None or capture.scalar(evidence.scalar) is None else scalar_value(evidence)


def _efficiency(runs: Runs, weight: Fraction) -> Measured:
    wheels = _wheels(runs)
    return _measured(sum((wheel.force for wheel in wheels), Fraction(0)) * 100 / weight, wheels)


def _imbalance(axle: int, capture: Capture) -> Measured:
    left, right = wheels_of(axle, capture)
    larger = max(left.force, right.force)
    share = abs(left.force - right.force) * 100 / larger if larger else Fraction(0)
    return _measured(share, (left, right))


_Pick = Callable[[Iterable[Wheel]], Wheel]
_Take = Callable[[Evidence], Runs]


def _own(evidence: Evidence) -> Runs:
    return ((evidence.axle, evidence.own()),)


def _strongest(wheels: Iterable[Wheel]) -> Wheel:
    return max(wheels, key=lambda wheel: wheel.force)


def _weakest(wheels: Iterable[Wheel]) -> Wheel:
    return min(wheels, key=lambda wheel: wheel.force)


def _force_of(pick: _Pick, take: _Take, evidence: Evidence) -> Measured:
    """Return one wheel's largest force: of the strongest or the weakest one of some runs."""
    wheel = pick(_wheels(take(evidence)))
    return _measured(wheel.force, (wheel,))


FORMULAS = {
    "braking_efficiency": Formula(braking_efficiency, "%", ("g",), forces="axles", scalar=True),
    "parking_efficiency": Formula(parking_efficiency, "%", ("g",), forces="parking", loads="axles", scalar=True),
    "parking_efficiency_of_total_mass": Formula(
        parking_efficiency_of_total_mass, "%", ("g",), facts=("total_mass_kg",), forces="parking"
    ),
    "imbalance_of_maxima": Formula(imbalance_of_maxima, "%", needs_axle=True),
    "parking_imbalance_of_maxima": Formula(parking_imbalance_of_maxima, "%", forces="parking"),
    "strongest_wheel": Formula(partial(_force_of, _strongest, _own), "N", needs_axle=True),
    "weakest_wheel": Formula(partial(_force_of, _weakest, _own), "N", needs_axle=True),
    "strongest_parking_wheel": Formula(partial(_force_of, _strongest, Evidence.parking), "N", forces="parking"),
    "weakest_parking_wheel": Formula(partial(_force_of, _weakest, Evidence.parking), "N", forces="parking"),
    "weakest_wheel_of_all": Formula(partial(_force_of, _weakest, Evidence.axles), "N", forces="axles"),
}
