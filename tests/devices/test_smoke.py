"""The opacimeter's driver against a byte-level peer on a pty."""

import asyncio
from decimal import Decimal

import pytest

from devices.clock import RealClock
from devices.errors import RigOffline, RigProtocolError, RigRefused, RigRestarted
from devices.rig import open_rig
from devices.smoke import Calibration
from tests.devices.peers import serial_server, summed

WARMUP, READY, MEASURING, CALIBRATING, FAULT = range(5)
LIVE, NOT_MEASURING = b"\xa5", bytes.fromhex("A5 80 00 80 00 02 EE FF FF 6D")


@pytest.fixture
async def rig(smoke_peer, smoke_profile):
    rig = open_rig(smoke_profile, smoke_peer.url, RealClock())
    yield rig
    await rig.close()


@pytest.fixture
async def quick_rig(smoke_peer, smoke_profile, fast_clock):
    rig = open_rig(smoke_profile, smoke_peer.url, fast_clock(50.0))
    yield rig
    await rig.close()


async def test_a_block_as_the_page_has_it(rig, smoke_peer):
    block = await rig.read_block()
    shown = {name: (reading.scaled, reading.unit, reading.quality) for name, reading in block.scalars.items()}
    assert shown == {
        "opacity": (Decimal("12.3"), "%", "good"),
        "k": (Decimal("0.31"), "1/m", "good"),
        "engine_speed": (Decimal("750"), "1/min", "good"),
        "oil_temperature": (Decimal("80"), "degC", "good"),
    }
    assert (block.status, block.faults, block.samples) == ({"MEASURING"}, (), 0)
    assert (block.first_sequence, (await rig.read_block()).first_sequence) == (1, 2)
    assert smoke_peer.requests[:3] == [bytes.fromhex(frame) for frame in ("A1 5F", "A3 5D", "A5 5B")]


async def test_signs_sentinels_and_ranges(rig, smoke_peer):
    smoke_peer.answers[LIVE] = bytes.fromhex("A5 FF FD FF FF 02 EE FF FF 73")
    readings = (await rig.read_block()).scalars.values()
    assert [(r.value, r.quality) for r in readings] == [(-3, "good"), (-1, "good"), (750, "good"), (None, "missing")]
    smoke_peer.answers[LIVE] = summed(0xA5, b"\x03\xe9\x06\x41\xff\xff\xff\xd8")
    readings = (await rig.read_block()).scalars.values()
    assert [(r.value, r.quality) for r in readings] == [
        (1001, "suspect"),
        (1601, "suspect"),
        (None, "missing"),
        (-40, "good"),
    ]


async def test_live_values_cost_one_request_a_block(rig, smoke_peer, monkeypatch):
    monkeypatch.setattr("devices.smoke.STATE_EVERY_S", 1000.0)
    await rig.read_block()
    del smoke_peer.requests[:]
    for _ in range(5):
        await rig.read_block()
    assert smoke_peer.asked == ["a5"] * 5
    monkeypatch.setattr("devices.smoke.STATE_EVERY_S", 0.0)
    await rig.read_block()
    assert smoke_peer.asked[5:] == ["a5", "a1", "a3"]


async def test_values_that_vanish_are_asked_about_at_once(rig, smoke_peer, monkeypatch):
    monkeypatch.setattr("devices.smoke.STATE_EVERY_S", 1000.0)
    await rig.read_block()
    smoke_peer.answers |= {LIVE: NOT_MEASURING, b"\xa3": bytes.fromhex("A3 00 41 1C")}
    smoke_peer.in_state(READY)
    block = await rig.read_block()
    assert (block.status, block.faults) == ({"READY"}, (0, 6))
    assert rig.profile.trouble(block.status, block.faults).en == "warming up, not calibrated since power-on"
    assert rig.state == "online"


async def test_a_fault_names_its_alarms_in_both_languages(rig, smoke_peer):
    smoke_peer.answers[b"\xa3"] = summed(0xA3, 0, 0b1100)
    smoke_peer.in_state(FAULT)
    await rig.connect()
    assert rig.state == "fault"
    assert rig.reason == "FAULT, light source weak, fan failed: purge air missing"
    assert (rig.reason.code, rig.reason.values["faults_zh"]) == ("fault", "故障、光源过弱、风扇故障：没有保护气幕")


@pytest.mark.parametrize(
    ("name", "request_hex"),
    [
        ("measure", "A0 02 5E"),
        ("standby", "A0 01 5F"),
        ("calibrate", "A4 5C"),
        ("clear_maxima", "A7 59"),
    ],
)
async def test_commands_as_the_page_has_them(rig, smoke_peer, name, request_hex):
    await rig.command(name)
    assert smoke_peer.requests[-1] == bytes.fromhex(request_hex)


async def test_maxima(rig):
    maxima = await rig.maxima()
    assert {name: reading.scaled for name, reading in maxima.items()} == {
        "opacity": Decimal("54.2"),
        "k": Decimal("1.80"),
        "engine_speed": Decimal(4200),
    }


async def test_a_calibration_is_waited_for(quick_rig, smoke_peer):
    smoke_peer.in_state(READY, CALIBRATING, CALIBRATING, READY)
    done = await quick_rig.calibrate()
    assert (done, done.passed) == (Calibration("passed", 300), True)
    assert smoke_peer.asked == ["a1", "a3", "a4", "a1", "a1", "a1", "b2"]


