"""Formulas over windows that a run repeats, ``{n}`` counting from 1: the largest sample of each that counts."""

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
    return _mean(_peaks(evidence, evidence.unit, _last(evidence)))


def spread_of_maxima(evidence: Evidence) -> Measured:
    """Difference between the largest and the smallest of the largest values."""
    peaks = _peaks(evidence, evidence.unit, _last(evidence))
    return Measured(max(peaks.values) - min(peaks.values), peaks.decided_by)


def least_maximum_of_rated_speed(evidence: Evidence) -> Measured:
    """The smallest of the largest engine speeds over the rated speed, in percent."""
    peaks = _peaks(evidence, "1/min", _last(evidence))
    return Measured(min(peaks.values) * 100 / evidence.number("rated_speed_per_min"), peaks.decided_by, peaks.warnings)


def least_consecutive_mean(evidence: Evidence) -> Measured:
    """The smallest mean of the largest values of consecutive windows, as many at a time as the window's ``last`` says.

    Windows after the first ``most_windows`` do not count.
    """
    capture, together = evidence.own(), evidence.window.last or 1
    counted = _marked(capture, evidence.window)[: int(evidence.constants["most_windows"])]
    firsts = range(len(_enough(capture, counted, together)) - together + 1)
    means = [_mean(_peaks(evidence, evidence.unit, counted[first : first + together])) for first in firsts]
    return min(means, key=lambda mean: mean.value)


def count_of_windows(evidence: Evidence) -> Measured:
    """How many windows were completed."""
    window = evidence.window
    return Measured(Fraction(len(_marked(evidence.own(), window))), f"{evidence.item} {window.begin}")


def _mean(peaks: _Peaks) -> Measured:
    return Measured(sum(peaks.values, Fraction(0)) / len(peaks.values), peaks.decided_by, peaks.warnings)


def _peaks(evidence: Evidence, unit: str, windows: list[tuple[str, str]]) -> _Peaks:
    capture, name = evidence.own(), evidence.window.channels[0]
    check_not_lost(capture)
    found = [channel_readings(capture, name, unit, *span(capture, *marks)) for marks in windows]
    highest = [(max(channel.numbers), channel) for channel in found]
    indices = [channel.begin + channel.numbers.index(number) for number, channel in highest]
    return _Peaks(
        values=tuple(number * channel.step for number, channel in highest),
        decided_by=", ".join([f"{capture.item} {moment(capture, index)}" for index in indices]),
        warnings=suspects([name] * len(found), found),
    )


def _last(evidence: Evidence) -> list[tuple[str, str]]:
    """Return the marks of the last windows of a run; what it broke off before its end does not count."""
    capture, wanted = evidence.own(), evidence.window.last or 1
    return _enough(capture, _marked(capture, evidence.window), wanted)[-wanted:]


def _enough(capture: Capture, windows: list[tuple[str, str]], wanted: int) -> list[tuple[str, str]]:
    if len(windows) < wanted:
        raise invalid("too_few_windows", count=len(windows), wanted=wanted, item=capture.item)
    return windows


def _marked(capture: Capture, window: Window) -> list[tuple[str, str]]:
    """Return the marks of every window from the first one on, as long as both are there."""
    found: list[tuple[str, str]] = []
    while all(capture.mark(name) is not None for name in _marks(window, len(found) + 1)):
        found.append(_marks(window, len(found) + 1))
    return found


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
    "least_consecutive_mean": Formula(
        least_consecutive_mean, None, constants=("most_windows",), channels=(1, 1), repeats=True
    ),
    "count_of_windows": Formula(count_of_windows, "1", channels=(0, 0), repeats=True),
}
