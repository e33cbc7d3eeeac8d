"""Where a backup's database goes: into a file or onto a server, with what stood there kept aside."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.engine import make_url

from station.ledger.lock import lock_file, lock_writer
from station.ledger.projection import refill
from station.store import read
from station.store.copy import Progress, copy_records, free_name
from station.store.database import open_database, place, station_id
from station.store.errors import StoreError, os_errors, store_error, store_errors
from station.store.files import sync
from station.store.migrate import schema_version
from station.store.tables import METADATA, SCHEMA_VERSION


class Target(Protocol):
    """A place for a station's database that nobody else writes to meanwhile."""

    staging: Path
    """A folder of the target's own, in which the new database is got ready."""

    def old(self) -> AbstractContextManager[Engine | None]:
        """Give the database that stands there, open; None if there is none that can be read."""

    def put(self, new: Path, stamp: str, progress: Progress) -> str:
        """Put a SQLite file's database there, and return where the one before is kept; empty if there was none."""


@contextmanager
def open_target(url: str, station: str, folder: Path) -> Iterator[Target]:
    """Give the target of an address, locked; ``folder`` is the station's own.

    Raises:
        LedgerBusy: the line is running.
        StoreError: it cannot be reached, or belongs to another station.
    """
    if make_url(url).get_backend_name() == "sqlite":
        yield from _file(Path(make_url(url).database or ""), station)
    else:
        yield from _server(url, station, folder)


def _file(path: Path, station: str) -> Iterator[Target]:
    with os_errors(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unlock = lock_file(path.with_name(f"{path.name}.lock"))
    try:
        yield _File(path, station)
    finally:
        unlock()


def _server(url: str, station: str, folder: Path) -> Iterator[Target]:
    engine = open_database(url, station=station)
    try:
        with store_errors(place(engine)), engine.connect() as connection:
            unlock = lock_writer(connection)
            try:
                yield _Server(engine, connection, folder / "restoring")
            finally:
                unlock()
    finally:
        engine.dispose()


class _File:
    def __init__(self, path: Path, station: str) -> None:
        self._path, self._station = path, station
        self.staging = path.parent / "restoring"

    @contextmanager
    def old(self) -> Iterator[Engine | None]:
        engine = self._opened()
        try:
            if engine is not None and (found := station_id(engine)) not in ("", self._station):
                raise store_error("station", str(self._path), found=found, wanted=self._station)
            yield engine
        finally:
            if engine is not None:
                engine.dispose()

    def _opened(self) -> Engine | None:
        try:
            return open_database(f"sqlite:///{self._path}") if self._path.exists() else None
        except StoreError:
            return None

    def put(self, new: Path, stamp: str, progress: Progress) -> str:
        with os_errors(self._path):
            aside = set_aside(self._path, free_name(self._path.with_name(f"{self._path.name}.before-restore-{stamp}")))
            new.replace(self._path)
            sync(self._path.parent)
        return str(aside or "")


class _Server:
    def __init__(self, engine: Engine, connection: Connection, staging: Path) -> None:
        self._engine, self._connection, self.staging = engine, connection, staging

    @contextmanager
    def old(self) -> Iterator[Engine | None]:
        yield self._engine if self._used() else None

    def _used(self) -> bool:
        return read.head(self._engine)[0] > 0

    def put(self, new: Path, stamp: str, progress: Progress) -> str:
        source = open_database(f"sqlite:///{new}", create=False)
        schema = f"before_restore_{stamp.lower()}"
        aside = self._used() or schema_version(self._engine) != SCHEMA_VERSION
        try:
            with source.connect() as reading, self._connection.begin():
                if aside:
                    self._move(schema)
                METADATA.create_all(self._connection)
                copy_records(reading, self._connection, progress)
                refill(self._connection)
        finally:
            source.dispose()
        return f"{place(self._engine)} schema {schema}" if aside else ""

    def _move(self, schema: str) -> None:
        """Move every table of the station out of the way; the server takes that back if the rest fails."""
        self._connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        for name in set(inspect(self._connection).get_table_names()) & set(METADATA.tables):
            self._connection.exec_driver_sql(f'ALTER TABLE "{name}" SET SCHEMA {schema}')


def set_aside(path: Path, aside: Path) -> Path | None:
    """Rename a SQLite file and its log, and return its new name; None if it is not there.

    The log goes first: beside another database it would be taken for that one's own.
    """
    if not path.exists():
        return None
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    return aside
