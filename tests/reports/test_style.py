"""A paragraph: any text that a person may have written is drawn as text, whatever it looks like."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from reports.style import paragraph
from reports.words import Words


def drawn(text, language, width=120.0):
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    flowable = paragraph(Words(language, "Asia/Shanghai").raw(text), language)
    size = flowable.wrap(width, 10_000)
    assert flowable.wrap(width, 10_000) == size
    flowable.drawOn(canvas, 10, 20)
    canvas.save()
    return PdfReader(io.BytesIO(buffer.getvalue())).pages[0].extract_text()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.sampled_from(["zh", "en"]))
def test_any_text_can_be_drawn(text, language):
    drawn(text, language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_markup_is_text(language):
    assert "".join(drawn("<b>a</b> & &lt;", language).split()) == "<b>a</b>&&lt;"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_narrower_place_takes_more_lines(language):
    flowable = paragraph("制动力 brake force " * 6, language)
    wide, narrow = (flowable.wrap(width, 1000)[1] for width in (400, 60))
    assert narrow > wide
