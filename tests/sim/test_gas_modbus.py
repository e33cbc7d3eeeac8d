"""The exhaust analyser over Modbus RTU: the page's transcripts, registers, silence, pacing; and AK over TCP."""

import asyncio
import struct
import time
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.exhaust import Engine, Gas
from sim.gas_bench import Check, GasBench, GasFaults
from sim.gas_modbus import GasModbusRig
from sim.gas_registers import GasRegisters
from sim.gas_rig import GasRig
from sim.modbus_wire import RegisterError
from sim.rtu_wire import Receiver, answer, crc16, framed
from sim.vehicle import healthy
from station.bus.clock import Clock
from tests.sim.port import Port

BYTE_S = 11 / 19_200
READ_ALL = "01 03 00 00 00 1A C4 01"


class Analyser:
    """Bench and registers, moved by hand."""

    def __init__(self, warm=True, remote=True):
        self.faults = GasFaults()
        self.bench = GasBench(0, warm, self.faults, 1)
        self.registers = GasRegisters(self.bench, 7)
        self.now_s = 0.0
        if remote:
            self.command(1)

    def command(self, number):
        """Write a command; return result and reason."""
        self.registers.write(100, number)
        echo, result, reason = self.registers.read(15, 3)
        assert echo == number == self.registers.read(100, 1)[0]
        return result, reason

    def run(self, seconds, heard=True):
        for _ in range(round(seconds)):
            self.now_s += 1
            if heard:
                self.bench.heard()
            self.bench.advance(round(self.now_s * 1e9))
        return self

    def word(self, address):
        return self.registers.read(address, 1)[0]


def test_power_on():
    words = Analyser(warm=False, remote=False).registers.read(0, 26)
    assert words[:6] == [0x4741, 1, 0b110, 1 << 0 | 1 << 5, 0, 7]
    assert words[6:12] == [words[6], words[7], words[8], words[9], words[10], 0xFFFF]
    assert words[12:14] == [0xFFFF, 0x8000]
    assert words[14] == 0b11111
    assert words[15:26] == [0, 0, 0, 9, 0xFFFF, 9, 0xFFFF, 0, 0, 123, 0x0100]


@pytest.mark.parametrize(
    ("warm", "remote", "expected"),
    [
        (True, False, {1: (1, 0), 2: (1, 0)}),
        (True, False, dict.fromkeys(range(3, 9), (2, 3))),
        (False, True, {3: (1, 0), 4: (2, 1), 5: (2, 1), 6: (2, 1), 7: (2, 1), 8: (1, 0)}),
        (True, True, {3: (1, 0), 4: (1, 0), 8: (1, 0), 2: (1, 0)}),
    ],
    ids=["remote", "manual", "warming", "warm"],
)
def test_commands(warm, remote, expected):
    analyser = Analyser(warm, remote)
    assert {number: analyser.command(number) for number in expected} == expected


@pytest.mark.parametrize(("number", "status", "seconds"), [(5, 5, 20), (6, 6, 10), (7, 7, 15)])
def test_work_that_takes_time(number, status, seconds):
    analyser = Analyser()
    assert analyser.command(number) == (3, 0)
    assert analyser.word(2) == 1 | 1 << status
    assert analyser.run(seconds - 1).registers.read(15, 3) == [number, 3, 0]
    assert analyser.run(2).registers.read(15, 3) == [number, 1, 0]
    assert analyser.word(2) == 1 | 1 << 3


def test_busy_and_reset():
    analyser = Analyser()
    analyser.command(5)
    for number in (1, 2, 3, 4, 5, 6, 7):
        assert analyser.command(number) == (2, 2)
    assert analyser.command(8) == (1, 0)
    assert analyser.run(30).registers.read(15, 3) == [8, 1, 0]
    assert analyser.registers.read(18, 2) == [9, 0xFFFF]


def test_checks_and_their_ages():
    analyser = Analyser()
    analyser.command(5)
    analyser.run(21)
    analyser.faults.leak = True
    analyser.command(6)
    analyser.run(11).run(100)
    assert analyser.registers.read(18, 4) == [1, 111, 0, 100]
    assert analyser.word(3) == 1 << 6
    analyser.bench.zero = Check(at=-400_000, passed=True)
    assert analyser.word(19) == 0xFFFE


def test_readings_and_trust():
    analyser = Analyser()
    analyser.bench.engine, analyser.bench.dilution = Engine(healthy(1).engine), 0.0
    analyser.command(4)
    analyser.run(60)
    co, co2, hc, o2, no, ratio, speed, oil, untrusted = analyser.registers.read(6, 9)
    assert (co < 10, 1400 < co2 < 1600, hc < 60, o2 < 100, no < 100) == (True,) * 5
    assert (900 < ratio < 1100, 700 < speed < 850, 80 < oil < 95) == (True,) * 3
    assert untrusted == 0
    analyser.faults.o2_aged = True
    assert analyser.word(14) == 1 << 3 | 1 << 5
    analyser.faults.dead = {"co", "lambda", "engine_speed", "oil_temperature", "o2"}
    words = analyser.registers.read(6, 9)
    assert [words[index] for index in (0, 3, 5, 6, 7, 8)] == [0x8000, 0x8000, 0xFFFF, 0xFFFF, 0x8000, 0]


def test_negative_readings_are_twos_complement():
    analyser = Analyser()
    analyser.bench._noisy = lambda gas: Gas(co=-0.03, co2=15.0, hc=-7.0, o2=-0.05, no=-4.0)
    analyser.run(1)
    assert analyser.registers.read(6, 5) == [0x10000 - 3, 1500, 0x10000 - 7, 0x10000 - 5, 0x10000 - 4]


