"""A byte stream to a rig, whatever carries it: what has come, waiting for more, and falling quiet."""

import asyncio
import errno
import os
from abc import ABC, abstractmethod
from collections.abc import Callable

from devices.errors import RigOffline


class Link(ABC):
    """One byte stream to one rig. Whoever asks over it holds it alone until the answer is there."""

    kind: str
    """``port`` or ``connection``: the first half of the codes of what can go wrong with it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._bytes = bytearray()
        self._arrived = asyncio.Event()
        self._broken: RigOffline | None = None
        self._lost("not_open")

    @property
    def is_open(self) -> bool:
        """Whether the stream stands, as far as this end can tell."""
        return self._broken is None

    async def open(self) -> None:
        """Open the stream, one try; what came before is thrown away.

        Raises:
            RigOffline: it cannot be opened; the text says why.
        """
        await self.close()
        try:
            await self._open()
        except (OSError, TimeoutError) as error:
            # The system's word for it, without what a library puts around it.
            detail = os.strerror(error.errno or errno.ETIMEDOUT)
            raise RigOffline(f"{self.kind}_cannot_open", where=self.url, detail=detail) from error
        self._bytes.clear()
        self._arrived.clear()
        self._broken = None

    async def close(self) -> None:
        """Close the stream."""
        self._lost("not_open")
        await self._close()

    async def read_until(self, deadline: float) -> bytes:
        """Return what has come, waiting for at least one byte; empty when the loop's time ``deadline`` passes.

        Raises:
            RigOffline: the stream is gone.
        """
        try:
            async with asyncio.timeout_at(deadline):
                await self._arrived.wait()
        except TimeoutError:
            if not self._arrived.is_set():  # a byte may come in the very moment
                return b""
        if not self._bytes:
            raise self._failure()
        return self.take()

    def take(self) -> bytes:
        """Return what has come up to now, without waiting: it is gone from the link then."""
        data = bytes(self._bytes)
        self._bytes.clear()
        if self.is_open:
            self._arrived.clear()
        return data

    async def drain(self, quiet_s: float, heard: Callable[[bytes], object] = len) -> None:
        """Take away what comes until the line was quiet for ``quiet_s`` real seconds; ``heard`` is given it.

        Raises:
            RigOffline: the stream is gone, or never falls quiet.
        """
        loop = asyncio.get_running_loop()
        limit = loop.time() + 10 * quiet_s + 1.0
        while data := await self.read_until(loop.time() + quiet_s):
            heard(data)
            if loop.time() > limit:
                raise RigOffline("never_quiet", where=self.url)

    @abstractmethod
    async def write(self, data: bytes) -> None:
        """Send all bytes.

        Raises:
            RigOffline: the stream is gone.
        """

    @abstractmethod
    async def _open(self) -> None: ...

    @abstractmethod
    async def _close(self) -> None: ...

    def _feed(self, data: bytes) -> None:
        self._bytes += data
        self._arrived.set()

    def _lost(self, what: str, detail: str = "") -> None:
        """Note that the stream is ``not_open`` or ``gone``; what was noted first stays."""
        if self._broken is None:
            self._broken = RigOffline(f"{self.kind}_{what}", where=self.url, detail=detail)
        self._arrived.set()

    def _failure(self) -> RigOffline:
        """Return the error of whoever uses a stream that does not stand."""
        why = self._broken.why if self._broken else None
        return RigOffline(why.code, **why.values) if why else RigOffline(f"{self.kind}_not_open", where=self.url)
