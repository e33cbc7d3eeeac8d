"""Formulas of the roller brake tester: rates and imbalance. Percent, from forces in N and loads in kg."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from station.model.capture import Capture
from station.model.verdict import Outcome
from station.rules.formulas.evidence import (
    Evidence,
    Measured,
    ProblemError,
    Readings,
    Words,
    check_not_lost,
    invalid,
    mark,
    moment,
    readings,
)

SIDES = ("left", "right")
LOCKED_WHEELS = {"left_locked": 1, "right_locked": 1, "both_locked": 2}


@dataclass(frozen=True)
class AxleRun:
    """Both wheels' forces of one axle from the mark ``brake`` on, as whole numbers of ``step`` newtons."""

    axle: int
    capture: Capture
    begin: int
    left: tuple[int, ...]
    right: tuple[int, ...]
    step: Fraction
    warnings: tuple[tuple[str, Words], ...]

    @property
    def left_peak(self) -> int:
        """Return the first sample at which the left force is largest."""
        return self.begin + self.left.index(max(self.left))

    @property
    def right_peak(self) -> int:
        """Return the first sample at which the right force is largest."""
        return self.begin + self.right.index(max(self.right))

    @property
    def braking_force(self) -> Fraction:
        """Return the sum of both largest forces in N; each has its own moment."""
        return (max(self.left) + max(self.right)) * self.step

    @property
    def larger_force(self) -> Fraction:
        """Return the larger one of both largest forces in N."""
        return max(*self.left, *self.right) * self.step

    @property
    def peaks(self) -> str:
        """Return which samples decided the braking force."""
        left, right = moment(self.capture, self.left_peak), moment(self.capture, self.right_peak)
        return f"{self.capture.item} left {left}, right {right}"


def axle_run(axle: int, capture: Capture) -> AxleRun:
    """Return the forces of one axle's run, checked.

    Raises:
        ProblemError: invalid, naming axle and side: samples lost, missing or bad, no mark, no force.
    """
    check_not_lost(capture)
    begin = mark(capture, "brake")
    left, right = (_forces(capture, side, begin, axle) for side in SIDES)
    if len(left.numbers) != len(right.numbers):
        raise invalid("unequal_sides", axle=axle)
    return _in_one_step(axle, capture, begin, left, right)


def axle_braking_rate(evidence: Evidence) -> Measured:
    """Axle braking rate (轴制动率): both largest forces of the whole run over the static axle weight."""
    run = axle_run(evidence.axle, evidence.own())
    weight = _weight([(run.axle, run.capture)], evidence)
    return Measured(run.braking_force * 100 / weight, run.peaks, run.warnings)


def imbalance_of_largest_force(evidence: Evidence) -> Measured:
    """Imbalance (不平衡率): the largest difference at one instant of the rise over the largest force of the run."""
    run = axle_run(evidence.axle, evidence.own())
    difference, decided_by = _largest_difference(run)
    return Measured(difference * 100 / run.larger_force, decided_by)


def imbalance_of_axle_load(evidence: Evidence) -> Measured:
    """Imbalance of a weakly braked axle: the largest difference at one instant of the rise over the axle weight."""
    run = axle_run(evidence.axle, evidence.own())
    difference, decided_by = _largest_difference(run)
    return Measured(difference * 100 / _weight([(run.axle, run.capture)], evidence), decided_by)


def vehicle_braking_rate(evidence: Evidence) -> Measured:
    """Whole-vehicle braking rate (整车制动率): the forces of all axles over the static weight of all axles."""
    runs = [axle_run(axle, capture) for axle, capture in evidence.axles()]
    force = sum((run.braking_force for run in runs), Fraction(0))
    decided_by = "; ".join(run.peaks for run in runs)
    warnings = tuple(warning for run in runs for warning in run.warnings)
    return Measured(force * 100 / _weight(evidence.axles(), evidence), decided_by, warnings)


def parking_braking_rate(evidence: Evidence) -> Measured:
    """Parking rate (驻车制动率): the forces of the parking axle over the whole vehicle's weight, from the axle runs."""
    if len(evidence.parking_axles) != 1:
        raise ProblemError(Outcome.UNKNOWN, "not_one_parking_axle", count=len(evidence.parking_axles))
    run = axle_run(evidence.parking_axles[0], evidence.own())
    return Measured(run.braking_force * 100 / _weight(evidence.axles(), evidence), run.peaks, run.warnings)


def _forces(capture: Capture, side: str, begin: int, axle: int) -> Readings:
    curve = capture.curve(f"force_{side}")
    if curve is None:
        raise invalid("no_curve", axle=axle, side=side)
    found = readings(curve, "N", begin, len(curve.raw), axle=axle, side=side)
    # A turning wheel always has some drag: a side without any force is a sensor, a roller or a cable.
    if max(found.numbers, default=0) <= 0:
        raise invalid("no_force", axle=axle, side=side)
    return found


def _in_one_step(axle: int, capture: Capture, begin: int, left: Readings, right: Readings) -> AxleRun:
    denominator = lcm(left.step.denominator, right.step.denominator)
    numbers = [tuple(n * int(side.step * denominator) for n in side.numbers) for side in (left, right)]
    words = {"axle": axle}
    warnings = [("wheel_suspect", {**words, "side": s}) for s, r in zip(SIDES, (left, right), strict=True) if r.suspect]
    if capture.end_state == "timeout":
        warnings.append(("timed_out", dict(words)))
    return AxleRun(axle, capture, begin, numbers[0], numbers[1], Fraction(1, denominator), tuple(warnings))


def _largest_difference(run: AxleRun) -> tuple[Fraction, str]:
    begin, end = _rise(run)
    differences = [
        abs(left - right)
        for left, right in zip(
            run.left[begin - run.begin : end + 1 - run.begin],
            run.right[begin - run.begin : end + 1 - run.begin],
            strict=True,
        )
    ]
    largest = max(differences)
    return largest * run.step, f"{run.capture.item} {moment(run.capture, begin + differences.index(largest))}"


def _rise(run: AxleRun) -> tuple[int, int]:
    """Return the first and last sample of the force's rise.

    It ends where a wheel locks (the rig stops there, so the maxima are reached by then) or where both wheels have
    reached their largest force, whichever is first.
    """
    begin = run.capture.mark("rise")
    if begin is None:
        raise invalid("no_rise", axle=run.axle)
    marked = run.capture.mark("end_point")
    end = max(run.left_peak, run.right_peak) if marked is None else marked
    if not run.begin <= begin <= end < run.begin + len(run.left):
        raise invalid("rise_out_of_order", axle=run.axle, begin=begin, end=end)
    return begin, end


def _weight(axles: Iterable[tuple[int, Capture]], evidence: Evidence) -> Fraction:
    load_kg = sum((_load(capture, side, axle) for axle, capture in axles for side in SIDES), Fraction(0))
    return load_kg * evidence.constants["g"]


def _load(capture: Capture, side: str, axle: int) -> Fraction:
    scalar = capture.scalar(f"load_{side}")
    if scalar is None or scalar.quantity is None or scalar.quality in ("invalid", "missing"):
        raise invalid("no_load", axle=axle, side=side)
    if scalar.quantity.unit != "kg":
        raise invalid("wheel_wrong_unit", unit=scalar.quantity.unit, expected="kg", axle=axle, side=side)
    if scalar.quantity.value <= 0:
        raise invalid("load_not_positive", load=scalar.quantity.value, axle=axle, side=side)
    return Fraction(scalar.quantity.value)
