"""The mark beside the database, and what may not be given twice after a fork."""

import json
import stat
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.ledger.errors import LedgerForkedError
from station.ledger.fork import A_MINUTE, MARK, ORDINARY, check_known, check_mark, read_mark, report_no, write_mark
from station.ledger.fork import serial_floors as floors
from station.model.event import GENESIS, Entry, Fact
from station.model.facts import LedgerForked
from station.model.inspection import AttemptRecord, Inspection
from station.store.answers import Fork
from station.store.errors import StoreError

SHANGHAI = ZoneInfo("Asia/Shanghai")


def fork(at: datetime, hash_: str = "ab12cd" + "0" * 58) -> Fork:
    text = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return Fork(seq=4, at=text, hash=hash_, size=3, head="aa" * 32, lost_size=9, lost_head="bb" * 32)


def test_a_mark_is_read_as_it_was_written_and_by_nobody_else(tmp_path):
    assert read_mark(tmp_path) is None
    write_mark(tmp_path, (7, "ab" * 32))
    write_mark(tmp_path, (8, "cd" * 32))
    assert read_mark(tmp_path) == (8, "cd" * 32)
    assert [path.name for path in tmp_path.iterdir()] == [MARK]
    assert stat.S_IMODE((tmp_path / MARK).stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "{", "[]", '{"size": "x", "head": ""}', '{"size": 1}', "\xff"])
def test_a_damaged_mark_is_no_excuse(tmp_path, engine, text):
    (tmp_path / MARK).write_text(text, encoding="latin-1")
    with pytest.raises(LedgerForkedError, match="damaged") as refused:
        check_mark(tmp_path, engine)
    assert "已损坏" in refused.value.say("zh")


def test_a_mark_that_cannot_be_read_is_said(tmp_path, engine):
    (tmp_path / MARK).mkdir()
    with pytest.raises(StoreError, match="could not be read"):
        check_mark(tmp_path, engine)


def test_a_ledger_that_went_on_is_the_same(tmp_path, engine, ledger, car):
    check_mark(tmp_path, engine)
    ledger.append(car.arrive())
    write_mark(tmp_path, ledger.head)
    ledger.append(car.register())
    check_mark(tmp_path, engine)
    write_mark(tmp_path, (0, GENESIS))
    check_mark(tmp_path, engine)


def test_an_older_ledger_and_another_one_are_refused(tmp_path, engine, ledger, car):
    ledger.append(car.arrive())
    size, head = ledger.head
    write_mark(tmp_path, (size + 1, head))
    with pytest.raises(LedgerForkedError, match="it ends at event 1, 2 was written") as refused:
        check_mark(tmp_path, engine)
    assert "--fork --reason" in refused.value.todo.zh
    write_mark(tmp_path, (size, "ab" * 32))
    with pytest.raises(LedgerForkedError, match="not this station's ledger"):
        check_mark(tmp_path, engine)


def test_what_a_signed_fork_gave_up_is_not_asked_for_again(engine, ledger, car):
    ledger.append(car.arrive())
    lost = {"lost_size": 9, "lost_head": "bb" * 32, "reason_commitment": "cc" * 32, "key": "k", "signature": "dd"}
    body = LedgerForked(size=1, head=ledger.head[1], **lost)
    ledger.append(Entry((Fact("T1", "s", "d", body),)))
    check_known(engine, (9, "bb" * 32), "mark")
    check_known(engine, (2, "ee" * 32), "mark")
    for known in ((10, "bb" * 32), (1, "ee" * 32)):
        with pytest.raises(LedgerForkedError):
            check_known(engine, known, "mark")


def test_the_day_of_a_fork_goes_on_with_higher_numbers():
    morning = fork(datetime(2026, 11, 22, 8, 30, tzinfo=SHANGHAI))
    assert floors([morning], SHANGHAI) == {"20261122": ORDINARY - 1 + A_MINUTE * 510}
    late = fork(datetime(2026, 11, 22, 23, 59, tzinfo=SHANGHAI))
    assert floors([late, morning], SHANGHAI) == {"20261122": 9633}
    assert floors([], SHANGHAI) == {}


@given(st.integers(0, 1439), st.integers(1, 600), st.integers(0, A_MINUTE - 1))
def test_a_later_fork_begins_above_all_that_an_earlier_branch_can_have_given(minute, later, rate):
    begin = datetime(2026, 11, 22, tzinfo=SHANGHAI) + timedelta(minutes=minute)
    end = begin + timedelta(minutes=later)
    day = f"{begin:%Y%m%d}"
    if f"{end:%Y%m%d}" == day:
        first, second = (floors([fork(each)], SHANGHAI)[day] for each in (begin, end))
        assert first + rate * later < second + 1


def inspection(taken_at: str) -> Inspection:
    attempts = (AttemptRecord(number=1, plan=("B1",)),)
    return Inspection(serial="T1-20261122-0003", keys_taken_at=taken_at, attempts=attempts, last_seq=3)


def test_a_report_of_a_vehicle_from_before_a_fork_names_the_fork():
    noon = fork(datetime(2026, 11, 22, 4, tzinfo=UTC))
    before, after = inspection("2026-11-22T03:59:59.000000Z"), inspection("2026-11-22T04:00:01.000000Z")
    assert report_no(before, ()) == report_no(after, (noon,)) == "T1-20261122-0003-1"
    assert report_no(before, (noon,)) == "T1-20261122-0003-1-fab12cd"


def test_the_mark_says_its_version(tmp_path):
    write_mark(tmp_path, (1, "ab" * 32))
    assert json.loads((tmp_path / MARK).read_text(encoding="ascii"))["v"] == 1
