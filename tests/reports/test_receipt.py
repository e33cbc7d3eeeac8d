"""The owner's slip: one A5 sheet, both languages, no name."""

import dataclasses
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from reports.receipt import render_receipt
from station.model.codes import ITEM_NAMES
from tests.reports.sample_receipt import RECEIPT


def sheet(data, language="zh"):
    (page,) = PdfReader(io.BytesIO(render_receipt(data, language))).pages
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [148, 210]
    return page.extract_text()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_slip_says_number_plate_time_and_plan_in_both_languages(language):
    text = sheet(RECEIPT, language)
    for said in ("0017", "苏A12345", "2026-11-22 08:41", "云检测示范站", "Cloud Inspection demo station"):
        assert said in text
    assert "一轴行车制动、二轴行车制动、驻车制动" in text
    assert "Service brake, axle 1; Service brake, axle 2; Parking brake" in text
    assert "整车制动" not in text  # computed from the axles: nothing that is done to the vehicle


def test_simulated_data_and_a_return_are_marked():
    assert "模拟数据" in sheet(RECEIPT)
    assert "复检" not in sheet(RECEIPT).split("接下来")[0]
    real_return = sheet(dataclasses.replace(RECEIPT, simulated=False, attempt=2))
    assert "模拟数据" not in real_return
    assert "车辆复检受理回执" in real_return


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(sorted(ITEM_NAMES)), unique=True), st.sampled_from(["zh", "en"]))
def test_any_plan_fits_one_sheet(plan, language):
    text = sheet(dataclasses.replace(RECEIPT, plan=tuple(plan)), language)
    assert "0017" in text
