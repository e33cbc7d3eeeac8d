"""What is wrong right now, in words that say what happened, since when and what to do."""

from station.bus.messages import Lock, RigState
from station.desk.board import Board
from station.desk.findings import same
from station.desk.moments import clock_time, moment
from station.desk.words import text
from station.model.text import Text

NOTICES = ("clock", "certificate")
"""What is wrong without anything being locked by it."""
LOCKS = (*NOTICES, "space", "store")


def troubles(
    board: Board, broker_url: str, refused: Text | str | None, zone: str, distrusted: Text | None = None
) -> list[Text]:
    """Return the lines of the banner; without the broker nothing else is known, so nothing else is said."""
    if distrusted:
        return [distrusted]
    if refused:
        return [text("trouble.refused", url=broker_url, why=refused)]
    if not board.broker_online:
        return [text("trouble.broker", url=broker_url, since=clock_time(board.broker_since, zone))]
    if board.line_gone_since is not None:
        return [text("trouble.line", since=clock_time(board.line_gone_since, zone))]
    if board.state is None:
        return [text("trouble.no_state", since=clock_time(board.broker_since, zone))]
    if not board.state.online:
        return [text("trouble.line", since=clock_time(moment(board.state.at), zone))]
    return _rig_troubles(board, zone)


def _rig_troubles(board: Board, zone: str) -> list[Text]:
    state = board.state
    if state is None:
        return []
    remedies = {lock.subject: lock.remedy for lock in state.locks}
    down = [_rig(rig, remedies.pop(rig.rig, None), zone) for rig in state.rigs if rig.state != "online"]
    # A rig that is down is locked for that very reason: said once.
    locks = [lock_words(lock) for lock in state.locks if lock.subject in remedies]
    return down + locks + _printer_troubles(board)


def _rig(rig: RigState, remedy: Text | None, zone: str) -> Text:
    since = clock_time(moment(rig.since), zone) if rig.since else "—"
    todo = text("trouble.remedy", remedy=remedy) if remedy else same("")
    return text(f"trouble.rig_{rig.state}", rig=rig.rig, reason=rig.reason, since=since, remedy=todo)


def lock_words(lock: Lock) -> Text:
    """Return what is wrong or locked, why, and what to do: a rig by its id, disk, database and clock by their names."""
    subject = text(f"lock.{lock.subject}") if lock.subject in LOCKS else lock.subject
    key = "trouble.notice" if lock.subject in NOTICES else "trouble.lock"
    return text(key, subject=subject, reason=lock.reason, remedy=lock.remedy)


def _printer_troubles(board: Board) -> list[Text]:
    printer = board.printer
    if printer is None or printer.state not in ("stopped", "offline"):
        return []
    return [text("trouble.printer", reason=printer.reason, remedy=printer.remedy, count=printer.queued)]
