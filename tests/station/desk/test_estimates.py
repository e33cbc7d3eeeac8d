"""How long a vehicle may still take: from what was seen today, or nothing."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from station.desk.estimates import LEAST_SEEN, StageTimes, still
from station.model.inspection import Inspection, StageRecord, State
from station.model.vehicle import Vehicle

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CAR = Vehicle(plate_type="02", vehicle_type="K33", use_character="A", fuel="A")


def at(ago_s: float) -> str:
    return (NOW - timedelta(seconds=ago_s)).isoformat()


def inspection(serial: str, *stages: StageRecord, state: State = State.IN_PROGRESS) -> Inspection:
    return Inspection(serial=serial, state=state, keys_taken_at=at(9000), stages=stages, last_seq=1)


def done(stage: Any, seconds: float, attempt: int = 1) -> StageRecord:
    return StageRecord(
        stage=stage, attempt=attempt, waiting_at=at(5000), started_at=at(1000), finished_at=at(1000 - seconds)
    )  # fmt: skip


def waiting(stage: Any) -> StageRecord:
    return StageRecord(stage=stage, attempt=1, waiting_at=at(60))


def seen(**seconds: list[float]) -> StageTimes:
    times = StageTimes()
    for stage, found in seconds.items():
        for number, one in enumerate(found):
            times.learn(inspection(f"done-{number}", done(stage, one)))
    return times


def hall(queue: dict[str, tuple[str, ...]] | None = None, **bays: tuple[str | None, ...]) -> Any:
    stood = [(stage, serial) for stage, serials in bays.items() for serial in serials]
    found = [SimpleNamespace(stage=stage, serial=serial, rig=None) for stage, serial in stood]
    return SimpleNamespace(queue=queue or {}, bays=found, rigs=[])


def test_too_few_vehicles_tell_nothing() -> None:
    car = inspection("s", waiting("brake"))
    assert still(car, hall(), seen(brake=[300.0] * (LEAST_SEEN - 1), review=[60.0] * 3), NOW) is None
    assert still(car, hall(), seen(brake=[300.0] * LEAST_SEEN), NOW) is None
    assert still(car, hall(), seen(brake=[300.0] * LEAST_SEEN, review=[60.0] * LEAST_SEEN), NOW) is not None


def test_nobody_in_the_way_takes_its_own_time() -> None:
    times = seen(brake=[240, 300, 360], review=[60, 60, 60])
    found = still(inspection("s", waiting("brake")), hall({"brake": ("s",)}, brake=(None,)), times, NOW)
    assert found is not None
    assert (found.low_min, found.high_min) == (5, 7)


def test_vehicles_in_front_and_in_the_bay_come_first() -> None:
    times = seen(brake=[240, 300, 360], review=[60, 60, 60])
    state = hall({"brake": ("a", "b", "s")}, brake=("x",))
    found = still(inspection("s", waiting("brake")), state, times, NOW)
    assert found is not None
    assert (found.low_min, found.high_min) == (2 * 4 + 5, 3 * 6 + 7)


def test_two_bays_halve_the_wait() -> None:
    times = seen(brake=[300, 300, 300], review=[60, 60, 60])
    queue = {"brake": ("a", "b", "s")}
    one = still(inspection("s", waiting("brake")), hall(queue, brake=("x",)), times, NOW)
    two = still(inspection("s", waiting("brake")), hall(queue, brake=("x", "y")), times, NOW)
    assert one is not None
    assert two is not None
    assert two.high_min < one.high_min


def test_work_going_on_counts_for_what_is_left_of_it() -> None:
    times = seen(brake=[240, 300, 360], review=[60, 60, 60])
    begun = StageRecord(stage="brake", attempt=1, waiting_at=at(900), started_at=at(180), bay="b")
    found = still(inspection("s", begun), hall(brake=("s",)), times, NOW)
    assert found is not None
    assert (found.low_min, found.high_min) == (2, 4)


def test_what_takes_longer_than_usual_may_take_as_long_again() -> None:
    times = seen(brake=[240, 300, 360], review=[60, 60, 60])
    begun = StageRecord(stage="brake", attempt=1, waiting_at=at(900), started_at=at(800), bay="b")
    found = still(inspection("s", begun), hall(brake=("s",)), times, NOW)
    assert found is not None
    assert (found.low_min, found.high_min) == (1, 7)


def test_a_stage_done_again_counts_with_its_last_time_and_a_new_day_begins_empty() -> None:
    times = StageTimes()
    times.begin_day("20261122")
    for seconds in (100, 200):
        times.learn(inspection("a", done("brake", seconds)))
    for serial in ("b", "c"):
        times.learn(inspection(serial, done("brake", 300)))
    assert times.usual_s("brake") == (200, 300)
    times.begin_day("20261122")
    assert times.usual_s("brake")
    times.begin_day("20261123")
    assert times.usual_s("brake") is None


def test_who_has_signed_or_has_not_begun_has_no_time_left() -> None:
    times = seen(brake=[300] * 3, review=[60] * 3)
    for state in (State.ARRIVED, State.SIGNED, State.CLOSED):
        assert still(inspection("s", waiting("brake"), state=state), hall(), times, NOW) is None


SECONDS = st.lists(st.floats(0, 7200), min_size=LEAST_SEEN, max_size=30)


@given(brake=SECONDS, review=SECONDS, ahead=st.integers(0, 30), busy=st.integers(0, 4), bays=st.integers(0, 4))
def test_a_range_is_never_upside_down_nor_negative(
    brake: list[float], review: list[float], ahead: int, busy: int, bays: int
) -> None:
    in_front = tuple(f"v{n}" for n in range(ahead))
    state = hall({"brake": (*in_front, "s")}, brake=tuple("x" if n < busy else None for n in range(bays)))
    found = still(inspection("s", waiting("brake")), state, seen(brake=brake, review=review), NOW)
    assert found is not None
    assert 0 <= found.low_min <= found.high_min


def test_a_stage_during_which_the_clock_was_set_back_tells_nothing() -> None:
    assert seen(brake=[300.0, 300.0, -3300.0]).usual_s("brake") is None
    assert seen(brake=[300.0, 300.0, 360.0, -3300.0]).usual_s("brake") == (300.0, 360.0)


def test_work_that_began_on_a_clock_that_was_ahead_may_be_over_at_once_or_have_just_begun() -> None:
    times = seen(brake=[240, 300, 360], review=[60, 60, 60])
    begun = StageRecord(stage="brake", attempt=1, waiting_at=at(0), started_at=at(-3600))
    found = still(inspection("s", begun), hall(brake=("s",)), times, NOW)
    assert found is not None
    assert (found.low_min, found.high_min) == (1, 7)