def test_sequence_counts_renewals():
    analyser = Analyser()
    before = analyser.word(4)
    assert analyser.run(10).word(4) == before + 50


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda r: r.read(26, 1), 2),
        (lambda r: r.read(20, 7), 2),
        (lambda r: r.read(100, 2), 2),
        (lambda r: r.read(300, 1), 2),
        (lambda r: r.write(0, 1), 2),
        (lambda r: r.write(100, 9), 3),
        (lambda r: r.write(100, 0), 3),
    ],
)
def test_exceptions(work, code):
    with pytest.raises(RegisterError) as refused:
        work(Analyser().registers)
    assert refused.value.code == code


# ---- frames


@given(st.binary(min_size=1, max_size=40))
def test_a_frame_with_its_crc_has_the_crc_0(body):
    whole = body + struct.pack("<H", crc16(body))
    assert crc16(whole) == 0


def test_the_pages_frames():
    assert framed(1, bytes.fromhex("03 00 00 00 1A")).hex(" ").upper() == READ_ALL
    assert framed(1, bytes.fromhex("83 02")).hex(" ").upper() == "01 83 02 C0 F1"


def test_silence_cuts_frames_and_a_late_byte_spoils_one():
    receiver, registers = Receiver(2_000_000), Analyser().registers
    ask = bytes.fromhex(READ_ALL)
    first = receiver.feed(ask[:4], 0, 0)
    assert answer(first, first.end_ns, 1, registers) == b""
    same = receiver.feed(ask[4:], 1_000_000, 0)
    assert same is first
    assert answer(first, 0, 1, registers) == b""
    assert answer(first, 1_000_000, 1, registers)[:3] == b"\x01\x03\x34"
    assert answer(first, 1_000_000, 1, registers) == b""
    half = receiver.feed(ask[:4], 10_000_000, 0)
    rest = receiver.feed(ask[4:], 20_000_000, 0)
    assert half is not rest
    assert answer(rest, rest.end_ns, 1, registers) == b""


# ---- on the line


@pytest.fixture(params=[None, 0], ids=["pty", "tcp"])
async def fast(request) -> AsyncIterator[tuple[GasModbusRig, Port]]:
    rig = GasModbusRig(Clock(speed=20), warm=False, paced=False, tcp_port=request.param)
    await rig.start()
    port = Port(rig)
    yield rig, port
    port.close()
    await rig.stop()


async def test_transcript(fast):
    rig, port = fast
    assert rig.url.split("?")[0] in (f"serial://{rig.path}", f"rtu+tcp://127.0.0.1:{rig.port}")
    assert rig.path == "" or rig.url.endswith("?baud=19200&parity=E")
    assert (await port.ask(READ_ALL, 57)).startswith("01 03 34 47 41 00 01")
    assert await port.ask("01 03 01 2C 00 01 44 3F", 5) == "01 83 02 C0 F1"
    remote = framed(1, bytes.fromhex("06 00 64 00 01")).hex(" ").upper()
    assert await port.ask(remote, 8) == remote
    assert await port.ask("01 06 00 64 00 04 C9 D6", 8) == "01 06 00 64 00 04 C9 D6"
    assert await port.ask("01 03 00 0F 00 03 35 C8", 11) == "01 03 06 00 04 00 02 00 01 B0 B5"
    assert await port.ask(framed(1, b"\x2b\x0e").hex(), 5) == framed(1, b"\xab\x01").hex(" ").upper()
    assert (
        await port.ask(framed(1, bytes.fromhex("03 00 00 00 7E")).hex(), 5) == framed(1, b"\x83\x03").hex(" ").upper()
    )


@pytest.mark.parametrize(
    "request_",
    [
        "01 03 00 00 00 1A C4 02",
        framed(2, bytes.fromhex("03 00 00 00 1A")).hex(),
        "01 03 00",
        "00 06 00 64 00 04 C8 07",
    ],
    ids=["crc", "device", "short", "broadcast"],
)
async def test_silence(fast, request_):
    _, port = fast
    port.send(request_)
    assert await port.quiet(0.15)
    assert (await port.ask(READ_ALL, 57)).startswith("01 03 34")


async def test_cable_and_power(fast):
    rig, port = fast
    rig.unplug()
    port.send(READ_ALL)
    assert await port.quiet()
    rig.plug_in()
    assert (await port.ask(READ_ALL, 57)).split()[13:15] == ["00", "01"]
    rig.power_cycle(warm=True)
    assert (await port.ask(READ_ALL, 57)).split()[13:15] == ["00", "02"]
    assert rig.function == "STBY"


async def test_bytes_are_not_faster_than_the_line():
    rig = GasModbusRig(Clock(), warm=True)
    await rig.start()
    port = Port(rig)
    start = time.monotonic()
    port.send(READ_ALL)
    data, end = await asyncio.to_thread(port.read_now, 57, 5.0)
    port.close()
    await rig.stop()
    assert len(data) == 57
    assert end - start >= (8 + 57) * BYTE_S + 0.003


async def test_ak_over_tcp():
    rig = GasRig(Clock(speed=20), warm=True, paced=False, tcp_port=0)
    await rig.start()
    port = Port(rig)
    port.send(b"\x02 AKEN K0\x03")
    assert rig.url == f"tcp://127.0.0.1:{rig.port}"
    assert await port.read(29) == b"\x02 AKEN 1 REFGAS 1 000123 1.0\x03"
    port.close()
    await rig.stop()
