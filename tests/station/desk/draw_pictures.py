"""Draw the pictures of the desk in ``docs/pictures``, from the scenes of the snapshots.

Each run of characters is put where the terminal has it and made as wide as its cells, so that a picture is right
with any font; the exporter of the toolkit counts a Chinese character as one cell.
Usage: python -m tests.station.desk.draw_pictures
"""

import asyncio
import tempfile
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tests.conftest import make_broker
from tests.station.desk.conftest import desk_at
from tests.station.desk.peer import LinePeer
from tests.station.desk.scenes import SCENES, StillClock

FOLDER = Path(__file__).parents[3] / "docs" / "pictures"
SIZE = (100, 30)
SHOWN = ("empty", "busy", "search", "lane-brake", "lane-smoke", "devices", "review", "rig-down", "offline", "fault")
CELL_W, CELL_H, BASE = 9, 20, 15
EDGE = 10
BACK, FRONT = "#121212", "#e0e0e0"
FONTS = "'Sarasa Mono SC','Noto Sans Mono CJK SC','Noto Sans SC','Microsoft YaHei',Menlo,Consolas,monospace"
SETTLE_S = 1.5


def colour(found: Color | None, theme: Any, usual: str, front: bool) -> str:
    """Return a colour as it is written in a picture."""
    if found is None or found.is_default:
        return usual
    return found.get_truecolor(theme, foreground=front).hex


def styled(style: Style | None, theme: Any) -> tuple[str, str, str]:
    """Return background, foreground and the other attributes of a style."""
    style = style or Style()
    back, front = colour(style.bgcolor, theme, BACK, False), colour(style.color, theme, FRONT, True)
    if style.reverse:
        back, front = front, back
    more = ' font-weight="bold"' * bool(style.bold) + ' opacity="0.65"' * bool(style.dim)
    return back, front, more + ' text-decoration="underline"' * bool(style.underline)


def runs(words: str) -> Iterator[tuple[int, str]]:
    """Yield runs of characters of one width, with the cell at which each begins; blanks are left out."""
    place = 0
    for _, group in groupby(words, lambda char: (char == " ", cell_len(char))):
        run = "".join(group)
        if run.strip():
            yield place, run
        place += cell_len(run)


def drawn(segment: Segment, column: int, row: int, theme: Any) -> Iterator[str]:
    """Yield the parts of a picture for one segment."""
    back, front, more = styled(segment.style, theme)
    x, y, width = EDGE + column * CELL_W, EDGE + row * CELL_H, cell_len(segment.text) * CELL_W
    if back != BACK:
        yield f'<rect x="{x}" y="{y}" width="{width}" height="{CELL_H}" fill="{back}"/>'
    for place, run in runs(segment.text):
        size = f'x="{x + place * CELL_W}" y="{y + BASE}" textLength="{cell_len(run) * CELL_W}"'
        yield f'<text {size} lengthAdjust="spacingAndGlyphs" fill="{front}"{more}>{escape(run)}</text>'


def picture(app: Any) -> str:
    """Return the screen of an application as SVG."""
    parts = []
    for row, strip in enumerate(app.screen._compositor.render_strips()):
        column = 0
        for segment in strip:
            parts += drawn(segment, column, row, app.ansi_theme)
            column += cell_len(segment.text)
    width, height = SIZE[0] * CELL_W + 2 * EDGE, SIZE[1] * CELL_H + 2 * EDGE
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="{FONTS}" font-size="16">'
    )
    page = f'<rect width="{width}" height="{height}" rx="8" fill="{BACK}"/>'
    return "\n".join([head, page, *parts, "</svg>", ""])


async def draw(name: str, language: str, folder: Path) -> None:
    """Draw one scene in one language."""
    broker = make_broker(folder)
    await broker.start()
    line = LinePeer(broker)
    await line.start()
    async with desk_at(broker, SIZE, language=language, clock=StillClock()) as desk:
        await desk.sees(*await SCENES[name](line, desk))
        await desk.pilot.pause(SETTLE_S)
        suffix = "" if language == "zh" else "-en"
        (FOLDER / f"desk-{name}{suffix}.svg").write_text(picture(desk.app), encoding="utf-8")
    await line.stop()
    await broker.stop()


def main() -> None:
    """Draw all of them."""
    for name in SHOWN:
        for language in ("zh", "en"):
            with tempfile.TemporaryDirectory(prefix="picture-") as folder:
                asyncio.run(draw(name, language, Path(folder)))


if __name__ == "__main__":
    main()
