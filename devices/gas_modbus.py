"""An exhaust analyser over Modbus RTU."""

from collections.abc import Sequence
from dataclasses import replace

from devices.checks import CheckResult, check_said
from devices.clock import Clock
from devices.command_registers import CommandRegisters
from devices.decode import decode_words
from devices.errors import RigProtocolError, RigRestarted
from devices.gas import Checks, GasAnalyser
from devices.modbus_line import open_modbus
from devices.modbus_words import map_words
from devices.profile import Command, Profile
from devices.sample import Block, Reading


class ModbusAnalyser(GasAnalyser):
    """An analyser with a register map, on a serial line, behind a serial server, or behind a Modbus gateway."""

    def __init__(self, profile: Profile, url: str, clock: Clock) -> None:
        super().__init__(profile, url, clock)
        self._at = profile.registers
        self._modbus = open_modbus(profile, url, clock)
        self._commands = CommandRegisters(self._modbus, profile)
        self._sequence = 0
        self._boot_count: int | None = None

    @property
    def _link_up(self) -> bool:
        return self._modbus.connected

    async def close(self) -> None:
        """Close the line; the analyser goes to stand-by by itself when it hears nothing."""
        await self._modbus.close()

    async def _open(self) -> None:
        await self._modbus.connect()
        words = await self._words()
        self._boot_count = words[self._at["boot_count"]]
        if "SREM" not in self._status(words):
            await self._send(self.profile.command("remote"))

    async def _probe(self) -> None:
        self._remote(await self._words())

    async def _read_status(self) -> frozenset[str]:
        return self._status(await self._words())

    async def _words(self) -> list[int]:
        words = await self._modbus.read(self._at["first"], self._at["count"])
        expected = int(self.profile.identity["map_id"]), int(self.profile.identity["map_version"])
        if tuple(words[:2]) != expected:
            raise self._another(map_words(words), map_words(expected))
        return words

    def _status(self, words: Sequence[int]) -> frozenset[str]:
        bits = words[self._at["status"]]
        return frozenset(name for name, bit in self.profile.status.items() if bits >> bit & 1)

    def _remote(self, words: Sequence[int]) -> frozenset[str]:
        """Return the status of an analyser that is still ours and still the one that ran before."""
        status = self._status(words)
        if "SREM" not in status:
            raise self._taken_over()
        boot_count = words[self._at["boot_count"]]
        if boot_count != self._boot_count:
            error = RigRestarted("restarted", where=self.url, detail=f"start {boot_count}, before {self._boot_count}")
            self._lose("fault", error.why)
            raise error
        return status

    async def read_block(self) -> Block:
        """Read state, faults and all readings in one request. ``first_sequence`` counts the blocks.

        Raises:
            RigOffline: no answer.
            RigRestarted: the analyser restarted or is no longer under remote control; the next call takes it again.
            RigProtocolError: an answer that the profile does not allow.
        """
        async with self._used():
            before_ns = self.clock.monotonic_ns()
            words = await self._words()
            middle_ns = (before_ns + self.clock.monotonic_ns()) // 2
            status = self._remote(words)
            self._sequence += 1
            return Block(status, self._faults(words), self._readings(words, middle_ns), self._sequence, middle_ns)

    def _faults(self, words: Sequence[int]) -> tuple[int, ...]:
        bits = words[self._at["faults"]]
        return tuple(bit + 1 for bit in range(16) if bits >> bit & 1)

    def _readings(self, words: Sequence[int], middle_ns: int) -> dict[str, Reading]:
        doubted = words[self._at["not_trusted"]]
        readings = {}
        for bit, (name, channel) in enumerate(self.profile.channels.items()):
            reading = decode_words(channel, words, self._at["first"], self._sequence, middle_ns)
            doubt = doubted >> bit & 1 and reading.value is not None
            readings[name] = replace(reading, quality="invalid") if doubt else reading
        return readings

    async def _read_checks(self) -> Checks:
        words = await self._words()
        zero, leak = self._check(words, "zero"), self._check(words, "leak")
        return Checks(*zero, *leak, words[self._at["residue"]])

    def _check(self, words: Sequence[int], name: str) -> tuple[CheckResult, int | None]:
        result, age = words[self._at[f"{name}_result"]], words[self._at[f"{name}_age"]]
        try:
            return check_said(result, age)
        except ValueError as error:
            raise RigProtocolError("wrong_answer", where=self.url, request=name, detail=error) from error

    async def _working(self, command: Command) -> bool:
        return await self._commands.running(command)

    async def _send(self, command: Command) -> None:
        await self._commands.give(command)
