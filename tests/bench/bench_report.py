"""From a signature to the report: the time to make the PDF, beside bare reportlab drawing the same pages.

The bare drawing is what is left when everything of ours is taken away: from the finished report are taken each line of
text with its place, font, size and colour, and each line, box and curve with its points, all in page coordinates. It
sets what changes and draws them, one call each, without layout, tables or checks, in the same two fonts, compressed
as well; and it computes the QR code, which is on the page. Both take turns.
Usage: python tests/bench/bench_report.py [--runs N] [--json]
"""

import argparse
import io
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import segno
from pypdf import PageObject, PdfReader
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from reports import proof_block
from reports.fonts import BOLD, REGULAR
from reports.inspection import render_inspection

sys.path.append(str(Path(__file__).parents[2]))
from tests.reports import sample_report  # found by the line above

PAINTS = {b"S": (True, False), b"f": (False, True), b"f*": (False, True), b"B": (True, True)}


@dataclass(frozen=True)
class Look:
    """What is set before something is drawn."""

    fill: tuple[float, ...] = (0, 0, 0)
    stroke: tuple[float, ...] = (0, 0, 0)
    width: float = 1.0
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class Text:
    """One line of text."""

    x: float
    y: float
    font: str
    size: float
    text: str
    look: Look


@dataclass(frozen=True)
class Figure:
    """One path: its steps as (operator, numbers), and whether it is stroked and filled."""

    steps: tuple[tuple[str, tuple[float, ...]], ...]
    painted: tuple[bool, bool]
    look: Look


@dataclass
class Taker:
    """Takes from a page what it shows."""

    look: Look = field(default_factory=Look)
    kept: list[Look] = field(default_factory=list)
    steps: list[tuple[str, tuple[float, ...]]] = field(default_factory=list)
    shown: list[Text | Figure] = field(default_factory=list)

    def operator(self, name: bytes, operands: Any, cm: list[float], tm: list[float]) -> None:
        """Follow one operator of the page."""
        if name == b"q":
            self.kept.append(self.look)
        elif name == b"Q":
            self.look = self.kept.pop()
        elif name in (b"m", b"l", b"re"):
            self.steps.append((name.decode(), _placed([float(v) for v in operands], cm)))
        elif name in PAINTS:
            self.shown.append(Figure(tuple(self.steps), PAINTS[name], self.look))
            self.steps = []
        else:
            self._set(name, operands)

    def _set(self, name: bytes, operands: Any) -> None:
        if name in (b"rg", b"RG"):
            colour = tuple(float(v) for v in operands)
            self.look = replace(self.look, **{"fill" if name == b"rg" else "stroke": colour})
        elif name == b"w":
            self.look = replace(self.look, width=float(operands[0]))
        elif name == b"d":
            self.look = replace(self.look, dash=tuple(float(v) for v in operands[0]))

    def text(self, text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        """Take one piece of text."""
        said = text.strip("\n")
        if said.strip() and font:
            x, y = _placed(tm[4:6], cm)
            name = BOLD if font["/BaseFont"].endswith("Bold") else REGULAR
            self.shown.append(Text(x, y, name, size, said, self.look))


def _placed(values: list[float], cm: list[float]) -> tuple[float, ...]:
    x, y, *size = values
    return (cm[0] * x + cm[2] * y + cm[4], cm[1] * x + cm[3] * y + cm[5], *size)


def taken(page: PageObject) -> list[Text | Figure]:
    """Return everything that a page shows, pieces of one line of text joined."""
    taker = Taker()
    page.extract_text(visitor_operand_before=taker.operator, visitor_text=taker.text)
    joined: list[Text | Figure] = []
    for shown in taker.shown:
        before = joined[-1] if joined else None
        if isinstance(shown, Text) and isinstance(before, Text) and (before.x, before.y) == (shown.x, shown.y):
            joined[-1] = replace(before, text=before.text + shown.text)
        else:
            joined.append(shown)
    return joined


def bare(pages: list[list[Text | Figure]], code: str) -> bytes:
    """Return a PDF that shows it, by reportlab's canvas alone."""
    segno.make(code, error="m", micro=False)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1)
    for page in pages:
        look, font = Look(), ("", 0.0)
        for shown in page:
            _look(canvas, look, shown.look)
            look = shown.look
            font = _text(canvas, shown, font) if isinstance(shown, Text) else _figure(canvas, shown, font)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _look(canvas: Canvas, before: Look, look: Look) -> None:
    if look.fill != before.fill:
        canvas.setFillColorRGB(*look.fill)
    if look.stroke != before.stroke:
        canvas.setStrokeColorRGB(*look.stroke)
    if look.width != before.width:
        canvas.setLineWidth(look.width)
    if look.dash != before.dash:
        canvas.setDash(list(look.dash))


