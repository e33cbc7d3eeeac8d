"""The inspector's page in a real browser, against a real broker and a line that speaks the contract."""

from functools import partial
from typing import Any

import pytest
from playwright.async_api import Page, expect

from station.model.text import Text
from tests.handheld.phone import LANDSCAPE, PORTRAIT, Phone

pytestmark = pytest.mark.asyncio(loop_scope="session")

LAMP_NAMES = ("左外灯", "左内灯", "右内灯", "右外灯")
PRESS = Text(zh="缓踩制动到底", en="Brake slowly, all the way")


async def test_pairing_by_code_and_by_address(phone: Phone) -> None:
    await phone.page.goto(phone.office.url)
    await phone.page.get_by_label("配对码").fill("WRONG")
    await phone.page.get_by_role("button", name="配对", exact=True).click()
    await expect(phone.page.get_by_role("alert")).to_contain_text("配对码不对。")
    # The browser notes every refused request in its console.
    phone.errors[:] = [error for error in phone.errors if "403" not in error]
    await phone.pair("CODE-1")
    assert "CODE" not in phone.page.url
    await phone.page.reload()
    await expect(phone.page.locator("[data-line=connected]")).to_be_visible()


async def test_wrong_pin_is_said_right_pin_opens_the_list(phone: Phone, line: Any) -> None:
    await phone.pair()
    await phone.log_in("1001", "0000")
    await expect(phone.page.get_by_role("alert")).to_contain_text("工号或密码不对。")
    await phone.keys("2468")
    await phone.page.get_by_role("button", name="登录", exact=True).click()
    await expect(phone.page.get_by_role("tab")).to_have_text(["全部 0", "底盘动态 0", "制动 0", "前照灯 0"])
    await expect(phone.page.get_by_text("引车员甲")).to_be_visible()
    assert all("2468" not in entry for entry in await phone.page.evaluate("Object.values(localStorage)"))
    await phone.page.reload()
    await expect(phone.page.get_by_text("引车员甲")).to_be_visible()
    await phone.page.get_by_role("button", name="退出登录（引车员甲）").click()
    await expect(phone.page.locator(".keypad")).to_be_visible()
    assert line.sessions == {}


async def test_my_vehicles_follow_roles_order_and_changes(phone: Phone, line: Any) -> None:
    second = line.car(2, "浙H20002", ("F1", "B1"), ago_s=60)
    first = line.car(1, "浙AD12345", ("B1",), ago_s=15 * 60)
    await phone.pair()
    await phone.log_in("1003", "9753")
    brake = phone.page.locator("section", has=phone.page.get_by_role("heading", name="制动"))
    await expect(brake.locator(".plate")).to_have_text(["浙AD12345", "浙H20002"])
    await expect(brake.locator(f"[data-serial='{first}']")).to_contain_text("等 15 分钟")
    outside = phone.page.locator("section", has=phone.page.get_by_role("heading", name="外观检查"))
    await expect(outside.locator(".plate")).to_have_text(["浙H20002"])
    await line.clear(second)
    await expect(brake.locator(".plate")).to_have_text(["浙AD12345"])
    await expect(outside).to_have_count(0)
    await phone.page.get_by_role("tab", name="外观检查").click()
    await expect(phone.page.locator(".empty")).to_have_text("没有等待的车辆")
    await expect(phone.page.locator(".plate")).to_have_count(0)
    await phone.page.reload()
    await expect(phone.page.get_by_role("tab", name="外观检查")).to_have_attribute("aria-selected", "true")
    await phone.page.get_by_role("tab", name="制动").click()
    await expect(phone.page.locator(".plate")).to_have_text(["浙AD12345"])


