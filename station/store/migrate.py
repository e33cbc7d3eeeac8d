"""Older tables in today's shape.

Steps change records; projections are dropped, made as they are today and filled from the events, so no step is written
for them. ``meta.schema`` alone says which version a database has: it is changed in the same transaction.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, select, update

from station.store.copy import copy_file, free_name
from station.store.database import place
from station.store.errors import store_errors
from station.store.migrations import v2_vehicles
from station.store.tables import METADATA, PROJECTIONS, SCHEMA_VERSION, table

if TYPE_CHECKING:
    from alembic.operations import Operations

Step = Callable[["Operations"], None]
STEPS: dict[int, Step] = {2: v2_vehicles.upgrade}
"""What leads to a version from the one before; a step stays for ever and never looks at ``station.store.tables``."""


def schema_version(engine: Engine) -> int:
    """Return the version of a database's tables.

    Raises:
        StoreError: it cannot be read.
    """
    with store_errors(place(engine)), engine.connect() as connection:
        return _version(connection)


def migrate_tables(connection: Connection, steps: dict[int, Step] = STEPS) -> None:
    """Bring the tables to today's shape, inside the caller's transaction; the projections are empty then."""
    # Loaded here: it takes time, and a start with today's tables has no need of it.
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    operations = Operations(MigrationContext.configure(connection))
    for version in range(_version(connection) + 1, SCHEMA_VERSION + 1):
        steps[version](operations)
    empty_projections(connection)
    meta = table("meta")
    connection.execute(update(meta).where(meta.c.key == "schema").values(value=str(SCHEMA_VERSION)))


def empty_projections(connection: Connection) -> None:
    """Drop the projections and make them again without rows, inside the caller's transaction."""
    METADATA.drop_all(connection, PROJECTIONS)
    METADATA.create_all(connection, PROJECTIONS)


def keep_copy(engine: Engine, version: int, now: datetime) -> Path | None:
    """Keep a SQLite database as it is, in a file beside it, and return that file.

    A server keeps its database by its own means; there the one transaction of the migration is what protects it.

    Raises:
        StoreError: the copy could not be written.
    """
    if engine.dialect.name != "sqlite":
        return None
    file = Path(place(engine))
    copy = free_name(file.with_name(f"{file.name}.v{version}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup"))
    copy_file(file, copy)
    return copy


def _version(connection: Connection) -> int:
    meta = table("meta")
    return int(connection.execute(select(meta.c.value).where(meta.c.key == "schema")).scalar_one())
