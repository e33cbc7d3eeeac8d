"""Formula of points that an engine is held at: the mean of some seconds, once the point has been steady for some."""

from fractions import Fraction

from station.model.capture import Capture
from station.rules.formulas.evidence import Evidence, Measured, check_not_lost, invalid, moment
from station.rules.formulas.formula import Formula
from station.rules.formulas.windows import channel_readings, span, suspects


def settled_mean(evidence: Evidence) -> Measured:
    """Mean of a channel, or of the sum of two, at a point of lug-down (加载减速法, GB 3847-2018 Appendix B).

    The roller speed is steady from the first mark on; after ``settling_s`` the samples of the next ``mean_s`` count.

    Raises:
        ProblemError: invalid, the point was left before that, or has no sample then.
    """
    capture = evidence.own()
    check_not_lost(capture)
    begin, end = _counted(evidence, capture)
    names = evidence.window.channels
    channels = [channel_readings(capture, name, evidence.unit, begin, end) for name in names]
    value = sum((sum(c.numbers) * c.step / len(c.numbers) for c in channels), Fraction(0))
    decided_by = f"{evidence.item} {moment(capture, begin)} to {moment(capture, end)}"
    return Measured(value, decided_by, suspects(names, channels))


def _counted(evidence: Evidence, capture: Capture) -> tuple[int, int]:
    """Return the samples that count: the first one, and the first one after them."""
    point = span(capture, evidence.window.begin, evidence.window.end)
    at_us = [capture.at_us(index) - capture.at_us(point[0]) for index in range(point[0], point[1] + 1)]
    settled_us = evidence.constants["settling_s"] * 1_000_000
    until_us = settled_us + evidence.constants["mean_s"] * 1_000_000
    counted = [index for index, us in enumerate(at_us[:-1], start=point[0]) if settled_us <= us < until_us]
    if at_us[-1] < until_us:
        held, wanted = (_tenths(us / 1_000_000) for us in (Fraction(at_us[-1]), until_us))
        raise invalid("point_too_short", point=evidence.window.begin, held=held, wanted=wanted)
    if not counted:
        raise invalid("point_without_samples", point=evidence.window.begin)
    return counted[0], counted[-1] + 1


def _tenths(seconds: Fraction) -> str:
    """Return seconds with one decimal, never more than they are: too short must not read like long enough."""
    tenths = int(seconds * 10)
    return f"{tenths // 10}.{tenths % 10}"


FORMULAS = {"settled_mean": Formula(settled_mean, None, constants=("settling_s", "mean_s"), channels=(1, 2))}
