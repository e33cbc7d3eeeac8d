"""Joins the block reads of a fast rig to one row of samples: sequence unwrapped, gaps filled from the rig's ring."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from devices.errors import RigProtocolError
from devices.profile import FastBlock

Pair = tuple[int, int]
MODULUS = 0x10000
READ_LIMIT = 125


class Ring(Protocol):
    """The rig's ring of older samples."""

    async def pairs(self, position: int, count: int) -> list[Pair]:
        """Read ``count`` pairs from ``position`` on, as they stand in the ring now."""

    async def sequence(self) -> int:
        """Read the 16-bit number of the newest sample."""


@dataclass(frozen=True)
class NewSamples:
    """What is new: raw pairs from ``first_sequence`` on, ``lost`` samples right before them are gone."""

    first_sequence: int
    pairs: tuple[Pair, ...]
    lost: int


class SampleRow:
    """The row of samples of one rig since it was first read, or since it restarted.

    ``newest`` is the last sequence that was handed out, unwrapped, None before the first.
    """

    def __init__(self, layout: FastBlock) -> None:
        self._layout = layout
        self.newest: int | None = None
        self._newest_ns = 0

    def restart(self) -> None:
        """Forget everything: the rig counts anew."""
        self.newest = None

    def unwrap(self, sequence: int, now_ns: int) -> int:
        """Return the 16-bit sequence as one that never wraps; after a long silence the clock tells how often it did.

        Raises:
            RigProtocolError: the rig counted back.
        """
        if self.newest is None:
            return sequence
        step = (sequence - self.newest) % MODULUS
        expected = (now_ns - self._newest_ns) / (self._layout.period_us * 1000)
        if step - expected > MODULUS / 2:
            detail = f"went back from {self.newest % MODULUS} to {sequence} without a restart"
            raise RigProtocolError("wrong_value", channel="SEQUENCE", detail=detail)
        return self.newest + step + MODULUS * max(0, round((expected - step) / MODULUS))

    async def take(self, sequence: int, window: Sequence[Pair], now_ns: int, ring: Ring) -> NewSamples:
        """Return what is new in a window whose last pair is ``sequence`` (unwrapped); ask the ring for what is missing.

        Nothing counts as handed out when a read fails: the next window brings it.
        """
        window_first = sequence - len(window) + 1
        first = window_first if self.newest is None else self.newest + 1
        if first >= window_first:
            new = NewSamples(first, tuple(window[first - window_first :]), 0)
        else:
            older = await self._from_ring(first, window_first, sequence, ring)
            new = NewSamples(older.first_sequence, (*older.pairs, *window), older.lost)
        if window:
            self.newest, self._newest_ns = sequence, now_ns
        return new

    async def _from_ring(self, first: int, stop: int, newest: int, ring: Ring) -> NewSamples:
        """Read samples ``first`` to ``stop`` - 1; what the rig may have written over meanwhile does not count."""
        begin = min(stop, max(first, newest - self._layout.ring_pairs + 1))
        pairs: list[Pair] = []
        while begin + len(pairs) < stop:
            pairs += await self._ring_stretch(begin + len(pairs), stop, ring)
        now = newest + (await ring.sequence() - newest) % MODULUS
        kept_from = min(stop, max(begin, now - self._layout.ring_pairs + 1))
        return NewSamples(kept_from, tuple(pairs[kept_from - begin :]), kept_from - first)

    async def _ring_stretch(self, begin: int, stop: int, ring: Ring) -> list[Pair]:
        """Read one stretch: not past the ring's end, nor more than one request carries."""
        at = begin % self._layout.ring_pairs
        count = min(stop - begin, self._layout.ring_pairs - at, READ_LIMIT // 2)
        return await ring.pairs(at, count)


def pairs_of(words: Sequence[int]) -> list[Pair]:
    """Return registers as left-right pairs."""
    return list(zip(words[0::2], words[1::2], strict=True))
