"""Core statements compiled once: the journal path pays for no SQL building."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Table, insert
from sqlalchemy.dialects import postgresql, sqlite

Values = Mapping[str, Any]


class Statement:
    """One compiled statement, run with plain values."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self._sql = str(compiled)
        self._order: Sequence[str] | None = compiled.positiontup

    def run(self, connection: Connection, values: Values) -> None:
        """Run it with one row's values, by column name."""
        order = self._order
        connection.exec_driver_sql(
            self._sql, dict(values) if order is None else tuple([values[name] for name in order])
        )


class Statements:
    """Inserts and upserts for the tables of a database, each compiled when first used."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._ready: dict[tuple[str, frozenset[str] | None], Statement] = {}

    def insert(self, connection: Connection, table: Table, values: Values) -> None:
        """Insert a whole row."""
        statement = self._ready.get((table.name, None))
        if statement is None:
            statement = self._ready[table.name, None] = Statement(insert(table), self._dialect)
        statement.run(connection, values)

    def upsert(self, connection: Connection, table: Table, values: Values) -> None:
        """Insert a row, or set the given columns of the row that has its primary key."""
        key = table.name, frozenset(values)
        statement = self._ready.get(key)
        if statement is None:
            statement = self._ready[key] = Statement(_upsert(table, values, self._dialect), self._dialect)
        statement.run(connection, values)


def _upsert(table: Table, values: Values, dialect: Dialect) -> Executable:
    make = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    statement: Any = make(table).values(dict.fromkeys(values))
    keys = [column.name for column in table.primary_key]
    rest = {name: statement.excluded[name] for name in values if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)  # type: ignore[no-any-return]
