"""A table of which only what has changed is drawn: with hundreds of vehicles a key must not wait for all of them."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text as Cell
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

Cells = Sequence[str | Cell]
Rows = Sequence[tuple[str, Cells]]
HEAD = 1
"""Lines of the column names, which stay where they are."""


class RowTable(ScrollView, can_focus=True):
    """Rows (key, cells) with a cursor; a cell is a text, or one with a style and a side on which it stands.

    Columns are as wide as what stands in them. The row of the cursor keeps it when rows come and go.

    Args:
        moved: called when the cursor stands on another row.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-head", "row-odd", "row-cursor"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home,ctrl+home", "first", show=False),
        Binding("end,ctrl+end", "last", show=False),
        Binding("left", "scroll_left", show=False),
        Binding("right", "scroll_right", show=False),
        Binding("enter", "select", show=False),
    ]

    class Selected(Message):
        """The row of the cursor was chosen: Enter, or a click on it."""

    def __init__(self, moved: Callable[[], None], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._moved = moved
        self.labels: tuple[str, ...] = ()
        self._rows: list[tuple[str, Cells]] = []
        self._widths: tuple[int, ...] = ()
        self._cursor = 0
        self._drawn: dict[str, tuple[Cells, object, Strip]] = {}
        self._styles: dict[str, Style] = {}

    # -- what stands in it

    def name_columns(self, labels: Sequence[str]) -> None:
        """Name the columns; the rows are lost when there are more or fewer columns than before."""
        if len(labels) != len(self.labels):
            self._rows = []
        self.labels = tuple(labels)
        self._measure()
        self.refresh()

    def show(self, rows: Rows) -> None:
        """Make the table show exactly these rows; those that are the same objects as before are not drawn again."""
        before, chosen = self._rows, self.cursor_key
        self._rows = list(rows)
        if [key for key, _ in before] != [key for key, _ in rows]:
            self._place(chosen)
            self._measure()
            self.refresh()
            return
        changed = [n for n, ((_, old), (_, new)) in enumerate(zip(before, rows, strict=True)) if old is not new]
        changed = [n for n in changed if list(before[n][1]) != list(rows[n][1])]
        if changed and not self._measure():
            for number in changed:
                self.refresh_line(number + HEAD)

    def _place(self, chosen: str | None) -> None:
        """Keep the cursor on its row; if that is gone, on the one that stands there now."""
        keys = [key for key, _ in self._rows]
        kept = {key: self._drawn[key] for key in keys if key in self._drawn}
        self._drawn = kept
        self._cursor = keys.index(chosen) if chosen in keys else max(0, min(self._cursor, len(keys) - 1))
        if self.cursor_key != chosen:
            self._moved()

    def _measure(self) -> bool:
        """Make columns as wide as their widest cell; return whether that changed anything."""
        columns = range(len(self.labels))
        cells = [cells for _, cells in self._rows]
        widths = tuple(max([cell_len(self.labels[n]), *(_width(row[n]) for row in cells)]) for n in columns)
        size = Size(sum(widths) + 2 * len(widths), len(self._rows) + HEAD)
        changed = widths != self._widths or size != self.virtual_size
        self._widths, self.virtual_size = widths, size
        if changed:
            self.refresh()
        return changed

    # -- the cursor

    @property
    def row_count(self) -> int:
        """Return how many rows there are."""
        return len(self._rows)

    @property
    def keys(self) -> list[str]:
        """Return the keys of the rows, from the top."""
        return [key for key, _ in self._rows]

    @property
    def cursor_key(self) -> str | None:
        """Return the key of the row of the cursor, None without rows."""
        return self._rows[self._cursor][0] if self._cursor < len(self._rows) else None

    def move_to(self, row: int) -> None:
        """Put the cursor on a row, and bring that into sight."""
        row = max(0, min(row, len(self._rows) - 1))
        if row != self._cursor:
            for number in (self._cursor, row):
                self.refresh_line(number + HEAD)
            self._cursor = row
            # At once and no message: what follows the cursor is then drawn together with it.
            self._moved()
        room = max(1, self.scrollable_content_region.height - HEAD)
        top = int(self.scroll_offset.y)
        wanted = row if row < top else row - room + 1 if row >= top + room else top
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, immediate=True)

    def action_step(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self.move_to(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by some screens."""
        self.move_to(self._cursor + pages * max(1, self.size.height - HEAD))

    def action_first(self) -> None:
        """Go to the first row."""
        self.move_to(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self.move_to(len(self._rows) - 1)

    def action_select(self) -> None:
        """Choose the row of the cursor."""
        if self._rows:
            self.post_message(self.Selected())

    def on_click(self, event: Click) -> None:
        """Go to the row that was clicked; choose it if the cursor stands there already."""
        row = event.y - HEAD + int(self.scroll_offset.y)
        if event.y < HEAD or row >= len(self._rows):
            return
        if row == self._cursor:
            self.action_select()
        else:
            self.move_to(row)

    # -- drawing

    def notify_style_update(self) -> None:
        """Draw anew in other colours."""
        super().notify_style_update()
        self._drawn.clear()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """Return one line as it stands on the screen."""
        left, top = self.scroll_offset
        row = y + int(top) - HEAD
        if y < HEAD:
            strip = self._strip(self.labels, self._style("row-head"))
        elif row < len(self._rows):
            strip = self._row(row)
        else:
            return Strip.blank(self.size.width, self._style(""))
        return strip.crop_extend(int(left), int(left) + self.size.width, None)

    def _row(self, row: int) -> Strip:
        key, cells = self._rows[row]
        name = "row-cursor" if row == self._cursor else "row-odd" if row % 2 else ""
        how = (name, self._widths, self.size.width, self.has_focus)
        kept = self._drawn.get(key)
        if kept is None or kept[0] is not cells or kept[1] != how:
            kept = self._drawn[key] = (cells, how, self._strip(cells, self._style(name)))
        return kept[2]

    def _style(self, name: str) -> Style:
        """Return a style by the name of its component, that of the table itself for none; finding it takes a while."""
        if name not in self._styles:
            self._styles[name] = self.get_component_rich_style(name) if name else self.rich_style
        return self._styles[name]

    def _strip(self, cells: Cells, style: Style) -> Strip:
        found = [_segment(cell, width, style) for cell, width in zip(cells, self._widths, strict=True)]
        strip = Strip(found, sum(self._widths) + 2 * len(self._widths))
        return strip.extend_cell_length(self.size.width, style)

    def refresh_line(self, y: int) -> None:
        """Draw one line again: 0 is that of the names, which does not move."""
        shown = y - int(self.scroll_offset.y)
        if HEAD <= shown < self.size.height:
            self.refresh(Region(0, shown, self.size.width, 1))


def _width(cell: str | Cell) -> int:
    return cell_len(cell) if isinstance(cell, str) else cell.cell_len


def _segment(cell: str | Cell, width: int, style: Style) -> Segment:
    if isinstance(cell, str):
        return Segment(f" {set_cell_size(cell, width)} ", style)
    own = style + (Style.parse(cell.style) if isinstance(cell.style, str) else cell.style)
    words = cell.plain
    if cell.justify == "right":
        words = " " * (width - cell.cell_len) + words
    return Segment(f" {set_cell_size(words, width)} ", own)
