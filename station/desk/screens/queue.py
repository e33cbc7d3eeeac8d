"""Home: every vehicle in the station, the bays above, and the highlighted vehicle below."""

from datetime import datetime, timedelta

from rich.text import Text as Cell
from textual import on
from textual.app import ComposeResult
from textual.content import Content

from station.bus.messages import ArrivalCancel, CommandBody, InspectionCancel, InspectionReturn, KeysReturn
from station.bus.messages import InspectionSnapshot as Snapshot
from station.desk.baystrip import BayStrip
from station.desk.details import progress_cell
from station.desk.detailspane import DetailsPane
from station.desk.frame import DeskScreen
from station.desk.kept import Kept
from station.desk.keymap import bindings
from station.desk.lines import Line
from station.desk.printing import open_receipt
from station.desk.rowtable import RowTable
from station.desk.screens.cancel import ReasonScreen
from station.desk.screens.confirm import ConfirmScreen
from station.desk.screens.details import DetailsScreen
from station.desk.screens.register import RegisterScreen
from station.desk.screens.returning import ReturnScreen
from station.desk.view import begin_of, has_failed, in_order, row_of
from station.desk.words import short_serial, text
from station.model.inspection import State

MINUTE = timedelta(minutes=1)
COLUMNS = ("number", "plate", "state", "stage", "bay", "minutes", "verdict")


class QueueScreen(DeskScreen[None]):
    """The vehicles in the station. A letter or digit begins a search."""

    title_key = "title.queue"
    key_groups = ("main", "find", "queue", "app")
    types_ahead = True
    BINDINGS = bindings("main", "find", "queue")

    def __init__(self) -> None:
        super().__init__()
        self._rows: Kept[Snapshot, tuple[str | Cell, ...]] = Kept()
        self._since: Kept[Snapshot, datetime | None] = Kept()

    def body(self) -> ComposeResult:
        """Make bays, table and details."""
        yield BayStrip(id="strip")
        yield RowTable(self._redraw_details, id="vehicles")
        yield Line(id="empty")
        yield DetailsPane(id="details")

    def take_focus(self) -> None:
        """Go to the table."""
        if self._table.display:
            self._table.focus()

    @property
    def _table(self) -> RowTable:
        return self.query_one("#vehicles", RowTable)

    def retext(self) -> None:
        """Name the columns."""
        self._table.name_columns([self.say(f"queue.{column}") for column in COLUMNS])

    def redraw(self) -> None:
        """Show bays and vehicles."""
        board, now = self.desk.board, self.desk.settings.clock.now()
        self.query_one(BayStrip).show(board, now, self.desk.language)
        if not self._table.labels:
            self.retext()
        shown = in_order(list(board.vehicles.values()))
        self._table.show([(v.serial, self._cells(v)) for v in shown])
        self._rows.only(board.vehicles)
        self._since.only(board.vehicles)
        self._table.display = bool(shown)
        empty = self.query_one("#empty", Line)
        empty.display = not shown
        empty.put(Content(self.say("queue.empty")))
        self._redraw_details()

    def _cells(self, snapshot: Snapshot) -> tuple[str | Cell, ...]:
        """Return the cells of a row: made again only when the vehicle, its minutes or the language have changed."""
        now, language = self.desk.settings.clock.now(), self.desk.language
        since = self._since.get(snapshot.serial, snapshot, None, lambda: begin_of(snapshot))
        minutes = (now - since) // MINUTE if since else None
        return self._rows.get(snapshot.serial, snapshot, (minutes, language), lambda: self._made(snapshot))

    def _made(self, snapshot: Snapshot) -> tuple[str | Cell, ...]:
        row = row_of(snapshot, self.desk.settings.clock.now(), self.desk.language)
        verdict = progress_cell(row.progress, self.desk.language)
        return row.number, row.plate, row.state, row.stage, row.bay, Cell(row.minutes, justify="right"), verdict

    def _redraw_details(self) -> None:
        self.query_one(DetailsPane).show(self.chosen, self.desk.language, self.desk.board.catalogue)

    @property
    def chosen(self) -> Snapshot | None:
        """Return the highlighted vehicle."""
        return self.desk.board.vehicles.get(self._table.cursor_key or "")

    # -- acts

    @on(RowTable.Selected)
    def action_details(self) -> None:
        """Show all of the vehicle; one that is not registered yet goes on in the form."""
        snapshot = self.chosen
        if snapshot is None:
            return
        if snapshot.inspection.state is State.ARRIVED:
            self.app.push_screen(RegisterScreen(snapshot.serial))
        else:
            self.app.push_screen(DetailsScreen(snapshot.serial))

    def action_return_vehicle(self) -> None:
        """Take back a vehicle that failed: the highlighted one, or one whose number is typed."""
        chosen = self.chosen
        serial = chosen.serial if chosen and has_failed(chosen.inspection) else ""
        self.app.push_screen(ReturnScreen(serial), self._return)

    def _return(self, serial: str | None) -> None:
        if serial:
            self._order(InspectionReturn(serial=serial))

    def _order(self, command: CommandBody) -> None:
        self.run_worker(self.desk.order(command))

    def _one(self) -> Snapshot | None:
        """Return the highlighted vehicle, and say so if there is none."""
        if self.chosen is None:
            self.desk.tell("error", text("queue.choose"))
        return self.chosen

    def _ask(self, key: str, snapshot: Snapshot, command: CommandBody, **more: object) -> None:
        """Carry a command out once somebody has confirmed it."""
        question = text(key, number=short_serial(snapshot.serial), plate=snapshot.plate, **more)
        self.app.push_screen(ConfirmScreen(question), lambda yes: self._order(command) if yes else None)

    def action_keys_back(self) -> None:
        """Give the key of the highlighted vehicle back, once somebody has confirmed it."""
        chosen = self._one()
        if chosen:
            self._ask("queue.keys_question", chosen, KeysReturn(serial=chosen.serial))

    def action_open_receipt(self) -> None:
        """Open the receipt of the highlighted vehicle for its owner."""
        chosen = self._one()
        if chosen:
            self.run_worker(open_receipt(self.desk, chosen.serial), group="paper", exclusive=True)

    def action_cancel_inspection(self) -> None:
        """Break the highlighted vehicle's inspection off: the reason first, then a yes."""
        chosen = self._one()
        if chosen is None:
            return
        if chosen.inspection.state is State.ARRIVED:
            self._ask("register.cancel_question", chosen, ArrivalCancel(serial=chosen.serial))
        else:
            self.app.push_screen(ReasonScreen(chosen.serial, chosen.plate), lambda why: self._cancel(chosen, why))

    def _cancel(self, chosen: Snapshot, reason: str | None) -> None:
        if reason:
            self._ask(
                "queue.cancel_question", chosen, InspectionCancel(serial=chosen.serial, reason=reason), reason=reason
            )
