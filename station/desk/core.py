"""What every part of the desk leans on: what is known, what is said, and the commands."""

import asyncio
from abc import abstractmethod
from typing import Any

from textual.app import App
from textual.screen import Screen

from station.bus.clock import Clock
from station.bus.commands import Commander, no_answer
from station.bus.link import Link, Will
from station.bus.messages import CommandBody, Presence, Reply
from station.bus.topics import Topics
from station.desk.board import Board
from station.desk.gate import KeyGate
from station.desk.keymap import Key
from station.desk.moments import clock_time
from station.desk.office import Office
from station.desk.orders import Orders
from station.desk.session import Session
from station.desk.settings import DeskSettings
from station.desk.tidy import Tidy
from station.desk.trouble import troubles
from station.desk.words import say, text
from station.model.text import Language, Text

RENEW_AFTER_S = (1.0, 4.0)
EFFECT_S = 0.05
"""A key that is no character, an arrow say, has taken effect by then."""


class DeskCore(App[None]):
    """The desk without its screens."""

    def __init__(self, settings: DeskSettings) -> None:
        super().__init__()
        self.settings = settings
        self.language: Language = settings.language
        self.session: Session | None = None
        topics = Topics(settings.station)
        client = settings.account.client
        will = Will(topics.presence(client), Presence(client=client, online=False).to_bytes())
        self.board = Board(topics, settings.clock, settings.line_client)
        self.link = Link(settings.broker_url, settings.account, will, self._on_link)
        self.commander = Commander(self.link, topics)
        self.orders = Orders(self.commander)
        self.office = Office(settings.office_url, settings.office_ca)
        self.gate = KeyGate()
        self.tidy = Tidy(Clock())
        self.board.follow(self.link)
        self._presence = (topics.presence(client), client)
        self._message: tuple[str, Text] = ("", Text(zh="", en=""))

    def _on_link(self, online: bool) -> None:
        self.board.on_link(online)
        if online:
            self._announce(True)
            for seconds in RENEW_AFTER_S:
                asyncio.get_running_loop().call_later(seconds, self.link.renew)

    def _announce(self, online: bool) -> None:
        topic, client = self._presence
        self.link.publish(topic, Presence(client=client, online=online).to_bytes(), qos=1, retain=True)

    async def hang_up(self) -> None:
        """Say that this desk is gone, and disconnect in order."""
        self._announce(False)
        await self.link.stop()

    # -- words

    def say(self, key: str, **values: object) -> str:
        """Return a sentence in the language of the moment."""
        return say(self.language, key, **values)

    def station_name(self) -> str:
        """Return the station's name, or its id until it is known."""
        state = self.board.state
        return state.name.in_(self.language) if state else self.settings.station

    def banner_lines(self) -> list[str]:
        """Return what is wrong right now."""
        link = self.link
        lines = troubles(self.board, link.url, link.refused, self.settings.time_zone, link.distrusted)
        return [line.in_(self.language) for line in lines]

    def tell(self, level: str, message: Text) -> None:
        """Show a message in the message bar: level ok, error, busy or info."""
        at = clock_time(self.settings.clock.now(), self.settings.time_zone)
        self._message = (level, Text(zh=f"{at} {message.zh}", en=f"{at} {message.en}"))
        self.board.changed = True

    def message_words(self) -> tuple[str, str]:
        """Return level and words of the message bar."""
        level, message = self._message
        return level, message.in_(self.language)

    def extra_keys(self) -> list[tuple[Key, str]]:
        """Return the keys of extra screens, for key bar and help."""
        return [
            (Key(f"extra.{e.screen}", e.key, f"app.extra('{e.screen}')"), e.label.in_(self.language))
            for e in self.settings.extra_bindings
        ]

    # -- commands

    async def order(self, body: CommandBody, timeout_s: float | None = None, doing: Text | None = None) -> Reply | None:
        """Send a command, say what came of it in the message bar, and return the answer; None if there was none.

        ``timeout_s`` is for one that takes its time, ``doing`` says then what is going on.
        """
        self.tell("busy", doing or text("message.sending"))
        try:
            reply = await self.orders.send(body, timeout_s)
        except TimeoutError:
            self.tell("error", no_answer(body.kind))
            return None
        if reply.accepted:
            self.tell("ok", reply.text)
        else:
            self.tell("error", reply.text)
        if reply.code == "not_logged_in" and self.session:
            # Later: the screen whose worker this is goes away.
            self.call_later(self.show_login)
        return reply

    # -- keys that were kept

    def open_gate(self) -> None:
        """Give on the keys that were kept, between two events: none can get in front of them."""
        self.call_later(self._give_on)

    async def _give_on(self) -> None:
        if await self.gate.open(self.on_event):
            self.set_timer(EFFECT_S, self.open_gate)

    # -- what only the application knows, since it knows the screens

    @abstractmethod
    def log_in(self, session: Session) -> None:
        """Show the queue once the log-in screen has done its work."""

    @abstractmethod
    async def show_login(self) -> None:
        """Forget the session and show the log-in."""

    @abstractmethod
    def show_history(self, plate: str, serial: str) -> None:
        """Show every inspection of a plate, beginning with one."""

    @abstractmethod
    def palette_commands(self, screen: Screen[Any]) -> list[tuple[str, str, str]]:
        """Return name, help and action of what the palette offers on a screen."""
