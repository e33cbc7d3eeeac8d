"""The load cells' LOAD_STABLE: both wheel loads within 5 kg for 1 s."""

STABLE_TICKS, STABLE_KG = 100, 5


class Scales:
    """Watches two wheel loads, tick by tick (10 ms)."""

    def __init__(self) -> None:
        self.stable = False
        self._since = 0
        self._span: tuple[int, int, int, int] | None = None

    def weigh(self, number: int, left_kg: int | None, right_kg: int | None) -> None:
        """Take both loads of one tick; a load without value is never stable."""
        if left_kg is None or right_kg is None:
            self._span, self.stable = None, False
            return
        span = self._widened(left_kg, right_kg)
        if span is None:
            span, self._since = (left_kg, left_kg, right_kg, right_kg), number
        self._span, self.stable = span, number - self._since >= STABLE_TICKS

    def _widened(self, left_kg: int, right_kg: int) -> tuple[int, int, int, int] | None:
        """Return the span of loads with these in it, None if it becomes too wide or there was none."""
        if self._span is None:
            return None
        low_left, high_left, low_right, high_right = self._span
        span = (min(low_left, left_kg), max(high_left, left_kg), min(low_right, right_kg), max(high_right, right_kg))
        return None if span[1] - span[0] > STABLE_KG or span[3] - span[2] > STABLE_KG else span
