"""Why an inspection is broken off."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from station.desk.keymap import bindings
from station.desk.screens.modal import DeskModal
from station.desk.words import short_serial

MOST = 500


class ReasonScreen(DeskModal[str]):
    """Asks for the reason; nothing is sent before a yes to the question that follows."""

    BINDINGS = bindings("modal")

    def __init__(self, serial: str, plate: str) -> None:
        super().__init__()
        self._serial, self._plate = serial, plate

    def compose(self) -> ComposeResult:
        """Make the box."""
        with Vertical(classes="box small") as box:
            box.border_title = self.say("cancel.title", number=short_serial(self._serial), plate=self._plate)
            box.border_subtitle = self.say("modal.enter_esc")
            yield Static(self.say("cancel.explain"), markup=False)
            yield Input(id="reason", placeholder=self.say("cancel.reason"), max_length=MOST, compact=True)

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Close with the reason, if there is one."""
        if event.value.strip():
            self.dismiss(event.value.strip())
