"""Modbus RTU on a pty and through a serial server: every kind of answer, late ones, noise, the library's own server."""

import asyncio
import os
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from pymodbus.framer import FramerType
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from devices.clock import RealClock
from devices.errors import ProfileError, RigOffline, RigProtocolError, RigRefused
from devices.links import open_rtu_link
from devices.modbus import ModbusTcp
from devices.modbus_line import open_modbus
from devices.rtu import ModbusRtu
from tests.devices.peers import PtyPeer, crc, page_examples, serial_server

READ_ALL, ALL, MEASURE, ECHO, READ_RESULT, RESULT, READ_300, NO_REGISTER = page_examples("exhaust-analyser-modbus.md")
OTHER_ANSWERS = [
    pytest.param(crc(b"\x01\x04\x02\x00\x05"), id="input registers instead of holding"),
    pytest.param(crc(b"\x01\x06\x00\x04\x00\x05"), id="a write's answer"),
    pytest.param(crc(b"\x01\x03\x04\x00\x05\x00\x06"), id="two registers instead of one"),
    pytest.param(crc(b"\x02\x03\x02\x00\x05"), id="another device"),
    pytest.param(crc(b"\x01\x84\x02"), id="an exception of another function"),
    pytest.param(crc(b"\x01\x03\x02\x00\x05")[:-1] + b"\x00", id="a wrong CRC"),
    pytest.param(crc(b"\x01\x03\x02\x00\x05")[:-1], id="a byte too few"),
    pytest.param(b"\xfe\xfe\x00\xfe", id="garbage of another baud rate"),
]


@asynccontextmanager
async def line(url, profile, **times):
    rtu = ModbusRtu(open_rtu_link(url), 1, RealClock(), replace(profile.timing, **times))
    await rtu.connect()
    try:
        yield rtu
    finally:
        await rtu.close()


async def test_the_page_s_examples_on_a_serial_line(gas_registers, gas_modbus_profile):
    answers = {READ_ALL: ALL, MEASURE: ECHO, READ_RESULT: RESULT, READ_300: NO_REGISTER}
    gas_registers.answer = answers.get
    async with line(gas_registers.url, gas_modbus_profile) as rtu:
        words = await rtu.read(0, 26)
        await rtu.write(100, 4)
        assert await rtu.read(15, 3) == [4, 2, 1]
        with pytest.raises(RigRefused, match="cannot read 1 registers at 300: exception 2: it has no such") as refused:
            await rtu.read(300, 1)
    assert (words[:4], words[-3:]) == ([0x4741, 1, 0x11, 0], [2, 0x1267, 0x0100])
    assert gas_registers.requests == list(answers)
    assert refused.value.reason == 2
    assert refused.value.why.values["why_zh"] == "设备没有该寄存器"


async def test_the_same_bytes_through_a_serial_server(gas_registers, gas_modbus_profile):
    async with serial_server(gas_registers) as where, line(f"rtu+tcp://{where}", gas_modbus_profile) as rtu:
        assert await rtu.read(0, 2) == [0x4741, 1]
        await rtu.write(100, 4)
    assert gas_registers.requests[-1] == MEASURE


@pytest.mark.parametrize("answer", OTHER_ANSWERS)
async def test_what_is_no_answer_is_refused_after_a_second_try(gas_registers, gas_modbus_profile, answer):
    gas_registers.answer = lambda request: answer
    async with line(gas_registers.url, gas_modbus_profile, deadline_s=0.2) as rtu:
        with pytest.raises(
            RigProtocolError, match=r"no answer in what came .*are baud rate, parity and device id right"
        ):
            await rtu.read(4, 1)
    assert len(gas_registers.requests) == 2


@pytest.mark.parametrize("answer", OTHER_ANSWERS)
async def test_what_is_no_answer_does_not_hide_the_one_behind_it(gas_registers, gas_modbus_profile, answer):
    gas_registers.answer = lambda request: answer + crc(b"\x01\x03\x02\x00\x07")
    async with line(gas_registers.url, gas_modbus_profile) as rtu:
        assert await rtu.read(4, 1) == [7]
    assert len(gas_registers.requests) == 1


async def test_silence_is_offline_and_a_write_is_never_repeated(gas_registers, gas_modbus_profile):
    gas_registers.answer = lambda request: None
    async with line(gas_registers.url, gas_modbus_profile, deadline_s=0.2) as rtu:
        with pytest.raises(RigOffline, match="no answer to write 4 to register 100"):
            await rtu.write(100, 4)
        assert len(gas_registers.requests) == 1
        with pytest.raises(RigOffline, match="no answer to read 1 registers at 4"):
            await rtu.read(4, 1)
    assert len(gas_registers.requests) == 3


async def test_a_write_that_comes_back_changed_is_no_success(gas_registers, gas_modbus_profile):
    gas_registers.answer = lambda request: crc(b"\x01\x06\x00\x64\x00\x05")
    async with line(gas_registers.url, gas_modbus_profile, deadline_s=0.2) as rtu:
        with pytest.raises(RigProtocolError, match="write 4 to register 100"):
            await rtu.write(100, 4)


