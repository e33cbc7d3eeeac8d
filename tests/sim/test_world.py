"""The station's physical world, its rigs reached the way the station reaches them."""

import asyncio
import os

import pytest

from sim.vehicle import for_plate, imbalanced, repaired
from sim.world import World
from station.bus.clock import Clock


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
