"""Every screen in its states, both languages, upright and on its side: nothing is cut off, every key is large enough.

With the environment variable ``HANDHELD_PICTURES`` set to a folder, each state is also kept there as a picture.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from station.model.text import Text
from tests.handheld.phone import LANDSCAPE, PORTRAIT, Phone
from tests.handheld.shots import begin, choose, picture, shoot

pytestmark = pytest.mark.asyncio(loop_scope="session")

REVIEW = ("wrong_state", "现在不能这样做：车辆状态是“待审核”。", 'Not possible now: the vehicle is in "review".')
SIZES = pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
LEAST_PX = 48
# What is wider than its place, what stands beyond the edge, and keys that a glove misses.
TROUBLE = """
(least) => {
  const edge = document.documentElement.clientWidth, found = [];
  const name = (e) => `${e.tagName}.${e.className} "${(e.textContent ?? "").trim().slice(0, 30)}"`;
  for (const e of document.querySelectorAll("#app *")) {
    const box = e.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    if (box.left < -0.5 || box.right > edge + 0.5) found.push(`beyond the edge: ${name(e)}`);
    const inline = !(e instanceof HTMLElement) || e.matches("input") || getComputedStyle(e).display === "inline";
    if (!inline && e.scrollWidth > e.clientWidth + 1) found.push(`wider than its place: ${name(e)}`);
    if (e.matches("button, .camera, input:not([type=file])") && box.height < least - 0.5)
      found.push(`too small: ${name(e)}`);
  }
  return found;
}
"""


async def look(phone: Phone, size: dict[str, int], name: str) -> None:
    """Check what is on the screen in both languages, and keep its picture where one is wanted."""
    folder = os.environ.get("HANDHELD_PICTURES")
    for language in ("zh", "en"):
        assert await phone.page.evaluate(TROUBLE, LEAST_PX) == [], f"{name} in {language}"
        if folder:
            path = Path(folder) / f"{name}-{'portrait' if size == PORTRAIT else 'landscape'}-{language}.png"
            await phone.page.screenshot(path=path)
        # The key lies under an open sheet.
        await phone.page.locator(".bar-button").last.dispatch_event("click")
        await phone.page.evaluate("new Promise(requestAnimationFrame)")


def crowd(line: Any) -> str:
    """Bring five vehicles in; return the serial of the first."""
    kinds = (("F1", "B1", "H1", "H4", "PF"), ("B1", "B2"), ("UC", "F1", "DC"), ("H1", "H4"), ("FA", "DC"))
    plates = ("浙AD12345", "浙H20002", "沪C12345", "苏E9F8G7", "京A00001")
    serials = [line.car(n, plates[n], items, ago_s=60 * (40 - 9 * n)) for n, items in enumerate(kinds)]
    return str(serials[0])


@SIZES
async def test_lists(phone: Phone, line: Any, size: Any, wire: Any, broker: Any) -> None:
    cable = await wire(broker.ws_url)
    phone.office.ws_url = f"ws://127.0.0.1:{cable.port}/mqtt"
    await phone.page.set_viewport_size(size)
    await phone.pair()
    await look(phone, size, "login")
    await phone.log_in("1003", "9753")
    await expect(phone.page.get_by_role("tab")).to_have_count(6)
    await look(phone, size, "list-empty")
    crowd(line)
    await expect(phone.page.locator(".card")).to_have_count(10)
    await look(phone, size, "list-busy")
    await phone.page.get_by_role("tab").nth(3).click()
    await look(phone, size, "list-one-stage")
    await phone.page.locator(".card").first.click()
    await look(phone, size, "before-start")
    cable.cut()
    await expect(phone.page.locator("[data-line=offline]")).to_be_visible()
    await look(phone, size, "before-start-offline")
    phone.errors[:] = [error for error in phone.errors if "WebSocket" not in error]


@SIZES
async def test_check_lists(house_phone: Phone, house: Any, size: Any) -> None:
    phone, line, page = house_phone, house.line, house_phone.page
    await page.set_viewport_size(size)
    serial = line.car(1, "浙AD12345", ("UC", "F1"))
    line.car(2, "浙H20002", ("UC", "F1"), ago_s=600)
    await begin(phone, "1002", "1357", serial, "开始外观检查")
    await page.get_by_role("tab", name="车辆外观和安全装置检查").click()
    await look(phone, size, "checklist-new")
    await choose(phone, "F1-19", "不合格")
    await page.get_by_role("checkbox", name="花纹深度不足").click()
    await page.locator("[data-where=front_left]").click()
    await page.get_by_label("说明").fill("内侧磨到标记，建议更换两条前轮")
    await page.locator(".where").scroll_into_view_if_needed()
    await look(phone, size, "checklist-defect")
    await page.get_by_role("button", name="记为不合格").click()
    await choose(phone, "F1-18", "合格")
    await shoot(phone, "F1-16", picture("steelblue"))
    await expect(page.locator("[data-photo=kept]")).to_be_visible()
    await page.locator("[data-point=F1-16]").scroll_into_view_if_needed()
    await look(phone, size, "checklist-busy")
    await house.office.stop()
    await house.broker.stop()
    await expect(page.locator("[data-line=offline]")).to_be_visible()
    await shoot(phone, "F1-16", picture("firebrick"))
    await expect(page.locator("[data-photo=waiting]")).to_be_visible()
    await page.locator("[data-point=F1-19]").scroll_into_view_if_needed()
    await look(phone, size, "checklist-offline")
    await page.get_by_role("button", name="其余").click()
    await page.get_by_role("button", name="1 项不合格，提交").click()
    await page.get_by_role("tab", name="车辆外观和安全装置检查").click()
    await look(phone, size, "checklist-handed-in-offline")
    await page.locator(".bar-outbox").click()
    await look(phone, size, "outbox-offline")
    line.refusals |= {"checklist.record": REVIEW, "photo.keep": REVIEW}
    await house.broker.start()
    await house.office.start()
    await expect(page.locator(".entry.refused")).to_have_count(1)
    await look(phone, size, "outbox-photo-refused")
    await page.get_by_role("button", name="删除照片").click()
    await expect(page.get_by_text("全部已送到检测线")).to_be_visible()
    await look(phone, size, "outbox-empty")
    await page.go_back()
    await page.get_by_role("tab", name="车辆外观和安全装置检查").click()
    await page.get_by_role("button", name="1 项不合格，提交").click()
    await expect(page.get_by_role("tab", name="车辆外观和安全装置检查")).to_contain_text("⇪")
    await page.get_by_role("tab", name="车辆外观和安全装置检查").click()
    await expect(page.locator(".handed-in.refused")).to_be_visible()
    await look(phone, size, "checklist-refused")
    await page.get_by_label("返回列表").click()
    await look(phone, size, "list-refused")
    line.refusals.clear()
    await page.locator(".in-hand").click()
    await page.get_by_role("tab", name="车辆外观和安全装置检查").click()
    await page.get_by_role("button", name="修改").click()
    await page.get_by_role("button", name="1 项不合格，提交").click()
    await choose(phone, "UC-03", "不适用")
    await choose(phone, "UC-01", "合格")
    await page.get_by_role("button", name="全部合格，提交").click()
    await expect(page.locator("[data-item=F1]")).to_be_visible()
    await look(phone, size, "checklist-done")
    expected = ("WebSocket", "ERR_", "409", "503")
    phone.errors[:] = [error for error in phone.errors if not any(word in error for word in expected)]


@SIZES
async def test_pit(phone: Phone, line: Any, size: Any) -> None:
    await phone.page.set_viewport_size(size)
    serial = line.car(1, "浙AD12345", ("C1",))
    await begin(phone, "1005", "1212", serial, "开始底盘部件检查", "CODE-1")
    await choose(phone, "C1-46", "合格")
    await look(phone, size, "pit")
    await choose(phone, "C1-49", "不合格")
    await phone.page.get_by_role("checkbox").last.click()
    await look(phone, size, "pit-defect")


@SIZES
async def test_lamps(phone: Phone, line: Any, size: Any, verdicts: Any) -> None:
    judged, quantity = verdicts
    lamps = ("H1", "H2", "H3", "H4")
    await phone.page.set_viewport_size(size)
    serial = line.car(1, "浙AD12345", lamps)
    await begin(phone, "1001", "2468", serial, "开始前照灯检测", "CODE-1")
    await expect(phone.page.locator("[data-lamp]")).to_have_count(4)
    await look(phone, size, "lamps-wait")
    high = Text(zh="开远光灯", en="High beam on")
    line.prompt(
        "lane-3",
        "lamps-1",
        serial,
        "lamps_on_high",
        high,
        detail=Text(zh="先测左灯", en="Left first"),
        countdown_s="20",
    )
    run = line.begin(serial, "H1", "lamp-1", "lamps-1", covers=lamps[1:])
    dark = quantity("intensity", "远光发光强度", "High-beam intensity", "fail", "9000 cd", "≥ 12000 cd")
    bright = quantity("intensity", "远光发光强度", "High-beam intensity", "pass", "21500 cd", "≥ 12000 cd")
    low = quantity(
        "low", "近光明暗截止线垂直偏移", "Low-beam cut-off, vertical", "fail", "-412 mm/10m", "-300 – -50 mm/10m"
    )
    line.end(serial, run, judged("H1", "fail", dark, low), "lamp-1")
    line.judge(serial, judged("H2", "pass", bright), "lamp-1")
    await expect(phone.page.locator("[data-lamp=H2]")).to_contain_text("21500 cd")
    await look(phone, size, "lamps")
    line.rigs["lamp-1"] = "offline"
    await line.publish_state()
    await expect(phone.page.locator(".prompt.down")).to_be_visible()
    await look(phone, size, "lamps-rig-down")
    line.rigs["lamp-1"] = "fault"
    await line.publish_state()
    await expect(phone.page.locator(".prompt.down")).to_contain_text("故障")
    await look(phone, size, "lamps-fault")


@SIZES
async def test_smoke(phone: Phone, line: Any, size: Any) -> None:
    await phone.page.set_viewport_size(size)
    serial = line.car(1, "浙AD12345", ("FA",))
    await begin(phone, "1003", "9753", serial, "开始尾气检测", "CODE-1")
    floor = Text(zh="迅速踩下油门到底", en="Pedal to the floor, fast")
    line.prompt(
        "lane-4",
        "exhaust-2",
        serial,
        "accelerate",
        floor,
        detail=Text(zh="第 2 次，共 6 次", en="No. 2 of 6"),
        countdown_s="10",
    )
    run = line.begin(serial, "FA", "smoke-1", "exhaust-2")

    def send() -> None:
        for step in range(40):
            values = {"k": f"{abs(step % 20 - 10) * 0.131:.2f}", "engine_speed": str(750 + (step % 20) * 165)}
            line.live("lane-4", "smoke-1", run, serial, "FA", values=values)

    await phone.live("[data-channel=engine_speed]", "3885", send)
    await look(phone, size, "smoke")
