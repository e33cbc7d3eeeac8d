"""The demo's first screen: what this is, where everything is, what to try, and how to break it."""

from typing import ClassVar

from rich.table import Table
from rich.text import Text as Cell
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from station.bus.messages import InspectionSnapshot
from station.cli.demo_guide import STEPS, Guide
from station.cli.demo_trials import Trials
from station.cli.words import catalogue, say
from station.desk.frame import Banner, DeskScreen, Entries
from station.desk.keymap import Key
from station.desk.view import Progress, in_order, row_of
from station.desk.words import SIGNS, STYLES
from station.desk.wrapping import wrapped

KEYS = (
    Key("demo.plug", "p,P", "screen.plug"),
    Key("demo.kill", "k,K", "screen.kill"),
    Key("demo.tamper", "t,T", "screen.tamper"),
    Key("demo.language", "l,L", "app.language", show=False),
    Key("demo.leave", "escape", "screen.leave"),
)
TRIALS = ("plug", "kill", "tamper")
TALL, ROOMY, WIDE = 34, 28, 100
"""From these heights on there are lines between the answers, and every trial's answer is shown whole, not the latest
only; from this width on the vehicles have their number and their minutes."""

AIRY = 12
"""From this height on of their pane there are lines between the steps."""
SIGN, MARGIN = 2, 4
"""Cells that a sign takes before the words, and with it the edges of the screen."""


