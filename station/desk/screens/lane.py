"""The lane as it is now: every bay, what its driver must do, and the live readings of the one that is chosen."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import ContentSwitcher, Digits

from station.bus.messages import BayState, Prompt
from station.desk.bayview import bay_rows, prompt_of, rig_of, spaced
from station.desk.frame import DeskScreen
from station.desk.keymap import bindings
from station.desk.lines import Line
from station.desk.panels import BrakePanel, SmokePanel
from station.desk.readings import ExhaustPanel, LampPanel
from station.desk.rowtable import RowTable
from station.desk.trace import Trace
from station.desk.words import item_word
from station.model.codes import ITEM_STAGES

COLUMNS = ("bay", "stage", "rig", "plate", "item", "phase", "minutes", "prompt")
WIDE = 100
"""On a narrower screen the phase is left out: the prompt says as much."""
COUNTDOWN_EVERY_S = 0.25
PANELS = {"brake": "brake", "gas": "exhaust", "smoke": "smoke", "lamp": "lamp"}
"""Which panel is for which kind of rig."""


class LaneScreen(DeskScreen[None]):
    """The bays, live. The live readings are subscribed to only while this screen is open."""

    title_key = "title.lane"
    key_groups = ("back", "main", "find", "app")
    types_ahead = True
    BINDINGS = bindings("back", "main", "find")

    def __init__(self) -> None:
        super().__init__()
        self._follows = True

    def body(self) -> ComposeResult:
        """Make the table of bays, the prompt, and a panel for each kind of rig."""
        yield RowTable(self._show_bay, id="bays")
        yield Line(id="empty")
        with Horizontal(id="prompt"):
            yield Line(id="prompt-text")
            yield Digits("", id="countdown")
        with ContentSwitcher(id="panels", initial="no-rig"):
            yield BrakePanel()
            yield SmokePanel()
            yield ExhaustPanel(id="exhaust", classes="panel")
            yield LampPanel(id="lamp", classes="panel")
            yield Line(id="no-rig")

    def on_mount(self) -> None:
        """Begin to receive live readings and to count down."""
        self.desk.link.subscribe(self.desk.board.topics.live(), self.desk.board.on_live, qos=0)
        self.set_interval(COUNTDOWN_EVERY_S, self._count_down)
        self._table.focus()

    def on_unmount(self) -> None:
        """Receive no more live readings."""
        self.desk.link.unsubscribe(self.desk.board.topics.live())
        self.desk.board.traces.clear()

    @property
    def _table(self) -> RowTable:
        return self.query_one("#bays", RowTable)

    def retext(self) -> None:
        """Name the columns."""
        self._table.name_columns([self.say(f"lane.{column}") for column in self._columns])

    @property
    def _columns(self) -> list[str]:
        return [column for column in COLUMNS if column != "phase" or self.size.width >= WIDE]

    def redraw(self) -> None:
        """Show bays, prompt and live readings."""
        columns = self._columns
        if len(self._table.labels) != len(columns):
            self.retext()
        rows = bay_rows(self.desk.board, self.desk.settings.clock.now(), self.desk.language)
        self._table.show([(row.bay, [getattr(row, column) for column in columns]) for row in rows])
        empty = self.query_one("#empty", Line)
        empty.display = not rows
        empty.put(Content(self.say("lane.empty")))
        self._follow()
        self._show_bay()

    # -- which bay

    @property
    def _bays(self) -> tuple[BayState, ...]:
        return self.desk.board.state.bays if self.desk.board.state else ()

    @property
    def _bay(self) -> BayState | None:
        key = self._table.cursor_key
        return next((bay for bay in self._bays if bay.bay == key), None)

    def _follow(self) -> None:
        """Go to a bay in which something is measured, until somebody has chosen one."""
        if not self._follows or (self._bay and self._bay.run):
            return
        busy = next((index for index, bay in enumerate(self._bays) if bay.run), None)
        if busy is not None:
            self._table.move_to(busy)

    def on_key(self) -> None:
        """Stop following as soon as somebody moves about in the table."""
        self._follows = False

    # -- the chosen bay

    def _show_bay(self) -> None:
        bay, state = self._bay, self.desk.board.state
        prompt = prompt_of(self.desk.board, bay) if bay else None
        self._show_prompt(prompt)
        rig = rig_of(state, bay) if bay and state else None
        panels = self.query_one("#panels", ContentSwitcher)
        panels.current = PANELS[rig.kind] if rig else "no-rig"
        trace = self._trace(bay)
        match panels.current:
            case "brake":
                self.query_one(BrakePanel).show(trace)
            case "smoke":
                self.query_one(SmokePanel).show(trace)
            case "exhaust":
                self.query_one(ExhaustPanel).show(trace)
            case "lamp":
                self.query_one(LampPanel).show(trace, prompt.target if prompt else {})
        self.query_one("#no-rig", Line).put(Content(self._no_rig(bay)))

    def _no_rig(self, bay: BayState | None) -> str:
        """Return what stands where a bay without rig has no curve: how far the vehicle's items are."""
        vehicle = self.desk.board.vehicles.get(bay.serial or "") if bay else None
        if bay is None or vehicle is None:
            return self.say("lane.no_rig") if bay else ""
        items = [item for item in vehicle.inspection.current_items() if ITEM_STAGES[item.code] == bay.stage]
        return "\n".join(f"{self.say(f'item.{i.state}')}  {item_word(self.desk.language, i.code)}" for i in items)

    def _trace(self, bay: BayState | None) -> Trace | None:
        return self.desk.board.traces.get(bay.rig) if bay and bay.rig else None

    def _show_prompt(self, prompt: Prompt | None) -> None:
        box, words = self.query_one("#prompt"), self.query_one("#prompt-text", Line)
        box.border_title = (prompt.plate or "") if prompt else ""
        if prompt is None:
            words.put(Content(self.say("lane.no_prompt")))
            self.query_one("#countdown", Digits).update("")
            return
        large = Content.styled(spaced(prompt.text.in_(self.desk.language)), "bold")
        detail = prompt.detail.in_(self.desk.language) if prompt.detail else ""
        words.put(large + Content(f"\n{detail}"))
        self._count_down()

    def _count_down(self) -> None:
        bay = self._bay
        prompt = prompt_of(self.desk.board, bay) if bay else None
        left = self.desk.board.seconds_left(prompt) if prompt else None
        self.query_one("#countdown", Digits).update("" if left is None else str(left))
