"""The live panels with a curve: braking force and smoke."""

from abc import abstractmethod

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Digits

from station.desk.lines import Line, desk_of
from station.desk.plot import Axis, Curve, Plot
from station.desk.trace import Trace
from station.desk.words import item_word, say
from station.model.text import Language

SIDES = (("left", "L", "cyan+"), ("right", "R", "orange"))
FORCE = Axis("N", 2000, (500, 1000, 2000, 3000, 4000, 5000, 7000, 10_000, 20_000, 50_000))
SMOKE = Axis("1/m", 1.0, (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0))
DRAW_EVERY_S = 0.25
TALL = 9
"""From this height on there is room for numbers of three lines."""
SMOKE_READINGS = (("k", "1/m"), ("opacity", "%"), ("engine_speed", "1/min"), ("oil_temperature", "°C"))


class CurvePanel(Horizontal):
    """A curve beside its numbers; drawn on an interval of its own, for it costs ten times what the numbers cost."""

    def __init__(self, id_: str) -> None:
        super().__init__(id=id_, classes="curve")
        self._trace: Trace | None = None
        self._drawn: tuple[str, int, int] | None = None

    def on_mount(self) -> None:
        """Begin to draw."""
        self.set_interval(DRAW_EVERY_S, self._draw)

    def on_resize(self) -> None:
        """Leave the large numbers out where there is no room for them."""
        self.set_class(self.size.height < TALL, "-low")

    def show(self, trace: Trace | None) -> None:
        """Show a run: the numbers now, the curve with the next drawing."""
        self._trace = trace
        self.numbers(trace, desk_of(self).language)

    def numbers(self, trace: Trace | None, language: Language) -> None:
        """Draw the numbers."""

    @abstractmethod
    def curves(self, trace: Trace, points: int) -> list[Curve]:
        """Return the curves of a run, thinned to so many points."""

    def length(self, trace: Trace) -> int:
        """Return how much there is to draw: when it has grown, the curve is drawn again."""
        return trace.length

    axis: Axis

    def _draw(self) -> None:
        trace, plot = self._trace, self.query_one(Plot)
        drawn = (trace.run, self.length(trace), plot.size.width) if trace else None
        if drawn != self._drawn and self.display:
            self._drawn = drawn
            plot.draw(self.axis, self.curves(trace, plot.points) if trace else [])


class BrakePanel(CurvePanel):
    """Both wheels' forces over time, now and at most."""

    axis = FORCE

    def __init__(self) -> None:
        super().__init__("brake")

    def compose(self) -> ComposeResult:
        """Make plot and numbers."""
        yield Plot()
        with Vertical(classes="numbers"):
            for side, _, _ in SIDES:
                yield Line(id=f"label-{side}")
                yield Digits("", id=f"force-{side}")
            yield Line(id="run-note")

    def numbers(self, trace: Trace | None, language: Language) -> None:
        """Draw each wheel's force."""
        for side, _, _ in SIDES:
            newest, most = (trace.newest(f"force_{side}"), trace.most(f"force_{side}")) if trace else (None, None)
            now = "-" if newest is None else str(newest)
            key = "lane.force_low" if self.has_class("-low") else "lane.force"
            words = say(language, key, side=say(language, f"lane.{side}"), now=now, most="-" if most is None else most)
            self.query_one(f"#label-{side}", Line).put(Content(words))
            self.query_one(f"#force-{side}", Digits).update(now)
        self.query_one("#run-note", Line).put(Content(lost_words(trace, language)))
        self.border_title = say(language, "lane.curve", item=item_word(language, trace.item) if trace else "")

    def curves(self, trace: Trace, points: int) -> list[Curve]:
        """Return left and right."""
        return [Curve(label, colour, *trace.points(f"force_{side}", points)) for side, label, colour in SIDES]


class SmokePanel(CurvePanel):
    """The light absorption coefficient k over time, and the opacimeter's other readings."""

    axis = SMOKE

    def __init__(self) -> None:
        super().__init__("smoke")

    def compose(self) -> ComposeResult:
        """Make plot and numbers."""
        yield Plot()
        with Vertical(classes="numbers"):
            for name, _ in SMOKE_READINGS:
                yield Line(id=f"smoke-{name}")
            yield Line(id="smoke-most")

    def numbers(self, trace: Trace | None, language: Language) -> None:
        """Draw the readings, and the largest k so far."""
        for name, unit in SMOKE_READINGS:
            words = f"{say(language, f'channel.{name}')} {reading(trace, name)} {unit}"
            self.query_one(f"#smoke-{name}", Line).put(Content(words))
        most = max((value for _, value in trace.trends["k"]), default=None) if trace else None
        words = say(language, "lane.smoke_most", most="—" if most is None else f"{most:.2f}")
        self.query_one("#smoke-most", Line).put(Content(words))
        self.border_title = say(language, "lane.smoke")

    def curves(self, trace: Trace, points: int) -> list[Curve]:
        """Return k."""
        return [Curve("k", "cyan+", *trace.trend("k", points))]

    def length(self, trace: Trace) -> int:
        """Return how many readings of k there are."""
        return len(trace.trends["k"])


def reading(trace: Trace | None, name: str) -> str:
    """Return a single reading; one that does not count is marked with a sign."""
    value = trace.values.get(name) if trace else None
    bad = trace is not None and name in trace.invalid
    return f"{'! ' if bad else ''}{value if value is not None else '—'}"


def lost_words(trace: Trace | None, language: Language) -> str:
    """Return how many samples were lost, nothing for none."""
    return say(language, "lane.lost", lost=trace.lost) if trace and trace.lost else ""
