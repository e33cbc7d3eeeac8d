"""From the station's state to the words of the devices screen: values in, values out."""

from rich.text import Text as Cell

from station.bus.messages import Lock, RigState
from station.desk.bayview import rig_words
from station.desk.board import Board
from station.desk.checks import CHECKS
from station.desk.moments import clock_time, moment
from station.desk.papers import printer_words
from station.desk.trouble import lock_words
from station.desk.words import say
from station.model.text import Language


def device_rows(board: Board, zone: str, language: Language) -> list[tuple[str, list[str | Cell]]]:
    """Return a row for each rig."""
    rigs = board.state.rigs if board.state else ()
    return [(rig.rig, _row(board, rig, zone, language)) for rig in rigs]


def _row(board: Board, rig: RigState, zone: str, language: Language) -> list[str | Cell]:
    state = Cell(rig_words(rig, language), "green" if rig.state == "online" else "bold red")
    done = [_sign(board, rig.rig, check, language) for check in CHECKS[rig.kind]]
    since = clock_time(moment(rig.since), zone) if rig.since else "—"
    return [rig.rig, say(language, f"kind.{rig.kind}"), rig.lane, state, since, "  ".join(done)]


def _sign(board: Board, rig: str, check: str, language: Language) -> str:
    found = board.checks.of(rig, check)
    sign = "·" if found is None else "✓" if found.passed else "✗"
    return f"{sign} {say(language, f'check.{check}')}"


def device_words(board: Board, rig: RigState, zone: str, language: Language) -> list[str]:
    """Return what a rig says of itself, what to do about it, and when its checks were done."""
    locks = [lock for lock in _locks(board) if lock.subject == rig.rig]
    lines = [say(language, "devices.says", rig=rig.rig, reason=rig.reason.in_(language))]
    lines += [say(language, "devices.remedy", remedy=lock.remedy.in_(language)) for lock in locks]
    done = [_checked(board, rig.rig, check, zone, language) for check in CHECKS[rig.kind]]
    return [*lines, say(language, "devices.last", checks="  ".join(done))]


def _checked(board: Board, rig: str, check: str, zone: str, language: Language) -> str:
    found, name = board.checks.of(rig, check), say(language, f"check.{check}")
    if found is None:
        return say(language, "devices.never", check=name)
    key = "devices.check_passed" if found.passed else "devices.check_failed"
    return say(language, key, check=name, at=clock_time(moment(found.at), zone))


def _locks(board: Board) -> tuple[Lock, ...]:
    return board.state.locks if board.state else ()


def printer_lines(board: Board, language: Language) -> list[str]:
    """Return the printer's state, why it is so, and what to do."""
    printer = board.printer
    lines = [say(language, "devices.printer", state=printer_words(printer).in_(language))]
    if printer is None or printer.state in ("ready", "printing"):
        return lines
    return [*lines, f"  {printer.reason.in_(language)} {printer.remedy.in_(language)}".rstrip()]


def station_locks(board: Board, language: Language) -> list[str]:
    """Return the locks that are of no rig: the disk, the database."""
    rigs = {rig.rig for rig in board.state.rigs} if board.state else set()
    return [f"✗ {lock_words(lock).in_(language)}" for lock in _locks(board) if lock.subject not in rigs]
