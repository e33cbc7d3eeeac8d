"""The station's physical world, its rigs reached the way the station reaches them."""

import asyncio
import os

import pytest

from sim.vehicle import diesel, for_plate, imbalanced, repaired
from sim.world import ALL_RIGS, World
from station.bus.clock import Clock
from tests.sim.port import Port


async def test_both_rigs_answer_until_they_are_stopped():
    world = World(Clock(speed=40), gas_warm=True, gas_paced=False)
    await world.start()
    host, port = world.brake_url.removeprefix("tcp://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(bytes.fromhex("0001 0000 0006 01 03 0000 0001"))
    assert (await reader.readexactly(11))[-2:] == b"BR"
    writer.close()
    path = world.gas_url.removeprefix("serial://").split("?")[0]
    line = os.open(path, os.O_RDWR | os.O_NOCTTY)
    os.write(line, b"\x02 AKEN K0\x03")
    assert (await asyncio.to_thread(os.read, line, 3)) == b"\x02 A"
    os.close(line)
    await world.stop()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(host, int(port))


async def test_a_taken_port_is_an_error_and_leaves_nothing_behind():
    first = World(Clock(), gas_paced=False)
    await first.start()
    second = World(Clock(), brake_port=first.brakes.port)
    with pytest.raises(OSError, match="address already in use"):
        await second.start()
    await second.stop()
    await first.stop()


def test_cars_by_plate():
    world = World(Clock())
    assert world.car("京A12345") == for_plate("京A12345")
    bad = imbalanced(3, "京A54321")
    world.register(bad)
    assert world.car("京A54321") is bad
    engine = world.engine("京A54321")
    assert world.engine("京A54321") is engine
    world.register(repaired(bad))
    assert world.car("京A54321").story == "healthy"
    assert world.engine("京A54321") is not engine


async def test_every_rig_of_the_whole_line_answers():
    world = World(Clock(), gas_warm=True, gas_paced=False, rigs=ALL_RIGS, gas_protocol="modbus", lamp_port=0)
    await world.start()
    assert world.gas_url.endswith("?baud=19200&parity=E")
    assert world.smoke_url == f"serial://{world.smoke.path}?baud=9600&parity=N"
    assert world.lamp_url == f"tcp://127.0.0.1:{world.lamps.port}"
    asked = (
        (world.gas, "01 03 00 00 00 01 84 0A", "01 03 02 47 41 4B 84"),
        (world.smoke, "A1 5F", "A1 01 5E"),
        (world.lamps, "02 01 32 54 99 DE", "02 32 16 99 1D"),
    )
    for rig, request, answer in asked:
        port = Port(rig)
        assert await port.ask(request, len(answer.split())) == answer
        port.close()
    await world.stop()


async def test_rigs_that_nobody_asked_for_stand_there_without_a_line():
    world = World(Clock(), gas_paced=False)
    await world.start()
    assert (world.smoke.path, world.lamps.path) == ("", "")
    world.lamps.attach(world.car("京A12345").lamps)
    assert world.lamps.lamps is not None
    await world.stop()


def test_engines_by_plate():
    world = World(Clock())
    world.register(diesel(3, "京A33333"))
    assert world.diesel("京A33333") is world.diesel("京A33333")
    with pytest.raises(ValueError, match="no petrol engine"):
        world.engine("京A33333")
    with pytest.raises(ValueError, match="no diesel engine"):
        world.diesel("京A12345")
