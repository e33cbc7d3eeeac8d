"""A headlamp tester (前照灯检测仪)."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from devices.clock import Clock, moment_after
from devices.decode import decode_digits
from devices.errors import RigRefused, RigRestarted, Words
from devices.instrument import Instrument
from devices.links import open_link
from devices.mqd6 import Mqd6Client
from devices.profile import Channel, Command, Profile
from devices.sample import Block, Reading

Side = Literal["left", "right"]
BOTH_SIDES: tuple[Side, Side] = ("left", "right")
SIDE_WORDS = {"left": Words("左", "left"), "right": Words("右", "right")}
LAMPS = ("left_main", "left_aux", "right_main", "right_aux")
RECORD_LENGTH = 18
NOT_MEASURED = b"0" * RECORD_LENGTH


@dataclass(frozen=True)
class LampResult:
    """What was measured of one lamp: intensity in cd, offsets at 10 m in mm (right and up are positive), height in mm.

    A reading without value has the quality missing (not measured) or invalid (the tester found no value).
    """

    intensity_cd: Reading
    high_dx: Reading
    high_dy: Reading
    low_dx: Reading
    low_dy: Reading
    height_mm: Reading


class HeadlampTester(Instrument):
    """One headlamp tester. One caller reads blocks; commands may be given beside it."""

    def __init__(self, profile: Profile, url: str, clock: Clock) -> None:
        super().__init__(profile, url, clock)
        self._link = open_link(url)
        self._client = Mqd6Client(self._link, clock, profile, self._on_event)
        self._starts = sorted(profile.registers.values())
        self._events: deque[str] = deque()
        self._readings: dict[str, Reading] = {}
        self._stale = True
        self._ready: frozenset[str] = frozenset()
        self._sequence = 0
        self._restart_known = False

    @property
    def _link_up(self) -> bool:
        return self._link.is_open

    async def close(self) -> None:
        """Close the line; the tester ends what it does, and goes home by itself."""
        await self._link.close()

    async def _open(self) -> None:
        await self._client.open()
        self._restart_known = True
        await self._read_status()

    async def _probe(self) -> None:
        await self._read_status()

    async def _read_status(self) -> frozenset[str]:
        bits = await self._client.status()
        status = frozenset(name for name, bit in self.profile.status.items() if bits >> bit & 1)
        self._trouble = self._trouble_in(status, ())
        ready = status & {"LEFT_READY", "RIGHT_READY"}
        self._stale = self._stale or ready != self._ready
        self._ready = ready
        return await self._cleared(status)

    async def _cleared(self, status: frozenset[str]) -> frozenset[str]:
        """Clear RESTARTED once it is known, as soon as the tester takes a set-up: it drives home first."""
        if "RESTARTED" not in status:
            self._restart_known = False
        elif self._restart_known and not status & {"MOVING", "FAULT"}:
            await self._send(self.profile.command("both"))  # what it would do anyway: any set-up clears RESTARTED
            return status - {"RESTARTED"}
        return status

    def _on_event(self, number: int) -> None:
        if number in self.profile.events:
            self._events.append(self.profile.events[number])
            self._stale = True

    async def read_block(self) -> Block:
        """Read the state, what happened since the block before, and the readings if they changed.

        ``status`` has the names of the state and of the events; an event that came twice stands in two blocks.
        A command that moves something sets aside the events before it.
        An event can be lost on the line: decide by LEFT_READY, RIGHT_READY and MOVING.
        ``first_sequence`` counts the blocks.

        Raises:
            RigOffline: no answer.
            RigRestarted: it was without power; its records are empty. The next call connects anew.
            RigProtocolError: an answer that the profile does not allow.
        """
        async with self._used():
            status = await self._read_status()
            if "RESTARTED" in status and not self._restart_known:
                raise self._restarted()
            self._sequence += 1
            if self._stale:
                await self._fetch()
            status |= self._happened()
            return Block(status, (), dict(self._readings), self._sequence, self.clock.monotonic_ns())

    def _restarted(self) -> RigRestarted:
        error = RigRestarted("restarted", where=self.url, detail="RESTARTED")
        self._lose("fault", error.why)
        return error

    def _happened(self) -> set[str]:
        """Take the events in their order, up to the first that would stand twice in one block."""
        names: set[str] = set()
        while self._events and self._events[0] not in names:
            names.add(self._events.popleft())
        return names

    async def _fetch(self) -> None:
        self._stale = False
        try:
            frame = await self._client.records()
        except BaseException:
            self._stale = True
            raise
        now_ns = self.clock.monotonic_ns()
        self._readings = {name: self._reading(c, frame, now_ns) for name, c in self.profile.channels.items()}

    def _reading(self, channel: Channel, frame: bytes, now_ns: int) -> Reading:
        start = max(start for start in self._starts if start <= channel.address)
        if frame[start : start + RECORD_LENGTH] == NOT_MEASURED:
            return _missing(channel.name, channel.unit, self._sequence, now_ns)
        return decode_digits(channel, frame, self._sequence, now_ns)

    async def results(self) -> dict[str, LampResult]:
        """Fetch all records and return them lamp by lamp: ``left_main``, ``left_aux``, ``right_main``, ``right_aux``.

        Raises:
            RigOffline: no answer.
            RigProtocolError: an answer that the profile does not allow.
        """
        async with self._used():
            await self._fetch()
        return {lamp: self._result(lamp) for lamp in LAMPS}

    def _result(self, lamp: str) -> LampResult:
        def of(name: str, unit: str) -> Reading:
            known = self._readings.get(f"{lamp}_{name}")
            return known or _missing(f"{lamp}_{name}", unit, self._sequence, self.clock.monotonic_ns())

        height, low_height = of("height", "mm"), of("low_height", "mm")
        return LampResult(
            intensity_cd=of("intensity", "cd"),
            high_dx=of("high_dx", "mm/10m"),
            high_dy=of("high_dy", "mm/10m"),
            low_dx=of("low_dx", "mm/10m"),
            low_dy=of("low_dy", "mm/10m"),
            height_mm=low_height if height.quality == "missing" else height,
        )

    async def measure(self, sides: Sequence[Side] = BOTH_SIDES, lamps: Literal[2, 4] = 2) -> dict[str, LampResult]:
        """Measure the lamps of one side or of both, one after the other, and return all results; it stays there.

        It takes the blocks for itself: nobody else may read them meanwhile.

        Raises:
            RigRefused: busy, no lamp found, a lamp that could not be measured, or no end in time.
            RigOffline: no answer.
        """
        await self.command("four_lamp" if lamps == 4 else "two_lamp")
        for side in sides:
            await self._measure_side(side)
        return await self.results()

    async def _measure_side(self, side: Side) -> None:
        command = self.profile.command(f"start_{side}")
        limit = moment_after(self.clock, command.deadline_s)
        await self.command(command.name)
        while "MOVING" in (status := (await self.read_block()).status):
            if self.clock.monotonic() > limit:
                raise self._still_running(command)
            await self.clock.sleep(self.profile.timing.poll_interval_s)
        if f"{side.upper()}_READY" not in status:
            await self._say_why_not(side, status)

    async def _say_why_not(self, side: Side, status: frozenset[str]) -> None:
        while self._events:
            status |= self._happened()
        code = "no_lamp" if "NO_LAMP" in status else "lamp_error"
        raise RigRefused(code, code, where=self.url, side=SIDE_WORDS[side])

    async def command(self, name: str) -> None:
        """Give one command of the profile; does not wait for what it starts.

        Raises:
            RigRefused: busy or faulty.
            RigOffline: no answer: whether the command took effect is open.
        """
        async with self._used():
            await self._send(self.profile.command(name))

    async def _send(self, command: Command) -> None:
        self._stale = True
        if command.moves:
            self._events.clear()  # they tell of work that is over: the new one must not be judged by them
        await self._client.control(int(command.code), command.name)


def _missing(name: str, unit: str, sequence: int, now_ns: int) -> Reading:
    return Reading(name, None, Decimal(1), unit, "missing", sequence, now_ns)
