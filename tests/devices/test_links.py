"""Byte links over real ptys and sockets, and the addresses that name them."""

import asyncio
import os

import pytest

from devices.clock import RealClock
from devices.errors import ProfileError, RigOffline
from devices.links import SerialLink, TcpLink, open_link, split_tcp
from devices.rig import open_rig


async def soon():
    return asyncio.get_running_loop().time() + 5.0


async def test_serial_bytes_both_ways(gas_peer):
    link = open_link(f"{gas_peer.url}&parity=N&bits=8&stop=1")
    await link.open()
    gas_peer.send(b"hello")
    assert await link.read_until(await soon()) == b"hello"
    await link.write(b"\x02 ASTZ K0\x03")
    assert (await link.read_until(await soon())).startswith(b"\x02")
    await link.close()
    assert not link.is_open


async def test_serial_takes_the_port_for_itself(gas_peer):
    first, second = open_link(gas_peer.url), open_link(gas_peer.url)
    await first.open()
    with pytest.raises(RigOffline, match="does no other program use the port"):
        await second.open()
    await first.close()
    await second.open()
    await second.close()


async def test_serial_more_than_the_port_holds(gas_peer):
    asyncio.get_running_loop().remove_reader(gas_peer.master)
    link = open_link(gas_peer.url)
    await link.open()
    sent = bytes(range(4, 256)) * 400
    task = asyncio.create_task(link.write(sent))
    got = b""
    while len(got) < len(sent):
        await asyncio.sleep(0.001)
        try:
            got += os.read(gas_peer.master, 65536)
        except BlockingIOError:
            continue
    await task
    assert got == sent
    await link.close()


async def test_serial_that_is_not_there():
    link = open_link("serial:///dev/no-such-port?baud=9600")
    with pytest.raises(RigOffline, match=r"cannot open.*is the cable in"):
        await link.open()
    with pytest.raises(RigOffline, match="not open"):
        await link.write(b"x")


async def test_serial_unplugged_while_waiting(gas_peer):
    link = open_link(gas_peer.url)
    await link.open()
    waiting = asyncio.create_task(link.read_until(await soon()))
    await asyncio.sleep(0)
    gas_peer.unplug()
    with pytest.raises(RigOffline, match="the port is gone"):
        await waiting
    with pytest.raises(RigOffline, match="the port is gone"):
        await link.write(b"x")


@pytest.fixture
async def echo_server():
    async def echo(reader, writer):
        while data := await reader.read(100):
            writer.write(data)
            if data == b"bye":
                break
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


async def test_tcp_bytes_both_ways_and_the_other_end_closing(echo_server):
    link = open_link(f"tcp://127.0.0.1:{echo_server}")
    await link.open()
    await link.write(b"bye")
    assert await link.read_until(await soon()) == b"bye"
    with pytest.raises(RigOffline, match="the other end closed"):
        await link.read_until(await soon())
    await link.open()
    await link.write(b"again")
    assert await link.read_until(await soon()) == b"again"
    await link.close()


async def test_tcp_nobody_there(unused_tcp_port):
    link = open_link(f"tcp://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(RigOffline, match="is the rig on, its cable in"):
        await link.open()
    with pytest.raises(RigOffline, match="not open"):
        await link.write(b"x")


async def test_silence_until_the_deadline_is_empty(echo_server):
    link = open_link(f"tcp://127.0.0.1:{echo_server}")
    await link.open()
    assert await link.read_until(asyncio.get_running_loop().time() + 0.01) == b""
    await link.close()


async def test_drain_waits_for_quiet(echo_server):
    link = open_link(f"tcp://127.0.0.1:{echo_server}")
    await link.open()
    await link.write(b"stale")
    await link.drain(0.1)
    await link.write(b"fresh")
    assert await link.read_until(await soon()) == b"fresh"
    await link.close()


def test_addresses():
    assert isinstance(open_link("tcp://10.0.0.1:4001"), TcpLink)
    assert isinstance(open_link("serial:///dev/ttyUSB0?baud=19200&parity=E&bits=7&stop=2"), SerialLink)
    assert split_tcp("tcp://rig.local:502") == ("rig.local", 502)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ttyUSB0", "expected tcp://host:port or serial:"),
        ("rfc2217://host:1", "expected tcp://host:port or serial:"),
        ("tcp://host", "expected tcp://host:port"),
        ("tcp://host:99999", "expected tcp://host:port"),
        ("tcp://:5020", "expected tcp://host:port"),
        ("serial://ttyUSB0", "the port's path is missing"),
        ("serial:///dev/ttyUSB0?baud=fast", "baud=fast: expected one of 1200"),
        ("serial:///dev/ttyUSB0?parity=X", "parity=X: expected one of N, E, O"),
        ("serial:///dev/ttyUSB0?bauds=9600", "bauds is not understood"),
    ],
)
def test_addresses_that_are_none(url, says):
    with pytest.raises(ProfileError, match=says):
        open_link(url)


async def test_a_brake_tester_has_no_serial_address(brake_profile):
    with pytest.raises(ProfileError, match="serial:///dev/ttyS0: not a rig's address: expected tcp://host:port"):
        open_rig(brake_profile, "serial:///dev/ttyS0", RealClock())
