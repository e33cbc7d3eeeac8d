"""A ledger goes on although more of it was known: the station says so itself, with its signature."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Engine

from station.ledger.backup import Home
from station.ledger.backup_words import BackupError
from station.ledger.fork import MARK, Head, has, read_mark, write_mark
from station.ledger.journal import Clock, Ledger
from station.ledger.keys import load_keys, make_key, next_key
from station.ledger.seal import SigningKey, enrol_key, seal_fork
from station.model.event import Entry, Event, Fact, PersonalValue
from station.model.facts import Body
from station.store import read
from station.store.database import open_database

ACTOR, DEVICE = "station-computer", "station"


@dataclass(frozen=True)
class Word:
    """What the person says of the time after the backup.

    ``reason``: why the ledger is to go on without what came then. ``complete``: nothing did. ``lost``: a point that
    the ledger is known to have reached, as the QR code of a report has it.
    """

    reason: str = ""
    complete: bool = False
    lost: Head | None = None


def accept_fork(home: Home, clock: Clock, word: Word) -> Event:
    """Let the database that stands there go on, although the station knew more of its ledger; return the event.

    Raises:
        BackupError: the station did not know more.
        LedgerBusy: the line is running.
        StoreError: database or disk failed.
    """
    engine = open_database(home.database_url, create=False, station=home.station)
    try:
        lost = not_in(engine, (read_mark(home.folder), word.lost))
        if not lost:
            raise BackupError.of("nothing", home.folder / MARK)
        fork, head = write_fork(engine, home, clock, word.reason, max(lost))
    finally:
        engine.dispose()
    write_mark(home.folder, head)
    return fork


def not_in(engine: Engine, points: Iterable[Head | None]) -> list[Head]:
    """Return the points that a ledger does not go through."""
    return [point for point in points if point is not None and not has(engine, point)]


def write_fork(engine: Engine, home: Home, clock: Clock, reason: str, lost: Head) -> tuple[Event, Head]:
    """Write the event of the fork as the ledger's next, and return it with the new end.

    Raises:
        LedgerBusy: the line is running.
        KeyFileError: no signing key can be read or made.
        StoreError: the database failed; nothing was written.
    """
    ledger = Ledger.open(engine, clock, "restore")
    try:
        key = _signing_key(ledger, engine, home)
        why = PersonalValue(home.station, "reason", reason, secrets.token_hex(16))
        body = seal_fork(key, home.station, ledger.head, lost, why.commitment)
        (event,) = ledger.append(Entry((_fact(home, body),), (why,)))
        return event, ledger.head
    finally:
        ledger.close()


def _signing_key(ledger: Ledger, engine: Engine, home: Home) -> SigningKey:
    """Return the key in use; if its file is lost, another one, which is enrolled first."""
    files, enrolled = load_keys(home.keys), read.signing_keys(engine)
    last = enrolled[-1] if enrolled else None
    in_use = next((file.key for file in files if file.key.id == last), None)
    if in_use is not None:
        return in_use
    key = (next_key(files, enrolled) or make_key(home.keys)).key
    ledger.append(Entry((_fact(home, enrol_key(home.station, key, replaces=last)),)))
    return key


def _fact(home: Home, body: Body) -> Fact:
    return Fact(subject=home.station, actor=ACTOR, device=DEVICE, body=body)
