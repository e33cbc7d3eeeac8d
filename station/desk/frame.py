"""What every screen of the desk has around it: status line, banner, message bar, key bar."""

from collections.abc import Callable
from contextlib import suppress
from typing import ClassVar, TypeVar, cast

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.css.query import NoMatches
from textual.screen import Screen

from station.desk.core import DeskCore
from station.desk.keymap import Key, keys
from station.desk.lines import Line, Say, desk_of
from station.desk.status import status_words
from station.desk.words import say
from station.desk.wrapping import wrapped

Result = TypeVar("Result")
Entries = list[tuple[Key, str]]
MOST_LINES = 4
"""Of the banner: the rest of the screen is needed too."""


class StatusBar(Line):
    """The top line: station, screen, who is logged in, whether the line is there."""

    steady = True

    def show(self, title: str) -> None:
        """Draw the line for a screen of that title."""
        desk = desk_of(self)
        left = f" {desk.station_name()} › {title}"
        parts = status_words(desk)
        # On a narrow screen the counters go first: what a clerk must know stands behind them.
        while len(parts) > 1 and cell_len(left) + sum(cell_len(p) + 2 for p in parts) > self.size.width:
            parts = parts[1:]
        right = "  ".join(parts) + " "
        room = max(1, self.size.width - cell_len(left) - cell_len(right))
        self.put(Content(left + " " * room + right))


class Banner(Line):
    """What is wrong right now; not there when nothing is."""

    steady = True

    def show(self, lines: list[str]) -> None:
        """Show these lines, whole ones only; what has no room is counted."""
        self.display = bool(lines)
        broken = [wrapped(f"✗ {line}", self.app.size.width - 2) for line in lines]
        self.put(Content("\n".join(self._fitting(broken))))

    def _fitting(self, broken: list[list[str]]) -> list[str]:
        if sum(map(len, broken)) <= MOST_LINES:
            return [part for one in broken for part in one]
        if len(broken) == 1:
            return broken[0][:MOST_LINES]
        shown, count = broken[0][: MOST_LINES - 1], 1
        while len(shown) + len(broken[count]) < MOST_LINES:
            shown = [*shown, *broken[count]]
            count += 1
        return [*shown, say(desk_of(self).language, "trouble.more", count=len(broken) - count)]


class MessageBar(Line):
    """The last thing that the desk had to say; docked, because toasts over Chinese text lose characters."""

    steady = True

    def show(self, level: str, words: str) -> None:
        """Show a message; the sign says the level without colour."""
        sign = {"ok": "✓ ", "error": "✗ ", "busy": "… "}.get(level, "")
        self.set_classes(f"-{level}")
        self.put(Content("\n".join(f" {line}" for line in wrapped(f"{sign}{words}", self.app.size.width - 1))))


class KeyBar(Line):
    """The keys of the screen; those that do not fit stand in the help (F1)."""

    steady = True
    _shown: tuple[Entries, Entries, int] | None = None

    def show(self, own: Entries, always: Entries) -> None:
        """Show keys and labels, as many of the screen's own as there is room for; a click does the same as the key."""
        if self._shown == (own, always, self.size.width):
            return
        self._shown = (own, always, self.size.width)
        room = self.size.width - 1 - sum(_width(entry) for entry in always)
        shown: Entries = []
        for entry in own:
            room -= _width(entry)
            if room < 0:
                break
            shown.append(entry)
        parts = [f"[@click={key.action}][bold $accent]{key.display}[/] {label}[/]" for key, label in [*shown, *always]]
        self.put(Content.from_markup(" " + "  ".join(parts)))


def _width(entry: tuple[Key, str]) -> int:
    key, label = entry
    return cell_len(key.display) + cell_len(label) + 3


