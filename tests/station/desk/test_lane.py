"""The lane, live."""

from typing import Any

import pytest

from station.model.text import Text

PRESS = Text(zh="缓踩制动到底", en="Brake slowly")


@pytest.fixture
async def lane(desk: Any, line: Any) -> Any:
    """A desk that watches a brake run: the desk, the vehicle and the run."""
    await desk.skip_log_in()
    serial = line.car("浙H12385")
    run = line.begin(serial, "brake", "brake-1", "B1")
    line.prompt(serial, PRESS, countdown="9")
    await desk.press("f3")
    await desk.sees("缓 踩 制 动 到 底")
    return desk, serial, run


async def test_prompt_forces_and_curve_are_shown_live(lane: Any, line: Any) -> None:
    desk, serial, run = lane
    line.live(run, serial, curves={"force_left": [0, 1000, 2000], "force_right": [0, 900, 1800]})
    await desk.sees("制动力 B1 一轴行车制动", "左轮 N", "2000 N", " R ")
    panel = desk.app.screen.query_one("#brake")
    assert [panel.query_one(f"#force-{side}").value for side in ("left", "right")] == ["2000", "1800"]
    line.live(run, serial, sequence=3, curves={"force_left": [None], "force_right": [1900]}, lost=4)
    await desk.until(lambda: panel.query_one("#force-right").value == "1900")
    assert panel.query_one("#force-left").value == "-"
    await desk.sees("丢失 4 个采样")


async def test_the_countdown_runs(lane: Any) -> None:
    desk, _, _ = lane
    digits = desk.app.screen.query_one("#countdown")
    await desk.until(lambda: digits.value == "9")
    await desk.until(lambda: digits.value == "8")


async def test_exhaust_readings_mark_what_does_not_count(lane: Any, line: Any) -> None:
    desk, serial, _ = lane
    await desk.press("down")
    values = {"co": "0.12", "lambda": "1.003", "engine_speed": "2510"}
    line.live("g", serial, rig="gas-1", item="PF", values=values, invalid=("lambda",))
    await desk.sees("尾气实时读数", "0.12", "2510", "! 1.003")


async def test_live_readings_are_received_only_while_the_screen_is_open(lane: Any, line: Any) -> None:
    desk, serial, run = lane
    await desk.press("escape")
    await desk.sees("排队")
    line.live(run, serial, curves={"force_left": [1], "force_right": [1]})
    line.car("沪A5K88J")  # comes after the readings, on the same connection
    await desk.sees("沪A5K88J")
    assert desk.app.board.traces == {}


async def test_a_rig_that_is_down_says_why(lane: Any, line: Any) -> None:
    desk, _, _ = lane
    line.rigs["rbt-1"] = "offline"
    await line.publish_state()
    await desk.sees("✗ 离线", "设备 rbt-1 离线", "没有应答：连接被拒绝")


async def test_the_screen_goes_to_the_bay_where_something_is_measured(lane: Any, line: Any) -> None:
    desk, serial, _ = lane
    line.busy = {"gas-1": (serial, "g", "PF")}
    line.publish(serial)
    await desk.sees("尾气实时读数")


async def test_smoke_is_drawn_over_time_with_its_largest_value(lane: Any, line: Any) -> None:
    desk, serial, _ = lane
    line.widen()
    line.publish(serial)
    await desk.sees("smoke-1")
    await desk.press("end")
    for number, k in enumerate(("0.10", "1.25", "0.40")):
        values = {"k": k, "opacity": "31.5", "engine_speed": "3900"}
        line.live("s", serial, rig="smoke-1", item="FA", values=values, mono_ns=number * 10**9, sequence=number)
    await desk.sees(
        "烟度 k(1/m)", "光吸收系数 k 0.40 1/m", "不透光度 31.5 %", "转速 3900 1/min", "最大 k 1.25 1/m", " k "
    )


async def test_headlamps_show_which_is_measured_and_which_are_done(lane: Any, line: Any) -> None:
    desk, serial, _ = lane
    line.widen()
    line.publish(serial)
    await desk.sees("lamp-1")
    await desk.press("end", "up")
    line.prompt(serial, Text(zh="打开远光灯", en="x"), bay="lamp-1", item="H1", side="right")
    line.live("h", serial, rig="lamp-1", item="H1", values={"left_main_intensity": "21500", "left_main_high_dx": "-45"})
    screen = await desk.sees("✓ H1 左外灯", "21500", "-45", "▶ H4 右外灯")
    assert "H2" not in screen
    line.live("h", serial, rig="lamp-1", item="H1", values={"left_aux_intensity": "9000"}, sequence=1)
    await desk.sees("✓ H2 左内灯", "9000")


async def test_a_bay_without_a_rig_shows_the_items_of_its_stage(lane: Any, line: Any) -> None:
    desk, serial, _ = lane
    line.busy["outside-1"] = (serial, "", "F1")
    line.publish(serial)
    await desk.press("home")
    await desk.sees("待检  F1 车辆外观和安全装置检查")
