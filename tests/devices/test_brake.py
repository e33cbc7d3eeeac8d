"""The brake tester's driver against a register-level peer written from the protocol page."""

import asyncio
from decimal import Decimal

import pytest

from devices.clock import RealClock
from devices.errors import ProfileError, RigOffline, RigProtocolError, RigRefused, RigRestarted
from devices.rig import open_rig

STOP, START, DRAG, LIFT_UP = 1, 2, 5, 7


@pytest.fixture
async def rig(brake_peer, brake_profile):
    rig = open_rig(brake_profile, brake_peer.url, RealClock())
    yield rig
    await rig.close()


def expected(first, last):
    """What samples ``first`` to ``last`` hold, as the peer makes them."""
    return tuple(n % 1000 for n in range(first, last + 1)), tuple(-(n % 400) for n in range(first, last + 1))


async def test_the_first_block_is_the_whole_window(rig, brake_peer):
    brake_peer.sample(200)
    block = await rig.read_block()
    assert (block.first_sequence, block.samples, block.next_sequence, block.lost) == (152, 48, 200, 0)
    assert (block.channels["force_left"], block.channels["force_right"]) == expected(152, 199)
    assert block.quality["force_left"] == "g" * 48
    assert block.status == {"READY"}
    assert block.faults == ()
    assert (rig.state, rig.reason) == ("online", "")


async def test_scalars_with_unit_scale_and_sentinels(rig, brake_peer):
    brake_peer.sample(1)
    block = await rig.read_block()
    load, drag, slip = (block.scalars[n] for n in ("load_left", "drag_left", "slip_left"))
    assert (load.value, load.unit, load.quality, load.sequence) == (412, "kg", "good", 0)
    assert (drag.value, drag.quality, drag.scaled) == (None, "missing", None)
    assert (slip.scaled, slip.unit) == (Decimal("1.2"), "%")
    assert block.scalars["speed_left"].scaled == Decimal("-0.05")
    assert block.scalars["speed_right"].scaled == Decimal("2.51")
    assert block.scalars["serial_number"].value == 2 * 65536 + 4711
    assert block.scalars["pedal_force"].quality == "missing"
    assert block.scalars["load_left"].monotonic_ns == block.monotonic_ns


async def test_only_new_samples_come_in_later_blocks(rig, brake_peer):
    brake_peer.sample(60)
    await rig.read_block()
    brake_peer.sample(5)
    block = await rig.read_block()
    assert block.first_sequence == 60
    assert (block.channels["force_left"], block.channels["force_right"]) == expected(60, 64)
    again = await rig.read_block()
    assert (again.first_sequence, again.samples, again.lost) == (65, 0, 0)


async def test_one_request_a_block(rig, brake_peer):
    brake_peer.sample(60)
    await rig.read_block()
    del brake_peer.requests[:]
    brake_peer.sample(48)
    await rig.read_block()
    assert [request[7:] for request in brake_peer.requests] == [bytes.fromhex("03 0000 007D")]


async def test_a_rig_that_has_hardly_started(rig, brake_peer):
    assert (await rig.read_block()).samples == 0
    brake_peer.sample(3)
    block = await rig.read_block()
    assert (block.first_sequence, block.samples, block.lost) == (0, 3, 0)
    brake_peer.sample(2)
    assert (await rig.read_block()).channels["force_left"] == (3, 4)


async def test_the_sequence_goes_on_over_its_wrap(rig, brake_peer):
    brake_peer.sample(60, start=65536 - 30)
    brake_peer.samples = [(n % 65536, left, right) for n, left, right in brake_peer.samples]
    first = await rig.read_block()
    assert first.next_sequence == 30  # the first block has no past: it counts as the rig does
    numbers = [(30 + i) % 65536 for i in range(65540)]
    await step_through(rig, brake_peer, numbers)
    block = await rig.read_block()
    assert block.next_sequence == 30 + 65540
    assert block.samples == 40


async def step_through(rig, peer, numbers):
    """Let the rig's sequence run on in steps of 10 ms by a clock that the test moves."""
    clock = SteppedClock()
    rig.clock = clock
    rig._row._newest_ns = 0
    clock.ns = 10_000_000 * (len(numbers) - 40)
    peer.samples = [(n, n % 1000, 0) for n in numbers[:-40]][-128:]
    await rig.read_block()
    clock.ns += 400_000_000
    peer.samples = [(n, n % 1000, 0) for n in numbers][-128:]


