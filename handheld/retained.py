"""Which retained topics a client has seen, so that what was cleared while it was away is forgotten."""

import asyncio
from collections.abc import Callable

Handler = Callable[[str, bytes], None]
SETTLE_S = 2.0
"""Retained messages have come by then after a connect: what did not come again is gone."""


class Retained:
    """Follows retained topics; a topic that was cleared while the client was away sends nothing.

    Args:
        still_there: says whether the client is connected when the time is up.
    """

    def __init__(self, still_there: Callable[[], bool]) -> None:
        self._still_there = still_there
        self._handlers: dict[str, Handler] = {}
        self._stale: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    def note(self, topic: str, payload: bytes, handler: Handler) -> None:
        """Take note of a message; ``handler`` is called with an empty one when the topic turns out to be gone."""
        self._stale.discard(topic)
        if payload:
            self._handlers[topic] = handler
        else:
            self._handlers.pop(topic, None)

    def connected(self) -> None:
        """Doubt everything that does not come again now."""
        self.stop()
        self._stale = set(self._handlers)
        self._timer = asyncio.get_running_loop().call_later(SETTLE_S, self._settled)

    def stop(self) -> None:
        """Forget nothing any more."""
        if self._timer:
            self._timer.cancel()

    def _settled(self) -> None:
        gone = self._stale if self._still_there() else set()
        self._stale = set()
        for topic in gone:
            self._handlers[topic](topic, b"")
