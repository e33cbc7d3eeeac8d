"""The two drawings of a throughput report: stages by work and wait, and a time line for each vehicle."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from reports.chart import tick_step
from reports.kpi import Span, StageKpi, Visit, spans, visits
from reports.scene import Box, Label, Path, Scene, Shape
from reports.style import INK, RULE, SOFT
from reports.words import Words
from station.model.codes import STAGE_NAMES, Stage
from station.model.inspection import Inspection

COLOURS: dict[Stage, str] = {
    "desk": "#5b6b7b",
    "appearance": "#2a7f86",
    "brake": "#0b4f8a",
    "exhaust": "#8a5a0b",
    "review": "#6a3d8f",
    "report": "#3f7d3a",
    "handback": "#9a3b52",
}
WAIT = "#e3e7eb"
ROW, LABEL_WIDTH, HEAD = 12.0, 92.0, 14.0
MOST_ROWS = 26


def clock_text(seconds: float | None) -> str:
    """Return a duration as ``12:05`` or ``1:02:05``, a dash for none."""
    if seconds is None:
        return "—"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def stage_bars(stages: Sequence[StageKpi], words: Words, width: float) -> Scene:
    """Return P50 of work (solid) and wait (outlined) of each stage, with thin lines out to P90."""
    longest = max([1.0, *(max(s.work_p90_s, s.wait_p90_s) for s in stages)])
    scale = (width - LABEL_WIDTH - 70) / longest
    height = len(stages) * 2 * ROW
    shapes: list[Shape] = []
    for number, stage in enumerate(stages):
        top = height - number * 2 * ROW
        shapes.append(Label(0, top - ROW, words.of(STAGE_NAMES[stage.stage]), 8, INK, bold=True))
        solid = (COLOURS[stage.stage], None)
        shapes += _bar(top - ROW + 1, words.say("kind.work"), stage.work_p50_s, stage.work_p90_s, scale, solid)
        shapes += _bar(
            top - 2 * ROW + 3, words.say("kind.wait"), stage.wait_p50_s, stage.wait_p90_s, scale, (WAIT, SOFT)
        )
    return Scene(width, height, tuple(shapes))


def _bar(y: float, name: str, p50: float, p90: float, scale: float, look: tuple[str, str | None]) -> Iterator[Shape]:
    yield Label(LABEL_WIDTH - 5, y + 1.5, name, 6.5, SOFT, "end")
    yield Box(LABEL_WIDTH, y, max(p50 * scale, 0.6), ROW - 4, *look, title=f"P50 {clock_text(p50)}")
    middle = y + (ROW - 4) / 2
    yield Path(((LABEL_WIDTH + p50 * scale, middle), (LABEL_WIDTH + p90 * scale, middle)), SOFT, 0.8)
    yield Label(LABEL_WIDTH + p90 * scale + 4, y + 1.5, f"{clock_text(p50)} / {clock_text(p90)}", 6.2, SOFT)


def time_lines(cars: Sequence[Inspection], words: Words, width: float) -> Scene:
    """Return one row a vehicle: work as blocks with the stage's name, waiting as a thin grey bar; newest first."""
    shown = list(cars)[-MOST_ROWS:][::-1]
    moments = [m for car in shown for m in _moments(car)]
    begin, end = min(moments), max(moments)
    axis = _Axis(begin, max(end, begin + timedelta(seconds=1)), width)
    height = len(shown) * ROW + 2 * HEAD
    shapes: list[Shape] = [*_hours(axis, height, words), *_legend(height, words)]
    for number, car in enumerate(shown):
        y = height - HEAD - (number + 1) * ROW
        shapes.append(Label(0, y + 2.5, words.raw(car.serial), 6.5, INK))
        shapes += _row(car, y, axis, words)
    return Scene(width, height, tuple(shapes))


class _Axis:
    def __init__(self, begin: datetime, end: datetime, width: float) -> None:
        self.begin, self.end, self.left = begin, end, LABEL_WIDTH
        self.scale = (width - LABEL_WIDTH - 2) / (end - begin).total_seconds()

    def x(self, at: datetime) -> float:
        return self.left + (at - self.begin).total_seconds() * self.scale


def _moments(car: Inspection) -> list[datetime]:
    stays = visits(car)
    ends = [span.finished for span in spans(car)]
    return [*(s.begin for s in stays), *(s.end for s in stays if s.end), *ends]


def _row(car: Inspection, y: float, axis: _Axis, words: Words) -> Iterator[Shape]:
    done = spans(car)
    for stay in visits(car):
        yield _stay(stay, done, y, axis)
    for span in done:
        name = words.of(STAGE_NAMES[span.stage])
        said = {"serial": words.raw(car.serial), "stage": name, "kind": words.say("kind.work")}
        title = words.say("throughput.bar_title", time=clock_text(span.work_s), **said)
        x, wide = axis.x(span.started), max(span.work_s * axis.scale, 0.8)
        yield Box(x, y + 1, wide, ROW - 3, COLOURS[span.stage], None, title)
        if wide > 6.2 * len(name):
            yield Label(x + wide / 2, y + 3.2, name, 5.4, "#ffffff", "middle")


def _stay(stay: Visit, done: Sequence[Span], y: float, axis: _Axis) -> Shape:
    last = max((span.finished for span in done if span.started >= stay.begin), default=stay.begin)
    x = axis.x(stay.begin)
    return Box(x, y + 3.6, axis.x(stay.end or last) - x, ROW - 8.2, WAIT, SOFT)


def _hours(axis: _Axis, height: float, words: Words) -> Iterator[Shape]:
    span = (axis.end - axis.begin).total_seconds()
    step = tick_step(span / 60, 8) * 60 if span > 600 else tick_step(span, 6)
    for k in range(int(span / step) + 1):
        at = axis.begin + timedelta(seconds=k * step)
        x = axis.x(at)
        yield Path(((x, HEAD - 2), (x, height - HEAD)), RULE, 0.4)
        local = words.local(at.isoformat())
        yield Label(x, 4, f"{local:%H:%M}" if step >= 60 else f"{local:%H:%M:%S}", 5.8, SOFT, "middle")


def _legend(height: float, words: Words) -> Iterator[Shape]:
    x = LABEL_WIDTH
    for stage, colour in COLOURS.items():
        name = words.of(STAGE_NAMES[stage])
        yield Box(x, height - 8, 7, 6, colour)
        yield Label(x + 9, height - 7.5, name, 6, INK)
        x += 15 + sum(6.0 if ord(char) > 0x2E80 else 3.2 for char in name)
    yield Box(x, height - 6.5, 10, 3.5, WAIT, SOFT)
    yield Label(x + 13, height - 7.5, words.say("kind.wait"), 6, INK)
