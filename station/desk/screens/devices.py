"""Rigs and printer: what each says of itself, its last checks, and for a maintainer the checks to have it do."""

from textual import on
from textual.app import ComposeResult
from textual.containers import ItemGrid, VerticalScroll
from textual.content import Content
from textual.widgets import Button

from station.bus.commands import CommandRefusedError
from station.bus.messages import RigCheck, RigState, StaffResetPin
from station.desk.checks import CHECKS, look_back
from station.desk.deviceview import device_rows, device_words, printer_lines, station_locks
from station.desk.frame import DeskScreen
from station.desk.keymap import Key, bindings, keys
from station.desk.lines import Line
from station.desk.rowtable import RowTable
from station.desk.screens.confirm import ConfirmScreen
from station.desk.screens.pairing import PairingScreen
from station.desk.screens.reset_pin import ResetPinScreen
from station.desk.words import text

COLUMNS = ("rig", "kind", "lane", "state", "since", "checks")
CHECK_S = 90.0
"""The longest check takes half a minute, and the rig may have a run to end first."""


class DevicesScreen(DeskScreen[None]):
    """The rigs of the station, and its printer."""

    title_key = "title.devices"
    key_groups = ("devices", "back", "main", "find", "app")
    BINDINGS = bindings("devices", "back", "main", "find")

    def __init__(self) -> None:
        super().__init__()
        self._checking: tuple[str, str] | None = None

    def body(self) -> ComposeResult:
        """Make table, words of the chosen rig, its checks, and the words of the printer."""
        yield RowTable(self._show_rig, id="rigs")
        yield Line(id="empty")
        with VerticalScroll(id="device", can_focus=False):
            yield Line(id="rig-words")
            yield ItemGrid(*self._buttons(), id="checks", min_column_width=14)
            yield Line(id="may-not")
            yield Line(id="printer-words")
            yield Line(id="station-locks")

    def _buttons(self) -> list[Button]:
        names = dict.fromkeys(check for checks in CHECKS.values() for check in checks)
        return [Button(id=name, compact=True) for name in names]

    def on_mount(self) -> None:
        """Look into the ledger for the checks that were done before this desk was started."""
        self._table.focus()
        self.run_worker(self._look_back())

    async def _look_back(self) -> None:
        board = self.desk.board
        if board.state is None:
            return
        try:
            board.changed |= await look_back(self.desk.commander, board.checks, board.state.seq)
        except (TimeoutError, CommandRefusedError):
            return  # The banner says already that the line is gone; the checks come with the next visit.

    @property
    def _table(self) -> RowTable:
        return self.query_one("#rigs", RowTable)

    @property
    def _rig(self) -> RigState | None:
        key, state = self._table.cursor_key, self.desk.board.state
        return next((rig for rig in state.rigs if rig.rig == key), None) if state else None

    # -- what is shown

    def retext(self) -> None:
        """Name columns and buttons."""
        self._table.name_columns([self.say(f"devices.{column}") for column in COLUMNS])
        for key in keys("devices"):
            for button in self.query(f"#{key.id.partition('.')[2]}").results(Button):
                button.label = f"{key.display} {self.say(f'key.{key.id}')}"

    def redraw(self) -> None:
        """Show rigs and printer."""
        if not self._table.labels:
            self.retext()
        rows = device_rows(self.desk.board, self.desk.settings.time_zone, self.desk.language)
        self._table.show(rows)
        empty = self.query_one("#empty", Line)
        empty.display = not rows
        empty.put(Content(self.say("devices.empty")))
        self._show_rig()
        self._put("printer-words", printer_lines(self.desk.board, self.desk.language))
        self._put("station-locks", station_locks(self.desk.board, self.desk.language))

    def _put(self, name: str, lines: list[str]) -> None:
        line = self.query_one(f"#{name}", Line)
        line.display = bool(lines)
        line.put(Content("\n".join(lines)))

    def _show_rig(self) -> None:
        rig, may = self._rig, self._may("maintainer")
        zone, language = self.desk.settings.time_zone, self.desk.language
        self._put("rig-words", device_words(self.desk.board, rig, zone, language) if rig else [])
        self.query_one("#checks").display = may and rig is not None
        for button in self.query(Button):
            button.display = rig is not None and button.id in CHECKS[rig.kind]
            button.disabled = self._checking is not None
        self._put("may-not", [] if may or not rig else [self.say("devices.maintainer_only")])

    def _may(self, role: str) -> bool:
        return self.desk.session is not None and role in self.desk.session.roles

    def palette_keys(self) -> tuple[Key, ...]:
        """Return the keys of all screens and those of this one."""
        return tuple(key for key in keys(*self.key_groups) if key.palette or key.id.startswith("devices."))

    # -- what is done

    @on(Button.Pressed)
    def pressed(self, event: Button.Pressed) -> None:
        """Do what the button says."""
        self.action_check(str(event.button.id))

    def action_check(self, check: str) -> None:
        """Have the chosen rig check itself, once somebody has confirmed that nothing is in its way."""
        rig = self._rig
        if rig is None or check not in CHECKS[rig.kind]:
            return
        if not self._may("maintainer"):
            self.desk.tell("error", text("devices.maintainer_only"))
            return
        if self._checking:
            self.desk.tell("error", text("devices.busy", rig=self._checking[0]))
            return
        question = text(f"check_question.{rig.kind}_{check}", rig=rig.rig)
        self.app.push_screen(ConfirmScreen(question), lambda yes: self._begin(rig.rig, check) if yes else None)

    def _begin(self, rig: str, check: str) -> None:
        self._checking = (rig, check)
        self.run_worker(self._check(rig, check))

    async def _check(self, rig: str, check: str) -> None:
        name = text(f"check.{check}")
        command = RigCheck.model_validate({"rig": rig, "check": check})
        try:
            reply = await self.desk.order(command, CHECK_S, text("devices.checking", rig=rig, check=name))
        finally:
            self._checking = None
            self.desk.board.changed = True
        if reply and reply.accepted:
            self.desk.tell("ok", text("devices.passed", rig=rig, check=name))

    def action_reset_pin(self) -> None:
        """Give somebody a new PIN."""
        if self._may("manager"):
            self.app.push_screen(ResetPinScreen(), self._reset)
        else:
            self.desk.tell("error", text("devices.manager_only"))

    def _reset(self, command: StaffResetPin | None) -> None:
        if command:
            self.run_worker(self.desk.order(command))

    def action_join(self) -> None:
        """Show how a handheld joins."""
        self.app.push_screen(PairingScreen())
