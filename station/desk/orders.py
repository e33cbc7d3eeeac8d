"""Commands of the desk: the same request sent again after silence is the same command."""

import secrets

from station.bus.commands import Commander
from station.bus.messages import CommandBody, Reply


class Orders:
    """Sends commands; a request that got no answer keeps its id, so that asking again can never do it twice."""

    def __init__(self, commander: Commander, timeout_s: float = 6.0) -> None:
        self._commander = commander
        self._timeout_s = timeout_s
        self._unanswered: dict[str, str] = {}

    async def send(self, body: CommandBody, timeout_s: float | None = None) -> Reply:
        """Send a command and return the line's answer; one that takes its time is given a time of its own.

        Raises:
            TimeoutError: no answer in time.
        """
        key = f"{body.kind} {body.model_dump_json()}"
        command_id = self._unanswered.setdefault(key, secrets.token_urlsafe(12))
        reply = await self._commander.send(body, timeout_s or self._timeout_s, command_id)
        self._unanswered.pop(key, None)
        return reply
