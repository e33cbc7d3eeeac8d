"""The whole of one inspection over the whole screen; follows what happens."""

from textual.app import ComposeResult

from station.bus.messages import InspectionSnapshot
from station.desk.detailspane import DetailsPane
from station.desk.frame import DeskScreen
from station.desk.keymap import bindings
from station.desk.printing import open_receipt, open_report, print_again


class DetailsScreen(DeskScreen[None]):
    """Everything known of one vehicle.

    Args:
        serial: of its inspection.
        past: the inspection as the office gave it, if the vehicle is not in the station any more.
    """

    title_key = "title.details"
    key_groups = ("details", "find", "modal", "app")
    BINDINGS = bindings("details", "find", "modal")

    def __init__(self, serial: str, past: InspectionSnapshot | None = None) -> None:
        super().__init__()
        self._serial = serial
        self._seen = past

    def body(self) -> ComposeResult:
        """Make the pane."""
        yield DetailsPane(id="details")

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#details").focus()

    def redraw(self) -> None:
        """Show the vehicle as it is now; one that left stays as it was last seen."""
        self._seen = self.desk.board.vehicles.get(self._serial) or self._seen
        if self._seen:
            self.query_one(DetailsPane).show(self._seen, self.desk.language, self.desk.board.catalogue)

    @property
    def _reported(self) -> int | None:
        """Return the last attempt that has a report."""
        attempts = self._seen.inspection.attempts if self._seen else ()
        return next((a.number for a in reversed(attempts) if a.report_sha256), None)

    def action_print_again(self) -> None:
        """Print the last report once more."""
        self.run_worker(print_again(self.desk, self._serial, self._reported), exclusive=True)

    def action_open_report(self) -> None:
        """Open the last report."""
        self.run_worker(open_report(self.desk, self._serial, self._reported), group="paper", exclusive=True)

    def action_open_receipt(self) -> None:
        """Open the owner's receipt."""
        self.run_worker(open_receipt(self.desk, self._serial), group="paper", exclusive=True)

    def action_history(self) -> None:
        """Show every inspection of this plate."""
        if self._seen and self._seen.plate:
            self.desk.show_history(self._seen.plate, self._serial)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)
