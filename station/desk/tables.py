"""Keeping a table equal to a list of rows without losing the cursor."""

from collections.abc import Sequence

from rich.text import Text as Cell
from textual.widgets import DataTable

Rows = Sequence[tuple[str, Sequence[str | Cell]]]


def set_columns(table: DataTable[str | Cell], labels: Sequence[tuple[str, str]]) -> None:
    """Give a table its columns (key, label); rows are lost, the next ``set_rows`` brings them back."""
    table.clear(columns=True)
    for key, label in labels:
        table.add_column(label, key=key)


def set_rows(table: DataTable[str | Cell], rows: Rows) -> None:
    """Make the table show exactly these rows (key, cells); the cursor stays on its vehicle."""
    if [str(key.value) for key in table.rows] == [key for key, _ in rows]:
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
    columns = list(table.columns)
    for key, cells in rows:
        for column, old, new in zip(columns, table.get_row(key), cells, strict=True):
            if old != new:
                table.update_cell(key, column, new, update_width=True)
