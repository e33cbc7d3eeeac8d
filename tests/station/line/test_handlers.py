"""What each command does, and every refusal of it."""

import re
from pathlib import Path

import pytest
from room import VIN, judged, vehicle

import station.line
from station.bus import messages as m
from station.line.case import Refusal
from station.line.flow import after_items
from station.line.handlers import released
from station.line.wording import WORDS
from station.model.facts import ItemRecorded, KeysTaken, RunStarted
from station.model.inspection import State
from station.model.verdict import Outcome

KEYS = sorted(WORDS.keys())


def kinds(decision):
    return [fact.body.kind for fact in decision.facts]


# -- desk


def test_an_arrival_gives_a_number_by_and_where(room):
    decision = room.decide("anna", m.ArrivalOpen())
    assert decision.body == {"serial": "t-1-20261122-0001"}
    (fact,) = decision.facts
    assert (type(fact.body), fact.actor, fact.device) == (KeysTaken, "anna", "client-anna")


def test_a_registration_plans_the_items_and_lets_the_vehicle_wait(room):
    serial = room.arrived()
    decision = room.do("anna", room.registration(serial, owner=m.Owner(name="王小明", phone="138")))
    assert set(decision.body["plan"]) == {"UC", "F1", "B1", "B2", "B0", "BV", "H1", "H4", "PF"}
    planned = ["inspection.registered", "checklist.planned", "stage.finished"]
    assert kinds(decision) == [*planned, *["stage.waiting"] * 4]
    assert room.hall.plate(serial) == "京A12345"


def test_no_name_enters_the_chain(room):
    serial = room.arrived()
    decision = room.decide("anna", room.registration(serial, owner=m.Owner(name="王小明", phone="13800000000")))
    chain = "".join(fact.body.model_dump_json() for fact in decision.facts)
    for secret in ("A12345", VIN, "王小明", "13800000000"):
        assert secret not in chain
        assert any(secret in value.value for value in decision.personal)
    values = {value.commitment for value in decision.personal}
    registered = decision.facts[0].body
    assert {registered.plate_commitment, registered.vin_commitment, registered.owner_commitment} <= values


def test_an_owner_without_a_name_leaves_nothing(room):
    decision = room.decide("anna", room.registration(room.arrived(), owner=m.Owner()))
    assert decision.facts[0].body.owner_commitment is None
    assert len(decision.personal) == 2


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"plate": "not a plate"}, "identity"),
        ({"vin": "SHORT"}, "identity"),
        ({"plate": "京AD12345", "vehicle": vehicle()}, "identity"),  # a plate of another type
        ({"vehicle": vehicle(vehicle_type="B11")}, "identity"),  # a trailer with a car's plate
        ({"vehicle": vehicle(plate_type="07")}, "identity"),  # a car with a motorcycle's plate
        ({"vehicle": vehicle(electronic_parking_brake=None, total_mass_kg=None)}, "missing_facts"),
        ({"vehicle": vehicle(parking_axles=())}, "parking_axles"),
        ({"vehicle": vehicle(parking_axles=(3,))}, "parking_axles"),
        ({"vehicle": vehicle(parking_axles=(0,))}, "parking_axles"),
        ({"serial": "t-1-20261122-0099"}, "unknown_serial"),
    ],
)
def test_a_registration_that_is_refused(room, more, code):
    assert room.refused("anna", room.registration(room.arrived()).model_copy(update=more)) == code


def test_what_is_doubtful_is_registered_and_told(room):
    body = room.registration(room.arrived(), vin="1M8GDM9AXKP042788", vehicle=vehicle(use_character="X"))
    (doubt,) = room.decide("anna", body).body["warnings"]
    assert "使用性质代码 X" in doubt["zh"]
    fine = body.model_copy(update={"vehicle": vehicle(use_character="A")})
    assert room.decide("anna", fine).body["warnings"] == []


def test_a_vehicle_without_vin_is_registered_by_its_serial_number(room):
    decision = room.decide("anna", room.registration(room.arrived(), vin="#GZ-2004 117"))
    assert "#GZ2004117" in {value.value for value in decision.personal}
    assert "按出厂编号登记" in decision.body["warnings"][0]["zh"]


