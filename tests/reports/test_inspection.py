"""The inspection report, read back from its PDF."""

import io
import re
from decimal import Decimal

import pytest
import segno
from pypdf import PdfReader

from reports.findings import told
from reports.fonts import GETA, Glyphs
from reports.inspection import render_inspection
from reports.proof_block import qr
from station.ledger.proof_check import check_proof
from station.model.checklist_words import ChecklistWords
from station.model.proof import Proof, plate_commitment
from station.model.text import Text
from station.model.verdict import Outcome
from tests.reports import sample_report as sample


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


KINDS = ("passed", "failed", "returned", "invalid", "diesel")


@pytest.fixture(scope="module")
def pdfs():
    return {
        (kind, language): render_inspection(getattr(sample, kind)(), language)
        for kind in KINDS
        for language in ("zh", "en")
    }


@pytest.fixture(scope="module")
def texts(pdfs):
    return {key: text_of(pdf).replace("\xa0", " ") for key, pdf in pdfs.items()}


def part(text, begin, end):
    """Return what stands between two heads."""
    return text.split(begin, 1)[1].split(end, 1)[0]


def joined(text):
    return "".join(text.split())


def test_the_form_has_its_sections_in_the_order_of_the_trade(texts):
    heads = {
        "zh": "一、基本信息,二、检验结论,三、人工检验结果,四、仪器设备检验结果,五、建议,六、二维码,"
        "附一、过程曲线,附二、测量记录",
        "en": "1 Basic information,2 Conclusion,3 Manual inspection,4 Instrument results,5 Advice,"
        "6 Two-dimensional code,Annex 1 Curves,Annex 2 Runs",
    }
    for (kind, language), text in texts.items():
        lines = [line.strip() for line in text.splitlines()]
        wanted = heads[language].split(",")
        assert [line for line in lines if line in wanted] == wanted, (kind, language)


def test_one_attempt_fits_two_pages_whatever_came_of_it(pdfs):
    for (kind, language), pdf in pdfs.items():
        assert len(PdfReader(io.BytesIO(pdf)).pages) == (3 if kind == "returned" else 2), (kind, language)


def test_the_whole_form_of_a_car_that_passed_is_on_the_first_page(pdfs):
    for language, remarks in (("zh", "备注"), ("en", "Remarks")):
        assert remarks in PdfReader(io.BytesIO(pdfs["passed", language])).pages[0].extract_text()


def test_the_verdict_stands_in_words(texts):
    for kind, zh, en in (("passed", "合格", "PASS"), ("failed", "不合格", "FAIL"), ("invalid", "无效", "INVALID")):
        for language, word in (("zh", zh), ("en", en)):
            band = part(texts[kind, language], *{"zh": ("二、", "三、"), "en": ("2 Con", "3 Man")}[language])
            assert word in [line.strip() for line in band.splitlines()], (kind, language)
    assert "不合格" not in texts["passed", "zh"]
    assert "FAIL" not in texts["passed", "en"]


def test_the_band_names_every_failure_with_its_limit_and_the_signatory(texts):
    zh = part(texts["failed", "zh"], "二、", "三、")
    for said in (
        "后部外部灯具：制动灯不亮（右后）",
        "轮胎状况：胎冠花纹深度不足（左前）",
        "二轴行车制动 · 后轴不平衡率（按轴荷） 11.6 %（限值 ≤ 10.0 %）",
        "右外灯 · 远光发光强度 11200 cd（限值 ≥ 15000 cd）",
        "示例签字人",
        "2026-11-22 16:31:07",  # 08:31:07 UTC, in the station's zone
        sample.KEY.id,
    ):
        assert said in re.sub(" +", " ", zh), said
    en = joined(part(texts["failed", "en"], "2 Con", "3 Man"))
    assert joined("Service brake, axle 2 · Rear axle imbalance (of axle load) 11.6 % (limit ≤ 10.0 %)") in en


def test_vehicle_values_limits_and_clauses_are_there(texts):
    zh = texts["passed", "zh"]
    said = ("LSVAA49J132047371", "示例车主", "云雀 YQ7150", "小型轿车（K33）", "2015-05-03")
    said += ("72.2 %", "≥ 60.0 % *", "≤ 24.0 % *", "GB 7258-2017 7.11.1.1", "GB 18285-2018 8", "21400 cd")
    for words in said:
        assert words in zh, words


