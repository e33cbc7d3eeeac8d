"""The one clock of a process: real time, or a demo's time that runs faster."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Clock:
    """Time that runs at ``speed`` times real time since a common origin.

    Every process of a compressed demo is given the same ``origin`` (Unix seconds) and ``speed``,
    so all of them agree on the time.
    A real station has speed 1. Durations come from the monotonic clock, never from the wall.
    """

    speed: float = 1.0
    origin: float = 0.0

    def monotonic_ns(self) -> int:
        """Return station nanoseconds since an arbitrary moment; never goes back."""
        return int(time.monotonic_ns() * self.speed)

    def monotonic(self) -> float:
        """Return station seconds since an arbitrary moment; never goes back."""
        return time.monotonic() * self.speed

    def now(self) -> datetime:
        """Return the station's time of day, in UTC."""
        wall = time.time()
        if self.speed != 1.0:
            wall = self.origin + (wall - self.origin) * self.speed
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=wall)

    async def sleep(self, seconds: float) -> None:
        """Wait for station seconds."""
        await asyncio.sleep(max(0.0, seconds) / self.speed)
