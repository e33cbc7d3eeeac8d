"""Formulas of the steady-state test on the dynamometer (稳态工况法, ASM): the seconds that decide a stage.

GB 18285-2018 Appendix B. The first mark of the quantity's window is when speed and load had been stable long enough and
the clock of the stage started, the second one its end. A slice of some seconds slides over the stage. ``limits_of``
names the pollutants that it is judged by: its share is the largest one of their shares of their limits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import lcm

from station.model.capture import Capture
from station.rules.formulas.evidence import Evidence, Measured, Readings, Words, check_not_lost, invalid, moment
from station.rules.formulas.formula import Formula
from station.rules.formulas.gases import DILUTION, HUMIDITY, Gases, corrected
from station.rules.formulas.windows import span

TIMES = ("stage_settling", "stage_window", "stage_fast_share", "stage_excess_share")
FAST_CHECK, WHOLE_STAGE, EXCESS = "fast check ", "", "excess "
"""What decided: the first slice (快速检查), the best one, or the first one that fails at once."""


@dataclass(frozen=True)
class Slice:
    """One position of the sliding window: its samples, and its share in the unit of its stage."""

    begin: int
    end: int
    share: Fraction


@dataclass(frozen=True)
class Stage:
    """Every slice of a stage; ``whole`` is the share that is just the limit."""

    gases: Gases
    slices: tuple[Slice, ...]
    whole: int

    def decided(self, constants: Mapping[str, Fraction]) -> tuple[Slice, str]:
        """Return the slice that decides, and the rule that chose it.

        The first one if it is far enough within every limit. Else the best one before any that is so far above a limit
        that the test ends there; that one, if none before it met every limit.
        """
        if self.slices[0].share * 100 <= self.whole * constants["stage_fast_share"]:
            return self.slices[0], FAST_CHECK
        most = self.whole * constants["stage_excess_share"] / 100
        over = next((number for number, one in enumerate(self.slices) if one.share > most), None)
        best = min(self.slices[:over], key=lambda one: one.share, default=self.slices[0])
        if over is not None and best.share > self.whole:
            return self.slices[over], EXCESS
        return best, WHOLE_STAGE

    def mean(self, channel: str, chosen: Slice) -> Fraction:
        """Return the corrected mean of a channel in a slice."""
        found, first = self.gases.channels[channel], self.slices[0].begin
        numbers = found.numbers[chosen.begin - first : chosen.end - first]
        return sum(numbers) * found.step / len(numbers)

    def diluted(self, chosen: Slice) -> bool:
        """Return whether so much air was in a slice's exhaust that its correction is at its bound."""
        first = self.slices[0].begin
        return any(self.gases.diluted[chosen.begin - first : chosen.end - first])


def stage_mean(evidence: Evidence) -> Measured:
    """Mean of a pollutant in the slice that decides the stage, corrected for dilution and humidity.

    Raises:
        ProblemError: invalid, the stage is too short, or what a correction needs is missing or cannot be.
    """
    stage, capture = _stage(evidence), evidence.own()
    chosen, rule = stage.decided(evidence.constants)
    decided_by = f"{evidence.item} {rule}{moment(capture, chosen.begin)} to {moment(capture, chosen.end)}"
    warnings: list[tuple[str, Words]] = [*stage.gases.warnings]
    if stage.diluted(chosen):
        warnings.append(("diluted", {"item": evidence.item}))
    return Measured(stage.mean(evidence.window.channels[0], chosen), decided_by, tuple(warnings))


def stage_goes_on(evidence: Evidence) -> Measured:
    """Return 1 if no slice met every limit and none was so far above one that the vehicle fails at once, else 0.

    Raises:
        ProblemError: as the mean.
    """
    stage = _stage(evidence)
    chosen, rule = stage.decided(evidence.constants)
    return Measured(Fraction(rule == WHOLE_STAGE and chosen.share > stage.whole), evidence.item)


def _stage(evidence: Evidence) -> Stage:
    limits = _limits(evidence)
    names = tuple(dict.fromkeys((*limits, *evidence.window.channels)))
    # All pollutants of a stage are judged in one slice.
    key = (evidence.window.begin, evidence.window.end, names, *limits.items(), *evidence.constants.items())
    return evidence.once(key, lambda: _read(evidence, limits, names))


def _read(evidence: Evidence, limits: Mapping[str, Fraction], names: Sequence[str]) -> Stage:
    capture = evidence.own()
    check_not_lost(capture)
    positions = _positions(evidence, capture)
    gases = corrected(evidence, names, positions[0][0], positions[-1][1])
    slices, whole = _shares(positions, [(gases.channels[name], limit) for name, limit in limits.items()])
    return Stage(gases, slices, whole)


def _positions(evidence: Evidence, capture: Capture) -> list[tuple[int, int]]:
    """Return the first sample of each position of the sliding window, and the one after its last.

    Raises:
        ProblemError: invalid, the stage has no room for one.
    """
    first, last = span(capture, evidence.window.begin, evidence.window.end)
    at_us = {index: capture.at_us(index) for index in range(first, last + 1)}
    # Samples come about once in a period: the one nearest to a moment is the one of that moment.
    settling_us, window_us = (evidence.constants[name] * 1_000_000 - capture.period_us // 2 for name in TIMES[:2])
    positions, end = [], first
    for begin in range(first, last):
        while end <= last and at_us[end] - at_us[begin] < window_us:
            end += 1
        if begin < end <= last and at_us[begin] - at_us[first] >= settling_us:
            positions.append((begin, end))
    if not positions:
        raise invalid("stage_too_short", item=evidence.item, begin=evidence.window.begin, end=evidence.window.end)
    return positions


def _limits(evidence: Evidence) -> dict[str, Fraction]:
    """Return the limits by channel.

    Raises:
        ProblemError: invalid, one is not above zero.
    """
    judged = ((evidence.windows.get(name), limit) for name, limit in evidence.limits.items())
    limits = {window.channels[0]: limit for window, limit in judged if window and window.channels}
    if min(limits.values(), default=0) <= 0:
        raise invalid("limit_not_positive", item=evidence.item)
    return limits


def _shares(
    positions: Sequence[tuple[int, int]], judged: Sequence[tuple[Readings, Fraction]]
) -> tuple[tuple[Slice, ...], int]:
    """Return every slice with its share, and the share that is just the limit.

    Shares are counted in so small a unit that the samples are whole numbers of it: exact, and quick to add up.
    """
    weights = [found.step / limit for found, limit in judged]
    whole = lcm(*(weight.denominator for weight in weights))
    sums = [_sums(found, int(weight * whole)) for (found, _), weight in zip(judged, weights, strict=True)]
    first = positions[0][0]
    slices = (
        Slice(begin, end, Fraction(max(one[end - first] - one[begin - first] for one in sums), end - begin))
        for begin, end in positions
    )
    return tuple(slices), whole


def _sums(found: Readings, weight: int) -> list[int]:
    """Return the weighted sums of the samples before each one."""
    return list(accumulate((number * weight for number in found.numbers), initial=0))


_CONSTANTS = (*TIMES, *DILUTION, *HUMIDITY)

FORMULAS = {
    "stage_mean": Formula(stage_mean, None, constants=_CONSTANTS, channels=(1, 1), limits=True),
    "stage_goes_on": Formula(stage_goes_on, "1", constants=_CONSTANTS, channels=(0, 0), limits=True),
}
