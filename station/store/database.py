"""Open a station's database: SQLite in a file, or PostgreSQL, by URL."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from station.store.errors import store_error, store_errors
from station.store.tables import METADATA, SCHEMA_VERSION, table

WRITER = "station_writer"
"""Execution option of the connection that writes: it takes SQLite's write lock when its transaction begins."""

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # an erased name is overwritten, not only unlinked
)
# A server with asynchronous commit would acknowledge what a power cut can still take away.
_POSTGRES_DURABLE = (
    "SELECT CASE WHEN current_setting('synchronous_commit') = 'off'"
    " THEN set_config('synchronous_commit', 'on', false) END"
)

_POSTGRES_ONE_MAKER = "SELECT pg_advisory_xact_lock(5495337930093281282)"
"""Two processes that make the same tables at once would trip over each other; SQLite's write lock sees to that."""


def open_database(url: str, create: bool = True, *, station: str = "", busy_ms: int = 5000) -> Engine:
    """Open a station's database, and make its tables where there are none.

    A database of an older version is left as it is for a writer: ``Ledger.open`` brings it up to date.

    Args:
        url: ``sqlite:///FILE`` or ``postgresql://USER@HOST/DATABASE``.
        create: False, for readers, refuses a database without a station's tables, or with those of an older version.
        station: the station's id; a database of another station is refused. Empty: any.
        busy_ms: how long to wait for another writer of the same SQLite file, in milliseconds.

    Raises:
        StoreError: not reachable, not a station's database, of another station, or of a newer version.
    """
    parsed = _parsed(url)
    engine = _sqlite(parsed, create, busy_ms) if parsed.drivername == "sqlite" else _postgres(parsed)
    try:
        _prepare(engine, create, station)
    except BaseException:
        engine.dispose()
        raise
    return engine


def place(engine: Engine) -> str:
    """Return where the database is, without its password."""
    return _place(engine.url)


def station_id(engine: Engine) -> str:
    """Return the id of the station that the database belongs to; empty if it was never told."""
    with store_errors(place(engine)), engine.connect() as connection:
        return _meta(connection).get("station", "")


def _place(url: URL) -> str:
    return url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise store_error("scheme", url.partition("://")[0]) from None  # the rest may hold a password
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg") or not parsed.database or ":" in parsed.database[:1]:
        raise store_error("scheme", parsed.render_as_string(hide_password=True))
    return parsed


def _sqlite(url: URL, create: bool, busy_ms: int) -> Engine:
    path = Path(url.database or "")
    if not path.exists():
        if not create:
            raise store_error("missing", str(path))
        _touch(path)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": busy_ms / 1000})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _touch(path: Path) -> None:
    try:
        path.touch(mode=0o600)  # names are in there: nobody else's business
    except OSError:
        raise store_error("unopened", str(path)) from None


def _set_up_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions begin where _begin_sqlite says, not where the driver guesses
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    writer = connection.get_execution_options().get(WRITER, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")


def _postgres(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 5, "client_encoding": "utf8"})
    event.listen(engine, "connect", _set_up_postgres)
    return engine


def _set_up_postgres(connection: Any, _record: ConnectionPoolEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRES_DURABLE)
    connection.commit()


def _prepare(engine: Engine, create: bool, station: str) -> None:
    where = place(engine)
    with store_errors(where), engine.connect() as connection:
        _check_encoding(connection, where)
        ready = inspect(connection).has_table("meta")
    if not ready and not create:
        raise store_error("missing", where)
    if not ready:
        _make_tables(engine, station)
    with store_errors(where), engine.connect() as connection:
        meta = _meta(connection)
        _check_meta(meta, station, where)
        if not create and int(meta["schema"]) < SCHEMA_VERSION:
            raise store_error("older", where, found=meta["schema"], known=SCHEMA_VERSION)


def _check_encoding(connection: Connection, where: str) -> None:
    if connection.dialect.name == "postgresql":
        found = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if found != "UTF8":
            raise store_error("encoding", where, found=found)


def _make_tables(engine: Engine, station: str) -> None:
    where = place(engine)
    values = {"schema": str(SCHEMA_VERSION)} | ({"station": station} if station else {})
    with store_errors(where), engine.connect().execution_options(**{WRITER: True}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(_POSTGRES_ONE_MAKER)
        names = inspect(connection).get_table_names()
        if "meta" in names:
            return  # somebody else was quicker
        if names:
            raise store_error("foreign", where)
        METADATA.create_all(connection)
        connection.execute(insert(table("meta")), [{"key": key, "value": value} for key, value in values.items()])


def _meta(connection: Connection) -> dict[str, str]:
    meta = table("meta")
    return {row.key: row.value for row in connection.execute(select(meta.c.key, meta.c.value))}


def _check_meta(meta: dict[str, str], station: str, where: str) -> None:
    found = meta.get("schema", "")
    if not found.isdecimal():
        raise store_error("foreign", where)
    if int(found) > SCHEMA_VERSION:
        raise store_error("newer", where, found=found, known=SCHEMA_VERSION)
    if station and meta.get("station", station) != station:
        raise store_error("station", where, found=meta["station"], wanted=station)
