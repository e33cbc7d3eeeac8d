"""Whom simulated people leave to a human, and which car a human's papers make."""

from dataclasses import replace

import pytest

from sim.shift import HURRIED, Shift
from sim.vehicle import Kind, dirty_exhaust, for_plate, healthy, repaired
from sim.world import World
from station.bus.clock import Clock
from station.bus.messages import InspectionSnapshot
from station.model.inspection import AttemptRecord, Inspection, StageRecord, State
from station.model.text import Text
from station.model.vehicle import Vehicle

AT = "2026-11-22T08:00:00.000000Z"
PAPERS = Vehicle(plate_type="02", vehicle_type="K33", use_character="A", fuel="A", electronic_parking_brake=False)


def snapshot(plate, vehicle=PAPERS, desk="sim-02", attempts=1, state=State.IN_PROGRESS, failed=False):
    inspection = Inspection(
        serial="test-20261122-0001",
        state=state,
        keys_taken_at=AT,
        vehicle=vehicle,
        stages=(StageRecord(stage="desk", attempt=1, waiting_at=AT, bay=desk),),
        attempts=tuple(AttemptRecord(number=number, plan=("F1",)) for number in range(1, attempts + 1)),
        items=({"code": "F1", "attempt": 1, "state": "done", "outcome": "fail" if failed else "pass"},),
        last_seq=1,
    )
    return InspectionSnapshot(serial="1", plate=plate, vin="", inspection=inspection, waiting_for=Text(zh="", en=""))


@pytest.fixture
def shift():
    return Shift(World(Clock()), Clock(), HURRIED, at_most=2, hands_off=frozenset({"desk-1"}))


def test_a_simulated_car_is_what_was_registered_in_the_world(shift):
    car = dirty_exhaust(1, "浙A10001")
    shift.world.register(car)
    assert shift.car_of(snapshot(car.plate, PAPERS.model_copy(update={"fuel": "C"}))) is car


@pytest.mark.parametrize("kind", [Kind("B"), Kind("A", "4"), Kind("C", electronic_parking=True)])
def test_a_humans_car_is_what_the_papers_say(shift, kind):
    papers = PAPERS.model_copy(
        update={
            "fuel": kind.fuel,
            "lamp_system": kind.lamp_system,
            "electronic_parking_brake": kind.electronic_parking,
        }
    )
    car = shift.car_of(snapshot("浙A10002", papers, desk="desk-1"))
    assert car == for_plate("浙A10002", kind)
    assert shift.world.car("浙A10002") == car


def test_a_humans_car_that_comes_back_was_in_the_workshop(shift):
    shift.world.register(dirty_exhaust(1, "浙A10003"))
    car = shift.car_of(snapshot("浙A10003", desk="desk-1", attempts=2))
    assert car == repaired(dirty_exhaust(1, "浙A10003")) == shift.world.car("浙A10003")


def test_room(shift):
    mine, humans = snapshot("浙A10004"), snapshot("浙A10005", desk="desk-1")
    assert shift.has_room([])
    assert shift.has_room([mine])
    assert not shift.has_room([mine, mine])
    assert not shift.has_room([humans])
    assert shift.has_room([snapshot("浙A10005", desk="desk-1", state=State.REPORTED)])


def test_who_comes_back(shift):
    car = healthy(1, "浙A10006")
    shift.world.register(car)
    failed = snapshot(car.plate, failed=True, state=State.REPORTED)
    assert shift.comes_back(failed)
    assert not shift.comes_back(snapshot(car.plate, state=State.REPORTED))
    assert not shift.comes_back(snapshot(car.plate, failed=True, attempts=2, state=State.REPORTED))
    shift.world.register(replace(car, comes_back=False))
    assert not shift.comes_back(failed)
    shift.world.register(car)
    shift.returns = False
    assert not shift.comes_back(failed)
