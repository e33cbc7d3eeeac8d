"""The line's hand on the ledger: writes, follows what was written, and only then lets it be said."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Engine

from station.ledger.errors import LedgerBusy, LedgerError
from station.ledger.journal import Ledger
from station.line.aside import to_its_end
from station.line.hall import Hall
from station.line.voice import Voice
from station.model import facts
from station.model.event import Entry, Event, Fact
from station.store.credential import Credential
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
        self.closing = False
        self.listeners: list[Callable[[tuple[Event, ...]], None]] = []
        # One thread: SQLite commits there do not hold up the sampling, and stay in order.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._notes: set[asyncio.Task[None]] = set()

    async def ask(self, function: Callable[..., T], *args: Any) -> T:
        """Run a question to the store in the ledger's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)

    async def store(self, entry: Entry, credential: Credential | None = None) -> tuple[Event, ...]:
        """Write one entry, follow it in the hall, and only then say it; a cancellation waits until that is done.

        Raises:
            StoreError: nothing was written, nothing was said.
        """
        return await to_its_end(self._store(entry, credential))

    async def _store(self, entry: Entry, credential: Credential | None) -> tuple[Event, ...]:
        try:
            events = await self.ask(self.ledger.append, entry, credential)
        except StoreError as error:
            self._in_trouble(None if isinstance(error, LedgerError) else error)
            raise
        self._in_trouble(None)
        for value in entry.personal:
            self.hall.personal.setdefault(value.subject, {})[value.field] = value.value
        touched = self.hall.take(events)
        for listen in self.listeners:
            listen(events)
        self.voice.speak_events(events)
        for serial in touched:
            self.voice.say_inspection(serial)
        self.wake.set()
        return events

    def _in_trouble(self, trouble: StoreError | None) -> None:
        self.hall.store_trouble = trouble
        self.wake.set()

    async def write_until_done(
        self, decide: Callable[[], Awaitable[Entry | None]], on_trouble: Callable[[], None] = lambda: None
    ) -> None:
        """Decide and store what must not be lost; while the store fails, say so, and decide anew.

        Commands get their turn between two tries: they are told that nothing can be stored.

        Raises:
            StoreError: the line stops while the store fails, or the entry is not in order.
        """
        while True:
            try:
                async with self.writing:
                    entry = await decide()
                    if entry is not None:
                        await self.store(entry)
                return
            except StoreError as error:
                hopeless = isinstance(error, LedgerError) and not isinstance(error, LedgerBusy)
                if self.closing or hopeless:
                    raise
                log.error("a result waits to be stored: %s", error)
            on_trouble()
            await asyncio.sleep(RETRY_S)

    def note(self, body: facts.Body) -> None:
        """Store a fact of the station itself beside everything else; if the store fails it stands in the log only."""
        task = asyncio.ensure_future(self._note(body))
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    async def _note(self, body: facts.Body) -> None:
        try:
            async with self.writing:
                await self.store(Entry((self.fact("", body),)))
        except StoreError as error:
            log.error("%s was not stored: %s", body.kind, error)

    def fact(self, subject: str, body: facts.Body) -> Fact:
        """Return a fact of the line itself, about an inspection or (empty) the station."""
        return Fact(subject=subject or self.hall.config.station.id, actor=LINE, device=LINE, body=body)

    async def close(self) -> None:
        """Wait for what is still under way."""
        await asyncio.gather(*self._notes)
        self._thread.shutdown()
