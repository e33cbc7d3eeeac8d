"""Every key of a screen (F1)."""

from rich.table import Table
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from station.desk.keymap import bindings
from station.desk.screens.modal import DeskModal


class HelpScreen(DeskModal[None]):
    """The keys of the screen below, explained."""

    BINDINGS = bindings("modal")

    def __init__(self, keys: list[tuple[str, str]]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Make the box."""
        with VerticalScroll(classes="box") as box:
            box.border_title = self.say("help.title")
            box.border_subtitle = self.say("modal.esc")
            yield Static(self._table())

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold", no_wrap=True)
        table.add_column()
        for key, words in self._keys:
            table.add_row(key, words)
        return table