async def test_brake_run_from_start_to_verdict(phone: Phone, line: Any, verdicts: Any) -> None:
    judged, quantity = verdicts
    serial = line.car(1, "浙AD12345", ("B1", "BV"))
    await phone.pair()
    await phone.log_in("1001", "2468")
    await phone.take(serial, "开始制动检测")
    line.prompt("lane-1", "brake-1", serial, "press_slowly", PRESS, item="B1", countdown_s="15")
    prompt = phone.page.locator("[data-code=press_slowly]")
    await expect(prompt).to_contain_text("缓踩制动到底")
    await expect(prompt.locator(".countdown")).to_have_text("15")
    run = line.begin(serial, "B1", "rbt-1", "brake-1")
    live = partial(line.live, "lane-1", "rbt-1", run, serial, "B1")
    left, right = (phone.page.locator(f"[data-side={side}]") for side in ("left", "right"))
    await expect(phone.page.locator(".item.now")).to_contain_text("一轴行车制动")
    rise = {"force_left": [0, 995], "force_right": [0, None]}
    await phone.live("[data-side=left]", "100", partial(live, curves=rise))
    await expect(right).to_have_text("0")
    live(curves={"force_left": [3006, 2500], "force_right": [2800, 2412]})
    await expect(left).to_have_text("250")
    await expect(right).to_have_text("241")
    await expect(phone.page.locator(".force.left")).to_contain_text("最大 301 × 10 N")
    assert await inked(phone.page, ".curve canvas") > 100
    rate = quantity("axle_rate", "一轴制动率", "Axle rate", "fail", "52.1 %", "≥ 60 %")
    line.end(serial, run, judged("B1", "fail", rate), "rbt-1")
    await expect(phone.page.locator(".last")).to_contain_text("不合格")
    line.end(serial, run, judged("BV", "pass"), "rbt-1")
    verdict = phone.page.locator("[data-item=B1]")
    for words in ("不合格", "52.1 %", "≥ 60 %", "GB 7258 7.10.2.1", "一轴制动率 52.1 %，不符合 ≥ 60 %。", "限值待核实"):
        await expect(verdict).to_contain_text(words)
    await phone.page.get_by_label("返回列表").click()
    await expect(phone.page.get_by_text("没有等待的车辆")).to_be_visible()


async def inked(page: Page, canvas: str) -> int:
    """Return how many pixels of a canvas are in a curve's colours."""
    count = await page.locator(canvas).evaluate(
        """async (canvas) => {
          for (let i = 0; i < 5; i += 1) await new Promise(requestAnimationFrame);
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let count = 0;
          for (let i = 0; i < data.length; i += 4)
            if (data[i + 3] > 128 && Math.abs(data[i] - data[i + 2]) > 90) count += 1;
          return count;
        }"""
    )
    return int(count)


async def test_exhaust_run_shows_speed_against_target(phone: Phone, line: Any) -> None:
    serial = line.car(1, "浙H20002", ("PF",))
    await phone.pair()
    await phone.log_in("1003", "9753")
    await phone.take(serial, "开始尾气检测")
    hold = Text(zh="保持 2500 r/min", en="Hold 2500 rpm")
    band = {"speed": "2500", "low": "2300", "high": "2700"}
    line.prompt("lane-2", "exhaust-1", serial, "hold_speed", hold, target=band, countdown_s="45")
    run = line.begin(serial, "PF", "gas-1", "exhaust-1")
    await expect(phone.page.locator(".speed")).to_contain_text("目标 2300–2700")
    live = partial(line.live, "lane-2", "gas-1", run, serial, "PF")
    for speed, word in (("2100", "加速"), ("2800", "减速"), ("2510", "保持")):
        values = {"engine_speed": speed, "co": "0.12", "hc": None}
        await phone.live("[data-channel=engine_speed]", speed, partial(live, values=values))
        await expect(phone.page.locator(".speed-word")).to_contain_text(word)
    await expect(phone.page.locator(".gases")).to_contain_text("0.12")


