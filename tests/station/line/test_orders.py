"""Commands over a real broker to a real line: each is done once, answered always, and said no to in words."""

import asyncio

from story import LONG_S, Story, bodies_of, command, events, refusal, reply_to, send, verified

from sim.vehicle import healthy
from station.bus import messages as m


async def test_a_command_sent_twice_is_done_once(house):
    desk = await house.handheld("desk-1", "1001")
    first = await send(desk, command(m.ArrivalOpen()))
    again = await send(desk, command(m.ArrivalOpen()))
    assert first == again
    assert first.accepted
    assert (first.seq, first.hash) == next((e.seq, e.hash) for e in events(house, "keys.taken"))
    assert len(events(house, "keys.taken")) == 1
    other = await send(desk, command(m.ArrivalCancel(serial=first.body["serial"])))
    assert (other.accepted, other.code) == (False, "same_id")
    assert not events(house, "arrival.cancelled")
    # a new line knows it too
    await house.end_line()
    await house.start_line()
    await desk.await_state(lambda s: s.epoch == house.line.hall.epoch, LONG_S)
    assert await send(desk, command(m.ArrivalOpen())) == first
    assert (await desk.arrive()).endswith("-0002")
    assert verified(house)


async def test_two_at_once_for_one_bay_and_a_restart_between(house):
    story = await Story(house).begin()
    other = await story.register(healthy(4, "京B22222"))
    old = house.line.hall.epoch
    starts = [m.StageStart(serial=serial, stage="brake") for serial in (story.serial, other)]
    replies = [story.driver._commander.send(start) for start in starts]
    codes = sorted(reply.code for reply in await asyncio.gather(*replies))
    assert codes == ["accepted", "bay_taken"]
    assert len(events(house, "stage.started")) == 1

    await house.end_line()
    await house.start_line()
    await story.driver.await_state(lambda s: s.epoch == house.line.hall.epoch, LONG_S)
    late = await send(story.driver, command(starts[0], "command-late", epoch=old))
    assert (late.accepted, late.code) == (False, "epoch")
    await story.enter()
    assert len(events(house, "stage.started")) == 2
    keeper = await house.handheld("handheld-02", "1007")
    assert await refusal(keeper.check_rig("brake-1", "zero")) == "rig_busy"


async def test_wrong_pins_and_the_pause(house):
    held = await house.handheld("handheld-01")
    for _ in range(5):
        assert await refusal(held.log_in("1003", "0000")) == "wrong_pin"
    assert await refusal(held.log_in("1003", "2468")) == "pin_pause"
    assert await refusal(held.log_in("nobody", "2468")) == "wrong_pin"
    assert (await held.log_in("1004", "2468")).roles == {"emissions"}
    assert not [e for e in events(house) if "2468" in e.body or '0000"' in e.body]


async def test_a_log_in_with_an_id_that_was_used_gives_nobody_elses_token(house):
    held = await house.handheld("handheld-01")
    first = await send(held, command(m.SessionOpen(staff="1003", pin="2468")))
    assert await send(held, command(m.SessionOpen(staff="1003", pin="2468"))) == first
    other = await send(held, command(m.SessionOpen(staff="1004", pin="2468")))
    assert (other.accepted, other.code, other.body) == (False, "same_id", {})
    await held.log_in("1004", "2468")
    assert [body["staff"] for body in bodies_of(house, "session.closed")] == ["1003"]
    await held.log_out()
    assert await refusal(held.arrive()) == "not_logged_in"


async def test_the_checks_of_a_rig(house):
    held = await house.handheld("handheld-01", "1007")
    await held.await_state(lambda s: all(rig.state == "online" for rig in s.rigs), LONG_S)
    assert await refusal(held.check_rig("brake-9", "zero")) == "unknown_rig"
    assert await refusal(held.check_rig("gas-1", "self_check")) == "no_check"
    # sent again while it runs, as clients do: it is one check with one answer
    sent = command(m.RigCheck(rig="brake-1", check="self_check"), epoch=house.line.hall.epoch)
    reply = await send(held, sent, times=4)
    assert reply.accepted
    assert reply.body == {"passed": True}
    checks = [body for body in bodies_of(house, "rig.checked") if body["check"] == "self_check"]
    assert [check["passed"] for check in checks] == [True]
    await held.check_rig("gas-1", "leak_test")

    house.world.brakes.faults.sensor_dead = "left"
    assert await refusal(held.check_rig("brake-1", "self_check")) == "rig_check"
    assert [b["passed"] for b in bodies_of(house, "rig.checked") if b["check"] == "self_check"] == [True, False]
    await held.await_state(lambda s: any(lock.subject == "brake-1" for lock in s.locks), LONG_S)
    house.world.brakes.faults.sensor_dead = None


async def test_a_command_that_the_line_stumbles_over_is_answered_and_the_next_one_too(house):
    held = await house.handheld("handheld-01", "1001")
    sent = command(m.ArrivalOpen())

    async def stumble():
        raise ZeroDivisionError

    waiting = reply_to(held, sent.id)
    await house.line.orders._reply("handheld-01", sent.to_bytes(), stumble())
    reply = await waiting
    assert (reply.accepted, reply.code) == (False, "line_fault")
    held._link.publish(held.topics.command("handheld-01"), b"[" * 100_000, qos=1)
    assert (await held.arrive()).endswith("-0001")
