"""How a handheld joins: a QR code with the address, and the pairing code."""

import io

import segno
from rich.text import Text as Cell
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from station.desk.frame import DeskScreen
from station.desk.keymap import bindings
from station.desk.lines import Line
from station.desk.office import Invitation, OfficeError
from station.model.text import Text

BORDER = 2
"""Light modules around the code; with the four of the standard it would not fit a small terminal."""
WORDS_CELLS = 34


class PairingScreen(DeskScreen[None]):
    """The address to open, as a QR code and in words."""

    title_key = "title.pairing"
    key_groups = ("find", "modal", "app")
    BINDINGS = bindings("find", "modal")

    def __init__(self) -> None:
        super().__init__()
        self._invitation: Invitation | None = None
        self._trouble: Text | None = None

    def body(self) -> ComposeResult:
        """Make code and words."""
        with Horizontal(id="pairing"):
            yield Static(id="qr", markup=False)
            yield Line(id="pairing-words")

    def on_mount(self) -> None:
        """Ask the office."""
        self.run_worker(self._ask_office(), exclusive=True)

    async def _ask_office(self) -> None:
        if self.desk.session is None:
            return
        try:
            self._invitation = await self.desk.office.invitation(self.desk.session.token)
        except OfficeError as error:
            self._trouble = error.text
        self.redraw()

    def redraw(self) -> None:
        """Show what the office said."""
        if not self.ready:
            return
        code, words = self.query_one("#qr", Static), self.query_one("#pairing-words", Line)
        if self._invitation is None:
            code.display = False
            trouble = self._trouble
            words.put(Content(f"✗ {trouble.in_(self.desk.language)}" if trouble else self.say("search.asking")))
            return
        drawn = qr_code(self._invitation.url)
        lines = drawn.plain.splitlines()
        room = self.query_one("#pairing")
        code.display = len(lines) <= room.size.height and len(lines[0]) + WORDS_CELLS <= room.size.width
        code.update(drawn)
        words.put(Content("\n".join(self._words(self._invitation, code.display))))

    def _words(self, invitation: Invitation, drawn: bool) -> list[str]:
        first = self.say("pairing.scan" if drawn else "pairing.too_small")
        lines = [first, "", invitation.url, "", self.say("pairing.code", code=invitation.code)]
        if invitation.onboarding_url is None:
            return [*lines, "", self.say("pairing.this_computer")]
        return [*lines, "", self.say("pairing.app", url=invitation.app_url), "", self._fingerprint(invitation)]

    def _fingerprint(self, invitation: Invitation) -> str:
        return self.say("pairing.fingerprint", fingerprint=invitation.fingerprint or "")

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)


def qr_code(url: str) -> Cell:
    """Return an address as a QR code of half blocks, dark on light whatever the terminal's colours are."""
    rows = [list(row) for row in segno.make(url, error="l", micro=False).matrix_iter(border=BORDER)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    drawn = io.StringIO()
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        drawn.write("".join(" ▀▄█"[bool(up) + 2 * bool(low)] for up, low in zip(upper, lower, strict=True)) + "\n")
    return Cell(drawn.getvalue().rstrip("\n"), "black on white", no_wrap=True)
