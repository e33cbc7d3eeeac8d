"""A morning of three cars, small enough to work its figures out by hand.

Times are minutes after 08:00 UTC. Car 1 passes. Car 2 fails on the brakes, goes, comes back and passes. Car 3 is
still in the station, and its first test could not be judged.
"""

from reports.throughput import ThroughputData
from station.model.inspection import AttemptRecord, Inspection, ItemRecord, StageRecord, State
from station.model.text import Text
from station.model.verdict import Outcome


def at(minute):
    return f"2026-11-22T{8 + minute // 60:02d}:{minute % 60:02d}:00.000000Z"


def stage(name, attempt, waiting, started, finished):
    begun = at(started) if started is not None else None
    done = at(finished) if finished is not None else None
    return StageRecord(stage=name, attempt=attempt, waiting_at=at(waiting), started_at=begun, finished_at=done)


def car(number, taken, returned, attempts, items, stages, state=State.CLOSED):
    return Inspection(
        serial=f"demo-20261122-{number:04d}",
        state=state,
        keys_taken_at=at(taken),
        keys_returned_at=at(returned) if returned is not None else None,
        attempts=attempts,
        items=items,
        stages=stages,
        last_seq=1,
    )


def signed(number, conclusion, minute):
    return AttemptRecord(number=number, plan=("B1",), conclusion=conclusion, signed_at=at(minute))


def item(attempt, outcome):
    return ItemRecord(code="B1", attempt=attempt, state="done", outcome=outcome)


FIRST = car(
    1,
    0,
    30,
    (signed(1, "pass", 22),),
    (item(1, Outcome.PASS),),
    (
        stage("desk", 1, 0, 0, 3),
        stage("appearance", 1, 3, 5, 9),
        stage("brake", 1, 3, 10, 16),
        stage("review", 1, 16, 20, 22),
        stage("handback", 1, 22, 30, 30),
    ),
)
SECOND = car(
    2,
    10,
    110,
    (signed(1, "fail", 40), signed(2, "pass", 100)),
    (item(1, Outcome.FAIL), item(2, Outcome.PASS)),
    (
        stage("desk", 1, 10, 10, 12),
        stage("brake", 1, 12, 16, 26),
        stage("review", 1, 26, 36, 40),
        stage("handback", 1, 40, 50, 50),
        stage("brake", 2, 80, 85, 93),
        stage("review", 2, 93, 98, 100),
        stage("handback", 2, 100, 110, 110),
    ),
)
THIRD = car(
    3,
    20,
    None,
    (signed(1, "invalid", 60),),
    (item(1, Outcome.INVALID),),
    (stage("desk", 1, 20, 20, 24), stage("brake", 1, 24, 30, None)),
    State.IN_PROGRESS,
)
GONE = car(4, 5, 6, (), (), (), State.CANCELLED)
DAY = (FIRST, SECOND, THIRD, GONE)


def day(inspections=DAY, simulated=True):
    name = Text(zh="云检测示范站", en="Cloud Inspection demo station")
    return ThroughputData(name, "Asia/Shanghai", "2026-11-22", "2026-11-22", tuple(inspections), simulated)