async def test_smoke_run_shows_k_and_speed(phone: Phone, line: Any) -> None:
    serial = line.car(1, "浙H30003", ("FA",))
    await phone.pair()
    await phone.log_in("1003", "9753")
    await phone.page.locator(f"[data-serial='{serial}']").click()
    # Petrol's bay is not offered to a diesel.
    await expect(phone.page.get_by_role("radio")).to_contain_text(["exhaust-2"])
    await phone.page.get_by_role("button", name="开始尾气检测").click()
    floor = Text(zh="迅速踩到底", en="Pedal to the floor, fast")
    line.prompt("lane-4", "exhaust-2", serial, "accelerate", floor, detail=Text(zh="第 1 次", en="No. 1"))
    run = line.begin(serial, "FA", "smoke-1", "exhaust-2")
    await expect(phone.page.locator("[data-code=accelerate]")).to_contain_text("迅速踩到底")
    live = partial(line.live, "lane-4", "smoke-1", run, serial, "FA")
    for k, speed in (("0.12", "800"), ("1.40", "3900"), ("0.9", "2000")):
        await phone.live("[data-channel=engine_speed]", speed, partial(live, values={"k": k, "engine_speed": speed}))
    await expect(phone.page.locator("[data-channel=k]")).to_have_text("0.90")
    await expect(phone.page.locator(".force.left")).to_contain_text("最大 1.40")
    assert await inked(phone.page, ".curve canvas") > 100


async def test_headlamps_show_a_result_for_each_lamp(phone: Phone, line: Any, verdicts: Any) -> None:
    judged, quantity = verdicts
    lamps = ("H1", "H2", "H3", "H4")
    serial = line.car(1, "浙H20002", lamps)
    await phone.pair()
    await phone.log_in("1001", "2468")
    await phone.take(serial, "开始前照灯检测")
    line.prompt("lane-3", "lamps-1", serial, "lamps_on_high", Text(zh="开远光灯", en="High beam on"))
    run = line.begin(serial, "H1", "lamp-1", "lamps-1", covers=lamps[1:])
    await expect(phone.page.locator("[data-lamp]")).to_have_text([f"{name}▶ 正在测" for name in LAMP_NAMES])
    dark = quantity("intensity", "远光发光强度", "High-beam intensity", "fail", "9000 cd", "≥ 12000 cd")
    aim = quantity("height", "远光高度", "High-beam height", "pass", "0.9 H", "0.8–0.95 H")
    line.end(serial, run, judged("H1", "fail", aim, dark), "lamp-1")
    line.judge(
        serial,
        judged("H2", "pass", quantity("intensity", "强度", "Intensity", "pass", "15000 cd", "≥ 12000 cd")),
        "lamp-1",
    )
    left = phone.page.locator("[data-lamp=H1]")
    await expect(left).to_contain_text("9000 cd")
    await expect(left).not_to_contain_text("0.9 H")
    await expect(phone.page.locator("[data-lamp=H2]")).to_contain_text("15000 cd")
    for lamp in lamps[2:]:
        line.judge(serial, judged(lamp, "pass"), "lamp-1")
    await expect(phone.page.locator("[data-item=H1]")).to_contain_text("远光高度")


async def test_refusal_is_shown_in_the_lines_words_and_in_both_languages(phone: Phone, line: Any) -> None:
    serial = line.car(1, "浙H20002", ("B1",))
    line.rigs["rbt-1"] = "offline"
    await line.publish_state()
    await phone.pair()
    await phone.log_in("1001", "2468")
    await phone.page.locator(f"[data-serial='{serial}']").click()
    await expect(phone.page.get_by_role("radio")).to_contain_text("设备未连接: 网线已断开")
    await phone.page.get_by_role("button", name="开始制动检测").click()
    await expect(phone.page.get_by_role("alert")).to_contain_text("制动台没有应答，请检查网线。")
    await phone.page.get_by_role("button", name="切换语言").click()
    await expect(phone.page.get_by_role("alert")).to_contain_text("The brake tester does not answer; check its cable.")
    await expect(phone.page.get_by_role("button", name="Start the brake test")).to_be_visible()
    assert await phone.page.evaluate("document.documentElement.lang") == "en"
    await phone.page.reload()
    await expect(phone.page.get_by_role("button", name="Start the brake test")).to_be_visible()


