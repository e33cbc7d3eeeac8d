"""Copies of a station's database, made while the line goes on writing."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, Table, delete, func, insert, select

from station.store.errors import os_error, os_errors, store_error, store_errors
from station.store.files import sync
from station.store.tables import RECORDS

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""

PAGES_A_STEP = 1000
ROWS_A_STEP = 500


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Take progress and say nothing."""


def copy_file(source: Path, target: Path, progress: Progress = no_progress) -> None:
    """Copy a SQLite file as it is at this moment, whoever writes to it meanwhile; one file, on the disk on return.

    Raises:
        StoreError: the source cannot be read, or the target cannot be written.
    """
    _check_space(source, target)
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise os_error(error, target) from error
    try:
        _copy_pages(source, target, progress)
        settle(target)
    except BaseException:
        target.unlink()
        raise


def _check_space(source: Path, target: Path) -> None:
    """Say before the copy that it will not fit: SQLite calls a disk that fills up meanwhile an I/O error."""
    with os_errors(target.parent):
        too_little = shutil.disk_usage(target.parent).free < source.stat().st_size
    if too_little:
        raise store_error("file_full", str(target))


def _copy_pages(source: Path, target: Path, progress: Progress) -> None:
    def said(_status: int, remaining: int, total: int) -> None:
        progress("database", total - remaining, total)

    with closing(_connect(source)) as reading, closing(_connect(target)) as writing, store_errors(str(source)):
        # A copy in steps begins anew when somebody writes in between; a read transaction keeps this moment.
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with store_errors(str(target)):
            reading.backup(writing, pages=PAGES_A_STEP, progress=said)


def settle(path: Path) -> None:
    """Make a SQLite file stand alone, without a log beside it, and wait until the disk has it.

    Raises:
        StoreError: the disk refused, or another program has it open.
    """
    with store_errors(str(path)), closing(_connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    for each in (path, path.parent):
        sync(each)


def copy_records(source: Connection, target: Connection, progress: Progress = no_progress) -> None:
    """Copy every record into a database with today's tables, inside the caller's two transactions.

    What the target held before is gone. Give the source one snapshot: a transaction that reads repeatably.
    """
    totals = {rows.name: source.execute(select(func.count()).select_from(rows)).scalar_one() for rows in RECORDS}
    done = 0
    for rows in RECORDS:
        target.execute(delete(rows))
        for written in _copy_table(rows, source, target):
            done += written
            progress("database", done, sum(totals.values()))


def _copy_table(rows: Table, source: Connection, target: Connection) -> Iterator[int]:
    found = source.execute(select(rows), execution_options={"yield_per": ROWS_A_STEP}).mappings()
    for part in found.partitions():
        target.execute(insert(rows), [dict(row) for row in part])
        yield len(part)


def free_name(path: Path) -> Path:
    """Return a path that nothing stands at: this one, or with a number behind it."""
    names = (path.with_name(f"{path.name}.{number}") if number else path for number in count())
    return next(name for name in names if not name.exists())


def _connect(path: Path) -> sqlite3.Connection:
    with store_errors(str(path)):
        return sqlite3.connect(path, isolation_level=None)
