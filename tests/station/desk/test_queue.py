"""The queue follows the station."""

from typing import Any

from station.model import facts
from station.model.inspection import State
from station.model.verdict import Outcome


async def test_the_queue_follows_arrival_work_and_departure(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    await desk.sees("站内没有车辆")
    serial = line.car("浙H12385", ago_s=125)
    await desk.sees("浙H12385", "外观检查 +2", "0/6", "待检")
    line.begin(serial, "brake", "brake-1", "B1")
    await desk.sees("▶ 制动", "brake-1", "▶ 检测中")
    line.judge(serial, B1=Outcome.FAIL)
    await desk.sees("待审核", "✗ 不合格", "27.1 %", "≤ 20 %", "6.7.1.3", "未达到限值")
    line._keys_return(facts_for(serial))
    await desk.sees("站内没有车辆")


def facts_for(serial: str) -> Any:
    from station.bus.messages import KeysReturn

    return KeysReturn(serial=serial)


async def test_the_cursor_stays_on_its_vehicle(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    line.car("浙H12385", ago_s=60)
    line.car("沪A5K88J", ago_s=30)
    await desk.sees("沪A5K88J")
    await desk.press("down")
    assert desk.app.screen.chosen.plate == "沪A5K88J"
    line.car("京N88K61", ago_s=3600)
    await desk.sees("京N88K61")
    assert desk.app.screen.chosen.plate == "沪A5K88J"


async def test_keys_go_back_after_a_confirmation(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    serial = line.car("浙H12385")
    await desk.sees("浙H12385")
    await desk.press("f6")
    await desk.sees("钥匙已交还车主?")
    await desk.press("n")
    await desk.press("f6", "y")
    await desk.until(lambda: line.inspections[serial].state is State.CLOSED)
    assert line.kinds() == ["keys.return"]


async def test_a_failed_vehicle_is_returned_by_its_number_of_the_day(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    serial = line.car("浙H12385")
    line.judge(serial, B1=Outcome.FAIL)
    await desk.sees("待审核")
    await desk.press("f5")
    await desk.sees("只复检不合格的项目")
    await desk.press("9", "9", "enter")
    await desk.sees("没有这个流水号")
    await desk.press("f5", "1", "enter")
    await desk.sees("第 2 次检验", "2. B1", "1. B1")
    assert line.inspections[serial].attempt == 2


async def test_details_over_the_whole_screen_follow_the_vehicle(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    serial = line.car("浙H12385")
    await desk.sees("浙H12385")
    await desk.press("enter")
    await desk.sees("车辆详情", "待检")
    line.judge(serial)
    await desk.sees("✓ 合格", "63.4 %")
    await desk.press("escape")
    await desk.sees("排队")


async def test_the_language_switches_everywhere_at_once(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    serial = line.car("浙H12385")
    line.judge(serial, B1=Outcome.FAIL)
    line.rigs["rbt-1"] = "offline"
    await line.publish_state()
    await desk.sees("云检测示范站", "号牌", "不合格", "设备 rbt-1 离线", "登记")
    await desk.press("f10")
    screen = await desk.sees("Cloud Inspection demo station", "Plate", "✗ fail", "Rig rbt-1 is offline", "Register")
    for chinese in ("号牌", "不合格", "离线", "登记", "制动"):
        assert chinese not in screen


async def test_a_skipped_item_says_why(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    serial = line.car("浙H12385", plan=("B0",))
    body = facts.ItemRecorded(
        item="B0", attempt=1, outcome=Outcome.UNKNOWN, reason="rig_cannot_take_vehicle", note_commitment=None
    )
    line.fact(serial, body)
    await desk.sees("? 不能判定", "设备不适用于该车")


async def test_the_note_of_a_manual_item_is_shown(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    serial = line.car("浙H12385")
    line.notes[serial] = {"F1": "后保险杠松动"}
    line.publish(serial)
    await desk.sees("备注 F1:后保险杠松动")


async def test_a_message_that_is_none_is_ignored(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    line.link.publish(line.topics.inspection("junk"), b"{not json", qos=1)
    line.car("浙H12385")
    await desk.sees("浙H12385")
