"""Modbus RTU by hand, the rig's side: frames end with silence (reference exhaust analyser over Modbus RTU, Line)."""

import struct
from dataclasses import dataclass, field

from sim.modbus_wire import RegisterError, Registers, answer_pdu

_POLYNOMIAL = 0xA001
_SHORTEST = 4


def crc16(data: bytes) -> int:
    """Return the CRC-16 of a frame (polynomial 0xA001, start 0xFFFF)."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ _POLYNOMIAL if crc & 1 else crc >> 1
    return crc


def framed(device: int, pdu: bytes) -> bytes:
    """Return a PDU with device id and CRC, low byte first."""
    body = bytes((device,)) + pdu
    return body + struct.pack("<H", crc16(body))


@dataclass(eq=False)
class Frame:
    """Bytes that came without a silence among them; more may still come."""

    data: bytearray = field(default_factory=bytearray)
    end_ns: int = 0
    taken: bool = False


class Receiver:
    """Bytes from the line, cut into frames by silence.

    Args:
        silence_ns: a longer gap ends a frame.
    """

    def __init__(self, silence_ns: int) -> None:
        self._silence_ns = silence_ns
        self._frame = Frame(taken=True)

    def feed(self, data: bytes, start_ns: int, byte_ns: int) -> Frame:
        """Take bytes of which the first began at a moment; return the frame to which they belong."""
        if self._frame.taken or start_ns - self._frame.end_ns > self._silence_ns:
            self._frame = Frame()
        self._frame.data += data
        self._frame.end_ns = start_ns + len(data) * byte_ns
        return self._frame


def answer(frame: Frame, end_ns: int, device: int, registers: Registers) -> bytes:
    """Return what answers a frame that ended then: nothing if more bytes came since, or if it is not for this device.

    A wrong CRC, another device id and a frame cut short are met with silence.
    """
    data = bytes(frame.data)
    whole = len(data) >= _SHORTEST and crc16(data[:-2]) == int.from_bytes(data[-2:], "little")
    if frame.taken or frame.end_ns != end_ns or not whole or data[0] != device:
        return b""
    frame.taken = True
    try:
        return framed(device, answer_pdu(data[1:-2], registers))
    except RegisterError as error:
        return framed(device, bytes((data[1] | 0x80, error.code)))
