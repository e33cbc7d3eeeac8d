"""Which vehicle goes where next: pure, from the inspections and the bays.

A vehicle is in one stage at a time, a bay holds one vehicle. Desk comes first, then appearance, brakes and exhaust
in any order, then review. First come, first served; a vehicle that returns (复检) goes to the front, but takes at most
every third place, so that first-timers are not starved.
"""

from collections.abc import Iterable

from station.model.codes import STAGES, Stage
from station.model.inspection import Inspection, StageRecord

RETURN_EVERY = 3


def queue(free: Iterable[Inspection], day: Iterable[Inspection] = ()) -> dict[Stage, tuple[str, ...]]:
    """Return, for each stage, the serials that could enter it now, in order.

    ``free`` are the vehicles that stand in no bay; ``day`` are all of the day, also those that have left: what entered
    a stage last tells whose turn it is.
    """
    idle = [i for i in free if i.working is None]
    everyone = list(day)
    return {stage: _ordered(idle, stage, _first_timers_since_a_return(everyone, stage)) for stage in STAGES}


def _wait(inspection: Inspection, stage: Stage) -> StageRecord | None:
    return next((s for s in inspection.waiting if s.stage == stage), None)


def _ordered(idle: list[Inspection], stage: Stage, first_timers: int) -> tuple[str, ...]:
    waiting = sorted((wait.waiting_at, i.serial, i.attempt > 1) for i in idle if (wait := _wait(i, stage)))
    returned = [serial for _, serial, again in waiting if again]
    first = [serial for _, serial, again in waiting if not again]
    order: list[str] = []
    while returned or first:
        take_return = returned and (first_timers >= RETURN_EVERY - 1 or not first)
        order.append(returned.pop(0) if take_return else first.pop(0))
        first_timers = 0 if take_return else first_timers + 1
    return tuple(order)


def _first_timers_since_a_return(everyone: Iterable[Inspection], stage: Stage) -> int:
    """Return how many first-timers have entered a stage since a returning vehicle did; many if none did."""
    entered = sorted(
        ((s.started_at, s.attempt > 1) for i in everyone for s in i.stages if s.stage == stage and s.started_at),
        reverse=True,
    )
    return next((number for number, (_, again) in enumerate(entered) if again), RETURN_EVERY)
