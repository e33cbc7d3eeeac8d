"""The rig's end of a serial line: on a pty or behind a serial server on TCP, with bytes that take their time."""

import asyncio
import contextlib
import os
import tty
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from station.bus.clock import Clock

HOST = "127.0.0.1"
MOST_UNSENT = 65_536


@dataclass(frozen=True)
class Wire:
    """How bytes go over a line: 8 data bits, 1 stop bit."""

    baud: int = 9600
    parity: Literal["N", "E"] = "N"

    @property
    def byte_ns(self) -> int:
        """Return the time of one byte: 10 bits, 11 with parity."""
        return (10 if self.parity == "N" else 11) * 1_000_000_000 // self.baud


class PtyPlug:
    """A pseudo terminal; ``path`` is the device that a host opens."""

    def __init__(self) -> None:
        self.path = ""
        self._descriptors: tuple[int, int] | None = None

    async def start(self, took: Callable[[bytes], None]) -> None:
        """Open it."""
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        # The rig keeps the host's end open, too, so that a host can come and go.
        self._descriptors, self.path = (master, slave), os.ttyname(slave)
        asyncio.get_running_loop().add_reader(master, lambda: took(os.read(master, 4096)))

    async def stop(self) -> None:
        """Close both ends."""
        if self._descriptors:
            asyncio.get_running_loop().remove_reader(self._descriptors[0])
            for descriptor in self._descriptors:
                os.close(descriptor)
        self._descriptors, self.path = None, ""

    def write(self, data: bytes) -> None:
        """Send bytes; like on any line without flow control, what nobody takes is gone."""
        if self._descriptors:
            with contextlib.suppress(BlockingIOError):
                os.write(self._descriptors[0], data)


class TcpPlug:
    """A serial server: one host at a time, the newest; ``port`` tells the port after ``start``."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._took: Callable[[bytes], None] = lambda data: None
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self, took: Callable[[bytes], None]) -> None:
        """Listen.

        Raises:
            OSError: the port is taken.
        """
        self._took = took
        self._server = await asyncio.start_server(self._serve, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End the connection, and listen no more."""
        if self._server is None:
            return
        self._server.close()
        if self._writer:
            self._writer.transport.abort()
        await self._server.wait_closed()
        await asyncio.gather(*self._serving)
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        before, self._writer = self._writer, writer
        if before:
            before.transport.abort()
        task = asyncio.current_task()
        if task:
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(4096):
                self._took(data)
        writer.close()
        if self._writer is writer:
            self._writer = None

    def write(self, data: bytes) -> None:
        """Send bytes to the host, if there is one that takes them."""
        if self._writer and self._writer.transport.get_write_buffer_size() < MOST_UNSENT:
            self._writer.write(data)


class Line:
    """One line.

    Args:
        clock: station time; it scales the baud rate too.
        wire: how bytes go over it.
        paced: bytes take their time; False: they are there at once.
        tcp_port: the line ends in a serial server on this TCP port (0: any), None: in a pty.
        took: is given the bytes that came, and the moment in ns at which the first of them began.
    """

    def __init__(
        self, clock: Clock, wire: Wire, paced: bool, tcp_port: int | None, took: Callable[[bytes, int], None]
    ) -> None:
        self.clock, self.wire = clock, wire
        self.byte_ns = wire.byte_ns if paced else 0
        self.plugged = True
        self._plug: PtyPlug | TcpPlug = PtyPlug() if tcp_port is None else TcpPlug(tcp_port)
        self._took = took
        self._received_ns = 0
        self._sending = asyncio.Lock()

    async def start(self) -> None:
        """Open the line.

        Raises:
            OSError: the TCP port is taken.
        """
        await self._plug.start(self._receive)

    async def stop(self) -> None:
        """Close the line."""
        await self._plug.stop()

    @property
    def path(self) -> str:
        """Return the device that a host opens, empty for a serial server or before the start."""
        return self._plug.path if isinstance(self._plug, PtyPlug) else ""

    @property
    def port(self) -> int:
        """Return the TCP port of the serial server, 0 for a pty."""
        return self._plug.port if isinstance(self._plug, TcpPlug) else 0

    def url(self, scheme: str = "tcp") -> str:
        """Return the line's address as a rig link names it; ``scheme`` is that of a serial server."""
        if self.path:
            return f"serial://{self.path}?baud={self.wire.baud}&parity={self.wire.parity}"
        return f"{scheme}://{HOST}:{self.port}"

    def _receive(self, data: bytes) -> None:
        if not self.plugged:
            return
        start_ns = max(self._received_ns, self.clock.monotonic_ns())
        self._received_ns = start_ns + len(data) * self.byte_ns
        self._took(data, start_ns)

    async def send(self, data: bytes) -> None:
        """Send one frame by an absolute schedule: byte k is over (k + 1) byte times after the start, never sooner."""
        async with self._sending:
            start_ns, sent = self.clock.monotonic_ns(), 0
            while sent < len(data):
                await self.until(start_ns + (sent + 1) * self.byte_ns)
                over = (self.clock.monotonic_ns() - start_ns) // self.byte_ns if self.byte_ns else len(data)
                if self.plugged:
                    self._plug.write(data[sent:over])
                sent = max(sent, over)

    async def until(self, moment_ns: int) -> None:
        """Wait for a moment of the station's clock; not at all on a line that is not paced."""
        while self.byte_ns and (left_ns := moment_ns - self.clock.monotonic_ns()) > 0:
            await self.clock.sleep(left_ns / 1e9)
