"""An older database in today's shape, before the ledger is opened for writing."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from station.ledger.lock import lock_writer
from station.ledger.projection import refill
from station.ledger.upcast import UPCASTERS, Upcasters
from station.store.database import WRITER, place
from station.store.errors import store_errors
from station.store.migrate import keep_copy, migrate_tables, schema_version
from station.store.tables import SCHEMA_VERSION

log = logging.getLogger(__name__)
_PATIENCE = "SET LOCAL lock_timeout = '30s'"
"""Tables change while nobody reads them: a server's reader gets so long to end."""


def upgrade(engine: Engine, now: Callable[[], datetime], upcasters: Upcasters = UPCASTERS) -> None:
    """Bring a database of an older version up to date, projections included, in one transaction after a backup.

    If it fails the database is as it was.

    Raises:
        LedgerBusy: another process is the writer.
        StoreError: the backup cannot be written, or the database fails.
    """
    version = schema_version(engine)
    if version == SCHEMA_VERSION:
        return
    where = place(engine)
    with store_errors(where), engine.connect().execution_options(**{WRITER: True}) as connection:
        unlock = lock_writer(connection)
        try:
            copy = keep_copy(engine, version, now())
            log.info("%s goes from version %d to %d; before it: %s", where, version, SCHEMA_VERSION, copy or "no copy")
            with connection.begin():
                if engine.dialect.name == "postgresql":
                    connection.exec_driver_sql(_PATIENCE)
                migrate_tables(connection)
                refill(connection, upcasters)
        finally:
            unlock()
