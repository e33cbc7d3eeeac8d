"""Which vehicle goes where next: pure, from the inspections and the bays.

A vehicle is in one stage at a time, a bay holds one vehicle. Desk comes first, then appearance, brakes and exhaust
in any order, then review. First come, first served; a vehicle that returns (复检) goes to the front, but takes at most
every third place, so that first-timers are not starved.
"""

from collections.abc import Iterable

from station.model.codes import STAGES, Stage
from station.model.inspection import Inspection, StageRecord, State

RETURN_EVERY = 3


def current_stage(inspection: Inspection) -> StageRecord | None:
    """Return the stage in which work on the vehicle is going on."""
    return next((s for s in inspection.stages if s.started_at is not None and s.finished_at is None), None)


def waiting_stages(inspection: Inspection) -> tuple[StageRecord, ...]:
    """Return the stages that the vehicle waits for."""
    if inspection.state in (State.CLOSED, State.CANCELLED):
        return ()
    return tuple(s for s in inspection.stages if s.started_at is None and s.finished_at is None)


def queue(inspections: Iterable[Inspection]) -> dict[Stage, tuple[str, ...]]:
    """Return, for each stage, the serials that could enter it now, in order."""
    free = [i for i in inspections if current_stage(i) is None]
    return {stage: _ordered([i for i in free if _waits(i, stage)], stage) for stage in STAGES}


def _waits(inspection: Inspection, stage: Stage) -> bool:
    return any(s.stage == stage for s in waiting_stages(inspection))


def _ordered(waiting: list[Inspection], stage: Stage) -> tuple[str, ...]:
    waiting.sort(key=lambda i: (_since(i, stage), i.serial))
    returned = [i.serial for i in waiting if i.attempt > 1]
    first = [i.serial for i in waiting if i.attempt <= 1]
    order: list[str] = []
    while returned or first:
        take_return = returned and (len(order) % RETURN_EVERY == 0 or not first)
        order.append(returned.pop(0) if take_return else first.pop(0))
    return tuple(order)


def _since(inspection: Inspection, stage: Stage) -> str:
    return next((s.waiting_at for s in inspection.stages if s.stage == stage and s.attempt == inspection.attempt), "")
