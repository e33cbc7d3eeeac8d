"""Modbus TCP through pymodbus, with the checks that pymodbus leaves to its caller."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ConnectionException, ModbusException
from pymodbus.pdu import ModbusPDU

from devices.errors import RigOffline, RigProtocolError, RigRefused
from devices.modbus_words import EXCEPTIONS, OTHER_EXCEPTION, READ, WRITE

_in_our_hands: ContextVar[bool] = ContextVar("pymodbus works for us", default=False)


def _is_not_ours(record: logging.LogRecord) -> bool:
    """Keep what pymodbus logs for others; what it logs for us is said once, by the rig's health."""
    return not _in_our_hands.get()


logging.getLogger("pymodbus.logging").addFilter(_is_not_ours)


def frame_complaint(frame: bytes, unit: int) -> str:
    """Return what is wrong with the head of a Modbus TCP answer, empty if nothing is, or too little has come to tell.

    These are the faults that pymodbus passes over in silence or that end its reader.
    """
    if len(frame) >= 4 and frame[2:4] != b"\0\0":
        return f"protocol id {int.from_bytes(frame[2:4], 'big')} in the answer where Modbus has 0"
    if len(frame) >= 6 and not 3 <= int.from_bytes(frame[4:6], "big") <= 254:
        return f"length {int.from_bytes(frame[4:6], 'big')} in the answer, outside 3 to 254"
    if len(frame) >= 7 and frame[6] != unit:
        return f"unit {frame[6]} answered, asked was unit {unit}"
    if len(frame) >= 8 and frame[7] & 0x7F not in (READ, WRITE):
        return f"function {frame[7]} in the answer, asked was {READ} or {WRITE}"
    return _length_complaint(frame) if len(frame) >= 9 else ""


def _length_complaint(frame: bytes) -> str:
    length, function, byte_count = int.from_bytes(frame[4:6], "big"), frame[7], frame[8]
    if function == READ and (byte_count % 2 or byte_count + 3 != length):
        return f"byte count {byte_count} in an answer of length {length}"
    if function != READ and length != (6 if function == WRITE else 3):
        return f"length {length} in an answer of function {function}"
    return ""


@contextmanager
def _silent() -> Iterator[None]:
    """Run pymodbus for us: tasks and callbacks that begin inside carry the mark with them."""
    mark = _in_our_hands.set(True)
    try:
        yield
    finally:
        _in_our_hands.reset(mark)


class ModbusTcp:
    """One connection to one unit. One request at a time; after any failure the connection is closed.

    A late answer can therefore never be taken for the next one: it arrives at a connection that is gone.
    ``deadline_s`` is in real seconds. No request is sent twice by this class.
    """

    def __init__(self, host: str, port: int, unit: int, deadline_s: float) -> None:
        self.where = f"tcp://{host}:{port} unit {unit}"
        self._host, self._port, self._unit, self._deadline_s = host, port, unit, deadline_s
        self._client: AsyncModbusTcpClient | None = None
        self._lock = asyncio.Lock()
        self._complaint = ""
        self._ended: asyncio.Future[None]  # of the request under way, made anew for each

    @property
    def connected(self) -> bool:
        """Whether the connection stands, as far as this end can tell."""
        return self._client is not None and self._client.connected

    async def connect(self) -> None:
        """Make the connection, one try.

        Raises:
            RigOffline: nobody takes the connection.
        """
        async with self._lock:
            if self.connected:
                return
            self._drop()
            self._ended = asyncio.get_running_loop().create_future()
            self._client = self._new_client()
            with _silent():
                connected = await self._client.connect()
            if not connected:
                self._drop()
                raise RigOffline("cannot_connect", where=self.where)

    def _new_client(self) -> AsyncModbusTcpClient:
        return AsyncModbusTcpClient(
            self._host,
            port=self._port,
            timeout=self._deadline_s,
            retries=0,
            reconnect_delay=0,
            trace_packet=self._watch,
            trace_connect=lambda connected: None if connected else self._end(),
        )

    def _watch(self, sending: bool, packet: bytes) -> bytes:
        if sending:
            return packet
        self._complaint = self._complaint or frame_complaint(packet, self._unit)
        if self._complaint:
            self._end()
        return b"" if self._complaint else packet

    def _end(self) -> None:
        """No answer can come any more: whoever waits for one need not wait for the deadline."""
        if not self._ended.done():
            self._ended.set_result(None)

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    async def close(self) -> None:
        """Close the connection."""
        self._drop()
        await asyncio.sleep(0)  # the transport closes its socket in the loop's next round

    async def read(self, address: int, count: int) -> list[int]:
        """Read ``count`` holding registers.

        Raises:
            RigOffline: no answer before the deadline, or no connection.
            RigRefused: the rig answered with an exception; ``reason`` is its number.
            RigProtocolError: the answer is not one to this request.
        """
        what = f"read {count} registers at {address}"
        answer = await self._exchange(
            what, lambda c: c.read_holding_registers(address, count=count, device_id=self._unit), READ
        )
        if len(answer.registers) != count:
            raise self._broken(what, f"{len(answer.registers)} registers in the answer")
        return list(answer.registers)

    async def write(self, address: int, value: int) -> None:
        """Write one register; the rig must echo address and value.

        Raises:
            RigOffline: no answer before the deadline: whether the value arrived is unknown.
            RigRefused: the rig answered with an exception; ``reason`` is its number.
            RigProtocolError: the answer is not one to this request.
        """
        what = f"write {value} to register {address}"
        answer = await self._exchange(what, lambda c: c.write_register(address, value, device_id=self._unit), WRITE)
        if answer.address != address or list(answer.registers) != [value]:
            raise self._broken(what, f"the echo says register {answer.address}, value {list(answer.registers)}")

    async def _exchange(
        self, what: str, send: Callable[[AsyncModbusTcpClient], Awaitable[ModbusPDU]], function: int
    ) -> ModbusPDU:
        async with self._lock:
            if self._client is None or not self._client.connected:
                raise RigOffline("not_connected", where=self.where)
            self._complaint = ""
            self._ended = asyncio.get_running_loop().create_future()
            try:
                with _silent():
                    sent = asyncio.ensure_future(send(self._client))
                answer = await self._answer_or_end(sent)
            except ModbusException as error:
                raise self._failed(what) from error
            except asyncio.CancelledError:
                self._drop()
                raise
            return self._checked(what, answer, function)

    async def _answer_or_end(self, answer: asyncio.Future[ModbusPDU]) -> ModbusPDU:
        """Wait for the answer, and no longer than there can be one."""
        try:
            either: set[asyncio.Future[Any]] = {answer, self._ended}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
            raise ConnectionException(self._complaint or "closed by the other end")
        finally:
            answer.cancel()

    def _failed(self, what: str) -> RigOffline | RigProtocolError:
        if self._complaint:
            return self._broken(what, self._complaint)
        self._drop()
        return RigOffline("no_answer", where=self.where, request=what)

    def _checked(self, what: str, answer: ModbusPDU, function: int) -> ModbusPDU:
        if answer.dev_id != self._unit:
            raise self._broken(what, f"unit {answer.dev_id} answered")
        if answer.function_code & 0x7F != function:
            raise self._broken(what, f"an answer of function {answer.function_code}")
        if answer.isError():
            number = answer.exception_code
            why = EXCEPTIONS.get(number, OTHER_EXCEPTION)
            raise RigRefused("modbus_exception", number, where=self.where, request=what, number=number, why=why)
        return answer

    def _broken(self, what: str, found: str) -> RigProtocolError:
        self._drop()
        return RigProtocolError("wrong_answer", where=self.where, request=what, detail=found)