async def test_a_command_is_sent_again_with_the_same_id_and_epoch(phone: Phone, line: Any) -> None:
    serial = line.car(1, "浙H20002", ("B1",))
    await phone.pair()
    await phone.log_in("1001", "2468")
    await expect(phone.page.locator(".card")).to_be_visible()
    line.deaf = 2
    await phone.take(serial, "开始制动检测")
    await expect(phone.page.locator(".run")).to_be_visible()
    starts = [command for command in line.received if command.kind == "stage.start"]
    assert len(starts) == 3
    assert {(start.id, start.epoch) for start in starts} == {(starts[0].id, line.epoch)}


async def test_item_is_skipped_and_stage_given_back(phone: Phone, line: Any) -> None:
    serial = line.car(1, "浙H20002", ("B1", "B0"))
    await phone.pair()
    await phone.log_in("1001", "2468")
    await phone.take(serial, "开始制动检测")
    await phone.page.get_by_role("button", name="其他…").click()
    await phone.page.get_by_role("button", name="某一项无法检测").click()
    await phone.page.get_by_role("button", name="驻车制动").click()
    await phone.page.get_by_role("button", name="不安全，拒绝检测").click()
    await expect(phone.page.locator(".item.unknown")).to_contain_text("驻车制动")
    await phone.page.get_by_role("button", name="其他…").click()
    await phone.page.get_by_role("button", name="放弃本工位").click()
    await phone.page.get_by_label("原因").fill("车辆故障")
    await phone.page.get_by_role("button", name="放弃本工位").click()
    await expect(phone.page.get_by_role("button", name="开始制动检测")).to_be_visible()
    assert line.inspections[serial].item("B0").reason == "refused_unsafe"


async def test_the_run_comes_back_after_a_reload(phone: Phone, line: Any) -> None:
    serial = line.car(1, "浙H20002", ("B1",))
    await phone.pair()
    await phone.log_in("1001", "2468")
    await phone.take(serial, "开始制动检测")
    await expect(phone.page.locator(".run")).to_be_visible()
    await phone.page.reload()
    await expect(phone.page.locator(".run")).to_be_visible()
    await phone.page.get_by_label("返回列表").click()
    await expect(phone.page.locator(".in-hand")).to_contain_text("浙H20002")


async def test_a_vehicle_that_comes_before_the_bays_is_no_mistake(phone: Phone, line: Any) -> None:
    serial = line.car(1, "浙H20002", ("B1",))
    await phone.pair()
    await phone.log_in("1001", "2468")
    await phone.take(serial, "开始制动检测")
    await expect(phone.page.locator(".run")).to_be_visible()
    await line.link.publish_acked(line.topics.state, b"", retain=True)
    await expect(phone.page.locator(".empty")).to_have_text("正在连接")
    await line.publish_state()
    await expect(phone.page.locator(".run")).to_be_visible()


async def test_network_and_line_away_are_said_in_words(phone: Phone, line: Any, wire: Any, broker: Any) -> None:
    kept, gone = line.car(1, "浙H10001", ("B1",)), line.car(2, "浙H20002", ("B1",))
    cable = await wire(broker.ws_url)
    phone.office.ws_url = f"ws://127.0.0.1:{cable.port}/mqtt"
    await phone.pair()
    await phone.log_in("1001", "2468")
    await expect(phone.page.locator(".plate")).to_have_text(["浙H10001", "浙H20002"])
    await line.say_present(False)
    await expect(phone.page.locator("[data-line=line_offline]")).to_have_text("✕检测线离线")
    await phone.page.locator(f"[data-serial='{kept}']").click()
    await expect(phone.page.get_by_role("button", name="开始制动检测")).to_be_disabled()
    cable.cut()
    await expect(phone.page.locator("[data-line=offline]")).to_have_text("⚠网络已断开，正在重连")
    await line.say_present(True)
    await line.clear(gone)
    cable.mend()
    await expect(phone.page.locator("[data-line=connected]")).to_be_visible()
    await phone.page.get_by_label("返回列表").click()
    await expect(phone.page.locator(".plate")).to_have_text(["浙H10001"])
    assert phone.sockets > 1
    phone.errors[:] = [error for error in phone.errors if "WebSocket connection to" not in error]


