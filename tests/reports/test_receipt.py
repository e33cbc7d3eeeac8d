"""The owner's slip: one A5 sheet, both languages, no name."""

import dataclasses
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from reports.receipt import ReceiptData, render_receipt
from station.model.codes import ITEM_NAMES
from station.model.text import Text

DATA = ReceiptData(
    station=Text(zh="云检测示范站", en="Cloud Inspection demo station"),
    timezone="Asia/Shanghai",
    serial="demo-20261122-0017",
    plate="苏A12345",
    keys_taken_at="2026-11-22T00:41:07.000000Z",
    category="in_use",
    attempt=1,
    plan=("UC", "F1", "B1", "B2", "B0", "BV", "H1", "H4", "PF"),
    qr="demo-20261122-0017",
    simulated=True,
)


def sheet(data, language="zh"):
    (page,) = PdfReader(io.BytesIO(render_receipt(data, language))).pages
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [148, 210]
    return page.extract_text()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_slip_says_number_plate_time_and_plan_in_both_languages(language):
    text = sheet(DATA, language)
    for said in ("0017", "苏A12345", "2026-11-22 08:41", "云检测示范站", "Cloud Inspection demo station"):
        assert said in text
    assert "一轴行车制动、二轴行车制动、驻车制动" in text
    assert "Service brake, axle 1; Service brake, axle 2; Parking brake" in text
    assert "整车制动" not in text  # computed from the axles: nothing that is done to the vehicle


def test_simulated_data_and_a_return_are_marked():
    assert "模拟数据" in sheet(DATA)
    assert "复检" not in sheet(DATA).split("接下来")[0]
    real_return = sheet(dataclasses.replace(DATA, simulated=False, attempt=2))
    assert "模拟数据" not in real_return
    assert "车辆复检受理回执" in real_return


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(sorted(ITEM_NAMES)), unique=True), st.sampled_from(["zh", "en"]))
def test_any_plan_fits_one_sheet(plan, language):
    text = sheet(dataclasses.replace(DATA, plan=tuple(plan)), language)
    assert "0017" in text
