"""Notices when the computer's time of day jumps beside its monotonic clock, and has it said for a while."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from station.bus.clock import Clock
from station.line.wording import WORDS
from station.model.text import Text

STEP_S = 2.0
"""Less is what a time server does to a clock that it keeps."""
SAID_S = 3600.0
"""How long a jump is said, in station seconds, unless the clock is put back before."""
NONE = timedelta()


class ClockWatch:
    """Compares the time of day (时刻) with the clock that never jumps.

    ``trouble`` is what everybody is told, with what to do; None when the clock is as it was, or SAID_S after a jump:
    a clock that was wrong and was put right is no trouble for ever.
    """

    def __init__(self, clock: Clock, zone: ZoneInfo) -> None:
        self._clock, self._zone = clock, zone
        self._offset = self._wall_offset()
        self._jumped, self._last_s = NONE, 0.0
        self.trouble: tuple[Text, Text] | None = None

    def look(self) -> timedelta | None:
        """Return the step of a jump since the last look, None if there was none; negative: the clock was set back."""
        step = self._wall_offset() - self._offset
        if self._is_jump(step):
            self._offset += step
            self._jumped += step
            self._last_s = self._clock.monotonic()
            self.trouble = self._said() if self._is_jump(self._jumped) else None
            return step
        if self._clock.monotonic() - self._last_s > SAID_S:
            self._jumped, self.trouble = NONE, None
        return None

    def _said(self) -> tuple[Text, Text]:
        now = self._clock.now().astimezone(self._zone)
        before = now - self._jumped
        form = "%H:%M:%S" if before.date() == now.date() else "%Y-%m-%d %H:%M:%S"
        times = {"before": before.strftime(form), "after": now.strftime(form)}
        way = "forward" if self._jumped > NONE else "back"
        return WORDS.text(f"lock.clock.{way}", **times), WORDS.text("lock.remedy.clock")

    def _is_jump(self, step: timedelta) -> bool:
        return abs(step) > timedelta(seconds=STEP_S * self._clock.speed)

    def _wall_offset(self) -> timedelta:
        return self._clock.now() - datetime.fromtimestamp(0, self._zone) - timedelta(seconds=self._clock.monotonic())
