"""The journal: one transaction, one writer, nothing twice, nothing lost."""

import resource
import sqlite3
import threading
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import Engine, func, insert, select, text, update
from sqlalchemy.engine import make_url

from station.ledger.errors import DuplicateCommand, LedgerBusy, LedgerError
from station.ledger.journal import Ledger
from station.ledger.verify import verify_database
from station.model import facts
from station.model.event import GENESIS, Entry, Event, Fact, body_of, event_hash
from station.model.inspection import State
from station.store import read
from station.store.credential import make_credential
from station.store.database import open_database
from station.store.errors import StoreError
from station.store.tables import METADATA, table


def rows_of(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        tables = METADATA.tables.values()
        return {t.name: connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}


def test_an_empty_ledger_begins_at_genesis(ledger):
    assert ledger.head == (0, GENESIS)


def test_an_entry_becomes_events_with_numbers_links_and_hashes(ledger, clock, car):
    (arrived,) = ledger.append(car.arrive())
    events = ledger.append(car.register())
    assert [event.seq for event in (arrived, *events)] == [1, 2, 3, 4]
    assert arrived.prev_hash == GENESIS
    assert [event.prev_hash for event in events] == [arrived.hash, events[0].hash, events[1].hash]
    assert all(event.hash == event_hash(event) for event in events)
    assert ledger.head == (4, events[-1].hash)
    assert arrived.at == "2026-11-22T01:02:04.000004Z"
    assert {event.at for event in events} == {"2026-11-22T01:02:05.000004Z"}


def test_a_wall_clock_that_jumps_back_is_stored_as_it_is(ledger, clock, car):
    (before,) = ledger.append(car.arrive())
    clock.at = clock.at.replace(year=2020)
    (after, *_) = ledger.append(car.register())
    assert after.at < before.at
    assert after.mono_ns > before.mono_ns


def test_what_is_stored_is_what_was_returned(ledger, engine, car):
    events = [event for entry in car.story() for event in ledger.append(entry)]
    assert list(ledger.events_since(0)) == events
    assert ledger.events_since(3, limit=2) == tuple(events[3:5])
    assert body_of(ledger.events_since(0)[1]) == car.register().facts[0].body


def test_one_transaction_writes_events_tables_evidence_names_and_reply(ledger, engine, car):
    ledger.append(car.arrive())
    entry = car.register()
    ledger.append(entry)
    ledger.append(car.start())
    finish = car.finish()
    ledger.append(finish)
    ((sha256, data),) = finish.evidence.items()
    assert read.evidence(engine, sha256) == data
    assert read.personal(engine, car.serial) == {"plate": "京A12345", "vin": "LSVAU033112345678", "owner": "某某"}
    stored = ledger.reply_to("desk-1", entry.reply.command_id)
    assert stored.body_sha256 == entry.reply.body_sha256
    assert read.inspection(engine, car.serial) == ledger.inspection(car.serial)
    assert read.inspection(engine, car.serial).item("B1").verdict == finish.facts[1].body.verdict


@pytest.mark.parametrize("broken", ["projected", "item_result", "inspection"])
def test_a_fault_in_the_projection_rolls_everything_back(ledger, engine, car, broken):
    for entry in (car.arrive(), car.register(), car.start()):
        ledger.append(entry)
    before, head = rows_of(engine), ledger.head
    with engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {broken} RENAME TO away"))
    entry = replace(car.finish(), personal=car.names(), reply=car.arrive().reply)
    with pytest.raises(StoreError):
        ledger.append(entry)
    with engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE away RENAME TO {broken}"))
    assert rows_of(engine) == before
    assert ledger.head == head
    ledger.append(entry)
    assert verify_database(engine).ok
    assert ledger.inspection(car.serial).item("B1").state == "done"


def test_the_same_command_twice_is_refused_and_changes_nothing(ledger, engine, car):
    entry = car.arrive()
    ledger.append(entry)
    before, head = rows_of(engine), ledger.head
    again = replace(entry, facts=(Fact("T1-20261122-0002", "s", "d", facts.KeysTaken()),))
    with pytest.raises(DuplicateCommand, match=entry.reply.command_id):
        ledger.append(again)
    assert rows_of(engine) == before
    assert ledger.head == head
    assert ledger.append(replace(again, reply=replace(entry.reply, client="desk-2")))[0].seq == 2


def test_a_reply_names_the_last_event_of_its_command(ledger, car):
    entry = car.arrive()
    (event,) = ledger.append(entry)
    assert event.hash in ledger.reply_to("desk-1", entry.reply.command_id).reply


def test_a_reply_may_stand_alone(ledger, car):
    assert ledger.append(replace(car.arrive(), facts=())) == ()
    assert ledger.head == (0, GENESIS)
    with pytest.raises(DuplicateCommand):
        ledger.append(replace(Entry(()), reply=ledger.reply_to("desk-1", f"{car.serial}-1")))


@pytest.mark.parametrize("extra", [{}, {"evidence": {"e3" * 32: b""}}])
def test_an_entry_without_facts_and_reply_is_refused(ledger, extra):
    with pytest.raises(ValueError, match=r"without facts|another hash"):
        ledger.append(Entry((), **extra))


def test_no_answer_to_a_command_that_never_came(ledger):
    assert ledger.reply_to("desk-1", "never") is None


def test_a_run_without_its_curves_is_refused(ledger, car):
    for entry in (car.arrive(), car.register(), car.start()):
        ledger.append(entry)
    with pytest.raises(LedgerError, match="r-1"):
        ledger.append(replace(car.finish(), evidence={}))
    assert ledger.inspection(car.serial).item("B1").state == "running"


def test_curves_of_another_hash_are_refused(ledger, car):
    entry = car.finish()
    with pytest.raises(ValueError, match="another hash"):
        ledger.append(replace(entry, evidence=dict.fromkeys(entry.evidence, b"other")))


def test_an_event_of_an_unknown_inspection_is_refused(ledger, engine, car):
    with pytest.raises(LedgerError, match=car.serial):
        ledger.append(car.start())
    assert rows_of(engine)["event"] == 0


def test_a_serial_is_not_used_twice(ledger, car):
    ledger.append(car.arrive())
    with pytest.raises(LedgerError, match="used before"):
        ledger.append(car.arrive())


def test_a_float_never_enters_the_chain(ledger, engine, car):
    class Weighed(facts.Body):
        kind = "rig.changed"
        mass_kg: float

    with pytest.raises(TypeError, match="float"):
        ledger.append(car.entry(Weighed(mass_kg=1.5)))
    assert rows_of(engine)["event"] == 0


def test_a_body_that_is_not_of_its_kind_never_enters_the_chain(ledger, engine, car):
    class Odd(facts.Body):
        kind = "stage.waiting"
        colour: str

    ledger.append(car.arrive())
    with pytest.raises(ValueError, match="colour"):
        ledger.append(car.entry(Odd(colour="red")))
    assert rows_of(engine)["event"] == 1
    ledger.append(car.register())


def test_a_credential_comes_with_the_person(ledger, engine):
    body = facts.StaffEnrolled(staff="s-9", roles=("driver",), name_commitment="00" * 32)
    entry = Entry(facts=(Fact("s-9", "line", "line", body),))
    ledger.append(entry, make_credential("s-9", "271828"))
    assert read.credential(engine, "s-9").matches("271828")
    assert not read.credential(engine, "s-9").matches("271829")
    ledger.append(entry, make_credential("s-9", "314159"))
    assert read.credential(engine, "s-9").matches("314159")


def test_a_second_writer_is_refused_and_the_next_one_is_not(ledger, engine, database_url, clock, car):
    ledger.append(car.arrive())
    other = open_database(database_url)
    with pytest.raises(LedgerBusy, match="another line"):
        Ledger.open(other, clock, "boot-2")
    ledger.append(car.register())
    ledger.close()
    second = Ledger.open(other, clock, "boot-2")
    assert second.head == ledger.head
    assert second.append(car.start())[0].boot_id == "boot-2"
    second.close()
    other.dispose()


def test_a_closed_ledger_refuses(ledger, car):
    ledger.close()
    with pytest.raises(LedgerError, match="closed"):
        ledger.append(car.arrive())


def test_it_serves_another_thread(ledger, car):
    seen: list[tuple[Event, ...]] = []
    worker = threading.Thread(target=lambda: seen.extend(ledger.append(entry) for entry in car.story()))
    worker.start()
    worker.join()
    assert sum(map(len, seen)) == ledger.head[0]


def test_a_restart_goes_on_from_the_ledger(ledger, engine, clock, car):
    entries = car.story()
    for entry in entries[:4]:
        ledger.append(entry)
    ledger.close()
    again = Ledger.open(engine, clock, "boot-2")
    for entry in entries[4:]:
        again.append(entry)
    assert again.inspection(car.serial).state == State.CLOSED
    assert verify_database(engine).ok
    again.close()


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path, clock, car, another):
    engine = open_database(f"sqlite:///{tmp_path}/full.sqlite")
    ledger = Ledger.open(engine, clock, "boot-1")
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    ledger._writer._driver.execute(f"PRAGMA max_page_count={pages + 3}")
    done = 0
    refusal = ""
    while not refusal and done < 100:
        try:
            ledger.append(another(done + 1).arrive())
            done += 1
        except StoreError as error:
            refusal = str(error)
    assert "the disk is full" in refusal
    assert ledger.head[0] == done > 0
    assert rows_of(engine)["event"] == rows_of(engine)["reply"] == done
    ledger._writer._driver.execute("PRAGMA max_page_count=1000000")
    ledger.append(another(done + 1).arrive())
    assert verify_database(engine).events == done + 1
    ledger.close()
    engine.dispose()


