"""What a pack, and the engine, have to know of a formula."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from station.rules.formulas.evidence import Evidence, Measured

Source = Literal["own", "axles", "lamps", "parking"]


@dataclass(frozen=True)
class Formula:
    """A formula: what it gives (unit None: that of its channel), the constants it needs, and the runs it reads.

    ``facts`` are those of the vehicle that it calculates with. ``channels`` says how many channels its window may have,
    lowest and highest; None: it has no window. They are in ``channel_unit``, None: in the quantity's. ``repeats``: the
    window is one of several, of which it takes the last. ``limits``: it calculates with the limits of other quantities.
    ``scalar``: the quantity's window names, as its only channel, a single value of the run instead of a curve.
    """

    compute: Callable[[Evidence], Measured]
    unit: str | None
    constants: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    forces: Source = "own"
    loads: Source | None = None
    needs_axle: bool = False
    channels: tuple[int, int] | None = None
    channel_unit: str | None = None
    repeats: bool = False
    limits: bool = False
    scalar: bool = False

    @property
    def sources(self) -> set[Source]:
        """Return the runs that the formula reads; a single value is of the item's own."""
        own: set[Source] = {"own"} if self.scalar else set()
        return {self.forces, self.loads or self.forces} | own
