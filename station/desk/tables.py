"""Keeping a table equal to a list of rows without losing the cursor, and without drawing what has not changed."""

from collections.abc import Callable, Container, Hashable, Sequence
from typing import Generic, TypeVar

from rich.cells import cell_len
from rich.text import Text as Cell
from textual.widgets import DataTable

Rows = Sequence[tuple[str, Sequence[str | Cell]]]
Source = TypeVar("Source")
Made = TypeVar("Made")


class Kept(Generic[Source, Made]):
    """What was made of something, kept until that is another one: with 200 vehicles most have not changed."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Source, Hashable, Made]] = {}

    def get(self, key: str, source: Source, also: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made of this very source with the same ``also``, or make it."""
        kept = self._kept.get(key)
        if kept is None or kept[0] is not source or kept[1] != also:
            kept = self._kept[key] = (source, also, make())
        return kept[2]

    def only(self, keys: Container[str]) -> None:
        """Forget everything that is not of these."""
        for key in [key for key in self._kept if key not in keys]:
            del self._kept[key]


def set_columns(table: DataTable[str | Cell], labels: Sequence[tuple[str, str]]) -> None:
    """Give a table its columns (key, label); rows are lost, the next ``set_rows`` brings them back."""
    table.clear(columns=True)
    for key, label in labels:
        table.add_column(label, key=key)


def set_rows(table: DataTable[str | Cell], rows: Rows) -> None:
    """Make the table show exactly these rows (key, cells); the cursor stays on its vehicle."""
    if [key.value for key in table.rows] == [key for key, _ in rows]:
        _update_cells(table, rows)
        return
    chosen = cursor_key(table)
    table.clear()
    for key, cells in rows:
        table.add_row(*cells, key=key)
    keys = [key for key, _ in rows]
    if chosen in keys:
        table.move_cursor(row=keys.index(chosen), animate=False)


def cursor_key(table: DataTable[str | Cell]) -> str | None:
    """Return the key of the row under the cursor."""
    if not table.row_count:
        return None
    return table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value


def _update_cells(table: DataTable[str | Cell], rows: Rows) -> None:
    columns = list(table.columns.items())
    for key, cells in rows:
        for (name, column), old, new in zip(columns, table.get_row(key), cells, strict=True):
            if old is not new and old != new:
                # A column only grows: to make it narrower, every row of it would have to be measured again.
                table.update_cell(key, name, new, update_width=_width(new) > column.content_width)


def _width(cell: str | Cell) -> int:
    return cell_len(cell) if isinstance(cell, str) else cell.cell_len
