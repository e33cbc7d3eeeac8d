"""AK frames by hand, the analyser's side (reference exhaust analyser, Frames)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

STX, ETX, BLANK = 0x02, 0x03, 0x20
MAX_FRAME = 250
CHANNEL = b"K0"

_BODY = re.compile(rb"([A-Z]{4})(?: (.*))?", re.DOTALL)


class Receiver:
    """Bytes from the line, cut into what stands between STX and ETX."""

    def __init__(self) -> None:
        self._frame: bytearray | None = None

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Take bytes; yield for each frame the index of its ETX in ``data`` and its content."""
        for index, byte in enumerate(data):
            content = self._take(byte)
            if content is not None:
                yield index, content

    def _take(self, byte: int) -> bytes | None:
        if byte == STX:
            self._frame = bytearray()
        elif self._frame is not None and byte == ETX:
            content, self._frame = bytes(self._frame), None
            return content
        elif self._frame is not None:
            self._frame.append(byte)
            if len(self._frame) > MAX_FRAME - 2:
                self._frame = None
        return None


@dataclass(frozen=True)
class Request:
    """One request: the byte to send back, the code (None: no frame of the protocol) and whether its rest is right."""

    echo: int
    code: str | None
    well_formed: bool


def request(content: bytes) -> Request:
    """Read what stood between STX and ETX."""
    echo = content[0] if content and content[0] >= BLANK else BLANK
    body = _BODY.fullmatch(content[1:])
    if body is None or content[0] < BLANK:
        return Request(echo, None, False)
    return Request(echo, body[1].decode("ascii"), body[2] == CHANNEL)


def answer(echo: int, code: str, digit: int, data: str = "") -> bytes:
    """Return the bytes of one answer."""
    text = f"{code} {digit} {data}" if data else f"{code} {digit}"
    return bytes((STX, echo)) + text.encode("ascii") + bytes((ETX,))
