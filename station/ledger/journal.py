"""The journal: the only way by which a fact enters the station's record."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import Engine

from station.ledger import records
from station.ledger.errors import LedgerError
from station.ledger.projection import Projector, rebuild
from station.ledger.statement import Cursor, Statements
from station.ledger.upcast import UPCASTERS, Upcasters
from station.ledger.upgrade import upgrade
from station.ledger.writer import Writer
from station.model.canonical import canonical
from station.model.event import Entry, Event, Fact, StoredReply, event_hash, sealed
from station.model.inspection import Inspection
from station.store import read
from station.store.credential import Credential
from station.store.database import place
from station.store.errors import StoreError, store_errors
from station.store.tables import table

REPLIES_KEPT = timedelta(days=90)
"""A client that was away for longer starts anew."""


class Clock(Protocol):
    """What the ledger needs of the process's clock."""

    def now(self) -> datetime:
        """Return the time of day, in UTC."""

    def monotonic_ns(self) -> int:
        """Return nanoseconds since an arbitrary moment; never goes back."""


class Ledger:
    """The append-only journal of one station, and the only writer of its database.

    Calls may come from any thread; each returns when its transaction is on the disk.
    """

    def __init__(self, engine: Engine, clock: Clock, boot_id: str, upcasters: Upcasters = UPCASTERS) -> None:
        self._engine = engine
        self._clock = clock
        self._boot_id = boot_id
        self._where = place(engine)
        self._writer = Writer(engine)
        self._projector = Projector(engine, upcasters)
        self._statements = Statements(engine.dialect)
        self._guard = threading.RLock()
        self._head = 0, ""
        self._doubtful = True

    @classmethod
    def open(cls, engine: Engine, clock: Clock, boot_id: str, upcasters: Upcasters = UPCASTERS) -> "Ledger":
        """Become the only writer; an older database is brought up to date first, and projections that lag behind.

        Raises:
            LedgerBusy: another process is the writer.
            LedgerError: the last events are missing or altered.
            StoreError: the database fails.
        """
        upgrade(engine, clock.now, upcasters)
        if read.projected(engine) < read.head(engine)[0]:
            rebuild(engine, upcasters)
        ledger = cls(engine, clock, boot_id, upcasters)
        try:
            ledger._be_sure()
            ledger._check_end()
        except BaseException:
            ledger.close()
            raise
        return ledger

    def close(self) -> None:
        """Give the lock back; the engine stays open, for it is the caller's."""
        with self._guard:
            self._writer.close()

    @property
    def head(self) -> tuple[int, str]:
        """Return number and hash of the last event; 0 and 64 zeros while there is none."""
        return self._head

    def append(self, entry: Entry, credential: Credential | None = None) -> tuple[Event, ...]:
        """Write the entry in one transaction and return its events, once they are on the disk.

        The credential of a person whom the entry enrols may come with it.

        Raises:
            DuplicateCommand: the entry's command was answered before.
            LedgerError: the entry is not in order.
            StoreError: the database failed; nothing was written, and the same entry may be tried again.
        """
        with self._guard:
            records.check_entry(entry, self._where)
            self._be_sure()
            at = _timestamp(self._clock.now())
            events = self._numbered(entry.facts, at)
            try:
                with self._writer.transaction() as cursor:
                    self._write(cursor, entry, events, credential, at)
            except BaseException as error:
                if not self._committed_after_all(events) or not isinstance(error, StoreError):
                    raise
            else:
                self._projector.keep()
                self._head = (events[-1].seq, events[-1].hash) if events else self._head
            return events

    def reply_to(self, client: str, command_id: str) -> StoredReply | None:
        """Return the answer that a client's command got, None if it was never answered."""
        return read.stored_reply(self._engine, client, command_id)

    def events_since(self, seq: int, limit: int = 1000) -> tuple[Event, ...]:
        """Return the events after number ``seq``, at most ``limit``."""
        return read.events_since(self._engine, seq, limit)

    def inspection(self, serial: str) -> Inspection | None:
        """Return an inspection as its committed events have made it, None if there is none of that serial."""
        with self._guard:
            return self._projector.known(serial) or read.inspection(self._engine, serial)

    def erase(self, subject: str, field: str | None = None) -> int:
        """Erase the personal values of a subject (one field, or all) and return their number; the chain stays valid.

        Raises:
            StoreError: the database failed; nothing was erased.
        """
        where = {"subject": subject} | ({} if field is None else {"field": field})
        with self._guard:
            with self._writer.transaction() as cursor:
                erased = self._statements.delete(cursor, table("personal"), where)
            self._empty_log()
        return erased

    def purge_replies(self) -> int:
        """Delete the answers to commands that were given more than 90 days ago, and return their number.

        Raises:
            StoreError: the database failed; nothing was deleted.
        """
        with self._guard, self._writer.transaction() as cursor:
            oldest = _timestamp(self._clock.now() - REPLIES_KEPT)
            return self._statements.delete_before(cursor, table("reply"), "at", oldest)

    def _empty_log(self) -> None:
        # SQLite's write-ahead log still holds the erased pages as they were; a reader can keep it for a moment longer.
        if self._engine.dialect.name == "sqlite":
            with store_errors(self._where), self._engine.connect() as connection:
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _numbered(self, facts: tuple[Fact, ...], at: str) -> tuple[Event, ...]:
        mono_ns = self._clock.monotonic_ns()
        last, prev_hash = self._head
        events: list[Event] = []
        for seq, fact in enumerate(facts, last + 1):
            events.append(self._event(fact, seq, mono_ns, at, prev_hash))
            prev_hash = events[-1].hash
        return tuple(events)

    def _event(self, fact: Fact, seq: int, mono_ns: int, at: str, prev_hash: str) -> Event:
        draft = Event(
            seq=seq,
            boot_id=self._boot_id,
            mono_ns=mono_ns,
            at=at,
            kind=fact.body.kind,
            version=fact.body.version,
            subject=fact.subject,
            actor=fact.actor,
            device=fact.device,
            body=canonical(fact.body.to_json()).decode(),
            prev_hash=prev_hash,
            hash="",
        )
        return draft.model_copy(update={"hash": event_hash(draft)})

    def _write(
        self, cursor: Cursor, entry: Entry, events: tuple[Event, ...], credential: Credential | None, at: str
    ) -> None:
        if entry.reply is not None:
            reply = sealed(entry.reply, events[-1]) if events else entry.reply
            records.write_reply(cursor, self._statements, reply, at, self._where)
        records.write_events(cursor, self._statements, events)
        records.write_evidence(cursor, self._statements, entry.evidence)
        if entry.personal:
            records.write_personal(cursor, self._statements, entry.personal, events[-1].seq)
        if credential is not None:
            records.write_credential(cursor, self._statements, credential)
        self._projector.project(cursor, events)

    def _be_sure(self) -> None:
        if self._doubtful:
            self._writer.connect()
            self._head = read.head(self._engine)
            self._doubtful = False

    def _committed_after_all(self, events: tuple[Event, ...]) -> bool:
        # A connection that breaks during COMMIT does not tell what became of it: only the database knows.
        self._doubtful = True
        self._projector.forget()
        with suppress(StoreError):
            self._be_sure()
        return not self._doubtful and bool(events) and self._head == (events[-1].seq, events[-1].hash)

    def _check_end(self) -> None:
        seq, hash_ = self._head
        projected = read.projected(self._engine)
        if projected > seq:
            raise LedgerError.of("cut", self._where, expected=projected, found=seq)
        last = read.events_since(self._engine, seq - 1, 1)
        if last and event_hash(last[0]) != hash_:
            raise LedgerError.of("altered", self._where, seq=seq)


def _timestamp(now: datetime) -> str:
    return now.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
