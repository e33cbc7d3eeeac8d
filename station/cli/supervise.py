"""The parent of a station's processes: starts them in order, keeps them running, stops them in reverse order."""

import asyncio
import logging
import signal
from types import TracebackType
from typing import Protocol, Self

log = logging.getLogger(__name__)

# SIGHUP: the terminal was closed.
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Supervised(Protocol):
    """What can be supervised: a ``station.process.Child``, or the broker."""

    name: str

    @property
    def pid(self) -> int | None:
        """Return the process id, None while it is not running."""

    async def start(self) -> None:
        """Start it and keep it running."""

    async def stop(self) -> None:
        """End it and return when it is gone."""


class Supervisor:
    """Runs named processes until a signal; leaving the ``async with`` block leaves no process.

    ``ending`` is set by SIGTERM, SIGINT or SIGHUP, or by whoever wants the end.
    """

    def __init__(self) -> None:
        self.ending = asyncio.Event()
        self._running: list[Supervised] = []

    @property
    def pids(self) -> dict[str, int | None]:
        """Return the process id of each, None while it is not running."""
        return {child.name: child.pid for child in self._running}

    async def start(self, child: Supervised) -> None:
        """Start a process; what its ``start`` raises passes through."""
        # Noted first, so that a start that fails half-way is cleaned up as well.
        self._running.append(child)
        await child.start()

    async def wait(self) -> None:
        """Wait until the end is asked for."""
        await self.ending.wait()

    async def stop(self) -> None:
        """Stop all of them, the last one started first."""
        while self._running:
            child = self._running.pop()
            log.info("stopping %s", child.name)
            await child.stop()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        for number in ENDING:
            loop.add_signal_handler(number, self.ending.set)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.stop()
        finally:
            loop = asyncio.get_running_loop()
            for number in ENDING:
                loop.remove_signal_handler(number)
