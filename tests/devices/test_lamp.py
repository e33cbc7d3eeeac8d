"""The headlamp tester's driver against a byte-level peer on a pty."""

import asyncio
from decimal import Decimal

import pytest

from devices.clock import RealClock
from devices.errors import RigOffline, RigProtocolError, RigRefused, RigRestarted
from devices.rig import open_rig
from tests.devices.peers import page_examples, serial_server, summed

EXAMPLES = page_examples("headlamp-tester.md")
RECORDS = b"".join(EXAMPLES[EXAMPLES.index(b"\x02\x32") :])
HOME, MOVING, FOUR_LAMP, LEFT_READY, RIGHT_READY, ADJUSTING, FAULT, RESTARTED = (1 << bit for bit in range(8))
START_LEFT, START_RIGHT, GO_HOME, STATUS, ALL_DATA = 0x5407, 0x5440, 0x4D47, 0x546F, 0x474F
HIGH_DONE, AUX_DONE, LOW_DONE, LEFT_DONE, RIGHT_DONE, HOMED = 0x544F, 0x544E, 0x544D, 0x5407, 0x5441, 0x5440
NO_LAMP, MEASURE_ERROR = 0x4513, 0x4514


@pytest.fixture
async def rig(lamp_peer, lamp_profile):
    rig = open_rig(lamp_profile, lamp_peer.url, RealClock())
    yield rig
    await rig.close()


@pytest.fixture
async def quick_rig(lamp_peer, lamp_profile, fast_clock):
    rig = open_rig(lamp_profile, lamp_peer.url, fast_clock(50.0))
    yield rig
    await rig.close()


def records(*six):
    """A reply with these six records of 18 characters."""
    left, right = "".join(six[:3]), "".join(six[3:])
    return summed(b"\x02\x32", left.encode(), b" ", right.encode())


@pytest.mark.parametrize(
    ("name", "request_hex"),
    [
        ("start_left", "02 01 32 54 07 70"),
        ("start_right", "02 01 32 54 40 37"),
        ("four_lamp", "02 01 32 53 31 47"),
        ("two_lamp", "02 01 32 53 32 46"),
        ("abort", "02 01 32 54 54 23"),
        ("home", "02 01 32 4D 47 37"),
    ],
)
async def test_commands_as_the_page_has_them(rig, lamp_peer, name, request_hex):
    await rig.command(name)
    assert lamp_peer.requests == [bytes.fromhex("02 01 32 54 6F 08"), bytes.fromhex(request_hex)]
    assert bytes.fromhex(request_hex) in EXAMPLES


async def test_the_state_and_what_happened_stand_in_the_block(rig, lamp_peer):
    lamp_peer.bits = MOVING | FOUR_LAMP
    assert (await rig.read_block()).status == {"MOVING", "FOUR_LAMP"}
    lamp_peer.event(HIGH_DONE)
    lamp_peer.event(AUX_DONE)
    assert (await blocks_until(rig, "AUX_DONE")) == ["HIGH_DONE", "AUX_DONE"]
    assert (await rig.read_block()).status == {"MOVING", "FOUR_LAMP"}


async def blocks_until(rig, name):
    """Read blocks until an event comes, return all events on the way in the order of the blocks."""
    order = list(rig.profile.events.values())
    events = []
    while name not in events:
        status = (await rig.read_block()).status
        events += [event for event in order if event in status]
    return events


async def test_no_event_is_lost_however_it_comes(rig, lamp_peer):
    """Between requests, before an answer, behind it, in pieces, and twice."""
    await rig.connect()
    lamp_peer.event(HIGH_DONE)
    status = summed(b"\x02\x32\x6f", MOVING)
    low_done, left_done = (summed(b"\x02\x32", code.to_bytes(2, "big")) for code in (LOW_DONE, LEFT_DONE))
    answers = [low_done + status + left_done[:2]]
    lamp_peer.answers[STATUS] = lambda: answers.pop(0) if answers else status
    lamp_peer.answers[ALL_DATA] = lambda: left_done[2:] + lamp_peer.records
    assert set(await blocks_until(rig, "LEFT_DONE")) == {"HIGH_DONE", "LOW_DONE", "LEFT_DONE"}
    lamp_peer.answers[ALL_DATA] = lambda: lamp_peer.records
    lamp_peer.event(HIGH_DONE)
    lamp_peer.event(HIGH_DONE)
    assert await blocks_until(rig, "HIGH_DONE") == ["HIGH_DONE"]
    assert await blocks_until(rig, "HIGH_DONE") == ["HIGH_DONE"]