def test_missing_facts_are_named_in_words_and_for_the_form(room):
    body = room.registration(room.arrived(), vehicle=vehicle(electronic_parking_brake=None))
    with pytest.raises(Refusal) as refused:
        room.decide("anna", body)
    assert refused.value.body == {"missing": ["electronic_parking_brake"]}
    assert "是否电子驻车" in refused.value.text.zh
    assert "whether the parking brake is electronic" in refused.value.text.en


def test_a_vehicle_is_registered_once_and_is_here_once(room):
    serial = room.registered()
    assert room.refused("anna", room.registration(serial)) == "wrong_state"
    assert room.refused("anna", room.registration(room.arrived())) == "already_here"


def test_a_wrong_state_is_named_in_both_languages(room):
    serial = room.registered()
    with pytest.raises(Refusal) as caught:
        room.decide("anna", m.KeysReturn(serial=serial))
    assert "in progress" in caught.value.text.en
    assert "in_progress" not in caught.value.text.en
    assert "检验中" in caught.value.text.zh


def test_the_key_goes_back_before_registration_only(room):
    serial = room.arrived()
    assert kinds(room.do("anna", m.ArrivalCancel(serial=serial))) == ["arrival.cancelled"]
    assert room.refused("anna", m.ArrivalCancel(serial=serial)) == "wrong_state"


# -- stages


def test_a_rigs_bay_is_entered_after_the_facts_are_stored(room):
    serial = room.registered()
    decision = room.decide("dan", m.StageStart(serial=serial, stage="brake"))
    assert kinds(decision) == ["stage.started"]
    assert decision.enter == ("brake-bay", serial)
    assert decision.body == {"bay": "brake-bay"}


def test_a_stage_without_a_bay_is_started_nowhere(room):
    decision = room.do("eve", m.StageStart(serial=room.registered(), stage="exhaust"))
    assert decision.enter is None
    assert decision.body == {"bay": None}


def test_one_vehicle_a_bay(room):
    first, second = room.registered("京A11111"), room.registered("京A22222")
    room.do("dan", m.StageStart(serial=first, stage="brake"))
    assert room.refused("dan", m.StageStart(serial=second, stage="brake")) == "bay_taken"
    assert room.refused("dan", m.StageStart(serial=second, stage="brake", bay="brake-bay")) == "bay_taken"
    assert room.refused("bo", m.StageStart(serial=second, stage="appearance", bay="brake-bay")) == "bay_taken"


def test_a_vehicle_is_in_one_place(room):
    serial = room.registered()
    room.do("eve", m.StageStart(serial=serial, stage="exhaust"))
    assert room.refused("dan", m.StageStart(serial=serial, stage="brake")) == "elsewhere"


def test_a_vehicle_that_still_stands_in_its_bay(room):
    serial = room.registered()
    room.measure(serial, "dan", "brake", Outcome.PASS)
    room.hall.bays["brake-bay"].serial = serial
    assert room.refused("eve", m.StageStart(serial=serial, stage="exhaust")) == "still_in_bay"


def test_a_stage_that_is_over_or_not_due(room):
    serial = room.registered()
    room.measure(serial, "dan", "brake", Outcome.PASS)
    assert room.refused("dan", m.StageStart(serial=serial, stage="brake")) == "not_waiting"
    assert room.refused("sam", m.StageStart(serial=serial, stage="review")) == "not_waiting"


@pytest.mark.parametrize(("name", "stage"), [("bo", "brake"), ("dan", "exhaust"), ("dan", "review"), ("sam", "report")])
def test_a_stage_is_worked_on_by_those_whose_work_it_is(room, name, stage):
    serial = room.registered()
    assert room.refused(name, m.StageStart(serial=serial, stage=stage)) == "role"
    assert room.refused(name, m.StageRelease(serial=serial, stage=stage, reason="x")) == "role"


def test_the_lane_gives_a_rigs_stage_back_by_itself(room):
    serial = room.registered()
    room.do("dan", m.StageStart(serial=serial, stage="brake"))
    decision = room.decide("dan", m.StageRelease(serial=serial, stage="brake", reason="x"))
    assert decision.facts == ()
    assert decision.release == "brake-bay"


