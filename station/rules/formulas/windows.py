"""Formulas over a window of a run between two marks: the window begins at its first mark and ends before its second."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from station.model.capture import Capture
from station.model.quantity import Unit
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

CHANNEL_UNITS: dict[str, Unit] = {
    "co": "% vol",
    "co2": "% vol",
    "hc": "1e-6 vol",
    "o2": "% vol",
    "no": "1e-6 vol",
    "no2": "1e-6 vol",
    "lambda": "1",
    "engine_speed": "1/min",
    "oil_temperature": "degC",
    "k": "1/m",
    "opacity": "%",
    "speed": "km/h",
    "co_rate": "g/s",
    "hc_rate": "g/s",
    "nox_rate": "g/s",
}
"""The curves that a pack may name, and their units. ``speed``: of the rollers; ``co_rate`` and so on: mass emitted."""


def window_mean(evidence: Evidence) -> Measured:
    """Return the mean of a channel over the window; of several channels, the mean of their sum."""
    channels = _channels(evidence)
    value = sum((sum(c.numbers) * c.step / len(c.numbers) for c in channels), Fraction(0))
    return Measured(value, _window_text(evidence), _warnings(evidence, channels))


def window_minimum(evidence: Evidence) -> Measured:
    """Return the smallest sample of a channel in the window."""
    return _extreme(evidence, min)


def window_maximum(evidence: Evidence) -> Measured:
    """Return the largest sample of a channel in the window."""
    return _extreme(evidence, max)


def window_length(evidence: Evidence) -> Measured:
    """Return the length of the window in s."""
    (begin, end), capture = _window(evidence), evidence.own()
    return Measured(Fraction(capture.at_us(end) - capture.at_us(begin), 1_000_000), _window_text(evidence))


def _extreme(evidence: Evidence, pick: Callable[[tuple[int, ...]], int]) -> Measured:
    channel = _channels(evidence)[0]
    number = pick(channel.numbers)
    index = channel.begin + channel.numbers.index(number)
    decided_by = f"{evidence.item} {moment(evidence.own(), index)}"
    return Measured(number * channel.step, decided_by, _warnings(evidence, [channel]))


def _channels(evidence: Evidence) -> list[Readings]:
    capture = evidence.own()
    begin, end = _window(evidence)
    return [channel_readings(capture, name, evidence.unit, begin, end) for name in evidence.window.channels]


def channel_readings(capture: Capture, name: str, unit: str, begin: int, end: int) -> Readings:
    """Return the samples of a channel in a window, all of them usable.

    Raises:
        ProblemError: invalid, no such channel, another unit, or samples that are invalid or missing.
    """
    curve = capture.curve(name)
    if curve is None or len(curve.raw) < end:
        raise invalid("no_channel", channel=name)
    return readings(curve, unit, begin, end, channel=name)


def _window(evidence: Evidence) -> tuple[int, int]:
    capture = evidence.own()
    check_not_lost(capture)
    return span(capture, evidence.window.begin, evidence.window.end)


def span(capture: Capture, first: str, second: str) -> tuple[int, int]:
    """Return the samples of two marks.

    Raises:
        ProblemError: invalid, a mark is not there or the second is not after the first.
    """
    begin, end = mark(capture, first), mark(capture, second)
    if begin >= end:
        raise invalid("window_out_of_order", begin=begin, end=end)
    return begin, end


def _window_text(evidence: Evidence) -> str:
    begin, end = _window(evidence)
    capture = evidence.own()
    return f"{evidence.item} {moment(capture, begin)} to {moment(capture, end)}"


def _warnings(evidence: Evidence, channels: list[Readings]) -> tuple[tuple[str, Words], ...]:
    return suspects(evidence.window.channels, channels)


def suspects(names: Sequence[str], channels: Sequence[Readings]) -> tuple[tuple[str, Words], ...]:
    """Return a warning for each channel that has suspect samples."""
    pairs = zip(names, channels, strict=False)
    return tuple(("channel_suspect", {"channel": name}) for name, channel in pairs if channel.suspect)


FORMULAS = {
    "window_mean": Formula(window_mean, None, channels=(1, 9)),
    "window_minimum": Formula(window_minimum, None, channels=(1, 1)),
    "window_maximum": Formula(window_maximum, None, channels=(1, 1)),
    "window_length": Formula(window_length, "s", channels=(0, 0)),
}
