"""Colours, sizes and paragraph styles of every report. Colour is never the only sign."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, Table

from reports.fonts import BOLD, REGULAR
from station.model.text import Language

PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN = 14 * mm
WIDTH = PAGE_WIDTH - 2 * MARGIN

INK = "#1b242d"
SOFT = "#5b6773"
RULE = "#c9d1d9"
FAINT = "#f3f5f7"
LEFT = "#0b4f8a"
RIGHT = "#b4530a"
MARK = "#7a8691"

TONES = {
    "pass": ("#176b3a", "#eaf5ee"),
    "fail": ("#b3201b", "#fcecea"),
    "invalid": ("#7d5700", "#fdf4df"),
    "unknown": ("#7d5700", "#fdf4df"),
    "not_applicable": (SOFT, "#ffffff"),
}
"""Outcome to its ink and its tint."""


BARE = [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
"""Table commands for cells without any padding."""


def paragraph(
    text: str,
    language: Language,
    size: float = 8,
    colour: str = INK,
    bold: bool = False,
    centred: bool = False,
) -> Paragraph:
    """Return plain text as a paragraph that wraps as its language does."""
    style = _style(language, size, colour, bold, centred)
    return _Plain("", style, frags=[_sample(style).clone(text=text)]) if text.strip() else _Plain("", style)


class _Plain(Paragraph):
    """Text without markup, which needs no parser; measured once for a width, although tables ask twice."""

    _asked = 0.0

    def wrap(self, availWidth: float, availHeight: float) -> tuple[float, float]:  # noqa: N803  # the names are reportlab's
        if self._asked != availWidth or not hasattr(self, "blPara"):  # a split drops what was measured
            self._asked, self._size = availWidth, super().wrap(availWidth, availHeight)
        return self._size


@cache
def _sample(style: ParagraphStyle) -> Any:
    """Return what reportlab's parser makes of one letter in a style."""
    return Paragraph("x", style).frags[0]


@cache
def _style(language: Language, size: float, colour: str, bold: bool, centred: bool) -> ParagraphStyle:
    return ParagraphStyle(
        "report",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.38,
        textColor=HexColor(colour),
        alignment=1 if centred else 0,
        wordWrap="CJK" if language == "zh" else None,
        splitLongWords=1,
    )


def table(
    rows: Sequence[list[Any]],
    widths: Sequence[float],
    commands: Iterable[tuple[Any, ...]],
    *,
    heads: int = 0,
    after: float = 0,
) -> Table:
    """Return a table.

    Args:
        rows: cells, top to bottom.
        widths: of the columns, in points.
        commands: of reportlab's table style.
        heads: rows that are repeated on each page.
        after: space below, in points.
    """
    cells: list[list[Any]] = list(rows)
    style: list[Any] = list(commands)
    return Table(cells, colWidths=list(widths), style=style, repeatRows=heads, spaceAfter=after, hAlign="LEFT")
