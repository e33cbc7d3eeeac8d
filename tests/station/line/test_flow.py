"""What follows from what."""

from room import judged

from station.bus import messages as m
from station.line import flow
from station.model.facts import InspectionSentBack, ItemRecorded, RunStarted, RunVoided
from station.model.verdict import Outcome


def run(number, item="B1"):
    about = {"run": f"run-{number}", "item": item, "attempt": 1, "bay": "brake-bay", "rig": "brake-1"}
    return RunStarted(**about, profile="p", profile_sha256="0" * 64)


def at_the_brakes(room):
    serial = room.registered()
    room.do("dan", m.StageStart(serial=serial, stage="brake"))
    return serial, lambda *bodies: flow.preview(room.hall.inspections[serial], *bodies)


def test_what_a_rig_still_has_to_measure_is_in_the_plans_order_and_never_the_derived_rate(room):
    serial, then = at_the_brakes(room)
    plan = room.hall.inspections[serial].attempts[0].plan
    wanted = tuple(code for code in plan if code in ("B1", "B2", "B0"))
    assert flow.to_measure(then(), "brake", 1) == wanted
    assert flow.to_measure(then(judged("B1", 1, Outcome.FAIL)), "brake", 1) == wanted[1:]


def test_an_invalid_measurement_is_repeated_as_often_as_the_station_wants(room):
    _, then = at_the_brakes(room)
    invalid = judged("B1", 1, Outcome.INVALID)
    assert "B1" in flow.to_measure(then(run(1), invalid), "brake", 1)
    assert "B1" not in flow.to_measure(then(run(1), invalid), "brake", 0)
    assert "B1" not in flow.to_measure(then(run(1), invalid, run(2), invalid), "brake", 1)


def test_a_void_run_does_not_use_up_a_repeat(room):
    _, then = at_the_brakes(room)
    void = RunVoided(run="run-1", item="B1", reason="wheel_lost")
    assert "B1" in flow.to_measure(then(run(1), void), "brake", 0)
    assert "B1" in flow.to_measure(then(run(1), void, run(2), judged("B1", 1, Outcome.INVALID)), "brake", 1)


def test_an_item_that_a_person_has_skipped_is_not_repeated(room):
    _, then = at_the_brakes(room)
    given = {"item": "B0", "attempt": 1, "reason": "cannot_be_measured", "note_commitment": None}
    assert "B0" not in flow.to_measure(then(ItemRecorded(**given, outcome=Outcome.UNKNOWN)), "brake", 1)


def test_the_whole_vehicles_rate_is_due_after_the_last_axle(room):
    _, then = at_the_brakes(room)
    first, second = judged("B1", 1, Outcome.PASS), judged("B2", 1, Outcome.INVALID)
    assert not flow.needs_whole_vehicle(then(first), 1)
    assert not flow.needs_whole_vehicle(then(first, run(1, "B2"), second), 1)  # a repeat is left
    assert flow.needs_whole_vehicle(then(first, second), 1)
    assert not flow.needs_whole_vehicle(then(first, second, judged("BV", 1, Outcome.PASS)), 1)


def test_a_stage_ends_with_its_last_item(room):
    _, then = at_the_brakes(room)
    bodies = [judged(code, 1, Outcome.PASS) for code in ("B1", "B2", "B0", "BV")]
    assert flow.after_items(then(*bodies[:2]), "brake", 1) == ()
    (ended,) = flow.after_items(then(*bodies), "brake", 1)
    assert (ended.kind, ended.bay) == ("stage.finished", "brake-bay")


def test_review_begins_when_no_other_stage_is_open(room):
    serial, then = at_the_brakes(room)
    bodies = [judged(code, 1, Outcome.PASS) for code in ("B1", "B2", "B0", "BV")]
    room.say(serial, *bodies, *flow.after_items(then(*bodies), "brake", 1))
    room.hall.bays["brake-bay"].serial = None
    room.measure(serial, "dan", "lamps", Outcome.PASS)
    room.measure(serial, "eve", "exhaust", Outcome.PASS)
    assert room.hall.inspections[serial].state == "in_progress"
    room.look(serial)
    assert room.hall.inspections[serial].state == "review"


def test_what_is_sent_back_is_open_again(room):
    _, then = at_the_brakes(room)
    back = InspectionSentBack(attempt=1, items=("B1",), reason_commitment="0" * 64)
    done = [run(1), judged("B1", 1, Outcome.PASS)]
    assert flow.to_measure(then(*done, back), "brake", 0)[0] == "B1"


def test_a_preview_changes_nothing(room):
    serial, then = at_the_brakes(room)
    before = room.hall.inspections[serial]
    then(run(1))
    assert room.hall.inspections[serial] is before
