"""Hands and feet in every bay: what a prompt makes them do depends on the rig that stands there."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from handheld.board import Board
from sim.bodies import Bodies, kind_of_bay
from sim.days import day_of
from sim.vehicle import diesel, healthy
from sim.world import World
from station.bus.clock import Clock
from station.model.text import Text
from tests.handheld.peer import LinePeer

NOTHING = Text(zh="", en="")
BAYS = {"brake-1": "lane-1", "exhaust-1": "lane-2", "lamps-1": "lane-3", "exhaust-2": "lane-4"}


@dataclass
class Hall:
    """A line that only says prompts, the bodies that see them, and the world that they move."""

    line: LinePeer
    world: World
    bodies: Bodies

    def say(self, bay, plate, code, **target):
        serial = f"test-20261122-{len(self.line.plates) + 1:04d}" if plate else None
        self.line.plates[serial or ""] = plate
        self.line.prompt(BAYS[bay], bay, serial, code, NOTHING, target=target)

    async def until(self, condition):
        """Wait for what only the world can show; the test's own timeout ends a wait in vain."""
        while not condition():
            await asyncio.sleep(0.005)


@pytest.fixture
async def hall(own_broker) -> AsyncIterator[Hall]:
    clock = Clock(speed=20)
    line, world = LinePeer(own_broker), World(clock, gas_warm=True, gas_paced=False)
    await line.start()
    watch = Board(own_broker.url, "test", own_broker.account("sim-01"), clock)
    await watch.start()
    bodies = Bodies(world, watch, clock, reaction_s=0.1)
    yield Hall(line, world, bodies)
    await bodies.stop()
    await watch.stop()
    await line.stop()


async def test_headlamps(hall):
    car, lamps = healthy(1, "浙A10001"), hall.world.lamps
    hall.world.register(car)
    hall.say("lamps-1", car.plate, "lamp_position")
    await hall.until(lambda: lamps.lamps == car.lamps)
    hall.say("lamps-1", car.plate, "lamps_on_high", side="left")
    await hall.until(lambda: lamps.beam == "high")
    hall.say("lamps-1", car.plate, "lamps_on_low", side="left")
    await hall.until(lambda: lamps.beam == "low")
    hall.say("lamps-1", car.plate, "lamp_wait")
    hall.say("lamps-1", car.plate, "drive_off")
    await hall.until(lambda: lamps.lamps is None)
    # Who sits down late has the car there all the same, and nobody is left behind in a bay that is free.
    hall.say("lamps-1", car.plate, "lamps_on_high", side="left")
    await hall.until(lambda: lamps.beam == "high")
    hall.say("lamps-1", None, "free")
    await hall.until(lambda: lamps.lamps is None)


async def test_free_acceleration(hall):
    car, smoke = diesel(1, "浙A10002"), hall.world.smoke
    hall.world.register(car)
    hall.say("exhaust-2", car.plate, "warm_engine")
    await hall.until(lambda: smoke.engine and smoke.engine.speed_per_min > 1500)
    assert smoke.engine is hall.world.diesel(car.plate)
    hall.say("exhaust-2", car.plate, "insert_probe")
    await hall.until(lambda: smoke._bench.dilution == 0.0 and smoke.engine.speed_per_min < 1000)
    hall.say("exhaust-2", car.plate, "accelerate", number="1", of="6")
    await hall.until(lambda: smoke.engine.speed_per_min > 0.99 * car.engine.cut_off_per_min)
    hall.say("exhaust-2", car.plate, "release_pedal")
    await hall.until(lambda: smoke.engine.speed_per_min < 1000)
    hall.say("exhaust-2", car.plate, "accelerate")
    await hall.until(lambda: smoke.engine.speed_per_min > 2000)
    hall.say("exhaust-2", car.plate, "idle")
    await hall.until(lambda: smoke.engine.speed_per_min < 1000)
    engine = smoke.engine
    hall.say("exhaust-2", car.plate, "accelerate")
    await hall.until(lambda: engine._motion.pedal == 1.0)
    hall.say("exhaust-2", car.plate, "remove_probe")
    await hall.until(lambda: smoke.engine is None)
    assert (engine._motion.pedal, smoke._bench.dilution) == (0.0, None)


async def test_the_same_words_mean_another_rig_in_another_bay(hall):
    petrol, oil = healthy(1, "浙A10003"), diesel(2, "浙A10004")
    hall.world.register(petrol)
    hall.world.register(oil)
    hall.say("exhaust-1", petrol.plate, "insert_probe")
    hall.say("exhaust-2", oil.plate, "insert_probe")
    await hall.until(lambda: hall.world.gas.engine and hall.world.smoke.engine)
    assert hall.world.gas.engine is hall.world.engine(petrol.plate)
    assert hall.world.smoke.engine is hall.world.diesel(oil.plate)
    hall.say("exhaust-1", petrol.plate, "hold_speed", speed="3850")
    await hall.until(lambda: hall.world.gas.engine.speed_per_min > 3500)
    hall.say("exhaust-2", None, "free")
    await hall.until(lambda: hall.world.smoke.engine is None)
    assert hall.world.gas.engine is not None
    hall.say("exhaust-1", petrol.plate, "remove_probe")
    await hall.until(lambda: hall.world.gas.engine is None)


async def test_brakes(hall):
    car, rig = healthy(1, "浙A10005"), hall.world.brakes
    hall.world.register(car)
    hall.say("brake-1", car.plate, "drive_on", axle="2")
    await hall.until(lambda: rig.vehicle is car)
    hall.say("brake-1", car.plate, "press_slowly")
    await hall.until(lambda: rig._bay.pedal._target == 1.0)
    hall.say("brake-1", car.plate, "pull_lever_slowly")
    await hall.until(lambda: rig._bay.lever._target == 1.0)
    hall.say("brake-1", car.plate, "release")
    await hall.until(lambda: (rig._bay.pedal._target, rig._bay.lever._target) == (0.0, 0.0))


async def test_a_car_of_another_kind_is_no_reason_to_stop(hall, caplog):
    petrol, oil = healthy(1, "浙A10006"), diesel(2, "浙A10007")
    hall.world.register(petrol)
    hall.world.register(oil)
    hall.say("exhaust-2", petrol.plate, "insert_probe")
    hall.say("exhaust-2", oil.plate, "insert_probe")
    await hall.until(lambda: hall.world.smoke.engine)
    assert "no diesel engine" in caplog.text


async def test_kinds_of_bays(hall):
    state = hall.line.state()
    kinds = [kind_of_bay(state, bay) for bay in (*BAYS, "outside-1", "nowhere")]
    assert kinds == ["brake", "gas", "lamp", "smoke", None, None]
    assert kind_of_bay(None, "brake-1") is None


def test_every_car_of_a_day_can_be_driven_to_every_rig_that_it_needs():
    world = World(Clock())
    for car in day_of(3):
        world.register(car)
        assert world.car(car.plate) is car
        if car.kind.fuel == "A":
            assert world.engine(car.plate) is world.engine(car.plate)
        if car.kind.fuel == "B":
            assert world.diesel(car.plate) is world.diesel(car.plate)