def test_a_stage_without_a_rig_is_given_back_at_once_and_its_bay_is_free(room):
    first, second = room.registered("京A11111"), room.registered("京A22222")
    room.do("bo", m.StageStart(serial=first, stage="appearance"))
    decision = room.do("bo", m.StageRelease(serial=first, stage="appearance", reason="x"))
    assert kinds(decision) == ["stage.released"]
    room.do("bo", m.StageStart(serial=second, stage="appearance"))
    room.do("bo", m.StageRelease(serial=second, stage="appearance", reason="x"))
    room.do("bo", m.StageStart(serial=first, stage="appearance"))


def test_a_stage_that_was_not_started_is_not_given_back(room):
    serial = room.registered()
    assert room.refused("dan", m.StageRelease(serial=serial, stage="brake", reason="x")) == "not_started"
    room.measure(serial, "dan", "brake", Outcome.PASS)
    assert room.refused("dan", m.StageRelease(serial=serial, stage="brake", reason="x")) == "not_started"


# -- items


def test_the_last_item_ends_its_stage_and_frees_the_bay(room):
    serial = room.registered()
    room.do("bo", m.StageStart(serial=serial, stage="appearance"))
    room.do("bo", room.checklist(serial, "UC"))
    decision = room.do("bo", room.checklist(serial, "F1"))
    assert kinds(decision) == ["checklist.recorded", "item.recorded", "stage.finished"]
    assert decision.release == "outside"


def test_the_last_stage_begins_the_review(room):
    serial = room.registered()
    for name, stage in (("dan", "brake"), ("dan", "lamps"), ("eve", "exhaust")):
        room.measure(serial, name, stage, Outcome.PASS)
    room.look(serial)
    assert room.hall.inspections[serial].state is State.REVIEW


def skip(serial, item="B0"):
    return m.ItemSkip(serial=serial, item=item, reason="cannot_be_measured")


def test_a_skipped_item_is_unknown_and_the_lane_ends_the_stage(room):
    serial = room.registered()
    room.do("dan", m.StageStart(serial=serial, stage="brake"))
    decision = room.do("dan", skip(serial))
    (fact,) = decision.facts
    assert isinstance(fact.body, ItemRecorded)
    assert fact.body.outcome is Outcome.UNKNOWN
    assert decision.release is None


def test_a_skip_that_is_refused(room):
    serial = room.registered()
    assert room.refused("dan", skip(serial)) == "not_started"
    room.do("dan", m.StageStart(serial=serial, stage="brake"))
    assert room.refused("eve", skip(serial)) == "role"
    run = {"run": "run-1", "item": "B0", "attempt": 1, "bay": "brake-bay", "rig": "brake-1"}
    room.say(serial, RunStarted(**run, profile="p", profile_sha256="0" * 64))
    assert room.refused("dan", skip(serial)) == "running"


# -- review, report, keys


def test_a_signature_concludes_and_numbers_the_report(room):
    serial = room.inspected()
    decision = room.do("sam", m.ReviewSign(serial=serial))
    assert decision.body == {"report_no": f"{serial}-1", "conclusion": "pass"}
    assert kinds(decision) == ["stage.started", "inspection.signed", "stage.finished", "stage.waiting"]
    assert room.refused("sam", m.ReviewSign(serial=serial)) == "wrong_state"


def test_a_review_that_was_started_is_not_started_again(room):
    serial = room.inspected()
    room.do("sam", m.StageStart(serial=serial, stage="review"))
    assert kinds(room.do("sam", m.ReviewSign(serial=serial)))[0] == "inspection.signed"


@pytest.mark.parametrize("worker", ["bo", "dan", "eve"])
def test_nobody_signs_for_their_own_work(room, worker):
    serial = room.inspected()
    room.hall.staff = {**room.hall.staff, worker: room.hall.staff[worker] | {"signatory"}}
    assert room.refused(worker, m.ReviewSign(serial=serial)) == "own_work"