def test_a_failed_point_stands_with_defect_place_note_and_photos(texts):
    zh = part(texts["failed", "zh"], "三、", "四、")
    assert joined("轮胎状况：胎冠花纹深度不足（左前），花纹深度 1.2 mm") in joined(zh)
    assert "后部外部灯具：制动灯不亮（右后）" in zh
    assert "16项检查点；照片1张；不适用：外观标识和标注" in joined(zh)
    assert "7 项检查点；照片 2 张" in zh
    en = joined(part(texts["failed", "en"], "3 Man", "4 Ins"))
    assert joined("Exterior lamps, rear: brake lamp out (rear right)") in en
    assert joined("16 points; photos: 1; not applicable: Marks and inscriptions") in en


def test_a_note_of_an_earlier_recording_is_not_shown_with_a_defect_that_has_none():
    lists = tuple(
        c.model_copy(update={"results": _without_note(c.results)}) for c in sample.failed().inspection.checklists
    )
    found = sample.failed().inspection.model_copy(update={"checklists": lists})
    assert "花纹深度 1.2 mm" not in text_of(render_inspection(sample.report(found, 1), "zh"))


def _without_note(results):
    bare = {"note_commitment": None}
    return tuple(r.model_copy(update={"defects": tuple(d.model_copy(update=bare) for d in r.defects)}) for r in results)


def test_a_pack_without_the_words_shows_the_codes(texts):
    zh = text_of(render_inspection(sample.failed(checklist_words=ChecklistWords()), "zh"))
    assert "tyres：tread_worn（左前）" in zh


def test_advice_says_in_plain_words_what_is_wrong_and_what_comes_next(texts):
    zh = part(texts["failed", "zh"], "五、建议", "六、")
    for said in (
        "二轴行车制动：左右车轮刹车力相差过大，测得 11.6 %，不得超过 10.0 %。",
        "右外灯：远光不够亮，测得 11200 cd，至少应达到 15000 cd。",
        "轮胎状况：胎冠花纹深度不足（左前），花纹深度 1.2 mm。请修复。",
        "修好后请凭流水号 demo-20261122-0007 来本站复检",
    ):
        assert said in zh, said
    assert "检验合格，没有需要修理的项目" in texts["passed", "zh"]
    en = joined(part(texts["failed", "en"], "5 Advice", "6 Two"))
    assert joined("the high beam is too weak: 11200 cd, at least 15000 cd is required") in en


def test_what_has_no_result_is_told_from_what_failed(texts):
    zh = texts["invalid", "zh"]
    assert "以下 3 项无法得出有效结果" in zh
    assert "第 2 轴左轮没有轮荷数据" in zh
    assert "设备不适用于该车辆" in zh
    assert joined("二轴行车制动、整车制动：这次没有得到有效结果，要重新检测；这不等于车辆有故障") in joined(zh)
    assert "the rig cannot take the vehicle" in texts["invalid", "en"]
    assert "以下" not in texts["passed", "zh"]


def test_four_lamps_pass_by_the_better_pair_and_the_report_says_so(texts):
    zh = texts["diesel", "zh"]
    assert part(zh, "四、", "五、").count("合格 †") == 2
    assert "左内灯、右内灯：四灯制中一对对称的灯已达到两灯制要求" in zh
    assert "† 实测值未达到限值" in zh
    assert "†" not in texts["passed", "zh"]


def test_beams_are_told_and_not_judged(texts):
    assert (
        "光束位置（仅记录，不判定）：远光 右 35 上 12 mm/10 m；近光 左 48 下 124 mm/10 m；灯高 718 mm"
        in texts["passed", "zh"]
    )
    assert "high right 35 up 12 mm/10 m; low left 48 down 124 mm/10 m; height 718 mm" in texts["passed", "en"]


