"""Formula of tests that drive a cycle on the dynamometer and measure masses (简易瞬态工况法, VMAS)."""

from fractions import Fraction

from station.model.capture import Capture
from station.rules.formulas.evidence import Evidence, Measured, Readings, check_not_lost, invalid, moment
from station.rules.formulas.formula import Formula
from station.rules.formulas.windows import CHANNEL_UNITS, channel_readings, span, suspects

SECONDS_PER_HOUR = 3600


def mass_per_distance(evidence: Evidence) -> Measured:
    """Mass of a pollutant over the driven distance in g/km, from the mass rate and the roller speed of each sample.

    Every sample stands for the time up to the next one.

    Raises:
        ProblemError: invalid, a channel or a mark is missing, samples cannot be used, or nothing was driven.
    """
    capture, (name,) = evidence.own(), evidence.window.channels
    check_not_lost(capture)
    begin, end = span(capture, evidence.window.begin, evidence.window.end)
    rate, speed = (channel_readings(capture, n, CHANNEL_UNITS[n], begin, end) for n in (name, "speed"))
    distance = _over_time(capture, speed)
    if distance <= 0:
        raise invalid("nothing_driven", item=evidence.item)
    decided_by = f"{evidence.item} {moment(capture, begin)} to {moment(capture, end)}"
    mass = _over_time(capture, rate) * SECONDS_PER_HOUR
    return Measured(mass / distance, decided_by, suspects([name, "speed"], [rate, speed]))


def _over_time(capture: Capture, found: Readings) -> Fraction:
    """Return the samples times how long each of them stood, in microseconds."""
    return (
        sum(number * _stood_us(capture, index) for index, number in enumerate(found.numbers, found.begin)) * found.step
    )


def _stood_us(capture: Capture, index: int) -> int:
    return capture.at_us(index + 1) - capture.at_us(index)


FORMULAS = {
    "mass_per_distance": Formula(mass_per_distance, "g/km", channels=(1, 1), channel_unit="g/s"),
}
