"""The inspection report (机动车检验报告): one signed attempt as an A4 PDF."""

import io
from functools import partial

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, Frame, KeepTogether, PageTemplate, Spacer

from reports.copy_mark import CopyMark, draw_copy_mark
from reports.curves import BRAKE_HEIGHT, curve_rows
from reports.data import ReportData
from reports.fonts import BOLD, DRAWING, REGULAR
from reports.items_table import explanations, items_table
from reports.numbered import numbered
from reports.proof_block import proof_block, runs_table
from reports.style import INK, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, RULE, SOFT, WIDTH, paragraph
from reports.vehicle_block import vehicle_block
from reports.verdict_band import notices, verdict_band
from reports.words import Words
from station.model.text import Language

HEAD, FOOT = 15 * mm, 13 * mm


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
        paragraph(words.say("title"), words.language, 19, bold=True),
        Spacer(0, 5),
        *notices(data, words),
        verdict_band(data, words),
        vehicle_block(data, words),
        items_table(data, words),
        *_section("section.explanations", explanations(data, words), words),
        Spacer(0, 5),
        KeepTogether([proof_block(data, words)]),
        Spacer(0, 6),
        *_evidence(data, words),
    ]
    # Last: only now is it known which characters could not be printed.
    return [*story, *_missing(words)]


def _section(key: str, content: list[Flowable], words: Words) -> list[Flowable]:
    if not content:
        return []
    head = paragraph(words.say(key), words.language, 9.4, bold=True)
    return [Spacer(0, 4), KeepTogether([head, Spacer(0, 2), content[0]]), *content[1:]]


def _evidence(data: ReportData, words: Words) -> list[Flowable]:
    curves = _section("section.curves", curve_rows(data, words), words)
    table = runs_table(data, words)
    runs = _section("section.runs", [table], words) if table else []
    return [CondPageBreak(BRAKE_HEIGHT + 20 * mm), *curves, *runs]


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