def test_smoke_shows_every_acceleration_their_mean_and_the_curve(texts):
    zh = texts["diesel", "zh"]
    assert "各次加速光吸收系数最大值：0.62、0.55、0.58 1/m" in zh
    assert "0.58 1/m" in zh
    assert "≤ 1.20 1/m *" in zh
    assert [zh.count(f"第 {n} 次加速") for n in (1, 2, 3)] == [2, 2, 2]  # over k and over the engine's speed
    assert "光吸收系数 k · 1/m" in re.sub(" +", " ", zh)


def test_a_wide_spread_of_smoke_stands_in_the_remarks():
    text = text_of(render_inspection(sample.diesel(peaks=(0.9, 0.4, 0.5)), "zh"))
    assert "自由加速烟度：三次加速结果相差较大" in text


def test_a_dark_lamp_fails_with_its_reason_in_table_band_and_advice():
    data = sample.diesel(dark=("H1",))
    assert data.conclusion == "fail"
    text = text_of(render_inspection(data, "zh"))
    assert text.count("检测仪没有找到该灯的远光") == 3


def test_a_value_that_rounds_to_its_limit_is_shown_so_that_it_can_be_told_from_it():
    verdict = sample.axle("B1", 1, "60.0", "4.0", "24.0").verdict.quantities[0]
    missed = verdict.model_copy(update={"outcome": Outcome.FAIL, "unrounded": Decimal("59.963")})
    assert told(missed) == "59.96 %"
    assert told(missed.model_copy(update={"unrounded": Decimal("59.4"), "shown": "59.4 %"})) == "59.4 %"
    assert told(verdict) == "60.0 %"


def test_both_attempts_of_a_returned_vehicle_stand(texts):
    zh = re.sub(" +", " ", texts["returned", "zh"])
    first, second = part(zh, "四、", "五、").split("第 2 次检验（复检）", 1)
    assert "第 1 次检验（初检） · 不合格" in first
    assert "11.6 %" in first
    assert "68.0 %" in second
    assert "18300 cd" in second
    manual = part(zh, "三、", "四、").split("第 2 次检验（复检）", 1)[1]
    assert "2 项检查点" in manual
    assert joined("初检不合格、复检合格的项目：车辆外观和安全装置检查、二轴行车制动、整车制动、右外灯") in joined(
        part(zh, "二、", "三、")
    )
    assert "Attempt 2 (return) · PASS" in re.sub(" +", " ", texts["returned", "en"])


def test_a_report_shows_nothing_of_a_later_attempt():
    later = sample.returned()
    text = text_of(render_inspection(sample.report(later.inspection, 1, captures=sample.failed().captures), "zh"))
    assert "68.0 %" not in text
    assert "第 2 次" not in text
    assert text == text_of(render_inspection(sample.failed(), "zh"))


def test_an_attempt_that_is_not_signed_has_no_report():
    unsigned = sample.attempt(1, None, ("B1",)).model_copy(update={"signed_hash": None})
    with pytest.raises(ValueError, match="attempt 1 is not signed"):
        sample.report(sample.inspection((unsigned,), sample.failed().inspection.items), 1)
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
    assert "所用限值中有 13 个" in texts["passed", "zh"]


def _confirmed(verdict):
    sure = tuple(q.model_copy(update={"confirmed": True}) for q in verdict.quantities)
    return verdict.model_copy(update={"quantities": sure})


def test_no_report_claims_conformity(texts):
    for (_, language), text in texts.items():
        assert not re.search("符合国家标准|符合 GB|certified|conforms" if language == "zh" else "conform|certif", text)


def test_runs_show_samples_losses_and_voids(texts):
    lines = texts["failed", "zh"].split("附二、测量记录")[1]
    assert "作废：车轮离开滚筒" in lines
    assert re.search(r"gas-1\s+11-22 15:17:10\s+110\s+0\s+1111111111111111", lines)


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
    bare = sample.attempt(1, "fail", ("B1",)).model_copy(update={"seal_key": None, "seal_signature": None})
    data = sample.report(sample.inspection((bare,), sample.failed().inspection.items), 1)
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
    _, dark = qr(text, side).scene.shapes
    for x, y, width, height in dark.boxes:
        row = round(side - y - height)
        for column in range(round(x), round(x + width)):
            drawn[row][column] = 1
    assert drawn == wanted
