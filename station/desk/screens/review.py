"""Review and sign: what is unusual first, then everything, then the signature."""

from rich.text import Text as Cell
from textual import on
from textual.app import ComposeResult
from textual.content import Content

from station.bus.messages import InspectionSnapshot, ReviewSendBack, ReviewSign
from station.desk.anomalies import anomalies
from station.desk.details import progress_cell
from station.desk.detailspane import DetailsPane
from station.desk.frame import DeskScreen
from station.desk.kept import Kept
from station.desk.keymap import bindings
from station.desk.lines import Line
from station.desk.papers import prints_words
from station.desk.printing import open_report
from station.desk.rowtable import RowTable
from station.desk.screens.confirm import ConfirmScreen
from station.desk.screens.details import DetailsScreen
from station.desk.screens.send_back import SendBackScreen
from station.desk.view import in_order, row_of
from station.desk.words import outcome_text, short_serial, text
from station.model.inspection import State
from station.model.text import Text
from station.model.verdict import Outcome

COLUMNS = ("number", "plate", "attempt", "minutes", "verdict", "anomalies")


class ReviewScreen(DeskScreen[None]):
    """The vehicles that wait for the authorised signatory."""

    title_key = "title.review"
    key_groups = ("review", "back", "main", "find", "app")
    BINDINGS = bindings("review", "back", "main", "find")

    def __init__(self) -> None:
        super().__init__()
        self._signed: str | None = None
        self._found: Kept[InspectionSnapshot, list[Text]] = Kept()

    def body(self) -> ComposeResult:
        """Make the table of vehicles, the line of the last signature, and the pane of the highlighted vehicle."""
        yield RowTable(self._redraw_details, id="reviews")
        yield Line(id="empty")
        yield Line(id="signed")
        yield DetailsPane(id="details")

    def take_focus(self) -> None:
        """Go to the table."""
        if self._table.display:
            self._table.focus()

    @property
    def _table(self) -> RowTable:
        return self.query_one("#reviews", RowTable)

    @property
    def chosen(self) -> InspectionSnapshot | None:
        """Return the highlighted vehicle."""
        return self.desk.board.vehicles.get(self._table.cursor_key or "")

    @property
    def _signer(self) -> str:
        return self.desk.session.staff if self.desk.session else ""

    def _anomalies(self, snapshot: InspectionSnapshot) -> list[Text]:
        catalogue, signer = self.desk.board.catalogue, self._signer
        also = (signer, catalogue.sha256 if catalogue else "")
        return self._found.get(snapshot.serial, snapshot, also, lambda: anomalies(snapshot, signer, catalogue))

    def retext(self) -> None:
        """Name the columns."""
        self._table.name_columns([self.say(f"review.column_{column}") for column in COLUMNS])

    def redraw(self) -> None:
        """Show the vehicles in review."""
        waiting = [v for v in self.desk.board.vehicles.values() if v.inspection.state is State.REVIEW]
        if not self._table.labels:
            self.retext()
        self._table.show([(v.serial, self._cells(v)) for v in in_order(waiting)])
        self._table.display = bool(waiting)
        empty = self.query_one("#empty", Line)
        empty.display = not waiting
        empty.put(Content(self.say("review.empty")))
        self._redraw_signed()
        self._redraw_details()

    def _cells(self, snapshot: InspectionSnapshot) -> list[str | Cell]:
        row = row_of(snapshot, self.desk.settings.clock.now(), self.desk.language)
        count = len(self._anomalies(snapshot))
        return [
            row.number,
            row.plate,
            str(snapshot.inspection.attempt),
            Cell(row.minutes, justify="right"),
            progress_cell(row.progress, self.desk.language),
            f"! {count}" if count else "0",
        ]

    def _redraw_details(self) -> None:
        snapshot, language = self.chosen, self.desk.language
        found = [f"! {line.in_(language)}" for line in self._anomalies(snapshot)] if snapshot else []
        title = self.say("review.look_at", count=len(found)) if found else self.say("review.nothing")
        self.query_one(DetailsPane).show(snapshot, language, self.desk.board.catalogue, [title, *found, ""])

    def _redraw_signed(self) -> None:
        line, words = self.query_one("#signed", Line), self._signed_words()
        line.display = bool(words)
        line.put(Content(words.in_(self.desk.language) if words else ""))

    def _signed_words(self) -> Text | None:
        snapshot = self.desk.board.vehicles.get(self._signed or "")
        signed = [a for a in snapshot.inspection.attempts if a.report_no] if snapshot else []
        if snapshot is None or not signed:
            return None
        last = signed[-1]
        if not last.report_sha256:
            return text("review.report_coming", report=last.report_no, plate=snapshot.plate)
        prints = prints_words(last.prints)
        return text("review.report_ready", report=last.report_no, plate=snapshot.plate, prints=prints)

    @on(RowTable.Selected)
    def action_details(self) -> None:
        """Show the vehicle over the whole screen."""
        if self.chosen:
            self.app.push_screen(DetailsScreen(self.chosen.serial))

    # -- signing

    def action_sign(self) -> None:
        """Sign the highlighted vehicle's result, once the signatory has confirmed what is signed."""
        chosen = self.chosen
        if chosen is None:
            return
        question = text(
            "review.sign_question",
            number=short_serial(chosen.serial),
            plate=chosen.plate,
            conclusion=outcome_text(Outcome(chosen.inspection.conclude())),
            count=len(self._anomalies(chosen)),
        )
        self.app.push_screen(ConfirmScreen(question), lambda yes: self._sign(chosen.serial, yes))

    def _sign(self, serial: str, yes: bool | None) -> None:
        if yes:
            self.run_worker(self._send_signature(serial), exclusive=True)

    async def _send_signature(self, serial: str) -> None:
        reply = await self.desk.order(ReviewSign(serial=serial))
        if reply and reply.accepted:
            self._signed = serial
            self.redraw()

    def action_send_back(self) -> None:
        """Have items of the highlighted vehicle done again."""
        if self.chosen:
            self.app.push_screen(SendBackScreen(self.chosen.inspection), self._send_back)

    def _send_back(self, command: ReviewSendBack | None) -> None:
        if command:
            self.run_worker(self.desk.order(command), exclusive=True)

    def action_open_report(self) -> None:
        """Open the report that was signed last."""
        snapshot = self.desk.board.vehicles.get(self._signed or "")
        attempt = snapshot.inspection.attempt if snapshot else None
        self.run_worker(open_report(self.desk, self._signed or "", attempt), group="paper", exclusive=True)
