"""The line's present: serial numbers, sessions, who is here and what is forgotten."""

from datetime import UTC, datetime, timedelta

from room import Room, event

from station.bus import messages as m
from station.model import facts


def test_serials_run_by_local_day(room):
    assert room.arrived() == "t-1-20261122-0001"
    assert room.arrived() == "t-1-20261122-0002"
    room.now = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai
    assert room.arrived() == "t-1-20261123-0001"


def test_a_serial_whose_event_was_not_stored_is_given_next(room):
    first = room.decide("anna", m.ArrivalOpen()).body["serial"]
    assert room.arrived() == first


def test_no_serial_is_used_again_after_a_restart(room):
    for _ in range(3):
        room.arrived()
    again = Room()
    for serial in ("t-1-20261122-0003", "t-1-20261122-0001"):  # in any order
        again.hall.count_serial(serial)
    assert again.arrived() == "t-1-20261122-0004"


def test_a_cancelled_arrival_keeps_its_number(room):
    serial = room.arrived()
    room.do("anna", m.ArrivalCancel(serial=serial))
    assert room.arrived() != serial
    assert [i.serial for i in room.hall.present()] == ["t-1-20261122-0002"]


def test_more_than_ten_thousand_a_day_still_count(room):
    room.hall.count_serial("t-1-20261122-9999")
    assert room.arrived() == "t-1-20261122-10000"
    assert room.arrived() == "t-1-20261122-10001"


def test_a_log_in_replaces_the_one_before_and_a_log_out_ends_it(room):
    opened = facts.SessionOpened(client="h-1", staff="dan", token_sha256="0" * 64)
    room.hall.take([event(opened)])
    assert room.hall.sessions["h-1"].roles == {"driver"}
    room.hall.take([event(facts.SessionOpened(client="h-1", staff="eve", token_sha256="1" * 64))])
    assert room.hall.sessions["h-1"].staff == "eve"
    room.hall.take([event(facts.SessionClosed(client="h-1", staff="eve"))])
    assert "h-1" not in room.hall.sessions


def test_who_left_is_forgotten_and_the_day_still_counts_them(room):
    gone, here = room.reported(), room.registered("京B22222")
    room.do("anna", m.KeysReturn(serial=gone))
    room.hall.forget_departed(room.now)
    assert gone in room.hall.inspections
    assert gone not in room.hall.personal
    assert room.hall.plate(here) == "京B22222"
    room.hall.forget_departed(room.now + timedelta(days=1))
    assert list(room.hall.inspections) == [here]


def test_a_vehicle_is_told_what_it_waits_for(room):
    serial = room.arrived()
    assert "Front desk in progress" in room.hall.waiting_for(room.hall.inspections[serial]).en
    room.do("anna", room.registration(serial))
    assert room.hall.waiting_for(room.hall.inspections[serial]).en == "Waiting: Appearance, Brakes, Headlamps, Exhaust"
    room.do("dan", m.StageStart(serial=serial, stage="brake"))
    assert room.hall.waiting_for(room.hall.inspections[serial]).zh == "制动进行中"
    assert room.hall.inspections[serial].working.stage == "brake"


def test_nothing_is_waited_for_once_the_keys_are_back(room):
    serial = room.reported()
    room.do("anna", m.KeysReturn(serial=serial))
    assert room.hall.waiting_for(room.hall.inspections[serial]).zh == ""


def test_a_bay_takes_only_what_its_rig_measures(room):
    serial = room.registered()
    lamps, brakes = room.hall.bays["lamp-bay"], room.hall.bays["brake-bay"]
    assert room.hall.measures(lamps, serial)
    assert room.hall.measures(brakes, serial)
    brakes.kind = "gas"
    assert not room.hall.measures(brakes, serial)
    brakes.serial = "x"
    assert room.hall.bay_of("x").section.id == "brake-bay"


def test_notes_are_by_item(room):
    room.hall.personal["s"] = {"plate": "京A1", "note.F1": "裂纹"}
    assert room.hall.notes("s") == {"F1": "裂纹"}