def test_a_disk_that_refuses_to_write_is_said_and_nothing_is_lost(tmp_path, clock, car):
    engine = open_database(f"sqlite:///{tmp_path}/station.sqlite")
    ledger = Ledger.open(engine, clock, "boot-1")
    ledger.append(car.arrive())
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "station.sqlite-wal").stat().st_size + 100, limits[1]))
    try:
        with pytest.raises(StoreError, match="disk"):
            ledger.append(car.register())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert ledger.head[0] == 1
    assert ledger.append(car.register())[0].seq == 2
    assert verify_database(engine).ok
    ledger.close()
    engine.dispose()


def test_a_read_only_database_is_said_and_nothing_is_lost(ledger, engine, database_url, car):
    ledger.append(car.arrive())
    sqlite = engine.dialect.name == "sqlite"
    setting = "PRAGMA query_only={}" if sqlite else "SET SESSION CHARACTERISTICS AS TRANSACTION {}"
    ledger._writer._driver.execute(setting.format("ON" if sqlite else "READ ONLY"))
    if not sqlite:
        ledger._writer._driver.commit()
    with pytest.raises(StoreError, match="cannot be written"):
        ledger.append(car.register())
    assert ledger.head[0] == 1
    ledger._writer._driver.execute(setting.format("OFF" if sqlite else "READ WRITE"))
    if not sqlite:
        ledger._writer._driver.commit()
    assert ledger.append(car.register())[0].seq == 2
    assert verify_database(engine).ok


