"""Official mode, and items that another station does."""

import pytest

from station.bus import messages as m
from station.line.case import Refusal
from station.model import facts
from station.model.verdict import ItemVerdict, Outcome
from tests.station.line.room import CONFIG, PACK, Room, vehicle


def at_review(rules, confirmed):
    room = Room(f"{CONFIG}[rules]\n{rules}\n")
    for name in room.hall.staff:
        room.log_in(name)
    serial = room.inspected()
    waiting = () if confirmed else ("limit rate-front",)
    verdict = ItemVerdict(item="B1", outcome=Outcome.PASS, quantities=(), pack=PACK.ref, unconfirmed=waiting)
    room.say(serial, facts.ItemJudged(attempt=1, verdict=verdict))
    return room, serial


@pytest.mark.parametrize(("official", "confirmed"), [("true", True), ("false", False), ("false", True)])
def test_a_report_is_signed_on_confirmed_values_or_where_nobody_asks_for_them(official, confirmed):
    room, serial = at_review(f"official = {official}", confirmed)
    assert room.do("sam", m.ReviewSign(serial=serial)).body["conclusion"] == "pass"


def test_official_mode_refuses_to_sign_under_a_value_that_is_not_confirmed_and_names_it():
    room, serial = at_review("official = true", confirmed=False)
    with pytest.raises(Refusal) as refused:
        room.decide("sam", m.ReviewSign(serial=serial))
    assert refused.value.code == "unconfirmed"
    assert "B1: limit rate-front" in refused.value.text.en
    assert "1 个判定值" in refused.value.text.zh


def test_what_another_station_does_is_not_planned_and_asks_nothing():
    here, left = Room(), Room(f'{CONFIG}[rules]\nelsewhere = ["B0", "PF"]\naltitude_m = 1900\n')
    unknown = vehicle(electronic_parking_brake=None)
    assert here.refused("anna", here.registration(here.arrived(), vehicle=unknown)) == "missing_facts"
    serial = left.registered(vehicle=unknown)
    found = left.hall.inspections[serial]
    assert found.elsewhere == ("B0", "PF")
    assert not {"B0", "PF"} & set(found.attempts[0].plan)
    assert found.circumstances.altitude_m == 1900


def test_the_choices_of_the_local_authority_are_recorded_with_each_vehicle():
    room = Room()
    room.hall.pack = PACK.with_settings({"limit_set": "b"})
    found = room.hall.inspections[room.registered()]
    assert found.settings["limit_set"] == "b"
    assert found.settings.keys() == {setting.id for setting in PACK.settings}


def test_a_vehicle_that_needs_what_nobody_here_can_measure_is_not_registered():
    heavy = vehicle(
        vehicle_type="H11",
        fuel="B",
        total_mass_kg=25_000,
        curb_mass_kg=9_000,
        axles=3,
        steered_axles=1,
        parking_axles=(2,),
        rated_speed_per_min=2_200,
    )
    room = Room()
    assert room.refused("anna", room.registration(room.arrived(), vehicle=heavy)) == "items_not_here"
