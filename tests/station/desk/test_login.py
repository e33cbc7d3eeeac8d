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
    await desk.sees("张三", "站内没有车辆")
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
    line.deaf = False
    await desk.press("enter")
    await desk.sees("站内没有车辆")
