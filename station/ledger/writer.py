"""The one connection that writes, and the lock that makes it the only one."""

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from station.ledger.errors import LedgerError
from station.ledger.lock import lock_writer
from station.store.database import WRITER, place
from station.store.errors import store_errors


class Writer:
    """Holds the writing connection and its lock until it is closed, and takes both again after the server was away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._unlock: Callable[[], None] = _nothing
        self._closed = False

    def connection(self) -> Connection:
        """Return the connection, locked.

        Raises:
            LedgerBusy: another process is the writer.
            LedgerError: the writer was closed.
            StoreError: the database cannot be reached.
        """
        if self._closed:
            raise LedgerError.of("closed", place(self._engine))
        if self._connection is not None and not self._connection.invalidated:
            return self._connection
        self._disconnect()
        return self._connect()

    def close(self) -> None:
        """Give connection and lock back for good."""
        self._closed = True
        self._disconnect()

    def _connect(self) -> Connection:
        with store_errors(place(self._engine)):
            connection = self._engine.connect().execution_options(**{WRITER: True})
            try:
                self._unlock = lock_writer(connection)
            except BaseException:
                connection.close()
                raise
        self._connection = connection
        return connection

    def _disconnect(self) -> None:
        # A connection that is broken has lost its lock already.
        with suppress(DBAPIError):
            self._unlock()
        if self._connection is not None:
            self._connection.close()
        self._unlock, self._connection = _nothing, None


def _nothing() -> None:
    pass
