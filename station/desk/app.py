"""The front desk (前台): an application in the terminal that sees the station over MQTT only."""

import logging
from collections.abc import Callable
from typing import Any

from textual.command import CommandPalette
from textual.events import Event, Key
from textual.screen import Screen
from textual.widgets import Input

from station.bus.messages import SessionClose
from station.desk.core import DeskCore
from station.desk.frame import DeskScreen
from station.desk.keymap import bindings
from station.desk.logs import log_to
from station.desk.palette import DeskCommands
from station.desk.screens.devices import DevicesScreen
from station.desk.screens.help import HelpScreen
from station.desk.screens.history import HistoryScreen
from station.desk.screens.lane import LaneScreen
from station.desk.screens.login import LoginScreen
from station.desk.screens.queue import QueueScreen
from station.desk.screens.register import RegisterScreen
from station.desk.screens.review import ReviewScreen
from station.desk.screens.search import SearchScreen
from station.desk.session import Session
from station.desk.settings import DeskSettings

DRAW_EVERY_S = 0.1
TIDY_EVERY_S = 1.0
MINUTE_TICKS = 50
"""Draws without news, so that running minutes run: every five seconds."""


class DeskApp(DeskCore):
    """The desk. Handlers of the link only store; what is stored is drawn at most ten times a second."""

    CSS_PATH = "desk.tcss"
    TITLE = "Cloud Inspection"
    BINDINGS = bindings("app")
    COMMANDS = {DeskCommands}  # noqa: RUF012  # the type that Textual declares

    def __init__(self, settings: DeskSettings) -> None:
        super().__init__(settings)
        self._ticks = 0
        self._extras: dict[str, Screen[Any]] = {}
        for extra in settings.extra_bindings:
            self.bind(extra.key, f"extra('{extra.screen}')", description=extra.screen, show=False)

    # -- life

    async def on_mount(self) -> None:
        """Connect, draw, and show the first screens."""
        self._log_handler = log_to(self.settings.log_path)
        await self.link.start()
        self.set_interval(DRAW_EVERY_S, self._draw)
        self.tidy.begin()
        self.set_interval(TIDY_EVERY_S, self.tidy.look)
        await self.push_screen(LoginScreen())
        if self.settings.start_screen:
            await self.action_extra(self.settings.start_screen)

    async def on_unmount(self) -> None:
        """Say that this desk is gone, and disconnect in order."""
        self.tidy.end()
        await self.hang_up()
        logging.getLogger().removeHandler(self._log_handler)
        self._log_handler.close()

    def _draw(self) -> None:
        self._ticks += 1
        if not self.board.changed and self._ticks % MINUTE_TICKS:
            return
        self.board.changed = False
        for screen in self.screen_stack:
            # A screen under a modal one is still seen, and current.
            if isinstance(screen, DeskScreen) and screen.is_current:
                screen.draw_all()

    # -- keys

    async def on_event(self, event: Event) -> None:
        """Hold keys back while the gate is shut, and begin a search with a letter where no letter is a key."""
        if isinstance(event, Key) and not event.is_forwarded:
            self.tidy.typed()
            if self.gate.keeps(event) or self._searches(event):
                return
        await super().on_event(event)

    def _searches(self, key: Key) -> bool:
        screen = self.screen
        ahead = isinstance(screen, DeskScreen) and screen.types_ahead and not isinstance(self.focused, Input)
        if not ahead or not (key.character and key.character.isalnum()):
            return False
        self.gate.shut(first=key)
        self.push_screen(SearchScreen())
        return True

    # -- moving about

    async def start_session(self, session: Session) -> None:
        """Show the queue to a person who has logged in."""
        self.session = session
        await self._home()
        await self.switch_screen(QueueScreen())
        self.open_gate()

    async def action_log_out(self) -> None:
        """End the session; the desk shows the log-in again."""
        self.run_worker(self._log_out(), exclusive=True)

    async def _log_out(self) -> None:
        if self.session and await self.order(SessionClose()):
            await self.show_login()

    def log_in(self, session: Session) -> None:
        """Show the queue once the log-in screen has done its work."""
        self.call_later(self.start_session, session)

    async def show_login(self) -> None:
        """Forget the session and show the log-in."""
        self.session = None
        self.gate.drop()
        await self._home()
        await self.switch_screen(LoginScreen())

    async def _home(self) -> None:
        # The bottom of the stack is Textual's own blank screen, above it stands the log-in or the queue.
        while len(self.screen_stack) > 2:
            await self.pop_screen()

    async def action_go(self, name: str) -> None:
        """Show one of the main screens over the queue."""
        if self.session is None:
            return
        await self._home()
        screens: dict[str, Callable[[], Screen[Any]]] = {
            "register": RegisterScreen,
            "lane": LaneScreen,
            "review": ReviewScreen,
            "devices": DevicesScreen,
        }
        if name in screens:
            await self.push_screen(screens[name]())

    async def action_search(self) -> None:
        """Search by any part of plate or VIN: typed, or scanned."""
        if self.session is None or isinstance(self.screen, SearchScreen):
            return
        self.gate.shut()
        await self._home()
        self.push_screen(SearchScreen())

    def show_history(self, plate: str, serial: str) -> None:
        """Show every inspection of a plate, beginning with one."""
        self.push_screen(HistoryScreen(plate, serial))

    async def action_extra(self, name: str) -> None:
        """Show an extra screen, or leave it when it is on top."""
        if self._extras.get(name) is self.screen:
            await self.pop_screen()
            return
        self._extras[name] = self.settings.extra_screens[name]()
        await self.push_screen(self._extras[name])

    def action_language(self) -> None:
        """Switch between Chinese and English, at once and everywhere."""
        self.language = "en" if self.language == "zh" else "zh"
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen):
                screen.renew()

    def action_help(self) -> None:
        """Show every key of the screen."""
        if isinstance(self.screen, DeskScreen):
            self.push_screen(HelpScreen(self.screen.help_keys()))

    def action_command_palette(self) -> None:
        """Show the command palette with its prompt in the right language."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder=self.say("palette.prompt")))

    def palette_commands(self, screen: Screen[Any]) -> list[tuple[str, str, str]]:
        """Return name, help and action of what the palette offers on a screen."""
        chosen = screen.palette_keys() if isinstance(screen, DeskScreen) else ()
        own = [(self.say(f"key.{k.id}"), self.say(f"help.{k.id}"), k.action) for k in chosen]
        return own + [(label, key.display, key.action) for key, label in self.extra_keys()]
