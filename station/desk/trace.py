"""The live readings of one run, as they came in."""

from decimal import Decimal

from station.bus.messages import Live

MOST_SAMPLES = 60_000
"""Ten minutes at 100 samples a second: more is not drawn."""
TRENDS = ("k",)
"""Single readings of which the way so far is drawn too: an opacimeter has no curves."""


class Trace:
    """The curves of a run, gaps kept as None, and the latest single readings."""

    def __init__(self, run: str, serial: str, item: str) -> None:
        self.run = run
        self.serial = serial
        self.item = item
        self.phase = ""
        self.period_ms = Decimal(10)
        self.curves: dict[str, list[int | None]] = {}
        self.values: dict[str, str | None] = {}
        self.trends: dict[str, list[tuple[int, float]]] = {name: [] for name in TRENDS}
        self.invalid: frozenset[str] = frozenset()
        self.lost = 0
        self._next: int | None = None

    def add(self, live: Live) -> None:
        """Append a block; samples that were not delivered leave a gap, those delivered twice count once."""
        self.phase, self.period_ms, self.lost = live.phase, live.period_ms, live.lost
        self.item, self.invalid = live.item, frozenset(live.invalid)
        self.values.update(live.values)
        for name in TRENDS:
            if (value := live.values.get(name)) is not None:
                self.trends[name].append((live.mono_ns, float(value)))
                del self.trends[name][:-MOST_SAMPLES]
        length = max((len(samples) for samples in live.curves.values()), default=0)
        if length:
            self._append(live, length)

    def _append(self, live: Live, length: int) -> None:
        gap = live.sequence - self._next if self._next is not None else 0
        if gap <= -length:
            return
        have = self.length
        for channel, samples in live.curves.items():
            curve = self.curves.setdefault(channel, [None] * have)
            curve.extend([None] * min(max(gap, 0), MOST_SAMPLES) + samples[max(-gap, 0) :])
            del curve[:-MOST_SAMPLES]
        self._next = live.sequence + length

    @property
    def length(self) -> int:
        """Return the number of samples of the longest curve."""
        return max((len(c) for c in self.curves.values()), default=0)

    def newest(self, channel: str) -> int | None:
        """Return the newest sample of a curve; None if there is none, or it is no number."""
        curve = self.curves.get(channel)
        return curve[-1] if curve else None

    def most(self, channel: str) -> int | None:
        """Return the largest sample of a curve so far; None if there is none."""
        return max((value for value in self.curves.get(channel, ()) if value is not None), default=None)

    def trend(self, name: str, most: int) -> tuple[list[float], list[float]]:
        """Return times in seconds since the first and values of a single reading, thinned like a curve."""
        found = self.trends[name]
        step = max(1, -(-len(found) // most))
        bins = [max(found[start : start + step], key=lambda one: one[1]) for start in range(0, len(found), step)]
        return [(at - found[0][0]) / 1e9 for at, _ in bins], [value for _, value in bins]

    def points(self, channel: str, most: int) -> tuple[list[float], list[int]]:
        """Return times in seconds and values of a curve, thinned to about ``most`` points; each bin keeps its peak."""
        curve = self.curves.get(channel, [])
        step = max(1, -(-len(curve) // most))
        times: list[float] = []
        values: list[int] = []
        for start in range(0, len(curve), step):
            numbers = [v for v in curve[start : start + step] if v is not None]
            if numbers:
                times.append(start * float(self.period_ms) / 1000)
                values.append(max(numbers))
        return times, values
