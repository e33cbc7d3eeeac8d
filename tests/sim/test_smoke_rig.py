"""The opacimeter on its line: transcripts, a live engine, pacing, cable, power."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from sim.diesel import DieselEngine
from sim.smoke_rig import SmokeRig
from sim.vehicle import smoky_diesel
from station.bus.clock import Clock
from tests.sim.port import Port

BYTE_S = 10 / 9600


@pytest.fixture(params=[None, 0], ids=["pty", "tcp"])
async def fast(request) -> AsyncIterator[tuple[SmokeRig, Port]]:
    rig = SmokeRig(Clock(speed=20), warm=True, paced=False, tcp_port=request.param)
    await rig.start()
    port = Port(rig)
    yield rig, port
    port.close()
    await rig.stop()


async def test_transcript(fast):
    rig, port = fast
    assert rig.url.split("?")[0] in (f"serial://{rig.path}", f"tcp://127.0.0.1:{rig.port}")
    assert await port.ask("A1 5F", 3) == "A1 01 5E"
    assert await port.ask("A4 5C", 2) == "A4 5C"
    assert await port.ask("A0 02 5E", 3) == "15 03 E8"
    while rig.state != 1:
        await asyncio.sleep(0.005)
    assert await port.ask("A0 02 5E", 2) == "A0 60"
    assert await port.ask("A1 5F", 3) == "A1 02 5D"
    live = bytes.fromhex(await port.ask("A5 5B", 10))
    assert (live[:1], live[5:9], sum(live) % 256) == (b"\xa5", b"\xff" * 4, 0)
    assert abs(int.from_bytes(live[1:3], signed=True)) < 10
    assert await port.ask("B1 4F", 3) == "15 01 EA"


async def test_values_follow_the_engine(fast):
    rig, port = fast
    with pytest.raises(RuntimeError, match="no engine"):
        rig.pedal(1.0)
    with pytest.raises(ValueError, match="outside 0 to 1"):
        rig.insert_probe(2.0)
    car = smoky_diesel(3)
    rig.attach(DieselEngine(car.engine))
    rig.insert_probe()
    rig.pedal(1.0)
    await port.ask("A0 02 5E", 2)
    largest = 0
    while largest < 100:
        largest = max(largest, int.from_bytes(bytes.fromhex(await port.ask("A5 5B", 10))[1:3], signed=True))
    assert rig.engine.speed_per_min > 2000
    rig.remove_probe()
    rig.detach()
    assert (await port.ask("A5 5B", 10)).split()[5:9] == ["FF"] * 4


async def test_part_of_a_request_is_forgotten(fast):
    _, port = fast
    port.send("A0 02")
    assert await port.quiet()
    assert await port.ask("A1 5F", 3) == "A1 01 5E"


async def test_cable_and_power(fast):
    rig, port = fast
    rig.unplug()
    port.send("A1 5F")
    assert await port.quiet()
    rig.plug_in()
    engine = DieselEngine(smoky_diesel(1).engine)
    rig.attach(engine)
    rig.power_cycle()
    assert await port.ask("A1 5F", 3) == "A1 00 5F"
    assert rig.engine is engine
    rig.power_cycle(warm=True)
    rig.faults.lamp_weak = True
    assert await port.ask("A1 5F", 3) == "A1 04 5B"


async def test_bytes_are_not_faster_than_the_line():
    rig = SmokeRig(Clock(), warm=True)
    await rig.start()
    port = Port(rig)
    start = time.monotonic()
    port.send("B0 50")
    data, end = await asyncio.to_thread(port.read_now, 20, 5.0)
    port.close()
    await rig.stop()
    assert len(data) == 20
    assert end - start >= (2 + 20) * BYTE_S + 0.002
