"""Log in with staff number and PIN."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Center, Horizontal, Vertical
from textual.widgets import Input, Static

from station.bus.messages import SessionOpen
from station.desk.frame import DeskScreen, Say
from station.desk.keymap import bindings
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

    @on(Input.Submitted, "#staff")
    def to_pin(self) -> None:
        """Go on to the PIN."""
        self.query_one("#pin").focus()

    @on(Input.Submitted, "#pin")
    def action_submit(self) -> None:
        """Try to log in."""
        staff, pin = self.query_one("#staff", Input).value.strip(), self.query_one("#pin", Input).value
        if not staff or len(pin) < LEAST_PIN:
            self._fail(text("login.incomplete"), "#pin" if staff else "#staff")
            return
        self.run_worker(self._log_in(staff, pin), exclusive=True)

    async def _log_in(self, staff: str, pin: str) -> None:
        reply = await self.desk.order(SessionOpen(staff=staff, pin=pin))
        if reply is None:
            return
        if reply.accepted:
            self.desk.log_in(Session.of(reply))
        else:
            self._fail(reply.text, "#pin")

    def _fail(self, error: Text, field: str) -> None:
        self._error = error
        self.query_one("#pin", Input).value = ""
        self.query_one(field).focus()
        self.redraw()
