"""Braking rates that are not of a whole axle at rest: on plates, of one wheel, under load. Percent."""

from fractions import Fraction

from station.model.capture import Capture
from station.rules.formulas.brakes import (
    SIDES,
    AxleRun,
    axle_braking_rate,
    axle_run,
    parking_runs,
    rate_of,
    static_weight,
    wheel_forces,
    wheel_load_kg,
)
from station.rules.formulas.evidence import (
    Evidence,
    Measured,
    Readings,
    check_not_lost,
    invalid,
    mark,
    moment,
    readings,
)
from station.rules.formulas.formula import Formula


def dynamic_axle_braking_rate(evidence: Evidence) -> Measured:
    """Axle braking rate on a plate tester (平板制动检验台): both largest forces over the loads of those two moments.

    Each wheel's load is taken when its own force is largest (GB 38900-2020 Appendix D).
    """
    run = axle_run(evidence.axle, evidence.own())
    load_kg = sum(
        _dynamic_load_kg(run, side, peak) for side, peak in zip(SIDES, (run.left_peak, run.right_peak), strict=True)
    )
    return Measured(run.braking_force * 100 / (load_kg * evidence.constants["g"]), run.peaks, run.warnings)


def loaded_axle_braking_rate(evidence: Evidence) -> Measured:
    """Braking rate of an axle under load (加载轴制动率): as unladen, over the weight that the run loaded it with."""
    if evidence.own().method != "loaded":
        raise invalid("not_loaded", axle=evidence.axle)
    return axle_braking_rate(evidence)


def single_wheel_braking_rate(evidence: Evidence) -> Measured:
    """Braking rate of an axle with one wheel: its largest force over its static weight, on whichever side it ran.

    A run that has both sides has a wheel on both, a twin wheel: both count.
    """
    axle, capture = evidence.axle, evidence.own()
    check_not_lost(capture)
    begin = mark(capture, "brake")
    sides = _sides(axle, capture)
    found = {side: wheel_forces(capture, side, begin, axle) for side in sides}
    force_n = sum((max(wheel.numbers) * wheel.step for wheel in found.values()), Fraction(0))
    load_kg = _load_kg(axle, capture)
    peaks = ", ".join(f"{side} {moment(capture, _peak(wheel))}" for side, wheel in found.items())
    warnings = tuple(("wheel_suspect", {"axle": axle, "side": side}) for side in sides if found[side].suspect)
    return Measured(force_n * 100 / (load_kg * evidence.constants["g"]), f"{capture.item} {peaks}", warnings)


def parking_rate_of_three_wheels(evidence: Evidence) -> Measured:
    """Parking rate of a vehicle whose first axle has one wheel: that is weighed on whichever side it ran."""
    first, *others = evidence.axles()
    weight_n = _load_kg(*first) * evidence.constants["g"] + static_weight(others, evidence)
    return rate_of(parking_runs(evidence), weight_n)


def _sides(axle: int, capture: Capture) -> list[str]:
    """Return the sides of an axle with one wheel that were measured."""
    sides = [side for side in SIDES if capture.curve(f"force_{side}") is not None]
    if not sides:
        raise invalid("no_wheel", axle=axle)
    return sides


def _load_kg(axle: int, capture: Capture) -> Fraction:
    """Return the static load of an axle with one wheel."""
    return sum((wheel_load_kg(capture, side, axle) for side in _sides(axle, capture)), Fraction(0))


def _peak(wheel: Readings) -> int:
    """Return the first sample at which a wheel's force is largest."""
    return wheel.begin + wheel.numbers.index(max(wheel.numbers))


def _dynamic_load_kg(run: AxleRun, side: str, index: int) -> Fraction:
    """Return the load of a wheel at one moment."""
    curve = run.capture.curve(f"load_{side}")
    if curve is None:
        raise invalid("no_load_curve", axle=run.axle, side=side)
    if len(curve.raw) != run.begin + len(run.left):
        raise invalid("unequal_load", axle=run.axle, side=side)
    found = readings(curve, "kg", index, index + 1, axle=run.axle, side=side)
    load_kg = found.numbers[0] * found.step
    if load_kg <= 0:
        raise invalid("load_not_positive", load=load_kg, axle=run.axle, side=side)
    return load_kg


FORMULAS = {
    "dynamic_axle_braking_rate": Formula(dynamic_axle_braking_rate, "%", ("g",), needs_axle=True),
    "loaded_axle_braking_rate": Formula(loaded_axle_braking_rate, "%", ("g",), loads="own", needs_axle=True),
    "parking_rate_of_three_wheels": Formula(parking_rate_of_three_wheels, "%", ("g",), forces="parking", loads="axles"),
    "single_wheel_braking_rate": Formula(single_wheel_braking_rate, "%", ("g",), loads="own", needs_axle=True),
}
