"""A pause after wrong PINs, so that trying all PINs of four digits takes more than a year."""

from dataclasses import dataclass, field

TRIES = 5
PAUSE_S = 60.0
LONGEST_S = 3600.0
REMEMBERED = 1000


@dataclass
class Attempts:
    """Wrong PINs by staff number: from the fifth on that number waits, each time twice as long, an hour at most."""

    _wrong: dict[str, tuple[int, float]] = field(default_factory=dict)

    def pause_left(self, staff: str, now: float) -> float:
        """Return the seconds that this number must still wait, 0 if none."""
        count, last = self._wrong.get(staff, (0, now))
        pause = min(PAUSE_S * 2.0 ** min(count - TRIES, 10), LONGEST_S) if count >= TRIES else 0.0
        return max(0.0, last + pause - now)

    def wrong(self, staff: str, now: float) -> int:
        """Count a wrong PIN; return how many tries are left before a pause."""
        count = self._wrong.pop(staff, (0, now))[0] + 1
        self._wrong[staff] = count, now
        if len(self._wrong) > REMEMBERED:
            del self._wrong[next(iter(self._wrong))]
        return max(0, TRIES - count)

    def right(self, staff: str) -> None:
        """Forget the wrong ones."""
        self._wrong.pop(staff, None)
