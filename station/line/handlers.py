"""What each command does: from the hall's present and the command's body to facts, or to a refusal. No I/O here."""

import secrets
from collections.abc import Callable
from typing import Any

from station.bus import messages as m
from station.line import flow
from station.line.case import Case, Decision, Refusal, personal
from station.line.checklists import checklist_record, photo_keep, planned, with_follow_ups
from station.line.needs import needed_items
from station.line.papers import inspection_cancel, print_done, report_print
from station.line.signing import keys_return, report_issue, review_send_back, review_sign
from station.model import facts
from station.model.codes import ITEM_STAGES, STAGE_NAMES, STAGE_ROLES, Stage
from station.model.consistency import findings
from station.model.identity import IdentityError, parse_plate, parse_vin
from station.model.inspection import Inspection, State
from station.model.vehicle import Circumstances
from station.model.verdict import Outcome
from station.rules import points, retest_items


def arrival_open(case: Case, body: m.ArrivalOpen) -> Decision:
    """Give a running number: the stay begins."""
    serial = case.hall.next_serial(case.now)
    return Decision(case.facts(serial, facts.KeysTaken()), body={"serial": serial})


def arrival_cancel(case: Case, body: m.ArrivalCancel) -> Decision:
    """Give the key back before registration."""
    case.inspection(body.serial, State.ARRIVED)
    return Decision(case.facts(body.serial, facts.ArrivalCancelled()))


def inspection_register(case: Case, body: m.InspectionRegister) -> Decision:
    """Check identity and vehicle data, plan the items, and let the vehicle wait for its stages."""
    found = case.inspection(body.serial, State.ARRIVED)
    try:
        plate, vin = parse_plate(body.plate), parse_vin(body.vin)
    except IdentityError as error:
        raise Refusal("identity", error.text) from error
    doubts = findings(plate, vin, body.vehicle)
    if contradiction := next((doubt.text for doubt in doubts if doubt.refuse), None):
        raise Refusal("identity", contradiction)
    _not_present_twice(case, plate.number, body.serial)
    if not set(range(1, body.vehicle.axles + 1)) >= set(body.vehicle.parking_axles) > set():
        raise Refusal("parking_axles", axles=body.vehicle.axles)
    items, elsewhere = needed_items(case, body)
    values = {"plate": plate.number, "vin": vin.number}
    if body.owner:
        values |= {"owner": body.owner.name, "phone": body.owner.phone}
    kept = {name: personal(body.serial, name, value) for name, value in values.items() if value}
    committed = {name: value.commitment for name, value in kept.items()}
    registered = facts.InspectionRegistered(
        vehicle_id="veh-" + secrets.token_hex(8),
        vehicle=body.vehicle,
        category=body.category,
        plate_commitment=committed["plate"],
        vin_commitment=committed["vin"],
        owner_commitment=committed.get("owner"),
        phone_commitment=committed.get("phone"),
        plan=items,
        elsewhere=elsewhere,
        circumstances=Circumstances(altitude_m=case.hall.config.rules.altitude_m),
        settings={setting.id: setting.value for setting in case.hall.pack.settings},
        pack=case.hall.pack.ref,
    )
    done = facts.StageFinished(stage="desk", attempt=1, bay=case.sender.client)
    lists = _checklists(case, flow.preview(found, registered), items)
    warnings = [doubt.text.model_dump() for doubt in doubts]
    return Decision(
        case.facts(body.serial, registered, *lists, done, *flow.waiting(1, items)),
        personal=tuple(kept.values()),
        body={"plan": list(items), "warnings": warnings},
    )


def _checklists(case: Case, found: Inspection, items: tuple[str, ...]) -> tuple[facts.Body, ...]:
    """Return the fact that plans the check-lists of an attempt, if its items have any."""
    if found.vehicle is None or found.category is None:
        raise ValueError(f"{found.serial}: not registered")
    today = case.now.astimezone(case.hall.zone).date()
    lists = planned(found, points(case.hall.pack, found.vehicle, found.category, today), items)
    return (lists,) if lists else ()


def _not_present_twice(case: Case, plate: str, serial: str) -> None:
    for other in case.hall.present():
        if other.serial != serial and case.hall.plate(other.serial) == plate:
            raise Refusal("already_here", plate=plate, serial=other.serial)


def inspection_return(case: Case, body: m.InspectionReturn) -> Decision:
    """A failed vehicle is back: plan its failed items again."""
    found = case.inspection(body.serial, State.REPORTED, State.CLOSED)
    if found.conclude() == "pass":
        raise Refusal("did_not_fail")
    _not_present_twice(case, case.hall.plate(body.serial), body.serial)
    first = found.attempts[0].plan
    fine = (Outcome.PASS, Outcome.NOT_APPLICABLE)
    failed = [code for code in first if not ((record := found.latest(code)) and record.outcome in fine)]
    items = retest_items(failed, first)
    attempt = found.attempt + 1
    again = facts.InspectionReturned(attempt=attempt, items=items)
    lists = _checklists(case, flow.preview(found, again), items)
    return Decision(case.facts(body.serial, again, *lists, *flow.waiting(attempt, items)), body={"items": list(items)})


