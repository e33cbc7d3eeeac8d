"""Home: every vehicle in the station, and the highlighted one below."""

from rich.text import Text as Cell
from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import DataTable, Input

from station.bus.messages import InspectionReturn, InspectionSnapshot, KeysReturn
from station.desk.details import DetailsPane, progress_cell
from station.desk.frame import DeskScreen, Line
from station.desk.keymap import bindings
from station.desk.screens.confirm import ConfirmScreen
from station.desk.screens.details import DetailsScreen
from station.desk.screens.register import RegisterScreen
from station.desk.screens.returning import ReturnScreen
from station.desk.tables import cursor_key, set_columns, set_rows
from station.desk.view import has_failed, in_order, matches, row_of
from station.desk.words import short_serial, text
from station.model.inspection import State

COLUMNS = ("number", "plate", "state", "stage", "bay", "minutes", "verdict")


class QueueScreen(DeskScreen[None]):
    """The vehicles in the station."""

    title_key = "title.queue"
    key_groups = ("main", "queue", "app")
    BINDINGS = bindings("main", "queue")

    def body(self) -> ComposeResult:
        """Make filter, table and details."""
        yield Input(id="filter", compact=True)
        yield DataTable[str | Cell](id="vehicles", cursor_type="row", zebra_stripes=True)
        yield Line(id="empty")
        yield DetailsPane(id="details")

    def on_mount(self) -> None:
        """Begin without a filter."""
        self.query_one("#filter").display = False

    def take_focus(self) -> None:
        """Go to the table."""
        if self._table.display:
            self._table.focus()

    @property
    def _table(self) -> DataTable[str | Cell]:
        return self.query_one("#vehicles", DataTable)

    def retext(self) -> None:
        """Name the columns."""
        set_columns(self._table, [(column, self.say(f"queue.{column}")) for column in COLUMNS])
        self.query_one("#filter", Input).placeholder = self.say("queue.filter")

    def redraw(self) -> None:
        """Show the vehicles that pass the filter."""
        wanted = self.query_one("#filter", Input).value
        shown = [v for v in in_order(list(self.desk.board.vehicles.values())) if matches(v, wanted)]
        if not self._table.columns:
            self.retext()
        set_rows(self._table, [(v.serial, self._cells(v)) for v in shown])
        self._table.display = bool(shown)
        empty = self.query_one("#empty", Line)
        empty.display = not shown
        empty.put(Content(self.say("queue.no_match" if self.desk.board.vehicles else "queue.empty")))
        self._redraw_details()

    def _cells(self, snapshot: InspectionSnapshot) -> list[str | Cell]:
        row = row_of(snapshot, self.desk.settings.clock.now(), self.desk.language)
        verdict = progress_cell(row.progress, self.desk.language)
        return [row.number, row.plate, row.state, row.stage, row.bay, Cell(row.minutes, justify="right"), verdict]

    def _redraw_details(self) -> None:
        self.query_one(DetailsPane).show(self.chosen, self.desk.language)

    @property
    def chosen(self) -> InspectionSnapshot | None:
        """Return the highlighted vehicle."""
        return self.desk.board.vehicles.get(cursor_key(self._table) or "")

    # -- filter

    def action_filter(self) -> None:
        """Open the filter; a scanner may type into it."""
        field = self.query_one("#filter", Input)
        field.display = True
        field.focus()

    def action_clear_filter(self) -> None:
        """Show every vehicle again."""
        field = self.query_one("#filter", Input)
        field.value, field.display = "", False
        self._table.focus()
        self.redraw()

    @on(Input.Changed, "#filter")
    def filtered(self) -> None:
        """Narrow the table as somebody types."""
        self.redraw()

    @on(Input.Submitted, "#filter")
    def found(self) -> None:
        """Go to the table with what was found."""
        self._table.focus()

    @on(DataTable.RowHighlighted)
    def highlighted(self) -> None:
        """Show the details of the highlighted vehicle."""
        self._redraw_details()

    # -- acts

    @on(DataTable.RowSelected)
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
            self.run_worker(self.desk.order(InspectionReturn(serial=serial)))

    def action_keys_back(self) -> None:
        """Give the key of the highlighted vehicle back, once somebody has confirmed it."""
        chosen = self.chosen
        if chosen is None:
            self.desk.tell("error", text("queue.choose"))
            return
        question = text("queue.keys_question", number=short_serial(chosen.serial), plate=chosen.plate)
        self.app.push_screen(ConfirmScreen(question), lambda yes: self._keys(chosen.serial, yes))

    def _keys(self, serial: str, yes: bool | None) -> None:
        if yes:
            self.run_worker(self.desk.order(KeysReturn(serial=serial)))
