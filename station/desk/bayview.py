"""From the station's state to the bays of the lane screen: values in, values out."""

from dataclasses import dataclass
from datetime import datetime

from station.bus.messages import BayState, Prompt, RigState, StationState
from station.desk.board import Board
from station.desk.moments import minutes_since
from station.desk.words import KNOWN, say, short_serial, stage_word
from station.model.text import Language


@dataclass(frozen=True)
class BayRow:
    """One bay in the table of the lane screen."""

    bay: str
    stage: str
    rig: str
    plate: str
    item: str
    phase: str
    minutes: str
    prompt: str


def rig_of(state: StationState, bay: BayState) -> RigState | None:
    """Return the rig of a bay."""
    return next((rig for rig in state.rigs if rig.rig == bay.rig), None)


def prompt_of(board: Board, bay: BayState) -> Prompt | None:
    """Return what the driver in a bay must do now."""
    prompt = board.prompts.get(bay.lane)
    return prompt if prompt and prompt.bay == bay.bay else None


def rig_words(rig: RigState | None, language: Language) -> str:
    """Return sign and state of a rig."""
    if rig is None:
        return say(language, "rig.none")
    sign = "✓" if rig.state == "online" else "✗"
    return f"{sign} {say(language, f'rig.{rig.state}')}"


def plate_in(board: Board, bay: BayState) -> str:
    """Return the plate of the vehicle in a bay, or its number while that is not known; empty for none."""
    vehicle = board.vehicles.get(bay.serial or "")
    return vehicle.plate if vehicle else short_serial(bay.serial or "")


def minutes_in(board: Board, bay: BayState, now: datetime) -> int | None:
    """Return for how many minutes the run in a bay goes on, or without one the work there; None for neither."""
    vehicle = board.vehicles.get(bay.serial or "")
    if vehicle is None:
        return None
    run = vehicle.inspection.run(bay.run or "")
    work = vehicle.inspection.working
    since = run.started_at if run else (work.started_at if work and work.bay == bay.bay else None)
    return minutes_since(since, now) if since else None


def phase_words(phase: str | None, language: Language) -> str:
    """Return the words for what a run does now; a code that has none stands for itself."""
    key = f"phase.{phase}"
    return say(language, key) if key in KNOWN else (phase or "")


def bay_rows(board: Board, now: datetime, language: Language) -> list[BayRow]:
    """Return a row for each bay."""
    state = board.state
    return [_row(board, state, bay, now, language) for bay in state.bays] if state else []


def _row(board: Board, state: StationState, bay: BayState, now: datetime, language: Language) -> BayRow:
    prompt, minutes = prompt_of(board, bay), minutes_in(board, bay, now)
    return BayRow(
        bay=bay.bay,
        stage=stage_word(language, bay.stage),
        rig=rig_words(rig_of(state, bay), language),
        plate=plate_in(board, bay) or say(language, "bay.free"),
        item=bay.item or "",
        phase=phase_words(bay.phase, language),
        minutes="" if minutes is None else str(minutes),
        prompt=prompt.text.in_(language) if prompt else "",
    )


def spaced(words: str) -> str:
    """Return words as large as a terminal can: Chinese with a space between the characters, English in capitals."""
    return " ".join(words) if any("一" <= c <= "鿿" for c in words) else words.upper()
