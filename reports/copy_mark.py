"""The copy mark (副本): what tells each page of a second print from the original."""

from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from reports.fonts import BOLD
from reports.style import INK, PAGE_HEIGHT, PAGE_WIDTH
from reports.words import Words

GHOST = "#e6eaee"
BOX_HEIGHT = 5.4 * mm
TILT = 52


@dataclass(frozen=True)
class CopyMark:
    """Which copy of a report this is (2 is the first after the original), and when it was asked for (UTC)."""

    copy_no: int
    asked_at: str


def draw_copy_mark(canvas: Canvas, mark: CopyMark, words: Words) -> None:
    """Draw the mark on a page before its content: a band at the foot, and the word across the sheet behind it all."""
    canvas.saveState()
    _across(canvas, words.say("copy.word"))
    _band(canvas, words.say("copy.mark", number=mark.copy_no, date=f"{words.local(mark.asked_at):%Y-%m-%d %H:%M}"))
    canvas.restoreState()


def _across(canvas: Canvas, word: str) -> None:
    canvas.saveState()
    canvas.setFillColor(HexColor(GHOST))
    canvas.setFont(BOLD, 150)
    canvas.translate(PAGE_WIDTH / 2, PAGE_HEIGHT / 2)
    canvas.rotate(TILT)
    canvas.drawCentredString(0, -50, word)
    canvas.restoreState()


def _band(canvas: Canvas, text: str) -> None:
    size = 9
    width = canvas.stringWidth(text, BOLD, size) + 6 * mm
    left, foot = PAGE_WIDTH / 2 - width / 2, 6 * mm
    canvas.setFillColor(HexColor(INK))
    canvas.rect(left, foot, width, BOX_HEIGHT, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#ffffff"))
    canvas.setFont(BOLD, size)
    canvas.drawCentredString(PAGE_WIDTH / 2, foot + 1.6 * mm, text)
