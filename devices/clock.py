"""Time as the rigs have it: real, or a simulation's that runs faster."""

import asyncio
import time
from typing import Protocol

REAL_FLOOR_S = 0.2
"""No answer is given up sooner than this in real seconds: a fast clock speeds the rig up, not the operating system."""


class Clock(Protocol):
    """The clock that a driver is given: all times of a rig are in its seconds."""

    @property
    def speed(self) -> float:
        """Rig seconds in one real second; 1 at a real station."""

    def monotonic_ns(self) -> int:
        """Return nanoseconds since an arbitrary moment; never goes back."""

    def monotonic(self) -> float:
        """Return seconds since an arbitrary moment; never goes back."""

    async def sleep(self, seconds: float) -> None:
        """Wait for that many seconds of this clock."""


class RealClock:
    """Real time."""

    speed = 1.0

    def monotonic_ns(self) -> int:
        """Return nanoseconds since an arbitrary moment; never goes back."""
        return time.monotonic_ns()

    def monotonic(self) -> float:
        """Return seconds since an arbitrary moment; never goes back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait for real seconds."""
        await asyncio.sleep(max(0.0, seconds))


def real_s(clock: Clock, seconds: float, floor_s: float = REAL_FLOOR_S) -> float:
    """Return how many real seconds to wait for what takes ``seconds`` of the rig's time, never under the floor."""
    return max(seconds / clock.speed, floor_s)


def moment_after(clock: Clock, seconds: float) -> float:
    """Return the clock's time when ``seconds`` of the rig's time, and at least the real floor, have gone by."""
    return clock.monotonic() + real_s(clock, seconds) * clock.speed
