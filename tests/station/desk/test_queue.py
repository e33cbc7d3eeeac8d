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
    await desk.sees("钥匙已交还车主？")
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
    await desk.sees("备注 F1：后保险杠松动")


async def test_a_message_that_is_none_is_ignored(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    line.link.publish(line.topics.inspection("junk"), b"{not json", qos=1)
    line.car("浙H12385")
    await desk.sees("浙H12385")


async def test_an_inspection_is_cancelled_with_a_reason_and_a_yes(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    serial = line.car("浙H12385")
    await desk.sees("浙H12385")
    await desk.press("delete")
    await desk.sees("取消检验 0001 浙H12385", "原因（必填）")
    await desk.press("enter")
    await desk.type("owner")
    await desk.press("enter")
    await desk.sees("取消 0001 号 浙H12385 的检验？", "原因：owner")
    await desk.press("n")
    assert line.received == []
    await desk.press("delete")
    await desk.type("owner")
    await desk.press("enter")
    await desk.sees("取消后不能恢复")
    await desk.press("y")
    await desk.sees("站内没有车辆")
    assert line.received[-1].body == {"serial": serial, "reason": "owner"}


async def test_a_vehicle_not_registered_yet_is_given_back_without_a_reason(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    line.arrive()
    await desk.sees("0001")
    await desk.press("delete")
    await desk.sees("取消 0001 号")
    await desk.press("y")
    await desk.until(lambda: line.kinds() == ["arrival.cancel"])


async def test_bays_rigs_and_printer_are_seen_above_the_queue(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    serial = line.car("浙H12385", ago_s=700)
    line.begin(serial, "brake", "brake-1", "B1", ago_s=185)
    await line.publish_printer("ready")
    await desk.sees("outside-1 空", "brake-1 ▶浙H12385 B1 3′", "gas-1 空", "打印机 ✓ 正常")
    line.rigs["gas-1"] = "fault"
    await line.publish_printer("stopped", queued=2)
    await line.publish_state()
    await desk.sees("gas-1 ✗故障", "打印机 ✗ 停止，等待 2 份", "✗ 打印机：打印机缺纸。放入 A4 纸。（等待 2 份）")


async def test_what_the_inspectors_found_is_shown_in_words(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    await line.publish_catalogue()
    serial = line.car("浙H12385")
    line.looked(serial, facts.Defect(code="dark", location="rear_left"), photos=2, note="刹车灯")
    await desk.sees("✗ F1: 外部照明和信号装置：不亮（左后），备注“刹车灯”，照片 2 张")
    await desk.press("f10")
    await desk.sees("✗ F1: Lights and signals: does not light up (rear left), note “刹车灯”, photos: 2")


async def test_a_defect_that_the_catalogue_does_not_know_keeps_its_code(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    serial = line.car("浙H12385")
    line.looked(serial, facts.Defect(code="newer"))
    await desk.sees("✗ F1: lights：newer")
