"""An exhaust analyser over AK."""

from devices.ak import AkClient, Answer
from devices.checks import check_said
from devices.clock import Clock
from devices.decode import decode_token
from devices.errors import RigProtocolError
from devices.gas import Checks, GasAnalyser
from devices.links import open_link
from devices.profile import Command, Profile
from devices.sample import Block, Reading


class AkAnalyser(GasAnalyser):
    """An analyser that speaks AK on a serial line or a TCP socket."""

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
            raise self._another(" ".join(answer.data[:2]), f"{expected[0]} {expected[1]}")

    async def _read_status(self) -> frozenset[str]:
        answer = await self._ak.read("ASTZ")
        if len(answer.data) < 2 or answer.data[0] not in ("SREM", "SMAN"):
            raise self._odd("ASTZ", answer.data)
        return frozenset(answer.data)

    def _odd(self, code: str, words: tuple[str, ...]) -> RigProtocolError:
        detail = f"it answers {' '.join(words) or 'nothing'}"
        return RigProtocolError("wrong_answer", where=self.url, request=code, detail=detail)

    async def _read_remote_status(self) -> frozenset[str]:
        status = await self._read_status()
        if "SREM" not in status:
            raise self._taken_over()
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
            detail = f"{len(answer.data)} tokens, the profile has {len(channels)}"
            raise RigProtocolError("wrong_answer", where=self.url, request="AKON", detail=detail)
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
            raise self._odd("ASTF", answer.data)
        return tuple(int(word) for word in answer.data)

    async def _read_checks(self) -> Checks:
        words = (await self._ak.read("APRF")).data
        if len(words) != 8 or (words[0], words[3], words[6]) != ("ZERO", "LEAK", "RESIDUE"):
            raise self._odd("APRF", words)
        try:
            zero_age, leak_age, residue = (int(word) for word in (words[2], words[5], words[7]))
            return Checks(*check_said(int(words[1]), zero_age), *check_said(int(words[4]), leak_age), residue)
        except ValueError as error:
            raise self._odd("APRF", words) from error

    async def _working(self, command: Command) -> bool:
        return command.code in await self._read_remote_status()

    async def _send(self, command: Command) -> None:
        await self._ak.control(str(command.code))
