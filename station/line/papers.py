"""What the commands about paper and people's PINs do. No I/O here."""

from station.bus import messages as m
from station.bus.accounts import OFFICE
from station.line.case import Case, Decision, Refusal, personal
from station.model import facts
from station.model.inspection import AttemptRecord, Inspection, State

SIGNED = (State.SIGNED, State.REPORTED, State.CLOSED, State.IN_PROGRESS, State.REVIEW)
"""States in which an earlier attempt, or the current one, may have a report to print."""


def report_print(case: Case, body: m.ReportPrint) -> Decision:
    """Have a report printed again: a copy, with the copy mark."""
    found = case.inspection(body.serial, *SIGNED)
    attempt = _issued(found, body.attempt)
    requested = print_request(attempt, body.language)
    return Decision(case.facts(found.serial, requested), body={"copy_no": requested.copy_no})


def print_request(attempt: AttemptRecord, language: str) -> facts.PrintRequested:
    """Return the request for the next print of an attempt's report: the original until it has come out, then copies."""
    out = [p.copy_no for p in attempt.prints if p.state in ("printed", "filed")]
    pending = [p.copy_no for p in attempt.prints if p.state == "requested"]
    copy_no = max([*out, *pending], default=0) + 1
    asked = {"report_no": attempt.report_no, "attempt": attempt.number, "copy_no": copy_no, "language": language}
    return facts.PrintRequested.model_validate(asked)


def _issued(found: Inspection, number: int | None) -> AttemptRecord:
    issued = [a for a in found.attempts if a.report_sha256 and number in (None, a.number)]
    if not issued:
        raise Refusal("no_report")
    return issued[-1]


def print_done(case: Case, body: m.PrintDone) -> Decision:
    """Take note of what came of a print; only the office's account may say so."""
    if case.sender.client != OFFICE:
        raise Refusal("not_allowed")
    found = case.inspection(body.serial)
    attempt = next((a for a in found.attempts if a.number == body.attempt), None)
    asked = next((p for p in reversed(attempt.prints) if p.copy_no == body.copy_no), None) if attempt else None
    if attempt is None or asked is None:
        raise Refusal("no_report")
    if asked.state == "printed":
        return Decision()
    printed = facts.ReportPrinted(
        report_no=attempt.report_no or "",
        attempt=body.attempt,
        copy_no=body.copy_no,
        printer=body.printer,
        state=body.state,
        detail=body.detail,
    )
    return Decision(case.facts(found.serial, printed))


def inspection_cancel(case: Case, body: m.InspectionCancel) -> Decision:
    """Break an inspection off: nobody may be working on it, and its result is not signed."""
    found = case.inspection(body.serial, State.IN_PROGRESS, State.REVIEW)
    if case.hall.bay_of(body.serial):
        raise Refusal("still_in_bay")
    reason = personal(body.serial, f"cancel.{found.attempt}", body.reason)
    return Decision(
        case.facts(body.serial, facts.InspectionCancelled(reason_commitment=reason.commitment)), personal=(reason,)
    )