async def test_a_calibration_that_never_ends(quick_rig, smoke_peer):
    smoke_peer.in_state(READY, CALIBRATING)
    with pytest.raises(RigRefused, match="calibrate: still running after"):
        await quick_rig.calibrate()


@pytest.mark.parametrize(
    ("answer", "said"),
    [("B2 09 FF FF 47", Calibration("never", None)), ("B2 00 00 05 49", Calibration("failed", 5))],
)
async def test_what_is_known_of_the_last_calibration(rig, smoke_peer, answer, said):
    smoke_peer.answers[b"\xb2"] = bytes.fromhex(answer)
    assert await rig.calibration() == said
    assert not said.passed


async def test_a_calibration_result_that_is_none(rig, smoke_peer):
    smoke_peer.answers[b"\xb2"] = summed(0xB2, 7, 0, 0)
    with pytest.raises(RigProtocolError, match="B2: 7 where 0, 1 or 9"):
        await rig.calibration()


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (bytes.fromhex("15 03 E8"), RigRefused, "refused"),
        (bytes.fromhex("15 01 EA"), RigProtocolError, "wrong_answer"),
        (bytes.fromhex("15 02 E9"), RigProtocolError, "wrong_answer"),
        (bytes.fromhex("A0 61"), RigProtocolError, "noise"),
        (bytes.fromhex("A5 5B"), RigProtocolError, "noise"),
        (bytes.fromhex("A0"), RigProtocolError, "noise"),
        (None, RigOffline, "no_answer"),
    ],
    ids=["not now", "unknown", "sum was wrong", "bad checksum", "another command", "half", "silence"],
)
async def test_every_kind_of_answer_to_a_command(rig, smoke_peer, answer, error, code):
    await rig.connect()
    smoke_peer.answers[b"\xa0\x02"] = answer
    with pytest.raises(error) as raised:
        await rig.command("measure")
    assert (raised.value.why.code, smoke_peer.asked.count("a002")) == (code, 1)
    assert rig.state == {"refused": "online", "no_answer": "offline"}.get(code, "fault")


@pytest.mark.parametrize("first", [None, b"\xa5\x00\x7b", bytes(10), bytes.fromhex("15 02 E9")])
async def test_live_values_are_asked_for_once_more(rig, smoke_peer, first):
    await rig.connect()
    good, answers = smoke_peer.answers[LIVE], [first]
    smoke_peer.answers[LIVE] = lambda: answers.pop() if answers else good
    assert (await rig.read_block()).scalars["k"].value == 31
    assert rig.state == "online"


async def test_noise_before_the_reply_and_single_bytes(rig, smoke_peer):
    async def trickle():
        for byte in b"\x00\x15\xff" + good:
            smoke_peer.send(bytes([byte]))
            await asyncio.sleep(0.001)

    await rig.connect()
    good, tasks = smoke_peer.answers[LIVE], []
    smoke_peer.answers[LIVE] = lambda: tasks.append(asyncio.create_task(trickle()))
    assert (await rig.read_block()).scalars["opacity"].value == 123
    await asyncio.gather(*tasks)


async def test_a_late_reply_is_never_the_next_one(rig, smoke_peer):
    await rig.connect()
    answers = [None, None, bytes.fromhex("A5 00 7B 00 1F 02 EE 00 50 81")]
    smoke_peer.answers[LIVE] = lambda: answers.pop(0)
    with pytest.raises(RigOffline):
        await rig.read_block()
    smoke_peer.send(summed(0xA5, b"\x00\x01\x00\x01\x00\x01\x00\x01"))
    assert (await rig.read_block()).scalars["opacity"].value == 123


async def test_one_that_warms_up_again_has_restarted(rig, smoke_peer):
    await rig.read_block()
    smoke_peer.in_state(WARMUP)
    smoke_peer.answers[LIVE] = NOT_MEASURING
    with pytest.raises(RigRestarted, match="WARMUP, before MEASURING"):
        await rig.read_block()
    assert (rig.state, rig.reason.code) == ("fault", "restarted")
    assert (await rig.read_block()).status == {"WARMUP"}
    assert rig.state == "online"


async def test_a_state_that_is_none(rig, smoke_peer):
    smoke_peer.in_state(9)
    with pytest.raises(RigProtocolError, match="A1: state 9 is not in the profile"):
        await rig.connect()


async def test_make_safe_ends_the_measurement(rig, smoke_peer):
    smoke_peer.in_state(MEASURING, MEASURING, READY)
    await rig.make_safe()
    assert smoke_peer.asked == ["a1", "a3", "a001", "a1", "a001", "a1"]


async def test_make_safe_of_one_that_warms_up_is_done_at_once(rig, smoke_peer):
    smoke_peer.in_state(WARMUP)
    smoke_peer.answers[b"\xa0\x01"] = bytes.fromhex("15 03 E8")
    await rig.make_safe()


async def test_make_safe_says_what_is_not_safe(quick_rig, smoke_peer):
    smoke_peer.answers[b"\xa0\x01"] = bytes.fromhex("15 03 E8")
    with pytest.raises(
        RigRefused, match=r"not safe: MEASURING=1. A0 01 refused: not possible while it warms"
    ) as raised:
        await quick_rig.make_safe()
    assert raised.value.why.code == "not_safe_refused"


async def test_through_a_serial_server(smoke_peer, smoke_profile):
    async with serial_server(smoke_peer) as where:
        rig = open_rig(smoke_profile, f"tcp://{where}", RealClock())
        assert (await rig.read_block()).scalars["k"].value == 31
        await rig.close()
