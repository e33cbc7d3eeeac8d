"""The guided tour ticks off what the station shows, and nothing else."""

from sim.vehicle import for_plate
from station.bus.messages import InspectionSnapshot
from station.cli.demo_guide import STEPS, STORIES, Guide, examples
from station.model import facts
from station.model.event import GENESIS, Event
from station.model.identity import parse_plate, parse_vin
from station.model.inspection import Inspection, apply, open_inspection
from station.model.text import Text
from station.model.vehicle import Vehicle
from station.model.verdict import PackRef

PACK = PackRef(name="cn", edition="1", sha256="0" * 64)
REGISTERED = facts.InspectionRegistered(
    vehicle_id="v", vehicle=Vehicle(plate_type="02", vehicle_type="K33", use_character="A", fuel="A"),
    category="in_use", plate_commitment="0" * 64, vin_commitment="0" * 64, owner_commitment=None, plan=("F1",),
    pack=PACK,
)  # fmt: skip
SIGNED = facts.InspectionSigned(attempt=1, report_no="r", conclusion="fail")
ISSUED = facts.ReportIssued(attempt=1, report_no="r", sha256="0" * 64, size=1)
WAY = (REGISTERED, facts.StageWaiting(stage="review", attempt=1), SIGNED, ISSUED)


class Yard:
    """The retained snapshots, as a desk has them."""

    def __init__(self) -> None:
        self.vehicles: dict[str, InspectionSnapshot] = {}
        self.seq = 0

    def happens(self, number: int, body: facts.Body, client: str = "desk-1") -> None:
        self.seq += 1
        serial = f"demo-20261122-{number:04d}"
        event = Event(
            seq=self.seq, boot_id="b", mono_ns=1, at="2026-11-22T01:00:00.000000Z", kind=body.kind, version=1,
            subject=serial, actor="1001", device=client, body=body.model_dump_json(), prev_hash=GENESIS, hash=GENESIS,
        )  # fmt: skip
        before = self.vehicles.get(serial)
        after: Inspection = apply(before.inspection, event) if before else open_inspection(event)
        self.vehicles[serial] = InspectionSnapshot(
            serial=serial, plate=f"浙A{number}", vin="", inspection=after, waiting_for=Text(zh="", en="")
        )

    def leaves(self, number: int) -> None:
        del self.vehicles[f"demo-20261122-{number:04d}"]


def test_steps_tick_off_one_after_another() -> None:
    yard, guide = Yard(), Guide("desk-1")
    ticked = [guide.done(False)]
    yard.happens(1, facts.KeysTaken())
    for body in (None, *WAY):
        if body:
            yard.happens(1, body)
        guide.follow(yard.vehicles)
        ticked.append(guide.done(False))
    yard.leaves(1)
    guide.follow(yard.vehicles)
    ticked.append(guide.done(False))
    assert [sum(done) for done in ticked] == list(range(len(STEPS) + 1))
    assert all(done == tuple(sorted(done, reverse=True)) for done in ticked)
    assert guide.failed


def test_cars_of_simulated_people_and_of_another_desk_are_not_ones_own() -> None:
    yard, guide = Yard(), Guide("desk-1")
    for number, client in enumerate(("sim-02", "desk-2"), 1):
        yard.happens(number, facts.KeysTaken(), client)
        yard.happens(number, REGISTERED, client)
    guide.follow(yard.vehicles)
    assert guide.car is None
    assert guide.done(True) == (True, *(False,) * 5)


def test_a_cancelled_arrival_starts_the_tour_again() -> None:
    yard, guide = Yard(), Guide("desk-1")
    yard.happens(1, facts.KeysTaken())
    guide.follow(yard.vehicles)
    yard.leaves(1)
    guide.follow(yard.vehicles)
    assert guide.car is None
    assert not any(guide.done(False))


def test_a_car_that_vanished_with_the_broker_is_not_taken_for_handed_back() -> None:
    yard, guide = Yard(), Guide("desk-1")
    yard.happens(1, facts.KeysTaken())
    yard.happens(1, REGISTERED)
    guide.follow(yard.vehicles)
    guide.follow({})
    assert sum(guide.done(False)) == 2
    guide.follow(yard.vehicles)
    assert sum(guide.done(False)) == 2


def test_the_next_car_and_the_same_car_back_are_followed() -> None:
    yard, guide = Yard(), Guide("desk-1")
    for body in (facts.KeysTaken(), *WAY):
        yard.happens(1, body)
        guide.follow(yard.vehicles)
    kept = dict(yard.vehicles)
    guide.follow({})
    assert guide.closed
    yard.vehicles = kept
    yard.happens(1, facts.InspectionReturned(attempt=2, items=("F1",)))
    guide.follow(yard.vehicles)
    assert (guide.closed, sum(guide.done(False))) == (False, 2)
    yard.happens(2, facts.KeysTaken())
    guide.follow(yard.vehicles)
    assert guide.car
    assert guide.car.serial.endswith("0002")


def test_examples_are_cars_that_can_be_registered_and_whose_story_is_known() -> None:
    for number, example in enumerate(examples()):
        assert parse_plate(example.plate).number == example.plate
        assert parse_vin(example.vin).warning is None
        assert for_plate(example.plate).story == STORIES[number % len(STORIES)]


def test_no_example_is_offered_twice() -> None:
    yard, guide = Yard(), Guide("desk-1")
    first = guide.example({})
    yard.happens(1, facts.KeysTaken(), "sim-02")
    there = next(iter(yard.vehicles.values())).model_copy(update={"plate": first.plate})
    assert guide.example({there.serial: there}) == examples()[1]
    own = there.model_copy(update={"plate": examples()[1].plate})
    own = own.model_copy(update={"inspection": own.inspection.model_copy(update={"stages": _desk(own)})})
    guide.follow({own.serial: own})
    assert guide.example({there.serial: there}) == examples()[2]


def _desk(snapshot: InspectionSnapshot) -> tuple[object, ...]:
    return tuple(stage.model_copy(update={"bay": "desk-1"}) for stage in snapshot.inspection.stages)
