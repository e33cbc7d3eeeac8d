"""Registering a vehicle at the desk, over a real broker."""

from typing import Any

import pytest

from station.model.inspection import State

VIN = "LSVAA4180E2100001"


@pytest.fixture
async def form(desk: Any, line: Any) -> Any:
    """A desk with the registration form open."""
    await desk.skip_log_in()
    await desk.press("f2")
    await desk.sees("流水号 0001")
    return desk


async def test_a_malformed_plate_is_refused_with_words_and_the_right_one_registers(form: Any, line: Any) -> None:
    await form.type("浙I12385")
    await form.press("enter")
    await form.type("LSV")
    await form.sees("✗ 号牌 浙I12385", "✗ 车辆识别代号应为 17 位，现有 3 位")
    await form.press("ctrl+s")
    await form.sees("有 2 项需要改正")
    assert line.kinds() == ["arrival.open"]
    form.app.screen.query_one("#plate").value = ""
    await form.type("浙h·12385")
    await form.press("enter")
    form.app.screen.query_one("#vin").value = VIN
    await form.press("ctrl+s")
    await form.sees("已登记", "浙H12385", "检测中")
    assert line.kinds() == ["arrival.open", "inspection.register"]
    body = line.received[-1].body
    assert (body["plate"], body["vin"], body["vehicle"]["fuel"]) == ("浙H12385", VIN, "A")


async def test_what_the_line_doubts_is_told_with_what_was_done(form: Any, line: Any) -> None:
    doubts = [{"zh": "按出厂编号登记；请与行驶证核对。", "en": "Registered by a serial number."}]
    line._inspection_register = lambda body: (None, "accepted", {"plan": ["UC"], "warnings": doubts})
    form.app.screen.query_one("#plate").value = "浙H12385"
    form.app.screen.query_one("#vin").value = "#GZ2004117"
    await form.press("ctrl+s")
    await form.sees("已登记", "检验项目：UC。按出厂编号登记；请与行驶证核对。")
    assert line.received[-1].body["vin"] == "#GZ2004117"


async def test_escape_gives_the_key_back(form: Any, line: Any) -> None:
    await form.press("escape")
    await form.sees("0001 号已取消")
    assert line.kinds() == ["arrival.open", "arrival.cancel"]


async def test_escape_asks_when_something_was_typed(form: Any, line: Any) -> None:
    await form.type("浙")
    await form.press("escape")
    await form.sees("取消 0001 号")
    await form.press("enter")  # the focus stands on no
    await form.sees("车辆识别代号")
    assert line.kinds() == ["arrival.open"]
    await form.press("escape", "y")
    await form.until(lambda: "arrival.cancel" in line.kinds())


async def test_the_line_s_refusal_stands_on_the_field(form: Any, line: Any) -> None:
    line.plates["other"] = "浙H12385"
    form.app.screen.query_one("#plate").value = "浙H12385"
    form.app.screen.query_one("#vin").value = VIN
    await form.press("ctrl+s")
    await form.sees("✗ 该车已在站内。")
    assert form.app.focused.id == "plate"


async def test_a_missing_fact_is_marked_on_its_field(form: Any, line: Any) -> None:
    from station.model.text import Text

    said = Text(zh="还缺：first_registered", en="Still to be filled in: first_registered")
    line._inspection_register = lambda body: (said, "missing_facts", {"missing": ["first_registered"]})
    form.app.screen.query_one("#plate").value = "浙H12385"
    form.app.screen.query_one("#vin").value = VIN
    await form.press("ctrl+s")
    await form.sees("还缺")
    assert form.app.focused.id == "first_registered"


async def test_a_missing_fact_that_has_no_field_yet_is_asked(form: Any, line: Any) -> None:
    from station.model.text import Text

    said = Text(zh="还需要填写：转向轴悬架", en="Still to be filled in: suspension of the steered axle")
    line._inspection_register = lambda body: (said, "missing_facts", {"missing": ["front_suspension"]})
    form.app.screen.query_one("#plate").value = "浙H12385"
    form.app.screen.query_one("#vin").value = VIN
    await form.press("ctrl+s")
    await form.sees("✗ 还需要填写：转向轴悬架")
    assert form.app.focused.id == "front_suspension"
    asked = []
    line._inspection_register = lambda body: asked.append(body.vehicle.front_suspension) or (said, "missing_facts", {})
    form.app.screen.query_one("#front_suspension").value = "dependent"
    await form.press("ctrl+s")
    await form.until(lambda: asked)
    assert asked == ["dependent"]


async def test_a_vin_scanned_into_the_plate_goes_where_it_belongs(form: Any, line: Any) -> None:
    await form.press("f8")
    await form.type(VIN)
    await form.press("enter")
    assert form.app.screen.query_one("#vin").value == VIN
    assert form.app.screen.query_one("#plate").value == ""
    assert form.app.focused.id == "plate"


async def test_the_language_switches_live_and_keeps_what_was_typed(form: Any, line: Any) -> None:
    await form.type("浙I1")
    form.app.screen.query_one("#fuel").value = "B"
    await form.sees("号牌号码", "柴油", "格式不对")
    await form.press("f10")
    screen = await form.sees("Running number 0001", "B diesel", "has a wrong form", "浙I1")
    assert "号牌号码" not in screen
    await form.press("f10")
    await form.sees("号牌号码", "B 柴油")


async def test_an_arrival_left_open_goes_on_in_the_form(desk: Any, line: Any) -> None:
    serial = line.arrive()
    await desk.skip_log_in()
    await desk.sees("已到站")
    await desk.press("enter")
    await desk.sees("号牌号码", serial)
    desk.app.screen.query_one("#plate").value = "浙H12385"
    desk.app.screen.query_one("#vin").value = VIN
    await desk.press("ctrl+s")
    await desk.until(lambda: line.inspections[serial].state is State.IN_PROGRESS)
    assert line.kinds() == ["inspection.register"]


async def test_no_running_number_is_asked_for_again_with_the_same_command(desk: Any, line: Any) -> None:
    desk.app.orders._timeout_s = 0.2
    await desk.skip_log_in()
    line.deaf = True
    await desk.press("f2")
    await desk.sees("检测线没有应答")
    # What it is about is who is asked, not how soon: a busy machine may answer later than the first try waited.
    line.deaf, desk.app.orders._timeout_s = False, 10.0
    await desk.press("ctrl+s")
    await desk.sees("流水号 0001")
    assert len(line.inspections) == 1
    assert len({command.id for command in line.received}) == 1


async def test_two_codes_scanned_right_behind_each_other_go_where_they_belong(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    await desk.press("f2")
    await desk.until(lambda: desk.app.focused and desk.app.focused.id == "plate")
    plate, vin = (desk.app.screen.query_one(f"#{name}") for name in ("plate", "vin"))
    await desk.at_once(*"LSVAA4180E2100001", "enter", *"H1", "enter", "enter")
    await desk.until(lambda: vin.value == "LSVAA4180E2100001" and not desk.app.gate._shut)
    assert plate.value == "H1"
