"""The line ends, in order or by SIGKILL, in the middle of a run: a crash is a restart."""

import asyncio
import shutil
import signal
import sys

from story import LONG_S, Story, bay, bodies_of, command, events, refusal, safe, send, until, verified

from station.bus import messages as m

RUN_LINE = """
import asyncio, sys
from pathlib import Path
from station.line.open import run_line
asyncio.run(run_line(Path(sys.argv[1]), asyncio.Event()))
"""


async def again(house, story):
    """Start a new line and wait until it speaks."""
    await house.start_line()
    state = await story.driver.await_state(lambda s: s.epoch == house.line.hall.epoch and s.online, LONG_S)
    assert safe(house)  # before the first command can have been taken
    return state


async def test_a_line_that_is_stopped_in_the_middle_of_a_run(house):
    story = await Story(house).begin()
    await story.hands()
    await story.enter()
    await story.at("brake")
    await house.end_line()
    assert safe(house)
    assert story.runs() == [("B1", "voided", "line_stopped")]
    await story.driver.await_state(lambda s: not s.online, LONG_S)

    state = await again(house, story)
    assert state.queue["brake"] == (story.serial,)
    assert bay(state).serial is None
    assert [b["reason"] for b in bodies_of(house, "stage.released")] == ["line_restarted"]
    await story.enter()
    await story.done("B1")
    assert story.runs("B1")[1:] == [("B1", "finished", None)]
    assert verified(house)


async def test_an_axle_that_still_stands_on_the_rollers_is_never_taken_for_the_next_one(house):
    story = await Story(house).begin()
    bodies = await story.hands()
    await story.enter()
    await story.at("brake", "B1")
    await story.foot_is_down()
    await bodies.stop()  # nobody drives on: axle 1 stays where it is
    await story.done("B1")
    await house.end_line()
    await again(house, story)
    assert house.world.brakes.vehicle is not None
    await story.enter()
    prompt = await story.prompted("clear_rollers")
    assert prompt.item == "B2"
    await house.clock.sleep(6.0)  # longer than a run takes to begin
    assert story.runs("B2") == []
    assert safe(house)
    # driven off, and on with the right axle
    await story.hands()
    inspection = await story.done("B2")
    loads = {s.channel: s.quantity.value for s in await captured(house, inspection, "B2")}
    axle = story.car.axles[1]
    assert (loads["load_left"], loads["load_right"]) == (axle.left.load_kg, axle.right.load_kg)


async def captured(house, inspection, item):
    return (await house.line.floor.captures(inspection))[item].scalars


async def test_a_line_that_is_killed_in_the_middle_of_a_run(house, tmp_path):
    await house.end_line()
    shutil.copy(house.broker.accounts.path, house.config.accounts_file)
    file = tmp_path / "station.toml"
    file.write_text(house.config_text)
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", RUN_LINE, str(file))
    try:
        story = await Story(house).begin()
        await story.hands()
        await story.enter()
        await story.at("brake")
        old = story.driver.state.epoch
        child.send_signal(signal.SIGKILL)
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()
    assert story.runs() == [("B1", "open", None)]
    await until(lambda: not house.world.brakes.motors_on)  # the rig's own watchdog
    assert not house.world.brakes.lift_up

    state = await again(house, story)
    assert state.epoch != old
    assert story.runs() == [("B1", "voided", "line_restarted")]
    assert state.queue["brake"] == (story.serial,)
    new = events(house)[[e.kind for e in events(house)].index("run.started") + 1 :]
    kinds = [e.kind for e in new]
    assert kinds.index("station.started") < kinds.index("run.voided") < kinds.index("stage.released")
    late = command(m.StageStart(serial=story.serial, stage="brake"), epoch=old)
    assert (await send(story.driver, late)).code == "epoch"
    # who was logged in still is, and the vehicle goes on
    await story.enter()
    await story.done("B1")
    assert verified(house)


async def test_people_and_manual_work_survive_a_restart(house):
    story = await Story(house).begin()
    inspector = await house.handheld("handheld-02", "1002")
    await inspector.start_stage(story.serial, "appearance")
    await house.end_line()
    await again(house, story)
    assert next(b for b in story.driver.state.bays if b.bay == "outside-1").serial == story.serial
    assert await refusal(story.enter()) == "still_in_bay"
    await story.look(inspector)
    await story.seen(lambda i: i.stage("appearance").finished_at)
    assert next(b.serial for b in story.driver.state.bays if b.bay == "outside-1") is None or await freed(story)


async def freed(story):
    return await story.driver.await_state(lambda s: s.bays[0].serial is None, LONG_S)


async def test_a_vehicle_that_left_while_the_broker_was_away_is_taken_off_the_board(house):
    story = await Story(house).begin()
    serial = await story.desk.arrive()
    await story.driver.await_inspection(serial, lambda s: True, LONG_S)
    await house.end_line()
    # what was retained last is from before the end: the vehicle leaves without the line being able to say so
    await house.start_line()
    house.line.link.publish = lambda *args, **more: False
    await until(lambda: serial in house.line.hall.inspections)
    del house.line.link.publish
    await story.desk.cancel_arrival(serial)
    await story.driver.await_gone(serial, LONG_S)
