"""A pause after wrong PINs, so that trying them all takes years."""

from dataclasses import dataclass, field

TRIES = 5
PAUSE_S = 60.0


@dataclass
class Attempts:
    """Wrong PINs by staff number: after five, that number waits a minute."""

    _wrong: dict[str, list[float]] = field(default_factory=dict)

    def pause_left(self, staff: str, now: float) -> float:
        """Return the seconds that this number must still wait, 0 if none."""
        wrong = self._wrong.get(staff, [])
        return max(0.0, wrong[-1] + PAUSE_S - now) if len(wrong) >= TRIES else 0.0

    def wrong(self, staff: str, now: float) -> int:
        """Count a wrong PIN; return how many tries are left."""
        recent = [t for t in self._wrong.get(staff, []) if now - t < PAUSE_S]
        self._wrong[staff] = [*recent, now]
        return max(0, TRIES - len(self._wrong[staff]))

    def right(self, staff: str) -> None:
        """Forget the wrong ones."""
        self._wrong.pop(staff, None)
