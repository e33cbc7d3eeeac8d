"""The whole of one inspection over the whole screen; follows what happens."""

from textual.app import ComposeResult

from station.desk.details import DetailsPane
from station.desk.frame import DeskScreen
from station.desk.keymap import bindings


class DetailsScreen(DeskScreen[None]):
    """Everything known of one vehicle."""

    title_key = "title.details"
    key_groups = ("modal", "app")
    BINDINGS = bindings("modal")

    def __init__(self, serial: str) -> None:
        super().__init__()
        self._serial = serial

    def body(self) -> ComposeResult:
        """Make the pane."""
        yield DetailsPane(id="details")

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#details").focus()

    def redraw(self) -> None:
        """Show the vehicle as it is now; one that left stays as it was last seen."""
        snapshot = self.desk.board.vehicles.get(self._serial)
        if snapshot:
            self.query_one(DetailsPane).show(snapshot, self.desk.language)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)
