"""One vehicle's way through the station, folded from its events."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from station.model import facts
from station.model.base import Frozen
from station.model.codes import ITEM_STAGES, Stage
from station.model.event import Event, body_of
from station.model.facts import Conclusion, PointResult
from station.model.vehicle import Category, Circumstances, Vehicle
from station.model.verdict import ItemVerdict, Outcome, PackRef


class State(StrEnum):
    """Where an inspection stands."""

    ARRIVED = "arrived"
    IN_PROGRESS = "in_progress"
    REVIEW = "review"
    SIGNED = "signed"
    REPORTED = "reported"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ItemRecord(Frozen):
    """One item of one attempt. ``by`` is the person who recorded a manual item."""

    code: str
    attempt: int
    state: Literal["waiting", "running", "done"] = "waiting"
    runs: int = 0
    voided: int = 0
    outcome: Outcome | None = None
    verdict: ItemVerdict | None = None
    reason: str | None = None
    note: bool = False
    by: str | None = None


class StageRecord(Frozen):
    """The times of one stage in one attempt (UTC, ISO 8601), by whom and where."""

    stage: Stage
    attempt: int
    waiting_at: str
    started_at: str | None = None
    finished_at: str | None = None
    by: str | None = None
    bay: str | None = None


class RunRecord(Frozen):
    """One run of a rig."""

    run: str
    item: str
    covers: tuple[str, ...] = ()
    attempt: int
    rig: str
    bay: str
    state: Literal["open", "finished", "voided"] = "open"
    started_at: str
    ended_at: str | None = None
    samples: int = 0
    lost: int = 0
    evidence_sha256: str | None = None
    reason: str | None = None

    @property
    def items(self) -> tuple[str, ...]:
        """Return every item that this run measures."""
        return (self.item, *self.covers)


class Checklist(Frozen):
    """The check-list of one item in one attempt: the points planned, and what was found (empty: not yet recorded)."""

    item: str
    attempt: int
    planned: tuple[str, ...]
    results: tuple[PointResult, ...] = ()


class PhotoRecord(Frozen):
    """One photo that was kept: what it shows, and the hash of its file."""

    item: str
    attempt: int
    point: str
    sha256: str
    media: str


class PrintRecord(Frozen):
    """One print of an attempt's report; copy 1 is the original. ``detail`` is the code of why it is not printed."""

    copy_no: int
    language: Literal["zh", "en"]
    state: Literal["requested", "printed", "filed", "failed"] = "requested"
    printer: str = ""
    detail: str = ""


class AttemptRecord(Frozen):
    """One attempt: the first inspection (初检) or a return (复检)."""

    number: int
    plan: tuple[str, ...]
    conclusion: Conclusion | None = None
    report_no: str | None = None
    signed_by: str | None = None
    signed_at: str | None = None
    signed_seq: int | None = None
    signed_hash: str | None = None
    report_sha256: str | None = None
    seal_key: str | None = None
    seal_signature: str | None = None
    prints: tuple[PrintRecord, ...] = ()