async def test_a_second_tab_takes_over(phone: Phone) -> None:
    await phone.pair()
    other = await phone.page.context.new_page()
    await other.goto(phone.office.url)
    await expect(other.locator("[data-line=connected]")).to_be_visible()
    await expect(phone.page.locator("[data-line=elsewhere]")).to_be_visible()
    await phone.page.get_by_role("button", name="在这里继续使用").click()
    await expect(phone.page.locator("[data-line=connected]")).to_be_visible()
    await expect(other.locator("[data-line=elsewhere]")).to_be_visible()


async def test_the_page_opens_without_its_server(phone: Phone) -> None:
    await phone.pair()
    await phone.page.evaluate("navigator.serviceWorker.ready")
    await phone.page.evaluate("caches.open('shell-3-').then((cache) => cache.match('./app.mjs').then((one) => one.ok))")
    phone.office.stop()
    await phone.page.reload()
    await expect(phone.page.locator(".keypad")).to_be_visible()
    phone.errors[:] = [error for error in phone.errors if "net::ERR" not in error]


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
async def test_run_fits_the_screen_and_numbers_never_wrap(phone: Phone, line: Any, verdicts: Any, size: Any) -> None:
    await phone.page.set_viewport_size(size)
    serial = line.car(1, "浙AD12345", ("B1", "B2", "B0", "BV"))
    await phone.pair()
    await phone.log_in("1001", "2468")
    await phone.take(serial, "开始制动检测")
    line.prompt("lane-1", "brake-1", serial, "press_slowly", PRESS, countdown_s="15")
    run = line.begin(serial, "B1", "rbt-1", "brake-1")
    heavy = {"force_left": [29990], "force_right": [-28880]}
    await phone.live(
        "[data-side=right]", "-2888", partial(line.live, "lane-1", "rbt-1", run, serial, "B1", curves=heavy)
    )
    rate = verdicts[1]("imbalance", "一轴不平衡率", "Imbalance", "fail", "31.4 %", "≤ 24 %")
    line.end(serial, run, verdicts[0]("B1", "fail", rate), "rbt-1")
    await expect(phone.page.locator(".last")).to_be_visible()
    for _ in ("zh", "en"):
        await fits(phone.page, size)
        await phone.page.locator(".bar-button").click()


async def fits(page: Page, size: Any) -> None:
    """Check that the parts of a run lie on the screen, beside each other, with keys that a glove can hit."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    parts = (".head", ".prompt", ".force.left .force-now", ".force.right .force-now", ".curve", ".run-foot")
    boxes = {part: await page.locator(part).bounding_box() for part in parts}
    for part, box in boxes.items():
        assert box, part
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= size["width"], part
        assert box["y"] + box["height"] <= size["height"], part
        for other, there in boxes.items():
            assert part == other or apart(box, there), f"{part} over {other}"
    assert max(box["height"] for part, box in boxes.items() if box and part.endswith("now")) < 110
    small = await page.locator("button:visible").evaluate_all(
        "all => all.filter((b) => b.getBoundingClientRect().height < 56).map((b) => b.textContent)"
    )
    assert small == []


def apart(one: Any, other: Any) -> bool:
    """Return whether two boxes do not overlap."""
    beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
    return bool(beside or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"])
