"""Runs that something breaks off: never a guess, never a motor left on, and the vehicle is measured all the same."""

import pytest
from story import LONG_S, Story, bay, bodies_of, refusal, safe, until, verified

from station.model.verdict import Outcome


async def test_a_stage_given_back_in_the_middle_of_a_run(house):
    story = await Story(house).begin()
    await story.hands()
    await story.enter()
    await story.at("brake")
    await story.driver.release_stage(story.serial, "brake", "the owner is in a hurry")
    await story.driver.await_state(lambda s: story.serial in s.queue["brake"], LONG_S)
    assert story.runs() == [("B1", "voided", "released")]
    assert safe(house)
    assert [b["reason"] for b in bodies_of(house, "stage.released")] == ["by_person"]
    await story.driver.await_state(lambda s: bay(s).serial is None, LONG_S)
    assert house.world.brakes.vehicle is None
    # and it can be taken in again
    await story.enter()
    await story.done("B1")
    assert story.runs("B1")[1:] == [("B1", "finished", None)]


async def test_a_vehicle_is_measured_through_all_that_happens_to_its_rig(house):
    """Plug, emergency stop, sensor, power: each run that is broken off is void, and the next try is measured."""
    story = await Story(house).begin()
    rig = house.world.brakes
    await story.hands()
    await story.enter()

    await story.at("brake", "B1")
    await rig.unplug()
    await stands_still(house, story)
    await until(lambda: not rig.motors_on)  # nobody can tell it to stop: it does so by itself
    await rig.plug_in()
    await story.done("B1")
    assert story.runs("B1") == [("B1", "voided", "rig_offline"), ("B1", "finished", None)]

    await story.at("brake", "B2")
    rig.press_emergency_stop()
    await stands_still(house, story)
    assert safe(house)
    rig.release_emergency_stop()
    await story.at("brake", "B2")
    rig.faults.sensor_dead = "left"
    await stands_still(house, story)
    assert safe(house)
    rig.faults.sensor_dead = None
    await story.done("B2")
    reasons = [reason for _, _, reason in story.runs("B2")]
    assert reasons == ["emergency_stop", "rig_fault", None]

    await story.at("brake", "B0")
    rig.power_cycle()
    inspection = await story.brakes_done()
    assert story.runs("B0")[0][2] in ("rig_offline", "rig_restarted")
    assert [i.outcome for i in inspection.items if i.code in ("B1", "B2", "B0", "BV")] == [Outcome.PASS] * 4
    await story.driver.await_state(lambda s: bay(s).serial is None and not s.locks, LONG_S)
    assert safe(house)
    assert verified(house)


async def stands_still(house, story):
    """The driver is told to wait, everybody sees the rig's lock, and the run is void."""
    await story.prompted("rig_wait")
    assert bay(story.driver.state).serial == story.serial
    await story.driver.await_state(lambda s: [lock.subject for lock in s.locks] == ["brake-1"], LONG_S)
    assert story.stored.runs[-1].state == "voided"


async def test_an_emergency_stop_that_is_pressed_while_no_vehicle_is_there_shows(house):
    held = await house.handheld("handheld-01")
    await held.await_state(lambda s: not s.locks, LONG_S)
    house.world.brakes.press_emergency_stop()
    await held.await_state(lambda s: "EMERGENCY_STOP" in "".join(lock.reason.en for lock in s.locks), LONG_S)
    house.world.brakes.release_emergency_stop()
    await held.await_state(lambda s: not s.locks, LONG_S)
    wanted = ["online", "fault", "online"]
    await until(lambda: [b["state"] for b in bodies_of(house, "rig.changed") if b["rig"] == "brake-1"] == wanted)


async def test_an_item_that_turns_out_not_to_be_measurable_while_the_lane_waits_for_it(house):
    """Nobody is at the wheel: the lane waits for the axle, and the driver says that it cannot be measured."""
    story = await Story(house).begin()
    await story.enter()
    await story.prompted("drive_on")
    for item in ("B1", "B2", "B0"):
        await story.driver.skip_item(story.serial, item, "rig_cannot_take_vehicle")
    inspection = await story.brakes_done()
    assert not inspection.runs
    assert inspection.item("BV").outcome in (Outcome.UNKNOWN, Outcome.INVALID)
    await story.driver.await_state(lambda s: bay(s).serial is None, LONG_S)
    assert safe(house)


async def test_the_driver_is_told_why_and_what_to_do(house):
    story = await Story(house).begin()
    await story.hands()
    said = []
    story.driver.on_prompt(lambda prompt: said.append(prompt))
    await story.enter()
    await story.at("brake")
    assert await refusal(story.driver.skip_item(story.serial, "B1", "cannot_be_measured")) == "running"
    await story.at("brake")
    house.world.brakes.drive_off(anyway=True)
    await story.done("B1")
    repeat = next(prompt for prompt in said if prompt.target.get("reason") == "wheel_lost")
    assert repeat.code == "repeat"
    assert repeat.detail.en == "a wheel left the rollers"
    after = [prompt.code for prompt in said[said.index(repeat) :]]
    assert after.index("press_slowly") < after.index("release")
    assert story.runs("B1") == [("B1", "voided", "wheel_lost"), ("B1", "finished", None)]


@pytest.mark.parametrize("speed", [30.0])
async def test_the_probe_is_asked_back_before_the_exhaust_bay_is_free(house):
    story = await Story(house).begin()
    await story.hands()
    operator = await house.handheld("handheld-02", "1004")
    said = []
    operator.on_prompt(lambda prompt: said.append((prompt.code, prompt.serial)))
    await operator.start_stage(story.serial, "exhaust")
    await operator.await_inspection(story.serial, lambda s: s.inspection.stage("exhaust").finished_at, 4 * LONG_S)
    await operator.await_state(lambda s: all(b.serial is None for b in s.bays), LONG_S)
    ours = [code for code, serial in said if serial == story.serial]
    assert ours[-1] == "remove_probe"
    assert not house.world.gas.pump_on
    inspection = story.stored
    assert inspection.item("PF").outcome is Outcome.PASS
    checks = {b["check"]: b["passed"] for b in bodies_of(house, "rig.checked") if b["rig"] == "gas-1"}
    assert checks["leak_test"] is True
    assert checks["zero"] is True
