"""Formulas over windows that a run repeats, ``{n}`` counting from 1: the largest sample of each of the last ones."""

from dataclasses import dataclass
from fractions import Fraction

from station.model.capture import Capture
from station.rules.formulas.evidence import Evidence, Measured, Words, check_not_lost, invalid, moment
from station.rules.formulas.formula import Formula
from station.rules.formulas.windows import channel_readings, span, suspects
from station.rules.schema import Window


@dataclass(frozen=True)
class _Peaks:
    """The largest value of each window, and which samples they were."""

    values: tuple[Fraction, ...]
    decided_by: str
    warnings: tuple[tuple[str, Words], ...]


def mean_of_maxima(evidence: Evidence) -> Measured:
    """Mean of the largest values: the smoke of free acceleration (自由加速法)."""
    peaks = _peaks(evidence, evidence.unit)
    return Measured(sum(peaks.values, Fraction(0)) / len(peaks.values), peaks.decided_by, peaks.warnings)


def spread_of_maxima(evidence: Evidence) -> Measured:
    """Difference between the largest and the smallest of the largest values."""
    peaks = _peaks(evidence, evidence.unit)
    return Measured(max(peaks.values) - min(peaks.values), peaks.decided_by)


def least_maximum_of_rated_speed(evidence: Evidence) -> Measured:
    """The smallest of the largest engine speeds over the rated speed, in percent."""
    peaks = _peaks(evidence, "1/min")
    return Measured(min(peaks.values) * 100 / evidence.number("rated_speed_per_min"), peaks.decided_by, peaks.warnings)


def _peaks(evidence: Evidence, unit: str) -> _Peaks:
    capture, name = evidence.own(), evidence.window.channels[0]
    check_not_lost(capture)
    found = [channel_readings(capture, name, unit, *window) for window in _windows(capture, evidence.window)]
    highest = [max(channel.numbers) for channel in found]
    indices = [c.begin + c.numbers.index(number) for c, number in zip(found, highest, strict=True)]
    return _Peaks(
        values=tuple(number * channel.step for channel, number in zip(found, highest, strict=True)),
        decided_by=", ".join([f"{capture.item} {moment(capture, index)}" for index in indices]),
        warnings=suspects([name] * len(found), found),
    )


def _windows(capture: Capture, window: Window) -> list[tuple[int, int]]:
    """Return the last windows of a run; what it broke off before its end does not count."""
    wanted = window.last or 1
    count = 0
    while all(capture.mark(name) is not None for name in _marks(window, count + 1)):
        count += 1
    if count < wanted:
        raise invalid("too_few_windows", count=count, wanted=wanted, item=capture.item)
    return [span(capture, *_marks(window, number)) for number in range(count - wanted + 1, count + 1)]


def _marks(window: Window, number: int) -> tuple[str, str]:
    return window.begin.replace("{n}", str(number)), window.end.replace("{n}", str(number))


FORMULAS = {
    "mean_of_maxima": Formula(mean_of_maxima, None, channels=(1, 1), repeats=True),
    "spread_of_maxima": Formula(spread_of_maxima, None, channels=(1, 1), repeats=True),
    "least_maximum_of_rated_speed": Formula(
        least_maximum_of_rated_speed,
        "%",
        facts=("rated_speed_per_min",),
        channels=(1, 1),
        channel_unit="1/min",
        repeats=True,
    ),
}
