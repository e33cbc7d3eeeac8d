"""The inspection report (机动车检验报告): one signed attempt as an A4 PDF."""

import io
from functools import partial

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, Frame, PageTemplate, Spacer, Table

from reports.advice import advice
from reports.copy_mark import CopyMark, draw_copy_mark
from reports.curves import CHART_HEIGHT, curve_rows
from reports.data import ReportData
from reports.fonts import BOLD, DRAWING, REGULAR
from reports.items_table import items_table
from reports.manual_table import manual_table
from reports.numbered import numbered
from reports.proof_block import QR_SIDE, proof_block, runs_table
from reports.remarks import remarks
from reports.style import BARE, INK, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, RULE, SOFT, WIDTH, paragraph, table
from reports.vehicle_block import vehicle_block
from reports.verdict_band import notices, verdict_band
from reports.words import Words
from station.model.text import Language

HEAD, FOOT = 14 * mm, 12 * mm
SECTION_START = 18 * mm
"""What must fit below the head of a section."""


def render_inspection(
    data: ReportData, language: Language, *, invariant: bool = True, copy: CopyMark | None = None
) -> bytes:
    """Return the report as PDF.

    Args:
        data: what the report is about.
        language: of every sentence; names and numbers stay as they are.
        invariant: same data, same bytes. Off: the PDF carries the time at which it was made.
        copy: the mark on every page of a print that is not the original.

    Raises:
        FontMissingError: set-up has not brought the font.
    """
    with DRAWING:
        return _render(data, Words(language, data.timezone), invariant, copy)


def _render(data: ReportData, words: Words, invariant: bool, copy: CopyMark | None) -> bytes:
    author = words.of(data.station)
    story = _story(data, words)
    edge = partial(_page_edge, data=data, words=words, copy=copy)
    buffer = io.BytesIO()
    document = BaseDocTemplate(
        buffer,
        pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
        title=f"{words.say('title')} {words.raw(data.report_no)}",
        author=author,
        subject=data.proof().to_text(),
        lang="zh-CN" if words.language == "zh" else "en",
        invariant=int(invariant),
        pageTemplates=[PageTemplate(frames=[_frame()], onPage=edge)],
    )
    document.build(story, canvasmaker=numbered(partial(words.say, "page.of")))
    return buffer.getvalue()


def _frame() -> Frame:
    height = PAGE_HEIGHT - HEAD - FOOT
    return Frame(MARGIN, FOOT, WIDTH, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)


def _story(data: ReportData, words: Words) -> list[Flowable]:
    story: list[Flowable] = [
        _title(data, words),
        *notices(data, words),
        *_section("section.basic", [vehicle_block(data, words)], words),
        *_section("section.conclusion", [verdict_band(data, words)], words),
        *_section("section.manual", _given(manual_table(data, words)), words),
        *_section("section.instruments", _given(items_table(data, words)), words),
        *_section("section.advice", advice(data, words), words),
        *_section("section.code", [proof_block(data, words)], words, QR_SIDE + 7 * mm),
        *_section("section.remarks", remarks(data, words), words, 10 * mm),
        Spacer(0, 4),
        *_evidence(data, words),
    ]
    # Last: only now is it known which characters could not be printed.
    return [*story, *_missing(words)]


def _title(data: ReportData, words: Words) -> Table:
    cells = [
        paragraph(words.say("title"), words.language, 16.5, bold=True),
        [
            paragraph(words.say("field.report_no"), words.language, 6.8, SOFT),
            paragraph(words.raw(data.report_no), words.language, 10, bold=True),
        ],
    ]
    bottom = [*BARE, ("BOTTOMPADDING", (0, 0), (-1, -1), 4), ("VALIGN", (0, 0), (-1, -1), "BOTTOM")]
    return table([cells], [WIDTH - 44 * mm, 44 * mm], bottom)


def _section(key: str, content: list[Flowable], words: Words, room: float = SECTION_START) -> list[Flowable]:
    """Return a section with its head: the head never stands alone at the foot of a page, a long table may break."""
    if not content:
        return []
    head = paragraph(words.say(key), words.language, 9, bold=True)
    return [Spacer(0, 3.2), CondPageBreak(room), head, Spacer(0, 1.5), *content]


def _given(found: Table | None) -> list[Flowable]:
    return [found] if found else []


def _evidence(data: ReportData, words: Words) -> list[Flowable]:
    curves = _section("section.curves", curve_rows(data, words), words)
    runs = _section("section.runs", _given(runs_table(data, words)), words)
    return [CondPageBreak(CHART_HEIGHT + 20 * mm), *curves, *runs]


def _missing(words: Words) -> list[Flowable]:
    missing = words.glyphs.missing
    if not missing:
        return []
    return [paragraph(words.say("note.missing", characters=", ".join(missing)), words.language, 8, bold=True)]


def _page_edge(
    canvas: Canvas, document: BaseDocTemplate, *, data: ReportData, words: Words, copy: CopyMark | None
) -> None:
    """Draw what stands on each page, so that a single page still says whose it is and what qualifies it."""
    if copy:
        draw_copy_mark(canvas, copy, words)
    canvas.saveState()
    top = PAGE_HEIGHT - 10 * mm
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 8.6)
    canvas.drawString(MARGIN, top, words.of(data.station))
    canvas.setFont(REGULAR, 7.6)
    canvas.setFillColor(SOFT)
    canvas.drawRightString(PAGE_WIDTH - MARGIN, top, _right_head(data, words))
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, top - 4, PAGE_WIDTH - MARGIN, top - 4)
    canvas.setFont(REGULAR, 6.6)
    canvas.drawString(MARGIN, 7 * mm, words.say("page.foot", hash=words.raw(data.signed.signed_hash or "")[:16]))
    canvas.restoreState()


def _right_head(data: ReportData, words: Words) -> str:
    flags = [words.say("notice.simulated")] if data.simulated else []
    flags += [words.say("notice.unconfirmed")] if data.unconfirmed() else []
    return "  ·  ".join((*flags, words.say("page.head", report_no=words.raw(data.report_no))))
