"""The inspection report, read back from its PDF."""

import io
import re

import pytest
import sample_report as sample
import segno
from pypdf import PdfReader

from reports.fonts import GETA, Glyphs
from reports.inspection import render_inspection
from reports.proof_block import qr
from station.ledger.proof_check import check_proof
from station.model.proof import Proof, plate_commitment
from station.model.text import Text


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.fixture(scope="module")
def texts():
    made = {}
    for kind in ("passed", "failed", "returned", "invalid"):
        for language in ("zh", "en"):
            made[kind, language] = text_of(render_inspection(getattr(sample, kind)(), language))
    return made


def test_the_verdict_stands_first_in_words(texts):
    for kind, zh, en in (("passed", "合格", "PASS"), ("failed", "不合格", "FAIL"), ("invalid", "无效", "INVALID")):
        for language, word in (("zh", zh), ("en", en)):
            before_vehicle = texts[kind, language].split("苏A12345")[0]
            assert word in [line.strip() for line in before_vehicle.splitlines()], (kind, language)
    assert "不合格" not in texts["passed", "zh"]
    assert "FAIL" not in texts["passed", "en"]


def test_the_band_names_failed_limit_and_signatory(texts):
    zh = texts["failed", "zh"].split("苏A12345")[0]
    assert "二轴行车制动 · 不平衡率 34.1 %(限值 ≤ 30.0 %)".replace("(", "（").replace(")", "）") in zh
    assert "示例签字人" in zh
    assert "2026-11-22 16:31:07" in zh  # 08:31:07 UTC, in the station's zone
    en = texts["failed", "en"].split("苏A12345")[0]
    assert "Service brake, axle 2 · Imbalance 34.1 % (limit ≤ 30.0 %)" in en


def test_vehicle_values_limits_and_clauses_are_there(texts):
    zh = texts["passed", "zh"]
    said = ("LSVAA49J132047371", "示例车主", "云雀 YQ7150", "小型轿车（K33）", "2017-05-03", "左前照灯罩有轻微划痕")
    said += ("71.4 %", "≥ 60.0 %", "≤ 24.0 % *", "GB 7258-2017 7.11.1.3", "GB 18285-2018 6.2")
    for words in said:
        assert words in zh, words


def test_the_reasons_stand_in_the_language_of_the_report(texts):
    assert "不平衡率 34.1 % 不符合限值 ≤ 30.0 %。" in texts["failed", "zh"]
    assert "Imbalance of 34.1 % does not meet the limit ≤ 30.0 %." in texts["failed", "en"]
    assert "左轮有制动力但没有轮荷,测量不成立。" in texts["invalid", "zh"]
    assert "设备不适用于该车辆" in texts["invalid", "zh"]
    assert "the rig cannot take the vehicle" in texts["invalid", "en"]


def test_both_attempts_of_a_returned_vehicle_stand(texts):
    zh = texts["returned", "zh"]
    first, second = zh.split("第 2 次检验（复检）", 1)
    assert "第 1 次检验（初检） · 不合格" in first
    assert "34.1 %" in first
    assert "55.0 %" in second
    assert "初检不合格、复检合格的项目：二轴行车制动、整车制动" in first
    assert "Attempt 2 (return) · PASS" in texts["returned", "en"]


def test_a_report_shows_nothing_of_a_later_attempt():
    later = sample.returned()
    first = sample.report(later.inspection, 1)
    text = text_of(render_inspection(first, "zh"))
    assert "55.0 %" not in text
    assert "第 2 次" not in text
    assert text == text_of(render_inspection(sample.failed(), "zh"))


def test_an_attempt_that_is_not_signed_has_no_report():
    unsigned = sample.attempt(1, None).model_copy(update={"signed_hash": None})
    with pytest.raises(ValueError, match="attempt 1 is not signed"):
        sample.report(sample.inspection((unsigned,), sample.first_items()), 1)
    with pytest.raises(ValueError, match="attempt 2 is not signed"):
        sample.report(sample.failed().inspection, 2)


def test_notices_stand_on_every_page_and_only_when_they_apply(texts):
    for page in PdfReader(io.BytesIO(render_inspection(sample.failed(), "zh"))).pages:
        assert "模拟数据 · 限值待确认 · 报告编号 demo-20261122-0007-1" in re.sub(" +", " ", page.extract_text())
    real = sample.passed(simulated=False)
    confirmed = tuple(
        i.model_copy(update={"verdict": _confirmed(i.verdict)}) if i.verdict else i for i in real.inspection.items
    )
    clean = sample.passed(simulated=False, inspection=real.inspection.model_copy(update={"items": confirmed}))
    text = text_of(render_inspection(clean, "zh"))
    assert "模拟数据" not in text
    assert "限值待确认" not in text
    assert "所用限值中有 5 个" in texts["passed", "zh"]


def _confirmed(verdict):
    sure = tuple(q.model_copy(update={"confirmed": True}) for q in verdict.quantities)
    return verdict.model_copy(update={"quantities": sure})


