"""The exhaust analyser's driver against a byte-level peer on a pty."""

from decimal import Decimal

import pytest

from devices.clock import RealClock
from devices.errors import RigOffline, RigProtocolError, RigRefused, RigRestarted
from devices.gas import Checks
from devices.rig import open_rig
from tests.devices.peers import serial_server

NEVER = Checks("passed", 30, "never", None, 4)


@pytest.fixture
async def rig(gas_peer, gas_profile):
    rig = open_rig(gas_profile, gas_peer.url, RealClock())
    yield rig
    await rig.close()


@pytest.fixture
async def quick_rig(gas_peer, gas_profile, fast_clock):
    rig = open_rig(gas_profile, gas_peer.url, fast_clock(50.0))
    yield rig
    await rig.close()


async def test_connect_takes_remote_control(rig, gas_peer):
    states = ["0 SMAN STBY", "0 SREM STBY"]
    gas_peer.answers["ASTZ"] = lambda: states.pop(0)
    await rig.connect()
    assert gas_peer.codes == ["AKEN", "ASTZ", "SREM"]
    assert (rig.state, rig.reason) == ("online", "")


async def test_connect_leaves_remote_control_as_it_is(rig, gas_peer):
    await rig.connect()
    assert gas_peer.codes == ["AKEN", "ASTZ"]


@pytest.mark.parametrize("identity", ["REFGAS 2 000123 1.0", "OTHER 1 7 1.0", ""])
async def test_another_analyser_is_refused_by_name(rig, gas_peer, identity):
    gas_peer.answers["AKEN"] = f"0 {identity}".strip()
    with pytest.raises(RigProtocolError, match=r"at the rig, REFGAS 1 in the profile gas-ak"):
        await rig.connect()
    assert rig.state == "fault"


async def test_a_block_of_readings(rig, gas_peer):
    gas_peer.answers["ASTZ"] = "0 SREM SMGA"
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
    assert block.status == {"SREM", "SMGA"}
    assert block.samples == 0
    assert (block.first_sequence, (await rig.read_block()).first_sequence) == (1, 2)


async def test_tokens_that_are_not_valid(rig, gas_peer):
    gas_peer.answers["AKON"] = "0 #0.03 # -3 25.01 #45 # 780 -40"
    scalars = (await rig.read_block()).scalars
    assert [(r.value, r.quality) for r in scalars.values()] == [
        (3, "invalid"),
        (None, "missing"),
        (-3, "good"),
        (2501, "suspect"),
        (45, "invalid"),
        (None, "missing"),
        (780, "good"),
        (-40, "good"),
    ]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("0 0.03 14.62 12 0.21 45 1.002 780", "AKON: 7 tokens, the profile has 8"),
        ("0 0.03 14.6x 12 0.21 45 1.002 780 86", "co2: '14.6x' is not a number"),
        ("0 0.035 14.62 12 0.21 45 1.002 780 86", "co: '0.035' is not a multiple of 0.01: another firmware"),
        ("0 0.03 14.62 12 0.21 45 1.002 780 8E1", "oil_temperature: '8E1' is not a number"),
        ("0 0.03 14.62 1_2 0.21 45 1.002 780 86", "hc: '1_2' is not a number"),
        ("0 0.03 ## 12 0.21 45 1.002 780 86", "co2: '#' is not a number"),
    ],
)
async def test_readings_of_another_firmware(rig, gas_peer, answer, says):
    gas_peer.answers["AKON"] = answer
    with pytest.raises(RigProtocolError, match=says):
        await rig.read_block()


async def test_faults_are_asked_for_when_the_digit_changes(rig, gas_peer):
    assert (await rig.read_block()).faults == ()
    gas_peer.answers |= {"AKON": "3 # # # # # # 780 86", "ASTF": "3 1 6"}
    block = await rig.read_block()
    assert block.faults == (1, 6)
    assert rig.profile.trouble(block.status, block.faults) == (
        "正在预热、调零未通过或已超过 30 分钟",
        "warming up, zero failed or older than 30 min",
    )
    await rig.read_block()
    assert gas_peer.codes.count("ASTF") == 1
    gas_peer.answers["AKON"] = "0 # # # # # # 780 86"
    assert (await rig.read_block()).faults == ()
    assert gas_peer.codes.count("ASTF") == 1


async def test_thrown_to_manual_is_said_then_remote_is_taken_again(rig, gas_peer):
    await rig.read_block()
    gas_peer.answers["ASTZ"] = "0 SMAN SWUP"
    with pytest.raises(RigRestarted, match="in MANUAL: it restarted, or was taken over at its panel"):
        await rig.read_block()
    assert rig.state == "fault"
    states = ["0 SMAN SWUP", "0 SREM SWUP"]
    gas_peer.answers["ASTZ"] = lambda: states.pop(0)
    assert (await rig.read_block()).status == {"SREM", "SWUP"}
    assert gas_peer.codes.count("SREM") == 1
    assert rig.state == "online"