def stage_start(case: Case, body: m.StageStart) -> Decision:
    """Take a vehicle into a stage: it must wait for it, be nowhere else, and find a free bay."""
    _need_role_of(case, body.stage)
    found = case.inspection(body.serial, State.IN_PROGRESS, State.REVIEW)
    if case.hall.bay_of(body.serial):
        raise Refusal("still_in_bay")
    busy = found.working
    if busy:
        name = STAGE_NAMES[busy.stage]
        raise Refusal("elsewhere", stage=name.zh, stage_en=name.en)
    record = found.stage(body.stage)
    if record is None or record.started_at or record.finished_at:
        raise Refusal("not_waiting")
    bay = _bay_for(case, body)
    started = facts.StageStarted(stage=body.stage, attempt=found.attempt, bay=bay)
    enter = (bay, body.serial) if bay else None
    return Decision(case.facts(body.serial, started), body={"bay": bay}, enter=enter)


def _need_role_of(case: Case, stage: Stage) -> None:
    """Refuse work on a stage by somebody who does not do that work."""
    role = STAGE_ROLES.get(stage)
    if role not in case.sender.roles:
        raise Refusal.of_roles({role} if role else set())


def _bay_for(case: Case, body: m.StageStart) -> str | None:
    bays = [bay for bay in case.hall.bays.values() if bay.section.stage == body.stage]
    if not bays:
        return None
    able = [bay for bay in bays if case.hall.measures(bay, body.serial)]
    if not able:
        raise Refusal("no_bay_for", stage=STAGE_NAMES[body.stage].zh, stage_en=STAGE_NAMES[body.stage].en)
    free = next((bay for bay in able if bay.serial is None and body.bay in (None, bay.section.id)), None)
    if free is None:
        holder = next((bay for bay in able if bay.serial), able[0])
        raise Refusal("bay_taken", bay=holder.section.id, plate=case.hall.plate(holder.serial))
    return free.section.id


def stage_release(case: Case, body: m.StageRelease) -> Decision:
    """Give a stage back: an open run in it is voided by the lane, the vehicle waits again."""
    _need_role_of(case, body.stage)
    found = case.inspection(body.serial)
    record = found.stage(body.stage)
    if record is None or record.started_at is None or record.finished_at is not None:
        raise Refusal("not_started")
    bay = case.hall.bay_of(body.serial)
    if bay and bay.section.rig:
        return Decision(release=bay.section.id)
    note = personal(body.serial, f"release.{body.stage}", body.reason.strip()) if body.reason.strip() else None
    given_back = released(found, body.stage, "by_person", note.commitment if note else None)
    return Decision(
        case.facts(body.serial, given_back),
        personal=(note,) if note else (),
        release=bay.section.id if bay else None,
    )


def released(found: Inspection, stage: Stage, reason: str, note: str | None = None) -> facts.StageReleased:
    """Return the fact that a stage was given back; ``note`` commits to what a person wrote."""
    return facts.StageReleased(stage=stage, attempt=found.attempt, reason=reason, note_commitment=note)


def item_skip(case: Case, body: m.ItemSkip) -> Decision:
    """Record that an item cannot be measured: unknown, which is never a pass."""
    found = _working_on(case, body.serial, body.item)
    _need_role_of(case, ITEM_STAGES[body.item])
    item = found.item(body.item)
    if item and item.state == "running":
        raise Refusal("running", item=body.item)
    recorded = facts.ItemRecorded(
        item=body.item, attempt=found.attempt, outcome=Outcome.UNKNOWN, reason=body.reason, note_commitment=None
    )
    return with_follow_ups(case, found, body.item, (recorded,))


def _working_on(case: Case, serial: str, code: str) -> Inspection:
    found = case.inspection(serial, State.IN_PROGRESS)
    item = found.item(code)
    if item is None or item.state == "done":
        raise Refusal("item_not_open", item=code)
    record = found.stage(ITEM_STAGES[code])
    if record is None or record.started_at is None:
        raise Refusal("not_started")
    return found


Handler = Callable[[Case, Any], Decision]

HANDLERS: dict[type[m.CommandBody], Handler] = {
    m.ArrivalOpen: arrival_open,
    m.ArrivalCancel: arrival_cancel,
    m.InspectionRegister: inspection_register,
    m.InspectionReturn: inspection_return,
    m.StageStart: stage_start,
    m.StageRelease: stage_release,
    m.ChecklistRecord: checklist_record,
    m.PhotoKeep: photo_keep,
    m.InspectionCancel: inspection_cancel,
    m.ItemSkip: item_skip,
    m.ReviewSign: review_sign,
    m.ReviewSendBack: review_send_back,
    m.ReportIssue: report_issue,
    m.ReportPrint: report_print,
    m.PrintDone: print_done,
    m.KeysReturn: keys_return,
}
