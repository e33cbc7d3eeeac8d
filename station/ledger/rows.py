"""Rows of the projection tables, out of inspections and of events about the station itself."""

from collections.abc import Callable
from typing import Any

from station.ledger.statement import Cursor, Statements
from station.model import facts
from station.model.event import Event, body_of
from station.model.inspection import Checklist, Inspection, ItemRecord, RunRecord, StageRecord
from station.store.tables import table

Row = dict[str, Any]
Writer = Callable[[Cursor, Statements, Event, Any], None]


def inspection_row(inspection: Inspection) -> Row:
    """Return the row of a whole inspection."""
    return {
        "serial": inspection.serial,
        "state": inspection.state.value,
        "attempt": inspection.attempt,
        "keys_taken_at": inspection.keys_taken_at,
        "keys_returned_at": inspection.keys_returned_at,
        "vehicle_id": inspection.vehicle_id,
        "body": inspection.model_dump_json(),
    }


def item_row(serial: str, item: ItemRecord) -> Row:
    """Return the row of one item of one attempt; ``run`` is the last run that its verdict rests on."""
    return {
        "serial": serial,
        "attempt": item.attempt,
        "code": item.code,
        "state": item.state,
        "outcome": item.outcome.value if item.outcome else None,
        "runs": item.runs,
        "voided": item.voided,
        "run": item.verdict.runs[-1] if item.verdict and item.verdict.runs else None,
        "by": item.by,
    }


def run_row(serial: str, run: RunRecord) -> Row:
    """Return the row of one run."""
    return {"serial": serial, **run.model_dump(), "covers": ",".join(run.covers)}


def point_rows(serial: str, checklist: Checklist) -> list[Row]:
    """Return the rows of the points of one check-list; a point without a result stands with its plan alone."""
    found = {result.point: result for result in checklist.results}
    key = {"serial": serial, "attempt": checklist.attempt, "item": checklist.item}
    return [key | _point(point, found.get(point)) for point in dict.fromkeys((*checklist.planned, *found))]


def _point(point: str, result: facts.PointResult | None) -> Row:
    if result is None:
        return {"point": point, "outcome": None, "defects": "", "photos": 0}
    defects = ",".join(defect.code for defect in result.defects)
    return {"point": point, "outcome": result.outcome, "defects": defects, "photos": len(result.photos)}


def stage_row(serial: str, number: int, stage: StageRecord) -> Row:
    """Return the row of one wait and work on a stage."""
    return {"serial": serial, "number": number, **stage.model_dump()}


def write_station_rows(cursor: Cursor, statements: Statements, event: Event) -> None:
    """Write what an event changes beside its inspection; most kinds change nothing there."""
    writer = _WRITERS.get(event.kind)
    if writer is not None:
        writer(cursor, statements, event, body_of(event))


def _enrolled(cursor: Cursor, statements: Statements, event: Event, body: facts.StaffEnrolled) -> None:
    statements.upsert(cursor, table("staff"), {"staff": body.staff, "roles": ",".join(body.roles)})


def _opened(cursor: Cursor, statements: Statements, event: Event, body: facts.SessionOpened) -> None:
    _closed(cursor, statements, event, body)  # one person a client
    row = {"token_sha256": body.token_sha256, "client": body.client, "staff": body.staff}
    statements.upsert(cursor, table("session"), {**row, "open": True, "opened_at": event.at, "closed_at": None})


def _closed(
    cursor: Cursor, statements: Statements, event: Event, body: facts.SessionOpened | facts.SessionClosed
) -> None:
    ours = {"client": body.client, "open": True}
    statements.update(cursor, table("session"), ours, {"open": False, "closed_at": event.at})


def _signed(cursor: Cursor, statements: Statements, event: Event, body: facts.InspectionSigned) -> None:
    row = {"report_no": body.report_no, "serial": event.subject, "attempt": body.attempt}
    signature = {"conclusion": body.conclusion, "signed_by": event.actor, "signed_at": event.at}
    statements.upsert(cursor, table("report"), row | signature)


def _sealed(cursor: Cursor, statements: Statements, event: Event, body: facts.ReportSealed) -> None:
    row = {"report_no": body.report_no, "serial": event.subject, "attempt": body.attempt}
    statements.upsert(cursor, table("report"), row | {"seal_key": body.key, "seal_signature": body.signature})


def _issued(cursor: Cursor, statements: Statements, event: Event, body: facts.ReportIssued) -> None:
    row = {"report_no": body.report_no, "serial": event.subject, "attempt": body.attempt}
    file = {"sha256": body.sha256, "size": body.size, "issued_at": event.at}
    statements.upsert(cursor, table("report"), row | file)


def _print_requested(cursor: Cursor, statements: Statements, event: Event, body: facts.PrintRequested) -> None:
    row = {"serial": event.subject, **body.to_json(), "requested_at": event.at, "ended_at": None}
    statements.upsert(cursor, table("print"), row | {"state": "requested", "printer": "", "detail": ""})


def _printed(cursor: Cursor, statements: Statements, event: Event, body: facts.ReportPrinted) -> None:
    ours = {"report_no": body.report_no, "copy_no": body.copy_no}
    ended = {"state": body.state, "printer": body.printer, "detail": body.detail, "ended_at": event.at}
    statements.update(cursor, table("print"), ours, ended)


def _photo_kept(cursor: Cursor, statements: Statements, event: Event, body: facts.PhotoKept) -> None:
    statements.upsert(cursor, table("photo"), {"serial": event.subject, **body.to_json(), "at": event.at})


def _forked(cursor: Cursor, statements: Statements, event: Event, body: facts.LedgerForked) -> None:
    row = {"seq": event.seq, "at": event.at, "hash": event.hash, "size": body.size, "head": body.head}
    statements.upsert(cursor, table("fork"), row | {"lost_size": body.lost_size, "lost_head": body.lost_head})


def _rig_changed(cursor: Cursor, statements: Statements, event: Event, body: facts.RigChanged) -> None:
    row = {"rig": body.rig, "state": body.state, "reason": body.reason, "at": event.at}
    statements.upsert(cursor, table("rig_state"), row)


def _rig_checked(cursor: Cursor, statements: Statements, event: Event, body: facts.RigChecked) -> None:
    row = {"rig": body.rig, "name": body.check, "passed": body.passed, "detail": body.detail, "at": event.at}
    statements.upsert(cursor, table("rig_check"), row)


def _key(cursor: Cursor, statements: Statements, event: Event, body: facts.KeyEnrolled) -> None:
    statements.upsert(cursor, table("signing_key"), {"seq": event.seq, "key": body.key, "public": body.public})


def _checkpoint(cursor: Cursor, statements: Statements, event: Event, body: facts.LedgerSealed) -> None:
    statements.upsert(cursor, table("checkpoint"), {"id": 1, "body": event.body})


_WRITERS: dict[str, Writer] = {
    "key.enrolled": _key,
    "ledger.sealed": _checkpoint,
    "staff.enrolled": _enrolled,
    "session.opened": _opened,
    "session.closed": _closed,
    "inspection.signed": _signed,
    "report.sealed": _sealed,
    "report.issued": _issued,
    "print.requested": _print_requested,
    "report.printed": _printed,
    "photo.kept": _photo_kept,
    "ledger.forked": _forked,
    "rig.changed": _rig_changed,
    "rig.checked": _rig_checked,
}
