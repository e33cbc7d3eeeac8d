"""The right end of the status line."""

from station.desk.core import DeskCore


def status_words(desk: DeskCore) -> list[str]:
    """Return counters, whether it is simulated, who is logged in, whether the line is there."""
    state, parts = desk.board.state, []
    if state:
        day = state.counters
        parts.append(desk.say("status.counters", here=day.in_station, arrived=day.arrived, reported=day.reported))
    if state and state.simulated:
        parts.append(desk.say("status.simulated", speed=f"{state.speed.normalize():f}"))
    if desk.session:
        parts.append(desk.session.name or desk.session.staff)
    return [*parts, desk.say("status.online" if desk.board.line_online else "status.offline")]
