"""Every inspection of one plate: attempts, conclusions, reports, prints."""

from rich.text import Text as Cell
from textual import on
from textual.app import ComposeResult
from textual.content import Content

from station.desk.frame import DeskScreen
from station.desk.keymap import bindings
from station.desk.lines import Line
from station.desk.moments import day_and_time
from station.desk.office import OfficeError, PastAttempt, PastVehicle
from station.desk.papers import prints_words
from station.desk.printing import open_report, print_again
from station.desk.rowtable import RowTable
from station.desk.screens.details import DetailsScreen
from station.desk.words import STYLES, outcome_word, say, short_serial, state_word
from station.model.text import Language, Text
from station.model.verdict import Outcome

COLUMNS = ("when", "number", "attempt", "conclusion", "report", "prints")
LOOK_AGAIN_S = 2.0


class HistoryScreen(DeskScreen[None]):
    """The attempts of a plate, newest first, as the office knows them; a print that is under way is followed."""

    title_key = "title.history"
    key_groups = ("history", "find", "modal", "app")
    BINDINGS = bindings("history", "find", "modal")

    def __init__(self, plate: str, serial: str) -> None:
        super().__init__()
        self._plate, self._serial = plate, serial
        self._vehicles: tuple[PastVehicle, ...] | None = None
        self._trouble: Text | None = None

    def body(self) -> ComposeResult:
        """Make head line, table and note."""
        yield Line(id="history-head")
        yield RowTable(lambda: None, id="attempts")
        yield Line(id="history-note")

    def on_mount(self) -> None:
        """Ask the office, and again while a print is under way."""
        self._look()
        self.set_interval(LOOK_AGAIN_S, self._look_again)

    def take_focus(self) -> None:
        """Go to the table."""
        if self._table.display:
            self._table.focus()

    @property
    def _table(self) -> RowTable:
        return self.query_one("#attempts", RowTable)

    # -- what the office knows

    def _look(self) -> None:
        self.run_worker(self._ask_office(), exclusive=True)

    def _look_again(self) -> None:
        attempts = [attempt for vehicle in self._vehicles or () for attempt in vehicle.attempts]
        if self._trouble or any(record.state == "requested" for a in attempts for record in a.prints):
            self._look()

    async def _ask_office(self) -> None:
        session = self.desk.session
        if session is None:
            return
        try:
            found = await self.desk.office.vehicles(self._plate, session.token)
        except OfficeError as error:
            self._trouble = error.text
        else:
            self._vehicles, self._trouble = tuple(v for v in found if v.plate == self._plate), None
        self.redraw()

    # -- what is shown

    def retext(self) -> None:
        """Name the columns."""
        self._table.name_columns([self.say(f"history.{column}") for column in COLUMNS])

    def redraw(self) -> None:
        """Show the attempts."""
        if not self.ready:
            return
        if not self._table.labels:
            self.retext()
        zone, language = self.desk.settings.time_zone, self.desk.language
        vehicles = self._vehicles or ()
        first = not self._table.row_count
        self._table.show([row for v in vehicles for row in _rows(v, zone, language)])
        if first and self._table.row_count:
            self._choose()
        self._table.display = bool(vehicles)
        head = self.say("history.head", plate=self._plate, count=len(vehicles)) if vehicles else self._plate
        self.query_one("#history-head", Line).put(Content(head))
        self.query_one("#history-note", Line).put(Content(self._note()))

    def _choose(self) -> None:
        """Begin with the inspection by which the vehicle was found."""
        keys = self._table.keys
        wanted = next((n for n, key in enumerate(keys) if key.startswith(f"{self._serial} ")), 0)
        self._table.move_to(wanted)

    def _note(self) -> str:
        if self._trouble:
            return "✗ " + self._trouble.in_(self.desk.language)
        if self._vehicles is None:
            return self.say("search.asking")
        return "" if self._vehicles else self.say("search.nothing", wanted=self._plate)

    # -- what is done with it

    @property
    def _chosen(self) -> tuple[PastVehicle, PastAttempt | None] | None:
        serial, _, number = (self._table.cursor_key or "").partition(" ")
        vehicle = next((v for v in self._vehicles or () if v.serial == serial), None)
        attempt = next((a for a in vehicle.attempts if str(a.number) == number), None) if vehicle else None
        return (vehicle, attempt) if vehicle else None

    @on(RowTable.Selected)
    def action_details(self) -> None:
        """Show the chosen inspection whole."""
        if self._chosen:
            self.run_worker(self._show_whole(self._chosen[0].serial), exclusive=True)

    async def _show_whole(self, serial: str) -> None:
        session = self.desk.session
        if session is None:
            return
        try:
            found = await self.desk.office.inspection(serial, session.token)
        except OfficeError as error:
            self.desk.tell("error", error.text)
            return
        self.app.push_screen(DetailsScreen(serial, found))

    def action_print_again(self) -> None:
        """Print the chosen attempt's report once more."""
        if self._chosen:
            vehicle, attempt = self._chosen
            number = attempt.number if attempt and attempt.report_no else None
            self.run_worker(self._print(vehicle.serial, number), exclusive=True)

    async def _print(self, serial: str, attempt: int | None) -> None:
        if await print_again(self.desk, serial, attempt):
            await self._ask_office()

    def action_open_report(self) -> None:
        """Open the chosen attempt's report."""
        if self._chosen:
            vehicle, attempt = self._chosen
            number = attempt.number if attempt and attempt.report_no else None
            self.run_worker(open_report(self.desk, vehicle.serial, number), group="paper", exclusive=True)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)


def _rows(vehicle: PastVehicle, zone: str, language: Language) -> list[tuple[str, list[str | Cell]]]:
    when, number = day_and_time(vehicle.keys_taken_at, zone), short_serial(vehicle.serial)
    if not vehicle.attempts:
        return [(f"{vehicle.serial} 0", [when, number, "", state_word(language, vehicle.state), "", ""])]
    return [
        (f"{vehicle.serial} {attempt.number}", [when, number, str(attempt.number), *_cells(vehicle, attempt, language)])
        for attempt in reversed(vehicle.attempts)
    ]


def _cells(vehicle: PastVehicle, attempt: PastAttempt, language: Language) -> list[str | Cell]:
    if attempt.conclusion is None:
        return [state_word(language, vehicle.state), "", ""]
    outcome = Outcome(attempt.conclusion)
    conclusion = Cell(outcome_word(language, outcome), STYLES[outcome])
    prints = prints_words(attempt.prints).in_(language) if attempt.report_no else say(language, "print.none")
    return [conclusion, attempt.report_no or "", prints]
