"""The curves of a report: two forces for each brake run, small gas curves for an exhaust run."""

from collections.abc import Iterator

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from reports.chart import Chart, Series, draw_chart
from reports.data import ReportData
from reports.scene import SceneFlowable
from reports.style import BARE, LEFT, RIGHT, WIDTH, table
from reports.words import Words
from station.model.capture import Capture
from station.model.inspection import RunRecord

GAP = 6 * mm
HALF = (WIDTH - GAP) / 2
BRAKE_HEIGHT, GAS_HEIGHT = 46 * mm, 33 * mm
GAS_CHANNELS = ("co", "hc", "lambda", "engine_speed")
SOLID: tuple[float, ...] = ()
DASHED: tuple[float, ...] = (3.0, 1.6)


def curve_rows(data: ReportData, words: Words) -> list[Flowable]:
    """Return the charts of every finished run whose evidence is at hand, two beside each other, brakes first."""
    brakes, gases = charts_of(data, words)
    return [*_rows(brakes, BRAKE_HEIGHT), *_rows(gases, GAS_HEIGHT)]


def charts_of(data: ReportData, words: Words) -> tuple[list[Chart], list[Chart]]:
    """Return the charts of the brake runs, and the smaller ones of the exhaust runs."""
    evidence = [(run, data.captures[run.run]) for run in data.runs() if run.run in data.captures]
    brakes = [_brake(run, capture, words) for run, capture in evidence if _has_force(capture)]
    return brakes, [chart for run, capture in evidence for chart in _gases(run, capture, words)]


def _rows(charts: list[Chart], height: float) -> Iterator[Flowable]:
    drawn = [SceneFlowable(draw_chart(chart, HALF, height)) for chart in charts]
    for start in range(0, len(drawn), 2):
        cells: list[object] = [*drawn[start : start + 2], ""][:2]
        yield table([[cells[0], "", cells[1]]], [HALF, GAP, HALF], BARE, after=7)


def _has_force(capture: Capture) -> bool:
    return any(curve.channel in ("force_left", "force_right") for curve in capture.curves)


def _brake(run: RunRecord, capture: Capture, words: Words) -> Chart:
    looks = (("force_left", LEFT, SOLID), ("force_right", RIGHT, DASHED))
    found = [(capture.curve(channel), channel, colour, dash) for channel, colour, dash in looks]
    series = tuple(Series(c, words.say(f"channel.{name}"), colour, dash) for c, name, colour, dash in found if c)
    return _chart(capture, series, words.say("chart.brake", item=words.item(run.item), attempt=run.attempt), words)


def _gases(run: RunRecord, capture: Capture, words: Words) -> Iterator[Chart]:
    for channel in GAS_CHANNELS:
        if curve := capture.curve(channel):
            key = "chart.plain" if curve.unit == "1" else "chart.gas"
            unit, name = words.code("unit", curve.unit), words.say(f"channel.{channel}")
            title = words.say(key, channel=name, unit=unit, attempt=run.attempt)
            yield _chart(capture, (Series(curve, "", LEFT),), title, words)


def _chart(capture: Capture, series: tuple[Series, ...], title: str, words: Words) -> Chart:
    marks = tuple((words.code("mark", mark.name), mark.index) for mark in capture.marks)
    from_zero = series[0].curve.channel != "lambda"
    return Chart(title, series, marks, capture.period_us / 1e6, words.say("chart.time"), from_zero)
