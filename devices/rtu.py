"""Modbus RTU with strict checks, over a serial line or a serial server: our own, see decision 0014."""

from devices.clock import Clock
from devices.errors import RigRefused
from devices.frames import FrameFinder, crc16, crc_fits
from devices.modbus_words import EXCEPTIONS, OTHER_EXCEPTION, READ, WRITE
from devices.profile import Timing
from devices.stream import Link
from devices.wire import FrameEar, Wire, asked_again

ERROR = 0x80
EXCEPTION_LENGTH = 5
HEAD_LENGTH = 2


def answer_length(head: bytes, answer: bytes, length: int) -> int | None:
    """Return how long the answer is that ``head`` begins; 0 if it can begin none, None if that cannot be told yet.

    ``answer`` is how the one that is waited for begins and ``length`` its length; an exception to it counts, too.
    """
    exception = bytes([answer[0], answer[1] | ERROR])
    if head[:HEAD_LENGTH] == exception:
        return EXCEPTION_LENGTH
    if head.startswith(answer):
        return length
    return None if answer.startswith(head) or exception.startswith(head) else 0


class ModbusRtu:
    """One device on one line. Only a frame of its id, of the function asked, of the right length and CRC is an answer.

    A written register must come back as it was sent. Reading is tried twice, writing never.
    """

    def __init__(self, link: Link, unit: int, clock: Clock, timing: Timing) -> None:
        self.where = f"{link.url} unit {unit}"
        self._link, self._unit = link, unit
        self._wire = Wire(link, clock, timing)

    @property
    def connected(self) -> bool:
        """Whether the line stands, as far as this end can tell."""
        return self._link.is_open

    async def connect(self) -> None:
        """Open the line, one try.

        Raises:
            RigOffline: it cannot be opened.
        """
        if not self._link.is_open:
            await self._link.open()

    async def close(self) -> None:
        """Close the line."""
        await self._link.close()

    async def read(self, address: int, count: int) -> list[int]:
        """Read ``count`` holding registers; a failure is asked once more.

        Raises:
            RigOffline: no answer before the deadline.
            RigRefused: the rig answered with an exception; ``reason`` is its number.
            RigProtocolError: what came was no answer to this request.
        """
        answer = bytes([self._unit, READ, 2 * count])
        what = f"read {count} registers at {address}"
        frame = await asked_again(self._link, lambda: self._exchange(what, READ, address, count, answer, 5 + 2 * count))
        return [int.from_bytes(frame[at : at + 2], "big") for at in range(3, 3 + 2 * count, 2)]

    async def write(self, address: int, value: int) -> None:
        """Write one register; the rig must echo address and value.

        Raises:
            RigOffline: no answer before the deadline: whether the value arrived is unknown.
            RigRefused: the rig answered with an exception; ``reason`` is its number.
            RigProtocolError: what came was no answer to this request.
        """
        echo = _request(self._unit, WRITE, address, value)
        await self._exchange(f"write {value} to register {address}", WRITE, address, value, echo, len(echo))

    async def _exchange(self, what: str, function: int, address: int, value: int, answer: bytes, length: int) -> bytes:
        ear = FrameEar(FrameFinder(lambda head: answer_length(head, answer, length), crc_fits))
        frame = await self._wire.ask(_request(self._unit, function, address, value), ear.hear)
        if frame is None:
            raise ear.nothing(self.where, what)
        return self._checked(what, frame)

    def _checked(self, what: str, frame: bytes) -> bytes:
        if frame[1] & ERROR:
            number = frame[2]
            why = EXCEPTIONS.get(number, OTHER_EXCEPTION)
            raise RigRefused("modbus_exception", number, where=self.where, request=what, number=number, why=why)
        return frame


def _request(unit: int, function: int, address: int, value: int) -> bytes:
    body = bytes([unit, function]) + address.to_bytes(2, "big") + value.to_bytes(2, "big")
    return body + crc16(body)
