"""The drawings of a throughput report: stages by work and wait, and a time line for each vehicle."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from reports.chart import width_of
from reports.kpi import Span, StageKpi, Visit, spans, visits
from reports.scene import Box, Label, Path, Scene, Shape
from reports.style import INK, RULE, SOFT
from reports.words import Words
from station.model.codes import STAGE_NAMES, Stage
from station.model.inspection import Inspection

COLOURS: dict[Stage, str] = {
    "desk": "#5b6b7b",
    "appearance": "#2a7f86",
    "chassis": "#7a6a1c",
    "underbody": "#4f5f2a",
    "brake": "#0b4f8a",
    "lamps": "#b4530a",
    "exhaust": "#8a3b12",
    "review": "#6a3d8f",
    "report": "#3f7d3a",
    "handback": "#9a3b52",
}
WAIT = "#e3e7eb"
BAR = 15.0
ROW, LEAST_ROW, LINES = 12.0, 7.6, 336.0
"""Height of a vehicle's row where there are few, where there are many, and of all rows together."""
LABEL_WIDTH, HEAD = 80.0, 14.0
DAY_S = 86_400
STEPS_S = (1, 5, 15, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, DAY_S, 7 * DAY_S)
MOST_TICKS = 12
MOST_ROWS = int(LINES / LEAST_ROW)


def clock_text(seconds: float | None) -> str:
    """Return a duration as ``12:05`` or ``1:02:05``, a dash for none."""
    if seconds is None:
        return "—"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def stage_bars(stages: Sequence[StageKpi], width: float) -> tuple[Scene, ...]:
    """Return a bar for each stage: P50 of work (solid) above that of wait (outlined), thin lines out to P90."""
    longest = max([1.0, *(seconds for s in stages for seconds in (s.work_p90_s, s.wait_p90_s) if seconds is not None)])
    scale = (width - 2) / longest
    return tuple(Scene(width, BAR, tuple(_bars(stage, scale))) for stage in stages)


def _bars(stage: StageKpi, scale: float) -> Iterator[Shape]:
    yield from _bar(8.2, stage.work_p50_s, stage.work_p90_s, scale, (COLOURS[stage.stage], None))
    yield from _bar(1.6, stage.wait_p50_s, stage.wait_p90_s, scale, (WAIT, SOFT))


def _bar(y: float, p50: float | None, p90: float | None, scale: float, look: tuple[str, str | None]) -> Iterator[Shape]:
    if p50 is None or p90 is None:
        return
    yield Box(0.5, y, max(p50 * scale, 0.6), 5.2, *look, title=f"P50 {clock_text(p50)}, P90 {clock_text(p90)}")
    yield Path(((0.5 + p50 * scale, y + 2.6), (0.5 + p90 * scale, y + 2.6)), SOFT, 0.8)


def time_lines(cars: Sequence[Inspection], words: Words, width: float) -> Scene:
    """Return one row a vehicle: work as blocks with the stage's name, waiting as a thin grey bar; newest first."""
    shown = list(cars)[-MOST_ROWS:][::-1]
    moments = [m for car in shown for m in _moments(car)]
    begin, end = min(moments), max(moments)
    axis = _Axis(begin, max(end, begin + timedelta(seconds=1)), width)
    row = min(ROW, LINES / len(shown))
    legend = list(_legend(words, width))
    foot = HEAD + row * len(shown)
    height = foot + legend[-1].y + 10
    shapes: list[Shape] = [*_hours(axis, foot, words), *(replace(s, y=height - 8 - s.y) for s in legend)]
    for number, car in enumerate(shown):
        y = foot - (number + 1) * row
        shapes.append(Label(0, y + row * 0.22, words.raw(car.serial), min(6.5, row * 0.72), INK))
        shapes += _row(car, y, row, axis, words)
    return Scene(width, height, tuple(shapes))


class _Axis:
    def __init__(self, begin: datetime, end: datetime, width: float) -> None:
        self.begin, self.end, self.left = begin, end, LABEL_WIDTH
        self.scale = (width - LABEL_WIDTH - 2) / (end - begin).total_seconds()

    def x(self, at: datetime) -> float:
        return self.left + (at - self.begin).total_seconds() * self.scale


def _moments(car: Inspection) -> list[datetime]:
    stays = visits(car)
    done = spans(car)
    of_work = [moment for span in done for moment in (span.started, span.finished)]
    return [*(s.begin for s in stays), *(s.end for s in stays if s.end), *of_work]


def _row(car: Inspection, y: float, row: float, axis: _Axis, words: Words) -> Iterator[Shape]:
    done = spans(car)
    for stay in visits(car):
        yield _stay(stay, done, y + row * 0.36, row * 0.28, axis)
    for span in done:
        name = words.of(STAGE_NAMES[span.stage])
        said = {"serial": words.raw(car.serial), "stage": name, "kind": words.say("kind.work")}
        title = words.say("throughput.bar_title", time=clock_text(span.work_s), **said)
        # A duration that nobody knows has no length: a stroke stands where the stage began.
        x, wide = axis.x(span.started), max((span.work_s or 0.0) * axis.scale, 0.8)
        yield Box(x, y + row * 0.1, wide, row * 0.8, COLOURS[span.stage], None, title)
        if row >= ROW and wide > width_of(name, 5.4) + 2:
            yield Label(x + wide / 2, y + 4, name, 5.4, "#ffffff", "middle")


def _stay(stay: Visit, done: Sequence[Span], y: float, height: float, axis: _Axis) -> Shape:
    last = max((span.finished for span in done if span.started >= stay.begin), default=stay.begin)
    x = axis.x(stay.begin)
    return Box(x, y, max(axis.x(stay.end or last) - x, 0.8), height, WAIT, SOFT)


def _hours(axis: _Axis, top: float, words: Words) -> Iterator[Shape]:
    begin, end = (words.local(moment.isoformat()) for moment in (axis.begin, axis.end))
    step = next((s for s in STEPS_S if (end - begin).total_seconds() <= s * MOST_TICKS), STEPS_S[-1])
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    first = math.ceil((begin - midnight).total_seconds() / step)
    for k in range(first, int((end - midnight).total_seconds() / step) + 1):
        local = midnight + timedelta(seconds=k * step)
        x = axis.x(local)
        yield Path(((x, HEAD - 2), (x, top)), RULE, 0.4)
        yield Label(x, 4, local.strftime(_clock_form(step)), 5.8, SOFT, "middle")


def _clock_form(step_s: int) -> str:
    if step_s >= DAY_S:
        return "%m-%d"
    return "%H:%M" if step_s >= 60 else "%H:%M:%S"


def _legend(words: Words, width: float) -> Iterator[Box | Label]:
    """Yield the legend in as many lines as it takes; ``y`` is counted downwards, from the first line."""
    x = y = 0.0
    entries = [(words.of(STAGE_NAMES[stage]), colour, None) for stage, colour in COLOURS.items()]
    for name, colour, outline in (*entries, (words.say("kind.wait"), WAIT, SOFT)):
        wide = 16 + width_of(name, 6)
        if x + wide > width:
            x, y = 0.0, y + 9
        yield Box(x, y, 7, 6, colour, outline)
        yield Label(x + 9, y - 0.5, name, 6, INK)
        x += wide
