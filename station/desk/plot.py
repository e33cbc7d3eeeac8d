"""A curve over time in a terminal; its words are ASCII, because the plot counts a Chinese character as one cell."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual_plotext import PlotextPlot

POINTS_PER_CELL = 2
FEWEST_POINTS = 20
LEAST_S = 5.0
MOST_TICKS = 4


@dataclass(frozen=True)
class Axis:
    """The upright axis: its unit, the value that it reaches at least, and the steps between ticks to choose from."""

    unit: str
    least: float
    steps: tuple[float, ...]

    def step(self, top: float, most_ticks: int) -> float:
        """Return the distance of two ticks, so that there are few enough for the screen."""
        return next((step for step in self.steps if top <= most_ticks * step), top)


@dataclass(frozen=True)
class Curve:
    """One curve: label, colour, seconds and values."""

    label: str
    colour: str
    times: Sequence[float]
    values: Sequence[float]


class Plot(PlotextPlot):
    """Some curves over the same seconds."""

    @property
    def points(self) -> int:
        """Return how many points of a curve make a difference here."""
        return max(FEWEST_POINTS, self.size.width * POINTS_PER_CELL)

    def draw(self, axis: Axis, curves: Sequence[Curve]) -> None:
        """Draw these curves; an axis reaches at least as far as it says, so that noise does not look like a value."""
        self.plt.clear_data()
        shown = [curve for curve in curves if curve.times]
        for curve in shown:
            style = {"marker": "braille", "color": curve.colour, "label": curve.label}
            self.plt.plot(list(curve.times), list(curve.values), **style)
        top = max([axis.least, *(max(curve.values) for curve in shown)])
        self._axes(axis, top, max([LEAST_S, *(curve.times[-1] for curve in shown)]))
        self.refresh()

    def _axes(self, axis: Axis, top: float, end_s: float) -> None:
        most_ticks = max(1, min(MOST_TICKS, (self.size.height - 3) // 2))
        step, step_s = axis.step(top, most_ticks), int(end_s) // 6 + 1
        ticks = [step * n for n in range(int(-(-top // step)) + 1)]
        ticks_s = range(0, int(end_s) + 1, step_s)
        self.plt.ylim(0, ticks[-1])
        self.plt.xlim(0, end_s)
        self.plt.yticks(ticks, [f"{tick:g} {axis.unit}" for tick in ticks])
        self.plt.xticks(list(ticks_s), [f"{s} s" for s in ticks_s])
