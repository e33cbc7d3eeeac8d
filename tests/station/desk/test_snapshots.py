"""Every screen in every state, as drawn: a change of a drawing is seen in the diff of its text.

DESK_SNAPSHOTS=write draws them anew; look at what changed before it is committed.
"""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from station.bus.broker import Broker
from tests.station.desk.scenes import SCENES, StillClock
from tests.station.desk.test_screens import SIZES, fits

FOLDER = Path(__file__).parent / "snapshots"
MODAL = ("reset-pin", "cancel")
"""A box over a screen keeps the language in which it was opened: these are drawn in each from the start."""
WRITE = os.environ.get("DESK_SNAPSHOTS") == "write"
CASES = [(name, languages) for name in SCENES for languages in ([["zh"], ["en"]] if name in MODAL else [["zh", "en"]])]


@pytest.mark.parametrize(("name", "languages"), CASES, ids=lambda part: part if isinstance(part, str) else part[0])
async def test_the_screen_is_drawn_as_before(
    name: str, languages: list[Any], broker: Broker, line: Any, desk_at: Callable[..., Any]
) -> None:
    async with desk_at(broker, SIZES[0], language=languages[0], clock=StillClock()) as desk:
        words = await SCENES[name](line, desk)
        await desk.sees(*words)
        for language in languages:
            if desk.app.language != language:
                await desk.press("f10")
            for size in SIZES:
                await desk.pilot.resize_terminal(*size)
                await is_drawn(desk, FOLDER / f"{name}-{language}-{size[0]}x{size[1]}.txt")
                fits(desk.shown(), size)


async def is_drawn(desk: Any, snapshot: Path) -> None:
    """Wait until the screen is the one of the snapshot, or write it."""
    if WRITE:
        await desk.pilot.pause(1.5)
        snapshot.write_text(desk.shown() + "\n", encoding="utf-8")
        return
    expected = snapshot.read_text(encoding="utf-8").rstrip("\n")
    try:
        async with asyncio.timeout(6):
            await desk.until(lambda: desk.shown().rstrip("\n") == expected)
    except TimeoutError:
        assert desk.shown().rstrip("\n") == expected
