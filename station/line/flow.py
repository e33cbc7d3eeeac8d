"""What follows from what: pure functions from an inspection to the next facts."""

from station.model.codes import AXLE_ITEMS, ITEM_STAGES, MEASURED_STAGES, STAGES, Stage
from station.model.event import Event
from station.model.facts import Body, StageFinished, StageWaiting
from station.model.inspection import Inspection, ItemRecord, apply
from station.model.verdict import Outcome

WHOLE_VEHICLE = "BV"
"""Derived from the axles, never measured by itself."""


def is_open(item: ItemRecord, repeats: int) -> bool:
    """Say whether an item still has to be measured: not done, or done invalid with a repeat left."""
    if item.state != "done":
        return True
    return item.outcome is Outcome.INVALID and item.reason is None and 0 < item.runs - item.voided <= repeats


def to_measure(inspection: Inspection, stage: Stage, repeats: int) -> tuple[str, ...]:
    """Return the codes of a stage's items that a rig or a person still has to do, in the plan's order."""
    items = (i for i in inspection.current_items() if ITEM_STAGES[i.code] == stage and i.code != WHOLE_VEHICLE)
    return tuple(i.code for i in items if is_open(i, repeats))


def needs_whole_vehicle(inspection: Inspection, repeats: int) -> bool:
    """Say whether the whole vehicle's rate is due: planned, not judged, and every axle of this attempt is done."""
    whole = inspection.item(WHOLE_VEHICLE)
    axles = [i for i in inspection.current_items() if i.code in AXLE_ITEMS]
    return whole is not None and whole.state != "done" and not any(is_open(i, repeats) for i in axles)


def stages_of(plan: tuple[str, ...]) -> tuple[Stage, ...]:
    """Return the stages that a plan's items belong to, in order."""
    wanted = {ITEM_STAGES[code] for code in plan}
    return tuple(stage for stage in STAGES if stage in wanted)


def waiting(inspection_attempt: int, plan: tuple[str, ...]) -> tuple[Body, ...]:
    """Return the facts with which a planned vehicle begins to wait."""
    return tuple(StageWaiting(stage=stage, attempt=inspection_attempt) for stage in stages_of(plan))


def after_items(inspection: Inspection, stage: Stage, repeats: int) -> tuple[Body, ...]:
    """Return the facts that follow when items of a stage were done: it ends, and review begins after the last."""
    if to_measure(inspection, stage, repeats):
        return ()
    record = inspection.stage(stage)
    attempt = inspection.attempt
    facts: list[Body] = [StageFinished(stage=stage, attempt=attempt, bay=record.bay if record else None)]
    others = [s for s in MEASURED_STAGES if s != stage]
    if all(_ended(inspection, other) for other in others):
        facts.append(StageWaiting(stage="review", attempt=attempt))
    return tuple(facts)


def preview(inspection: Inspection, *bodies: Body) -> Inspection:
    """Return the inspection as it will be once these facts are stored."""
    for body in bodies:
        event = Event.model_construct(
            seq=inspection.last_seq,
            boot_id="",
            mono_ns=0,
            prev_hash="",
            at="",
            kind=body.kind,
            version=body.version,
            subject=inspection.serial,
            actor="",
            device="",
            body=body.model_dump_json(),
            hash="",
        )
        inspection = apply(inspection, event)
    return inspection


def _ended(inspection: Inspection, stage: Stage) -> bool:
    record = inspection.stage(stage)
    return record is None or record.finished_at is not None
