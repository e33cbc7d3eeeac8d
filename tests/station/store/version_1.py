"""A database as the software of version 1 left it, in each kind of database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

HERE = Path(__file__).parent
ROWS = (HERE / "version_1.sql").read_text(encoding="utf-8")
TABLES = (HERE / "version_1_postgresql.sql").read_text(encoding="utf-8")


def make_version_1(url: str) -> None:
    """Make that database at an address where nothing is yet."""
    parsed = make_url(url)
    if parsed.drivername == "sqlite":
        with closing(sqlite3.connect(parsed.database or "")) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(ROWS)
    else:
        host = str(parsed.query["host"])
        with psycopg.connect(host=host, user=parsed.username, dbname=parsed.database) as connection:
            connection.execute(TABLES)
            _copy_rows(connection)


def _copy_rows(target: psycopg.Connection) -> None:
    with closing(sqlite3.connect(":memory:")) as source:
        source.executescript(ROWS)
        for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            rows = source.execute(f"SELECT * FROM {name}")
            columns = [column[0] for column in rows.description]
            marks = ", ".join("%s::text::boolean" if c in ("open", "passed") else "%s" for c in columns)
            names = ", ".join(f'"{column}"' for column in columns)
            target.cursor().executemany(f"INSERT INTO {name} ({names}) VALUES ({marks})", rows.fetchall())
