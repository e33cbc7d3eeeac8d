"""From the station's state to the bays of the lane screen: values in, values out."""

from dataclasses import dataclass

from station.bus.messages import BayState, Prompt, RigState, StationState
from station.desk.board import Board
from station.desk.words import say, stage_word
from station.model.text import Language


@dataclass(frozen=True)
class BayRow:
    """One bay in the table of the lane screen."""

    bay: str
    stage: str
    rig: str
    plate: str
    item: str
    prompt: str


def rig_of(state: StationState, bay: BayState) -> RigState | None:
    """Return the rig of a bay."""
    return next((rig for rig in state.rigs if rig.rig == bay.rig), None)


def prompt_of(board: Board, bay: BayState) -> Prompt | None:
    """Return what the driver in a bay must do now."""
    prompt = board.prompts.get(bay.lane)
    return prompt if prompt and prompt.bay == bay.bay else None


def rig_words(rig: RigState | None, language: Language) -> str:
    """Return sign, state and, when it is not ready, the reason of a rig."""
    if rig is None:
        return say(language, "rig.none")
    if rig.state == "online":
        return f"✓ {say(language, 'rig.online')}"
    return f"✗ {say(language, f'rig.{rig.state}')}"


def bay_rows(board: Board, language: Language) -> list[BayRow]:
    """Return a row for each bay."""
    state = board.state
    return [_row(board, state, bay, language) for bay in state.bays] if state else []


def _row(board: Board, state: StationState, bay: BayState, language: Language) -> BayRow:
    vehicle, prompt = board.vehicles.get(bay.serial or ""), prompt_of(board, bay)
    return BayRow(
        bay=bay.bay,
        stage=stage_word(language, bay.stage),
        rig=rig_words(rig_of(state, bay), language),
        plate=vehicle.plate if vehicle else (bay.serial or say(language, "bay.free")),
        item=bay.item or "",
        prompt=prompt.text.in_(language) if prompt else "",
    )


def spaced(words: str) -> str:
    """Return words as large as a terminal can: Chinese with a space between the characters, English in capitals."""
    return " ".join(words) if any("一" <= c <= "鿿" for c in words) else words.upper()
