"""The one connection that writes, and the lock that makes it the only one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from station.ledger.errors import LedgerError
from station.ledger.lock import lock_writer
from station.ledger.statement import Cursor
from station.store.database import place
from station.store.errors import store_errors


class Writer:
    """Holds the writing connection and its lock until it is closed, and takes both again after the server was away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._where = place(engine)
        self._begin = "BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else "BEGIN"
        self._connection: Connection | None = None
        self._driver: Any = None
        self._unlock: Callable[[], None] = _nothing
        self._closed = False

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """Give a cursor whose statements are committed together when the block ends, or not at all.

        Raises:
            StoreError: the database failed; after a connection that broke during the commit, only the database knows.
        """
        with store_errors(self._where):
            self.connect()
            cursor = self._driver.cursor()
            cursor.execute(self._begin)
            try:
                yield cursor
                self._driver.commit()
            except BaseException:
                with suppress(Exception):  # the first error is the one to tell
                    self._driver.rollback()
                raise

    def connect(self) -> None:
        """Connect and lock, unless both are so.

        Raises:
            LedgerBusy: another process is the writer.
            LedgerError: the writer was closed.
            StoreError: the database cannot be reached.
        """
        if self._closed:
            raise LedgerError.of("closed", self._where)
        # psycopg's connection says so when it is broken; SQLite's cannot break.
        if self._driver is None or getattr(self._driver, "closed", False):
            self._disconnect()
            self._connect()

    def close(self) -> None:
        """Give connection and lock back for good."""
        self._closed = True
        self._disconnect()

    def _connect(self) -> None:
        with store_errors(self._where):
            connection = self._engine.connect()
            try:
                self._unlock = lock_writer(connection)
            except BaseException:
                connection.close()
                raise
        self._connection, self._driver = connection, connection.connection.driver_connection

    def _disconnect(self) -> None:
        # A connection that is broken has lost its lock already.
        with suppress(DBAPIError):
            self._unlock()
        if self._connection is not None:
            self._connection.close()
        self._unlock, self._connection, self._driver = _nothing, None, None


def _nothing() -> None:
    pass
