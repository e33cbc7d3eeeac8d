"""What a rig said, with unit, quality, sequence and time: never a bare number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Quality = Literal["good", "suspect", "invalid", "missing"]
"""suspect: outside the declared range; invalid: the rig itself does not trust it; missing: the rig has no value."""

QUALITY_LETTER: Mapping[Quality, str] = {"good": "g", "suspect": "s", "invalid": "i", "missing": "m"}


@dataclass(frozen=True)
class Reading:
    """One value of one channel: ``value * scale`` in ``unit``; value None where the rig gave no number."""

    channel: str
    value: int | None
    scale: Decimal
    unit: str
    quality: Quality
    sequence: int
    monotonic_ns: int

    @property
    def scaled(self) -> Decimal | None:
        """The value in ``unit``, None where the rig gave no number. Look at ``quality`` before you use it."""
        return None if self.value is None else self.value * self.scale


@dataclass(frozen=True)
class Block:
    """One block read: status, single values, and the samples that are new since the block before.

    ``channels[name][i]`` is the raw value of sample ``first_sequence + i`` and ``quality[name][i]`` its letter
    (g good, s suspect, i invalid, m missing). ``lost`` samples right before ``first_sequence`` could not be read.
    ``sequence`` never wraps. ``monotonic_ns`` is the middle of request and answer, by the driver's clock.
    """

    status: frozenset[str]
    faults: tuple[int, ...]
    scalars: Mapping[str, Reading]
    first_sequence: int
    monotonic_ns: int
    channels: Mapping[str, tuple[int | None, ...]] = field(default_factory=dict)
    quality: Mapping[str, str] = field(default_factory=dict)
    lost: int = 0

    @property
    def samples(self) -> int:
        """How many samples every fast channel has in this block."""
        return max((len(values) for values in self.channels.values()), default=0)

    @property
    def next_sequence(self) -> int:
        """The sequence of the first sample that is not in this block."""
        return self.first_sequence + self.samples
