"""What `station demo --headless --json` prints; `station schema demo` prints its JSON Schema."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine

from station.ledger.verify import verify_database
from station.model.capture import Capture
from station.model.inspection import AttemptRecord, Inspection, ItemRecord
from station.model.verdict import Outcome, QuantityVerdict
from station.office.files import file_of
from station.store import read


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class QuantityResult(_Part):
    """One judged quantity: ``value`` is unrounded, None if it could not be computed; ``shown`` is what people read."""

    quantity: str
    value: Decimal | None
    unit: str
    shown: str
    limit: str
    clause: str
    verdict: Outcome


class ItemResult(_Part):
    """One item of one attempt; ``reason`` says why it is invalid or unknown."""

    item: str
    attempt: int
    verdict: Outcome | None
    reason: str | None
    quantities: tuple[QuantityResult, ...]


class RunResult(_Part):
    """One run of a rig: ``peaks`` the highest good value of each curve, ``scalars`` its single readings."""

    run: str
    item: str
    attempt: int
    state: Literal["open", "finished", "voided"]
    reason: str | None
    samples: int
    lost: int
    peaks: dict[str, Decimal]
    scalars: dict[str, Decimal | None]


class InspectionResult(_Part):
    """One vehicle. ``verdict`` is the conclusion of its last attempt; ``report`` the path of the last report's PDF."""

    serial: str
    plate: str
    verdict: Literal["pass", "fail", "invalid"] | None
    attempts: int
    items: tuple[ItemResult, ...]
    runs: tuple[RunResult, ...]
    report: str | None


class LedgerResult(_Part):
    """The chain: number of events, hash of the last one, and whether every hash could be made again."""

    events: int
    head: str
    verified: bool


class DemoResult(_Part):
    """The whole demo; ``speed``: how many times faster than real its time ran, ``paced``: whether the wire did, too."""

    station: str
    day: date
    simulated: Literal[True] = True
    speed: Decimal
    paced: bool
    inspections: tuple[InspectionResult, ...]
    ledger: LedgerResult
    duration_s: Decimal


def inspection_result(engine: Engine, evidence_folder: Path, inspection: Inspection) -> InspectionResult:
    """Return the result of one inspection from the store."""
    last = inspection.attempts[-1] if inspection.attempts else None
    return InspectionResult(
        serial=inspection.serial,
        plate=read.personal(engine, inspection.serial).get("plate", ""),
        verdict=last.conclusion if last else None,
        attempts=inspection.attempt,
        items=tuple(_item(record) for record in inspection.items),
        runs=tuple(_run(engine, inspection, run.run) for run in inspection.runs),
        report=_report(evidence_folder, last),
    )


def _report(folder: Path, attempt: AttemptRecord | None) -> str | None:
    return str(file_of(folder, attempt.report_sha256, ".pdf")) if attempt and attempt.report_sha256 else None


def _item(record: ItemRecord) -> ItemResult:
    verdict = record.verdict
    reason = verdict.reason.en if verdict and verdict.reason else record.reason
    quantities = tuple(_quantity(q) for q in verdict.quantities) if verdict else ()
    return ItemResult(
        item=record.code, attempt=record.attempt, verdict=record.outcome, reason=reason, quantities=quantities
    )


def _quantity(verdict: QuantityVerdict) -> QuantityResult:
    return QuantityResult(
        quantity=verdict.quantity,
        value=verdict.unrounded,
        unit=verdict.unit,
        shown=verdict.shown,
        limit=verdict.limit_shown,
        clause=verdict.clause,
        verdict=verdict.outcome,
    )


def _run(engine: Engine, inspection: Inspection, run_id: str) -> RunResult:
    run = next(run for run in inspection.runs if run.run == run_id)
    capture = None
    if run.evidence_sha256:
        capture = Capture.model_validate_json(read.evidence(engine, run.evidence_sha256))
    return RunResult(
        run=run.run,
        item=run.item,
        attempt=run.attempt,
        state=run.state,
        reason=run.reason,
        samples=run.samples,
        lost=run.lost,
        peaks=_peaks(capture) if capture else {},
        scalars={s.channel: s.quantity.value if s.quantity else None for s in capture.scalars} if capture else {},
    )


def _peaks(capture: Capture) -> dict[str, Decimal]:
    peaks: dict[str, Decimal] = {}
    for curve in capture.curves:
        good = [raw for raw, letter in zip(curve.raw, curve.quality, strict=True) if letter == "g" and raw is not None]
        if good:
            peaks[curve.channel] = max(good) * curve.scale
    return peaks


def ledger_result(engine: Engine) -> LedgerResult:
    """Verify the chain and return what it says."""
    report = verify_database(engine)
    seq, head = read.head(engine)
    return LedgerResult(events=seq, head=head, verified=report.ok)
