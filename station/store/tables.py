"""The tables of a station's database.

Records are what no event can make again; everything in ``PROJECTIONS`` can be made from the events at any time.
Times are UTC text (``2026-11-22T08:00:00.000000Z``), so that they sort, compare and hash as they stand.
"""

from sqlalchemy import Table

from station.store import projection_rows
from station.store.record_rows import Row

SCHEMA_VERSION = 2
"""Steps when a table changes its shape, with a step in ``station.store.migrations``; a higher one is refused."""

METADATA = Row.metadata


def table(name: str) -> Table:
    """Return the Core table of that name."""
    return METADATA.tables[name]


PROJECTIONS: tuple[Table, ...] = tuple(
    table(str(row.__tablename__)) for row in Row.__subclasses__() if row.__module__ == projection_rows.__name__
)

RECORDS: tuple[Table, ...] = tuple(each for each in METADATA.sorted_tables if each not in PROJECTIONS)
"""What no event can make again."""
