"""What the commands of the last stages do: review, report, keys. No I/O here."""

from station.bus import messages as m
from station.bus.accounts import OFFICE
from station.ledger.fork import report_no
from station.line import flow
from station.line.case import Case, Decision, Refusal, personal
from station.line.papers import print_request
from station.model import facts
from station.model.codes import MEASURED_STAGES
from station.model.inspection import Inspection, State
from station.rules import retest_items


def review_sign(case: Case, body: m.ReviewSign) -> Decision:
    """Sign the current attempt: the conclusion, and a report number that is never used again."""
    found = case.inspection(body.serial, State.REVIEW)
    _not_own_work(case, found)
    _confirmed(case, found)
    conclusion = found.conclude()
    number = report_no(found, case.hall.forks)
    attempt = found.attempt
    signed = facts.InspectionSigned(attempt=attempt, report_no=number, conclusion=conclusion)
    record = found.stage("review")
    begin = () if record and record.started_at else (facts.StageStarted(stage="review", attempt=attempt, bay=None),)
    bodies = (
        *begin,
        signed,
        facts.StageFinished(stage="review", attempt=attempt, bay=None),
        facts.StageWaiting(stage="report", attempt=attempt),
    )
    return Decision(case.facts(found.serial, *bodies), body={"report_no": number, "conclusion": conclusion})


def _not_own_work(case: Case, found: Inspection) -> None:
    """Refuse a signature under one's own measurement: the signatory reviews the work of others."""
    workers = {s.by for s in found.stages if s.stage in MEASURED_STAGES} | {item.by for item in found.items}
    if case.sender.staff in workers:
        raise Refusal("own_work")


def _confirmed(case: Case, found: Inspection) -> None:
    """Refuse a signature on official paper under a value that nobody compared with the standard's own text."""
    if not case.hall.config.rules.official:
        return
    waiting = {f"{item.code}: {name}" for item in found.items if item.verdict for name in item.verdict.unconfirmed}
    if waiting:
        raise Refusal("unconfirmed", count=len(waiting), values="; ".join(sorted(waiting)))


def review_send_back(case: Case, body: m.ReviewSendBack) -> Decision:
    """Have items done again: their stages wait again."""
    found = case.inspection(body.serial, State.REVIEW)
    unknown = [code for code in body.items if found.item(code) is None]
    if unknown:
        raise Refusal("item_not_open", item=", ".join(unknown))
    items = tuple(code for code in found.attempts[-1].plan if code in retest_items(body.items, found.attempts[-1].plan))
    reason = personal(found.serial, f"reason.{found.attempt}", body.reason)
    back = facts.InspectionSentBack(attempt=found.attempt, items=items, reason_commitment=reason.commitment)
    ended = facts.StageFinished(stage="review", attempt=found.attempt, bay=None)
    return Decision(
        case.facts(found.serial, ended, back, *flow.waiting(found.attempt, items)),
        personal=(reason,),
        body={"items": list(items)},
    )


def report_issue(case: Case, body: m.ReportIssue) -> Decision:
    """Take note that the office made the report; only the office's account may say so."""
    if case.sender.client != OFFICE:
        raise Refusal("not_allowed")
    found = case.inspection(body.serial, State.SIGNED)
    attempt = found.attempts[-1]
    if (attempt.number, attempt.report_no) != (body.attempt, body.report_no):
        raise Refusal("other_report", report_no=body.report_no)
    issued = facts.ReportIssued(attempt=body.attempt, report_no=body.report_no, sha256=body.sha256, size=body.size)
    bodies = (
        facts.StageStarted(stage="report", attempt=body.attempt, bay=None),
        issued,
        print_request(attempt, case.hall.config.printer.language),
        facts.StageFinished(stage="report", attempt=body.attempt, bay=None),
        facts.StageWaiting(stage="handback", attempt=body.attempt),
    )
    return Decision(case.facts(found.serial, *bodies))


def keys_return(case: Case, body: m.KeysReturn) -> Decision:
    """Give the key back: the stay ends."""
    found = case.inspection(body.serial, State.REPORTED)
    bodies = (
        facts.StageStarted(stage="handback", attempt=found.attempt, bay=None),
        facts.StageFinished(stage="handback", attempt=found.attempt, bay=None),
        facts.KeysReturned(),
    )
    return Decision(case.facts(found.serial, *bodies))
