"""Curves over time, drawn from the evidence: every sample, gaps as gaps, solid and dashed beside the colour."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from reportlab.pdfbase.pdfmetrics import stringWidth

from reports.fonts import REGULAR
from reports.scene import Box, Label, Path, Scene, Shape
from reports.style import INK, MARK, RULE, SOFT
from station.model.capture import Curve

LEFT_EDGE, RIGHT_EDGE, BOTTOM, TOP = 27.0, 6.0, 15.0, 22.0
BAND = "#eaf1f7"


@dataclass(frozen=True)
class Series:
    """One curve and how it is drawn."""

    curve: Curve
    name: str
    colour: str
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class Chart:
    """What a chart says: title, curves of one unit, when each sample was taken in seconds from the first one.

    ``marks`` are moments as (name, sample index), ``spans`` stretches as (name, first, end): shaded, the name above.
    ``from_zero`` off: the axis spans what was measured, for a quantity whose zero means nothing (lambda).
    """

    title: str
    series: tuple[Series, ...]
    marks: tuple[tuple[str, int], ...]
    at_s: tuple[float, ...]
    time_label: str
    spans: tuple[tuple[str, int, int], ...] = ()
    from_zero: bool = True


def tick_step(span: float, wanted: int) -> float:
    """Return a round step (1, 2 or 5 times a power of ten) that cuts a span into about the wanted number."""
    rough = max(span, 1e-9) / wanted
    power: float = 10.0 ** math.floor(math.log10(rough))
    return next(f * power for f in (1, 2, 5, 10) if f * power >= rough * 0.999)


def segments(curve: Curve) -> Iterator[list[tuple[int, float]]]:
    """Yield the unbroken stretches of a curve as (sample index, value): a sample that is no number breaks it."""
    stretch: list[tuple[int, float]] = []
    for index, (raw, quality) in enumerate(zip(curve.raw, curve.quality, strict=True)):
        if raw is not None and quality in "gs":
            stretch.append((index, float(raw * curve.scale)))
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def draw_chart(chart: Chart, width: float, height: float) -> Scene:
    """Return the chart as a drawing of a size in points."""
    frame = _Frame.around(chart, width, height)
    shapes = [
        *frame.spans(chart),
        *frame.axes(chart),
        *frame.marks(chart),
        *frame.curves(chart),
        *_legend(chart, width, height),
    ]
    return Scene(width, height, tuple(shapes))


@dataclass(frozen=True)
class _Frame:
    width: float
    height: float
    seconds: float
    low: float
    high: float
    step: float

    @classmethod
    def around(cls, chart: Chart, width: float, height: float) -> "_Frame":
        values = [value for s in chart.series for part in segments(s.curve) for _, value in part]
        zero = [0.0] if chart.from_zero or not values else []
        top, bottom = max([*zero, *values]), min([*zero, *values])
        step = tick_step(max(top - bottom, 1e-6), 4)
        seconds = max(chart.at_s[-1], 0.001)
        low, high = math.floor(bottom / step) * step, math.ceil(top / step) * step
        return cls(width, height, seconds, low, high if high > low else low + step, step)

    def x(self, seconds: float) -> float:
        return LEFT_EDGE + seconds / self.seconds * (self.width - LEFT_EDGE - RIGHT_EDGE)

    def y(self, value: float) -> float:
        return BOTTOM + (value - self.low) / (self.high - self.low) * (self.height - BOTTOM - TOP)

    def axes(self, chart: Chart) -> Iterator[Shape]:
        right = self.width - RIGHT_EDGE
        decimals = max(0, -math.floor(math.log10(self.step)))
        for k in range(round((self.high - self.low) / self.step) + 1):
            value = self.low + k * self.step
            yield Path(((LEFT_EDGE, self.y(value)), (right, self.y(value))), RULE, 0.3)
            yield Label(LEFT_EDGE - 3, self.y(value) - 2, f"{value:.{decimals}f}", 5.6, SOFT, "end")
        step = tick_step(self.seconds, 6)
        for k in range(int(self.seconds / step + 1e-6) + 1):
            x = self.x(k * step)
            yield Path(((x, BOTTOM), (x, BOTTOM - 2)), SOFT, 0.4)
            yield Label(x, BOTTOM - 8, f"{k * step:g}", 5.6, SOFT, "middle")
        yield Label(right, 0.6, chart.time_label, 5.6, SOFT, "end")
        floor = self.y(max(0.0, self.low))
        yield Path(((LEFT_EDGE, floor), (right, floor)), SOFT, 0.6)

    def spans(self, chart: Chart) -> Iterator[Shape]:
        for name, first, end in chart.spans:
            left, right = (self.x(_moment(chart, index)) for index in (first, end))
            yield Box(left, BOTTOM, right - left, self.height - TOP - BOTTOM + 3, BAND)
            yield Label((left + right) / 2, self.height - TOP + 5, name, 5.4, SOFT, "middle")

    def marks(self, chart: Chart) -> Iterator[Shape]:
        top = self.height - TOP
        for name, index in chart.marks:
            x = self.x(_moment(chart, index))
            late = x + width_of(name, 5.4) > self.width - RIGHT_EDGE
            yield Path(((x, BOTTOM), (x, top + 3)), MARK, 0.5, (1.2, 1.4))
            yield Label(x + (-1.5 if late else 1.5), top + 1, name, 5.4, SOFT, "end" if late else "start")

    def curves(self, chart: Chart) -> Iterator[Shape]:
        for series in chart.series:
            for part in segments(series.curve):
                points = tuple((self.x(_moment(chart, index)), self.y(value)) for index, value in part)
                yield Path(points if len(points) > 1 else points * 2, series.colour, 0.9, series.dash)


def _moment(chart: Chart, index: int) -> float:
    return chart.at_s[min(index, len(chart.at_s) - 1)]


def _legend(chart: Chart, width: float, height: float) -> Iterator[Shape]:
    y = height - 7
    yield Label(0, y, chart.title, 7, INK, "start", bold=True)
    x = width - RIGHT_EDGE
    for series in (s for s in reversed(chart.series) if s.name):
        yield Label(x, y, series.name, 6, INK, "end")
        x -= width_of(series.name, 6) + 4
        yield Path(((x - 13, y + 2), (x, y + 2)), series.colour, 1.1, series.dash)
        x -= 21


def width_of(text: str, size: float) -> float:
    """Return how wide a line of text is, in points."""
    return stringWidth(text, REGULAR, size)
