"""The exhaust analyser on its pty: transcripts, pacing, cable, hands."""

import asyncio
import os
import select
import time
from collections.abc import AsyncIterator

import pytest

from sim.exhaust import Engine
from sim.gas_rig import GasRig
from sim.vehicle import healthy
from station.bus.clock import Clock

BYTE_S = 10 / 9600


class Port:
    """The host's end of the line, read in a thread."""

    def __init__(self, path):
        self.descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)

    def read_frame(self, timeout_s):
        """Return the bytes up to ETX and the moment of the last one; what came before a timeout."""
        data = b""
        while not data.endswith(b"\x03"):
            if not select.select([self.descriptor], [], [], timeout_s)[0]:
                break
            data += os.read(self.descriptor, 1)
        return data, time.monotonic()

    async def ask(self, content, timeout_s=5.0):
        os.write(self.descriptor, b"\x02" + content + b"\x03")
        data, _ = await asyncio.to_thread(self.read_frame, timeout_s)
        return data

    def close(self):
        os.close(self.descriptor)


@pytest.fixture
async def fast() -> AsyncIterator[tuple[GasRig, Port]]:
    rig = GasRig(Clock(speed=40), warm=True, paced=False)
    await rig.start()
    port = Port(rig.path)
    yield rig, port
    port.close()
    await rig.stop()


async def test_transcript(fast):
    rig, port = fast
    assert await port.ask(b" AKEN K0") == b"\x02 AKEN 1 REFGAS 1 000123 1.0\x03"
    assert await port.ask(b" SMGA K0") == b"\x02 SMGA 1 OF\x03"
    assert await port.ask(b" SREM K0") == b"\x02 SREM 1\x03"
    assert await port.ask(b" SMGA K0") == b"\x02 SMGA 1\x03"
    assert rig.pump_on
    assert await port.ask(b" AXYZ K0") == b"\x02 ???? 1\x03"
    assert await port.ask(b" ASTZ") == b"\x02 ASTZ 1 SE\x03"
    assert await port.ask(b" SNGA K0") == b"\x02 SNGA 1\x03"
    assert await port.ask(b" STBY K0") == b"\x02 STBY 1 BS\x03"
    assert await port.ask(b" SRES K0") == b"\x02 SRES 1\x03"
    assert rig.function == "STBY"


async def test_glued_requests_are_answered_in_order(fast):
    _, port = fast
    os.write(port.descriptor, b"\x02 AKEN K0\x03junk\x02 AST\x02 ASTF K0\x03")
    first, _ = await asyncio.to_thread(port.read_frame, 5.0)
    second, _ = await asyncio.to_thread(port.read_frame, 5.0)
    assert first.startswith(b"\x02 AKEN")
    assert second == b"\x02 ASTF 1 6\x03"


async def test_no_echo(fast):
    _, port = fast
    os.write(port.descriptor, b"\x02 AKE")
    data, _ = await asyncio.to_thread(port.read_frame, 0.1)
    assert data == b""


async def test_bytes_are_not_faster_than_the_line():
    rig = GasRig(Clock(), warm=True)
    await rig.start()
    port = Port(rig.path)
    request = b" AKEN K0"
    start = time.monotonic()
    os.write(port.descriptor, b"\x02" + request + b"\x03")
    data, end = await asyncio.to_thread(port.read_frame, 5.0)
    port.close()
    await rig.stop()
    assert data == b"\x02 AKEN 1 REFGAS 1 000123 1.0\x03"
    assert end - start >= (len(request) + 2 + len(data)) * BYTE_S + 0.005


async def test_the_clock_scales_the_baud_rate():
    speed = 10.0
    rig = GasRig(Clock(speed=speed), warm=True)
    await rig.start()
    port = Port(rig.path)
    start, count = time.monotonic(), 0
    for _ in range(5):
        count += len(await port.ask(b" AKEN K0")) + 10
    elapsed = time.monotonic() - start
    port.close()
    await rig.stop()
    assert elapsed >= (count * BYTE_S + 5 * 0.005) / speed


async def test_a_pulled_cable_is_silence(fast):
    rig, port = fast
    rig.unplug()
    assert await port.ask(b" AKEN K0", timeout_s=0.1) == b""
    rig.plug_in()
    assert (await port.ask(b" AKEN K0")).startswith(b"\x02 AKEN")


async def test_hands(fast):
    rig, port = fast
    with pytest.raises(RuntimeError, match="no engine"):
        rig.throttle(2500)
    with pytest.raises(ValueError, match="outside 0 to 1"):
        rig.insert_probe(1.5)
    engine = Engine(healthy(1).engine)
    rig.attach(engine)
    rig.insert_probe()
    rig.throttle(2500)
    while rig.engine.speed_per_min < 2450:
        await asyncio.sleep(0.01)
    tokens = (await port.ask(b" AKON K0")).decode().split()
    assert abs(float(tokens[-2]) - 2500) < 80
    rig.remove_probe()
    rig.detach()
    while not (await port.ask(b" AKON K0")).endswith(b" # #\x03"):  # with the next renewal
        await asyncio.sleep(0.001)


async def test_power_cycle_forgets_remote_and_keeps_the_probes_in(fast):
    rig, port = fast
    engine = Engine(healthy(1).engine)
    rig.attach(engine)
    await port.ask(b" SREM K0")
    rig.power_cycle()
    assert await port.ask(b" ASTZ K0") == b"\x02 ASTZ 1 SMAN SWUP\x03"
    assert rig.engine is engine


async def test_nobody_reads_and_the_rig_goes_on():
    rig = GasRig(Clock(speed=40), warm=True, paced=False)
    await rig.start()
    port = Port(rig.path)
    for _ in range(400):
        os.write(port.descriptor, b"\x02 AKEN K0\x03")
        await asyncio.sleep(0)
    while not rig._requests.empty():
        await asyncio.sleep(0.001)
    while select.select([port.descriptor], [], [], 0)[0]:
        os.read(port.descriptor, 65536)
        await asyncio.sleep(0)
    assert (await port.ask(b" AKEN K0")).endswith(b"\x03")
    port.close()
    await rig.stop()
    await rig.stop()
