"""The AK protocol: STX/ETX frames of ASCII words, without length or checksum."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from devices.clock import Clock, real_s
from devices.errors import RigOffline, RigProtocolError, RigRefused
from devices.links import Link
from devices.profile import Timing

STX, ETX = 0x02, 0x03
FRAME_LIMIT = 250
FREE_BYTE = b" "
UNKNOWN = "????"
QUIET_FLOOR_S = 0.05
"""The line is drained for at least this in real seconds: a fast clock does not speed the operating system up."""


class FrameParser:
    """Finds frames in a stream: an STX begins anew, what is outside or too long is dropped. Never raises."""

    def __init__(self) -> None:
        self._inside: bytearray | None = None

    def feed(self, data: bytes) -> list[bytes]:
        """Take some bytes, return what stands between STX and ETX of the frames that ended in them."""
        frames = []
        for byte in data:
            if byte == STX:
                self._inside = bytearray()
            elif byte == ETX and self._inside is not None:
                frames.append(bytes(self._inside))
                self._inside = None
            elif self._inside is not None:
                self._keep(byte)
        return frames

    def _keep(self, byte: int) -> None:
        if self._inside is not None:
            self._inside.append(byte)
            if len(self._inside) > FRAME_LIMIT - 2:
                self._inside = None


@dataclass(frozen=True)
class Answer:
    """An answer: function code, error-status digit (0: no fault), data words."""

    code: str
    digit: int
    data: tuple[str, ...]


def encode_request(code: str, *parameters: str) -> bytes:
    """Return the frame of a request to the whole unit (``K0``)."""
    words = " ".join((code, "K0", *parameters))
    return bytes([STX]) + FREE_BYTE + words.encode("ascii") + bytes([ETX])


def parse_answer(frame: bytes) -> Answer:
    """Return the answer in what stood between STX and ETX.

    Raises:
        RigProtocolError: it is no answer to a request of ours.
    """
    head, rest = frame[:7], frame[7:]
    code = head[1:5].decode("ascii", "replace")
    well_formed = (
        head[:1] == FREE_BYTE
        and head[5:6] == b" "
        and (code == UNKNOWN or (code.isascii() and code.isalpha() and code.isupper()))
        and head[6:7].isdigit()
        and rest[:1] in (b"", b" ")
        and all(0x20 <= byte < 0x7F for byte in rest)
    )
    if not well_formed:
        raise RigProtocolError(f"not an AK answer: {frame[:40]!r}")
    return Answer(code, int(head[6:7]), tuple(rest.decode("ascii").split()))


class AkClient:
    """Requests over one link, one at a time. After a failure the line is drained before the next request.

    ``reasons`` gives the words for the error answers.
    """

    def __init__(self, link: Link, clock: Clock, timing: Timing, reasons: Mapping[str, str]) -> None:
        self.link = link
        self._clock, self._timing, self._reasons = clock, timing, reasons
        self._lock = asyncio.Lock()
        self._unclean = True  # whoever used the line before us may have left an answer on it
        self._next_at = clock.monotonic()

    async def read(self, code: str) -> Answer:
        """Ask an A-code; a failure is asked once more, since asking changes nothing.

        Raises:
            RigOffline: no answer before the deadline.
            RigProtocolError: an unreadable answer, or the analyser does not know the request.
        """
        try:
            return await self.control(code)
        except (RigOffline, RigProtocolError):
            if not self.link.is_open:
                raise
        return await self.control(code)

    async def control(self, code: str, *parameters: str) -> Answer:
        """Send an S-code, once: what happened to it after a failure is unknown.

        Raises:
            RigOffline: no answer before the deadline.
            RigRefused: busy, or in MANUAL; ``reason`` is ``BS`` or ``OF``.
            RigProtocolError: an unreadable answer, or the analyser does not know the request.
        """
        async with self._lock:
            await self._take_turn()
            # unclean until the answer is in: a cancelled request leaves its answer on the line
            self._unclean = True
            await self.link.write(encode_request(code, *parameters))
            answer = await self._answer_to(code)
            self._unclean = False
        return self._checked(code, answer)

    async def _take_turn(self) -> None:
        await self._clock.sleep(self._next_at - self._clock.monotonic())
        if self._unclean:
            await self.link.drain(real_s(self._clock, self._timing.drain_s, QUIET_FLOOR_S))
        self.link.discard()
        self._next_at = self._clock.monotonic() + self._timing.request_interval_s

    async def _answer_to(self, code: str) -> Answer:
        """Return the first answer to ``code``; frames that are none are passed over until the deadline."""
        deadline = asyncio.get_running_loop().time() + real_s(self._clock, self._timing.deadline_s)
        parser = FrameParser()
        stray = ""
        while data := await self.link.read_until(deadline):
            for frame in parser.feed(data):
                try:
                    answer = parse_answer(frame)
                except RigProtocolError as error:
                    stray = str(error)
                    continue
                if answer.code in (code, UNKNOWN):
                    return answer
                stray = f"an answer to {answer.code}"
        if stray:
            raise RigProtocolError(f"{self.link.url}: asked {code}, got {stray}")
        raise RigOffline(f"{self.link.url}: no answer to {code}: is the analyser on and its cable in?")

    def _checked(self, code: str, answer: Answer) -> Answer:
        if answer.code == UNKNOWN:
            raise RigProtocolError(f"{self.link.url}: {code}: {self._words(UNKNOWN)}")
        if answer.data == ("SE",):
            raise RigProtocolError(f"{self.link.url}: {code}: {self._words('SE')}")
        if answer.data in (("OF",), ("BS",)):
            raise RigRefused(f"{self.link.url}: {code} refused: {self._words(answer.data[0])}", answer.data[0])
        return answer

    def _words(self, token: str) -> str:
        return self._reasons.get(token, token)