def test_no_report_claims_conformity(texts):
    for (_, language), text in texts.items():
        assert not re.search("符合国家标准|符合 GB|certified|conforms" if language == "zh" else "conform|certif", text)


def test_runs_show_samples_losses_and_voids(texts):
    lines = texts["failed", "zh"].split("测量记录")[1]
    assert "作废：车轮离开滚筒" in lines
    assert re.search(r"gas-1\s+11-22 15:20:10\s+110\s+1\s+1414141414141414", lines)


def test_the_signed_event_and_its_seal(texts):
    data = sample.failed()
    assert sample.HASH in texts["failed", "zh"]
    assert sample.KEY.id in texts["failed", "en"]
    text = data.proof().to_text()
    for language in ("zh", "en"):
        assert PdfReader(io.BytesIO(render_inspection(data, language))).metadata.subject == text
    proof = Proof.from_text(text)
    essence = proof.essence
    assert (essence.station, essence.report_no, essence.conclusion) == ("demo", "demo-20261122-0007-1", "fail")
    assert (essence.seq, essence.hash, proof.plate) == (181, sample.HASH, "苏A12345")
    assert check_proof(proof, [sample.KEY.public]) is None
    assert len(text) < 400
    assert text.isascii()


def test_the_seal_holds_for_the_plate_that_is_printed_only():
    other = sample.failed(plate="苏A12346").proof()
    assert "does not hold" in check_proof(other, [sample.KEY.public]).en


def test_an_erased_plate_leaves_its_commitment():
    found = sample.failed().inspection.model_copy(
        update={"plate_commitment": plate_commitment(sample.PLATE, sample.SALT)}
    )
    erased = Proof.from_text(sample.report(found, 1, plate="", plate_salt="").proof().to_text())
    assert (erased.plate, erased.salt) == ("", "")
    assert check_proof(erased, [sample.KEY.public]) is None


def test_a_report_without_a_seal_says_so():
    bare = sample.attempt(1, "fail").model_copy(update={"seal_key": None, "seal_signature": None})
    data = sample.report(sample.inspection((bare,), sample.first_items()), 1)
    assert "本报告尚无检测站签章" in text_of(render_inspection(data, "zh"))
    assert "has no seal" in check_proof(Proof.from_text(data.proof().to_text()), [sample.KEY.public]).en


def test_same_data_same_bytes():
    assert render_inspection(sample.returned(), "zh") == render_inspection(sample.returned(), "zh")
    assert render_inspection(sample.returned(), "zh") != render_inspection(sample.failed(), "zh")


def test_curves_are_vectors_and_follow_the_evidence():
    with_curves = render_inspection(sample.passed(), "zh")
    without = render_inspection(sample.passed(captures={}), "zh")
    assert "过程曲线" in text_of(with_curves)
    assert "过程曲线" not in text_of(without)
    pages = PdfReader(io.BytesIO(with_curves)).pages
    assert not any(page.images for page in pages)
    assert sum(len(page.get_contents().get_data()) for page in pages) > 20_000


def test_a_missing_glyph_is_marked_and_named():
    rare = "张\U00020bb7"
    text = text_of(render_inspection(sample.passed(owner=rare), "zh"))
    assert f"张{GETA}" in text
    assert "缺字：本报告所用字体没有以下字符，文中以 〓 代替：U+20BB7" in text
    english = text_of(render_inspection(sample.passed(owner=rare), "en"))
    assert "U+20BB7" in english
    assert "U+" not in text_of(render_inspection(sample.passed(), "zh"))


def test_a_rare_character_that_the_font_has_can_be_read_and_copied():
    assert "\U0002ce93" in text_of(render_inspection(sample.passed(owner="王\U0002ce93"), "zh"))


def test_a_missing_glyph_in_the_running_head_is_named_too():
    station = Text(zh="\U00020bb7站", en="\U00020bb7 station")
    assert "U+20BB7" in text_of(render_inspection(sample.passed(station=station), "zh"))


def test_glyphs_keep_what_the_font_has():
    glyphs = Glyphs()
    assert glyphs.clean("苏A·12345\n≥ 60 %") == "苏A·12345 ≥ 60 %"
    assert glyphs.missing == ()
    assert glyphs.clean("a\x00b\U0001f697") == f"a{GETA}b{GETA}"
    assert glyphs.missing == ("U+0000", "U+1F697")


def test_names_are_text_and_not_markup():
    text = text_of(render_inspection(sample.passed(owner="<b>A & B</b>"), "en"))
    assert "<b>A & B</b>" in text


def test_the_qr_code_is_drawn_module_by_module():
    text = sample.failed().proof().to_text()
    wanted = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    side = float(len(wanted))
    drawn = [[0] * len(wanted) for _ in wanted]
    for box in qr(text, side).scene.shapes[1:]:
        row = round(side - box.y - box.height)
        for column in range(round(box.x), round(box.x + box.width)):
            drawn[row][column] = 1
    assert drawn == wanted
