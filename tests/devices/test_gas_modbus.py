"""The analyser over Modbus RTU: the same driver's face as over AK."""

from decimal import Decimal

import pytest

from devices.clock import RealClock
from devices.errors import RigOffline, RigProtocolError, RigRefused, RigRestarted
from devices.gas import Checks, GasAnalyser
from devices.profile import load_profile
from devices.rig import open_rig
from tests.devices.peers import serial_server

REMOTE, MANUAL, STANDBY, MEASURE, ZERO, LEAK_TEST, PURGE, RESET = range(1, 9)


@pytest.fixture
async def rig(gas_registers, gas_modbus_profile):
    rig = open_rig(gas_modbus_profile, gas_registers.url, RealClock())
    yield rig
    await rig.close()


@pytest.fixture
async def quick_rig(gas_registers, gas_modbus_profile, fast_clock):
    rig = open_rig(gas_modbus_profile, gas_registers.url, fast_clock(50.0))
    yield rig
    await rig.close()


def test_it_has_the_channels_the_status_and_the_commands_of_the_ak_analyser():
    ak, modbus = load_profile("gas-ak"), load_profile("gas-modbus-rtu")
    for ours, theirs in zip(modbus.channels.values(), ak.channels.values(), strict=True):
        assert (ours.name, ours.scale, ours.unit, ours.low, ours.high) == (
            *(theirs.name, theirs.scale, theirs.unit),
            *(theirs.low, theirs.high),
        )
    assert (modbus.status, modbus.faults) == (ak.status, ak.faults)
    assert list(modbus.commands) == list(ak.commands)


async def test_a_block_of_readings_as_the_page_has_them(rig):
    assert isinstance(rig, GasAnalyser)
    block = await rig.read_block()
    shown = {name: (reading.scaled, reading.unit, reading.quality) for name, reading in block.scalars.items()}
    assert shown == {
        "co": (Decimal("0.03"), "% vol", "good"),
        "co2": (Decimal("14.62"), "% vol", "good"),
        "hc": (Decimal("12"), "1e-6 vol", "good"),
        "o2": (Decimal("0.21"), "% vol", "good"),
        "no": (Decimal("45"), "1e-6 vol", "good"),
        "lambda": (Decimal("1.002"), "1", "good"),
        "engine_speed": (Decimal("780"), "1/min", "good"),
        "oil_temperature": (Decimal("86"), "degC", "good"),
    }
    assert (block.status, block.faults) == ({"SREM", "SMGA"}, ())
    assert (block.first_sequence, (await rig.read_block()).first_sequence) == (1, 2)


async def test_sentinels_signs_and_doubts_are_qualities(rig, gas_registers):
    gas_registers.registers |= {6: 0xFFFD, 7: 0x8000, 8: 10000, 11: 0xFFFF, 12: 0xFFFF, 13: 0xFFD8, 14: 0b1010, 3: 0x21}
    block = await rig.read_block()
    assert [(r.value, r.quality) for r in block.scalars.values()] == [
        (-3, "good"),
        (None, "missing"),  # doubted too, but there is nothing to doubt
        (10000, "suspect"),
        (21, "invalid"),
        (45, "good"),
        (None, "missing"),
        (None, "missing"),
        (-40, "good"),
    ]
    assert block.faults == (1, 6)
    assert rig.profile.trouble(block.status, block.faults).en == "warming up, zero failed or older than 30 min"
    assert rig.state == "online"


async def test_checks(rig, gas_registers):
    assert await rig.checks() == Checks("passed", 300, "passed", 25200, 4)
    gas_registers.registers |= {18: 9, 19: 0xFFFF, 20: 0}
    assert await rig.checks() == Checks("never", None, "failed", 25200, 4)
    gas_registers.registers[18] = 2
    with pytest.raises(RigProtocolError, match="zero: 2 where 0, 1 or 9 is expected"):
        await rig.checks()


async def test_connect_takes_remote_control(rig, gas_registers):
    gas_registers.registers[2] = 0x0A
    await rig.connect()
    assert gas_registers.written == [(100, REMOTE)]
    assert (rig.state, rig.reason) == ("online", "")


@pytest.mark.parametrize(("address", "value"), [(0, 0x4742), (1, 2)])
async def test_another_map_is_refused_by_name(rig, gas_registers, address, value):
    gas_registers.registers[address] = value
    with pytest.raises(RigProtocolError, match="at the rig, map 0x4741 version 1 in the profile gas-modbus-rtu"):
        await rig.connect()
    assert (rig.state, rig.reason.code) == ("fault", "wrong_rig")


async def test_thrown_to_manual_is_said_then_remote_is_taken_again(rig, gas_registers):
    await rig.read_block()
    gas_registers.registers[2] = 0x0A
    with pytest.raises(RigRestarted, match="in MANUAL"):
        await rig.read_block()
    assert (rig.state, rig.reason.code) == ("fault", "taken_over")
    assert "SREM" in (await rig.read_block()).status
    assert rig.state == "online"


async def test_a_restart_is_said_once(rig, gas_registers):
    await rig.read_block()
    gas_registers.registers[5] = 8
    with pytest.raises(RigRestarted, match="start 8, before 7"):
        await rig.read_block()
    await rig.read_block()


@pytest.mark.parametrize(("name", "code"), [("measure", MEASURE), ("standby", STANDBY)])
async def test_short_commands(rig, gas_registers, name, code):
    await getattr(rig, name)()
    assert gas_registers.written == [(100, code)]


@pytest.mark.parametrize(("name", "code"), [("zero", ZERO), ("leak_test", LEAK_TEST), ("purge", PURGE)])
async def test_long_work_is_waited_for(quick_rig, gas_registers, name, code):
    gas_registers.running = 3
    assert await getattr(quick_rig, name)() == Checks("passed", 300, "passed", 25200, 4)
    assert gas_registers.written == [(100, code)]
    assert gas_registers.registers[16] == 1


async def test_long_work_that_never_ends(quick_rig, gas_registers):
    gas_registers.running = 10**6
    with pytest.raises(RigRefused, match=r"zero: still running after 30.0 s"):
        await quick_rig.zero()


async def test_a_refusal_says_why_in_both_languages(rig, gas_registers):
    gas_registers.refuse = {MEASURE: 1}
    with pytest.raises(RigRefused, match="measure refused: the analyser is warming up") as refused:
        await rig.measure()
    why = refused.value.why
    assert (refused.value.reason, why.code, why.values["why_zh"]) == (1, "refused", "分析仪正在预热：请等待预热结束")


async def test_make_safe_resets(rig, gas_registers):
    await rig.make_safe()
    assert gas_registers.written == [(100, RESET)]
    assert await rig.status() == {"SREM", "STBY"}


async def test_a_dead_line(rig, gas_registers):
    gas_registers.answer = lambda request: None
    with pytest.raises(RigOffline, match="no answer to read 26 registers at 0"):
        await rig.read_block()
    assert (rig.state, rig.reason.code) == ("offline", "no_answer")
    gas_registers.answer = gas_registers.respond
    await rig.read_block()
    assert rig.state == "online"


async def test_the_whole_analyser_behind_a_serial_server(gas_registers, gas_modbus_profile):
    async with serial_server(gas_registers) as where:
        rig = open_rig(gas_modbus_profile, f"rtu+tcp://{where}", RealClock())
        assert (await rig.read_block()).scalars["co2"].value == 1462
        await rig.close()
