"""The table of rows: cursor, widths, scrolling, and that only what changed is drawn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rich.text import Text as Cell
from textual.app import App, ComposeResult

from station.desk.rowtable import RowTable


class Shelf(App[None]):
    """A table alone on the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def compose(self) -> ComposeResult:
        yield RowTable(self.moved, id="table")

    def moved(self) -> None:
        self.told.append(f"at {self.query_one(RowTable).cursor_key}")

    def on_row_table_selected(self) -> None:
        self.told.append(f"chose {self.query_one(RowTable).cursor_key}")


def rows(*keys: str) -> list[tuple[str, Any]]:
    return [(key, (key, Cell("7", "bold", justify="right"))) for key in keys]


@asynccontextmanager
async def table(*keys: str) -> AsyncIterator[tuple[Any, RowTable]]:
    app = Shelf()
    async with app.run_test(size=(30, 8)) as pilot:
        one = app.query_one(RowTable)
        one.name_columns(["号牌", "分钟"])
        one.show(rows(*keys))
        one.focus()
        await pilot.pause()
        yield pilot, one


def lines(pilot: Any) -> list[str]:
    return [strip.text.rstrip() for strip in pilot.app.screen._compositor.render_strips()]


async def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    async with table("浙H12385", "沪A5") as (pilot, one):
        assert lines(pilot)[:3] == [" 号牌      分钟", " 浙H12385     7", " 沪A5         7"]
        one.show(rows("沪A5"))
        await pilot.pause()
        assert lines(pilot)[:2] == [" 号牌  分钟", " 沪A5     7"]


async def test_the_cursor_moves_and_stays_on_its_row() -> None:
    async with table("a", "b", "c") as (pilot, one):
        await pilot.press("down", "enter")
        assert pilot.app.told[-2:] == ["at b", "chose b"]
        one.show(rows("x", "a", "b", "c"))
        assert one.cursor_key == "b"
        one.show(rows("x", "c"))
        assert one.cursor_key == "c"
        one.show([])
        assert one.cursor_key is None
        await pilot.press("down", "enter", "end", "pageup")
        one.show(rows("z"))
        assert one.cursor_key == "z"


async def test_the_row_of_the_cursor_is_always_in_sight() -> None:
    async with table(*(f"row-{n:02}" for n in range(40))) as (pilot, one):
        for keys, seen in ((["pagedown", "pagedown"], "row-14"), (["end"], "row-39"), (["up"] * 9, "row-30")):
            await pilot.press(*keys)
            assert one.cursor_key == seen
            assert any(seen in line for line in lines(pilot))
            assert lines(pilot)[0].startswith(" 号牌")
        await pilot.press("home")
        assert "row-00" in lines(pilot)[1]


async def test_a_click_moves_the_cursor_and_a_second_one_chooses() -> None:
    async with table("a", "b", "c") as (pilot, one):
        await pilot.click(RowTable, offset=(2, 3))
        assert one.cursor_key == "c"
        await pilot.click(RowTable, offset=(2, 3))
        assert pilot.app.told[-1] == "chose c"
        await pilot.click(RowTable, offset=(2, 0))
        assert one.cursor_key == "c"


async def test_only_a_row_that_changed_is_made_again() -> None:
    same = rows("a", "b", "c")
    async with table() as (pilot, one):
        one.show(same)
        await pilot.pause()
        before = {key: one._drawn[key][2] for key in ("a", "b", "c")}
        one.show([same[0], ("b", ("b", "8")), same[2]])
        await pilot.pause()
        assert "8" in lines(pilot)[2]
        assert one._drawn["a"][2] is before["a"]
        assert one._drawn["c"][2] is before["c"]
        assert one._drawn["b"][2] is not before["b"]


async def test_a_table_too_wide_is_moved_sideways() -> None:
    async with table("x" * 40) as (pilot, _one):
        assert "分钟" not in lines(pilot)[0]
        await pilot.press(*["right"] * 20)
        await pilot.pause(0.5)
        assert "分钟" in lines(pilot)[0]