def test_a_database_held_by_another_program_is_said(tmp_path, clock, car):
    engine = open_database(f"sqlite:///{tmp_path}/station.sqlite", busy_ms=20)
    ledger = Ledger.open(engine, clock, "boot-1")
    ledger.append(car.arrive())
    holder = sqlite3.connect(tmp_path / "station.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another program holds"):
        ledger.append(car.register())
    holder.execute("ROLLBACK")
    holder.close()
    assert ledger.append(car.register())[0].seq == 2
    ledger.close()
    engine.dispose()


def test_a_connection_that_the_server_ends_comes_back(postgres, clock, car):
    url = postgres.new_database()
    engine = open_database(url)
    ledger = Ledger.open(engine, clock, "boot-1")
    ledger.append(car.arrive())
    with psycopg.connect(dbname=make_url(url).database, host=str(postgres.folder), user="postgres") as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", (ledger._writer._driver.info.backend_pid,))
    with pytest.raises(StoreError, match="cannot be reached"):
        ledger.append(car.register())
    assert ledger.append(car.register())[0].seq == 2
    other = open_database(url)
    with pytest.raises(LedgerBusy):
        Ledger.open(other, clock, "boot-2")
    assert verify_database(engine).ok
    ledger.close()
    for each in (engine, other):
        each.dispose()


