"""Questions of the line and the office, answered from a day's records."""

import zlib

import pytest
from sqlalchemy import insert, update

from station.model import facts
from station.model.canonical import sha256_hex
from station.model.event import GENESIS, Entry, Fact, PersonalValue
from station.model.inspection import State
from station.store import read
from station.store.database import open_database
from station.store.errors import StoreError
from station.store.tables import table


def test_open_inspections_are_those_whose_key_we_hold(ledger, engine, day, car, another):
    second = another(2)
    ledger.append(second.arrive())
    assert [each.serial for each in read.inspections(engine)] == [car.serial, second.serial]
    assert [each.serial for each in read.inspections(engine, open_only=True)] == [second.serial]
    third = another(3)
    ledger.append(third.arrive())
    ledger.append(third.entry(facts.ArrivalCancelled()))
    assert [each.serial for each in read.inspections(engine, True)] == [second.serial]


def test_inspections_of_a_time(engine, day, car):
    taken = read.inspection(engine, car.serial).keys_taken_at
    assert len(read.inspections(engine, start=taken)) == 1
    assert read.inspections(engine, end=taken) == ()


def test_one_inspection_whole(engine, day, car):
    inspection = read.inspection(engine, car.serial)
    assert inspection.state == State.CLOSED
    assert inspection.attempts[0].report_sha256 == "77" * 32
    assert read.inspection(engine, "T1-20261122-9999") is None


def test_the_last_serial_of_a_day(ledger, engine, day, another):
    ledger.append(another(12).arrive())
    assert read.last_serial(engine, "T1-20261122-") == "T1-20261122-0012"
    assert read.last_serial(engine, "T1-20261123-") is None
    assert read.last_serial(engine, "T1%") is None


def test_personal_values_are_the_newest(ledger, engine, day, car):
    corrected = PersonalValue(car.serial, "plate", "京A54321", "salt-2")
    entry = car.entry(facts.StageWaiting(stage="handback", attempt=1))
    ledger.append(Entry(facts=entry.facts, personal=(corrected,)))
    assert read.personal(engine, car.serial)["plate"] == "京A54321"
    assert read.personal(engine, "s-4") == {"name": "某技师"}
    assert read.personal(engine, "nobody") == {}
    assert corrected in [value for _, value in read.personal_values(engine)]


@pytest.mark.parametrize(
    ("fragment", "found"),
    [("2345", 2), ("京a123", 2), ("lsvau", 2), ("54321", 0), ("%", 0), ("_", 0), ("某某", 0), ("", 0), ("5678", 2)],
)
def test_vehicles_are_found_by_a_part_of_plate_or_vin_and_by_no_name(
    ledger, engine, day, car, another, fragment, found
):
    second = another(2)
    for entry in (second.arrive(), second.register()):
        ledger.append(entry)
    assert read.vehicles_like(engine, fragment) == (second.serial, car.serial)[:found]


def test_evidence_is_checked_when_it_is_read(engine, day, car):
    ((sha256, data),) = car.finish().evidence.items()
    assert read.evidence(engine, sha256) == data
    with pytest.raises(StoreError, match="no curves with the hash"):
        read.evidence(engine, "00" * 32)
    for damaged in (b"odd", zlib.compress(b"other curves")):
        with engine.begin() as connection:
            connection.execute(update(table("evidence")).values(data=damaged))
        with pytest.raises(StoreError, match="changed or damaged"):
            read.evidence(engine, sha256)


def test_evidence_is_stored_compressed(engine, day, car):
    ((_, data),) = car.finish().evidence.items()
    with engine.connect() as connection:
        stored = connection.execute(table("evidence").select()).one().data
    assert len(stored) < len(data) * 0.6


def test_stage_times_in_order_and_of_a_time(engine, day, car):
    times = read.stage_times(engine)
    assert [each.stage for each in times] == ["desk", "brake", "review"]
    assert times[0].finished_at is not None
    assert read.stage_times(engine, times[1].waiting_at, times[2].waiting_at) == times[1:2]


def test_a_session_is_found_by_its_token_while_it_is_open(ledger, engine, day):
    session = read.find_session(engine, "token-1")
    assert (session.client, session.staff, session.roles) == ("lane-1", "s-4", ("driver", "signatory"))
    assert read.find_session(engine, "token-2") is None
    assert read.find_session(engine, sha256_hex(b"token-1")) is None
    ledger.append(Entry((Fact("station", "s-4", "lane-1", facts.SessionClosed(client="lane-1", staff="s-4")),)))
    assert read.find_session(engine, "token-1") is None


def test_a_new_login_ends_the_one_before_on_that_client_only(ledger, engine, day):
    for client, token in (("lane-2", b"token-2"), ("lane-1", b"token-3")):
        body = facts.SessionOpened(client=client, staff="s-8", token_sha256=sha256_hex(token))
        ledger.append(Entry((Fact("station", "s-8", client, body),)))
    assert {session.client: session.staff for session in read.open_sessions(engine)} == {
        "lane-1": "s-8",
        "lane-2": "s-8",
    }
    assert read.find_session(engine, "token-1") is None


def test_staff_and_credentials(engine, day):
    assert read.staff(engine) == {"s-4": ("driver", "signatory")}
    assert read.credential(engine, "s-4") is None


def test_a_report_is_expected_from_the_signature_on(ledger, engine, day, another):
    second = another(2)
    for entry in (second.arrive(), second.register(), *second.leave()[:3]):
        ledger.append(entry)
    issued, signed = read.reports(engine)
    assert (issued.sha256, issued.size, issued.attempt, issued.conclusion) == ("77" * 32, 2**33, 1, "pass")
    assert (signed.report_no, signed.sha256, signed.issued_at) == (f"R-{second.serial}", None, None)
    assert read.reports(engine, second.serial) == (signed,)


def test_rigs(engine, day):
    (rig,) = read.rig_states(engine)
    assert (rig.rig, rig.state) == ("brake-1", "online")
    (check,) = read.rig_checks(engine, "brake-1")
    assert (check.name, check.passed) == ("zero", True)
    assert read.rig_checks(engine, "gas-1") == ()


def test_events_in_pages(engine, day):
    assert read.events_since(engine, 3, 2) == day[3:5]
    assert [len(page) for page in read.event_pages(engine, page=5)] == [5] * (len(day) // 5) + [len(day) % 5]
    assert read.head(engine) == (day[-1].seq, day[-1].hash)
    assert read.projected(engine) == day[-1].seq


def test_an_empty_database_answers(engine):
    assert read.head(engine) == (0, GENESIS)
    assert (read.projected(engine), read.inspections(engine), read.events_since(engine, 0)) == (0, (), ())


def test_a_reader_sees_what_the_writer_commits_without_waiting(ledger, engine, database_url, car):
    office = open_database(database_url, create=False)
    with office.connect() as reading:
        before = reading.execute(table("event").select()).all()
        ledger.append(car.arrive())
        assert before == []
    assert read.head(office) == ledger.head
    office.dispose()


def test_a_database_that_fails_while_it_is_read_is_said(engine, day):
    with engine.begin() as connection:
        connection.execute(insert(table("meta")).values(key="note", value="x"))
        table("staff").drop(connection)
    with pytest.raises(StoreError, match="no tables of a station"):
        read.staff(engine)
