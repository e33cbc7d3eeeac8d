"""Every inspection of a plate, from a real office; prints are asked for, and what came of them is shown."""

from typing import Any

from station.model import facts


def past(office: Any, serial: str = "test-20251122-0003", plate: str = "浙H12385") -> None:
    """Have an inspection of last year with a report that was printed."""
    office.story.whole_car(serial, plate)
    number = {"report_no": f"{serial}-1", "attempt": 1, "copy_no": 1}
    office.story.add(serial, facts.ReportIssued(attempt=1, report_no=f"{serial}-1", sha256="a" * 64, size=1000))
    office.story.add(serial, facts.PrintRequested(**number, language="zh"))
    office.story.add(serial, facts.ReportPrinted(**number, printer="p", state="printed", detail=""))
    office.story.add(serial, facts.KeysReturned())


async def opened(desk: Any, hits_above: int = 0) -> None:
    await desk.type("h12385")
    await desk.sees("○ 0003 浙H12385")
    await desk.press(*["down"] * hits_above, "enter")
    await desk.sees("车辆历史", "test-20251122-0003-1")


async def test_the_history_lists_attempts_reports_and_prints(desk_with_office: Any, office: Any, line: Any) -> None:
    past(office)
    office.story.arrive("test-20261122-0009", "浙H12385")
    office.story.arrive("test-20261122-0010", "浙H123850")
    await opened(desk_with_office, hits_above=2)
    screen = await desk_with_office.sees("浙H12385：共 2 次登记", "✓ 合格", "✓ 原件 已打印", "0009", "检测中")
    assert "0010" not in screen


async def test_a_report_is_printed_again_with_the_number_of_the_copy(
    desk_with_office: Any, office: Any, line: Any
) -> None:
    past(office)
    await opened(desk_with_office)
    await desk_with_office.press("p")
    await desk_with_office.sees("已请求打印第 2 份")
    body = line.received[-1].body
    assert (body["serial"], body["attempt"], body["language"]) == ("test-20251122-0003", 1, "zh")
    asked = {"report_no": "test-20251122-0003-1", "attempt": 1, "copy_no": 2}
    office.story.add("test-20251122-0003", facts.PrintRequested(**asked, language="zh"))
    await desk_with_office.press("p")
    await desk_with_office.sees("第 2 份（副本） 等待打印（共 2 份）")
    failed = facts.ReportPrinted(**asked, printer="p", state="failed", detail="media_empty")
    office.story.add("test-20251122-0003", failed)
    await desk_with_office.sees("✗ 第 2 份（副本） 未打印：缺纸")


async def test_an_old_inspection_is_shown_whole(desk_with_office: Any, office: Any, line: Any) -> None:
    past(office)
    await opened(desk_with_office)
    await desk_with_office.press("enter")
    await desk_with_office.sees("车辆详情", "test-20251122-0003  浙H12385", "71.4", "左前灯罩有划痕", "原件 已打印")
    await desk_with_office.press("h")
    await desk_with_office.sees("车辆历史")


async def test_what_has_no_report_cannot_be_printed(desk_with_office: Any, office: Any, line: Any) -> None:
    office.story.arrive("test-20251122-0003", "浙H12385")
    await desk_with_office.type("h12385")
    await desk_with_office.sees("○ 0003")
    await desk_with_office.press("enter")
    await desk_with_office.sees("车辆历史", "0003")
    await desk_with_office.press("p")
    await desk_with_office.sees("还没有报告可以打开或打印")
    assert line.received == []


async def test_the_prints_of_a_vehicle_that_is_here_are_followed(desk: Any, line: Any) -> None:
    await desk.skip_log_in()
    serial = line.car("浙H12385", ("B1",))
    line.judge(serial)
    line.fact(serial, facts.InspectionSigned(attempt=1, report_no=f"{serial}-1", conclusion="pass"))
    line.issue(serial)
    await desk.sees("已出报告")
    await desk.press("enter", "p")
    await desk.sees(f"报告 {serial}-1 … 原件 等待打印")
    line.printed(serial, 1, "filed")
    await desk.sees("✓ 原件 已存为文件")
    await desk.press("p")
    await desk.until(lambda: line.kinds() == ["report.print", "report.print"])
    line.printed(serial, 2, "failed", "something_new")
    await desk.sees("第 2 份（副本） 未打印：something_new")


async def test_an_office_that_is_down_is_said(desk: Any, line: Any) -> None:
    desk.app.office._url = "http://127.0.0.1:1"
    await desk.skip_log_in()
    line.car("浙H12385")
    await desk.sees("浙H12385")
    await desk.press("enter", "h")
    await desk.sees("车辆历史", "办公服务没有应答")