class SteppedClock(RealClock):
    ns = 0

    def monotonic_ns(self):
        return self.ns


async def test_wrap_within_one_window(rig, brake_peer):
    brake_peer.sample(128, start=65400)
    before = await rig.read_block()
    brake_peer.sample(20)
    brake_peer.samples = [(n % 65536, left, right) for n, left, right in brake_peer.samples]
    block = await rig.read_block()
    assert before.next_sequence == block.first_sequence == 65528
    assert block.next_sequence == 65548
    assert block.channels["force_left"] == tuple(n % 1000 for n in range(65528, 65548))


@pytest.mark.parametrize("missed", [49, 80, 120, 128])
@pytest.mark.parametrize("start", [0, 37, 100, 127])
async def test_a_gap_is_filled_from_the_ring(rig, brake_peer, missed, start):
    brake_peer.sample(200 + start)
    await rig.read_block()
    brake_peer.sample(missed)
    block = await rig.read_block()
    assert (block.first_sequence, block.samples, block.lost) == (200 + start, missed, 0)
    assert (block.channels["force_left"], block.channels["force_right"]) == expected(200 + start, 199 + start + missed)


async def test_a_gap_that_the_ring_no_longer_holds_is_counted(rig, brake_peer):
    brake_peer.sample(200)
    await rig.read_block()
    brake_peer.sample(1000)
    block = await rig.read_block()
    assert block.lost == 1000 - 128
    assert (block.first_sequence, block.samples) == (200 + 872, 128)
    assert block.channels["force_left"] == expected(1072, 1199)[0]


async def test_samples_overwritten_while_the_ring_is_read_are_lost(rig, brake_peer):
    brake_peer.sample(200)
    await rig.read_block()
    brake_peer.sample(128)
    brake_peer.on_read = lambda address: brake_peer.sample(10) if address >= 1000 else None
    block = await rig.read_block()
    reads = sum(1 for request in brake_peer.requests if int.from_bytes(request[8:10], "big") >= 1000)
    assert reads == 2
    assert block.lost == 10 * reads
    assert (block.first_sequence, block.next_sequence) == (200 + block.lost, 328)
    assert block.channels["force_left"] == expected(200 + block.lost, 327)[0]
    brake_peer.on_read = lambda address: None
    assert (await rig.read_block()).first_sequence == 328


async def test_a_block_that_failed_takes_nothing_away(rig, brake_peer):
    brake_peer.sample(200)
    await rig.read_block()
    brake_peer.sample(60)
    brake_peer.answer = lambda r: None if int.from_bytes(r[8:10], "big") >= 1000 else brake_peer.respond(r)
    with pytest.raises(RigOffline):
        await rig.read_block()
    assert rig.state == "offline"
    brake_peer.answer = brake_peer.respond
    block = await rig.read_block()
    assert (block.first_sequence, block.samples, block.lost) == (200, 60, 0)
    assert rig.state == "online"


async def test_sentinels_are_qualities_never_numbers(rig, brake_peer):
    brake_peer.samples = [(0, 0x8000, 0x7FFF), (1, 30000, -500), (2, 30001, -501), (3, 0, -1)]
    block = await rig.read_block()
    assert block.channels == {"force_left": (None, 30000, 30001, 0), "force_right": (None, -500, -501, -1)}
    assert block.quality == {"force_left": "mgsg", "force_right": "igsg"}


async def test_a_restart_is_said_once_then_counting_begins_anew(rig, brake_peer):
    brake_peer.sample(200)
    await rig.read_block()
    brake_peer.fixed[5] = 8
    brake_peer.samples = []
    brake_peer.sample(10)
    with pytest.raises(RigRestarted, match=r"start 8, before 7"):
        await rig.read_block()
    block = await rig.read_block()
    assert (block.first_sequence, block.samples, block.lost) == (0, 10, 0)


async def test_a_restart_while_the_connection_was_away_is_said_too(rig, brake_peer):
    brake_peer.sample(200)
    await rig.read_block()
    port = brake_peer.port
    await brake_peer.stop()
    with pytest.raises(RigOffline):
        await rig.read_block()
    brake_peer.fixed[5] = 8
    await brake_peer.start(port)
    await rig.connect()
    with pytest.raises(RigRestarted):
        await rig.read_block()


async def test_a_restart_in_the_middle_of_a_gap(rig, brake_peer):
    brake_peer.sample(200)
    await rig.read_block()
    brake_peer.sample(100)
    brake_peer.on_read = lambda address: brake_peer.fixed.update({5: 9}) if address >= 1000 else None
    with pytest.raises(RigRestarted):
        await rig.read_block()


