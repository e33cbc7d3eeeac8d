"""Byte transcripts of Modbus TCP: what is sent, and what becomes of every kind of answer."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from devices.errors import RigOffline, RigProtocolError, RigRefused
from devices.modbus import ModbusTcp, frame_complaint


@asynccontextmanager
async def connection(peer):
    modbus = ModbusTcp("127.0.0.1", peer.port, unit=1, deadline_s=0.5)
    await modbus.connect()
    try:
        yield modbus
    finally:
        await modbus.close()


async def test_reads_as_the_page_shows(modbus_peer):
    modbus_peer.answer = lambda r: bytes.fromhex("0001 0000 00FD 01 03FA 4252 0001 0007") + bytes(244)
    async with connection(modbus_peer) as modbus:
        registers = await modbus.read(0, 125)
    assert registers == [0x4252, 1, 7] + [0] * 122
    assert modbus_peer.requests == [bytes.fromhex("0001 0000 0006 01 03 0000 007D")]


async def test_writes_as_the_page_shows(modbus_peer):
    modbus_peer.answer = lambda r: r
    async with connection(modbus_peer) as modbus:
        await modbus.write(2000, 2)
    assert modbus_peer.requests == [bytes.fromhex("0001 0000 0006 01 06 07D0 0002")]


async def test_exception_in_words_and_the_connection_stays(modbus_peer, answer_frame):
    modbus_peer.answer = lambda r: answer_frame(r, b"\x83\x02")
    async with connection(modbus_peer) as modbus:
        with pytest.raises(RigRefused, match="exception 2: it has no such register") as refused:
            await modbus.read(300, 1)
        assert refused.value.reason == 2
        assert modbus.connected


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        pytest.param("00010000 0006 01 06 0000 0001", "function 6", id="wrong function"),
        pytest.param("00010000 0005 01 04 02 0005", "function 4", id="input registers instead of holding"),
        pytest.param("00010000 0007 01 03 04 00010002", "2 registers", id="wrong count"),
        pytest.param("00010000 0007 01 03 02 00010002", "byte count 2", id="byte count against length"),
        pytest.param("00010000 0006 01 03 03 000100", "byte count 3", id="odd byte count"),
        pytest.param("00010000 0004 01 83 0200", "length 4", id="exception with a byte too many"),
        pytest.param("00010000 0005 02 03 02 0005", "unit 2 answered", id="wrong unit"),
        pytest.param("00010007 0005 01 03 02 0005", "protocol id 7", id="wrong protocol id"),
        pytest.param("00010000 0001 01", "length 1", id="length too short"),
        pytest.param("DEADBEEF 00010000 0005 01 03 02 0005", "protocol id", id="garbage before the frame"),
        pytest.param("00010000 0005 01 55 02 0005", "function 85", id="no function of ours"),
    ],
)
async def test_answers_that_are_none(modbus_peer, answer, complaint):
    modbus_peer.answer = lambda r: bytes.fromhex(answer)
    async with connection(modbus_peer) as modbus:
        with pytest.raises(RigProtocolError, match=complaint):
            await modbus.read(4, 1)
        assert not modbus.connected


@pytest.mark.parametrize("echo", ["07D0 0001", "07D1 0002"])
async def test_a_wrong_echo_of_a_write(modbus_peer, answer_frame, echo):
    modbus_peer.answer = lambda r: answer_frame(r, b"\x06" + bytes.fromhex(echo))
    async with connection(modbus_peer) as modbus:
        with pytest.raises(RigProtocolError, match="the echo says"):
            await modbus.write(2000, 2)


@pytest.mark.parametrize("answer", [None, bytes.fromhex("00010000 0005 01 03")], ids=["silence", "half a frame"])
async def test_no_whole_answer_is_offline(modbus_peer, answer):
    modbus_peer.answer = lambda r: answer
    async with connection(modbus_peer) as modbus:
        with pytest.raises(RigOffline, match="no answer to read 1 registers at 4"):
            await modbus.read(4, 1)
        with pytest.raises(RigOffline, match="not connected"):
            await modbus.read(4, 1)
    assert len(modbus_peer.requests) == 1  # nothing is sent twice


async def test_a_connection_closed_by_the_rig_is_known_at_once(modbus_peer):
    async def close(request):
        modbus_peer.writers[-1].close()

    modbus_peer.answer = close
    modbus = ModbusTcp("127.0.0.1", modbus_peer.port, unit=1, deadline_s=1000.0)
    await modbus.connect()
    with pytest.raises(RigOffline, match="no answer to"):
        await modbus.read(4, 1)
    assert not modbus.connected


async def test_an_answer_of_an_older_transaction_is_passed_over(modbus_peer, answer_frame):
    modbus_peer.answer = lambda r: answer_frame(b"\x77\x77", b"\x03\x02\0\1") + answer_frame(r, b"\x03\x02\0\2")
    async with connection(modbus_peer) as modbus:
        assert await modbus.read(4, 1) == [2]


async def test_single_bytes_are_put_together(modbus_peer, answer_frame):
    async def one_by_one(request):
        for byte in answer_frame(request, b"\x03\x02\x12\x34"):
            modbus_peer.writers[-1].write(bytes([byte]))
            await modbus_peer.writers[-1].drain()
            await asyncio.sleep(0.001)

    modbus_peer.answer = one_by_one
    async with connection(modbus_peer) as modbus:
        assert await modbus.read(4, 1) == [0x1234]


async def test_a_late_answer_never_becomes_the_next(modbus_peer, answer_frame):
    first_done = asyncio.Event()

    async def late_then_prompt(request):
        if len(modbus_peer.requests) == 1:
            await first_done.wait()
            return answer_frame(request, b"\x03\x02\x00\x63")
        return answer_frame(request, b"\x03\x02\x00\x01")

    modbus_peer.answer = late_then_prompt
    async with connection(modbus_peer) as modbus:
        with pytest.raises(RigOffline):
            await modbus.read(4, 1)
        first_done.set()
        await modbus.connect()
        assert await modbus.read(4, 1) == [1]
    assert modbus_peer.connections == 2


async def test_a_cancelled_request_leaves_no_answer_behind(modbus_peer, answer_frame):
    asked = asyncio.Event()

    def hold(request):
        asked.set()

    modbus_peer.answer = hold
    async with connection(modbus_peer) as modbus:
        task = asyncio.create_task(modbus.read(4, 1))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not modbus.connected
        modbus_peer.answer = lambda r: answer_frame(r, b"\x03\x02\0\5")
        await modbus.connect()
        assert await modbus.read(4, 1) == [5]


async def test_requests_at_once_go_one_after_the_other(modbus_peer, answer_frame):
    modbus_peer.answer = lambda r: answer_frame(r, b"\x03\x02" + r[8:10])
    async with connection(modbus_peer) as modbus:
        answers = await asyncio.gather(*(modbus.read(address, 1) for address in range(20)))
    assert answers == [[address] for address in range(20)]


async def test_nobody_there(modbus_peer):
    await modbus_peer.stop()
    modbus = ModbusTcp("127.0.0.1", modbus_peer.port, unit=1, deadline_s=0.2)
    with pytest.raises(RigOffline, match="no connection: is the rig on"):
        await modbus.connect()


@pytest.mark.parametrize("length", range(9))
def test_a_good_head_is_not_complained_about_at_any_length(length):
    assert frame_complaint(bytes.fromhex("0001 0000 0005 01 03 02 0005")[:length], unit=1) == ""


async def test_against_the_library_s_own_server():
    device = SimDevice(id=1, simdata=[SimData(0, values=list(range(130)), datatype=DataType.REGISTERS)])
    server = ModbusTcpServer(device, address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    modbus = ModbusTcp("127.0.0.1", server.transport.sockets[0].getsockname()[1], unit=1, deadline_s=1.0)
    await modbus.connect()
    try:
        assert await modbus.read(0, 125) == list(range(125))
        await modbus.write(7, 0xABCD)
        assert await modbus.read(6, 3) == [6, 0xABCD, 8]
        with pytest.raises(RigRefused, match="exception 2"):
            await modbus.read(5000, 1)
    finally:
        await modbus.close()
        await server.shutdown()
        await asyncio.sleep(0)
