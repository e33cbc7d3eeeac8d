"""Keys that come while the desk is on its way from one field or screen to the next: kept, in their order."""

import time
from collections import deque
from collections.abc import Awaitable, Callable

from textual.events import Key

ALWAYS = frozenset({"ctrl+c", "ctrl+q"})
"""Keys that are never held back: the desk can be ended at any time."""

MOST_S = 15.0
"""Longer than any answer takes: a gate that nobody opened lets keys through again."""


class KeyGate:
    """Holds keys back while it is shut, so that what a scanner or a quick hand types is neither lost nor misplaced."""

    def __init__(self) -> None:
        self._shut = False
        self._since_s = 0.0
        self._kept: deque[Key] = deque()

    def shut(self, first: Key | None = None) -> None:
        """Hold back every key from now on; ``first`` is the one that comes before all others."""
        self._shut, self._since_s = True, time.monotonic()
        if first:
            self._kept.appendleft(first)

    def keeps(self, key: Key) -> bool:
        """Keep a key if the gate is shut; return whether it was kept."""
        if self._shut and time.monotonic() - self._since_s > MOST_S:
            self.drop()
        if self._shut and key.key not in ALWAYS:
            self._kept.append(key)
            return True
        return False

    def drop(self) -> None:
        """Forget what was typed, because what it was meant for did not come about; and let keys through."""
        self._kept.clear()
        self._shut = False

    async def open(self, give: Callable[[Key], Awaitable[None]]) -> bool:
        """Give on what was kept, and let keys through; a kept key may shut the gate again for those behind it.

        Return True if the gate has to be opened once more in a moment: a key that is no character takes effect later
        than a character that comes behind it.
        """
        self._shut = False
        while self._kept and not self._shut:
            key = self._kept.popleft()
            await give(key)
            if self._kept and not key.is_printable and not self._shut:
                self.shut()
                return True
        return False