async def test_a_sequence_that_goes_back_is_refused(rig, brake_peer):
    brake_peer.sample(200)
    await rig.read_block()
    brake_peer.sample(10, start=100)
    with pytest.raises(RigProtocolError, match="went back from 199 to 109"):
        await rig.read_block()
    assert rig.state == "fault"


@pytest.mark.parametrize(
    ("address", "value", "says"),
    [
        (0, 0x4243, r"map 0x4243 version 1 at the rig, map 0x4252 version 1 in the profile rbt-modbus-tcp"),
        (1, 2, r"map 0x4252 version 2 at the rig"),
        (7, 50, r"every 5000 us at the rig, every 10000 us in the profile"),
    ],
)
async def test_another_map_is_refused_by_name(rig, brake_peer, address, value, says):
    brake_peer.fixed[address] = value
    with pytest.raises(RigProtocolError, match=says):
        await rig.read_block()
    assert rig.state == "fault"
    assert "at the rig" in rig.reason


async def test_status_names_faults_and_overrun_are_visible(rig, brake_peer):
    brake_peer.fixed |= {2: 0b0001_0010_0000_0110, 3: 5}
    block = await rig.read_block()
    assert block.status == {"LEFT_WHEEL", "RIGHT_WHEEL", "OVERRUN", "FAULT"}
    assert block.faults == (5,)
    assert (rig.state, rig.reason) == ("fault", "FAULT, left force sensor")
    brake_peer.fixed |= {2: 1, 3: 0}
    await rig.read_block()
    assert (rig.state, rig.reason) == ("online", "")


async def test_start_sets_the_watchdog_first(rig, brake_peer):
    await rig.command("START")
    await rig.heartbeat()
    assert brake_peer.written == [(2001, 10), (2000, START), (2002, 1)]
    assert {"LEFT_MOTOR", "RIGHT_MOTOR"} <= await rig.status()


async def test_a_fast_clock_gets_a_longer_watchdog(brake_peer, brake_profile, fast_clock):
    rig = open_rig(brake_profile, brake_peer.url, fast_clock(10.0))
    await rig.command("START")
    await rig.close()
    assert brake_peer.written[0] == (2001, 50)


async def test_a_refusal_says_why_in_words(rig, brake_peer):
    brake_peer.refuse = {START: 5}
    with pytest.raises(RigRefused, match="START refused: the exit lift is up: lower it first") as refused:
        await rig.command("START")
    assert refused.value.reason == 5
    assert rig.state == "online"


async def test_running_work_is_waited_for(rig, brake_peer):
    brake_peer.running = {DRAG: 3}
    await rig.command("DRAG_MEASURE")
    assert brake_peer.fixed[19] == 1


async def test_running_for_ever_ends_at_the_deadline(brake_peer, brake_profile, fast_clock):
    brake_peer.running = {DRAG: 10**6}
    rig = open_rig(brake_profile, brake_peer.url, fast_clock(30.0))
    with pytest.raises(RigRefused, match=r"DRAG_MEASURE: still running after 3.0 s") as refused:
        await rig.command("DRAG_MEASURE")
    assert refused.value.reason == "deadline"
    await rig.close()


async def test_stop_comes_through_while_another_command_runs(rig, brake_peer):
    brake_peer.running = {DRAG: 10**6}
    drag = asyncio.create_task(rig.command("DRAG_MEASURE"))
    while (2000, DRAG) not in brake_peer.written:
        await asyncio.sleep(0.001)
    await rig.command("STOP")
    with pytest.raises(RigRefused, match="DRAG_MEASURE: set aside: command 1 was given meanwhile"):
        await drag


async def test_a_command_that_the_profile_does_not_have(rig):
    with pytest.raises(ProfileError, match="no command FLY: it has STOP"):
        await rig.command("FLY")


async def test_make_safe_stops_then_lifts(rig, brake_peer):
    brake_peer.fixed[2] = 0b0001_1111
    await rig.make_safe()
    assert brake_peer.written == [(2000, STOP), (2000, LIFT_UP)]
    assert brake_peer.fixed[2] & 0b1001_1000 == 0b1000_0000
    await rig.make_safe()  # already safe


