"""What every rig on a serial line has in common: whole requests in, answers out after a moment of thinking."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Generic, TypeVar

from sim.line import Line, Wire
from station.bus.clock import Clock

R = TypeVar("R")
LOOK_EVERY_S = 0.05
"""Real seconds between two looks of a rig at itself when no host asks."""


class SerialRig(ABC, Generic[R]):
    """A rig on a line; ``R`` is what its framing makes of a request.

    Args:
        clock: station time; it scales the baud rate too.
        wire: baud rate and parity.
        paced: bytes take their time on the line; False answers at once.
        tcp_port: behind a serial server on this TCP port (0: any), None: on a pty.
        thinking_ns: from the end of the request to the start of the answer.
        scheme: how a rig link names the serial server.
    """

    def __init__(
        self,
        clock: Clock,
        wire: Wire,
        paced: bool,
        tcp_port: int | None,
        thinking_ns: int,
        scheme: str = "tcp",
    ) -> None:
        self.clock = clock
        self.line = Line(clock, wire, paced, tcp_port, self._received)
        self._thinking_ns, self._scheme = thinking_ns, scheme
        self._look_every_s = LOOK_EVERY_S
        self._requests: asyncio.Queue[tuple[int, R]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Open the line and answer.

        Raises:
            OSError: the TCP port is taken.
        """
        await self.line.start()
        self._tasks = [asyncio.create_task(work) for work in (self._answer_all(), self._live())]

    async def stop(self) -> None:
        """End the rig."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.line.stop()

    def unplug(self) -> None:
        """Pull the cable: no byte goes either way."""
        self.line.plugged = False

    def plug_in(self) -> None:
        """Put the cable back."""
        self.line.plugged = True
        self._forget()

    @property
    def path(self) -> str:
        """Return the device that a host opens, empty behind a serial server."""
        return self.line.path

    @property
    def port(self) -> int:
        """Return the TCP port of the serial server, 0 on a pty."""
        return self.line.port

    @property
    def url(self) -> str:
        """Return the rig's address as a rig link names it."""
        return self.line.url(self._scheme)

    def _received(self, data: bytes, start_ns: int) -> None:
        for request in self._requests_in(data, start_ns):
            self._requests.put_nowait(request)

    async def _answer_all(self) -> None:
        while True:
            end_ns, request = await self._requests.get()
            await self.line.until(end_ns + self._thinking_ns)
            self._advance()
            answer = self._answer_to(request)
            await self._speak()
            await self.line.send(answer)

    async def _live(self) -> None:
        """Let the rig live without hosts."""
        while True:
            self._advance()
            await self._speak()
            await asyncio.sleep(self._look_every_s)

    async def _speak(self) -> None:
        for frame in self._said():
            await self.line.send(frame)

    def _said(self) -> Iterable[bytes]:
        """Return the frames that the rig sends unasked; most send none."""
        return ()

    @abstractmethod
    def _requests_in(self, data: bytes, start_ns: int) -> Iterable[tuple[int, R]]:
        """Return the requests that are complete with these bytes, and the moment in ns at which each ended."""

    @abstractmethod
    def _forget(self) -> None:
        """Forget part of a request."""

    @abstractmethod
    def _advance(self) -> None:
        """Bring the rig to the present."""

    @abstractmethod
    def _answer_to(self, request: R) -> bytes:
        """Return the bytes that answer a request, none for silence."""
