"""After a fork: the line that does not start on an older database, and the numbers that it gives on a forked one."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from room import Room

from station.bus import messages as m
from station.cli.demo_station import prepare
from station.ledger.errors import LedgerForkedError
from station.ledger.fork import write_mark
from station.line.config import load_config
from station.line.open import run_line
from station.store.answers import Fork


def forked(at: datetime) -> Fork:
    text = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return Fork(seq=4, at=text, hash="f3a9" * 16, size=3, head="aa" * 32, lost_size=9, lost_head="bb" * 32)


def test_a_forked_day_goes_on_above_the_lost_numbers_and_the_next_day_is_ordinary(room: Room) -> None:
    room.arrived()
    room.hall.count_forks((forked(room.now.replace(hour=2)),))  # ten in the morning in Shanghai
    assert room.arrived() == "t-1-20261122-4600"
    assert room.arrived() == "t-1-20261122-4601"
    room.now = datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert room.arrived() == "t-1-20261123-0001"


def test_a_line_does_not_start_on_a_database_that_is_older_than_the_mark(tmp_path: Path) -> None:
    file = prepare(tmp_path, 1.0)
    write_mark(load_config(file)[0].store.folder, (10_000, "ab" * 32))
    with pytest.raises(LedgerForkedError, match="10000 was written"):
        asyncio.run(run_line(file, asyncio.Event()))


def test_the_report_of_a_vehicle_that_was_here_before_the_fork_has_a_number_of_its_own(room: Room) -> None:
    serial = room.inspected()
    fork = forked(room.now.replace(year=2027))
    room.hall.count_forks((fork,))
    signed = room.decide("sam", m.ReviewSign(serial=serial))
    assert signed.body["report_no"] == f"{serial}-1-ff3a9f3"
