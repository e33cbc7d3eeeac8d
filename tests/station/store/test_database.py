"""Opening a station's database: what is made, what is refused, and what the refusal says."""

import sqlite3
import stat
import subprocess
import sys

import psycopg
import pytest
from sqlalchemy import create_engine, inspect, text, update
from sqlalchemy.engine import make_url

from station.store import errors
from station.store.credential import make_credential
from station.store.database import open_database, place, station_id
from station.store.errors import StoreError
from station.store.tables import METADATA, PROJECTIONS, SCHEMA_VERSION, table


def test_a_new_database_has_every_table_and_its_station(engine):
    assert set(inspect(engine).get_table_names()) == set(METADATA.tables)
    assert station_id(engine) == "T1"


def test_it_opens_again_and_for_readers(engine, database_url):
    for options in ({}, {"create": False}, {"station": "T1"}):
        again = open_database(database_url, **options)
        assert station_id(again) == "T1"
        again.dispose()


def test_a_database_of_another_station_is_refused(engine, database_url):
    with pytest.raises(StoreError, match="belongs to station T1, not to T2"):
        open_database(database_url, station="T2")


def test_a_newer_database_is_refused(engine, database_url):
    with engine.begin() as connection:
        meta = table("meta")
        connection.execute(update(meta).where(meta.c.key == "schema").values(value=str(SCHEMA_VERSION + 1)))
    with pytest.raises(StoreError, match=f"structure version {SCHEMA_VERSION + 1}") as refused:
        open_database(database_url)
    assert refused.value.say("zh").startswith(f"数据库结构版本为 {SCHEMA_VERSION + 1}")
    assert "install" in refused.value.todo.en


@pytest.mark.parametrize("value", ["", "one", "-1"])
def test_a_database_without_a_readable_version_is_refused(engine, database_url, value):
    with engine.begin() as connection:
        connection.execute(update(table("meta")).where(table("meta").c.key == "schema").values(value=value))
    with pytest.raises(StoreError, match="not a station's database"):
        open_database(database_url)


def test_a_reader_does_not_make_tables(database_url):
    with pytest.raises(StoreError, match="no tables of a station"):
        open_database(database_url, create=False)


def test_somebody_elses_database_is_not_touched(database_url):
    url = make_url(database_url)
    plain = create_engine(url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url)
    with plain.begin() as connection:
        connection.execute(text("CREATE TABLE shop (id INTEGER)"))
    with pytest.raises(StoreError, match="not a station's database"):
        open_database(database_url)
    assert inspect(plain).get_table_names() == ["shop"]
    plain.dispose()


def test_a_file_that_is_no_database_is_not_touched(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("no database\n" * 100)
    with pytest.raises(StoreError, match="not a station's database"):
        open_database(f"sqlite:///{file}")
    assert file.read_text() == "no database\n" * 100


def test_a_folder_that_is_missing_is_said(tmp_path):
    with pytest.raises(StoreError, match="cannot be opened") as refused:
        open_database(f"sqlite:///{tmp_path}/none/station.sqlite")
    assert refused.value.where == f"{tmp_path}/none/station.sqlite"


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(StoreError, match="cannot be opened"):
        open_database(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize("url", ["", "station.sqlite", "sqlite://", "sqlite:///:memory:", "mysql://u:pin@host/db"])
def test_other_addresses_are_refused_without_their_password(url):
    with pytest.raises(StoreError, match="no database address") as refused:
        open_database(url)
    assert "pin" not in str(refused.value)


def test_a_server_that_is_not_there_is_said_without_the_password(tmp_path):
    with pytest.raises(StoreError, match="cannot be reached") as refused:
        open_database(f"postgresql://user:secret@/db?host={tmp_path}")
    assert "secret" not in str(refused.value)


def test_a_database_that_is_not_utf8_is_refused(postgres):
    with pytest.raises(StoreError, match="encoded in SQL_ASCII"):
        open_database(postgres.new_database("SQL_ASCII"))


def test_a_commit_is_durable_whatever_the_server_says(engine):
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
        else:
            assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
            assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2


def test_only_the_owner_reads_the_file(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path}/station.sqlite")
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    engine.dispose()


def test_place_hides_the_password(tmp_path):
    engine = create_engine("postgresql+psycopg://user:secret@host/db")
    assert "secret" not in place(engine)
    engine.dispose()


def test_two_processes_may_make_it_at_once(database_url):
    script = "import sys; from station.store.database import open_database as o; o(sys.argv[1]).dispose()"
    makers = [subprocess.Popen([sys.executable, "-c", script, database_url]) for _ in range(3)]
    assert [maker.wait() for maker in makers] == [0, 0, 0]


def test_projections_and_records_are_told_apart():
    records = {"event", "reply", "personal", "evidence", "credential", "meta"}
    assert {each.name for each in PROJECTIONS} == set(METADATA.tables) - records


@pytest.mark.parametrize(
    ("error", "case"),
    [
        (sqlite3.OperationalError("database or disk is full"), "full"),
        (sqlite3.OperationalError("disk I/O error"), "io"),
        (sqlite3.DatabaseError("database disk image is malformed"), "foreign"),
        (sqlite3.OperationalError("odd"), "failed"),
        (psycopg.errors.DiskFull("could not extend file"), "full"),
        (psycopg.errors.IoError("could not read"), "io"),
        (psycopg.errors.AdminShutdown("terminating"), "unreachable"),
        (psycopg.errors.InvalidPassword("no"), "unreachable"),
        (psycopg.errors.CheckViolation("odd"), "failed"),
        (psycopg.OperationalError(""), "unreachable"),
    ],
)
def test_what_the_driver_says_becomes_what_a_person_can_do(error, case):
    with pytest.raises(StoreError) as raised, errors.store_errors("here"):
        raise error
    assert raised.value.todo == errors.TEXTS.text(f"{case}.todo")
    assert raised.value.where == "here"


def test_every_case_says_what_to_do():
    keys = errors.TEXTS.keys()
    assert {key for key in keys if not key.endswith(".todo") and f"{key}.todo" not in keys} == set()


def test_a_pin_is_checked_but_never_shown():
    one, two = make_credential("s-1", "271828"), make_credential("s-1", "271828")
    assert one.matches("271828")
    assert not one.matches("271829")
    assert one.hash != two.hash
    assert repr(one) == "Credential(staff='s-1')"
