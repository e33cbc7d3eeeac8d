"""The throughput report of a period: one A4 page, one self-contained HTML page, or the figures as data."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from html import escape
from typing import Any

from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Spacer

from reports.fonts import DRAWING
from reports.kpi import Kpis, kpis, spans
from reports.numbered import numbered
from reports.scene import Scene, SceneFlowable, to_svg
from reports.style import FAINT, INK, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, RULE, SOFT, WIDTH, paragraph, table
from reports.throughput_charts import MOST_ROWS, clock_text, stage_bars, time_lines
from reports.words import Words
from station.model.codes import STAGE_NAMES
from station.model.inspection import Inspection, State
from station.model.text import Language, Text


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value * 100:.1f} %"


TILES: dict[str, Callable[[Kpis], str]] = {
    "cars": lambda k: str(k.cars),
    "reports": lambda k: str(k.reports),
    "first_tests": lambda k: str(k.first_tests),
    "per_hour": lambda k: "—" if k.per_hour is None else f"{k.per_hour:.1f}",
    "retests": lambda k: str(k.retests),
    "first_pass": lambda k: _share(k.first_pass_yield),
    "stay_p50": lambda k: clock_text(k.stay_p50_s),
    "stay_p90": lambda k: clock_text(k.stay_p90_s),
    "value_added": lambda k: _share(k.value_added),
    "wip_max": lambda k: str(k.wip_max),
}
STAGE_HEADS = ("name", "count", "work_p50", "work_p90", "wait_p50", "wait_p90", "bars")
STAGE_WIDTHS = [WIDTH * share for share in (0.15, 0.08, 0.1, 0.1, 0.1, 0.1, 0.37)]
TILE_COLUMNS = 5


@dataclass(frozen=True)
class ThroughputData:
    """What the report is made of; ``start`` and ``end`` are local dates or times, as asked for."""

    station: Text
    timezone: str
    start: str
    end: str
    inspections: tuple[Inspection, ...]
    simulated: bool

    @property
    def cars(self) -> tuple[Inspection, ...]:
        """Return the inspections that count: an arrival that was cancelled is none."""
        return tuple(i for i in self.inspections if i.state != State.CANCELLED)


@dataclass(frozen=True)
class _Page:
    """What both forms show, in order."""

    title: str
    station: str
    period: str
    flag: str
    figures: tuple[tuple[str, str], ...]
    stages: tuple[tuple[str | Scene, ...], ...]
    lines: Scene | None
    lines_title: str
    notes: tuple[str, ...]


def _page(data: ThroughputData, words: Words) -> _Page:
    found = kpis(data.inspections)
    head = tuple(words.say(f"stage.{key}") for key in STAGE_HEADS)
    return _Page(
        title=words.say("throughput.title"),
        station=words.of(data.station),
        period=words.say("throughput.period", start=words.raw(data.start), end=words.raw(data.end)),
        flag=words.say("notice.simulated") if data.simulated else "",
        figures=tuple((words.say(f"kpi.{key}"), words.raw(shown(found))) for key, shown in TILES.items()),
        stages=(head, *_stage_rows(found, words)),
        lines=time_lines(data.cars, words, WIDTH) if found.stages else None,
        lines_title=words.say("throughput.timeline"),
        notes=_notes(data, found, words),
    )


def _stage_rows(found: Kpis, words: Words) -> Iterator[tuple[str | Scene, ...]]:
    bars = stage_bars(found.stages, STAGE_WIDTHS[-1] - 12)
    for stage, drawn in zip(found.stages, bars, strict=True):
        times = (stage.work_p50_s, stage.work_p90_s, stage.wait_p50_s, stage.wait_p90_s)
        yield (words.of(STAGE_NAMES[stage.stage]), str(stage.count), *map(clock_text, times), drawn)


def _notes(data: ThroughputData, found: Kpis, words: Words) -> tuple[str, ...]:
    notes = [] if data.cars else [words.say("throughput.none")]
    if found.unknown_times:
        notes.append(words.say("throughput.unknown", count=found.unknown_times))
    if len(data.cars) > MOST_ROWS:
        notes.append(words.say("throughput.more", count=len(data.cars) - MOST_ROWS))
    return (*notes, words.say("throughput.definitions"))


# ---- PDF


def throughput_pdf(data: ThroughputData, language: Language, *, invariant: bool = True) -> bytes:
    """Return the report as one A4 page.

    Args:
        data: what the report is about.
        language: of every sentence.
        invariant: same data, same bytes.
    """
    with DRAWING:
        return _render(data, Words(language, data.timezone), invariant)


def _render(data: ThroughputData, words: Words, invariant: bool) -> bytes:
    page = _page(data, words)
    buffer = io.BytesIO()
    frame = Frame(MARGIN, MARGIN, WIDTH, PAGE_HEIGHT - 2 * MARGIN, 0, 0, 0, 0)
    document = BaseDocTemplate(
        buffer,
        pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
        title=page.title,
        author=page.station,
        invariant=int(invariant),
        pageTemplates=[PageTemplate(frames=[frame])],
    )
    document.build(_story(page, words.language), canvasmaker=numbered(partial(words.say, "page.of")))
    return buffer.getvalue()


def _story(page: _Page, language: Language) -> list[Flowable]:
    write = partial(paragraph, language=language)
    under = "  ·  ".join(part for part in (page.station, page.period, page.flag) if part)
    story: list[Flowable] = [write(page.title, size=17, bold=True), write(under, size=9, colour=SOFT), Spacer(0, 8)]
    story += [_tiles_table(page, write), Spacer(0, 6), _stages_table(page, write)]
    if page.lines:
        story += [Spacer(0, 8), write(page.lines_title, size=9.4, bold=True), Spacer(0, 3), SceneFlowable(page.lines)]
    return [*story, Spacer(0, 8), *(write(note, size=6.8, colour=SOFT) for note in page.notes)]


def _tiles_table(page: _Page, write: Callable[..., Any]) -> Flowable:
    cells: list[Any] = [
        [write(name, size=7, colour=SOFT), write(value, size=14, bold=True)] for name, value in page.figures
    ]
    commands: list[tuple[Any, ...]] = [
        ("BACKGROUND", (0, 0), (-1, -1), FAINT),
        ("INNERGRID", (0, 0), (-1, -1), 3, "#ffffff"),
    ]
    commands += [("BOTTOMPADDING", (0, 0), (-1, -1), 7)]
    half = [cells[:TILE_COLUMNS], cells[TILE_COLUMNS:]]
    return table(half, [WIDTH / TILE_COLUMNS] * TILE_COLUMNS, commands)


def _stages_table(page: _Page, write: Callable[..., Any]) -> Flowable:
    heads, *stages = page.stages
    rows: list[list[Any]] = [[write(cell, size=7.2, colour=SOFT, bold=True) for cell in heads]]
    rows += [
        [SceneFlowable(cell) if isinstance(cell, Scene) else write(cell, size=8) for cell in row] for row in stages
    ]
    commands: list[tuple[Any, ...]] = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, RULE),
        ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    commands += [("TOPPADDING", (0, 0), (-1, -1), 0.6), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6)]
    return table(rows, STAGE_WIDTHS, commands, heads=1)


# ---- HTML

_STYLE = """
body{font:15px/1.5 "Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;color:#1b242d;margin:0 auto;
max-width:960px;padding:24px 16px}
h1{font-size:28px;margin:0}h2{font-size:17px;margin:28px 0 8px}p{margin:4px 0;color:#5b6773}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(160px,1fr));gap:8px;margin:20px 0}
dl div{background:#f3f5f7;padding:10px 12px}dt{font-size:13px;color:#5b6773}dd{margin:0;font-size:24px;font-weight:700}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:5px 8px;border-bottom:1px solid #c9d1d9}
th{font-size:13px;color:#5b6773}svg{width:100%;height:auto;display:block}td:last-child{width:40%}.note{font-size:13px}
"""


def throughput_html(data: ThroughputData, language: Language) -> str:
    """Return the report as one HTML page without script and without anything from outside."""
    with DRAWING:
        page = _page(data, Words(language, data.timezone))
    under = " · ".join(part for part in (page.station, page.period, page.flag) if part)
    tiles = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in page.figures)
    lines = f"<h2>{escape(page.lines_title)}</h2>{to_svg(page.lines, page.lines_title)}" if page.lines else ""
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in page.notes)
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(page.title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(page.title)}</h1><p>{escape(under)}</p><dl>{tiles}</dl>"
        f"{_html_table(page.stages)}{lines}{notes}</body></html>\n"
    )


def _html_table(rows: tuple[tuple[str | Scene, ...], ...]) -> str:
    head = "".join(f"<th>{_html_cell(cell, '')}</th>" for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{_html_cell(cell, row[0])}</td>' for cell in row)}</tr>" for row in rows[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _html_cell(cell: str | Scene, name: str | Scene) -> str:
    return to_svg(cell, str(name)) if isinstance(cell, Scene) else escape(cell)


# ---- data


def throughput_json(data: ThroughputData) -> dict[str, Any]:
    """Return the figures: durations in seconds, ratios from 0 to 1."""
    return {"start": data.start, "end": data.end, "simulated": data.simulated, **asdict(kpis(data.inspections))}


def throughput_csv(data: ThroughputData) -> str:
    """Return one line for each finished stage, times in UTC, durations in seconds, empty where nobody knows them."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("serial", "attempt", "stage", "waited_from", "started", "finished", "wait_s", "work_s"))
    for car in data.cars:
        for s in spans(car):
            times = (moment.isoformat() if moment else "" for moment in (s.waited_from, s.started, s.finished))
            writer.writerow((s.serial, s.attempt, s.stage, *times, _seconds(s.wait_s), _seconds(s.work_s)))
    return out.getvalue()


def _seconds(known: float | None) -> str:
    return "" if known is None else f"{known:.3f}"
