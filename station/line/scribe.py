"""The line's hand on the ledger: writes, follows what was written, and only then lets it be said."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Engine

from station.ledger.journal import Ledger
from station.line.hall import Hall
from station.line.voice import Voice
from station.model import facts
from station.model.event import Entry, Event, Fact
from station.store.errors import StoreError

log = logging.getLogger(__name__)
T = TypeVar("T")
LINE = "line"
RETRY_S = 1.0


class Scribe:
    """The only one who appends. Whoever decides from the hall and then writes holds ``writing`` meanwhile."""

    def __init__(self, hall: Hall, voice: Voice, engine: Engine, ledger: Ledger) -> None:
        self.hall, self.voice, self.engine, self.ledger = hall, voice, engine, ledger
        self.writing = asyncio.Lock()
        self.wake = asyncio.Event()
        # One thread: SQLite commits there do not hold up the sampling, and stay in order.
        self._store = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._background: set[asyncio.Task[None]] = set()

    async def ask(self, function: Callable[..., T], *args: Any) -> T:
        """Run a question to the store in the ledger's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._store, function, *args)

    async def store(self, entry: Entry) -> tuple[Event, ...]:
        """Write one entry, follow it in the hall, and only then say it.

        Raises:
            StoreError: nothing was written, nothing was said.
        """
        events = await self.ask(self.ledger.append, entry)
        for value in entry.personal:
            self.hall.personal.setdefault(value.subject, {})[value.field] = value.value
        touched = self.hall.take(events)
        self.voice.speak_events(events)
        for serial in touched:
            self.voice.say_inspection(serial)
        self.hall.forget_departed(touched)
        self.wake.set()
        return events

    async def store_until_done(self, entry: Entry) -> None:
        """Store what must not be lost: while the store fails, say so in the log and try again."""
        while True:
            try:
                await self.store(entry)
                return
            except StoreError as error:
                log.error("a result waits to be stored: %s", error)
                await asyncio.sleep(RETRY_S)

    def note(self, body: facts.Body) -> None:
        """Store a fact of the station itself in the background; if the store fails it stands in the log only."""
        self.spawn(self._note(body))

    async def _note(self, body: facts.Body) -> None:
        try:
            async with self.writing:
                await self.store(Entry((self.fact("", body),)))
        except StoreError as error:
            log.error("%s was not stored: %s", body.kind, error)

    def spawn(self, work: Any) -> None:
        """Run something beside the loop of commands, until it is done or the line stops."""
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def fact(self, subject: str, body: facts.Body) -> Fact:
        """Return a fact of the line itself, about an inspection or (empty) the station."""
        return Fact(subject=subject or self.hall.config.station.id, actor=LINE, device=LINE, body=body)

    async def close(self) -> None:
        """Wait for what is still under way."""
        for task in tuple(self._background):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._store.shutdown()
