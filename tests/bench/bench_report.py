"""From a signature to the report: the time to make the PDF, beside bare reportlab drawing the same content.

The bare drawing puts the same lines of text and the same curves on the same number of pages, with the same embedded
fonts, at places that are given: no layout, no tables, no checks. Both embed the fonts and compress the pages.
Usage: python tests/bench/bench_report.py [--runs N] [--json]
"""

import argparse
import io
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from reports import scene
from reports.chart import draw_chart
from reports.curves import BRAKE_HEIGHT, GAS_HEIGHT, HALF, charts_of
from reports.data import ReportData
from reports.fonts import REGULAR
from reports.inspection import render_inspection
from reports.words import Words

sys.path.append(str(Path(__file__).parents[1] / "reports"))
import sample_report  # found by the line above


def drawn(data: ReportData) -> tuple[list[list[str]], list[scene.Scene]]:
    """Return the lines of text of each page of a report, and its curves."""
    pages = PdfReader(io.BytesIO(render_inspection(data, "zh"))).pages
    lines = [[line for line in page.extract_text().splitlines() if line.strip()] for page in pages]
    brakes, gases = charts_of(data, Words("zh", data.timezone))
    scenes = [draw_chart(chart, HALF, BRAKE_HEIGHT) for chart in brakes]
    return lines, scenes + [draw_chart(chart, HALF, GAS_HEIGHT) for chart in gases]


def bare(lines: list[list[str]], scenes: list[scene.Scene]) -> bytes:
    """Return a PDF of that content without any layout."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1, pageCompression=1)
    for number, page in enumerate(lines):
        canvas.setFont(REGULAR, 7)
        for row, line in enumerate(page):
            canvas.drawString(40, 820 - 6 * row, line)
        if number == len(lines) - 1:
            curves(canvas, scenes)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def curves(canvas: Canvas, scenes: list[scene.Scene]) -> None:
    """Draw the paths of the curves; their labels are among the lines already."""
    for drawing in scenes:
        for shape in drawing.shapes:
            if isinstance(shape, scene.Path):
                path = canvas.beginPath()
                path.moveTo(*shape.points[0])
                for point in shape.points[1:]:
                    path.lineTo(*point)
                canvas.drawPath(path)


def medians_ms(runs: int, *works: Callable[[], bytes]) -> list[float]:
    """Return the median time of each piece of work in milliseconds; they take turns, so all meet the same load."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for work, taken in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            taken.append((time.perf_counter() - start) * 1000)
    return [statistics.median(taken) for taken in times]


def measure(runs: int) -> dict[str, float | int]:
    """Return the medians and their ratio, for a failed vehicle with four runs."""
    data = sample_report.failed()
    start = time.perf_counter()
    first = render_inspection(data, "zh")
    first_ms = (time.perf_counter() - start) * 1000
    lines, scenes = drawn(data)
    works = (lambda: render_inspection(data, "zh"), lambda: bare(lines, scenes))
    report_ms, bare_ms = medians_ms(runs, *works)
    return {
        "runs": runs,
        "pages": len(lines),
        "report_bytes": len(first),
        "bare_bytes": len(bare(lines, scenes)),
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
    print(f"bare reportlab, same text and curves: {found['bare_ms']} ms; ratio {found['ratio']}")


if __name__ == "__main__":
    main()
