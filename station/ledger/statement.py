"""Core statements, compiled once and run on the driver's own cursor.

The journal pays for no SQL building and no result machinery: measured, those cost more than the inserts themselves.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import ClauseElement, ColumnElement, Dialect, Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects import sqlite

Values = Mapping[str, Any]


class Cursor(Protocol):
    """What both drivers' cursors can do."""

    rowcount: int

    def execute(self, sql: str, parameters: Any = ..., /) -> Any:
        """Run one statement."""

    def fetchone(self) -> Any:
        """Return the next row, None after the last."""


class Statement:
    """One compiled statement, run with plain values."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self._sql = str(compiled)
        self._order: Sequence[str] | None = compiled.positiontup

    def run(self, cursor: Cursor, values: Values) -> None:
        """Run it with one row's values, by name."""
        order = self._order
        cursor.execute(self._sql, dict(values) if order is None else [values[name] for name in order])


class Statements:
    """The statements that the journal needs, for one kind of database, each compiled when first used."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._ready: dict[tuple[str, ...], Statement] = {}

    def insert(self, cursor: Cursor, table: Table, values: Values) -> None:
        """Insert a whole row."""
        key = "insert", table.name
        statement = self._ready.get(key) or self._compile(key, insert(table))
        statement.run(cursor, values)

    def upsert(self, cursor: Cursor, table: Table, values: Values) -> None:
        """Insert a row, or set the given columns of the row that has its primary key."""
        key = "upsert", table.name, *values
        statement = self._ready.get(key) or self._compile(key, _upsert(table, values, self._dialect))
        statement.run(cursor, values)

    def update(self, cursor: Cursor, table: Table, where: Values, values: Values) -> None:
        """Set columns of the rows that have the given values."""
        query = update(table).values({name: bindparam(f"new_{name}") for name in values})
        query = query.where(*(table.c[name] == bindparam(f"old_{name}") for name in where))
        key = "update", table.name, *where, *values
        statement = self._ready.get(key) or self._compile(key, query)
        statement.run(cursor, {f"new_{k}": v for k, v in values.items()} | {f"old_{k}": v for k, v in where.items()})

    def delete(self, cursor: Cursor, table: Table, where: Values) -> int:
        """Delete the rows that have the given values, and return their number."""
        key = "delete", table.name, *where
        statement = self._ready.get(key) or self._compile(key, delete(table).where(*_equal(table, where)))
        statement.run(cursor, where)
        return cursor.rowcount

    def delete_before(self, cursor: Cursor, table: Table, column: str, value: Any) -> int:
        """Delete the rows whose column is less than a value, and return their number."""
        query = delete(table).where(table.c[column] < bindparam("value"))
        key = "delete before", table.name, column
        (self._ready.get(key) or self._compile(key, query)).run(cursor, {"value": value})
        return cursor.rowcount

    def find(self, cursor: Cursor, table: Table, column: str, where: Values) -> Any:
        """Return one column of the first row that has the given values, None if there is none."""
        key = "find", table.name, column, *where
        query = select(table.c[column]).where(*_equal(table, where))
        (self._ready.get(key) or self._compile(key, query)).run(cursor, where)
        row = cursor.fetchone()
        return row[0] if row is not None else None

    def _compile(self, key: tuple[str, ...], statement: ClauseElement) -> Statement:
        self._ready[key] = Statement(statement, self._dialect)
        return self._ready[key]


def _upsert(table: Table, values: Values, dialect: Dialect) -> ClauseElement:
    make: Any = sqlite.insert if dialect.name == "sqlite" else _insert_of_postgresql()
    statement = make(table).values(dict.fromkeys(values))
    keys = [column.name for column in table.primary_key]
    rest = {name: statement.excluded[name] for name in values if name not in keys}
    changed: ClauseElement = statement.on_conflict_do_update(index_elements=keys, set_=rest)
    return changed


def _insert_of_postgresql() -> Any:
    # Loading it takes time, and most stations have no need of it.
    from sqlalchemy.dialects.postgresql import insert

    return insert


def _equal(table: Table, where: Values) -> list[ColumnElement[bool]]:
    return [table.c[name] == bindparam(name) for name in where]
