"""One byte changed in a copy is found, and the original is not touched."""

from pathlib import Path

import pytest

from station.cli.demo_station import prepare
from station.cli.failure import Unusable
from station.cli.tamper import tamper
from station.ledger.journal import Ledger
from station.ledger.verify import verify_database
from station.store.database import open_database
from tests.station.conftest import Car, Hands


def test_the_number_that_failed_is_changed_and_found(tmp_path: Path) -> None:
    database = tmp_path / "station.sqlite"
    engine = open_database(f"sqlite:///{database}", station="T1")
    ledger = Ledger.open(engine, Hands(), "boot-1")
    last = [event for entry in Car().day() for event in ledger.append(entry)][-1]
    # The line still runs while somebody tampers with a copy.
    found = tamper(database)
    assert found.kind == "item.judged"
    assert (found.before, found.after) == ("64.4", "54.4")
    assert (found.copy.ok, found.copy.first_bad_seq) == (False, found.seq)
    assert (found.original.ok, found.original.events, found.original.head) == (True, last.seq, last.hash)
    assert verify_database(engine).ok
    ledger.close()
    engine.dispose()


def test_a_ledger_of_which_nothing_was_judged_serves_too_and_again(tmp_path: Path) -> None:
    prepare(tmp_path, 5.0)
    for _ in range(2):
        found = tamper(tmp_path / "station.sqlite")
        assert (found.copy.ok, found.copy.first_bad_seq, found.original.ok) == (False, found.seq, True)
    assert (tmp_path / "tampered").stat().st_mode & 0o077 == 0


def test_an_empty_ledger_is_said_to_be_empty(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/station.sqlite", station="T1").dispose()
    with pytest.raises(Unusable, match="no event yet"):
        tamper(tmp_path / "station.sqlite")
