"""One modal for every act that cannot be taken back."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from station.desk.keymap import bindings
from station.desk.lines import desk_of
from station.desk.screens.modal import DeskModal
from station.model.text import Text


class ConfirmScreen(DeskModal[bool]):
    """Asks y or n; the focus stands on *no*, so that a scanner's Enter confirms nothing."""

    BINDINGS = bindings("confirm")

    def __init__(self, question: Text) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Make the box."""
        with Vertical(classes="box small"):
            yield Static(self._question.in_(desk_of(self).language), markup=False)
            with Horizontal(classes="buttons"):
                yield Button(self.say("confirm.no"), id="no", compact=True)
                yield Button(self.say("confirm.yes"), id="yes", variant="primary", compact=True)

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """Answer with the button."""
        self.action_answer(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        """Close with an answer."""
        self.dismiss(answer)
