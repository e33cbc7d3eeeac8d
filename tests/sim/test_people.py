"""People with handhelds: check-lists with photos, the stages of their roles, and the bays they choose."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from PIL import Image

from handheld.client import Handheld
from sim.findings import BAD_TYRE, OIL_LEAK, Finding
from sim.inspecting import defects_at
from sim.people import HURRIED, Job, Shift, Worker
from sim.photos import photo_of
from sim.vehicle import bad_tyre, diesel, dim_lamp, electric, healthy, oil_leak
from sim.world import World
from station.bus.clock import Clock
from station.bus.messages import CatalogueDefect, CataloguePoint
from station.ledger.journal import Ledger
from station.line.packs import load_pack
from station.model import facts
from station.model.canonical import sha256_hex
from station.model.text import Text
from station.store.database import open_database
from tests.handheld.offices import RealOffice
from tests.handheld.peer import LinePeer

NAME = Text(zh="点", en="point")
STAFF = {"appearance": ("1002", "1357"), "pit": ("1005", "1212"), "driver": ("1001", "2468")}


def point(id_, *codes, item="F1"):
    defects = tuple(CatalogueDefect(code=code, name=NAME) for code in codes)
    return CataloguePoint(id=id_, item=item, group="exterior", number="", name=NAME, defects=defects)


# ---- what is written down


def test_a_finding_goes_to_its_own_point():
    points = (point("body", "rust"), point("tyres", "cut_or_bulge", "tread_worn"), point("c1_leaks", "x", item="C1"))
    (defect,) = defects_at(points, [BAD_TYRE])["tyres"]
    assert (defect.code, defect.location, defect.note) == ("tread_worn", "front_left", "花纹深度 0.9 mm")


def test_a_catalogue_without_it_has_another_place_for_it():
    points = (point("nothing"), point("body", "rust"), point("c1", "drip", item="C1"))
    assert defects_at(points, [BAD_TYRE])["body"][0].code == "rust"
    assert defects_at(points, [OIL_LEAK])["c1"][0].code == "drip"
    assert defects_at(points[:1], [BAD_TYRE]) == {}


def test_two_findings_at_one_point():
    other = Finding("F1", "tyres", "cut", "rear_left", "")
    found = defects_at((point("tyres", "tread_worn", "cut"),), [BAD_TYRE, other])
    assert [defect.code for defect in found["tyres"]] == ["tread_worn", "cut"]


@pytest.mark.parametrize("finding", [BAD_TYRE, OIL_LEAK])
def test_the_packs_catalogue_has_the_findings(finding):
    (entry,) = [entry for entry in load_pack("cn-gb38900-2020").points if entry.id == finding.point]
    assert entry.item == finding.item
    assert finding.defect in {defect.code for defect in entry.defects}


def test_a_photo_is_a_picture_of_its_own():
    data = photo_of("demo-20261122-0001", "tyres")
    assert data == photo_of("demo-20261122-0001", "tyres")
    assert data != photo_of("demo-20261122-0002", "tyres")
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size) == ("JPEG", (640, 480))
    assert len(data) < 60_000


# ---- at work


@dataclass
class Station:
    """A line that writes a real ledger, the real office, and people."""

    broker: object
    line: LinePeer
    office: RealOffice
    shift: Shift
    held: list = field(default_factory=list)
    tasks: list = field(default_factory=list)

    def comes(self, number, car, *items):
        self.shift.world.register(car)
        return self.line.car(number, car.plate, items)

    async def worker(self, role):
        """Return somebody who is logged in and sees the board: cars come after that."""
        if role != "driver":  # who may have photos to hand in
            await self.office.start()
        client = f"sim-0{len(self.held) + 1}"
        held = Handheld(
            self.broker.url, "test", self.broker.account(client), self.shift.clock, office_url=self.office.origin
        )
        self.held.append(held)
        await held.start()
        await held.log_in(*STAFF[role])
        await held.await_state(lambda state: held.catalogue is not None, 300)
        return Worker(self.shift, held, Job(*STAFF[role], role, client))

    def works(self, worker):
        self.tasks.append(asyncio.create_task(self._work(worker)))

    async def _work(self, worker):
        while True:
            await self.shift.clock.sleep(0.0 if await worker._once() else 1.0)

    async def until(self, condition):
        """Wait for what only the line can show; somebody who breaks down at work ends a wait at once."""
        while not condition():
            for task in self.tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(0.01)

    def finished(self, serial, stage):
        record = self.line.inspections[serial].stage(stage)
        return record is not None and record.finished_at is not None

    async def close(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for held in self.held:
            await held.stop()


@pytest.fixture
async def station(own_broker, tmp_path) -> AsyncIterator[Station]:
    url = f"sqlite:///{tmp_path / 'station.sqlite'}"
    engine, clock = open_database(url, station="test"), Clock(speed=10)
    ledger = Ledger.open(engine, clock, boot_id="boot-1")
    line, office = LinePeer(own_broker, ledger), RealOffice(own_broker, tmp_path, url)
    await line.start()
    one = Station(own_broker, line, office, Shift(World(clock), clock, HURRIED))
    yield one
    await one.close()
    await office.stop()
    await line.stop()
    ledger.close()
    engine.dispose()


async def test_an_inspector_goes_through_the_lists_with_photos(station):
    station.works(await station.worker("appearance"))
    bad = station.comes(1, bad_tyre(1, "浙A10001"), "UC", "F1")
    good = station.comes(2, healthy(2, "浙A10002"), "UC", "F1")
    await station.until(lambda: station.finished(bad, "appearance") and station.finished(good, "appearance"))
    found, fine = station.line.inspections[bad], station.line.inspections[good]
    assert [found.item(code).outcome for code in ("UC", "F1")] == ["pass", "fail"]
    assert [fine.item(code).outcome for code in ("UC", "F1")] == ["pass", "pass"]
    (failed,) = [point for point in found.checklist("F1").results if point.outcome == "fail"]
    assert failed.defects[0].location == "front_left"
    assert failed.photos == (sha256_hex(photo_of(bad, failed.point)),)
    assert {photo.point for photo in fine.photos} == {"UC-03", "F1-16"}


async def test_what_was_begun_is_finished_when_an_answer_got_lost(station):
    worker = await station.worker("appearance")
    serial = station.comes(1, healthy(1, "浙A10001"), "UC", "F1")
    await worker.handheld.await_inspection(serial, lambda s: s.inspection.checklist("F1") is not None)
    await worker.handheld.start_stage(serial, "appearance")
    await worker.handheld.await_inspection(serial, lambda s: s.inspection.working is not None)
    assert await worker._once()
    assert station.finished(serial, "appearance")
    assert not await worker._once()


async def test_the_pit_inspector_sees_the_leak(station):
    station.works(await station.worker("pit"))
    serial = station.comes(1, oil_leak(1, "浙A10001"), "C1")
    await station.until(lambda: station.finished(serial, "underbody"))
    assert station.line.inspections[serial].item("C1").outcome == "fail"


async def test_a_driver_does_the_dynamic_check_and_takes_cars_to_brakes_and_lamps(station):
    station.works(await station.worker("driver"))
    checked = station.comes(1, healthy(1, "浙A10001"), "DC")
    lit = station.comes(2, dim_lamp(2, "浙A10002"), "H4", "H1")
    braked = station.comes(3, electric(3), "B1", "B2")
    await station.until(lambda: station.finished(checked, "chassis"))
    await station.until(lambda: station.line.inspections[lit].working)
    await station.until(lambda: station.line.inspections[braked].working)
    assert station.line.inspections[lit].working.stage == "lamps"
    assert station.line.inspections[braked].working.stage == "brake"


async def test_the_bay_must_have_the_rig_that_the_car_needs(station):
    worker = await station.worker("driver")
    petrol = station.comes(1, healthy(1, "浙A10001"), "PF")
    waits = station.comes(2, healthy(2, "浙A10002"), "PF")
    smoke = station.comes(3, diesel(3, "浙A10003"), "FA")
    snapshots = [
        await worker.handheld.await_inspection(serial, lambda s: bool(s.inspection.open_items("exhaust")))
        for serial in (petrol, waits, smoke)
    ]
    await worker.handheld.await_state(lambda s: len(s.queue["exhaust"]) == 3)
    assert [worker._has_place(one, "exhaust") for one in snapshots] == [True, True, True]
    station.line.fact(petrol, facts.StageStarted(stage="exhaust", attempt=1, bay="exhaust-1"))
    await worker.handheld.await_state(lambda s: any(bay.serial == petrol for bay in s.bays))
    assert [worker._has_place(one, "exhaust") for one in snapshots[1:]] == [False, True]
    assert worker._has_place(snapshots[1], "chassis")
    assert not worker._has_place(snapshots[0], "chassis")
