"""Check-lists, defects and photos: what is taken, and every refusal."""

from room import PACK, photo_of

from station.bus import messages as m
from station.model.canonical import sha256_hex
from station.model.inspection import State
from station.model.verdict import Outcome


def begun(room, **how):
    serial = room.registered(**how)
    room.do("bo", m.StageStart(serial=serial, stage="appearance"))
    return serial


def changed(sheet, point, **update):
    points = [p.model_copy(update=update) if p.point == point else p for p in sheet.points]
    return sheet.model_copy(update={"points": tuple(points)})


def test_a_list_that_passes_is_kept_point_by_point(room):
    serial = begun(room)
    decision = room.do("bo", room.checklist(serial, "UC"))
    assert [fact.body.kind for fact in decision.facts] == ["checklist.recorded", "item.recorded"]
    found = room.hall.inspections[serial]
    assert found.item("UC").outcome is Outcome.PASS
    assert [r.point for r in found.checklist("UC").results] == list(found.checklist("UC").planned)
    assert found.item("UC").by == "bo"


def test_one_failed_point_fails_the_item_and_its_words_stay_beside_the_chain(room):
    serial = begun(room)
    decision = room.do("bo", room.checklist(serial, "F1", failed="tyres"))
    assert room.hall.inspections[serial].item("F1").outcome is Outcome.FAIL
    assert "裂纹" not in "".join(fact.body.model_dump_json() for fact in decision.facts)
    assert room.hall.notes(serial) == {"defect.F1.tyres.1": "裂纹"}
    result = next(r for r in room.hall.inspections[serial].checklist("F1").results if r.point == "tyres")
    assert (result.defects[0].location, result.defects[0].note_commitment is None) == ("front_left", False)
    assert result.defects[0].note_commitment in {value.commitment for value in decision.personal}


def test_a_photo_is_kept_once_by_the_offices_word_for_the_one_who_took_it(room):
    serial = begun(room)
    digest = sha256_hex(b"photo")
    first = room.do("office", photo_of(serial, "UC", "vin", digest))
    assert [(fact.body.kind, fact.actor, fact.device) for fact in first.facts] == [("photo.kept", "bo", "handheld-01")]
    assert room.do("office", photo_of(serial, "UC", "vin", digest)).facts == ()
    assert room.refused("bo", photo_of(serial, "UC", "vin", digest)) == "not_allowed"
    assert room.refused("office", photo_of(serial, "UC", "no-such-point", digest)) == "points_strange"


def test_a_list_that_is_not_whole_or_not_this_vehicles_is_refused(room):
    serial = begun(room)
    sheet = room.checklist(serial, "F1")
    short = sheet.model_copy(update={"points": sheet.points[1:]})
    assert room.refused("bo", short) == "points_missing"
    twice = sheet.model_copy(update={"points": (*sheet.points, sheet.points[0])})
    assert room.refused("bo", twice) == "points_strange"
    strange = sheet.model_copy(update={"points": (*sheet.points, m.PointFound(point="x", outcome="pass"))})
    assert room.refused("bo", strange) == "points_strange"


def test_a_point_whose_parts_do_not_go_together_is_refused(room):
    serial = begun(room)
    sheet = room.checklist(serial, "F1", failed="tyres")
    assert room.refused("bo", changed(sheet, "tyres", defects=())) == "defect_missing"
    assert room.refused("bo", changed(sheet, "tyres", outcome="pass")) == "defect_without_fail"
    other = (m.DefectFound(code="no-such-defect"),)
    assert room.refused("bo", changed(sheet, "tyres", defects=other)) == "defect_strange"


def test_a_photo_that_is_demanded_or_not_yet_kept_is_waited_for(room):
    serial = begun(room)
    sheet = room.checklist(serial, "UC")
    point = next(p.id for p in PACK.points if p.item == "UC" and p.photo)
    assert room.refused("bo", changed(sheet, point, photos=())) == "photo_missing"
    assert room.refused("bo", changed(sheet, point, photos=("0" * 64,))) == "photo_not_kept"


def test_a_list_is_taken_from_its_stage_and_role_while_it_is_open(room):
    serial = room.registered()
    sheet = room.checklist(serial, "UC")
    assert room.refused("bo", sheet) == "not_started"
    room.do("bo", m.StageStart(serial=serial, stage="appearance"))
    assert room.refused("dan", sheet) == "role"
    measured = sheet.model_copy(update={"item": "B1"})
    assert room.refused("bo", measured) == "measured_item"
    absent = sheet.model_copy(update={"item": "C1"})
    assert room.refused("bo", absent) == "item_not_open"
    room.do("bo", sheet)
    assert room.refused("bo", sheet) == "item_not_open"


def test_a_returning_vehicle_is_looked_at_where_it_failed(room):
    serial = room.reported(exterior="fail")
    assert room.do("anna", m.InspectionReturn(serial=serial)).body == {"items": ["F1"]}
    assert room.hall.inspections[serial].checklist("F1").planned == ("tyres",)
    assert room.hall.inspections[serial].checklist("UC") is None


def test_what_is_sent_back_is_looked_at_again_whole(room):
    serial = room.inspected()
    room.do("sam", m.ReviewSendBack(serial=serial, items=("UC",), reason="照片不清"))
    found = room.hall.inspections[serial]
    assert (found.checklist("UC").results, found.checklist("UC").planned != ()) == ((), True)
    room.look(serial)
    assert room.hall.inspections[serial].state is State.REVIEW


def test_an_old_car_needs_the_dynamic_check_and_the_pit(room):
    serial = room.registered(vehicle=old(room))
    found = room.hall.inspections[serial]
    assert {"DC", "C1"} <= set(found.attempts[0].plan)
    assert found.checklist("C1").planned
    room.do("dan", m.StageStart(serial=serial, stage="chassis"))
    room.do("dan", room.checklist(serial, "DC"))
    assert room.hall.inspections[serial].stage("chassis").finished_at
    assert room.refused("dan", m.StageStart(serial=serial, stage="underbody")) == "role"


def old(room):
    from room import vehicle

    return vehicle(first_registered="2010-01-05")
