"""The bays, rigs and printer at a glance: one short word for each, in as few lines as they need."""

from datetime import datetime

from rich.cells import cell_len
from textual.content import Content

from station.bus.messages import BayState, StationState
from station.desk.bayview import minutes_in, plate_in, rig_of
from station.desk.board import Board
from station.desk.lines import Line
from station.desk.papers import printer_words
from station.desk.words import say
from station.model.text import Language

BETWEEN = " │ "
MOST_LINES = 3

Chip = tuple[str, str]
"""Words and style."""


class BayStrip(Line):
    """Every bay with its vehicle, item and minutes, a sign at those whose rig is down; then the printer."""

    steady = True

    def show(self, board: Board, now: datetime, language: Language) -> None:
        """Show the station as it is now."""
        self.display = bool(board.state and board.state.bays)
        if board.state:
            self.put(_lines(chips(board, board.state, now, language), self.size.width - 2))


def chips(board: Board, state: StationState, now: datetime, language: Language) -> list[Chip]:
    """Return the word for each bay and for the printer."""
    bays = [_bay(board, state, bay, now, language) for bay in state.bays]
    printer = board.printer
    if printer is None:
        return bays
    words = say(language, "strip.printer", state=printer_words(printer).in_(language))
    return [*bays, (words, "bold red" if printer.state in ("stopped", "offline") else "")]


def _bay(board: Board, state: StationState, bay: BayState, now: datetime, language: Language) -> Chip:
    rig = rig_of(state, bay)
    if rig and rig.state != "online":
        return f"{bay.bay} ✗{say(language, f'rig.{rig.state}')}", "bold red"
    if bay.serial is None:
        return f"{bay.bay} {say(language, 'bay.free')}", "dim"
    minutes = minutes_in(board, bay, now)
    words = [f"{bay.bay} ▶{plate_in(board, bay)}", bay.item or "", "" if minutes is None else f"{minutes}′"]
    return " ".join(filter(None, words)), "bold"


def _lines(found: list[Chip], width: int) -> Content:
    """Return the words side by side, broken between two of them; what has no room any more is counted."""
    lines: list[list[Chip]] = [[]]
    for chip in found:
        used = sum(cell_len(words) + len(BETWEEN) for words, _ in lines[-1])
        if lines[-1] and used + cell_len(chip[0]) > width:
            lines.append([])
        lines[-1].append(chip)
    left = sum(len(line) for line in lines[MOST_LINES:])
    shown = [Content(BETWEEN).join(Content.styled(*chip) for chip in line) for line in lines[:MOST_LINES]]
    return Content("\n").join(shown) + Content(f"{BETWEEN}+{left}" if left else "")
