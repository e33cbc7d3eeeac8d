"""The only-writer lock: whoever holds it may append, and it ends with the process that holds it."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from station.ledger.errors import LedgerBusy
from station.store.database import place

# Any number will do as long as it stays: these are the letters LEDGER, and a one.
ADVISORY_KEY = 0x4C45_4447_4552_0001
_PATIENCE = "2s"
"""A server may need a moment to notice that the holder was killed."""


def lock_writer(connection: Connection) -> Callable[[], None]:
    """Become the only writer of the database; returns what gives the lock back.

    On SQLite it is a lock on the file ``DATABASE.lock``; on PostgreSQL an advisory lock of this connection,
    gone when the connection is.

    Raises:
        LedgerBusy: another process is the writer.
    """
    if connection.dialect.name == "sqlite":
        return lock_file(Path(f"{connection.engine.url.database}.lock"))
    return _lock_session(connection)


def lock_file(path: Path) -> Callable[[], None]:
    """Lock a file that stands for a SQLite database; returns what gives the lock back.

    Raises:
        LedgerBusy: another process has it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 32).decode(errors="replace").strip()
        os.close(handle)
        raise LedgerBusy.of("busy", str(path), holder=f" (PID {holder})" if holder else "") from None
    os.truncate(handle, 0)
    os.write(handle, f"{os.getpid()}\n".encode())
    return lambda: os.close(handle)


def _lock_session(connection: Connection) -> Callable[[], None]:
    with connection.begin():
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
        try:
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({ADVISORY_KEY})")
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != "55P03":
                raise
            raise LedgerBusy.of("busy", place(connection.engine), holder="") from None
    return lambda: _unlock_session(connection)


def _unlock_session(connection: Connection) -> None:
    with connection.begin():
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({ADVISORY_KEY})")
