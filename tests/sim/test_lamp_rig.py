"""The headlamp tester on its line: transcripts of the page, events, pacing, cable, power."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from sim.lamp_rig import LampRig
from sim.lamp_work import Record
from sim.vehicle import healthy
from station.bus.clock import Clock
from tests.sim.port import Port

BYTE_S = 10 / 9600


@pytest.fixture(params=[None, 0], ids=["pty", "tcp"])
async def fast(request) -> AsyncIterator[tuple[LampRig, Port]]:
    rig = LampRig(Clock(speed=100), homed=True, paced=False, tcp_port=request.param)
    await rig.start()
    port = Port(rig)
    yield rig, port
    port.close()
    await rig.stop()


async def homed(rig, port):
    """Wait until it has said that it is at home."""
    while not rig.home:
        await asyncio.sleep(0.005)
    while not await port.quiet(0.05):
        await port.read(4, 0.05)


async def test_transcript(fast):
    rig, port = fast
    assert (rig.url.startswith("serial://"), rig.url.startswith("tcp://127.0.0.1:")) in ((True, False), (False, True))
    await homed(rig, port)
    assert await port.ask("02 01 32 54 6F 08", 5) == "02 32 6F 81 DC"
    assert await port.ask("02 01 32 54 99 DE", 5) == "02 32 16 99 1D"
    assert await port.ask("02 01 32 53 32 46", 5) == "02 32 06 32 94"
    rig.attach(healthy(1).lamps)
    assert await port.ask("02 01 32 54 07 70", 5) == "02 32 06 07 BF"
    assert await port.ask("02 01 32 54 40 37", 5) == "02 32 15 40 77"
    rig.switch("high")
    assert (await port.read(5)).hex(" ").upper() == "02 32 54 4F 29"
    rig.switch("low")
    assert (await port.read(10)).hex(" ").upper() == "02 32 54 4D 2B 02 32 54 07 71"
    data = bytes.fromhex(await port.ask("02 01 32 47 4F 35", 112))
    assert data[:2] == b"\x02\x32"
    assert sum(data) % 256 == 0
    assert await port.ask("02 01 32 4D 47 37", 5) == "02 32 06 47 7F"
    assert (await port.read(5)).hex(" ").upper() == "02 32 54 40 38"
    assert rig.home


async def test_not_every_noise_is_a_request(fast):
    rig, port = fast
    await homed(rig, port)
    port.send("02 01 32 54 6F 09 FF 02 01")
    assert await port.quiet()
    port.send("02 01 32 54 6F 08")
    assert (await port.read(5)).hex(" ").upper() == "02 32 6F 81 DC"


async def test_a_pulled_cable_and_lost_events(fast):
    rig, port = fast
    await homed(rig, port)
    rig.unplug()
    port.send("02 01 32 54 6F 08")
    assert await port.quiet()
    rig.plug_in()
    rig.faults.lose_events = True
    await port.ask("02 01 32 4D 47 37", 5)
    while rig.moving:
        await asyncio.sleep(0.005)
    assert await port.quiet(0.05)
    assert await port.ask("02 01 32 54 6F 08", 5) == "02 32 6F 81 DC"


async def test_a_power_cycle_drives_home_without_records(fast):
    rig, port = fast
    await homed(rig, port)
    await port.ask("02 01 32 53 31 47", 5)
    rig.attach(healthy(1).lamps)
    rig.switch("high")
    await port.ask("02 01 32 54 07 70", 5)
    assert (await port.read(5)).hex(" ").upper() == "02 32 54 4F 29"
    rig.power_cycle()
    assert rig.beam == "high"
    while not rig.home:
        await asyncio.sleep(0.005)
    assert (await port.read(5)).hex(" ").upper() == "02 32 54 40 38"
    assert await port.ask("02 01 32 54 6F 08", 5) == "02 32 6F 81 DC"
    assert (await port.ask("02 01 32 47 4F 35", 112))[6 : 6 + 18 * 3] == "30 " * 18


async def test_hands(fast):
    rig, _ = fast
    with pytest.raises(RuntimeError, match="no vehicle"):
        rig.switch("high")
    rig.attach(healthy(1).lamps)
    assert rig.beam == "off"
    rig.switch("low")
    rig.detach()
    assert (rig.lamps, rig.beam) == (None, "off")


async def test_bytes_are_not_faster_than_the_line():
    rig = LampRig(Clock(), homed=True)
    await rig.start()
    port = Port(rig)
    await homed(rig, port)
    start = time.monotonic()
    port.send("02 01 32 47 4F 35")
    data, end = await asyncio.to_thread(port.read_now, 112, 5.0)
    port.close()
    await rig.stop()
    assert len(data) == 112
    assert end - start >= (6 + 112) * BYTE_S + 0.005


async def test_a_new_host_takes_the_serial_servers_place():
    rig = LampRig(Clock(speed=100), homed=True, paced=False, tcp_port=0)
    await rig.start()
    first = Port(rig)
    await homed(rig, first)
    second = Port(rig)
    assert await second.ask("02 01 32 54 6F 08", 5) == "02 32 6F 81 DC"
    assert await first.read(1) == b""
    first.close()
    second.close()
    await rig.stop()


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (Record(-30, -85, 21_500, 680), "-0030-008502150680"),
        (Record(45, -40, 23_000, 682), "+0045-004002300682"),
        (Record(2000, -2000, 10, 300), "+1000-100000010300"),
        (Record(None, None, None, None), "*" * 18),
    ],
)
def test_records_as_the_page_writes_them(record, text):
    assert record.text() == text
