"""What the tests of a whole station tell: a car that comes, a lane at a certain point, what the ledger says."""

import asyncio
import json

import pytest

from sim.identity import vin_of
from sim.people import vehicle_data
from sim.vehicle import healthy
from station.bus import messages as m
from station.bus.commands import CommandRefusedError
from station.ledger.verify import verify_database
from station.model.canonical import sha256_hex
from station.store import read

BAY = "brake-bay"
LONG_S = 500.0
"""Station seconds; the test's own timeout ends a wait in vain."""
OF_A_SLOW_MACHINE = {"samples_lost", "watchdog"}
"""Why a run is void when a busy machine holds up a clock that runs fast: not what these tests are about."""


class Story:
    """One registered car and the people around it; nobody sits in it until ``hands`` are asked for."""

    def __init__(self, house):
        self.house = house

    async def begin(self, seed=3, plate=""):
        self.desk = await self.house.handheld("desk-1", "1001")
        self.driver = await self.house.handheld("handheld-01", "1003")
        self.car = healthy(seed, plate)
        self.serial = await self.register(self.car)
        return self

    async def register(self, car):
        self.house.world.register(car)
        serial = await self.desk.arrive()
        await self.desk.register(serial, car.plate, vin_of(car.seed), vehicle_data(car))
        await self.driver.await_inspection(serial, lambda s: s.inspection.vehicle is not None, LONG_S)
        return serial

    async def look(self, inspector):
        """The appearance inspector passes everything; there is no office here, so its word for a photo is put in."""
        office = await self.house.handheld("office")
        await inspector.await_inspection(self.serial, lambda s: s.inspection.stage("appearance").started_at, LONG_S)
        for item in inspector.inspections[self.serial].inspection.open_items("appearance"):
            points = await inspector.await_points(self.serial, item.code)
            found = [await self.passed(office, point) for point in points]
            await inspector.record_checklist(self.serial, item.code, found)

    async def passed(self, office, point):
        if not point.photo:
            return m.PointFound(point=point.id, outcome="pass")
        digest = sha256_hex(f"{self.serial} {point.id}".encode())
        about = {"serial": self.serial, "item": point.item, "point": point.id, "sha256": digest, "staff": "1002"}
        await office.ask(m.PhotoKeep(**about, size=1000, media="image/jpeg", client="handheld-02"))
        return m.PointFound(point=point.id, outcome="pass", photos=(digest,))

    async def hands(self):
        """Somebody sits in the car, and does what the lane says."""
        self.bodies = await self.house.bodies()
        return self.bodies

    async def enter(self):
        await self.driver.start_stage(self.serial, "brake")

    async def at(self, phase, item=None):
        """Wait until the brake bay is in a phase (of an item)."""
        await self.driver.await_state(
            lambda s: bay(s).phase == phase and item in (None, bay(s).item) and (phase != "brake" or bay(s).run), LONG_S
        )

    async def prompted(self, code):
        return await self.driver.await_prompt("safety-1", lambda p: p.code == code, LONG_S)

    async def done(self, *items):
        """Wait until these items are done and return the inspection."""
        return await self.seen(lambda i: all(i.item(item).state == "done" for item in items))

    async def brakes_done(self):
        return await self.seen(lambda i: i.stage("brake").finished_at)

    async def seen(self, predicate):
        snapshot = await self.driver.await_inspection(self.serial, lambda s: bool(predicate(s.inspection)), LONG_S)
        return snapshot.inspection

    @property
    def stored(self):
        return read.inspection(self.house.engine, self.serial)

    def runs(self, item=None):
        told = [(r.item, r.state, r.reason) for r in self.stored.runs if item in (None, r.item)]
        return [run for run in told if run[2] not in OF_A_SLOW_MACHINE]

    async def foot_is_down(self):
        """Wait until the pedal is pressed so far that the run will end by itself."""
        rig = self.house.world.brakes
        await until(lambda: sum(force or 0 for force in rig.history[-1][1:]) > 2000)


def bay(state):
    return next(b for b in state.bays if b.bay == BAY)


def events(house, *kinds):
    return [e for e in read.events_since(house.engine, 0, 100_000) if not kinds or e.kind in kinds]


def bodies_of(house, kind):
    return [json.loads(event.body) for event in events(house, kind)]


def verified(house):
    """Whether the whole chain is in order."""
    return verify_database(house.engine).ok


async def refusal(work):
    """The code with which the line refuses."""
    with pytest.raises(CommandRefusedError) as refused:
        await work
    assert "{" not in refused.value.reply.text.zh
    return refused.value.reply.code


async def until(condition, what="it"):
    """Wait for what only the test can see; the test's own timeout ends a wait in vain."""
    while not condition():
        await asyncio.sleep(0.01)


def safe(house):
    return not house.world.brakes.motors_on and house.world.brakes.lift_up


def command(body, id_="command-0001", epoch=None):
    return m.Command(id=id_, kind=body.kind, epoch=epoch, body=body.model_dump(mode="json"))


def reply_to(client, command_id):
    """Return what will hold the line's reply to a command of this client."""
    waiting = asyncio.get_running_loop().create_future()

    def replied(topic, payload):
        reply = m.Reply.model_validate_json(payload)
        if reply.id == command_id and not waiting.done():
            waiting.set_result(reply)

    client._link.subscribe(client.topics.reply(client._client), replied)
    return waiting


async def send(client, sent, times=1):
    """Send one command as it is, once the line is there, and return the reply."""
    await client.await_state(lambda state: state.online, LONG_S)
    waiting = reply_to(client, sent.id)
    for _ in range(times):
        client._link.publish(client.topics.command(client._client), sent.to_bytes(), qos=1)
    return await waiting
