"""What a signatory must look at before signing: values in, lines out."""

from station.bus.messages import Catalogue, InspectionSnapshot
from station.desk.findings import findings, same
from station.desk.view import SKIP_REASONS, WORST_FIRST
from station.desk.words import KNOWN, text
from station.model.codes import MEASURED_STAGES, STAGE_NAMES
from station.model.inspection import Inspection, ItemRecord
from station.model.text import Text


def anomalies(snapshot: InspectionSnapshot, signer: str, catalogue: Catalogue | None = None) -> list[Text]:
    """Return what a signatory must look at before signing, worst first; ``catalogue`` has the words of defects."""
    inspection = snapshot.inspection
    plan = inspection.attempts[0].plan if inspection.attempts else ()
    records = [r for code in plan if (r := inspection.latest(code))]
    worst = [r for outcome in WORST_FIRST[:3] for r in records if r.outcome is outcome]
    found = [line for record in worst for line in _problem(record, findings(snapshot, record.code, catalogue))]
    found += [text("review.missing", item=code) for code in plan if inspection.latest(code) is None]
    found += [text("review.warning", item=r.code, what=w) for r in records if r.verdict for w in r.verdict.warnings]
    return found + _run_anomalies(inspection) + _people_anomalies(inspection, signer) + _unconfirmed(records)


def _problem(record: ItemRecord, defects: list[Text]) -> list[Text]:
    verdict, outcome = record.verdict, record.outcome
    word = text(f"outcome.{outcome.value}") if outcome else same("")
    reasons = [verdict.reason] if verdict and verdict.reason else []
    if verdict:
        reasons += [q.sentence for q in verdict.quantities if q.outcome is outcome]
    if record.reason:
        reasons.append(text(f"skip.{record.reason}") if record.reason in SKIP_REASONS else same(record.reason))
    what = reasons + defects or [text("review.seen")]
    return [text("review.problem", item=record.code, outcome=word, what=reason) for reason in what]


def _run_anomalies(inspection: Inspection) -> list[Text]:
    lost = [text("review.lost", item=r.item, lost=r.lost, samples=r.samples) for r in inspection.runs if r.lost]
    voided = [r for r in inspection.runs if r.state == "voided"]
    return lost + [text("review.voided", item=r.item, reason=_void_reason(r.reason)) for r in voided]


def _void_reason(reason: str | None) -> Text:
    """Return the words for a reason code of the line; a code that we do not know stands for itself."""
    key = f"void.{reason}"
    return text(key) if key in KNOWN else same(reason or "—")


def _people_anomalies(inspection: Inspection, signer: str) -> list[Text]:
    own = {s.stage for s in inspection.stages if s.by == signer}
    return [text("review.own_work", stage=STAGE_NAMES[stage]) for stage in MEASURED_STAGES if stage in own]


def _unconfirmed(records: list[ItemRecord]) -> list[Text]:
    count = sum(not q.confirmed for r in records if r.verdict for q in r.verdict.quantities)
    return [text("review.unconfirmed", count=count)] if count else []
