"""Which vehicle goes where next."""

from hypothesis import given, settings
from hypothesis import strategies as st
from room import Room

from station.bus import messages as m
from station.line.dispatch import queue
from station.model.facts import StageFinished
from station.model.verdict import Outcome


def queues(room):
    return queue(room.hall.free_to_go(), room.hall.inspections.values())


def plates(count):
    return [f"京A{n:05}" for n in range(10001, 10001 + count)]


def test_desk_first_then_every_measured_stage_in_any_order(room):
    serial = room.arrived()
    assert {stage for stage, serials in queues(room).items() if serials} == set()
    room.do("anna", room.registration(serial))
    assert {stage for stage, serials in queues(room).items() if serials} == {"appearance", "brake", "lamps", "exhaust"}


def test_a_vehicle_in_work_waits_nowhere_and_goes_on_from_there(room):
    serial = room.registered()
    room.do("eve", m.StageStart(serial=serial, stage="exhaust"))
    assert not any(queues(room).values())
    room.do("eve", m.StageRelease(serial=serial, stage="exhaust", reason="x"))
    assert queues(room)["exhaust"] == (serial,)


def test_a_finished_vehicle_that_still_stands_in_its_bay_waits_nowhere(room):
    serial = room.registered()
    room.do("dan", m.StageStart(serial=serial, stage="brake"))
    room.say(serial, StageFinished(stage="brake", attempt=1, bay="brake-bay"))
    assert room.hall.bay_of(serial)
    assert not any(queues(room).values())
    room.hall.bay_of(serial).serial = None
    assert queues(room)["exhaust"] == (serial,)


def test_review_comes_after_the_last_measured_stage_and_then_report(room):
    serial = room.inspected()
    assert {stage for stage, serials in queues(room).items() if serials} == {"review"}
    room.do("sam", m.ReviewSign(serial=serial))
    assert queues(room)["report"] == (serial,)
    room.do("office", room.report(serial))
    assert queues(room)["handback"] == (serial,)
    room.do("anna", m.KeysReturn(serial=serial))
    assert not any(queues(room).values())
    assert room.hall.inspections[serial].waiting == ()


def test_first_come_first_served(room):
    serials = [room.registered(plate) for plate in plates(4)]
    assert queues(room)["brake"] == tuple(serials)


def test_a_released_vehicle_keeps_its_place(room):
    first, second = (room.registered(plate) for plate in plates(2))
    room.do("eve", m.StageStart(serial=first, stage="exhaust"))
    room.do("eve", m.StageRelease(serial=first, stage="exhaust", reason="x"))
    assert queues(room)["exhaust"] == (first, second)


def test_what_is_sent_back_waits_from_then_on(room):
    first = room.inspected(plates(2)[0])
    second = room.registered(plates(2)[1])
    room.do("sam", m.ReviewSendBack(serial=first, items=("PF",), reason="x"))
    assert queues(room)["exhaust"] == (second, first)


def returned(room, plate):
    serial = room.reported(plate=plate, measured=Outcome.FAIL)
    room.do("anna", m.InspectionReturn(serial=serial))
    return serial


def test_a_returning_vehicle_takes_the_first_and_every_third_place(room):
    backs = [returned(room, plate) for plate in plates(3)]
    firsts = [room.registered(f"京B{n}0000") for n in range(1, 6)]
    order = queues(room)["exhaust"]
    assert order == (backs[0], *firsts[:2], backs[1], *firsts[2:4], backs[2], firsts[4])


def test_returning_vehicles_do_not_starve_the_others_as_they_are_taken_in(room):
    """The rule holds for what really enters, not for each list by itself."""
    backs = {returned(room, plate) for plate in plates(4)}
    firsts = {room.registered(f"京B{n}0000") for n in range(1, 9)}
    kinds = []
    while queues(room)["exhaust"]:
        serial = queues(room)["exhaust"][0]
        kinds.append("R" if serial in backs else "F")
        room.measure(serial, "eve", "exhaust", Outcome.PASS)
    assert "".join(kinds) == "RFFRFFRFFRFF"
    assert len(firsts) == kinds.count("F")


def test_returning_vehicles_follow_each_other_when_nobody_else_waits(room):
    backs = [returned(room, plate) for plate in plates(3)]
    assert queues(room)["exhaust"] == tuple(backs)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(["first", "return", "enter"]), max_size=10))
def test_everybody_who_waits_stands_in_the_queue_once(steps):
    room = Room()
    waiting = set()
    for number, step in enumerate(steps, 10001):
        if step == "enter" and queues(room)["brake"]:
            serial = queues(room)["brake"][0]
            room.measure(serial, "dan", "brake", Outcome.PASS)
            waiting.remove(serial)
        elif step == "first":
            waiting.add(room.registered(f"京C{number}"))
        elif step == "return":
            waiting.add(returned(room, f"京C{number}"))
    order = queues(room)["brake"]
    assert len(order) == len(set(order))
    assert set(order) == waiting
