"""A new PIN for somebody who forgot theirs, given by a manager."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from station.bus.messages import StaffResetPin
from station.desk.keymap import bindings
from station.desk.lines import Say
from station.desk.screens.modal import DeskModal

MOST = {"staff": 32, "pin": 12, "again": 12}
FIELDS = tuple(MOST)
LEAST_PIN = 4


class ResetPinScreen(DeskModal[StaffResetPin]):
    """Asks for the staff number, and twice for the PIN."""

    BINDINGS = bindings("modal")

    def compose(self) -> ComposeResult:
        """Make the box."""
        with Vertical(classes="box small") as box:
            box.border_title = self.say("reset_pin.title")
            box.border_subtitle = self.say("modal.enter_esc")
            for name in FIELDS:
                with Horizontal(classes="field"):
                    yield Say(f"reset_pin.{name}", classes="label")
                    yield Input(id=name, password=name != "staff", max_length=MOST[name], compact=True)
            yield Static(id="pin-error", classes="error", markup=False)

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Go on to the next field; behind the last one close with the command."""
        place = FIELDS.index(str(event.input.id))
        if place < len(FIELDS) - 1:
            self.query_one(f"#{FIELDS[place + 1]}").focus()
            return
        staff, pin, again = (self.query_one(f"#{name}", Input).value.strip() for name in FIELDS)
        wrong = _wrong(staff, pin, again)
        if wrong:
            self._refuse(wrong)
        else:
            self.dismiss(StaffResetPin(staff=staff, pin=pin))

    def _refuse(self, why: str) -> None:
        self.query_one("#pin-error", Static).update("✗ " + self.say(why))
        for name in ("pin", "again"):
            self.query_one(f"#{name}", Input).value = ""
        self.query_one("#staff" if why == "reset_pin.no_staff" else "#pin").focus()


def _wrong(staff: str, pin: str, again: str) -> str | None:
    if not staff:
        return "reset_pin.no_staff"
    if not (pin.isascii() and pin.isdigit() and len(pin) >= LEAST_PIN):
        return "reset_pin.digits"
    return None if pin == again else "reset_pin.differ"
