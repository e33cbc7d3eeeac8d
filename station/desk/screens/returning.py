"""Which vehicle is back for its failed items (复检)."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from station.desk.keymap import bindings
from station.desk.lines import desk_of
from station.desk.screens.modal import DeskModal
from station.desk.view import full_serial


class ReturnScreen(DeskModal[str]):
    """Asks for the running number; a vehicle whose key was given back is in no table any more."""

    BINDINGS = bindings("modal")

    def __init__(self, serial: str) -> None:
        super().__init__()
        self._serial = serial

    def compose(self) -> ComposeResult:
        """Make the box."""
        with Vertical(classes="box small") as box:
            box.border_title = self.say("return.title")
            box.border_subtitle = self.say("modal.enter_esc")
            yield Static(self.say("return.explain"), markup=False)
            yield Input(self._serial, id="serial", placeholder=self.say("return.placeholder"), compact=True)

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Close with the serial."""
        desk = desk_of(self)
        day = desk.board.state.counters.day if desk.board.state else ""
        if event.value.strip():
            self.dismiss(full_serial(event.value, desk.settings.station, day))
