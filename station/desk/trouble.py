"""What is wrong right now, in words that say what happened, since when and what to do."""

from datetime import datetime
from zoneinfo import ZoneInfo

from station.desk.board import Board
from station.desk.view import moment
from station.desk.words import text
from station.model.text import Text


def clock_time(at: datetime, zone: str) -> str:
    """Return hours and minutes at the station."""
    return at.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def troubles(
    board: Board, broker_url: str, refused: str | None, zone: str, distrusted: Text | None = None
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
    rigs = [
        text(f"trouble.rig_{r.state}", rig=r.rig, reason=r.reason, since=clock_time(moment(r.since), zone))
        for r in state.rigs
        if r.state != "online"
    ]
    locks = [text("trouble.lock", subject=k.subject, reason=k.reason, remedy=k.remedy) for k in state.locks]
    return rigs + locks
