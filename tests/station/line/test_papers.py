"""Prints, cancelling, and what they refuse."""

from station.bus import messages as m
from station.model.inspection import State


def printed(serial, copy_no=1, state="printed", detail=""):
    return m.PrintDone(serial=serial, attempt=1, copy_no=copy_no, printer="ipp://printer", state=state, detail=detail)


def test_an_issued_report_is_printed_once_by_itself_and_again_as_a_copy(room):
    serial = room.reported()
    (first,) = room.hall.inspections[serial].attempts[0].prints
    assert (first.copy_no, first.state) == (1, "requested")
    room.do("office", printed(serial))
    assert room.do("anna", m.ReportPrint(serial=serial, language="en")).body == {"copy_no": 2}
    room.do("office", printed(serial, 2, "failed", "media_jam"))
    prints = room.hall.inspections[serial].attempts[0].prints
    assert [(p.copy_no, p.state, p.language, p.detail) for p in prints] == [
        (1, "printed", "zh", ""),
        (2, "failed", "en", "media_jam"),
    ]


def test_only_the_office_says_what_came_out_and_paper_stays_paper(room):
    serial = room.reported()
    assert room.refused("anna", printed(serial)) == "not_allowed"
    assert room.refused("office", printed(serial, 9)) == "no_report"
    room.do("office", printed(serial))
    assert room.do("office", printed(serial, state="failed")).facts == ()
    assert room.hall.inspections[serial].attempts[0].prints[0].state == "printed"


def test_without_a_report_there_is_nothing_to_print(room):
    serial = room.inspected()
    assert room.refused("anna", m.ReportPrint(serial=serial)) == "no_report"
    issued = room.reported(plate="京A22222")
    assert room.refused("anna", m.ReportPrint(serial=issued, attempt=2)) == "no_report"


def test_an_inspection_is_broken_off_with_a_reason_beside_the_chain(room):
    serial = room.registered()
    decision = room.do("anna", m.InspectionCancel(serial=serial, reason="车主改日再来"))
    assert "车主" not in decision.facts[0].body.model_dump_json()
    assert room.hall.inspections[serial].state is State.CANCELLED
    assert room.refused("anna", m.InspectionCancel(serial=serial, reason="x")) == "wrong_state"


def test_a_vehicle_in_a_bay_is_not_broken_off(room):
    serial = room.registered()
    room.do("dan", m.StageStart(serial=serial, stage="brake"))
    assert room.refused("anna", m.InspectionCancel(serial=serial, reason="x")) == "still_in_bay"


def test_an_original_that_never_came_out_is_asked_for_again_as_the_original(room):
    serial = room.reported()
    room.do("office", printed(serial, 1, "failed", "aborted"))
    assert room.do("anna", m.ReportPrint(serial=serial)).body == {"copy_no": 1}
    room.do("office", printed(serial))
    states = [(p.copy_no, p.state) for p in room.hall.inspections[serial].attempts[0].prints]
    assert states == [(1, "failed"), (1, "printed")]
    assert room.do("anna", m.ReportPrint(serial=serial)).body == {"copy_no": 2}


def test_a_second_request_while_the_first_is_on_its_way_is_a_copy(room):
    serial = room.reported()
    assert room.do("anna", m.ReportPrint(serial=serial)).body == {"copy_no": 2}
