"""Which items are done again, and why, before the signatory signs."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static

from station.bus.messages import ReviewSendBack
from station.desk.keymap import bindings
from station.desk.lines import desk_of
from station.desk.screens.modal import DeskModal
from station.desk.words import item_word
from station.model.inspection import Inspection


class SendBackScreen(DeskModal[ReviewSendBack]):
    """Chooses items and asks for the reason; Ctrl+S sends."""

    BINDINGS = bindings("send_back")

    def __init__(self, inspection: Inspection) -> None:
        super().__init__()
        self._inspection = inspection
        self._codes = [item.code for item in inspection.current_items()]
        self._chosen: set[str] = set()

    def compose(self) -> ComposeResult:
        """Make the box."""
        with Vertical(classes="box") as box:
            box.border_title = self.say("send_back.title")
            box.border_subtitle = self.say("send_back.keys")
            yield OptionList(*map(self._prompt, self._codes), id="items", compact=True, markup=False)
            yield Input(id="reason", placeholder=self.say("send_back.reason"), max_length=500, compact=True)
            yield Static(id="send-back-error", classes="error", markup=False)

    def _prompt(self, code: str) -> str:
        # A sign in the text: the mark of a selection list differs in colour only.
        return f"[{'x' if code in self._chosen else ' '}] {item_word(desk_of(self).language, code)}"

    def action_choose(self) -> None:
        """Choose the item under the cursor, or not any more."""
        items = self.query_one("#items", OptionList)
        if items.has_focus and items.highlighted is not None:
            code = self._codes[items.highlighted]
            self._chosen ^= {code}
            items.replace_option_prompt_at_index(items.highlighted, self._prompt(code))

    @on(OptionList.OptionSelected)
    def entered(self) -> None:
        """Enter does what the space bar does."""
        self.action_choose()

    def action_send(self) -> None:
        """Close with the command, if it is complete."""
        items = tuple(code for code in self._codes if code in self._chosen)
        reason = self.query_one("#reason", Input).value.strip()
        if items and reason:
            self.dismiss(ReviewSendBack(serial=self._inspection.serial, items=items, reason=reason))
        else:
            self.query_one("#send-back-error", Static).update("✗ " + self.say("send_back.incomplete"))
