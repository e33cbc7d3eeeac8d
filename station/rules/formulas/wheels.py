"""Braking rates wheel by wheel: dynamic loads on a plate tester, and axles that have one wheel. Percent."""

from fractions import Fraction

from station.rules.formulas.brakes import SIDES, AxleRun, axle_run, wheel_forces, wheel_load_kg
from station.rules.formulas.evidence import Evidence, Measured, Words, check_not_lost, invalid, mark, moment, readings
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


def single_wheel_braking_rate(evidence: Evidence) -> Measured:
    """Braking rate of an axle with one wheel: its largest force over its static weight, on whichever side it ran.

    A run that has both sides has a wheel on both, a twin wheel: both count.
    """
    axle, capture = evidence.axle, evidence.own()
    check_not_lost(capture)
    begin = mark(capture, "brake")
    sides = [side for side in SIDES if capture.curve(f"force_{side}") is not None]
    if not sides:
        raise invalid("no_wheel", axle=axle)
    force_n, load_kg, peaks = Fraction(0), Fraction(0), []
    warnings: list[tuple[str, Words]] = []
    for side in sides:
        found = wheel_forces(capture, side, begin, axle)
        largest = max(found.numbers)
        force_n += largest * found.step
        load_kg += wheel_load_kg(capture, side, axle)
        peaks.append(f"{side} {moment(capture, begin + found.numbers.index(largest))}")
        warnings += [("wheel_suspect", {"axle": axle, "side": side})] if found.suspect else []
    decided_by = f"{capture.item} {', '.join(peaks)}"
    return Measured(force_n * 100 / (load_kg * evidence.constants["g"]), decided_by, tuple(warnings))


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
    "single_wheel_braking_rate": Formula(single_wheel_braking_rate, "%", ("g",), loads="own", needs_axle=True),
}