async def test_an_answer_in_single_bytes(gas_registers, gas_modbus_profile):
    async def trickle():
        for byte in b"\x00" + crc(b"\x01\x03\x02\x12\x34"):
            gas_registers.send(bytes([byte]))
            await asyncio.sleep(0.001)

    tasks = []
    gas_registers.answer = lambda request: tasks.append(asyncio.create_task(trickle()))
    async with line(gas_registers.url, gas_modbus_profile, deadline_s=5.0) as rtu:
        assert await rtu.read(4, 1) == [0x1234]
        await asyncio.gather(*tasks)


async def test_a_late_answer_is_never_the_next_one(gas_registers, gas_modbus_profile):
    """Both answers look alike: only the drained line tells them apart."""
    answers = [None, None, crc(b"\x01\x03\x02\x00\x01")]
    gas_registers.answer = lambda request: answers.pop(0)
    async with line(gas_registers.url, gas_modbus_profile, deadline_s=0.2, drain_s=0.2) as rtu:
        with pytest.raises(RigOffline):
            await rtu.read(4, 1)
        second = asyncio.create_task(rtu.read(9, 1))
        await asyncio.sleep(0)
        gas_registers.send(crc(b"\x01\x03\x02\x00\x63"))
        assert await second == [1]


async def test_a_cancelled_request_leaves_no_answer_behind(gas_registers, gas_modbus_profile):
    answers = [None, crc(b"\x01\x03\x02\x00\x01")]
    gas_registers.answer = lambda request: answers.pop(0)
    async with line(gas_registers.url, gas_modbus_profile, deadline_s=5.0, drain_s=0.2) as rtu:
        first = asyncio.create_task(rtu.read(4, 1))
        while not gas_registers.requests:
            await asyncio.sleep(0.001)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        second = asyncio.create_task(rtu.read(9, 1))
        await asyncio.sleep(0)
        gas_registers.send(crc(b"\x01\x03\x02\x00\x63"))
        assert await second == [1]


async def test_requests_at_once_go_one_after_the_other(gas_registers, gas_modbus_profile):
    gas_registers.registers = {address: address for address in range(20)}
    async with line(gas_registers.url, gas_modbus_profile) as rtu:
        answers = await asyncio.gather(*(rtu.read(address, 1) for address in range(20)))
    assert answers == [[address] for address in range(20)]


def device():
    return SimDevice(id=1, simdata=[SimData(0, values=list(range(130)), datatype=DataType.REGISTERS)])


async def use(rtu):
    assert await rtu.read(0, 125) == list(range(125))
    await rtu.write(7, 0xABCD)
    assert await rtu.read(6, 3) == [6, 0xABCD, 8]
    with pytest.raises(RigRefused, match="exception 2"):
        await rtu.read(5000, 1)


async def test_against_the_library_s_own_server_over_tcp(gas_modbus_profile):
    server = ModbusTcpServer(device(), framer=FramerType.RTU, address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    port = server.transport.sockets[0].getsockname()[1]
    async with line(f"rtu+tcp://127.0.0.1:{port}", gas_modbus_profile, deadline_s=2.0) as rtu:
        await use(rtu)
    await server.shutdown()
    await asyncio.sleep(0)


class NullModem(PtyPeer):
    """One end of a cable: what comes is sent out of the other end."""

    other = None

    def take(self, held):
        os.write(self.other.master, held)
        return len(held)


async def test_against_the_library_s_own_server_on_a_serial_line(gas_modbus_profile):
    here, there = NullModem(), NullModem()
    here.other, there.other = there, here
    server = ModbusSerialServer(device(), framer=FramerType.RTU, port=there.path, baudrate=19200, parity="N")
    await server.serve_forever(background=True)
    async with line(f"serial://{here.path}?baud=19200", gas_modbus_profile, deadline_s=2.0) as rtu:
        await use(rtu)
    await server.shutdown()
    await asyncio.sleep(0)
    here.unplug()
    there.unplug()


def test_the_address_names_the_framing(gas_modbus_profile):
    def opened(url):
        return open_modbus(gas_modbus_profile, url, RealClock())

    assert isinstance(opened("tcp://127.0.0.1:502"), ModbusTcp)
    assert isinstance(opened("rtu+tcp://127.0.0.1:4001"), ModbusRtu)
    assert isinstance(opened("serial:///dev/ttyUSB0?baud=19200&parity=E"), ModbusRtu)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("rtu+tcp://host", r"expected rtu\+tcp://host:port"),
        ("udp://host:1", r"not the address of a Modbus RTU line: expected serial:.*tcp://host:port"),
        ("serial://ttyUSB0", "the port's path is missing"),
    ],
)
def test_addresses_that_are_none(gas_modbus_profile, url, says):
    with pytest.raises(ProfileError, match=says):
        open_modbus(gas_modbus_profile, url, RealClock())
