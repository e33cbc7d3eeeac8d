"""The checks of the rigs: which each kind has, and what came of the last ones."""

import json
from dataclasses import dataclass

from station.bus.commands import Commander
from station.bus.messages import EventNotice, QueryEvents
from station.model.codes import RigKind

CHECKS: dict[RigKind, tuple[str, ...]] = {
    "brake": ("zero", "self_check"),
    "gas": ("zero", "leak_test", "purge"),
    "smoke": ("zero",),
    "lamp": ("home",),
}
"""What a maintainer can have each kind of rig do."""

PAGE = 200
PAGES = 10
"""So far the desk looks back for checks that were done before it was started."""


@dataclass(frozen=True)
class Checked:
    """One check that was done: when (UTC), and whether it was passed."""

    at: str
    passed: bool


class Checks:
    """The newest result of each check of each rig, as far as this desk has seen the ledger."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[int, Checked]] = {}

    def take(self, event: EventNotice) -> bool:
        """Take a check from an event of the ledger; return whether it is news."""
        if event.kind != "rig.checked":
            return False
        body = json.loads(event.body)
        key = (str(body["rig"]), str(body["check"]))
        if key in self._found and self._found[key][0] >= event.seq:
            return False
        self._found[key] = (event.seq, Checked(event.at, bool(body["passed"])))
        return True

    def of(self, rig: str, check: str) -> Checked | None:
        """Return the newest result, None if none was seen."""
        found = self._found.get((rig, check))
        return found[1] if found else None


async def look_back(commander: Commander, checks: Checks, seq: int) -> bool:
    """Read the newest events of the ledger, up to ``seq``; return whether there was a check among them.

    Raises:
        TimeoutError: the line does not answer.
        CommandRefusedError: it refuses.
    """
    news = False
    for end in range(seq, max(0, seq - PAGES * PAGE), -PAGE):
        since = max(0, end - PAGE)
        reply = await commander.ask(QueryEvents(since=since, limit=end - since))
        events = [EventNotice.model_validate(event) for event in reply.body["events"]]
        news |= bool([event for event in events if checks.take(event)])
    return news
