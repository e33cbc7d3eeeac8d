"""Samples of the brake tester as they are delivered, and the words that stand for them on the wire."""

from collections import deque
from typing import NamedTuple

from sim.brake_bay import Measured

RING = 128
HISTORY = 12_000
"""Samples that are kept for tests to look at: two minutes."""

NO_FORCE = 0x8000
SATURATED = 0x7FFF
MIN_FORCE_N, MAX_FORCE_N = -500, 30_000


class Sample(NamedTuple):
    """One sample pair as delivered: its number since power-on and both forces in N, None where there is no number."""

    number: int
    left_n: int | None
    right_n: int | None


class Samples:
    """The ring of the last 128 pairs, and a longer history for tests to look at."""

    def __init__(self) -> None:
        self.words: list[int] = [NO_FORCE] * (2 * RING)
        self.history: deque[Sample] = deque(maxlen=HISTORY)

    def add(self, number: int, measured: Measured, zero_n: list[int]) -> None:
        """Take sample pair ``number``, its zero offset taken off."""
        left = _delivered(measured.force_n[0], zero_n[0])
        right = _delivered(measured.force_n[1], zero_n[1])
        place = 2 * (number % RING)
        self.words[place : place + 2] = (_word(left), _word(right))
        self.history.append(Sample(number, _number(left), _number(right)))


def _delivered(force_n: float | None, zero_n: int) -> int | None:
    return None if force_n is None else max(MIN_FORCE_N, round(force_n) - zero_n)


def _word(force_n: int | None) -> int:
    if force_n is None:
        return NO_FORCE
    return SATURATED if force_n > MAX_FORCE_N else force_n & 0xFFFF


def _number(force_n: int | None) -> int | None:
    return None if force_n is None or force_n > MAX_FORCE_N else force_n