def test_a_commit_whose_answer_was_lost_counts_once(postgres, clock, car):
    engine = open_database(postgres.new_database())
    ledger = Ledger.open(engine, clock, "boot-1")
    ledger.append(car.arrive())
    driver = ledger._writer._driver

    class Lost:
        """The real connection, which breaks after the server has committed and before it says so."""

        closed = False

        def __getattr__(self, name):
            return getattr(driver, name)

        def commit(self):
            driver.commit()
            driver.close()
            self.closed = True
            raise psycopg.OperationalError("the connection is lost")

    ledger._writer._driver = Lost()
    events = ledger.append(car.register())
    assert [event.seq for event in events] == [2, 3, 4]
    assert ledger.append(car.start())[0].seq == 5
    assert verify_database(engine).events == 6
    ledger.close()
    engine.dispose()


def test_a_server_that_is_away_is_said_and_used_again(own_postgres, clock, car):
    engine = open_database(own_postgres.new_database())
    ledger = Ledger.open(engine, clock, "boot-1")
    ledger.append(car.arrive())
    own_postgres.stop()
    for _ in range(2):
        with pytest.raises(StoreError, match="cannot be reached"):
            ledger.append(car.register())
    own_postgres.start()
    assert ledger.append(car.register())[0].seq == 2
    assert verify_database(engine).ok
    ledger.close()
    engine.dispose()


def test_answers_are_kept_for_ninety_days(ledger, engine, clock, car, another):
    ledger.append(car.arrive())
    clock.at += timedelta(days=89)
    ledger.append(another(2).arrive())
    assert ledger.purge_replies() == 0
    clock.at += timedelta(days=1)
    assert ledger.purge_replies() == 1
    assert ledger.reply_to("desk-1", f"{car.serial}-1") is None
    assert ledger.reply_to("desk-1", "T1-20261122-0002-1") is not None
    assert verify_database(engine).events == 2


def test_an_erased_name_is_gone_and_the_chain_still_holds(ledger, engine, car):
    for entry in car.story():
        ledger.append(entry)
    assert verify_database(engine).erased == 0
    assert ledger.erase(car.serial, "owner") == 1
    assert read.personal(engine, car.serial) == {"plate": "京A12345", "vin": "LSVAU033112345678"}
    assert ledger.erase(car.serial) == 2
    report = verify_database(engine)
    assert report.ok
    assert report.erased == 3


def test_an_erased_name_is_gone_from_the_files(tmp_path, clock, car):
    engine = open_database(f"sqlite:///{tmp_path}/station.sqlite")
    ledger = Ledger.open(engine, clock, "boot-1")
    for entry in car.story():
        ledger.append(entry)
    names = [value.value.encode() for value in car.names()]

    def found() -> int:
        data = b"".join(path.read_bytes() for path in tmp_path.glob("station.sqlite*"))
        return sum(name in data for name in names)

    assert found() == 3
    ledger.erase(car.serial)
    assert found() == 0
    ledger.close()
    engine.dispose()


def test_a_ledger_that_lost_its_end_is_not_continued(ledger, engine, clock, car):
    for entry in car.story():
        ledger.append(entry)
    ledger.close()
    with engine.begin() as connection:
        connection.execute(table("event").delete().where(table("event").c.seq == ledger.head[0]))
    with pytest.raises(LedgerError, match="missing at the end"):
        Ledger.open(engine, clock, "boot-2")


def test_a_ledger_whose_end_was_altered_is_not_continued(ledger, engine, clock, car):
    ledger.append(car.arrive())
    ledger.close()
    with engine.begin() as connection:
        connection.execute(update(table("event")).values(actor="s-5"))
    with pytest.raises(LedgerError, match="altered"):
        Ledger.open(engine, clock, "boot-2")


def test_a_row_that_somebody_else_put_in_stops_the_writer(ledger, engine, car):
    (event,) = ledger.append(car.arrive())
    with engine.begin() as connection:
        connection.execute(insert(table("event")).values(**{**event.model_dump(), "seq": 2}))
    with pytest.raises(StoreError):
        ledger.append(car.register())
    assert rows_of(engine)["event"] == 2
