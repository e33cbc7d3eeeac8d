"""What the desk remembers, fed with payloads as they come."""

from decimal import Decimal

from station.bus.clock import Clock
from station.bus.messages import Counters, InspectionSnapshot, StationState
from station.bus.topics import Topics
from station.desk.board import Board
from station.model.inspection import Inspection
from station.model.text import Text

NONE = Text(zh="", en="")
TOPICS = Topics("test")


def snapshot(serial: str, last_seq: int) -> bytes:
    inspection = Inspection(serial=serial, keys_taken_at="2026-11-22T08:00:00.000000Z", last_seq=last_seq)
    return InspectionSnapshot(serial=serial, plate="", vin="", inspection=inspection, waiting_for=NONE).to_bytes()


def state(seq: int, present: tuple[str, ...] | None) -> bytes:
    return StationState(
        station="test",
        name=NONE,
        epoch="e1",
        seq=seq,
        head="",
        at="2026-11-22T08:00:00.000000Z",
        simulated=True,
        speed=Decimal(1),
        queue={},
        present=present,
        bays=(),
        rigs=(),
        locks=(),
        counters=Counters(day="20261122"),
    ).to_bytes()


def board() -> Board:
    made = Board(TOPICS, Clock(), "line")
    for serial, last_seq in (("test-20261122-0001", 5), ("test-20261122-0002", 9)):
        made._on_inspection(TOPICS.inspection(serial), snapshot(serial, last_seq))
    return made


def test_a_vehicle_whose_clearing_was_lost_goes_with_the_next_state() -> None:
    desk = board()
    desk._on_state(TOPICS.state, state(10, ("test-20261122-0002",)))
    assert list(desk.vehicles) == ["test-20261122-0002"]


def test_a_vehicle_that_came_after_the_state_was_said_stays() -> None:
    desk = board()
    desk._on_state(TOPICS.state, state(6, ()))
    assert list(desk.vehicles) == ["test-20261122-0002"]


def test_a_state_that_does_not_say_who_is_present_takes_nobody_away() -> None:
    desk = board()
    desk._on_state(TOPICS.state, state(10, None))
    assert len(desk.vehicles) == 2