async def test_a_start_sets_aside_what_happened_before_it(rig, lamp_peer):
    await rig.connect()
    lamp_peer.event(NO_LAMP)
    await rig.status()
    await rig.command("start_left")
    lamp_peer.event(HIGH_DONE)
    assert await blocks_until(rig, "HIGH_DONE") == ["HIGH_DONE"]


async def test_an_event_between_a_command_and_its_answer(rig, lamp_peer):
    lamp_peer.answers[GO_HOME] = summed(b"\x02\x32\x54\x40") + summed(b"\x02\x32\x06\x47")
    await rig.command("home")
    assert "HOMED" in (await rig.read_block()).status


async def test_the_event_homed_is_not_taken_for_the_answer_to_start_right(rig, lamp_peer):
    """Both carry 54 40."""
    lamp_peer.answers[START_RIGHT] = summed(b"\x02\x32\x54\x40")
    with pytest.raises(RigOffline, match="no answer to start_right"):
        await rig.command("start_right")


async def test_results_as_the_page_has_them(rig, lamp_peer):
    lamp_peer.records = RECORDS
    results = await rig.results()
    left, right = results["left_main"], results["right_main"]
    shown = [
        (r.scaled, r.unit, r.quality)
        for r in (left.intensity_cd, left.high_dx, left.high_dy, left.low_dx, left.low_dy, left.height_mm)
    ]
    assert shown == [
        (Decimal(21500), "cd", "good"),
        (Decimal(-30), "mm/10m", "good"),
        (Decimal(-85), "mm/10m", "good"),
        (Decimal(-60), "mm/10m", "good"),
        (Decimal(-130), "mm/10m", "good"),
        (Decimal(680), "mm", "good"),
    ]
    assert (right.intensity_cd.scaled, right.high_dx.value, right.low_dy.value) == (Decimal(23000), 45, -125)
    for lamp in ("left_aux", "right_aux"):
        assert {r.quality for r in vars(results[lamp]).values()} == {"missing"}


async def test_what_is_no_number_is_invalid_and_what_is_far_off_suspect(rig, lamp_peer):
    zero = "0" * 18
    high = "+0001-1001****0680"
    lamp_peer.records = records(high, "+0000+000012010299", "+****-00000010 680", zero, zero, zero)
    left, aux = (lamp for name, lamp in (await rig.results()).items() if name.startswith("left"))
    assert (left.intensity_cd.value, left.intensity_cd.quality) == (None, "invalid")
    assert (left.high_dx.quality, left.high_dy.quality, left.low_dx.quality) == ("good", "suspect", "invalid")
    assert (aux.intensity_cd.value, aux.intensity_cd.quality) == (1201, "suspect")
    assert (aux.height_mm.quality, aux.low_dx.quality) == ("suspect", "missing")


async def test_the_height_comes_from_the_low_beam_where_only_that_was_measured(rig, lamp_peer):
    zero = "0" * 18
    lamp_peer.records = records(zero, zero, "+0000-010000900655", zero, zero, zero)
    left = (await rig.results())["left_main"]
    assert (left.intensity_cd.quality, left.height_mm.value) == ("missing", 655)


