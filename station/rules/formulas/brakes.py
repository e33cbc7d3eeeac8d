"""Formulas of the brake tester: rates and imbalance. Percent, from forces in N and loads in kg."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from station.model.capture import Capture
from station.rules.conditions import Facts
from station.rules.formulas.evidence import (
    Evidence,
    Measured,
    Readings,
    Words,
    check_not_lost,
    invalid,
    mark,
    moment,
    readings,
)
from station.rules.formulas.formula import Formula

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
    left, right = (wheel_forces(capture, side, begin, axle) for side in SIDES)
    if len(left.numbers) != len(right.numbers):
        raise invalid("unequal_sides", axle=axle)
    return _in_one_step(axle, capture, begin, left, right)


def locking_facts(facts: Facts, captures: Sequence[Capture]) -> Facts:
    """Return the facts with what locked in these runs: wheels, their share in percent, whether the weaker wheel did."""
    locked = sum(LOCKED_WHEELS.get(capture.end_state, 0) for capture in captures)
    share = Fraction(100 * locked, 2 * len(captures)) if captures else Fraction(0)
    weaker = len(captures) == 1 and _weaker_wheel_locked(captures[0])
    return facts.plus("locked_wheels", Fraction(locked)).plus("locked_share", share).plus("lower_wheel_locked", weaker)


def _weaker_wheel_locked(capture: Capture) -> bool:
    if capture.end_state == "both_locked":
        return True
    left, right = (capture.curve(f"force_{side}") for side in SIDES)
    if left is None or right is None or capture.end_state not in LOCKED_WHEELS:
        return False
    begin = capture.mark("brake") or 0
    highest = [max((raw or 0 for raw in curve.raw[begin:]), default=0) * curve.scale for curve in (left, right)]
    return (highest[0] <= highest[1]) if capture.end_state == "left_locked" else (highest[1] <= highest[0])


def axle_braking_rate(evidence: Evidence) -> Measured:
    """Axle braking rate (轴制动率): both largest forces of the whole run over the static axle weight."""
    run = axle_run(evidence.axle, evidence.own())
    weight = static_weight([(run.axle, run.capture)], evidence)
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
    return Measured(difference * 100 / static_weight([(run.axle, run.capture)], evidence), decided_by)


def vehicle_braking_rate(evidence: Evidence) -> Measured:
    """Whole-vehicle braking rate (整车制动率): the forces of all axles over the static weight of all axles."""
    runs = [axle_run(axle, capture) for axle, capture in evidence.axles()]
    return rate_of(runs, static_weight(evidence.axles(), evidence))


def rate_of(runs: list[AxleRun], weight_n: Fraction) -> Measured:
    """Return the forces of these runs over a weight."""
    force = sum((run.braking_force for run in runs), Fraction(0))
    decided_by = "; ".join(run.peaks for run in runs)
    warnings = tuple(warning for run in runs for warning in run.warnings)
    return Measured(force * 100 / weight_n, decided_by, warnings)


def parking_braking_rate(evidence: Evidence) -> Measured:
    """Parking rate (驻车制动率): the forces of all parking axles over the weight of all axles, from their runs."""
    return rate_of(parking_runs(evidence), static_weight(evidence.axles(), evidence))


def parking_runs(evidence: Evidence) -> list[AxleRun]:
    """Return the runs of all parking axles, checked."""
    return [axle_run(axle, capture) for axle, capture in evidence.parking()]


def wheel_forces(capture: Capture, side: str, begin: int, axle: int) -> Readings:
    """Return the forces of one wheel from a sample on, in N.

    Raises:
        ProblemError: invalid, naming axle and side: no curve, samples missing or bad, no force.
    """
    curve = capture.curve(f"force_{side}")
    if curve is None:
        raise invalid("no_curve", axle=axle, side=side)
    found = readings(curve, "N", begin, len(curve.raw), axle=axle, side=side)
    # A turning wheel always has some drag: a side without any force is a sensor, a roller or a cable.
    if max(found.numbers, default=0) <= 0:
        raise invalid("no_force", axle=axle, side=side)
    return found


def _in_one_step(axle: int, capture: Capture, begin: int, left: Readings, right: Readings) -> AxleRun:
    step = _common_step(left.step, right.step)
    numbers = [_in_steps(side, step) for side in (left, right)]
    words = {"axle": axle}
    warnings = [("wheel_suspect", {**words, "side": s}) for s, r in zip(SIDES, (left, right), strict=True) if r.suspect]
    if capture.end_state == "timeout":
        warnings.append(("timed_out", dict(words)))
    return AxleRun(axle, capture, begin, numbers[0], numbers[1], step, tuple(warnings))


def _common_step(one: Fraction, other: Fraction) -> Fraction:
    """Return the largest step of which both are whole multiples."""
    denominator = lcm(one.denominator, other.denominator)
    return Fraction(gcd(int(one * denominator), int(other * denominator)), denominator)


def _in_steps(side: Readings, step: Fraction) -> tuple[int, ...]:
    factor = int(side.step / step)
    return side.numbers if factor == 1 else tuple([number * factor for number in side.numbers])


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

    It ends where a wheel locks (the rig marks that, or stops there, so the maxima are reached by then) or where both
    wheels have reached their largest force, whichever is first.
    """
    begin = run.capture.mark("rise")
    if begin is None:
        raise invalid("no_rise", axle=run.axle)
    both_largest = max(run.left_peak, run.right_peak)
    marked = run.capture.mark("end_point")
    end = both_largest if marked is None else marked
    if not run.begin <= begin <= min(end, both_largest) or end >= run.begin + len(run.left):
        raise invalid("rise_out_of_order", axle=run.axle, begin=begin, end=end)
    return begin, min(end, both_largest)


def static_weight(axles: Iterable[tuple[int, Capture]], evidence: Evidence) -> Fraction:
    """Return the weight of these axles in N, from the wheel loads of their runs and the pack's ``g``.

    Raises:
        ProblemError: invalid, naming axle and side: a load is missing, in another unit or not above zero.
    """
    load_kg = sum((wheel_load_kg(capture, side, axle) for axle, capture in axles for side in SIDES), Fraction(0))
    return load_kg * evidence.constants["g"]


def wheel_load_kg(capture: Capture, side: str, axle: int) -> Fraction:
    """Return the static load of one wheel.

    Raises:
        ProblemError: invalid, naming axle and side: no load, in another unit, or not above zero.
    """
    scalar = capture.scalar(f"load_{side}")
    if scalar is None or scalar.quantity is None or scalar.quality in ("invalid", "missing"):
        raise invalid("no_load", axle=axle, side=side)
    if scalar.quantity.unit != "kg":
        raise invalid("wheel_wrong_unit", unit=scalar.quantity.unit, expected="kg", axle=axle, side=side)
    if scalar.quantity.value <= 0:
        raise invalid("load_not_positive", load=scalar.quantity.value, axle=axle, side=side)
    return Fraction(scalar.quantity.value)


FORMULAS = {
    "axle_braking_rate": Formula(axle_braking_rate, "%", ("g",), loads="own", needs_axle=True),
    "imbalance_of_largest_force": Formula(imbalance_of_largest_force, "%", needs_axle=True),
    "imbalance_of_axle_load": Formula(imbalance_of_axle_load, "%", ("g",), loads="own", needs_axle=True),
    "vehicle_braking_rate": Formula(vehicle_braking_rate, "%", ("g",), forces="axles", loads="axles"),
    "parking_braking_rate": Formula(parking_braking_rate, "%", ("g",), forces="parking", loads="axles"),
}
