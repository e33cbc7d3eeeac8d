"""Log in with staff number and PIN."""

from textual.app import ComposeResult
from textual.containers import Center, Horizontal, Vertical
from textual.widgets import Input, Static

from station.bus.messages import SessionOpen
from station.desk.frame import DeskScreen
from station.desk.keymap import bindings
from station.desk.lines import Say
from station.desk.session import Session
from station.desk.words import text
from station.model.text import Text

LEAST_PIN = 4


class LoginScreen(DeskScreen[None]):
    """The first screen: nothing else can be done before somebody has logged in."""

    title_key = "title.login"
    key_groups = ("login", "app")
    BINDINGS = bindings("login")

    def __init__(self) -> None:
        super().__init__()
        self._error: Text | None = None

    def body(self) -> ComposeResult:
        """Make the two fields."""
        with Center(), Vertical(id="login"):
            yield Say("login.welcome", classes="heading")
            with Horizontal(classes="field"):
                yield Say("login.staff", classes="label")
                yield Input(id="staff", max_length=32, compact=True)
            with Horizontal(classes="field"):
                yield Say("login.pin", classes="label")
                yield Input(id="pin", password=True, max_length=12, compact=True)
            yield Static(id="login-error", classes="error", markup=False)
            yield Static(id="login-hint", markup=False)

    def on_mount(self) -> None:
        """Begin with the staff number."""
        self.query_one("#staff").focus()

    def redraw(self) -> None:
        """Show the error of the last try and the hint."""
        hint, language = self.desk.settings.login_hint, self.desk.language
        self.query_one("#login-hint", Static).update(hint.in_(language) if hint else "")
        self.query_one("#login-error", Static).update(f"✗ {self._error.in_(language)}" if self._error else "")

    def action_submit(self) -> None:
        """Go on to the PIN, or try to log in with it; what is typed meanwhile waits for what comes then."""
        on_pin = self.focused is self._field("pin")
        self.after_typing(self._submit if on_pin else self._to_pin)

    def _field(self, name: str) -> Input:
        return self.query_one(f"#{name}", Input)

    def _to_pin(self) -> bool:
        self.set_focus(self._field("pin"))
        return True

    def _submit(self) -> bool:
        staff, pin = self._field("staff").value.strip(), self._field("pin").value
        if not staff or len(pin) < LEAST_PIN:
            self._fail(text("login.incomplete"), "pin" if staff else "staff")
            return False
        self._enable(False)
        self.run_worker(self._log_in(staff, pin), exclusive=True)
        return False

    async def _log_in(self, staff: str, pin: str) -> None:
        reply = await self.desk.order(SessionOpen(staff=staff, pin=pin))
        if reply is None:
            self._enable(True)
            self.set_focus(self._field("pin"))
            self.desk.gate.drop()
        elif reply.accepted:
            self.desk.log_in(Session.of(reply))
        else:
            self._fail(reply.text, "pin")

    def _enable(self, enabled: bool) -> None:
        for name in ("staff", "pin"):
            self._field(name).disabled = not enabled

    def _fail(self, error: Text, field: str) -> None:
        """Say why not; what was typed behind the PIN was meant for what did not come, and is forgotten."""
        self._error = error
        self._enable(True)
        self._field("pin").value = ""
        self.set_focus(self._field(field))
        self.desk.gate.drop()
        self.redraw()