async def test_blocks_carry_the_readings_and_fetch_them_only_when_they_change(rig, lamp_peer):
    block = await rig.read_block()
    assert block.scalars["left_main_intensity"].quality == "missing"
    lamp_peer.records = RECORDS
    lamp_peer.bits = LEFT_READY
    block = await rig.read_block()
    assert block.scalars["left_main_intensity"].scaled == Decimal(21500)
    assert list(block.scalars) == list(rig.profile.channels)
    fetched = lamp_peer.asked.count(ALL_DATA)
    await rig.read_block()
    assert lamp_peer.asked.count(ALL_DATA) == fetched == 2


async def drive(peer, sides):
    """Play the tester: each start is answered with the events of that side, after a moment of MOVING."""

    def start(code, done, ready):
        async def work():
            await asyncio.sleep(0.01)
            for event in (HIGH_DONE, LOW_DONE, done):
                peer.event(event)
            peer.records = RECORDS
            peer.bits |= ready
            peer.bits &= ~MOVING

        def begin():
            peer.bits = peer.bits & ~(HOME | ready) | MOVING
            tasks.append(asyncio.create_task(work()))
            return summed(b"\x02\x32\x06", code & 0xFF)

        return begin

    tasks = []
    for code, done, ready in sides:
        peer.answers[code] = start(code, done, ready)
    return tasks


async def test_measure_goes_through_both_sides(quick_rig, lamp_peer):
    tasks = await drive(lamp_peer, [(START_LEFT, LEFT_DONE, LEFT_READY), (START_RIGHT, RIGHT_DONE, RIGHT_READY)])
    results = await quick_rig.measure(("left", "right"), lamps=4)
    await asyncio.gather(*tasks)
    assert results["right_main"].intensity_cd.scaled == Decimal(23000)
    moves = [code for code in lamp_peer.asked if code not in (STATUS, ALL_DATA)]
    assert moves == [0x5331, START_LEFT, START_RIGHT]


@pytest.mark.parametrize(
    ("event", "code", "says"),
    [
        (NO_LAMP, "no_lamp", "no lamp found on the right side"),
        (MEASURE_ERROR, "lamp_error", "the lamp on the right side was found and could not be measured"),
        (None, "lamp_error", "could not be measured"),
    ],
    ids=["no lamp", "measure error", "the event was lost"],
)
async def test_measure_says_why_a_side_has_no_result(quick_rig, lamp_peer, event, code, says):
    def fail():
        if event:
            lamp_peer.event(event)
        return summed(b"\x02\x32\x06\x40")

    lamp_peer.answers[START_RIGHT] = fail
    with pytest.raises(RigRefused, match=says) as refused:
        await quick_rig.measure(("right",))
    assert (refused.value.reason, refused.value.why.code) == (code, code)
    assert refused.value.why.values["side_zh"] == "右"


async def test_measure_that_never_ends(quick_rig, lamp_peer):
    lamp_peer.bits = MOVING
    with pytest.raises(RigRefused, match="start_left: still running after 90"):
        await quick_rig.measure(("left",))


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (bytes.fromhex("02 32 15 07 B0"), RigRefused, "refused"),
        (summed(b"\x02\x32\x16\x07"), RigProtocolError, "unknown_request"),
        (bytes.fromhex("02 32 06 07 BE"), RigOffline, "no_answer"),
        (bytes.fromhex("02 32 06 40 86"), RigOffline, "no_answer"),
        (bytes.fromhex("02 32 06 07"), RigOffline, "no_answer"),
        (None, RigOffline, "no_answer"),
    ],
    ids=["busy", "unknown", "bad checksum", "to another command", "half", "silence"],
)
async def test_every_kind_of_answer_to_a_command(rig, lamp_peer, answer, error, code):
    lamp_peer.answers[START_LEFT] = answer
    with pytest.raises(error) as raised:
        await rig.command("start_left")
    assert (raised.value.why.code, lamp_peer.asked.count(START_LEFT)) == (code, 1)


async def test_a_false_beginning_of_records_does_not_hide_the_answer(rig, lamp_peer):
    lamp_peer.answers[START_LEFT] = b"\x02\x32\x30\x31" + bytes.fromhex("02 32 06 07 BF")
    await rig.command("start_left")


