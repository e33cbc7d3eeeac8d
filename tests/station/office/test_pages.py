"""The office's pages over a real database."""

import io
import re

import pytest
from office_story import TOKEN, browser, config_for
from pypdf import PdfReader

from station.model.canonical import sha256_hex
from station.model.facts import InspectionReturned, KeysTaken
from station.office.app import OfficeApp, OfficeError
from station.office.files import file_of

LOGIN = {"Authorization": f"Bearer {TOKEN}"}


async def make_reports(office):
    """Run what the worker does up to the point at which the line would be told."""
    office.worker._follow()
    for job in office.memory.open_jobs():
        office.worker._try_to_make(job)


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


async def test_the_board_shows_masked_plates_and_no_names(story, web, office):
    story.arrive("test-20261122-0001")
    story.add("test-20261122-0002", KeysTaken())
    office.worker._follow()
    page = (await web.get("/")).text
    assert "苏A·**45" in page
    assert "12345" not in page.replace("苏A·**45", "")
    assert "车主" not in page
    assert "LSVAA" not in page
    assert "在站 2 辆" in page
    assert "模拟数据" in page
    assert re.search(r'<td class="done">完成.*<td class="waiting">等待', page)


async def test_the_board_of_an_empty_station(web):
    page = await web.get("/")
    assert page.status_code == 200
    assert "现在没有车辆在检" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_the_app_is_served_with_types_that_browsers_accept(web):
    assert (await web.get("/app", follow_redirects=False)).headers["location"] == "/app/"
    page = await web.get("/app/")
    assert page.status_code == 200
    assert "text/html" in page.headers["content-type"]
    module = await web.get("/app/app.mjs")
    assert module.headers["content-type"].startswith("text/javascript")
    assert module.headers["cache-control"] == "no-cache"
    worker = await web.get("/app/sw.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert (await web.get("/app/../../../pyproject.toml")).status_code == 404


async def test_the_app_learns_where_it_is(web):
    found = (await web.get("/app/config.json")).json()
    assert found["station"] == "test"
    assert found["name"]["zh"] == "云检测示范站"
    assert found["ws_url"].startswith("ws://")
    assert "secret" not in str(found)


async def test_a_report_needs_a_login(story, office, web):
    report_no, *_ = story.whole_car("test-20261122-0001")
    await make_reports(office)
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
        answer = await web.get(f"/report/{report_no}.pdf", headers=headers)
        assert answer.status_code == 401
        assert "请先登录" in answer.text
        assert "Log in first" in answer.text
    assert (await web.get(f"/report/{report_no}.pdf", params={"token": "wrong"})).status_code == 401


async def test_a_logged_in_person_reads_the_report_in_both_languages(story, office, web):
    report_no, event, *_ = story.whole_car("test-20261122-0001")
    await make_reports(office)
    zh = await web.get(f"/report/{report_no}.pdf?lang=zh", headers=LOGIN)
    assert zh.headers["content-type"] == "application/pdf"
    assert zh.headers["cache-control"] == "no-store"
    text = text_of(zh.content)
    for said in ("苏A12345", "车主丙", "签字人乙", "左前灯罩有划痕", "71.4 %", event.hash, str(event.seq), "模拟数据"):
        assert said in text, said
    en = await web.get(f"/report/{report_no}.pdf", params={"lang": "en", "token": TOKEN})
    assert "Axle braking rate" in text_of(en.content)
    same = await web.get("/reports/test-20261122-0001/1.pdf?lang=zh", headers=LOGIN)
    assert same.content == zh.content


async def test_reports_that_are_not_there(story, office, web):
    story.arrive("test-20261122-0002")
    report_no, *_ = story.whole_car("test-20261122-0001")
    assert (await web.get(f"/report/{report_no}.pdf", headers=LOGIN)).status_code == 404
    office.worker._follow()
    being_made = await web.get(f"/report/{report_no}.pdf", headers=LOGIN)
    assert being_made.status_code == 503
    assert "正在生成" in being_made.text
    unsigned = await web.get("/reports/test-20261122-0002/1.pdf", headers=LOGIN)
    assert unsigned.status_code == 404
    assert "还没有签字" in unsigned.text


async def test_an_altered_report_is_not_shown(story, office, web, tmp_path):
    report_no, *_ = story.whole_car("test-20261122-0001")
    await make_reports(office)
    path = file_of(tmp_path / "evidence", office.memory.job(report_no).zh_sha256, ".pdf")
    path.write_bytes(path.read_bytes() + b" ")
    answer = await web.get(f"/report/{report_no}.pdf?lang=zh", headers=LOGIN)
    assert answer.status_code == 500
    assert "已被改动" in answer.text


async def test_notes_belong_to_their_attempt(story, office):
    serial = "test-20261122-0001"
    story.whole_car(serial)
    story.add(serial, InspectionReturned(attempt=2, items=("F1", "B1")))
    story.look(serial, 2, "灯罩已换")
    notes = office.archive.report_data(serial, 1, True).notes
    assert notes == {("F1", 1): "左前灯罩有划痕", ("F1", 2): "灯罩已换"}


async def test_the_curves_are_the_evidence_byte_for_byte(story, web):
    _, _, run, data = story.whole_car("test-20261122-0001")
    assert (await web.get(f"/curve/{run}.json")).status_code == 401
    answer = await web.get(f"/curve/{run}.json", headers=LOGIN)
    assert answer.content == data
    missing = await web.get("/curve/run-none.json", headers=LOGIN)
    assert missing.status_code == 404
    assert missing.json()["code"] == "no_run"


async def test_figures_in_four_forms(story, office, web):
    story.whole_car("test-20261122-0001")
    page = await web.get("/throughput?lang=zh")
    assert "检测站运行报告" in page.text
    assert "test-20261122-0001" in page.text
    assert (await web.get("/throughput?format=json")).json()["cars"] == 1
    assert (await web.get("/throughput?format=pdf")).content.startswith(b"%PDF")
    rows = (await web.get("/throughput?format=csv")).text.splitlines()
    assert rows[0].startswith("serial,attempt,stage")
    assert len(rows) == 4  # desk, brake, review
    assert (await web.get("/throughput?from=2020-01-01&to=2020-01-02&format=json")).json()["cars"] == 0
    english = await web.get("/throughput", headers={"accept-language": "en-GB,en;q=0.8"})
    assert "Throughput report" in english.text


@pytest.mark.parametrize(
    ("query", "zh", "en"),
    [
        ("from=yesterday", "日期 yesterday 无法识别", "cannot be read"),
        ("from=2026-11-22&to=2026-11-21", "之后", "after the last day"),
        ("format=xls", "格式 xls 不支持", "no format xls"),
        ("lang=fr", "语言 fr 不支持", "no language fr"),
    ],
)
async def test_unusable_questions_are_answered_in_both_languages(web, query, zh, en):
    answer = await web.get(f"/throughput?{query}")
    assert answer.status_code == 400
    assert zh in answer.text
    assert en in answer.text


async def test_unknown_addresses_and_methods(web):
    assert "没有这个页面" in (await web.get("/nothing")).text
    assert (await web.post("/throughput")).status_code == 405


async def test_a_mistake_of_ours_shows_no_traceback(web, office, monkeypatch):
    monkeypatch.setattr(office.archive, "waiting", lambda: 1 / 0)
    answer = await web.get("/")
    assert answer.status_code == 500
    assert "已记入日志" in answer.text
    assert "ZeroDivision" not in answer.text


async def test_pages_wait_for_the_database(tmp_path):
    folder = tmp_path / "new"
    app = OfficeApp(config_for(folder))
    async with browser(app) as web:
        answer = await web.get("/")
        assert answer.status_code == 503
        assert "暂时读不到" in answer.text
        assert str(folder) not in answer.text
        health = await web.get("/healthz")
        assert health.status_code == 503
        whose = {"station": "test", "ledger": None}
        assert health.json() == whose | {"database": False, "broker": False, "open_reports": 0, "seq": 0}
    app.close()


def test_a_missing_app_is_one_clear_sentence(tmp_path):
    with pytest.raises(OfficeError, match="install the station again"):
        OfficeApp(config_for(tmp_path, app_folder=tmp_path / "none"))


def test_secrets_do_not_show(tmp_path):
    shown = repr(config_for(tmp_path))
    assert "secret-of" not in shown
    assert "4711" not in shown


def test_the_hash_names_the_file(story, office, tmp_path):
    report_no, *_ = story.whole_car("test-20261122-0001")
    office.worker._follow()
    office.worker._try_to_make(office.memory.open_jobs()[0])
    job = office.memory.job(report_no)
    data = file_of(tmp_path / "evidence", job.zh_sha256, ".pdf").read_bytes()
    assert sha256_hex(data) == job.zh_sha256
    assert len(data) == job.zh_size
    assert not list((tmp_path / "evidence").rglob("*.new"))


async def test_the_owners_receipt_is_for_those_who_are_logged_in(story, web, office):
    story.arrive("test-20261122-0007")
    story.add("test-20261122-0008", KeysTaken())
    office.worker._follow()
    assert (await web.get("/receipt/test-20261122-0007.pdf")).status_code == 401
    for language, title in (("zh", "车辆检验受理回执"), ("en", "Vehicle inspection: receipt")):
        answer = await web.get(f"/receipt/test-20261122-0007.pdf?lang={language}", headers=LOGIN)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["cache-control"] == "no-store"
        text = text_of(answer.content)
        assert title in text
        assert "0007" in text
        assert "苏A12345" in text
        assert "模拟数据" in text
        assert "车主" not in text
    for serial in ("test-20261122-0008", "test-20261122-0009"):
        answer = await web.get(f"/receipt/{serial}.pdf", headers=LOGIN)
        assert answer.status_code == 404
        assert serial in answer.text
