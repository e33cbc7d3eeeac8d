"""The AK protocol: STX/ETX frames of ASCII words, without length or checksum."""

from collections.abc import Mapping
from dataclasses import dataclass

from devices.clock import Clock
from devices.errors import RigOffline, RigProtocolError, RigRefused, Words
from devices.profile import Timing
from devices.stream import Link
from devices.wire import Wire, asked_again

STX, ETX = 0x02, 0x03
FRAME_LIMIT = 250
FREE_BYTE = b" "
UNKNOWN = "????"


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
        ValueError: it is no answer to a request of ours; the text shows it.
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
        raise ValueError(f"not an AK answer: {frame[:40]!r}")
    return Answer(code, int(head[6:7]), tuple(rest.decode("ascii").split()))


class _Ear:
    """Hears one answer out of the bytes that come; frames that are none are passed over, the last one is noted."""

    def __init__(self, code: str) -> None:
        self._code, self._parser = code, FrameParser()
        self.stray = ""

    def hear(self, data: bytes) -> Answer | None:
        """Return the answer once it is whole."""
        for frame in self._parser.feed(data):
            try:
                answer = parse_answer(frame)
            except ValueError as error:
                self.stray = str(error)
                continue
            if answer.code in (self._code, UNKNOWN):
                return answer
            self.stray = f"an answer to {answer.code}"
        return None


class AkClient:
    """Requests over one link, one at a time.

    ``reasons`` gives the words for the error answers.
    """

    def __init__(self, link: Link, clock: Clock, timing: Timing, reasons: Mapping[str, Words]) -> None:
        self.link = link
        self._wire, self._reasons = Wire(link, clock, timing), reasons

    async def read(self, code: str) -> Answer:
        """Ask an A-code; a failure is asked once more, since asking changes nothing.

        Raises:
            RigOffline: no answer before the deadline.
            RigProtocolError: an unreadable answer, or the analyser does not know the request.
        """
        return await asked_again(self.link, lambda: self.control(code))

    async def control(self, code: str, *parameters: str) -> Answer:
        """Send an S-code, once: what happened to it after a failure is unknown.

        Raises:
            RigOffline: no answer before the deadline.
            RigRefused: busy, or in MANUAL; ``reason`` is ``BS`` or ``OF``.
            RigProtocolError: an unreadable answer, or the analyser does not know the request.
        """
        ear = _Ear(code)
        answer = await self._wire.ask(encode_request(code, *parameters), ear.hear)
        if answer is not None:
            return self._checked(code, answer)
        if ear.stray:
            raise RigProtocolError("wrong_answer", where=self.link.url, request=code, detail=ear.stray)
        raise RigOffline("no_answer", where=self.link.url, request=code)

    def _checked(self, code: str, answer: Answer) -> Answer:
        if answer.code == UNKNOWN:
            raise RigProtocolError("unknown_request", where=self.link.url, request=code)
        if answer.data == ("SE",):
            raise RigProtocolError("wrong_answer", where=self.link.url, request=code, detail="SE, syntax error")
        if answer.data in (("OF",), ("BS",)):
            token = answer.data[0]
            raise RigRefused("refused", token, where=self.link.url, request=code, why=self._words(token))
        return answer

    def _words(self, token: str) -> Words:
        return self._reasons.get(token, Words(token, token))