class DemoScreen(DeskScreen[None]):
    """Draws what guide and trials say; both live on when this screen is closed.

    Args:
        guide: the tour with one's own car.
        trials: what can be broken.
        facts: values for the sentences: addresses, numbers, folder.
    """

    CSS_PATH = "demo.tcss"
    title_key = "title.demo"
    key_groups = ("app",)
    BINDINGS: ClassVar = [key.binding() for key in KEYS]

    def __init__(self, guide: Guide, trials: Trials, facts: dict[str, object]) -> None:
        super().__init__()
        self._guide, self._trials, self._facts = guide, trials, facts

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of the demo, or else of the desk, in the language of the moment."""
        if key in catalogue().keys():  # noqa: SIM118  # a catalogue, no mapping
            return say(self.desk.language, key, **values)
        return super().say(key, **values)

    def labelled(self, *groups: str) -> Entries:
        """Return the keys of this screen, which no group of the desk has, or those of groups."""
        if groups:
            return super().labelled(*groups)
        return [(key, self.say(f"key.{key.id}")) for key in KEYS if key.show]

    def help_keys(self) -> list[tuple[str, str]]:
        """Return every key with its explanation, for the help."""
        return [(key.display, self.say(f"help.{key.id}")) for key in KEYS] + super().help_keys()

    def body(self) -> ComposeResult:
        """Make the four parts."""
        yield Static(id="demo-intro", markup=False)
        yield Static(id="demo-places", markup=False)
        with Horizontal(id="demo-middle"):
            yield Static(id="demo-steps", markup=False)
            yield Static(id="demo-cars", markup=False)
        yield Static(id="demo-trials", markup=False)

    @property
    def ready(self) -> bool:
        """Return whether there is anything to draw on: what stands in the middle is made last."""
        return super().ready and bool(self.query("#demo-cars"))

    def on_resize(self) -> None:
        """Draw everything again: what is shown depends on the size."""
        super().on_resize()
        self.set_class(self._tall, "-tall")
        self.set_class(self._roomy, "-roomy")
        self.call_after_refresh(self.renew)

    def draw_frame(self) -> None:
        """Draw the bars; while everything starts, a line that has not reported yet is no trouble."""
        super().draw_frame()
        if self.desk.board.broker_online and self.desk.board.state is None:
            self.query_one(Banner).display = False

    def retext(self) -> None:
        """Put the headings and what never changes into the language of the moment."""
        for part in ("steps", "cars", "trials"):
            self.query_one(f"#demo-{part}").border_title = self.say(f"heading.{part}")
        self.query_one("#demo-intro", Static).update(self.say("intro", **self._facts))
        places = self._grid(2)
        for row in ("pages", "bus", "staff"):
            places.add_row(Cell(self.say(f"label.{row}"), "bold"), self.say(f"place.{row}", **self._facts))
        self.query_one("#demo-places", Static).update(places)

    def redraw(self) -> None:
        """Show the newest of guide, vehicles and trials."""
        self.query_one("#demo-steps", Static).update(self._steps())
        self.query_one("#demo-cars", Static).update(self._cars())
        answers = self._grid(2, leading=self._tall)
        for name in TRIALS:
            words = getattr(self._trials, f"{name}_words")().in_(self.desk.language)
            whole = self._roomy or self._trials.latest == name
            answer = (
                _broken(words, self.size.width - MARGIN) if whole else Cell(words, no_wrap=True, overflow="ellipsis")
            )
            answers.add_row(Cell(name[0].upper(), "bold"), answer)
        self.query_one("#demo-trials", Static).update(answers)

    def _steps(self) -> Table:
        done = self._guide.done(self.desk.session is not None)
        current = done.index(False) if False in done else None
        pane = self.query_one("#demo-steps").size
        steps = self._grid(2, leading=pane.height >= AIRY)
        for number, (step, is_done) in enumerate(zip(STEPS, done, strict=True)):
            sign = Cell("✓", "green") if is_done else Cell("▶" if number == current else "·")
            words = _broken(self._step(step), pane.width - SIGN)
            words.stylize("bold" if number == current else "")
            if step == "register":
                own = _broken(f"\n{self._own_car()}", pane.width - SIGN)
                words.append(own.plain, "not bold" if is_done else "not bold dim")
            steps.add_row(sign, words)
        return steps

    def _step(self, step: str) -> str:
        return self.say("step.keys_failed" if step == "keys" and self._guide.failed else f"step.{step}")

    def _own_car(self) -> str:
        """Return the line below *register*: what to type, or the car that was registered."""
        car = self._guide.car
        if car and car.inspection.attempts:
            row = row_of(car, self.desk.settings.clock.now(), self.desk.language)
            key = "car.gone" if self._guide.closed else "car.here"
            return self.say(key, plate=car.plate, number=row.number, where=row.stage or row.state)
        example = self._guide.example(self.desk.board.vehicles)
        return self.say("car.type", plate=example.plate, vin=example.vin)

    def _cars(self) -> Table | Cell:
        present = in_order(list(self.desk.board.vehicles.values()))
        if not present:
            return Cell(self.say("cars.none" if self.desk.board.state else "cars.starting"), "dim")
        wide = self.size.width >= WIDE
        cars = self._grid(5 if wide else 3)
        for snapshot in sorted(present, key=lambda v: not self._is_own(v)):
            row = row_of(snapshot, self.desk.settings.clock.now(), self.desk.language)
            cells = [row.plate, row.stage or row.state]
            if wide:
                minutes = self.say("cars.minutes", minutes=row.minutes) if row.minutes else ""
                cells = [row.number, *cells, minutes]
            style = "bold" if self._is_own(snapshot) else ""
            cars.add_row(*(Cell(cell, style) for cell in cells), _so_far(row.progress))
        return cars

    def _is_own(self, snapshot: InspectionSnapshot) -> bool:
        return self._guide.car is not None and self._guide.car.serial == snapshot.serial

    @property
    def _tall(self) -> bool:
        return self.size.height >= TALL

    @property
    def _roomy(self) -> bool:
        return self.size.height >= ROOMY

    def _grid(self, columns: int, leading: bool = False) -> Table:
        """Return a table without rules: columns as wide as what stands in them, the last one takes the rest.

        What is wider than its column is broken, never cropped: in Chinese a whole sentence is one word.
        """
        table = Table(box=None, show_header=False, pad_edge=False, expand=True, padding=(0, 1, int(leading), 0))
        for number in range(columns):
            last = number == columns - 1
            table.add_column(no_wrap=not last, ratio=1 if last else None, overflow="fold")
        return table

    # -- keys

    def action_plug(self) -> None:
        """Pull the brake rig's plug, or put it in again."""
        self.app.run_worker(self._trials.pull())

    def action_kill(self) -> None:
        """Kill the line."""
        self.app.run_worker(self._trials.kill_line())

    def action_tamper(self) -> None:
        """Tamper with a copy of the ledger."""
        self.app.run_worker(self._trials.tamper())

    async def action_leave(self) -> None:
        """Go to the log-in, or back to where one was."""
        await self.app.pop_screen()


def _broken(words: str, width: int) -> Cell:
    """Return words in lines of a width, broken as Chinese is: between characters, never before a full stop."""
    return Cell("\n".join(line for part in words.split("\n") for line in wrapped(part, width)))


def _so_far(progress: Progress) -> Cell:
    """Return the worst outcome so far as a sign, and how many items are done; the word would not fit."""
    sign, style = (SIGNS[progress.worst], STYLES[progress.worst]) if progress.worst else (" ", "")
    return Cell(f"{sign} {progress.done}/{progress.planned}" if progress.planned else "", style)
