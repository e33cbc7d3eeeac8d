"""Modbus by hand, the rig's side: requests in, answers out, in MBAP frames (reference roller brake tester)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

UNIT = 1
READ_HOLDING = 0x03
WRITE_SINGLE = 0x06

UNKNOWN_FUNCTION = 1
BAD_ADDRESS = 2
BAD_VALUE = 3
WRONG_UNIT = 11

MAX_QUANTITY = 125
_HEADER = struct.Struct(">HHH")
_REQUEST = struct.Struct(">HH")
_LENGTHS = range(2, 255)


class MbapError(ValueError):
    """Bytes that are no MBAP header: the rig closes the connection."""


class RegisterError(ValueError):
    """A request that the rig answers with an exception code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"Modbus exception {code}")
        self.code = code


class Registers(Protocol):
    """Whatever holds the registers."""

    def read(self, address: int, quantity: int) -> list[int]:
        """Return the words, or raise RegisterError."""
        ...

    def write(self, address: int, value: int) -> None:
        """Take one word, or raise RegisterError."""
        ...


@dataclass(frozen=True)
class Frame:
    """One request: transaction, unit and PDU."""

    transaction: int
    unit: int
    pdu: bytes


class FrameBuffer:
    """Bytes from a stream, cut into frames; partial and glued frames are normal."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Take bytes and yield each frame that is complete.

        Raises:
            MbapError: protocol id not 0, or length below 2 or above 254.
        """
        self._bytes += data
        while len(self._bytes) >= _HEADER.size:
            transaction, protocol, length = _HEADER.unpack_from(self._bytes)
            if protocol != 0 or length not in _LENGTHS:
                raise MbapError(f"protocol id {protocol}, length {length}")
            end = _HEADER.size + length
            if len(self._bytes) < end:
                return
            body = bytes(self._bytes[_HEADER.size : end])
            del self._bytes[:end]
            yield Frame(transaction, body[0], body[1:])


def answer(frame: Frame, registers: Registers) -> bytes:
    """Return the bytes that answer one request."""
    try:
        if frame.unit != UNIT:
            raise RegisterError(WRONG_UNIT)
        pdu = answer_pdu(frame.pdu, registers)
    except RegisterError as error:
        pdu = bytes((frame.pdu[0] | 0x80, error.code))
    return _HEADER.pack(frame.transaction, 0, len(pdu) + 1) + bytes((frame.unit,)) + pdu


def answer_pdu(request: bytes, registers: Registers) -> bytes:
    """Return the PDU that answers a request's PDU.

    Raises:
        RegisterError: the answer is an exception.
    """
    function = request[0]
    if function not in (READ_HOLDING, WRITE_SINGLE):
        raise RegisterError(UNKNOWN_FUNCTION)
    if len(request) != 1 + _REQUEST.size:
        raise RegisterError(BAD_VALUE)
    address, value = _REQUEST.unpack_from(request, 1)
    if function == WRITE_SINGLE:
        registers.write(address, value)
        return request
    return _read(address, value, registers)


def _read(address: int, quantity: int, registers: Registers) -> bytes:
    if not 1 <= quantity <= MAX_QUANTITY:
        raise RegisterError(BAD_VALUE)
    words = registers.read(address, quantity)
    return bytes((READ_HOLDING, 2 * quantity)) + struct.pack(f">{quantity}H", *words)
