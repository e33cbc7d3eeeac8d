"""Frames that carry a checksum, found in a stream of bytes again and again, whatever noise stands between them."""

from collections.abc import Callable
from functools import reduce

LengthOf = Callable[[bytes], int | None]
"""Says of some bytes how long the frame is that they begin: 0 none can begin so, None more bytes are needed."""


def zero_sum(body: bytes) -> bytes:
    """Return a frame: the body and the two's complement of its sum, so that all bytes together sum to 0."""
    return body + bytes([-sum(body) & 0xFF])


def sums_to_zero(frame: bytes) -> bool:
    """Tell whether the bytes of a frame sum to 0 modulo 256."""
    return sum(frame) & 0xFF == 0


def _crc_of_byte(crc: int) -> int:
    return reduce(lambda c, _: (c >> 1) ^ 0xA001 if c & 1 else c >> 1, range(8), crc)


_CRC_TABLE = tuple(_crc_of_byte(byte) for byte in range(256))


def crc16(body: bytes) -> bytes:
    """Return the two check bytes of a Modbus RTU frame, low byte first."""
    crc = reduce(lambda c, byte: (c >> 8) ^ _CRC_TABLE[(c ^ byte) & 0xFF], body, 0xFFFF)
    return crc.to_bytes(2, "little")


def crc_fits(frame: bytes) -> bool:
    """Tell whether a frame ends with the check bytes of what stands before them."""
    return len(frame) > 2 and crc16(frame[:-2]) == frame[-2:]


class FrameFinder:
    """Finds frames in a stream. What cannot begin a frame, or has a wrong sum, costs one byte, never a later frame.

    Pure: bytes in, frames out; it never raises and never holds more than one frame's length.

    Args:
        length_of: how long the frame is that some bytes begin.
        fits: whether the checksum of a whole frame is right.
    """

    def __init__(self, length_of: LengthOf, fits: Callable[[bytes], bool]) -> None:
        self._length_of, self._fits = length_of, fits
        self._held = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take some bytes, return the frames that ended in them."""
        self._held += data
        frames = []
        while self._held:
            length = self._length_of(bytes(self._held))
            if length is None or length > len(self._held):
                break
            frame = bytes(self._held[:length])
            if frame and self._fits(frame):
                frames.append(frame)
                del self._held[:length]
            else:
                del self._held[:1]
        return frames

    def silence(self) -> list[bytes]:
        """Nothing more comes: what looked like the beginning of a frame was none; return the frames behind it."""
        frames = []
        while self._held:
            del self._held[:1]
            frames += self.feed(b"")
        return frames