class Inspection(Frozen):
    """The whole inspection: everything but the names."""

    serial: str
    state: State = State.ARRIVED
    keys_taken_at: str
    keys_returned_at: str | None = None
    vehicle_id: str | None = None
    vehicle: Vehicle | None = None
    category: Category | None = None
    pack: PackRef | None = None
    elsewhere: tuple[str, ...] = ()
    circumstances: Circumstances = Circumstances()
    settings: dict[str, str] = Field(default_factory=dict)
    plate_commitment: str | None = None
    attempts: tuple[AttemptRecord, ...] = ()
    items: tuple[ItemRecord, ...] = ()
    stages: tuple[StageRecord, ...] = ()
    runs: tuple[RunRecord, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    photos: tuple[PhotoRecord, ...] = ()
    last_seq: int

    @property
    def attempt(self) -> int:
        """Return the number of the current attempt, 0 before registration."""
        return len(self.attempts)

    def item(self, code: str, attempt: int | None = None) -> ItemRecord | None:
        """Return one item's record of an attempt (the current one)."""
        number = self.attempt if attempt is None else attempt
        return next((i for i in self.items if i.code == code and i.attempt == number), None)

    def latest(self, code: str) -> ItemRecord | None:
        """Return the record that decides an item: that of the last attempt in which it was done."""
        return next((i for i in reversed(self.items) if i.code == code and i.state == "done"), None)

    def checklist(self, item: str, attempt: int | None = None) -> Checklist | None:
        """Return the check-list of an item in an attempt (the current one), None if it has none."""
        number = self.attempt if attempt is None else attempt
        return next((c for c in self.checklists if c.item == item and c.attempt == number), None)

    def current_items(self) -> tuple[ItemRecord, ...]:
        """Return the items of the current attempt."""
        return tuple(i for i in self.items if i.attempt == self.attempt)

    def open_items(self, stage: Stage) -> tuple[ItemRecord, ...]:
        """Return the items of a stage that are still to be done."""
        return tuple(i for i in self.current_items() if ITEM_STAGES[i.code] == stage and i.state != "done")

    def stage(self, stage: Stage) -> StageRecord | None:
        """Return the record of a stage in the current attempt."""
        number = max(self.attempt, 1)
        return next((s for s in reversed(self.stages) if s.stage == stage and s.attempt == number), None)

    @property
    def working(self) -> StageRecord | None:
        """Return the stage in which work on the vehicle is going on."""
        return next((s for s in self.stages if s.started_at and not s.finished_at), None)

    @property
    def waiting(self) -> tuple[StageRecord, ...]:
        """Return the stages that the vehicle waits for; what an earlier attempt waited for is over when it returns."""
        if self.state in (State.CLOSED, State.CANCELLED):
            return ()
        number = max(self.attempt, 1)
        return tuple(s for s in self.stages if s.attempt == number and not s.started_at and not s.finished_at)

    def run(self, run: str) -> RunRecord | None:
        """Return one run."""
        return next((r for r in self.runs if r.run == run), None)

    def conclude(self) -> Conclusion:
        """Return the conclusion: fail if an item failed, invalid if one is no plain pass or none was planned."""
        plan = self.attempts[0].plan
        outcomes = [record.outcome if (record := self.latest(code)) else None for code in plan]
        if Outcome.FAIL in outcomes:
            return "fail"
        fine = {Outcome.PASS, Outcome.NOT_APPLICABLE}
        return "pass" if plan and all(outcome in fine for outcome in outcomes) else "invalid"


def open_inspection(event: Event) -> Inspection:
    """Return the inspection that a ``keys.taken`` event begins."""
    return Inspection(
        serial=event.subject,
        keys_taken_at=event.at,
        stages=(
            StageRecord(
                stage="desk", attempt=1, waiting_at=event.at, started_at=event.at, by=event.actor, bay=event.device
            ),
        ),
        last_seq=event.seq,
    )


def apply(inspection: Inspection, event: Event) -> Inspection:
    """Return the inspection after one of its events; kinds that do not concern it change nothing but ``last_seq``."""
    body = body_of(event)
    step = _STEPS.get(type(body))
    changed = step(inspection, event, body) if step else inspection
    return changed.model_copy(update={"last_seq": event.seq})


def _with(inspection: Inspection, **update: Any) -> Inspection:
    return inspection.model_copy(update=update)


def _registered(inspection: Inspection, event: Event, body: facts.InspectionRegistered) -> Inspection:
    return _with(
        inspection,
        state=State.IN_PROGRESS,
        vehicle_id=body.vehicle_id,
        vehicle=body.vehicle,
        category=body.category,
        pack=body.pack,
        elsewhere=body.elsewhere,
        circumstances=body.circumstances,
        settings=body.settings,
        plate_commitment=body.plate_commitment,
        attempts=(AttemptRecord(number=1, plan=body.plan),),
        items=tuple(ItemRecord(code=code, attempt=1) for code in body.plan),
    )


def _returned(inspection: Inspection, event: Event, body: facts.InspectionReturned) -> Inspection:
    return _with(
        inspection,
        state=State.IN_PROGRESS,
        keys_returned_at=None,
        attempts=(*inspection.attempts, AttemptRecord(number=body.attempt, plan=body.items)),
        items=(*inspection.items, *(ItemRecord(code=code, attempt=body.attempt) for code in body.items)),
    )


def _cancelled(inspection: Inspection, event: Event, body: facts.ArrivalCancelled) -> Inspection:
    return _with(inspection, state=State.CANCELLED, keys_returned_at=event.at)


def _waiting(inspection: Inspection, event: Event, body: facts.StageWaiting) -> Inspection:
    record = StageRecord(stage=body.stage, attempt=body.attempt, waiting_at=event.at)
    state = State.REVIEW if body.stage == "review" else inspection.state
    return _with(inspection, state=state, stages=(*inspection.stages, record))


def _edit_stage(inspection: Inspection, stage: Stage, attempt: int, **update: Any) -> Inspection:
    records = list(inspection.stages)
    for index in range(len(records) - 1, -1, -1):
        if records[index].stage == stage and records[index].attempt == attempt:
            records[index] = records[index].model_copy(update=update)
            break
    return _with(inspection, stages=tuple(records))


def _started(inspection: Inspection, event: Event, body: facts.StageStarted) -> Inspection:
    return _edit_stage(
        inspection, body.stage, body.attempt, started_at=event.at, by=event.actor, bay=body.bay, finished_at=None
    )


def _released(inspection: Inspection, event: Event, body: facts.StageReleased) -> Inspection:
    return _edit_stage(inspection, body.stage, body.attempt, started_at=None, by=None, bay=None)


def _finished(inspection: Inspection, event: Event, body: facts.StageFinished) -> Inspection:
    return _edit_stage(inspection, body.stage, body.attempt, finished_at=event.at)


def _edit_item(inspection: Inspection, code: str, attempt: int, **update: Any) -> Inspection:
    items = tuple(
        i.model_copy(update=update) if i.code == code and i.attempt == attempt else i for i in inspection.items
    )
    return _with(inspection, items=items)


def _run_started(inspection: Inspection, event: Event, body: facts.RunStarted) -> Inspection:
    record = RunRecord(
        run=body.run,
        item=body.item,
        covers=body.covers,
        attempt=body.attempt,
        rig=body.rig,
        bay=body.bay,
        started_at=event.at,
    )
    changed = _with(inspection, runs=(*inspection.runs, record))
    for code in record.items:
        item = inspection.item(code, body.attempt)
        changed = _edit_item(changed, code, body.attempt, state="running", runs=item.runs + 1 if item else 1)
    return changed


def _edit_run(inspection: Inspection, run: str, **update: Any) -> Inspection:
    return _with(inspection, runs=tuple(r.model_copy(update=update) if r.run == run else r for r in inspection.runs))


def _run_finished(inspection: Inspection, event: Event, body: facts.RunFinished) -> Inspection:
    return _edit_run(
        inspection,
        body.run,
        state="finished",
        ended_at=event.at,
        samples=body.samples,
        lost=body.lost,
        evidence_sha256=body.evidence_sha256,
    )


def _run_voided(inspection: Inspection, event: Event, body: facts.RunVoided) -> Inspection:
    run = inspection.run(body.run)
    attempt = run.attempt if run else inspection.attempt
    changed = _edit_run(inspection, body.run, state="voided", ended_at=event.at, reason=body.reason)
    for code in run.items if run else (body.item,):
        item = inspection.item(code, attempt)
        voided = item.voided + 1 if item else 1
        changed = _edit_item(changed, code, attempt, state="waiting", voided=voided)
    return changed


def _judged(inspection: Inspection, event: Event, body: facts.ItemJudged) -> Inspection:
    verdict = body.verdict
    return _edit_item(
        inspection, verdict.item, body.attempt, state="done", outcome=verdict.outcome, verdict=verdict, by=event.actor
    )


def _recorded(inspection: Inspection, event: Event, body: facts.ItemRecorded) -> Inspection:
    return _edit_item(
        inspection,
        body.item,
        body.attempt,
        state="done",
        outcome=body.outcome,
        reason=body.reason,
        note=body.note_commitment is not None,
        by=event.actor,
    )


def _edit_attempt(inspection: Inspection, number: int, **update: Any) -> Inspection:
    attempts = tuple(a.model_copy(update=update) if a.number == number else a for a in inspection.attempts)
    return _with(inspection, attempts=attempts)


def _signed(inspection: Inspection, event: Event, body: facts.InspectionSigned) -> Inspection:
    signed = _edit_attempt(
        inspection,
        body.attempt,
        conclusion=body.conclusion,
        report_no=body.report_no,
        signed_by=event.actor,
        signed_at=event.at,
        signed_seq=event.seq,
        signed_hash=event.hash,
    )
    return _with(signed, state=State.SIGNED)


def _sent_back(inspection: Inspection, event: Event, body: facts.InspectionSentBack) -> Inspection:
    changed = _with(inspection, state=State.IN_PROGRESS)
    for code in body.items:
        changed = _edit_item(changed, code, body.attempt, state="waiting", outcome=None, verdict=None, reason=None)
        changed = _edit_checklist(changed, code, body.attempt, results=())
    return changed


def _planned(inspection: Inspection, event: Event, body: facts.ChecklistPlanned) -> Inspection:
    new = tuple(Checklist(item=item, attempt=body.attempt, planned=points) for item, points in body.points.items())
    return _with(inspection, checklists=(*inspection.checklists, *new))


def _edit_checklist(inspection: Inspection, item: str, attempt: int, **update: Any) -> Inspection:
    lists = tuple(
        c.model_copy(update=update) if c.item == item and c.attempt == attempt else c for c in inspection.checklists
    )
    return _with(inspection, checklists=lists)


def _checked(inspection: Inspection, event: Event, body: facts.ChecklistRecorded) -> Inspection:
    return _edit_checklist(inspection, body.item, body.attempt, results=body.points)


def _photo(inspection: Inspection, event: Event, body: facts.PhotoKept) -> Inspection:
    record = PhotoRecord(item=body.item, attempt=body.attempt, point=body.point, sha256=body.sha256, media=body.media)
    return _with(inspection, photos=(*inspection.photos, record))


def _broken_off(inspection: Inspection, event: Event, body: facts.InspectionCancelled) -> Inspection:
    return _with(inspection, state=State.CANCELLED, keys_returned_at=event.at)


def _sealed(inspection: Inspection, event: Event, body: facts.ReportSealed) -> Inspection:
    return _edit_attempt(inspection, body.attempt, seal_key=body.key, seal_signature=body.signature)


def _print_requested(inspection: Inspection, event: Event, body: facts.PrintRequested) -> Inspection:
    new = PrintRecord(copy_no=body.copy_no, language=body.language)
    before = inspection.attempts[body.attempt - 1].prints
    return _edit_attempt(inspection, body.attempt, prints=(*before, new))


def _printed(inspection: Inspection, event: Event, body: facts.ReportPrinted) -> Inspection:
    prints = list(inspection.attempts[body.attempt - 1].prints)
    # The original may have been asked for again: what is said is of the newest request for that copy.
    index = max((i for i, p in enumerate(prints) if p.copy_no == body.copy_no), default=None)
    if index is not None:
        said = {"state": body.state, "printer": body.printer, "detail": body.detail}
        prints[index] = prints[index].model_copy(update=said)
    return _edit_attempt(inspection, body.attempt, prints=tuple(prints))


def _issued(inspection: Inspection, event: Event, body: facts.ReportIssued) -> Inspection:
    return _with(_edit_attempt(inspection, body.attempt, report_sha256=body.sha256), state=State.REPORTED)


def _keys_returned(inspection: Inspection, event: Event, body: facts.KeysReturned) -> Inspection:
    return _with(inspection, state=State.CLOSED, keys_returned_at=event.at)


_STEPS: dict[type[facts.Body], Callable[[Inspection, Event, Any], Inspection]] = {
    facts.InspectionRegistered: _registered,
    facts.InspectionReturned: _returned,
    facts.ArrivalCancelled: _cancelled,
    facts.StageWaiting: _waiting,
    facts.StageStarted: _started,
    facts.StageReleased: _released,
    facts.StageFinished: _finished,
    facts.RunStarted: _run_started,
    facts.RunFinished: _run_finished,
    facts.RunVoided: _run_voided,
    facts.ItemJudged: _judged,
    facts.ItemRecorded: _recorded,
    facts.ChecklistPlanned: _planned,
    facts.ChecklistRecorded: _checked,
    facts.PhotoKept: _photo,
    facts.InspectionCancelled: _broken_off,
    facts.InspectionSigned: _signed,
    facts.InspectionSentBack: _sent_back,
    facts.ReportSealed: _sealed,
    facts.ReportIssued: _issued,
    facts.PrintRequested: _print_requested,
    facts.ReportPrinted: _printed,
    facts.KeysReturned: _keys_returned,
}
