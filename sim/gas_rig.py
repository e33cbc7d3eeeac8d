"""The reference exhaust analyser (尾气分析仪) on a pty, paced like a 9600 baud line, and the hands that work on it."""

import asyncio
import contextlib
import os
import tty

from sim.ak_wire import Receiver
from sim.exhaust import Engine
from sim.gas_bench import GasBench, GasFaults
from sim.gas_commands import Commands
from station.bus.clock import Clock

BAUD = 9600
BITS_PER_BYTE = 10
BYTE_NS = BITS_PER_BYTE * 1_000_000_000 // BAUD
THINKING_NS = 10_000_000
"""From the ETX of the request to the start of the answer; the page allows 5 to 30 ms."""


class GasRig:
    """An analyser that speaks ``gas-ak`` on a pty.

    Args:
        clock: station time; it scales the baud rate too.
        warm: the bench is warm at power-on (checks are still due).
        paced: bytes take their time on the line; False answers at once.
        seed: same seed, same noise.
    """

    def __init__(self, clock: Clock, warm: bool = False, paced: bool = True, seed: int = 0) -> None:
        self.clock, self.paced = clock, paced
        self.path = ""
        self.plugged = True
        self._seed = seed
        self._faults = GasFaults()
        self._descriptors: tuple[int, ...] = ()
        self._requests: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue()
        self._receiver = Receiver()
        self._received_ns = 0
        self._answering: asyncio.Task[None] | None = None
        self._power_on(warm)

    # life

    async def start(self) -> None:
        """Open the pty; ``path`` is the device that a host opens."""
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        self._descriptors, self.path = (master, slave), os.ttyname(slave)
        asyncio.get_running_loop().add_reader(master, self._readable)
        self._answering = asyncio.create_task(self._answer_all())

    async def stop(self) -> None:
        """End the analyser."""
        if self._answering is None:
            return
        asyncio.get_running_loop().remove_reader(self._descriptors[0])
        self._answering.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._answering
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._descriptors, self._answering, self.path = (), None, ""

    def power_cycle(self, warm: bool = False) -> None:
        """Switch off and on: MANUAL, warming up, both checks unknown."""
        engine, dilution = self._bench.engine, self._bench.dilution
        self._power_on(warm)
        self._bench.engine, self._bench.dilution = engine, dilution

    def unplug(self) -> None:
        """Pull the cable: no byte goes either way."""
        self.plugged = False

    def plug_in(self) -> None:
        """Put the cable back."""
        self.plugged = True
        self._receiver = Receiver()

    def _power_on(self, warm: bool) -> None:
        self._bench = GasBench(self.clock.monotonic_ns(), warm, self._faults, self._seed)
        self._commands = Commands(self._bench)

    def _now(self) -> GasBench:
        """Bring the analyser to the present."""
        self._bench.advance(self.clock.monotonic_ns())
        return self._bench

    # the line

    def _readable(self) -> None:
        data = os.read(self._descriptors[0], 4096)
        if not self.plugged:
            return
        start_ns = max(self._received_ns, self.clock.monotonic_ns())
        self._received_ns = start_ns + len(data) * BYTE_NS
        for index, content in self._receiver.feed(data):
            self._requests.put_nowait((start_ns + (index + 1) * BYTE_NS, content))

    async def _answer_all(self) -> None:
        while True:
            etx_ns, content = await self._requests.get()
            start_ns = etx_ns + THINKING_NS
            if self.paced:
                await self._until(start_ns)
            self._now()
            await self._send(self._commands.answer(content))

    async def _send(self, data: bytes) -> None:
        """Send bytes by an absolute schedule: byte k is over (k + 1) byte times after the start, never sooner."""
        start_ns, sent = self.clock.monotonic_ns(), 0
        while sent < len(data):
            if self.paced:
                await self._until(start_ns + (sent + 1) * BYTE_NS)
            over = (self.clock.monotonic_ns() - start_ns) // BYTE_NS if self.paced else len(data)
            self._write(data[sent:over])
            sent = max(sent, over)

    async def _until(self, moment_ns: int) -> None:
        while (left_ns := moment_ns - self.clock.monotonic_ns()) > 0:
            await self.clock.sleep(left_ns / 1e9)

    def _write(self, data: bytes) -> None:
        """Put bytes on the line; like on any line without flow control, what nobody takes is gone."""
        if self.plugged and data:
            with contextlib.suppress(BlockingIOError):
                os.write(self._descriptors[0], data)

    # hands and feet

    @property
    def faults(self) -> GasFaults:
        """Faults to inject; change its fields at any time."""
        self._now()
        return self._faults

    def attach(self, engine: Engine) -> None:
        """Connect the speed and oil probes to a running engine."""
        self._now().engine = engine

    def detach(self) -> None:
        """Take every probe off the car."""
        bench = self._now()
        bench.engine = bench.dilution = None

    def insert_probe(self, dilution: float = 0.0) -> None:
        """Put the gas probe into the tail pipe; ``dilution`` is the share of ambient air that it draws (too shallow).

        Raises:
            ValueError: the share is outside 0 to 1.
        """
        if not 0.0 <= dilution <= 1.0:
            raise ValueError(f"dilution {dilution} is outside 0 to 1")
        self._now().dilution = dilution

    def remove_probe(self) -> None:
        """Pull the gas probe out: it draws ambient air."""
        self._now().dilution = None

    def throttle(self, target_per_min: float) -> None:
        """Ask the attached engine for a speed, 1/min (0: foot off).

        Raises:
            RuntimeError: no engine is attached.
        """
        engine = self._now().engine
        if engine is None:
            raise RuntimeError("no engine is attached to the analyser's probes")
        engine.throttle(target_per_min)

    # for tests to look at

    @property
    def pump_on(self) -> bool:
        """Tell whether the sample pump runs now."""
        return self._now().pump_on

    @property
    def function(self) -> str:
        """The running function now, as ASTZ tells it."""
        return self._now().function

    @property
    def engine(self) -> Engine | None:
        """The attached engine, brought to the present."""
        return self._now().engine
