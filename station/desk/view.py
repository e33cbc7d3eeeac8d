"""From snapshots to the words of a screen: values in, values out."""

from dataclasses import dataclass
from datetime import datetime

from station.bus.messages import InspectionSnapshot
from station.desk.moments import minutes_since, moment
from station.desk.words import say, short_serial, stage_word, state_word
from station.model.inspection import Inspection, ItemRecord, StageRecord, State
from station.model.text import Language
from station.model.verdict import ItemVerdict, Outcome

OVER = (State.CLOSED, State.CANCELLED)
WORST_FIRST = (Outcome.FAIL, Outcome.INVALID, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True)
class Progress:
    """How far the deciding items are: done of planned, and the worst outcome so far."""

    done: int
    planned: int
    worst: Outcome | None


@dataclass(frozen=True)
class Row:
    """One vehicle in the queue table."""

    serial: str
    number: str
    plate: str
    state: str
    stage: str
    bay: str
    minutes: str
    progress: Progress


def progress_of(inspection: Inspection) -> Progress:
    """Return how far an inspection is, over all its attempts."""
    plan = inspection.attempts[0].plan if inspection.attempts else ()
    open_now = {i.code for i in inspection.current_items() if i.state != "done"}
    done = [r for code in plan if code not in open_now and (r := inspection.latest(code))]
    outcomes = {record.outcome for record in done}
    worst = next((outcome for outcome in WORST_FIRST if outcome in outcomes), None)
    return Progress(len(done), len(plan), worst)


def row_of(snapshot: InspectionSnapshot, now: datetime, language: Language) -> Row:
    """Return the queue row of a vehicle; minutes are those of the wait it is in, or of the work going on."""
    inspection = snapshot.inspection
    working, since = inspection.working, since_of(inspection)
    return Row(
        serial=snapshot.serial,
        number=short_serial(snapshot.serial),
        plate=snapshot.plate or "—",
        state=state_word(language, inspection.state),
        stage=_stage_words(snapshot, working, language),
        bay=(working.bay or "") if working else "",
        minutes="" if since is None else str(minutes_since(since, now)),
        progress=progress_of(inspection),
    )


def since_of(inspection: Inspection) -> str | None:
    """Return since when a vehicle is in the work going on, or else waits; None once it has left."""
    if inspection.state in OVER:
        return None
    working, waited = inspection.working, next(iter(inspection.waiting), None)
    return (working.started_at if working else None) or (waited.waiting_at if waited else None)


def begin_of(snapshot: InspectionSnapshot) -> datetime | None:
    """Return the moment from which a vehicle's minutes are counted."""
    since = since_of(snapshot.inspection)
    return moment(since) if since else None


def _stage_words(snapshot: InspectionSnapshot, working: StageRecord | None, language: Language) -> str:
    """Return the stage of the work going on, or the first one waited for and how many more there are."""
    inspection = snapshot.inspection
    if inspection.state in OVER:
        return ""
    if working:
        return say(language, "queue.in_stage", stage=stage_word(language, working.stage))
    waiting = inspection.waiting
    more = f" +{len(waiting) - 1}" if len(waiting) > 1 else ""
    return stage_word(language, waiting[0].stage) + more if waiting else ""


def matches(snapshot: InspectionSnapshot, wanted: str) -> bool:
    """Return whether typed or scanned text is part of the serial, plate or VIN."""
    key = wanted.strip().upper()
    return any(key in field.upper() for field in (snapshot.serial, snapshot.plate, snapshot.vin))


def in_order(snapshots: list[InspectionSnapshot]) -> list[InspectionSnapshot]:
    """Return vehicles as they came, those that have left at the end."""
    return sorted(snapshots, key=lambda s: (s.inspection.state in OVER, s.inspection.keys_taken_at, s.serial))


SKIP_REASONS = ("cannot_be_measured", "rig_cannot_take_vehicle", "refused_unsafe")


def item_reason(item: ItemRecord, verdict: ItemVerdict | None, language: Language) -> str:
    """Return why an item has no plain verdict: the rules' sentence, or the person's reason."""
    if verdict and verdict.reason:
        return verdict.reason.in_(language)
    return say(language, f"skip.{item.reason}") if item.reason in SKIP_REASONS else (item.reason or "")


def has_failed(inspection: Inspection) -> bool:
    """Return whether the last signed attempt did not end with a pass."""
    signed = [a.conclusion for a in inspection.attempts if a.conclusion]
    return bool(signed) and signed[-1] != "pass"


def full_serial(typed: str, station: str, day: str) -> str:
    """Return the serial somebody means: four digits are those of the day (``20261122`` or ``2026-11-22``)."""
    key = typed.strip()
    if key.isdigit() and len(key) <= 4:
        return f"{station}-{day.replace('-', '')}-{int(key):04d}"
    return key
