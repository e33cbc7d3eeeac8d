"""A database of version 1, opened by this software: brought up to date, refused to readers, or left as it was."""

import resource
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, MetaData, inspect, select, update
from sqlalchemy.engine import make_url

from station.ledger.errors import LedgerBusy, LedgerError
from station.ledger.journal import Ledger
from station.ledger.lock import lock_writer
from station.ledger.projection import rebuild
from station.ledger.verify import verify_database
from station.model.inspection import State
from station.store import migrate, read
from station.store.copy import copy_file, free_name
from station.store.database import open_database
from station.store.errors import StoreError
from station.store.tables import METADATA, SCHEMA_VERSION, table
from tests.station.store.version_1 import make_version_1


def dump(engine: Engine) -> dict[str, list[Any]]:
    """Return every row of every table that the database has, whatever its version."""
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        return {t.name: sorted(map(tuple, connection.execute(select(t)))) for t in found.sorted_tables}


@pytest.fixture
def old(database_url: str) -> Iterator[Engine]:
    """A database of version 1, opened for writing but not yet by the ledger."""
    make_version_1(database_url)
    engine = open_database(database_url, station="T1")
    yield engine
    engine.dispose()


def backups(database_url: str) -> list[Path]:
    file = make_url(database_url).database or ""
    return sorted(Path(file).parent.glob("*.backup")) if file.startswith("/") else []


def test_the_line_brings_it_up_to_date(old, clock, database_url):
    assert migrate.schema_version(old) == 1
    ledger = Ledger.open(old, clock, "boot-2")
    assert migrate.schema_version(old) == SCHEMA_VERSION
    assert verify_database(old).events == ledger.head[0] == 28
    first, second = read.inspections(old)
    assert (first.state, second.runs[0].state, second.runs[0].covers) == (State.CLOSED, "voided", ())
    assert read.vehicles_like(old, "A123") == (second.serial, first.serial)
    assert read.credential(old, "s-4").matches("271828")
    assert [session.client for session in read.open_sessions(old)] == ["lane-1"]
    migrated = dump(old)
    ledger.close()
    rebuild(old)
    assert dump(old) == migrated


def test_its_tables_are_those_of_a_new_database(old, clock):
    Ledger.open(old, clock, "boot-2").close()
    with old.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    vehicle = [index for index in inspect(old).get_indexes("personal") if index["name"] == "ix_personal_vehicle"]
    assert [index["column_names"] for index in vehicle] == [["value", "subject"]]
    assert "plate" in str(vehicle[0]["dialect_options"][f"{old.dialect.name}_where"])


def test_a_reader_is_told_to_start_the_line(old, database_url):
    before = dump(old)
    with pytest.raises(StoreError, match="start the line once") as refused:
        open_database(database_url, create=False)
    assert "结构版本为 1" in refused.value.say("zh")
    assert dump(old) == before


def test_sqlite_is_copied_first(tmp_path, clock):
    url = f"sqlite:///{tmp_path}/station.sqlite"
    make_version_1(url)
    engine = open_database(url)
    before = dump(engine)
    Ledger.open(engine, clock, "boot-2").close()
    (copy,) = backups(url)
    assert copy.name == "station.sqlite.v1-20261122T010204Z.backup"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    kept = open_database(f"sqlite:///{copy}")
    assert dump(kept) == before
    assert migrate.schema_version(kept) == 1
    for each in (engine, kept):
        each.dispose()


def test_a_migration_that_fails_leaves_everything_as_it_was(old, clock, database_url):
    # The fifth body lost its end: the projections cannot be made from it, and that shows last of all.
    event = table("event")
    with old.begin() as connection:
        connection.execute(update(event).where(event.c.seq == 5).values(body='{"half":'))
    before = dump(old)
    with pytest.raises(LedgerError, match="cannot be read"):
        Ledger.open(old, clock, "boot-2")
    assert dump(old) == before
    assert migrate.schema_version(old) == 1
    assert len(backups(database_url)) == (1 if old.dialect.name == "sqlite" else 0)


def test_an_older_line_that_still_runs_is_not_disturbed(old, clock, database_url):
    with old.connect() as holder:
        unlock = lock_writer(holder)
        with pytest.raises(LedgerBusy):
            Ledger.open(old, clock, "boot-2")
        unlock()
    assert migrate.schema_version(old) == 1
    assert backups(database_url) == []


def test_a_copy_that_the_disk_refuses_stops_the_migration(tmp_path, clock):
    url = f"sqlite:///{tmp_path}/station.sqlite"
    make_version_1(url)
    engine = open_database(url)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, limits[1]))
    try:
        with pytest.raises(StoreError, match=r"the disk (is full|failed)") as refused:
            Ledger.open(engine, clock, "boot-2")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert refused.value.where.endswith(".backup")
    assert backups(url) == []
    assert migrate.schema_version(engine) == 1
    Ledger.open(engine, clock, "boot-2").close()
    assert migrate.schema_version(engine) == SCHEMA_VERSION
    engine.dispose()


def test_a_second_copy_of_the_same_second_has_a_number(tmp_path):
    first = free_name(tmp_path / "a.backup")
    first.touch()
    assert free_name(tmp_path / "a.backup").name == "a.backup.1"


def test_a_copy_is_of_one_moment_while_somebody_writes(tmp_path):
    source = tmp_path / "busy.sqlite"
    with closing(sqlite3.connect(source, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE t (n INTEGER, x BLOB)")
        writer.executemany("INSERT INTO t VALUES (?, zeroblob(4000))", [(n,) for n in range(3000)])
        steps: list[int] = []

        def write_more(_what: str, done: int, _total: int) -> None:
            steps.append(done)
            writer.execute("INSERT INTO t VALUES (?, zeroblob(4000))", (3000 + len(steps),))

        copy_file(source, tmp_path / "copy.sqlite", write_more)
        assert writer.execute("SELECT count(*) FROM t").fetchone() == (3000 + len(steps),)
    assert len(steps) >= 3
    assert steps == sorted(set(steps))
    with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as copy:
        assert copy.execute("SELECT count(*) FROM t").fetchone() == (3000,)
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.sqlite"]
