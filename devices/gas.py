"""An exhaust analyser (尾气分析仪) over AK."""

from dataclasses import dataclass
from typing import Literal

from devices.ak import AkClient, Answer
from devices.clock import Clock, moment_after
from devices.decode import decode_token
from devices.errors import RigProtocolError, RigRefused, RigRestarted
from devices.instrument import Instrument
from devices.links import open_link
from devices.profile import Command, Profile
from devices.sample import Block, Reading

CheckResult = Literal["passed", "failed", "never"]
CHECK_RESULTS: dict[str, CheckResult] = {"1": "passed", "0": "failed", "9": "never"}
STATE_POLL_S = 0.5


@dataclass(frozen=True)
class Checks:
    """What the analyser knows of its last zero, leak test and HC residue; an age is None where there was never one."""

    zero: CheckResult
    zero_age_s: int | None
    leak: CheckResult
    leak_age_s: int | None
    residue_ppm: int


class GasAnalyser(Instrument):
    """One exhaust analyser. One caller reads blocks; commands may be given beside it."""

    def __init__(self, profile: Profile, url: str, clock: Clock) -> None:
        super().__init__(profile, url, clock)
        self._link = open_link(url)
        self._ak = AkClient(self._link, clock, profile.timing, profile.reasons)
        self._sequence = 0
        self._digit: int | None = None
        self._faults: tuple[int, ...] = ()

    @property
    def _link_up(self) -> bool:
        return self._link.is_open

    async def close(self) -> None:
        """Close the line; the analyser goes to stand-by by itself when it hears nothing."""
        await self._link.close()

    async def _open(self) -> None:
        await self._link.open()
        self._digit = None
        self._check_identity(await self._ak.read("AKEN"))
        if "SREM" not in await self._read_status():
            await self._ak.control("SREM")

    async def _probe(self) -> None:
        await self._read_remote_status()

    def _check_identity(self, answer: Answer) -> None:
        expected = self.profile.identity["device"], self.profile.identity["version"]
        if answer.data[:2] != expected:
            raise RigProtocolError(
                f"{self.url}: {' '.join(answer.data[:2]) or 'nothing'} at the line, "
                f"{expected[0]} {expected[1]} in the profile {self.profile.name}"
            )

    async def _read_status(self) -> frozenset[str]:
        answer = await self._ak.read("ASTZ")
        if len(answer.data) < 2 or answer.data[0] not in ("SREM", "SMAN"):
            raise RigProtocolError(f"{self.url}: ASTZ answers {' '.join(answer.data) or 'nothing'}")
        return frozenset(answer.data)

    async def _read_remote_status(self) -> frozenset[str]:
        status = await self._read_status()
        if "SREM" not in status:
            reason = f"{self.url}: the analyser is in MANUAL: it restarted, or was taken over at its panel"
            self._lose("fault", reason)
            raise RigRestarted(reason)
        return status

    async def read_block(self) -> Block:
        """Read state, all readings, and the faults when they changed. ``first_sequence`` counts the blocks.

        Raises:
            RigOffline: no answer.
            RigRestarted: the analyser is no longer under remote control; the next call takes it again.
            RigProtocolError: an answer that the profile does not allow.
        """
        async with self._used():
            status = await self._read_remote_status()
            before_ns = self.clock.monotonic_ns()
            answer = await self._ak.read("AKON")
            middle_ns = (before_ns + self.clock.monotonic_ns()) // 2
            await self._read_faults(answer.digit)
            self._sequence += 1
            return Block(status, self._faults, self._readings(answer, middle_ns), self._sequence, middle_ns)

    def _readings(self, answer: Answer, middle_ns: int) -> dict[str, Reading]:
        channels = self.profile.channels
        if len(answer.data) != len(channels):
            raise RigProtocolError(f"{self.url}: AKON has {len(answer.data)} tokens, the profile {len(channels)}")
        return {
            name: decode_token(channel, answer.data[channel.address - 1], self._sequence, middle_ns)
            for name, channel in channels.items()
        }

    async def _read_faults(self, digit: int) -> None:
        """Ask for the faults when the error-status digit says that they changed; 0 says that there are none."""
        if digit == self._digit:
            return
        if digit:
            answer = await self._ak.read("ASTF")
            self._faults, digit = self._fault_numbers(answer), answer.digit
        else:
            self._faults = ()
        self._digit = digit

    def _fault_numbers(self, answer: Answer) -> tuple[int, ...]:
        if not all(word.isdigit() for word in answer.data):
            raise RigProtocolError(f"{self.url}: ASTF answers {' '.join(answer.data)}")
        return tuple(int(word) for word in answer.data)

    async def checks(self) -> Checks:
        """Return what the analyser knows of its last zero, leak test and HC residue.

        Raises:
            RigOffline: no answer.
            RigProtocolError: an answer that the profile does not allow.
        """
        async with self._used():
            words = (await self._ak.read("APRF")).data
            if len(words) != 8 or (words[0], words[3], words[6]) != ("ZERO", "LEAK", "RESIDUE"):
                raise RigProtocolError(f"{self.url}: APRF answers {' '.join(words) or 'nothing'}")
            return Checks(*self._check(words[1:3]), *self._check(words[4:6]), self._number(words[7]))

    def _check(self, words: tuple[str, ...]) -> tuple[CheckResult, int | None]:
        if words[0] not in CHECK_RESULTS:
            raise RigProtocolError(f"{self.url}: APRF says {words[0]} where 0, 1 or 9 is expected")
        result = CHECK_RESULTS[words[0]]
        return result, None if result == "never" else self._number(words[1])

    def _number(self, word: str) -> int:
        if not word.removeprefix("-").isdigit():
            raise RigProtocolError(f"{self.url}: APRF says {word} where a number is expected")
        return int(word)

    async def measure(self) -> None:
        """Pump on, sample gas.

        Raises:
            RigRefused: warming up, busy, or in MANUAL.
            RigOffline: no answer: whether the command took effect is open.
        """
        await self.command("measure")

    async def standby(self) -> None:
        """Pump off. Raises as ``measure`` does."""
        await self.command("standby")

    async def zero(self) -> Checks:
        """Zero with filtered ambient air, wait for its end, return the checks. Raises as ``measure`` does."""
        return await self._run("zero")

    async def leak_test(self) -> Checks:
        """Test the closed probe for leaks, wait for the end, return the checks. Raises as ``measure`` does."""
        return await self._run("leak_test")

    async def purge(self) -> Checks:
        """Purge the line with ambient air, wait for the end, return the checks. Raises as ``measure`` does."""
        return await self._run("purge")

    async def command(self, name: str) -> None:
        """Give one command of the profile; does not wait for what it starts. Raises as ``measure`` does."""
        async with self._used():
            await self._send(self.profile.command(name))

    async def _run(self, name: str) -> Checks:
        command = self.profile.command(name)
        limit = moment_after(self.clock, command.deadline_s)
        async with self._used():
            await self._send(command)
            while command.code in await self._read_remote_status():
                if self.clock.monotonic() > limit:
                    raise RigRefused(f"{name}: still running after {command.deadline_s} s: look at the rig", "deadline")
                await self.clock.sleep(STATE_POLL_S)
        return await self.checks()

    async def _send(self, command: Command) -> None:
        await self._ak.control(str(command.code))