def test_nobody_signs_for_one_axle_of_their_own_either(room):
    """One driver measured axle 1 and gave the stage back; another one did the rest, and stands in the stage."""
    serial = room.registered()
    room.hall.staff = {**room.hall.staff, "ina": frozenset({"driver", "signatory"})}
    room.do("ina", m.StageStart(serial=serial, stage="brake"))
    room.say(serial, judged("B1", 1, Outcome.PASS), released(room.hall.inspections[serial], "brake", "x"), by="ina")
    room.hall.bays["brake-bay"].serial = None
    room.look(serial)
    room.measure(serial, "dan", "lamps", Outcome.PASS)
    room.measure(serial, "eve", "exhaust", Outcome.PASS)
    room.do("dan", m.StageStart(serial=serial, stage="brake"))
    room.say(serial, *(judged(code, 1, Outcome.PASS) for code in ("B2", "B0", "BV")), by="dan")
    room.say(serial, *after_items(room.hall.inspections[serial], "brake", 1), by="dan")
    assert room.hall.inspections[serial].stage("brake").by == "dan"
    assert room.refused("ina", m.ReviewSign(serial=serial)) == "own_work"


def test_what_is_sent_back_waits_again_and_its_stage_too(room):
    serial = room.inspected()
    decision = room.do("sam", m.ReviewSendBack(serial=serial, items=("B1",), reason="曲线不清"))
    assert decision.body["items"] == ["B1", "BV"]
    assert kinds(decision) == ["stage.finished", "inspection.sent_back", "stage.waiting"]
    assert "曲线不清" not in "".join(fact.body.model_dump_json() for fact in decision.facts)
    assert [i.code for i in room.hall.inspections[serial].open_items("brake")] == ["B1", "BV"]


def test_a_send_back_that_is_refused(room):
    body = m.ReviewSendBack(serial=room.registered(), items=("B1",), reason="x")
    assert room.refused("sam", body) == "wrong_state"
    serial = room.inspected("京A22222")
    assert room.refused("sam", m.ReviewSendBack(serial=serial, items=("B9",), reason="x")) == "item_not_open"


def test_the_report_is_the_offices_word_only(room):
    serial = room.signed()
    assert room.refused("sam", room.report(serial)) == "not_allowed"
    other = room.report(serial).model_copy(update={"report_no": "x-1"})
    assert room.refused("office", other) == "other_report"
    decision = room.do("office", room.report(serial))
    assert kinds(decision) == [
        "stage.started", "report.issued", "print.requested", "stage.finished", "stage.waiting"
    ]  # fmt: skip
    assert room.refused("office", room.report(serial)) == "wrong_state"


def test_the_keys_go_back_after_the_report(room):
    serial = room.signed()
    assert room.refused("anna", m.KeysReturn(serial=serial)) == "wrong_state"
    room.do("office", room.report(serial))
    assert kinds(room.do("anna", m.KeysReturn(serial=serial)))[-1] == "keys.returned"
    assert room.hall.inspections[serial].state is State.CLOSED


# -- return


def test_a_failed_vehicle_returns_for_its_failed_items(room):
    serial = room.reported(exterior="fail")
    decision = room.do("anna", m.InspectionReturn(serial=serial))
    assert decision.body == {"items": ["F1"]}
    assert room.hall.inspections[serial].attempt == 2
    room.inspect(serial)
    assert room.do("sam", m.ReviewSign(serial=serial)).body == {"report_no": f"{serial}-2", "conclusion": "pass"}


def test_a_return_that_is_refused(room):
    assert room.refused("anna", m.InspectionReturn(serial=room.registered("京A11111"))) == "wrong_state"
    assert room.refused("anna", m.InspectionReturn(serial=room.reported(plate="京A22222"))) == "did_not_fail"


def test_a_vehicle_that_was_registered_anew_does_not_return_as_well(room):
    serial = room.reported(exterior="fail")
    plate = room.hall.plate(serial)
    room.do("anna", m.KeysReturn(serial=serial))
    room.registered(plate)
    assert room.refused("anna", m.InspectionReturn(serial=serial)) == "already_here"


# -- the refusals


def test_every_refusal_has_a_text_and_a_test():
    code = "".join(path.read_text() for path in Path(station.line.__file__).parent.glob("*.py"))
    used = set(re.findall(r'Refusal\(\s*"(\w+)"', code)) | {"role"}
    assert {f"refused.{name}" for name in used} == {key for key in KEYS if key.startswith("refused.")}
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in sorted(used) if f'"{name}"' not in tests] == []


def test_a_bay_whose_rig_measures_something_else_takes_nobody_in(room):
    serial = room.registered()
    room.hall.bays["lamp-bay"].kind = "smoke"
    assert room.refused("dan", m.StageStart(serial=serial, stage="lamps")) == "no_bay_for"
