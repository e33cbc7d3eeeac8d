"""Logging in at the desk, over a real broker."""

from typing import Any

from station.bus.broker import Broker
from station.bus.link import Account


async def test_a_wrong_pin_is_refused_in_words_and_the_right_one_opens_the_queue(desk: Any, line: Any) -> None:
    await desk.sees("请登录")
    await desk.type("1001")
    await desk.press("enter")
    await desk.type("9999")
    await desk.press("enter")
    await desk.sees("✗ 工号或 PIN 不对。")
    assert desk.app.session is None
    await desk.type("2468")
    await desk.press("enter")
    await desk.sees("登录员甲", "站内没有车辆")
    assert desk.app.session.token == "t0ken"
    assert "2468" not in desk.shown()


async def test_an_incomplete_login_is_not_sent(desk: Any, line: Any) -> None:
    await desk.type("1001")
    await desk.press("enter", "1", "enter")
    await desk.sees("至少 4 位")
    assert line.received == []


async def test_logging_out_shows_the_login_again(desk: Any, line: Any) -> None:
    await desk.log_in()
    await desk.press("f9")
    await desk.sees("请登录")
    assert desk.app.session is None
    assert line.kinds() == ["session.open", "session.close"]


async def test_the_line_forgetting_the_session_leads_to_the_login(desk: Any, line: Any) -> None:
    await desk.log_in()
    line._arrival_open = lambda body: (line_text("请先登录。"), "not_logged_in", {})
    await desk.press("f2")
    await desk.sees("请登录", "请先登录。")


def line_text(zh: str) -> Any:
    from station.model.text import Text

    return Text(zh=zh, en="Log in first.")


async def test_a_wrong_account_is_named_in_the_banner(broker: Broker, line: Any, desk_at: Any) -> None:
    async with desk_at(broker, language="en", account=Account("desk-1", "wrong")) as desk:
        await desk.sees("refused this desk's account")


async def test_silence_is_told_and_the_desk_goes_on(desk: Any, line: Any) -> None:
    desk.app.orders._timeout_s = 0.2
    line.deaf = True
    await desk.type("1001")
    await desk.press("enter")
    await desk.type("2468")
    await desk.press("enter")
    await desk.sees("检测线没有应答")
    line.deaf, desk.app.orders._timeout_s = False, 10.0
    await desk.press("enter")
    await desk.sees("站内没有车辆")


async def test_what_a_quick_hand_types_is_neither_lost_nor_misplaced(desk: Any, line: Any) -> None:
    await desk.until(lambda: desk.app.focused and desk.app.focused.id == "staff")
    await desk.at_once(*"1001", "enter", *"2468", "enter", "f2", *"H12385")
    await desk.sees("流水号 0001")
    await desk.until(lambda: desk.app.screen.query_one("#plate").value == "H12385")
    assert line.received[0].body == {"staff": "1001", "pin": "2468"}
    assert line.kinds()[:2] == ["session.open", "arrival.open"]


async def test_nothing_can_be_typed_into_the_fields_while_the_line_is_asked(desk: Any, line: Any) -> None:
    line.deaf = True
    await desk.type("1001")
    await desk.press("enter")
    await desk.type("2468")
    await desk.press("enter")
    await desk.until(lambda: desk.app.screen.query_one("#staff").disabled)
    await desk.type("999")
    assert [desk.app.screen.query_one(f"#{name}").value for name in ("staff", "pin")] == ["1001", "2468"]
    line.deaf = False
    await desk.until(lambda: desk.app.session)
    # What was typed meanwhile begins a search in the queue: that is where the desk is now.
    await desk.until(lambda: desk.app.screen.title_key == "title.search" and desk.app.screen._wanted == "999")


async def test_what_was_typed_behind_a_wrong_pin_is_forgotten(desk: Any, line: Any) -> None:
    await desk.until(lambda: desk.app.focused and desk.app.focused.id == "staff")
    await desk.at_once(*"1001", "enter", *"9999", "enter", *"777")
    await desk.sees("工号或 PIN 不对")
    await desk.until(lambda: desk.app.focused and desk.app.focused.id == "pin")
    assert desk.app.screen.query_one("#pin").value == ""
    await desk.at_once(*"2468", "enter")
    await desk.sees("站内没有车辆")
