"""The copy mark: on every page of a copy, on none of the original."""

import io

import pytest
from pypdf import PdfReader

from reports.copy_mark import CopyMark
from reports.inspection import render_inspection
from tests.reports import sample_report

ASKED_AT = "2026-11-22T09:41:07.000000Z"
WORDS = {"zh": ("副本", "副本 · 第 3 份 · 2026-11-22 17:41 打印"), "en": ("COPY", "COPY 3 · printed 2026-11-22 17:41")}


def pages(pdf):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_a_copy_says_so(language):
    word, line = WORDS[language]
    copy = pages(render_inspection(sample_report.returned(), language, copy=CopyMark(3, ASKED_AT)))
    original = pages(render_inspection(sample_report.returned(), language))
    assert len(copy) == len(original) > 1
    for marked, plain in zip(copy, original, strict=True):
        assert line in marked
        assert marked.count(word) == 2  # across the sheet, and in words at its foot
        assert line not in plain


def test_a_copy_says_the_same_as_the_original():
    copy = pages(render_inspection(sample_report.failed(), "zh", copy=CopyMark(2, ASKED_AT)))
    original = pages(render_inspection(sample_report.failed(), "zh"))
    added = {"副本", "副本 · 第 2 份 · 2026-11-22 17:41 打印"}
    for marked, plain in zip(copy, original, strict=True):
        assert [line for line in marked.splitlines() if line not in added] == plain.splitlines()


def test_the_same_copy_is_the_same_bytes():
    first, again = (render_inspection(sample_report.failed(), "zh", copy=CopyMark(2, ASKED_AT)) for _ in range(2))
    assert first == again
