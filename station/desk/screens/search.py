"""Search by any part of plate, VIN or number: where is it, why does it wait, how long still."""

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from station.bus.messages import InspectionSnapshot
from station.desk.answers import answer, past_answer
from station.desk.frame import DeskScreen
from station.desk.keymap import bindings
from station.desk.lines import Line
from station.desk.office import SHORTEST, OfficeError, PastVehicle
from station.desk.screens.details import DetailsScreen
from station.desk.screens.register import RegisterScreen
from station.desk.view import in_order, matches
from station.desk.words import short_serial
from station.desk.wrapping import wrapped
from station.model.inspection import State
from station.model.text import Text

MARGIN = 5
"""Cells beside a hit: its margins, a scroll bar, and what a second line is set in by."""
ASK_AFTER_S = 0.25
"""So long after the last key the office is asked."""


class SearchScreen(DeskScreen[None]):
    """Vehicles in the station first, answered from what the desk knows; below them those of the past, by the office."""

    title_key = "title.search"
    key_groups = ("search", "app")
    BINDINGS = bindings("search")

    def __init__(self) -> None:
        super().__init__()
        self._past: tuple[PastVehicle, ...] = ()
        self._trouble: Text | None = None
        self._asked = ""
        self._drawn: list[tuple[str, str]] = []
        self._drawn_room = 0

    def body(self) -> ComposeResult:
        """Make the field, the hits, and the line that says why there are none."""
        yield Input(id="wanted", compact=True, max_length=32)
        yield OptionList(id="hits", compact=True, markup=False)
        yield Line(id="search-note")

    def on_mount(self) -> None:
        """Take what was typed before this screen was there."""
        self._ask_soon = self.set_timer(ASK_AFTER_S, self._ask, pause=True)
        self.set_focus(self._field)
        self.desk.open_gate()

    @property
    def _field(self) -> Input:
        return self.query_one("#wanted", Input)

    @property
    def _hits(self) -> OptionList:
        return self.query_one("#hits", OptionList)

    @property
    def _wanted(self) -> str:
        return self._field.value.strip()

    def retext(self) -> None:
        """Put the field's words into the language of the moment."""
        self._field.placeholder = self.say("search.placeholder")

    # -- what is found

    @on(Input.Changed, "#wanted")
    def typed(self) -> None:
        """Look among the vehicles here at once, and ask the office when the typing pauses."""
        self._past, self._trouble = (), None
        self._ask_soon.stop()
        self._ask_soon = self.set_timer(ASK_AFTER_S, self._ask)
        self.redraw()

    def _ask(self) -> None:
        if len(self._wanted) >= SHORTEST:
            self.run_worker(self._ask_office(self._wanted), exclusive=True)

    async def _ask_office(self, wanted: str) -> None:
        session = self.desk.session
        if session is None:
            return
        past: tuple[PastVehicle, ...] = ()
        trouble = None
        try:
            past = await self.desk.office.vehicles(wanted, session.token)
        except OfficeError as error:
            trouble = error.text
        if wanted == self._wanted:
            self._past, self._trouble, self._asked = past, trouble, wanted
            self.redraw()

    def _here(self) -> list[InspectionSnapshot]:
        wanted = self._wanted
        found = [v for v in self.desk.board.vehicles.values() if matches(v, wanted)] if wanted else []
        # What people read off a car is its plate: those hits come first.
        return sorted(in_order(found), key=lambda v: wanted.upper() not in v.plate.upper())

    def redraw(self) -> None:
        """Show the hits; the chosen one stays chosen."""
        here = self._here()
        shown = [(v.serial, self._here_line(v)) for v in here]
        present = {v.serial for v in here}
        shown += [(p.serial, self._past_line(p)) for p in self._past if p.serial not in present]
        if (shown, self._room) != (self._drawn, self._drawn_room):
            self._show(shown)
        self.query_one("#search-note", Line).put(Content(self._note(bool(shown))))

    def _show(self, shown: list[tuple[str, str]]) -> None:
        hits, chosen = self._hits, self._chosen
        self._drawn, self._drawn_room = shown, self._room
        hits.clear_options()
        hits.add_options([Option("\n  ".join(wrapped(line, self._room)), id=serial) for serial, line in shown])
        serials = [serial for serial, _ in shown]
        hits.highlighted = serials.index(chosen) if chosen in serials else (0 if shown else None)

    @property
    def _room(self) -> int:
        return self.app.size.width - MARGIN

    def _here_line(self, snapshot: InspectionSnapshot) -> str:
        said = answer(snapshot, self.desk.board, self.desk.settings.clock.now()).in_(self.desk.language)
        return f"● {short_serial(snapshot.serial)} {snapshot.plate or '—'}  {said}"

    def _past_line(self, past: PastVehicle) -> str:
        said = past_answer(past, self.desk.settings.time_zone).in_(self.desk.language)
        return f"○ {short_serial(past.serial)} {past.plate}  {said}"

    def _note(self, found: bool) -> str:
        if self._trouble:
            return "✗ " + self._trouble.in_(self.desk.language)
        if not self._wanted:
            return self.say("search.explain")
        if len(self._wanted) < SHORTEST:
            return self.say("search.short", least=SHORTEST)
        if self._asked != self._wanted:
            return self.say("search.asking")
        return "" if found else self.say("search.nothing", wanted=self._wanted)

    # -- what is done with it

    @property
    def _chosen(self) -> str | None:
        index = self._hits.highlighted
        return self._drawn[index][0] if index is not None and index < len(self._drawn) else None

    def action_move(self, step: int) -> None:
        """Choose the next hit up or down, while the field goes on to take letters."""
        if step > 0:
            self._hits.action_cursor_down()
        else:
            self._hits.action_cursor_up()

    def action_open_hit(self) -> None:
        """Open the chosen hit, once the field has taken what was typed before the Enter."""
        self.after_typing(self._open)

    @on(OptionList.OptionSelected)
    def clicked(self) -> None:
        """Open the hit that was clicked."""
        self._open()

    def _open(self) -> bool:
        self.redraw()
        chosen = self._chosen
        snapshot = self.desk.board.vehicles.get(chosen or "")
        past = next((p for p in self._past if p.serial == chosen), None)
        if snapshot and snapshot.inspection.state is State.ARRIVED:
            self.app.push_screen(RegisterScreen(snapshot.serial))
        elif snapshot:
            self.app.push_screen(DetailsScreen(snapshot.serial))
        elif past:
            self.desk.show_history(past.plate, past.serial)
        return True

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)
