"""Rigs, printer, pairing and PINs at the desk, over a real broker and with a real office."""

from typing import Any

import pytest
from textual.widgets import Button

from station.desk.checks import CHECKS, PAGE
from station.desk.screens.pairing import qr_code


@pytest.fixture
async def devices(desk: Any, line: Any) -> Any:
    """A desk that shows a whole station's rigs."""
    line.widen()
    await line.publish_state()
    await desk.skip_log_in()
    await desk.press("f7")
    await desk.sees("rbt-1", "gas-1", "smoke-1", "lamp-1")
    return desk


def buttons(desk: Any) -> list[str]:
    return [str(b.id) for b in desk.app.screen.query(Button) if b.display]


async def test_each_kind_of_rig_has_its_own_checks(devices: Any, line: Any) -> None:
    for checks in (CHECKS["brake"], CHECKS["gas"], CHECKS["smoke"], CHECKS["lamp"]):
        await devices.until(lambda wanted=list(checks): buttons(devices) == wanted)
        await devices.press("down")


async def test_a_check_is_confirmed_carried_out_and_its_time_shown(devices: Any, line: Any) -> None:
    await devices.press("down", "l")
    await devices.sees("gas-1 检漏", "取样管头已经堵好？")
    await devices.press("n")
    assert line.received == []
    await devices.press("l", "y")
    await devices.sees("gas-1 检漏通过", "✓ 检漏", "· 反吹 未见记录")
    (command,) = [one for one in line.received if one.kind == "rig.check"]
    assert (command.body, command.epoch) == ({"rig": "gas-1", "check": "leak_test"}, "e1")


async def test_a_check_that_is_not_passed_says_why(devices: Any, line: Any) -> None:
    line.failing.add("zero")
    await devices.press("z", "y")
    await devices.sees("rbt-1 没有通过：残留 31", "✗ 调零")


async def test_a_key_of_another_kind_of_rig_does_nothing(devices: Any, line: Any) -> None:
    await devices.press("h")
    assert devices.app.screen.title_key == "title.devices"
    await devices.press("down", "down", "down", "h", "y")
    await devices.sees("lamp-1 回位通过")


async def test_only_a_maintainer_tests_and_only_a_manager_resets(desk: Any, line: Any) -> None:
    await desk.skip_log_in(frozenset({"registrar"}))
    await desk.press("f7")
    await desk.sees("维护人员登录后可以在这里测试设备")
    assert not desk.app.screen.query_one("#checks").display
    await desk.press("z")
    assert desk.app.screen.title_key == "title.devices"
    await desk.press("n")
    await desk.sees("只有站长可以重设 PIN")
    assert line.received == []


async def test_checks_of_before_the_desk_was_started_are_looked_up(desk: Any, line: Any) -> None:
    line.checked("rbt-1", "zero")
    for _ in range(PAGE + 20):
        line.checked("other", "zero")
    line.checked("rbt-1", "self_check", passed=False)
    await line.publish_state()
    desk.app.board.checks._found.clear()
    await desk.until(lambda: desk.app.board.state.seq == line.seq)
    await desk.skip_log_in()
    await desk.press("f7")
    await desk.sees("✓ 调零", "✗ 自检", "自检", "未通过")


async def test_rig_printer_and_disk_say_what_is_wrong_and_what_to_do(devices: Any, line: Any) -> None:
    from station.bus.messages import Lock
    from station.model.text import Text

    line.rigs["rbt-1"] = "fault"
    said = {"reason": Text(zh="坏了", en="broken"), "remedy": Text(zh="去修", en="mend it")}
    line.locks = tuple(Lock(subject=subject, **said) for subject in ("rbt-1", "store"))
    await line.publish_printer("stopped", queued=3)
    await line.publish_state()
    await devices.sees("✗ 故障", "处理：去修", "数据库 已锁定：坏了", "打印机：✗ 停止，等待 3 份", "放入 A4 纸")


async def test_a_pin_is_reset_by_typing_it_twice(devices: Any, line: Any) -> None:
    await devices.press("n")
    await devices.sees("重设 PIN", "新 PIN")
    await devices.type("1002")
    await devices.press("enter")
    for first, second, said in (("13", "13", "4 到 12 位数字"), ("1357", "1358", "不一样")):
        await devices.type(first)
        await devices.press("enter")
        await devices.type(second)
        await devices.press("enter")
        await devices.sees(said)
    for pin in ("1357", "1357"):
        await devices.type(pin)
        await devices.press("enter")
    await devices.until(lambda: line.reset == ["1002"])
    await devices.until(lambda: devices.app.screen.title_key == "title.devices")
    assert "1357" not in devices.shown()


async def test_a_handheld_finds_address_and_code(desk_with_office: Any, line: Any) -> None:
    await desk_with_office.press("f7", "a")
    screen = await desk_with_office.sees("配对码：4711", "#pair=4711", "只有这台主机能打开", "█")
    await desk_with_office.pilot.resize_terminal(80, 16)
    assert "█" in screen
    await desk_with_office.sees("窗口太小", "配对码：4711")


async def test_a_qr_code_is_the_one_of_its_address() -> None:
    import segno

    url = "http://station.lan:18085/"
    dark = [[bool(cell) for cell in row] for row in segno.make(url, error="l", micro=False).matrix_iter(border=2)]
    lines = qr_code(url).plain.split("\n")
    read = []
    for line in lines:
        read.append([char in "▀█" for char in line])
        read.append([char in "▄█" for char in line])
    assert read[: len(dark)] == dark


async def test_an_office_that_is_down_is_said_in_place_of_the_code(desk: Any, line: Any) -> None:
    desk.app.office._url = "http://127.0.0.1:1"
    await desk.skip_log_in()
    await desk.press("f7", "a")
    await desk.sees("办公服务没有应答")
