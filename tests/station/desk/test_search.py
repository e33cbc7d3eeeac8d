"""Where is it, why does it wait, how long still: typed anywhere, answered at once; the past by a real office."""

from typing import Any

from station.model import facts
from station.model.inspection import State


async def test_a_letter_typed_in_the_queue_begins_a_search_and_nothing_is_lost(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    line.car("浙H12385")
    line.car("沪A5K88J")
    await desk.sees("浙H12385", "沪A5K88J")
    await desk.at_once(*"a5k8", "enter")
    await desk.sees("车辆详情", "沪A5K88J")
    await desk.press("escape")
    assert desk.app.screen._wanted == "a5k8"
    await desk.press("escape")
    await desk.until(lambda: desk.app.screen.title_key == "title.queue")


async def test_the_answer_is_where_why_and_how_long(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    first, second = line.car("浙H12385", ("B1", "PF")), line.car("沪A5K88J", ("B1", "PF"))
    line.begin(first, "brake", "brake-1", "B1", ago_s=125)
    line.queue = {"brake": (second,)}
    await line.publish_state()
    await desk.press("f8")
    await desk.type("385")
    await desk.sees("● 0001 浙H12385", "▶ 制动 brake-1，已 2 分钟", "无法估计")
    await desk.press("backspace", "backspace", "backspace")
    await desk.type("k88")
    await desk.sees("等尾气：工位空着，可以驶入；之后 制动")
    line.queue = {"brake": (second,), "exhaust": ("x", second)}
    await line.publish_state()
    await desk.sees("等制动：工位上是 浙H12385；之后 尾气")
    line.rigs["rbt-1"] = "offline"
    await line.publish_state()
    await desk.sees("等尾气：前面还有 1 辆；之后 制动")
    line.rigs["gas-1"] = "offline"
    await line.publish_state()
    await desk.sees("rbt-1 不能用（没有应答：连接被拒绝）")


async def test_how_long_comes_from_the_stages_of_the_day(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    for number, took_s in enumerate((200, 260, 290)):
        done = line.car(f"浙A0000{number}", ("B1",))
        for stage in ("brake", "review"):
            line.fact(done, facts.StageStarted(stage=stage, attempt=1, bay=None), ago_s=took_s)
            line.fact(done, facts.StageWaiting(stage=stage, attempt=1)) if stage == "review" else None
            line.fact(done, facts.StageStarted(stage=stage, attempt=1, bay=None), ago_s=took_s)
            line.fact(done, facts.StageFinished(stage=stage, attempt=1, bay=None))
    line.car("浙H12385", ("B1",))
    await desk.sees("浙H12385")
    await desk.type("385")
    await desk.sees("约 6–10 分钟后可签字")


async def test_a_vehicle_being_registered_opens_in_the_form(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    line.arrive()
    await desk.sees("0001")
    await desk.type("0001")
    await desk.sees("正在登记")
    await desk.press("enter")
    await desk.sees("Ctrl+S 登记", "流水号 0001")


async def test_vehicles_of_the_past_come_from_the_office(desk_with_office: Any, office: Any, line: Any) -> None:
    office.story.whole_car("test-20251122-0003", "浙H12385")
    office.story.arrive("test-20241122-0001", "浙H12399")
    await desk_with_office.type("h123")
    await desk_with_office.sees("○ 0003 浙H12385", "✓ 合格", "报告 test-20251122-0003-1", "○ 0001 浙H12399", "没有结论")
    await desk_with_office.type("zz")
    await desk_with_office.sees("没有找到 h123zz")
    await desk_with_office.press(*["backspace"] * 5)
    await desk_with_office.sees("再输入一个字符")


async def test_a_vehicle_that_is_here_is_listed_once(desk_with_office: Any, office: Any, line: Any) -> None:
    serial = line.car("浙H12385")
    office.story.arrive(serial, "浙H12385")
    await desk_with_office.type("h12385")
    await desk_with_office.until(lambda: desk_with_office.app.screen._asked == "h12385")
    assert "○" not in await desk_with_office.sees("● 0001 浙H12385")


async def test_an_office_that_is_down_is_said_and_what_is_here_is_still_found(desk: Any, line: Any) -> None:
    desk.app.office._url = "http://127.0.0.1:1"
    await desk.skip_log_in()
    line.car("浙H12385")
    await desk.sees("浙H12385")
    await desk.type("h123")
    await desk.sees("● 0001 浙H12385", "办公服务没有应答（http://127.0.0.1:1）")


async def test_the_hits_are_walked_through_while_the_field_has_the_keys(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    for plate in ("浙H12385", "浙H12386"):
        line.car(plate)
    await desk.sees("浙H12386")
    await desk.type("h")
    await desk.press("down")
    await desk.type("12")
    await desk.press("enter")
    await desk.sees("车辆详情", "浙H12386")


async def test_one_key_leads_to_the_search_from_everywhere(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    line.car("浙H12385")
    await desk.sees("浙H12385")
    for keys in (("f3",), ("f4",), ("f7",), ("enter",), ("enter", "h"), ("f7", "a")):
        await desk.press(*keys)
        await desk.until(lambda: desk.app.screen.title_key != "title.queue")
        await desk.press("f8")
        await desk.until(lambda: desk.app.screen.title_key == "title.search")
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen.title_key == "title.queue")


async def test_the_search_follows_what_happens(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    serial = line.car("浙H12385", ("B1",))
    await desk.sees("浙H12385")
    await desk.type("h12")
    await desk.sees("等制动")
    line.judge(serial)
    await desk.sees("等审核签字")
    line.fact(serial, facts.InspectionSigned(attempt=1, report_no="r", conclusion="pass"))
    await desk.sees("已签字，正在出报告")
    line.issue(serial)
    await desk.sees("报告已出，可交还钥匙")
    assert line.inspections[serial].state is State.REPORTED
