"""An opacimeter (不透光烟度计)."""

from collections.abc import Sequence
from dataclasses import dataclass

from devices.checks import CheckResult, check_said
from devices.clock import Clock, moment_after
from devices.decode import decode_words
from devices.errors import NO_REASON, RigProtocolError, RigRestarted
from devices.instrument import Instrument
from devices.links import open_link
from devices.nht6 import Nht6Client
from devices.profile import Command, Profile
from devices.sample import Block, Reading

STATE, ALARMS, LIVE, MAXIMA, LAST_CALIBRATION = 0xA1, 0xA3, 0xA5, 0xA6, 0xB2
MAXIMA_WORDS = 3
STATE_EVERY_S = 0.5
"""State and alarms are asked for this often beside the live values, and at once when the values appear or vanish."""
STATE_POLL_S = 0.2


@dataclass(frozen=True)
class Calibration:
    """What the opacimeter knows of its last zero and full-shade calibration; the age is None if there was none."""

    result: CheckResult
    age_s: int | None

    @property
    def passed(self) -> bool:
        """Whether there was one, and it was good."""
        return self.result == "passed"


class Opacimeter(Instrument):
    """One opacimeter. One caller reads blocks; commands may be given beside it."""

    def __init__(self, profile: Profile, url: str, clock: Clock) -> None:
        super().__init__(profile, url, clock)
        self._link = open_link(url)
        self._client = Nht6Client(self._link, clock, profile)
        self._states = {number: name for name, number in profile.status.items()}
        self._sequence = 0
        self._state = ""
        self._state_at_s = 0.0
        self._alarms: tuple[int, ...] = ()

    @property
    def _link_up(self) -> bool:
        return self._link.is_open

    async def close(self) -> None:
        """Close the line; the opacimeter stops measuring by itself when it hears nothing."""
        await self._link.close()

    async def _open(self) -> None:
        await self._link.open()
        self._state = ""
        await self._read_state()

    async def _probe(self) -> None:
        await self._read_state()

    async def _read_status(self) -> frozenset[str]:
        return frozenset({await self._ask_state()})

    async def _ask_state(self) -> str:
        (number,) = await self._client.read(STATE, 3)
        if number not in self._states:
            detail = f"state {number} is not in the profile"
            raise RigProtocolError("wrong_answer", where=self.url, request="A1", detail=detail)
        return self._states[number]

    async def _read_state(self) -> None:
        """Read state and alarms; one that warms up again has restarted."""
        before, self._state = self._state, await self._ask_state()
        self._alarms = _bits(await self._client.read(ALARMS, 4))
        self._state_at_s = self.clock.monotonic()
        self._trouble = self._trouble_in(frozenset({self._state}), self._alarms)
        if self._state == "WARMUP" and before not in ("", "WARMUP"):
            error = RigRestarted("restarted", where=self.url, detail=f"WARMUP, before {before}")
            self._trouble = NO_REASON
            self._lose("fault", error.why)
            raise error

    async def read_block(self) -> Block:
        """Read the live values, and now and then state and alarms. ``first_sequence`` counts the blocks.

        Raises:
            RigOffline: no answer.
            RigRestarted: it warms up again, so it was without power; the next call connects anew.
            RigProtocolError: an answer that the profile does not allow.
        """
        async with self._used():
            before_ns = self.clock.monotonic_ns()
            words = _words(await self._client.read(LIVE, 10))
            middle_ns = (before_ns + self.clock.monotonic_ns()) // 2
            self._sequence += 1
            readings = self._readings(words, middle_ns)
            if self._state_is_due(readings):
                await self._read_state()
            return Block(frozenset({self._state}), self._alarms, readings, self._sequence, middle_ns)

    def _state_is_due(self, readings: dict[str, Reading]) -> bool:
        has_values = readings["k"].quality != "missing"
        age_s = self.clock.monotonic() - self._state_at_s
        return has_values != (self._state == "MEASURING") or age_s >= STATE_EVERY_S

    def _readings(self, words: Sequence[int], middle_ns: int) -> dict[str, Reading]:
        return {
            name: decode_words(channel, words, 0, self._sequence, middle_ns)
            for name, channel in self.profile.channels.items()
            if channel.address < len(words)
        }

    async def maxima(self) -> dict[str, Reading]:
        """Return the largest opacity, k and engine speed since ``clear_maxima``.

        Raises:
            RigOffline: no answer.
            RigProtocolError: an answer that the profile does not allow.
        """
        async with self._used():
            words = _words(await self._client.read(MAXIMA, 2 + 2 * MAXIMA_WORDS))
            return self._readings(words, self.clock.monotonic_ns())

    async def calibration(self) -> Calibration:
        """Return what the opacimeter knows of its last calibration.

        Raises:
            RigOffline: no answer.
            RigProtocolError: an answer that the profile does not allow.
        """
        async with self._used():
            data = await self._client.read(LAST_CALIBRATION, 5)
            try:
                return Calibration(*check_said(data[0], int.from_bytes(data[1:], "big")))
            except ValueError as error:
                raise RigProtocolError("wrong_answer", where=self.url, request="B2", detail=error) from error

    async def calibrate(self) -> Calibration:
        """Calibrate zero and full shade with clean air, wait for the end, return what came of it.

        Raises:
            RigRefused: not ready, or it does not end.
            RigOffline: no answer: whether it began is open.
        """
        command = self.profile.command("calibrate")
        limit = moment_after(self.clock, command.deadline_s)
        async with self._used():
            await self._send(command)
            while await self._ask_state() == "CALIBRATING":
                if self.clock.monotonic() > limit:
                    raise self._still_running(command)
                await self.clock.sleep(STATE_POLL_S)
        return await self.calibration()

    async def command(self, name: str) -> None:
        """Give one command of the profile; does not wait for what it starts.

        Raises:
            RigRefused: not possible in its state.
            RigOffline: no answer: whether the command took effect is open.
        """
        async with self._used():
            await self._send(self.profile.command(name))

    async def _send(self, command: Command) -> None:
        code = int(command.code)
        await self._client.control(code.to_bytes(2 if code > 0xFF else 1, "big"))


def _words(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


def _bits(data: bytes) -> tuple[int, ...]:
    number = int.from_bytes(data, "big")
    return tuple(bit for bit in range(8 * len(data)) if number >> bit & 1)
