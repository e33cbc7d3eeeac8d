"""The slip that the owner gets when the key is handed over (受理回执): A5, without the owner's name."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from reportlab.lib.pagesizes import A5
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepInFrame, PageTemplate, Spacer

from reports.fonts import DRAWING, REGULAR
from reports.proof_block import qr
from reports.style import BARE, FAINT, INK, RULE, SOFT, paragraph, table
from reports.words import Words
from station.model.codes import ITEM_STAGES, STAGE_NAMES, STAGES, Stage
from station.model.text import LANGUAGES, Language, Text

PAGE_WIDTH, PAGE_HEIGHT = A5
MARGIN, FOOT = 10 * mm, 9 * mm
WIDTH = PAGE_WIDTH - 2 * MARGIN
QR_SIDE = 30 * mm
STEPS = ("wait", "watch", "fetch", "failed")
DERIVED = frozenset({"BV"})
"""Items that are computed from others: nothing that an owner would see being done."""


@dataclass(frozen=True)
class ReceiptData:
    """What stands on a receipt; ``plan`` are the items of the attempt that begins, ``qr`` what its code says."""

    station: Text
    timezone: str
    serial: str
    plate: str
    keys_taken_at: str
    category: str
    attempt: int
    plan: tuple[str, ...]
    qr: str
    simulated: bool


class _Pair:
    """Says everything twice: large in the reader's language, small in the other."""

    def __init__(self, language: Language, timezone: str) -> None:
        other = next(one for one in LANGUAGES if one != language)
        self.main, self.other = Words(language, timezone), Words(other, timezone)

    def said(self, key: str, size: float, *, bold: bool = False, **values: object) -> list[Flowable]:
        """Return a sentence of the catalogue."""
        return self._two(self.main.say(key, **values), self.other.say(key, **values), size, bold)

    def label(self, key: str) -> Flowable:
        """Return the name of a value, both languages in one line."""
        return paragraph(f"{self.main.say(key)}  {self.other.say(key)}", self.main.language, 6.8, SOFT)

    def of(self, text: Text, size: float, *, bold: bool = False) -> list[Flowable]:
        """Return a sentence that came with the data."""
        return self._two(self.main.of(text), self.other.of(text), size, bold)

    def _two(self, main: str, other: str, size: float, bold: bool) -> list[Flowable]:
        small = paragraph(other, self.other.language, max(6.2, size * 0.66), SOFT)
        return [paragraph(main, self.main.language, size, bold=bold), small]


def render_receipt(data: ReceiptData, language: Language) -> bytes:
    """Return the receipt as PDF, every sentence in both languages, that of the reader large.

    Raises:
        FontMissingError: set-up has not brought the font.
    """
    with DRAWING:
        return _render(data, _Pair(language, data.timezone))


def _render(data: ReceiptData, pair: _Pair) -> bytes:
    buffer = io.BytesIO()
    height = PAGE_HEIGHT - MARGIN - FOOT
    frame = Frame(MARGIN, FOOT, WIDTH, height, 0, 0, 0, 0)
    document = BaseDocTemplate(
        buffer,
        pagesize=A5,
        title=f"{pair.main.say('receipt.title')} {pair.main.raw(data.serial)}",
        author=pair.main.of(data.station),
        lang="zh-CN" if pair.main.language == "zh" else "en",
        invariant=1,
        pageTemplates=[PageTemplate(frames=[frame], onPage=partial(_foot, serial=pair.main.raw(data.serial)))],
    )
    # One slip is one sheet, however long the plan of a many-axled vehicle is.
    document.build([KeepInFrame(WIDTH, height, _story(data, pair), mode="shrink")])
    return buffer.getvalue()


def _foot(canvas: Canvas, document: BaseDocTemplate, *, serial: str) -> None:
    canvas.setFont(REGULAR, 6.6)
    canvas.setFillColor(SOFT)
    canvas.drawRightString(PAGE_WIDTH - MARGIN, 5.5 * mm, serial)


def _story(data: ReceiptData, pair: _Pair) -> list[Flowable]:
    return [
        *pair.of(data.station, 9, bold=True),
        Spacer(0, 4),
        *pair.said("receipt.title" if data.attempt == 1 else "receipt.title_return", 17, bold=True),
        *(_flag(pair) if data.simulated else []),
        Spacer(0, 5),
        _number(data, pair),
        Spacer(0, 6),
        *pair.said("receipt.plan", 10, bold=True),
        Spacer(0, 2),
        _plan(data.plan, pair),
        Spacer(0, 6),
        *pair.said("receipt.next", 10, bold=True),
        Spacer(0, 2),
        _steps(pair),
    ]


def _flag(pair: _Pair) -> list[Flowable]:
    return [Spacer(0, 3), *pair.said("receipt.simulated", 9, bold=True)]


def _number(data: ReceiptData, pair: _Pair) -> Flowable:
    """Return the running number, large enough to be read at arm's length, with plate, time and QR beside it."""
    number = pair.main.raw(data.serial.rsplit("-", 1)[-1])
    left = [*pair.said("receipt.number", 8.5), paragraph(number, pair.main.language, 44, bold=True)]
    facts = [
        pair.label("field.plate"),
        paragraph(pair.main.raw(data.plate) or "—", pair.main.language, 16, bold=True),
        Spacer(0, 4),
        pair.label("field.keys_taken"),
        paragraph(pair.main.moment(data.keys_taken_at)[:16], pair.main.language, 10, bold=True),
        Spacer(0, 3),
        paragraph(pair.main.code("category", data.category), pair.main.language, 8),
    ]
    style = [
        ("BACKGROUND", (0, 0), (-1, -1), FAINT),
        ("BOX", (0, 0), (-1, -1), 0.8, INK),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 8),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
    ]
    code = [qr(data.qr, QR_SIDE), *pair.said("receipt.scan", 7)]
    widths = [44 * mm, WIDTH - 44 * mm - QR_SIDE - 6 * mm, QR_SIDE + 6 * mm]
    return table([[left, facts, code]], widths, style)


def _plan(plan: Iterable[str], pair: _Pair) -> Flowable:
    """Return the planned items by stage, in the order in which the vehicle comes to them."""
    rows: list[list[Any]] = [
        [pair.of(STAGE_NAMES[stage], 8.5, bold=True), _items(items, pair)] for stage, items in _by_stage(plan)
    ]
    style = [
        *BARE,
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
        ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    return table(rows or [[paragraph("—", pair.main.language), ""]], [30 * mm, WIDTH - 30 * mm], style)


def _by_stage(plan: Iterable[str]) -> list[tuple[Stage, list[str]]]:
    codes = [code for code in plan if code not in DERIVED]
    found = [(stage, [code for code in codes if ITEM_STAGES.get(code) == stage]) for stage in STAGES]
    return [(stage, items) for stage, items in found if items]


def _items(items: list[str], pair: _Pair) -> list[Flowable]:
    main, other = (words.say("receipt.comma").join(map(words.item, items)) for words in (pair.main, pair.other))
    return [
        paragraph(main, pair.main.language, 8.5),
        paragraph(other, pair.other.language, 6.2, SOFT),
    ]


def _steps(pair: _Pair) -> Flowable:
    rows = [
        [paragraph(str(place), pair.main.language, 12, bold=True), pair.said(f"receipt.step_{step}", 9)]
        for place, step in enumerate(STEPS, start=1)
    ]
    style = [*BARE, ("VALIGN", (0, 0), (-1, -1), "TOP"), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5)]
    return table(rows, [8 * mm, WIDTH - 8 * mm], style)