@pytest.mark.parametrize(("name", "code"), [("measure", "SMGA"), ("standby", "STBY")])
async def test_short_commands(rig, gas_peer, name, code):
    await getattr(rig, name)()
    assert gas_peer.codes[-1] == code


@pytest.mark.parametrize(("name", "code"), [("zero", "SNGA"), ("leak_test", "SLEC"), ("purge", "SPUL")])
async def test_long_work_is_waited_for(quick_rig, gas_peer, name, code):
    states = ["0 SREM STBY", f"0 SREM {code}", f"0 SREM {code}", "0 SREM STBY"]
    gas_peer.answers["ASTZ"] = lambda: states.pop(0)
    assert await getattr(quick_rig, name)() == NEVER
    assert gas_peer.codes == ["AKEN", "ASTZ", code, "ASTZ", "ASTZ", "ASTZ", "APRF"]


async def test_long_work_that_never_ends(quick_rig, gas_peer):
    await quick_rig.connect()
    gas_peer.answers["ASTZ"] = "0 SREM SNGA"
    with pytest.raises(RigRefused, match=r"zero: still running after 30.0 s"):
        await quick_rig.zero()


async def test_busy_while_it_warms_up(rig, gas_peer):
    gas_peer.answers["SMGA"] = "1 BS"
    with pytest.raises(RigRefused, match="busy: it is warming up") as refused:
        await rig.measure()
    assert refused.value.reason == "BS"
    assert rig.state == "online"


@pytest.mark.parametrize(
    "answer", ["0", "0 ZERO 1 30", "0 ZERO 2 30 LEAK 9 0 RESIDUE 4", "0 ZERO 1 x LEAK 9 0 RESIDUE 4"]
)
async def test_checks_that_cannot_be_read(rig, gas_peer, answer):
    gas_peer.answers["APRF"] = answer
    with pytest.raises(RigProtocolError, match="APRF"):
        await rig.checks()


async def test_make_safe_resets(rig, gas_peer):
    states = ["0 SREM SMGA", "0 SREM SMGA", "0 SREM STBY"]
    gas_peer.answers["ASTZ"] = lambda: states.pop(0)
    await rig.make_safe()
    assert gas_peer.codes == ["AKEN", "ASTZ", "SRES", "ASTZ", "SRES", "ASTZ"]


async def test_make_safe_of_one_that_restarted_is_done_at_once(rig, gas_peer):
    await rig.connect()
    gas_peer.answers |= {"ASTZ": "1 SMAN SWUP", "SRES": "1 OF"}
    await rig.make_safe()


async def test_make_safe_of_a_dead_analyser(rig, gas_peer):
    gas_peer.answers["AKEN"] = None
    with pytest.raises(RigOffline, match="no answer to AKEN"):
        await rig.make_safe()
    assert rig.state == "offline"


async def test_a_pulled_cable(rig, gas_peer):
    await rig.read_block()
    gas_peer.unplug()
    with pytest.raises(RigOffline, match=r"is gone|cannot open"):
        await rig.read_block()
    assert rig.state == "offline"


async def test_an_odd_state(rig, gas_peer):
    gas_peer.answers["ASTZ"] = "0 STBY"
    with pytest.raises(RigProtocolError, match="ASTZ: it answers STBY"):
        await rig.connect()


async def test_fault_numbers_that_are_none(rig, gas_peer):
    gas_peer.answers |= {"AKON": "1 # # # # # # 780 86", "ASTF": "1 six"}
    with pytest.raises(RigProtocolError, match="ASTF: it answers six"):
        await rig.read_block()


async def test_remote_control_that_is_refused_is_a_fault_with_the_reason(rig, gas_peer):
    gas_peer.answers |= {"ASTZ": "1 SMAN SNGA", "SREM": "1 BS"}
    with pytest.raises(RigRefused, match="SREM refused: the analyser is busy"):
        await rig.connect()
    assert rig.state == "fault"
    assert "busy" in rig.reason


async def test_the_same_bytes_over_tcp(gas_peer, gas_profile):
    async with serial_server(gas_peer) as where:
        rig = open_rig(gas_profile, f"tcp://{where}", RealClock())
        assert (await rig.read_block()).scalars["co2"].scaled == Decimal("14.62")
        await rig.close()
    assert gas_peer.requests[1] == bytes.fromhex("02 20 41 53 54 5A 20 4B 30 03")
