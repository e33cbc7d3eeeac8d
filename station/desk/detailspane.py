"""The pane with the details of one vehicle."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from station.bus.messages import Catalogue, InspectionSnapshot
from station.desk.details import details
from station.desk.paper import Paper
from station.model.text import Language


@dataclass(frozen=True, eq=False)
class _Shown:
    """What a pane shows. Snapshots are compared by identity: to compare them whole takes longer than to draw one."""

    snapshot: InspectionSnapshot | None
    catalogue: Catalogue | None
    language: Language
    before: tuple[str, ...]

    @property
    def serial(self) -> str | None:
        return self.snapshot.serial if self.snapshot else None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Shown):
            return NotImplemented
        same = self.snapshot is other.snapshot and self.catalogue is other.catalogue
        return same and (self.language, self.before) == (other.language, other.before)

    def __hash__(self) -> int:
        return hash((id(self.snapshot), id(self.catalogue), self.language, self.before))


class DetailsPane(ScrollView, can_focus=True):
    """The details of one vehicle, made once into lines when it, the language or the width has changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", show=False),
        Binding("down", "scroll_down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("home", "scroll_home", show=False),
        Binding("end", "scroll_end", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: _Shown | None = None
        self._made: tuple[_Shown, int] | None = None
        self._lines: list[Strip] = []
        self._blank = Strip([])

    def show(
        self,
        snapshot: InspectionSnapshot | None,
        language: Language,
        catalogue: Catalogue | None,
        before: list[str] | None = None,
    ) -> None:
        """Show a vehicle, below some lines that must be read first; without one the pane is not there."""
        shown, known = _Shown(snapshot, catalogue, language, tuple(before or ())), self._shown
        if shown == known:
            return
        self.display = snapshot is not None
        self._shown = shown
        if known is None or known.serial != shown.serial:
            self.scroll_to(y=0, animate=False, immediate=True)
        self._make()

    def on_resize(self) -> None:
        """Break the lines anew."""
        self._make()

    def notify_style_update(self) -> None:
        """Draw anew in other colours."""
        super().notify_style_update()
        self._made = None
        self._make()

    def _make(self) -> None:
        shown, width = self._shown, self.scrollable_content_region.width
        if shown is None or shown.snapshot is None or width < 1 or self._made == (shown, width):
            return
        self._made = (shown, width)
        paper = Paper(width)
        for line in shown.before:
            paper.put((line, "bold yellow" if line.startswith("!") else "bold"))
        details(paper, shown.snapshot, shown.language, shown.catalogue)
        style = self.rich_style
        room = self.size.width
        self._lines = [Strip(line).apply_style(style).extend_cell_length(room, style) for line in paper.lines]
        self._blank = Strip.blank(room, style)
        # The pane is as high as there is room: how many lines there are changes nothing but its scroll bar, and to lay
        # out the whole screen for that would show the lines a frame later.
        self.set_reactive(ScrollView.virtual_size, Size(width, len(self._lines)))
        self._scroll_update(self.virtual_size)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line as it stands on the screen."""
        line = y + int(self.scroll_offset.y)
        return self._lines[line] if line < len(self._lines) else self._blank
