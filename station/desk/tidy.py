"""Python's collection of garbage, when nobody types.

With 200 inspections in memory and 100 messages a second it stopped the desk for up to 100 ms every few seconds.
"""

import gc

from station.bus.clock import Clock

IDLE_S = 3.0
"""Nobody has typed for so long: nobody notices a pause."""
EVERY_S = 60.0
AT_LATEST_S = 900.0
"""Somebody who types without a break gets one pause so often."""


class Tidy:
    """Takes the collection of garbage into its own hand, and gives it back.

    Args:
        clock: for durations.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._typed_s = self._tidied_s = clock.monotonic()

    def begin(self) -> None:
        """Switch the automatic collection off."""
        gc.disable()

    def end(self) -> None:
        """Switch it on again."""
        gc.enable()

    def typed(self) -> None:
        """Take note that somebody pressed a key."""
        self._typed_s = self._clock.monotonic()

    def look(self) -> bool:
        """Collect if it is time and nobody types; return whether it was done."""
        now_s = self._clock.monotonic()
        since_s = now_s - self._tidied_s
        due = since_s >= EVERY_S and now_s - self._typed_s >= IDLE_S
        if due or since_s >= AT_LATEST_S:
            self._tidied_s = now_s
            gc.collect()
            return True
        return False
