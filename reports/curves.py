"""The curves of a report: two forces for each brake run; gas, smoke and engine speed each alone."""

from collections.abc import Iterator

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from reports.chart import Chart, Series, draw_chart
from reports.data import ReportData
from reports.informed import accelerations
from reports.scene import SceneFlowable
from reports.style import BARE, LEFT, RIGHT, WIDTH, table
from reports.words import Words
from station.model.capture import Capture
from station.model.inspection import RunRecord

GAP = 6 * mm
HALF = (WIDTH - GAP) / 2
CHART_HEIGHT = 32 * mm
SMALL_CHANNELS = ("co", "hc", "lambda", "k", "engine_speed")
WINDOWS = ("high_idle_average", "high_idle_end"), ("idle_average", "idle_end")
"""The marks between which the readings of an exhaust run are averaged."""
SOLID: tuple[float, ...] = ()
DASHED: tuple[float, ...] = (3.0, 1.6)


def curve_rows(data: ReportData, words: Words) -> list[Flowable]:
    """Return the charts of every finished run whose evidence is at hand, two beside each other, brakes first."""
    return list(_rows(charts_of(data, words)))


def charts_of(data: ReportData, words: Words) -> list[Chart]:
    """Return the charts of the brake runs, then those of the exhaust and smoke runs."""
    evidence = [(run, data.captures[run.run]) for run in data.runs() if run.run in data.captures]
    brakes = [_brake(run, capture, words) for run, capture in evidence if _has_force(capture)]
    return [*brakes, *(chart for run, capture in evidence for chart in _small(run, capture, words))]


def _rows(charts: list[Chart]) -> Iterator[Flowable]:
    drawn = [SceneFlowable(draw_chart(chart, HALF, CHART_HEIGHT)) for chart in charts]
    for start in range(0, len(drawn), 2):
        cells: list[object] = [*drawn[start : start + 2], ""][:2]
        yield table([[cells[0], "", cells[1]]], [HALF, GAP, HALF], BARE, after=6)


def _has_force(capture: Capture) -> bool:
    return any(curve.channel in ("force_left", "force_right") for curve in capture.curves)


def _brake(run: RunRecord, capture: Capture, words: Words) -> Chart:
    looks = (("force_left", LEFT, SOLID), ("force_right", RIGHT, DASHED))
    found = [(capture.curve(channel), channel, colour, dash) for channel, colour, dash in looks]
    series = tuple(Series(c, words.say(f"channel.{name}"), colour, dash) for c, name, colour, dash in found if c)
    marks = tuple((words.code("mark", mark.name), mark.index) for mark in capture.marks)
    title = words.say("chart.brake", item=words.item(run.item), attempt=run.attempt)
    return Chart(title, series, marks, _times_s(capture, series), words.say("chart.time"))


def _small(run: RunRecord, capture: Capture, words: Words) -> Iterator[Chart]:
    spans = tuple(_spans(capture, words))
    for channel in SMALL_CHANNELS:
        if curve := capture.curve(channel):
            key = "chart.plain" if curve.unit == "1" else "chart.gas"
            unit, name = words.code("unit", curve.unit), words.say(f"channel.{channel}")
            title = words.say(key, channel=name, unit=unit, attempt=run.attempt)
            series = (Series(curve, "", LEFT),)
            times = _times_s(capture, series)
            yield Chart(title, series, (), times, words.say("chart.time"), spans, from_zero=channel != "lambda")


def _spans(capture: Capture, words: Words) -> Iterator[tuple[str, int, int]]:
    """Yield the stretches that count: the averages of an exhaust run, the accelerations of a smoke run."""
    for first, second in WINDOWS:
        begin, end = capture.mark(first), capture.mark(second)
        if begin is not None and end is not None:
            yield words.say(f"mark.{first}"), begin, end
    for number, (begin, end) in enumerate(accelerations(capture), 1):
        yield words.say("mark.acceleration", number=number), begin, end


def _times_s(capture: Capture, series: tuple[Series, ...]) -> tuple[float, ...]:
    count = max((len(s.curve.raw) for s in series), default=1)
    return tuple(capture.at_us(index) / 1e6 for index in range(max(count, 1)))
