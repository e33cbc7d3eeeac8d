"""Review and signature at the desk, over a real broker."""

from typing import Any

import pytest

from station.model.inspection import State
from station.model.verdict import Outcome


@pytest.fixture
async def review(desk: Any, line: Any) -> Any:
    """A desk with a failed vehicle in review: the desk and its serial."""
    await desk.skip_log_in()
    serial = line.car("浙H12385")
    line.judge(serial, B1=Outcome.FAIL)
    await desk.press("f4")
    await desk.sees("浙H12385", "签字前请看")
    return desk, serial


async def test_anomalies_stand_above_everything_else(review: Any) -> None:
    desk, _ = review
    lines = desk.shown().splitlines()
    first = next(i for i, words in enumerate(lines) if "签字前请看" in words)
    assert "B1 不合格" in lines[first + 1]
    assert any("B2 二轴行车制动" in words for words in lines[first + 2 :])


async def test_a_signature_is_confirmed_and_shows_the_report(review: Any, line: Any) -> None:
    desk, serial = review
    await desk.press("s")
    await desk.sees("签发 0001 号 浙H12385？", "✗ 不合格", "签字后不能撤回")
    await desk.press("enter")  # the focus stands on no: a scanner's Enter signs nothing
    assert line.inspections[serial].state is State.REVIEW
    await desk.press("o")
    await desk.sees("还没有报告可以打开")
    await desk.press("s", "y")
    await desk.sees(f"报告号 {serial}-1", "正在生成 PDF")
    assert line.inspections[serial].attempts[0].conclusion == "fail"
    line.issue(serial)
    await desk.sees("已生成，按 O 打开")


async def test_items_are_sent_back_with_a_reason(review: Any, line: Any) -> None:
    desk, serial = review
    await desk.press("b")
    await desk.sees("退回重检", "[ ] B1")
    await desk.press("ctrl+s")
    await desk.sees("至少一个项目")
    await desk.press("down", "space")
    await desk.sees("[x] B1")
    await desk.press("tab")
    await desk.type("gauge")
    await desk.press("ctrl+s")
    await desk.until(lambda: line.inspections[serial].state is State.IN_PROGRESS)
    assert (line.received[-1].body["items"], line.received[-1].body["reason"]) == (["B1"], "gauge")
    await desk.sees("没有待审核的车辆")


async def test_a_refused_signature_is_told(review: Any, line: Any) -> None:
    desk, serial = review
    line.inspections[serial] = line.inspections[serial].model_copy(update={"state": State.IN_PROGRESS})
    await desk.press("s", "y")
    await desk.sees("✗", "现在不能签字")
