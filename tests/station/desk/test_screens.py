"""Every screen in both languages and two sizes, in each state: nothing cut off, no sign by colour alone."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len
from textual.screen import Screen
from textual.widgets import Static

from station.bus import messages as m
from station.bus.broker import Broker
from station.desk.settings import ExtraBinding
from station.model.text import Text
from station.model.verdict import Outcome

SIZES = [(80, 24), (120, 36)]
LANGUAGES = ["zh", "en"]
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "zh": {
        "login": ("请登录", "工号", "PIN", "演示 1001", "F10 English", "F12 演示"),
        "empty": ("站内没有车辆", "F2 登记", "F1 帮助", "● 在线"),
        "busy": ("0001", "浙H12385", "▶ 制动", "brake-1", "✗ 不合格", "分钟", "结果", "F12 演示"),
        "register": ("流水号 0003", "车辆识别代号", "初次登记", "整备质量 kg", "电子驻车", "车主电话", "Ctrl+S 登记"),
        "lane": ("brake-1", "gas-1", "✓ 就绪", "左轮 N", "右轮 N", "Esc 返回"),
        "review": ("签字前请看", "B1 不合格", "S 签字", "B 退回", "异常"),
        "rig": ("✗ 设备 rbt-1 离线", "没有应答：连接被拒绝"),
        "offline": ("检测线程序离线", "station", "○ 离线"),
    },
    "en": {
        "login": ("Please log in", "Staff no.", "PIN", "demo 1001", "F10 中文", "F12 Demo"),
        "empty": ("No vehicle in the station", "F2 Register", "F1 Help", "● online"),
        "busy": ("0001", "浙H12385", "▶ Brakes", "brake-1", "✗ fail", "Min", "So far", "F12 Demo"),
        "register": ("Running number 0003", "VIN", "Registered", "Curb kg", "E-park brake", "Phone", "Ctrl+S Register"),
        "lane": ("brake-1", "gas-1", "✓ ready", "Left N", "Right N", "Esc Back"),
        "review": ("Look at these", "B1 fail", "S Sign", "B Send back", "Look at"),
        "rig": ("✗ Rig rbt-1 is offline", "no answer: connection refused"),
        "offline": ("The line program is offline", "station", "○ offline"),
    },
}


LONG = Text(zh="存储空间只剩 180 MB " * 20, en="x")


class Extra(Screen[None]):
    """A screen that somebody else adds."""

    def compose(self) -> Any:
        yield Static("extra screen")


def extras() -> dict[str, Any]:
    label = Text(zh="演示", en="Demo")
    return {
        "extra_screens": {"demo": Extra},
        "extra_bindings": (ExtraBinding("f12", "demo", label),),
        "login_hint": Text(zh="演示 1001", en="demo 1001"),
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_screen_shows_what_it_must(
    size: tuple[int, int], language: str, broker: Broker, line: Any, desk_at: Callable[..., Any]
) -> None:
    words = WORDS[language]
    async with desk_at(broker, size, language=language, **extras()) as desk:
        await desk.sees(*words["login"])
        await desk.skip_log_in()
        await desk.sees(*words["empty"])
        first, second = line.car("浙H12385", ago_s=60), line.car("沪A5K88J", ago_s=30)
        run = line.begin(first, "brake", "brake-1", "B1")
        line.judge(second, B1=Outcome.FAIL)
        await desk.sees(*words["busy"])
        await desk.press("f2")
        await desk.sees(*words["register"])
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen.title_key == "title.queue")
        await desk.press("f3")
        line.live(run, first, curves={"force_left": [100], "force_right": [100]})
        await desk.sees(*words["lane"])
        await desk.press("f4")
        await desk.sees(*words["review"])
        line.rigs["rbt-1"] = "offline"
        await line.publish_state()
        fits(await desk.sees(*words["rig"]), size)
        line.online = False
        await line.publish_state()
        fits(await desk.sees(*words["offline"]), size)


def fits(screen: str, size: tuple[int, int]) -> None:
    """Fail if a line is wider than the screen: wide characters would then have pushed others out."""
    lines = screen.splitlines()
    assert len(lines) <= size[1]
    assert max(cell_len(line) for line in lines) <= size[0]


async def test_a_message_over_chinese_columns_loses_no_character(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    line.car("浙H12385")
    before = await desk.sees("外观检查 +2")
    said = Text(zh="已登记，流水号零零零一，检验项目：外观、制动、尾气", en="x")
    desk.app.tell("ok", said)
    after = await desk.sees(said.zh)
    table = [row for row in before.splitlines() if "浙H12385" in row or "F1" in row]
    assert all(row in after for row in table if "F2" not in row)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_more_troubles_than_there_is_room_for_are_counted(
    size: tuple[int, int], broker: Broker, line: Any, desk_at: Callable[..., Any]
) -> None:
    line.rigs = {f"rig-{number}": "offline" for number in range(9)}
    await line.publish_state()
    async with desk_at(broker, size) as desk:
        screen = await desk.sees("✗ 设备 rig-0 离线", "没有应答：连接被拒绝", "✗ 还有 6 处，见设备页（F7）")
        assert "rig-2 " in screen
        assert "rig-3 " not in screen
        line.locks = (m.Lock(subject="space", reason=LONG, remedy=LONG),)
        line.rigs = {}
        await line.publish_state()
        fits(await desk.sees("✗ 存储空间 已锁定"), size)


async def test_the_line_being_killed_is_seen(own_broker: Broker, desk_at: Any, line_at: Any) -> None:
    peer = line_at(own_broker)
    await peer.start()
    async with desk_at(own_broker) as desk:
        await desk.sees("● 在线")
        # The socket breaks without a word, as when the process is killed: the broker sends the last will.
        peer.link._client.loop_stop()
        peer.link._client.socket().shutdown(socket.SHUT_RDWR)
        await desk.sees("检测线程序离线", "○ 离线")


async def test_the_broker_going_and_coming_back_is_told(own_broker: Broker, desk_at: Any, line_at: Any) -> None:
    peer = line_at(own_broker)
    await peer.start()
    peer.car("浙H12385")
    async with desk_at(own_broker) as desk:
        await desk.skip_log_in()
        await desk.sees("浙H12385")
        await own_broker.stop()
        await desk.sees("连不上消息服务器", own_broker.url, "浙H12385")
        await own_broker.start()
        await desk.until(lambda: "连不上" not in desk.shown())
        await desk.sees("浙H12385")
    await peer.stop()


async def test_a_broker_that_is_down_at_start_does_not_end_the_desk(own_broker: Broker, desk_at: Any) -> None:
    await own_broker.stop()
    async with desk_at(own_broker, language="en") as desk:
        await desk.sees("No connection to the broker", "Please log in")
        await own_broker.start()
        await desk.sees("the line has not reported")


async def test_an_extra_screen_is_shown_first_and_is_one_key_away(broker: Broker, line: Any, desk_at: Any) -> None:
    async with desk_at(broker, start_screen="demo", **extras()) as desk:
        await desk.sees("extra screen")
        await desk.press("f12")
        await desk.sees("请登录")
        await desk.press("f12")
        await desk.sees("extra screen")
        await desk.press("f12")
        await desk.skip_log_in()
        await desk.press("f2")
        await desk.sees("流水号")
        await desk.press("f12", "f12")
        await desk.sees("流水号")


@pytest.mark.parametrize("where", ["login", "queue", "modal", "palette"])
async def test_ctrl_c_ends_the_desk_from_everywhere(where: str, broker: Broker, line: Any, desk_at: Any) -> None:
    async with desk_at(broker) as desk:
        if where != "login":
            await desk.skip_log_in()
        if where == "modal":
            await desk.press("f5")
        if where == "palette":
            await desk.press("ctrl+p")
        await desk.press("ctrl+c")
        assert desk.app._exit


@pytest.mark.parametrize(
    ("language", "listed", "none"), [("zh", "收钥匙并登记车辆", "没有匹配"), ("en", "Take a key", "No command")]
)
async def test_the_palette_speaks_the_language(
    language: str, listed: str, none: str, broker: Broker, line: Any, desk_at: Any
) -> None:
    async with desk_at(broker, language=language) as desk:
        await desk.skip_log_in()
        await desk.press("ctrl+p")
        screen = await desk.sees(listed)
        assert "Quit the application" not in screen
        await desk.type("qqqq")
        await desk.sees(none)


async def test_a_command_of_the_palette_does_what_its_key_does(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    await desk.press("ctrl+p")
    await desk.sees("收钥匙并登记车辆")
    await desk.press("enter")
    await desk.sees("流水号 0001")


async def test_the_help_lists_every_key_of_the_screen(desk: Any) -> None:
    await desk.skip_log_in()
    await desk.press("f1")
    await desk.sees("F2", "收钥匙并登记车辆", "F9", "注销当前人员", "Ctrl+C", "退出前台")
    await desk.press("escape")
    await desk.sees("站内没有车辆")


async def test_what_a_subscription_missed_is_asked_for_again(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    serial = line.car("浙H12385")
    await desk.sees("浙H12385")
    del desk.app.board.vehicles[serial]  # as if it had been published while the subscription was being made
    await desk.until(lambda: serial in desk.app.board.vehicles)