async def test_the_state_is_asked_for_once_more(rig, lamp_peer):
    await rig.connect()
    answers = [None, summed(b"\x02\x32\x6f", HOME)]
    lamp_peer.answers[STATUS] = lambda: answers.pop(0)
    assert await rig.status() == {"HOME"}


async def test_a_late_answer_is_never_the_next_one(rig, lamp_peer):
    await rig.connect()
    lamp_peer.answers[STATUS] = None
    with pytest.raises(RigOffline):
        await rig.status()
    lamp_peer.answers[STATUS] = summed(b"\x02\x32\x6f", MOVING)
    lamp_peer.send(summed(b"\x02\x32\x6f", HOME))
    assert await rig.status() == {"MOVING"}


async def test_a_cancelled_request_leaves_no_answer_behind(rig, lamp_peer):
    await rig.connect()
    del lamp_peer.requests[:]
    lamp_peer.answers[STATUS] = None
    first = asyncio.create_task(rig.status())
    while not lamp_peer.requests:
        await asyncio.sleep(0.001)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    lamp_peer.answers[STATUS] = summed(b"\x02\x32\x6f", MOVING)
    lamp_peer.send(summed(b"\x02\x32\x6f", HOME) + summed(b"\x02\x32\x54\x4f"))
    assert await rig.status() == {"MOVING"}
    assert "HIGH_DONE" in (await rig.read_block()).status


async def test_a_restart_is_said_once_and_cleared_by_a_set_up(rig, lamp_peer):
    await rig.read_block()
    lamp_peer.bits = HOME | RESTARTED
    with pytest.raises(RigRestarted, match="restarted"):
        await rig.read_block()
    assert (rig.state, rig.reason.code) == ("fault", "restarted")

    def set_up():
        lamp_peer.bits = HOME
        return summed(b"\x02\x32\x06\x35")

    lamp_peer.answers[0x5335] = set_up
    assert (await rig.read_block()).status == {"HOME"}
    assert rig.state == "online"


async def test_one_that_was_switched_on_is_set_up_once_it_is_home(rig, lamp_peer):
    """While it drives home it refuses every set-up: that is no restart and no fault."""
    lamp_peer.bits = MOVING | RESTARTED
    lamp_peer.answers[0x5335] = lambda: summed(b"\x02\x32\x15\x35")
    assert (await rig.read_block()).status == {"MOVING", "RESTARTED"}
    lamp_peer.bits = HOME | RESTARTED

    def set_up():
        lamp_peer.bits = HOME
        return summed(b"\x02\x32\x06\x35")

    lamp_peer.answers[0x5335] = set_up
    assert (await rig.read_block()).status == {"HOME"}
    assert rig.state == "online"


async def test_a_fault(rig, lamp_peer):
    lamp_peer.bits = FAULT
    await rig.connect()
    assert (rig.state, rig.reason) == ("fault", "FAULT: drive or receiver")
    assert rig.reason.values["faults_zh"] == "驱动或受光箱故障"
    lamp_peer.bits = HOME
    await rig.status()
    assert rig.state == "online"


async def test_make_safe_drives_home(quick_rig, lamp_peer):
    left = [MOVING, MOVING, MOVING, HOME]
    lamp_peer.answers[STATUS] = lambda: summed(b"\x02\x32\x6f", left.pop(0))
    await quick_rig.make_safe()
    assert GO_HOME in lamp_peer.asked
    assert left == []


async def test_make_safe_says_what_is_not_safe(quick_rig, lamp_peer):
    lamp_peer.bits = MOVING
    with pytest.raises(RigRefused, match="not safe: MOVING=1, HOME=0"):
        await quick_rig.make_safe()


async def test_through_a_serial_server(lamp_peer, lamp_profile):
    async with serial_server(lamp_peer) as where:
        rig = open_rig(lamp_profile, f"tcp://{where}", RealClock())
        lamp_peer.records = RECORDS
        assert (await rig.results())["left_main"].height_mm.value == 680
        await rig.close()
