"""Check-lists, photos and the outbox: in a real browser, over the real broker, the real office and a real ledger."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import expect

from station.model.canonical import sha256_hex
from station.office.files import file_of
from tests.handheld.phone import Phone
from tests.handheld.shots import begin, choose, picture, point, shoot

pytestmark = pytest.mark.asyncio(loop_scope="session")


def recorded(line: Any) -> list[Any]:
    return [event for event in line.ledger.events_since(0) if event.kind == "checklist.recorded"]


async def test_a_whole_list_with_defects_and_photo(house_phone: Phone, house: Any) -> None:
    phone, line = house_phone, house.line
    serial = line.car(1, "浙H20002", ("F1",))
    await begin(phone, "1002", "1357", serial, "开始外观检查")
    await expect(phone.page.get_by_role("heading", level=2)).to_have_text(["外观", "安全装置"])
    await expect(phone.page.get_by_text("已填 0/5")).to_be_visible()

    await choose(phone, "F1-19", "不合格")
    sheet = phone.page.get_by_role("dialog")
    await expect(sheet.get_by_role("button", name="记为不合格")).to_be_disabled()
    await sheet.get_by_role("checkbox", name="花纹深度不足").click()
    await sheet.locator("[data-where=front_left]").click()
    await sheet.get_by_role("checkbox", name="露帘线").click()
    await sheet.get_by_label("说明").last.fill("内侧")
    await sheet.get_by_role("button", name="记为不合格").click()
    await expect(point(phone, "F1-19")).to_contain_text("花纹深度不足 · 左前")
    await expect(point(phone, "F1-19")).to_contain_text("露帘线 · 内侧")

    await choose(phone, "F1-23", "不适用")
    await phone.page.get_by_role("button", name="其余 3 项合格").click()
    await expect(phone.page.get_by_role("button", name="还缺 1 张照片")).to_be_visible()
    await shoot(phone, "F1-16", picture("red"))
    await expect(point(phone, "F1-16").locator("[data-photo=kept]")).to_contain_text("已保存")
    (photo,) = line.inspections[serial].photos
    kept = file_of(house.office.evidence, photo.sha256, ".jpg").read_bytes()
    assert sha256_hex(kept) == photo.sha256
    image = Image.open(io.BytesIO(kept))
    assert image.size == (800, 1600)  # upright, and small
    assert not image.getexif()  # place and device stay with the phone's owner

    await phone.page.get_by_role("button", name="1 项不合格，提交").click()
    verdict = phone.page.locator("[data-item=F1]")
    for words in ("不合格", "轮胎", "花纹深度不足 · 左前", "露帘线 · 内侧"):
        await expect(verdict).to_contain_text(words)
    found = {one.point: one for one in line.inspections[serial].checklist("F1").results}
    assert {one: found[one].outcome for one in found} == {
        "F1-16": "pass", "F1-18": "pass", "F1-19": "fail", "F1-22": "pass", "F1-23": "not_applicable",
    }  # fmt: skip
    assert [(d.code, d.location) for d in found["F1-19"].defects] == [("F1-19-1", "front_left"), ("F1-19-2", None)]
    assert found["F1-16"].photos == (photo.sha256,)
    assert await leftovers(phone) == {"outbox": 0, "drafts": 0}


async def leftovers(phone: Phone) -> dict[str, int]:
    """Return what the device still keeps."""
    found: dict[str, int] = await phone.page.evaluate(
        """async () => {
          const { all } = await import("./db.mjs");
          return { outbox: (await all("outbox")).length, drafts: (await all("drafts")).length };
        }"""
    )
    return found


async def test_an_outage_in_the_middle_delivers_once(house_phone: Phone, house: Any) -> None:
    phone, line, page = house_phone, house.line, house_phone.page
    serial = line.car(1, "浙H20002", ("UC", "F1"))
    await begin(phone, "1002", "1357", serial, "开始外观检查")
    await page.evaluate("navigator.serviceWorker.ready")
    await page.get_by_role("tab", name="车辆唯一性检查").click()
    await choose(phone, "UC-01", "合格")
    await house.broker.stop()
    await house.office.stop()
    await expect(page.locator("[data-line=offline]")).to_be_visible()
    await choose(phone, "UC-03", "合格")
    await shoot(phone, "UC-03", picture("blue"))
    await expect(page.locator("[data-photo=waiting]")).to_be_visible()
    await page.reload()
    await expect(page.locator("[data-photo=waiting]")).to_be_visible()
    await page.get_by_role("button", name="全部合格，提交").click()
    await expect(page.locator(".bar-outbox")).to_have_text("⇪ 2 待发送")
    await expect(page.get_by_role("tab", name="车辆唯一性检查")).to_have_text("车辆唯一性检查 ⇪")
    await expect(page.get_by_text("已填 0/5")).to_be_visible()
    await page.reload()
    await page.locator(".bar-outbox").click()
    await expect(page.locator("[data-entry=photo]")).to_contain_text("照片：车辆识别代号")
    await expect(page.locator("[data-entry='checklist.record']")).to_contain_text("检查表：车辆唯一性检查")
    await expect(page.get_by_role("button", name="立即发送")).to_be_disabled()

    line.deaf = 1  # the first copy of the list is not heard, whichever way it comes
    await house.office.start()
    await house.broker.start()
    await expect(page.get_by_text("全部已送到检测线")).to_be_visible(timeout=20_000)
    kinds = [event.kind for event in line.ledger.events_since(0) if event.kind in ("photo.kept", "checklist.recorded")]
    assert kinds == ["photo.kept", "checklist.recorded"]
    assert line.inspections[serial].item("UC").outcome == "pass"
    sent = [command for command in line.received if command.kind == "checklist.record"]
    assert len({command.id for command in sent}) == 1
    assert await leftovers(phone) == {"outbox": 0, "drafts": 0}
    await page.get_by_label("返回列表").click()
    await page.locator(".in-hand").click()
    await expect(page.get_by_text("已填 0/5")).to_be_visible()
    phone.errors[:] = [error for error in phone.errors if "ERR_" not in error and "WebSocket" not in error]


async def test_an_answer_that_got_lost_over_a_reload_is_not_done_twice(house_phone: Phone, house: Any) -> None:
    phone, line, page = house_phone, house.line, house_phone.page
    serial = line.car(1, "浙H20002", ("DC",))
    await begin(phone, "1001", "2468", serial, "开始底盘动态检验")
    await page.get_by_role("button", name="其余 2 项合格").click()
    line.dumb = 1000  # it hears and does, but its answers are lost
    await page.get_by_role("button", name="全部合格，提交").click()
    await expect(page.locator("[data-item=DC]")).to_contain_text("合格")
    await expect(page.locator(".bar-outbox")).to_have_text("⇪ 1 待发送")
    await page.reload()
    await expect(page.locator(".bar-outbox")).to_have_text("⇪ 1 待发送")
    line.dumb = 0
    await expect(page.locator(".bar-outbox")).to_have_count(0)
    assert len(recorded(line)) == 1
    assert len({command.id for command in line.received if command.kind == "checklist.record"}) == 1


async def test_a_refused_list_says_why_and_can_be_edited_or_discarded(phone: Phone, line: Any) -> None:
    page = phone.page
    serial = line.car(1, "浙H20002", ("DC",))
    line.refusals["checklist.record"] = ("points_missing", "检查表不完整。", "The check-list is not complete.")
    await begin(phone, "1001", "2468", serial, "开始底盘动态检验", "CODE-1")
    await page.get_by_role("button", name="其余 2 项合格").click()
    await page.get_by_role("button", name="全部合格，提交").click()
    await expect(page.get_by_role("alert")).to_have_text("✕ 检查表不完整。")
    await expect(page.locator(".bar-outbox")).to_have_text("✕ 1 被拒")
    await page.reload()
    await page.locator(".bar-outbox").click()
    await expect(page.get_by_role("alert")).to_have_text("✕ 检查表不完整。")
    await page.get_by_role("button", name="修改").click()
    await choose(phone, "DC-42", "不合格")
    await page.get_by_role("checkbox", name="转向沉重").click()
    await page.get_by_role("button", name="记为不合格").click()
    await page.get_by_role("button", name="1 项不合格，提交").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_role("button", name="作废重填").click()
    await expect(page.get_by_text("已填 0/2")).to_be_visible()
    line.refusals.clear()
    await page.get_by_role("button", name="其余 2 项合格").click()
    await page.get_by_role("button", name="全部合格，提交").click()
    await expect(page.locator("[data-item=DC]")).to_contain_text("合格")
    ids = [command.id for command in line.received if command.kind == "checklist.record"]
    # One that is slow to be answered is sent again under its own id; each one submitted has another.
    assert len(set(ids)) == 3


async def test_trouble_of_the_line_itself_is_no_refusal(phone: Phone, line: Any) -> None:
    serial = line.car(1, "浙H20002", ("DC",))
    line.refusals["checklist.record"] = ("not_stored", "未保存：磁盘已满。", "Not saved: the disk is full.")
    await begin(phone, "1001", "2468", serial, "开始底盘动态检验", "CODE-1")
    await phone.page.get_by_role("button", name="其余 2 项合格").click()
    await phone.page.get_by_role("button", name="全部合格，提交").click()
    await expect(phone.page.locator(".bar-outbox")).to_have_text("⇪ 1 待发送")
    line.refusals.clear()
    await expect(phone.page.locator("[data-item=DC]")).to_contain_text("合格")


async def test_a_photo_that_the_line_refuses_is_said_and_leaves_the_list(house_phone: Phone, house: Any) -> None:
    phone, line, page = house_phone, house.line, house_phone.page
    serial = line.car(1, "浙H20002", ("UC",))
    line.refusals["photo.keep"] = ("wrong_state", "车辆已签字。", "The vehicle is signed.")
    await begin(phone, "1002", "1357", serial, "开始外观检查")
    await page.get_by_role("button", name="其余 2 项合格").click()
    await shoot(phone, "UC-03", picture("green"))
    await expect(page.locator("[data-photo=refused]")).to_contain_text("被拒")
    await page.get_by_role("button", name="全部合格，提交").click()
    await expect(page.locator(".bar-outbox")).to_have_text("✕ 1 被拒")
    await page.locator(".bar-outbox").click()
    await expect(page.get_by_role("alert")).to_have_text("✕ 车辆已签字。")
    line.refusals.clear()
    await page.get_by_role("button", name="删除照片").click()
    await expect(page.get_by_text("全部已送到检测线")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("button", name="还缺 1 张照片")).to_be_visible()
    await shoot(phone, "UC-03", picture("yellow"))
    await page.get_by_role("button", name="全部合格，提交").click()
    await expect(page.locator("[data-item=UC]")).to_contain_text("合格")
    phone.errors[:] = [error for error in phone.errors if "409" not in error]


async def test_what_one_person_left_is_not_sent_for_another(phone: Phone, line: Any) -> None:
    page = phone.page
    serial = line.car(1, "浙H20002", ("DC",))
    line.refusals["checklist.record"] = ("not_stored", "未保存。", "Not saved.")
    await begin(phone, "1001", "2468", serial, "开始底盘动态检验", "CODE-1")
    await page.get_by_role("button", name="其余 2 项合格").click()
    await page.get_by_role("button", name="全部合格，提交").click()
    await page.get_by_role("button", name="返回列表").last.click()
    await expect(page.get_by_text("还有 1 项没有送出")).to_be_visible()
    await page.get_by_role("button", name="退出登录").click()
    await expect(page.locator(".keypad")).to_be_visible()
    sent = len(line.received)
    line.refusals.clear()
    await phone.log_in("1003", "9753")
    await page.locator(".bar-outbox").click()
    await expect(page.locator("[data-entry]")).to_contain_text("引车员甲 登录后才会发送")
    await page.evaluate("import('./outbox.mjs').then((outbox) => outbox.flush())")
    assert {command.kind for command in line.received[sent:]} == {"session.open"}
    await page.get_by_label("返回列表").click()
    await page.get_by_role("button", name="退出登录").click()
    await phone.log_in("1001", "2468")
    await expect(page.locator(".bar-outbox")).to_have_count(0)
    assert line.inspections[serial].item("DC").by == "p-driver"


async def test_a_photo_needs_a_page_that_can_hash(phone: Phone, line: Any, office: Any) -> None:
    serial = line.car(1, "浙H20002", ("UC",))
    office.url = office.url.replace("127.0.0.1", "station.test")
    await begin(phone, "1002", "1357", serial, "开始外观检查", "CODE-1")
    await expect(point(phone, "UC-03")).to_contain_text("浏览器不能为照片做校验")
    await expect(point(phone, "UC-03").locator("input[type=file]")).to_have_count(0)
    await choose(phone, "UC-03", "不适用")
    await choose(phone, "UC-01", "合格")
    await phone.page.get_by_role("button", name="全部合格，提交").click()
    await expect(phone.page.locator("[data-item=UC]")).to_contain_text("合格")
    phone.hosts.discard("station.test")


async def test_a_file_that_is_no_picture_is_said(phone: Phone, line: Any) -> None:
    serial = line.car(1, "浙H20002", ("UC",))
    await begin(phone, "1002", "1357", serial, "开始外观检查", "CODE-1")
    await shoot(phone, "UC-03", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    await expect(phone.page.get_by_role("alert")).to_contain_text("这个文件不是照片，请重拍。")
    await expect(phone.page.locator("[data-photo]")).to_have_count(0)


async def test_photos_from_python_reach_the_ledger(house: Any, tmp_path: Path) -> None:
    from handheld.client import Handheld
    from station.bus.commands import CommandRefusedError

    serial = house.line.car(1, "浙H20002", ("UC",))
    account = house.broker.account("handheld-02")
    handheld = Handheld(house.broker.url, "test", account, office_url=house.office.origin, answer_s=3.0)
    await handheld.start()
    await handheld.log_in("1002", "1357")
    data = picture("red", (40, 30))["buffer"]
    assert await handheld.add_photo(serial, "UC", "UC-03", data) == sha256_hex(data)
    assert await handheld.add_photo(serial, "UC", "UC-03", data) == sha256_hex(data)
    assert [photo.sha256 for photo in house.line.inspections[serial].photos] == [sha256_hex(data)]
    with pytest.raises(CommandRefusedError) as refused:
        await handheld.add_photo(serial, "UC", "UC-99", data)
    assert "检查表没有" in refused.value.reply.text.zh
    await house.office.stop()
    with pytest.raises(TimeoutError, match="office"):
        await handheld.add_photo(serial, "UC", "UC-03", data + b" ")
    await handheld.stop()
