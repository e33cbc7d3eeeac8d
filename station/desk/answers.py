"""One line for whoever asks after a vehicle: where it is, why it waits, how long still."""

from datetime import datetime

from station.bus.messages import BayState, InspectionSnapshot, StationState
from station.desk.board import Board
from station.desk.estimates import bays_for, still
from station.desk.findings import same
from station.desk.moments import day_and_time, minutes_since
from station.desk.office import PastVehicle
from station.desk.words import outcome_text, short_serial, text
from station.model.codes import STAGE_NAMES, Stage
from station.model.inspection import Inspection, State
from station.model.text import Text
from station.model.verdict import Outcome

NOT_MOVING: dict[State, str] = {
    State.ARRIVED: "answer.arrived",
    State.SIGNED: "answer.signed",
    State.REPORTED: "answer.reported",
    State.CLOSED: "answer.closed",
    State.CANCELLED: "answer.cancelled",
}


def answer(snapshot: InspectionSnapshot, board: Board, now: datetime) -> Text:
    """Return where a vehicle in the station is, why it waits, and how long it may still take."""
    if snapshot.inspection.state in NOT_MOVING or board.state is None:
        return text(NOT_MOVING.get(snapshot.inspection.state, "answer.no_state"))
    where = _where(snapshot, board, board.state, now)
    return text("answer.line", where=where, still=_still(snapshot, board, board.state, now))


def _still(snapshot: InspectionSnapshot, board: Board, state: StationState, now: datetime) -> Text:
    found = still(snapshot.inspection, state, board.times, now)
    if found is None:
        return text("answer.unknown")
    if found.low_min == found.high_min:
        return text("answer.minutes", minutes=found.high_min)
    return text("answer.range", low=found.low_min, high=found.high_min)


def _where(snapshot: InspectionSnapshot, board: Board, state: StationState, now: datetime) -> Text:
    work = snapshot.inspection.working
    if work and work.started_at:
        minutes = minutes_since(work.started_at, now)
        return text("answer.working", stage=STAGE_NAMES[work.stage], bay=work.bay or "", minutes=minutes)
    waiting = [record.stage for record in snapshot.inspection.waiting]
    if not waiting:
        return text("answer.between")
    first = min(waiting, key=lambda stage: _hindrance(snapshot.inspection, stage, state))
    others = [STAGE_NAMES[stage] for stage in waiting if stage != first]
    more = text("answer.then", stages=joined(others)) if others else same("")
    return text(
        "answer.waiting", stage=STAGE_NAMES[first], why=_why(snapshot.inspection, first, board, state), more=more
    )


def joined(words: list[Text]) -> Text:
    """Return some words one after another."""
    return Text(zh="、".join(w.zh for w in words), en=", ".join(w.en for w in words))


def _place(serial: str, stage: Stage, state: StationState) -> int:
    queue = state.queue.get(stage, ())
    return queue.index(serial) if serial in queue else len(queue)


def _hindrance(inspection: Inspection, stage: Stage, state: StationState) -> tuple[bool, int, bool]:
    """Return how much stands between a vehicle and a stage: the least is where it goes next."""
    bays = bays_for(inspection, stage, state)
    down = bool(bays) and all(_down(bay, state) for bay in bays)
    return down, _place(inspection.serial, stage, state), bool(bays) and all(bay.serial for bay in bays)


def _why(inspection: Inspection, stage: Stage, board: Board, state: StationState) -> Text:
    """Return why it does not go on: who is in front, who stands in the bays, which rig is down."""
    bays = bays_for(inspection, stage, state)
    down = [text("answer.rig_down", rig=bay.rig, reason=reason) for bay in bays if (reason := _down(bay, state))]
    if bays and len(down) == len(bays):
        return joined(down)
    place = _place(inspection.serial, stage, state)
    if place:
        return text("answer.place", ahead=place)
    taken = [bay for bay in bays if bay.serial]
    if bays and len(taken) == len(bays):
        return text("answer.taken", plates=joined([same(_plate(bay, board)) for bay in taken]))
    return text("answer.next" if bays else "answer.first")


def _down(bay: BayState, state: StationState) -> Text | None:
    return next((rig.reason for rig in state.rigs if rig.rig == bay.rig and rig.state != "online"), None)


def _plate(bay: BayState, board: Board) -> str:
    vehicle = board.vehicles.get(bay.serial or "")
    return vehicle.plate if vehicle else short_serial(bay.serial or "")


def past_answer(vehicle: PastVehicle, zone: str) -> Text:
    """Return when a vehicle of the past was here, and what came of it."""
    when = day_and_time(vehicle.keys_taken_at, zone)
    concluded = [attempt for attempt in vehicle.attempts if attempt.conclusion]
    if not concluded:
        return text("answer.past_none", when=when, state=text(f"state.{vehicle.state.value}"))
    last = concluded[-1]
    outcome = outcome_text(Outcome(last.conclusion or "unknown"))
    return text("answer.past", when=when, outcome=outcome, report=last.report_no, attempts=len(vehicle.attempts))
