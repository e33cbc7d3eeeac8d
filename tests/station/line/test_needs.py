"""What a registration is refused for before anything is planned."""

from datetime import UTC, datetime

import pytest

from station.line.case import Refusal
from tests.station.line.room import CONFIG, Room, vehicle


def refusal(room, **facts):
    body = room.registration(room.arrived(), vehicle=vehicle(**facts))
    with pytest.raises(Refusal) as refused:
        room.decide("anna", body)
    assert "{" not in refused.value.text.zh + refused.value.text.en
    return refused.value


@pytest.fixture
def room():
    return Room(f'{CONFIG}[rules]\nelsewhere = ["L2", "L3", "L4", "M1", "Z1", "A1", "LD", "PF"]\n')


def test_a_computer_that_lost_its_date_registers_nothing(room):
    room.now = datetime(2018, 6, 1, tzinfo=UTC)
    refused = refusal(room)
    assert refused.code == "pack_not_yet"
    assert "2018-06-01" in refused.text.zh


@pytest.mark.parametrize("fuel", ["", "X", "a", "AX"])
def test_a_fuel_that_no_table_has_is_refused(room, fuel):
    assert refusal(room, fuel=fuel).code == "fuel_code"


@pytest.mark.parametrize(("fuel", "item"), [("Z", True), ("A", True), ("C", False), ("P", False), ("Y", False)])
def test_only_what_does_not_burn_has_no_exhaust_test(fuel, item):
    room = Room()
    found = room.hall.inspections[room.registered(vehicle=vehicle(fuel=fuel))]
    assert ("PF" in found.attempts[0].plan) == item


def test_more_axles_than_the_pack_has_items_for_are_refused(room):
    refused = refusal(room, vehicle_type="K11", axles=6, steered_axles=1, parking_axles=(2,))
    assert refused.code == "too_many_axles"
    assert "6 轴" in refused.text.zh


COACH = {"vehicle_type": "K11", "axles": 3, "steered_axles": 1, "persons": 50, "total_mass_kg": 18_000}


def test_of_three_axles_the_desk_asks_which_ones_the_parking_brake_holds(room):
    refused = refusal(room, **COACH)
    assert refused.body == {"missing": ["parking_axles"]}
    assert "驻车制动作用的车轴" in refused.text.zh
    assert room.registered(vehicle=vehicle(**COACH, parking_axles=(2,)))


def test_a_parking_brake_on_several_axles_cannot_be_measured_here_yet(room):
    refused = refusal(room, **COACH, parking_axles=(2, 3))
    assert refused.code == "items_not_here"
    assert "B0" in refused.text.en
