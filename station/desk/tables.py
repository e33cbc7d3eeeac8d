"""Keeping a table equal to a list of rows without losing the cursor, and without drawing what has not changed."""

from collections.abc import Callable, Container, Hashable, Sequence
from typing import Generic, TypeVar

from rich.cells import cell_len
from rich.text import Text as Cell
from textual.coordinate import Coordinate
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
    for index in range(len(table.columns) if rows else 0):
        _fit(table, index, rows)
    table.call_after_refresh(_draw_anew, table)
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
    stale: set[int] = set()
    for key, cells in rows:
        for index, (old, new) in enumerate(zip(table.get_row(key), cells, strict=True)):
            if old is not new and old != new:
                stale.add(index)
                table.update_cell(key, columns[index][0], new)
    for index in stale:
        _fit(table, index, rows)


def _fit(table: DataTable[str | Cell], index: int, rows: Rows) -> None:
    """Make a column as wide as its widest cell; the table itself would measure every row for each cell that changed."""
    name, column = list(table.columns.items())[index]
    widest = max(rows, key=lambda row: _width(row[1][index]))
    if max(_width(widest[1][index]), column.label.cell_len) != column.content_width:
        table.update_cell(widest[0], name, widest[1][index], update_width=True)
        table.call_after_refresh(_draw_anew, table)


def _draw_anew(table: DataTable[str | Cell]) -> None:
    """Draw every line anew: lines that were drawn before the columns had their width are kept, and look right to it."""
    if table.row_count and table.columns:
        table.update_cell_at(Coordinate(0, 0), table.get_cell_at(Coordinate(0, 0)))


def _width(cell: str | Cell) -> int:
    return cell_len(cell) if isinstance(cell, str) else cell.cell_len
