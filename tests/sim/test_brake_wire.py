"""The brake tester's wire, from the bytes of the protocol page."""

import asyncio
import struct

import pytest

from sim.modbus_wire import FrameBuffer, MbapError
from sim.vehicle import healthy

START_REQUEST = "00 08 00 00 00 06 01 06 07 D0 00 02"


async def test_example_live_window(bench):
    host = await bench.host()
    bench.rig.drive_on(healthy(1), 1)
    answer = await host.ask("00 07 00 00 00 06 01  03 00 00 00 7D")
    assert answer.startswith("00 07 00 00 00 FD 01 03 FA 42 52 00 01 00 07 ")
    assert len(bytes.fromhex(answer)) == 7 + 2 + 250


async def test_example_start_refused_because_the_watchdog_is_off(bench):
    host = await bench.host()
    bench.rig.drive_on(healthy(1), 1)
    assert await host.ask(START_REQUEST) == START_REQUEST
    window = await host.window()
    assert window[18:21] == [2, 2, 4]


async def test_example_register_that_does_not_exist(bench):
    host = await bench.host()
    assert await host.ask("00 09 00 00 00 06 01  03 01 2C 00 01") == "00 09 00 00 00 03 01 83 02"


@pytest.mark.parametrize(
    ("request_pdu", "answer_pdu"),
    [
        ("03 0000 007E", "83 03"),  # 126 registers
        ("03 0000 0000", "83 03"),  # none
        ("03 0001 007D", "83 02"),  # one beyond the live window
        ("03 007C 0002", "83 02"),
        ("03 03E7 0001", "83 02"),  # one before the ring
        ("03 04E7 0002", "83 02"),  # one beyond it
        ("03 07D0 0004", "83 02"),  # one beyond the control range
        ("03 FFFF 0002", "83 02"),
        ("06 000A 0001", "86 02"),  # the live window cannot be written
        ("06 07D3 0001", "86 02"),
        ("06 07D0 0003", "86 03"),  # commands that are not in the table
        ("06 07D0 0000", "86 03"),
        ("06 07D0 000B", "86 03"),
        ("06 07D1 0033", "86 03"),  # a watchdog of 5.1 s
        ("10 07D0 0001 02 0001", "90 01"),
        ("04 0000 0001", "84 01"),
        ("2B 0E 01 00", "AB 01"),
        ("03 0000", "83 03"),  # too short for its function
    ],
)
async def test_exceptions(bench, request_pdu, answer_pdu):
    host = await bench.host()
    pdu = bytes.fromhex(request_pdu)
    head = struct.pack(">HHHB", 0x1234, 0, len(pdu) + 1, 1)
    answer = await host.ask((head + pdu).hex())
    assert answer == "12 34 00 00 00 03 01 " + answer_pdu


async def test_another_unit_id_is_exception_11(bench):
    host = await bench.host()
    assert await host.ask("0001 0000 0006 02 03 0000 0001") == "00 01 00 00 00 03 02 83 0B"
    assert await host.ask("0001 0000 0006 00 06 07D0 0001") == "00 01 00 00 00 03 00 86 0B"


@pytest.mark.parametrize("header", ["0001 0001 0006", "0001 0000 0001", "0001 0000 00FF", "0001 0000 FFFF"])
async def test_wrong_mbap_closes_the_connection(bench, header):
    host = await bench.host()
    host.writer.write(bytes.fromhex(header + "01 03 0000 0001"))
    assert await host.reader.read() == b""


async def test_the_longest_frame_is_taken(bench):
    host = await bench.host()
    assert await host.ask("0001 0000 00FE 01 42" + "00" * 252) == "00 01 00 00 00 03 01 C2 01"


async def test_partial_and_glued_frames(bench):
    host = await bench.host()
    three = b"".join(bytes.fromhex(f"00{n:02x} 0000 0006 01 03 0000 0002") for n in (1, 2, 3))
    for cut in (three[:1], three[1:9], three[9:20], three[20:]):
        host.writer.write(cut)
        await asyncio.sleep(0)
    answers = [await host.frame() for _ in range(3)]
    assert answers == [bytes.fromhex(f"00{n:02x} 0000 0007 01 03 04 4252 0001") for n in (1, 2, 3)]


def test_any_cut_of_the_stream_gives_the_same_frames():
    stream = bytes.fromhex("0001 0000 0006 01 03 0000 007D 0002 0000 0002 01 42 0003 0000 0006 01 06 07D2 0001")
    whole = list(FrameBuffer().feed(stream))
    assert [(frame.transaction, frame.pdu.hex()) for frame in whole] == [
        (1, "030000007d"),
        (2, "42"),
        (3, "0607d20001"),
    ]
    for cut in range(len(stream) + 1):
        buffer = FrameBuffer()
        assert [*buffer.feed(stream[:cut]), *buffer.feed(stream[cut:])] == whole


def test_a_bad_header_after_a_good_frame():
    frames = FrameBuffer().feed(bytes.fromhex("0001 0000 0002 01 42 0002 0100 0006 01"))
    assert next(frames).transaction == 1
    with pytest.raises(MbapError, match="protocol id 256"):
        next(frames)


async def test_four_hosts_at_once_and_a_fifth_closed(bench):
    hosts = [await bench.host() for _ in range(4)]
    for host in hosts:
        assert (await host.read(0, 1)) == [0x4252]
    fifth = await bench.host()
    assert await fifth.reader.read() == b""
    hosts[0].close()
    await hosts[0].writer.wait_closed()
    while True:  # the rig notices in its own time that there is room again
        late = await bench.host()
        late.writer.write(bytes.fromhex("0001 0000 0006 01 03 0000 0001"))
        if await late.reader.read(11):
            break
    assert (await hosts[3].read(0, 1)) == [0x4252]


async def test_control_registers_read_back(bench):
    host = await bench.host()
    assert await host.read(2000, 3) == [0, 0, 0]
    assert await host.write(2001, 50) == "00 02 00 00 00 06 01 06 07 D1 00 32"
    await host.write(2002, 0xBEEF)
    await host.write(2000, 8)
    assert await host.read(2000, 3) == [8, 50, 0xBEEF]
    assert (await host.window())[24] == 50
