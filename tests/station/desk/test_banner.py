"""The banner is as high as what it says, whatever it said before."""

from typing import Any

import pytest

from station.desk.frame import Banner

WIDE, NARROW = (120, 36), (80, 24)
BROKEN = {
    ("zh", WIDE): ["✗ 检测线程序离线"],
    ("zh", NARROW): ["✗ 检测线程序离线", "上检查「station run」"],
    ("en", WIDE): ["✗ The line", "on the station"],
    ("en", NARROW): ["✗ The line", "signed; no result"],
}
"""How each line begins."""


@pytest.mark.parametrize("sizes", [(NARROW,), (WIDE,), (WIDE, NARROW), (NARROW, WIDE)])
async def test_the_banner_is_as_high_as_its_words_in_either_language_and_width(
    line: Any, desk: Any, sizes: Any
) -> None:
    await desk.skip_log_in()
    line.online = False
    await line.publish_state()
    await desk.sees("station run")
    for language in ("zh", "en"):
        assert desk.app.language == language
        for size in sizes:
            await desk.pilot.resize_terminal(*size)
            beginnings = BROKEN[language, size]
            await desk.until(lambda expected=beginnings: stands_alone(desk, expected))
        await desk.press("f10")


def stands_alone(desk: Any, beginnings: list[str]) -> bool:
    """Return whether the banner has these lines, and no more room than they need."""
    shown = desk.shown().splitlines()[1 : 1 + len(beginnings)]
    begin = all(line.startswith(f" {start}") for line, start in zip(shown, beginnings, strict=True))
    return begin and desk.app.screen.query_one(Banner).outer_size.height == len(beginnings)