async def test_make_safe_tries_again_while_the_lift_is_refused(rig, brake_peer):
    brake_peer.refuse = {LIFT_UP: 7}
    task = asyncio.create_task(rig.make_safe())
    while brake_peer.written.count((2000, LIFT_UP)) < 2:
        await asyncio.sleep(0.001)
    brake_peer.refuse = {}
    await task
    assert "LIFT_UP" in await rig.status()


async def test_make_safe_says_what_is_not_safe(brake_peer, brake_profile, fast_clock):
    brake_peer.refuse = {LIFT_UP: 7}
    rig = open_rig(brake_profile, brake_peer.url, fast_clock(30.0))
    with pytest.raises(RigRefused, match=r"not safe: LIFT_UP=0\. LIFT_UP refused: a motor is on"):
        await rig.make_safe()
    await rig.close()


async def test_make_safe_survives_one_lost_answer(rig, brake_peer):
    lost = []

    def lose_the_first_stop(request):
        answer = brake_peer.respond(request)
        if request[7] == 6 and not lost:
            lost.append(request)
            return None
        return answer

    brake_peer.answer = lose_the_first_stop
    await rig.make_safe()
    assert brake_peer.written == [(2000, STOP), (2000, STOP), (2000, LIFT_UP)]


async def test_make_safe_of_a_dead_rig(rig, brake_peer):
    await brake_peer.stop()
    with pytest.raises(RigOffline):
        await rig.make_safe()


async def test_supervise_brings_back_a_rig_that_was_away(rig, brake_peer):
    seen, changed = [], asyncio.Event()

    def on_health(state, reason):
        if seen[-1:] != [state]:  # another reason for the same state is not counted
            seen.append(state)
        changed.set()

    rig.on_health = on_health
    port = brake_peer.port
    await brake_peer.stop()  # the very first connection fails too
    task = asyncio.create_task(rig.supervise())
    await wait_for(changed, lambda: "no connection" in rig.reason)
    await brake_peer.start(port)
    await wait_for(changed, lambda: rig.state == "online")
    await brake_peer.stop()
    with pytest.raises(RigOffline):
        await rig.read_block()
    await brake_peer.start(port)
    await wait_for(changed, lambda: rig.state == "online")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["offline", "online", "offline", "online"]


async def test_supervise_notices_a_pulled_plug_of_an_idle_rig(rig, brake_peer, monkeypatch):
    monkeypatch.setattr("devices.instrument.IDLE_PROBE_S", 0.05)
    changed = asyncio.Event()
    rig.on_health = lambda state, reason: changed.set()
    task = asyncio.create_task(rig.supervise())
    await wait_for(changed, lambda: rig.state == "online")
    brake_peer.answer = lambda request: None
    await wait_for(changed, lambda: rig.state == "offline")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    # the probe must not count as a read that covers SEQUENCE (register 4)
    assert {(request[8:10], request[10:12]) for request in brake_peer.requests} == {(b"\0\0", b"\0\2")}


async def wait_for(changed, condition):
    while not condition():
        changed.clear()
        await changed.wait()


async def test_a_rig_that_answers_with_exceptions_is_a_fault_until_it_answers_well(rig, brake_peer, answer_frame):
    await rig.read_block()
    brake_peer.answer = lambda request: answer_frame(request, b"\x83\x04")
    with pytest.raises(RigRefused, match="exception 4: it failed"):
        await rig.read_block()
    assert rig.state == "fault"
    brake_peer.answer = brake_peer.respond
    await rig.read_block()
    assert rig.state == "online"


async def test_a_wrong_unit_id_is_a_fault_with_a_remedy(rig, brake_peer, answer_frame):
    brake_peer.answer = lambda request: answer_frame(request, b"\x83\x0b")
    with pytest.raises(RigRefused):
        await rig.connect()
    assert rig.state == "fault"
    assert "exception 11: the gateway got no answer from it: is the unit id right?" in rig.reason


async def test_a_window_count_that_cannot_be(rig, brake_peer):
    def too_many(request):
        answer = bytearray(brake_peer.respond(request))
        if len(answer) > 100:
            answer[9 + 2 * 6 : 11 + 2 * 6] = b"\0\x31"
        return bytes(answer)

    brake_peer.answer = too_many
    with pytest.raises(RigProtocolError, match="WINDOW_COUNT: 49, at most 48 fit"):
        await rig.read_block()


async def test_a_command_result_that_cannot_be(rig, brake_peer):
    brake_peer.obey = lambda command: brake_peer.fixed.update({18: command, 19: 9})
    with pytest.raises(RigProtocolError, match="STOP: result 9 is not in the profile"):
        await rig.command("STOP")
