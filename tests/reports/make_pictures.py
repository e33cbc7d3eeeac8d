"""Draws the pictures of reports and receipts that the documentation shows, from the samples of the tests.

Usage: python tests/reports/make_pictures.py [FOLDER]; without a folder, docs/pictures. Needs pdftoppm (poppler-utils).
"""

import io
import subprocess
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))
from reports.inspection import render_inspection  # noqa: E402  # found by the line above, like those below
from reports.receipt import render_receipt  # noqa: E402
from reports.throughput import throughput_pdf  # noqa: E402
from tests.reports import event_day, sample_report  # noqa: E402
from tests.reports.sample_receipt import RECEIPT  # noqa: E402

WIDTH_PX = 900
AREAS, SPREAD = 32, 96
SLIP_PX = 640
EDGE = (0xC9, 0xD1, 0xD9)


def pictures() -> dict[str, tuple[bytes, int]]:
    """Return what is drawn: name to PDF and width in pixels."""
    day = event_day.report_of(event_day.Day(7, 40).events)
    return {
        "report-pass-zh": (render_inspection(sample_report.passed(), "zh"), WIDTH_PX),
        "report-pass-en": (render_inspection(sample_report.passed(), "en"), WIDTH_PX),
        "report-fail-zh": (render_inspection(sample_report.failed(), "zh"), WIDTH_PX),
        "report-fail-en": (render_inspection(sample_report.failed(), "en"), WIDTH_PX),
        "receipt-zh": (render_receipt(RECEIPT, "zh"), SLIP_PX),
        "receipt-en": (render_receipt(RECEIPT, "en"), SLIP_PX),
        "throughput-zh": (throughput_pdf(day, "zh"), WIDTH_PX),
        "throughput-en": (throughput_pdf(day, "en"), WIDTH_PX),
    }


def first_page(pdf: bytes, width_px: int) -> Image.Image:
    """Return the first page as a picture of few colours, drawn larger first so that small type stays clear."""
    command = ("pdftoppm", "-png", "-singlefile", "-scale-to-x", str(2 * width_px), "-scale-to-y", "-1", "-")
    drawn = Image.open(io.BytesIO(subprocess.run(command, input=pdf, capture_output=True, check=True).stdout))
    height = round(drawn.height * width_px / drawn.width)
    page = drawn.convert("RGB").resize((width_px, height), Image.Resampling.LANCZOS)
    framed = Image.new("RGB", (width_px + 2, height + 2), EDGE)
    framed.paste(page, (1, 1))
    return framed.quantize(palette=palette_of(framed), dither=Image.Dither.NONE)


def palette_of(picture: Image.Image) -> Image.Image:
    """Return the colours of a picture: those of its areas as they are, and some from everywhere for the type."""
    common = [colour for _, colour in sorted(picture.getcolors(1 << 24), reverse=True)[:AREAS]]
    parts = picture.quantize(SPREAD, Image.Quantize.MAXCOVERAGE).getpalette()[: 3 * SPREAD]
    spread = zip(parts[0::3], parts[1::3], parts[2::3], strict=True)
    # Of colours that are almost the same the first stays: else white paper becomes almost white.
    kept = {tuple(part >> 3 for part in colour): colour for colour in reversed([*common, *spread])}
    found = Image.new("P", (1, 1))
    found.putpalette([part for colour in kept.values() for part in colour])
    return found


def main() -> None:
    """Draw every picture."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    for name, (pdf, width_px) in pictures().items():
        file = folder / f"{name}.png"
        first_page(pdf, width_px).save(file, optimize=True)
        print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