def _text(canvas: Canvas, shown: Text, font: tuple[str, float]) -> tuple[str, float]:
    if font != (shown.font, shown.size):
        canvas.setFont(shown.font, shown.size)
    canvas.drawString(shown.x, shown.y, shown.text)
    return shown.font, shown.size


def _figure(canvas: Canvas, shown: Figure, font: tuple[str, float]) -> tuple[str, float]:
    path = canvas.beginPath()
    draw: dict[str, Callable[..., None]] = {"m": path.moveTo, "l": path.lineTo, "re": path.rect}
    for name, numbers in shown.steps:
        draw[name](*numbers)
    stroke, fill = shown.painted
    canvas.drawPath(path, stroke=int(stroke), fill=int(fill))
    return font


def medians_ms(runs: int, *works: Callable[[], bytes]) -> list[float]:
    """Return the median time of each piece of work in milliseconds; they take turns, so all meet the same load."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for work, spent in zip(works, times, strict=True):
            # Each report has a code of its own: none comes from the store of those that were made before.
            proof_block.modules.cache_clear()
            start = time.perf_counter()
            work()
            spent.append((time.perf_counter() - start) * 1000)
    return [statistics.median(spent) for spent in times]


def words_of(pdf: bytes) -> list[str]:
    """Return the words on each page, for a comparison."""
    return ["".join(sorted("".join(page.extract_text().split()))) for page in PdfReader(io.BytesIO(pdf)).pages]


def curve_points(pages: Iterable[list[Text | Figure]]) -> int:
    """Return how many points all paths of the pages have."""
    return sum(len(shown.steps) for page in pages for shown in page if isinstance(shown, Figure))


def measure(runs: int) -> dict[str, float | int]:
    """Return the medians and their ratio, for a failed vehicle with five runs.

    Raises:
        SystemExit: the bare drawing does not show what the report shows.
    """
    data = sample_report.failed()
    start = time.perf_counter()
    first = render_inspection(data, "zh")
    first_ms = (time.perf_counter() - start) * 1000
    pages = [taken(page) for page in PdfReader(io.BytesIO(first)).pages]
    again = partial(bare, pages, data.proof().to_text())
    if words_of(again()) != words_of(first):
        raise SystemExit("the bare drawing does not show the same text")
    report_ms, bare_ms = medians_ms(runs, lambda: render_inspection(data, "zh"), again)
    return {
        "runs": runs,
        "pages": len(pages),
        "points": curve_points(pages),
        "report_bytes": len(first),
        "bare_bytes": len(again()),
        "first_ms": round(first_ms, 1),
        "report_ms": round(report_ms, 1),
        "bare_ms": round(bare_ms, 1),
        "ratio": round(report_ms / bare_ms, 2),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.runs)
    if asked.json:
        print(json.dumps(found))
        return
    print(f"report of {found['pages']} pages: {found['report_ms']} ms, median of {found['runs']}")
    print(f"the first one of a process, which loads the font: {found['first_ms']} ms")
    print(f"bare reportlab, same text and curves ({found['points']} points): {found['bare_ms']} ms")
    print(f"ratio {found['ratio']}")


if __name__ == "__main__":
    main()
