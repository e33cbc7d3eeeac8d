"""Request and answer over a byte stream: one at a time, with a deadline, a pace, and a clean line to begin on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from devices.clock import Clock, real_s
from devices.errors import RigOffline, RigProtocolError
from devices.frames import FrameFinder
from devices.profile import Timing
from devices.stream import Link

T = TypeVar("T")
QUIET_FLOOR_S = 0.05
"""The line is drained for at least this in real seconds: a fast clock does not speed the operating system up."""


class Wire:
    """Requests over one link, one at a time. After a failure the line is drained before the next request.

    An answer that comes too late is therefore never taken for the next one, nor is what another host left behind.

    Args:
        strayed: is given what comes while nobody waits for an answer.
    """

    def __init__(self, link: Link, clock: Clock, timing: Timing, strayed: Callable[[bytes], object] = len) -> None:
        self.link = link
        self._clock, self._timing, self._strayed = clock, timing, strayed
        self._lock = asyncio.Lock()
        self._unclean = True  # whoever used the line before us may have left an answer on it
        self._next_at = clock.monotonic()

    async def ask(self, request: bytes, hear: Callable[[bytes], T | None], silence_s: float | None = None) -> T | None:
        """Send a request, return the answer that ``hear`` finds in the bytes it is given; None if none came in time.

        ``hear`` is given no bytes when the line was silent for ``silence_s`` real seconds.

        Raises:
            RigOffline: the stream is gone.
        """
        async with self._lock:
            await self._take_turn()
            # unclean until the answer is in: a cancelled request leaves its answer on the line
            self._unclean = True
            await self.link.write(request)
            answer = await self._heard(hear, silence_s)
            self._unclean = answer is None
        return answer

    async def _take_turn(self) -> None:
        await self._clock.sleep(self._next_at - self._clock.monotonic())
        if self._unclean:
            await self.link.drain(real_s(self._clock, self._timing.drain_s, QUIET_FLOOR_S), self._strayed)
        self._strayed(self.link.take())
        self._next_at = self._clock.monotonic() + self._timing.request_interval_s

    async def _heard(self, hear: Callable[[bytes], T | None], silence_s: float | None) -> T | None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + real_s(self._clock, self._timing.deadline_s)
        while (now := loop.time()) < deadline:
            data = await self.link.read_until(min(deadline, now + silence_s) if silence_s else deadline)
            answer = hear(data)
            if answer is not None:
                return answer
        return None


class FrameEar:
    """Hears the first whole frame that a finder finds; what came is kept, to tell silence from noise."""

    def __init__(self, finder: FrameFinder) -> None:
        self._finder, self._came = finder, bytearray()

    def hear(self, data: bytes) -> bytes | None:
        """Return the frame once it is whole."""
        self._came += data
        return next(iter(self._finder.feed(data)), None)

    def nothing(self, where: str, request: str) -> RigOffline | RigProtocolError:
        """Return the error when no frame came in time."""
        if not self._came:
            return RigOffline("no_answer", where=where, request=request)
        return RigProtocolError("noise", where=where, request=request, detail=self._came[:16].hex(" "))


async def asked_again(link: Link, ask: Callable[[], Awaitable[T]]) -> T:
    """Ask something that changes nothing; a failure is asked once more while the link stands.

    Raises:
        RigOffline: no answer.
        RigProtocolError: no answer that can be read.
    """
    try:
        return await ask()
    except (RigOffline, RigProtocolError):
        if not link.is_open:
            raise
    return await ask()
