"""The live panels of the lane screen: brake curve and exhaust readings."""

from rich.table import Table
from rich.text import Text as Cell
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Digits, Static
from textual_plotext import PlotextPlot

from station.desk.frame import Line, desk_of
from station.desk.trace import Trace
from station.desk.words import item_word, say
from station.model.text import Language

CURVES = (("force_left", "L", "cyan+"), ("force_right", "R", "orange"))
LEAST_N = 2000
"""The force axis reaches at least so far, so that noise does not look like braking."""
POINTS_PER_CELL = 2
DRAW_EVERY_S = 0.25
STEPS_N = (500, 1000, 2000, 5000, 10_000, 20_000)
MOST_TICKS = 4

READINGS: tuple[tuple[str, str], ...] = (
    ("co", "% vol"),
    ("co2", "% vol"),
    ("hc", "1e-6 vol"),
    ("no", "1e-6 vol"),
    ("o2", "% vol"),
    ("lambda", ""),
    ("engine_speed", "1/min"),
    ("oil_temperature", "°C"),
)


class BrakePanel(Horizontal):
    """Both wheels' forces over time, and as two large numbers."""

    def __init__(self) -> None:
        super().__init__(id="brake")
        self._trace: Trace | None = None
        self._drawn: tuple[str, int] | None = None

    def compose(self) -> ComposeResult:
        """Make plot and numbers; the plot counts a Chinese character as one cell, so its words are ASCII."""
        yield PlotextPlot(id="plot")
        with Vertical(id="forces"):
            yield Line(id="label-left")
            yield Digits("", id="force-left")
            yield Line(id="label-right")
            yield Digits("", id="force-right")
            yield Line(id="run-note")

    def on_mount(self) -> None:
        """Draw the curve on an interval of its own: it costs ten times what the numbers cost."""
        self.set_interval(DRAW_EVERY_S, self._draw)

    def show(self, trace: Trace | None) -> None:
        """Show a run: the numbers now, the curve with the next drawing."""
        self._trace = trace
        language = desk_of(self).language
        for side in ("left", "right"):
            self.query_one(f"#label-{side}", Line).put(Content(say(language, f"lane.{side}")))
            newest = trace.newest(f"force_{side}") if trace else None
            self.query_one(f"#force-{side}", Digits).update("-" if newest is None else str(newest))
        self.query_one("#run-note", Line).put(Content(_note(trace, language)))
        self.border_title = say(language, "lane.curve", item=item_word(language, trace.item) if trace else "")

    def _draw(self) -> None:
        trace, plot = self._trace, self.query_one("#plot", PlotextPlot)
        drawn = (trace.run, trace.length) if trace else None
        if drawn == self._drawn or not self.display:
            return
        self._drawn = drawn
        plot.plt.clear_data()
        top, end = LEAST_N, 5.0
        for channel, label, colour in CURVES:
            times, forces = trace.points(channel, max(20, plot.size.width * POINTS_PER_CELL)) if trace else ([], [])
            if times:
                plot.plt.plot(times, forces, marker="braille", color=colour, label=label)
                top, end = max(top, *forces), max(end, times[-1])
        _axes(plot, top, end)
        plot.refresh()


def _axes(plot: PlotextPlot, top_n: int, end_s: float) -> None:
    """Give the plot whole newtons and seconds at its axes, few enough for a small screen."""
    step_n = next((step for step in STEPS_N if top_n <= MOST_TICKS * step), top_n)
    step_s = int(end_s) // 6 + 1
    ticks_n, ticks_s = range(0, top_n + step_n, step_n), range(0, int(end_s) + 1, step_s)
    plot.plt.ylim(0, ticks_n[-1])
    plot.plt.xlim(0, end_s)
    plot.plt.yticks(list(ticks_n), [f"{n} N" for n in ticks_n])
    plot.plt.xticks(list(ticks_s), [f"{s} s" for s in ticks_s])


class ExhaustPanel(Static):
    """The analyser's readings; one that does not count is marked with a sign."""

    def show(self, trace: Trace | None) -> None:
        """Draw the readings of a run."""
        language = desk_of(self).language
        self.border_title = say(language, "lane.exhaust")
        table = Table.grid(padding=(0, 2))
        for _ in range(2):
            table.add_column()
            table.add_column(justify="right")
            table.add_column()
        cells = [self._cells(trace, channel, unit) for channel, unit in READINGS]
        for left, right in zip(cells[::2], cells[1::2], strict=True):
            table.add_row(*left, *right)
        self.update(table, layout=False)

    def _cells(self, trace: Trace | None, channel: str, unit: str) -> list[Cell]:
        value = trace.values.get(channel) if trace else None
        bad = trace is not None and channel in trace.invalid
        shown = Cell(f"{'! ' if bad else ''}{value if value is not None else '—'}", "bold yellow" if bad else "bold")
        return [Cell(say(desk_of(self).language, f"channel.{channel}")), shown, Cell(unit, "dim")]


def _note(trace: Trace | None, language: Language) -> str:
    if trace is None:
        return ""
    return say(language, "lane.lost", lost=trace.lost) if trace.lost else ""