class DeskScreen(Screen[Result]):
    """A screen of the desk. ``title_key`` names it, ``key_groups`` are its keys in the order of the key bar.

    ``types_ahead``: no letter is a key here, so a letter or digit that is typed begins a search.
    """

    AUTO_FOCUS = ""
    title_key: ClassVar[str] = ""
    types_ahead: ClassVar[bool] = False
    key_groups: ClassVar[tuple[str, ...]] = ("app",)

    @property
    def desk(self) -> DeskCore:
        """Return the application."""
        return cast(DeskCore, self.app)

    def say(self, key: str, **values: object) -> str:
        """Return a sentence in the language of the moment."""
        return say(self.desk.language, key, **values)

    def compose(self) -> ComposeResult:
        """Put the frame around ``body``."""
        yield StatusBar(id="status")
        yield Banner(id="banner")
        with Vertical(id="body"):
            yield from self.body()
        yield MessageBar(id="message")
        yield KeyBar(id="keybar")

    def body(self) -> ComposeResult:
        """Make what stands between banner and message bar."""
        yield from ()

    def redraw(self) -> None:
        """Show the newest data: called at most ten times a second, when something has changed."""

    def retext(self) -> None:
        """Put labels that are not ``Say`` into the language of the moment."""

    def labelled(self, *groups: str) -> Entries:
        """Return the shown keys of some groups with their labels."""
        return [(key, self.say(f"key.{key.id}")) for key in keys(*groups) if key.show]

    def help_keys(self) -> list[tuple[str, str]]:
        """Return every key of the screen with its explanation, for the help."""
        own = [(key.display, self.say(f"help.{key.id}")) for key in keys(*self.key_groups)]
        return own + [(key.display, label) for key, label in self.desk.extra_keys()]

    def palette_keys(self) -> tuple[Key, ...]:
        """Return the keys that the command palette offers here."""
        return tuple(key for key in keys(*self.key_groups) if key.palette)

    def on_screen_resume(self) -> None:
        """Come up in the right language, with the newest data."""
        self.call_after_refresh(self.renew)

    def on_resize(self) -> None:
        """Draw what depends on the width again."""
        self.call_after_refresh(self.draw_all)

    @property
    def ready(self) -> bool:
        """Return whether there is anything to draw on: not before it is made, not while it is taken down."""
        return self.is_running and self.is_attached and bool(self.query(KeyBar))

    def after_typing(self, done: Callable[[], bool]) -> None:
        """Do something once the focused field has taken every key typed before; keys typed after it wait meanwhile.

        ``done`` sets the focus itself, with ``set_focus``, so that what waited goes where it belongs; it returns
        False when the keys have to wait on, for an answer say.
        """
        self.desk.gate.shut()

        def then() -> None:
            if done():
                self.desk.open_gate()

        (self.focused or self).call_later(then)

    def renew(self) -> None:
        """Draw everything again: labels, frame and data."""
        if not self.ready:
            return
        # While it is put up or taken down, parts of it are there and parts are not: the next draw finds them all.
        with suppress(NoMatches):
            for label in self.query(Say):
                label.retext()
            self.retext()
            self.draw_all()

    def draw_all(self) -> None:
        """Draw frame and data."""
        if not self.ready:
            return
        try:
            self.draw_frame()
            self.redraw()
        except NoMatches:
            self.desk.board.changed = True
            return
        if self.focused is None and self.is_active:
            self.call_after_refresh(self.take_focus)

    def take_focus(self) -> None:
        """Put the focus back where it belongs: an empty table is hidden, and what is hidden cannot have it."""

    def draw_frame(self) -> None:
        """Draw the four bars."""
        if not self.ready:
            return
        self.query_one(StatusBar).show(self.say(self.title_key) if self.title_key else "")
        self.query_one(Banner).show(self.desk.banner_lines())
        self.query_one(MessageBar).show(*self.desk.message_words())
        own = [group for group in self.key_groups if group != "app"]
        self.query_one(KeyBar).show(self.labelled(*own), self.labelled("app") + self.desk.extra_keys())
