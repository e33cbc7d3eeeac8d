"""One at a time: one demo in a folder, one station in a folder and on a database."""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Engine

from station.cli.failure import Unusable
from station.ledger.errors import LedgerBusy
from station.ledger.lock import lock_writer
from station.line.config import Config
from station.model.os_text import disk_at
from station.store.database import open_database

PATIENCE_S = 3.0
"""A line whose station was killed has the database until its rigs are safe."""
PAUSE_S = 0.1


@contextlib.contextmanager
def holding(path: Path, busy: Callable[[str], Exception]) -> Iterator[None]:
    """Hold a lock file, which ends with this process; ``busy`` makes what is raised if another one (its PID) has it.

    Raises:
        OSError: the file cannot be written; names it.
    """
    with disk_at(path), os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise busy(lock.read().strip()) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


@contextlib.contextmanager
def only_station(config: Config) -> Iterator[None]:
    """Be the only station in its folder, on a database that nobody writes; nothing of another one is touched.

    Raises:
        Unusable: a station runs in that folder.
        StoreError: another program writes the database, or it cannot be used.
        OSError: the folder cannot be used; names the place.
    """
    folder = config.store.folder.absolute()
    with disk_at(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with holding(folder / "station.lock", lambda pid: Unusable.of("station_runs", folder=folder, pid=pid)):
            require_no_writer(config)
            yield


def require_no_writer(config: Config) -> None:
    """Refuse a database that another program writes.

    Raises:
        StoreError: says which program, or why the database cannot be used.
    """
    engine = open_database(config.database_url, station=config.station.id)
    deadline = time.monotonic() + PATIENCE_S
    try:
        while not _is_free(engine, time.monotonic() > deadline):
            time.sleep(PAUSE_S)
    finally:
        engine.dispose()


def _is_free(engine: Engine, at_last: bool) -> bool:
    try:
        with engine.connect() as connection:
            lock_writer(connection)()
    except LedgerBusy:
        if at_last:
            raise
        return False
    return True
