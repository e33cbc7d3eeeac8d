"""From snapshots to the words of a screen: values in, values out."""

from dataclasses import dataclass
from datetime import UTC, datetime

from station.bus.messages import InspectionSnapshot
from station.desk.words import catalogue, say, short_serial, stage_word, state_word, text
from station.model.inspection import Inspection, ItemRecord, StageRecord, State
from station.model.text import Language, Text
from station.model.verdict import ItemVerdict, Outcome

KNOWN = catalogue().keys()
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


def moment(iso: str) -> datetime:
    """Return a moment of the ledger, aware and in UTC."""
    return datetime.fromisoformat(iso).astimezone(UTC)


def minutes_since(iso: str, now: datetime) -> int:
    """Return whole minutes since a moment, never negative."""
    return max(0, int((now - moment(iso)).total_seconds() // 60))


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
    working, waited = inspection.working, next(iter(inspection.waiting), None)
    since = (working.started_at if working else None) or (waited.waiting_at if waited else None)
    over = inspection.state in OVER
    return Row(
        serial=snapshot.serial,
        number=short_serial(snapshot.serial),
        plate=snapshot.plate or "—",
        state=state_word(language, inspection.state),
        stage=_stage_words(snapshot, working, language),
        bay=(working.bay or "") if working else "",
        minutes="" if over or since is None else str(minutes_since(since, now)),
        progress=progress_of(inspection),
    )


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


def item_reason(item: ItemRecord, verdict: ItemVerdict | None, language: Language) -> str:
    """Return why an item has no plain verdict: the rules' sentence, or the person's reason."""
    if verdict and verdict.reason:
        return verdict.reason.in_(language)
    return say(language, f"skip.{item.reason}") if item.reason in SKIP_REASONS else (item.reason or "")


SKIP_REASONS = ("cannot_be_measured", "rig_cannot_take_vehicle", "refused_unsafe")


def anomalies(snapshot: InspectionSnapshot, signer: str) -> list[Text]:
    """Return what a signatory must look at before signing, worst first."""
    inspection = snapshot.inspection
    plan = inspection.attempts[0].plan if inspection.attempts else ()
    records = [r for code in plan if (r := inspection.latest(code))]
    found = [line for outcome in WORST_FIRST[:3] for r in records if r.outcome is outcome for line in _problem(r)]
    found += [text("review.missing", item=code) for code in plan if inspection.latest(code) is None]
    found += [text("review.warning", item=r.code, what=w) for r in records if r.verdict for w in r.verdict.warnings]
    return found + _run_anomalies(inspection) + _people_anomalies(inspection, signer) + _unconfirmed(records)


def _problem(record: ItemRecord) -> list[Text]:
    verdict, outcome = record.verdict, record.outcome
    word = text(f"outcome.{outcome.value}") if outcome else Text(zh="", en="")
    reasons = [verdict.reason] if verdict and verdict.reason else []
    if verdict:
        reasons += [q.sentence for q in verdict.quantities if q.outcome is outcome]
    if record.reason:
        reasons.append(text(f"skip.{record.reason}") if record.reason in SKIP_REASONS else _same(record.reason))
    return [text("review.problem", item=record.code, outcome=word, what=r) for r in reasons or [text("review.seen")]]


def _same(words: str) -> Text:
    return Text(zh=words, en=words)


def _run_anomalies(inspection: Inspection) -> list[Text]:
    lost = [text("review.lost", item=r.item, lost=r.lost, samples=r.samples) for r in inspection.runs if r.lost]
    voided = [r for r in inspection.runs if r.state == "voided"]
    return lost + [text("review.voided", item=r.item, reason=_void_reason(r.reason)) for r in voided]


def _void_reason(reason: str | None) -> Text:
    """Return the words for a reason code of the line; a code that we do not know stands for itself."""
    key = f"void.{reason}"
    return text(key) if key in KNOWN else _same(reason or "—")


def _people_anomalies(inspection: Inspection, signer: str) -> list[Text]:
    own = {s.stage for s in inspection.stages if s.by == signer and s.stage in ("appearance", "brake", "exhaust")}
    return [text("review.own_work", stage=text(f"stage.{stage}")) for stage in sorted(own)]


def _unconfirmed(records: list[ItemRecord]) -> list[Text]:
    count = sum(not q.confirmed for r in records if r.verdict for q in r.verdict.quantities)
    return [text("review.unconfirmed", count=count)] if count else []


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
