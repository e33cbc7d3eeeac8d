"""Enrolling people, and how tasks that must not be cut in two end."""

import asyncio

import pytest

from station.bus.clock import Clock
from station.ledger.journal import Ledger
from station.line.aside import to_its_end
from station.line.staff import enrol
from station.store import read
from station.store.database import open_database


@pytest.fixture
def ledger(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'station.sqlite'}", station="t-1")
    opened = Ledger.open(engine, Clock(), "setup")
    yield opened, engine
    opened.close()
    engine.dispose()


def test_a_person_has_a_number_in_the_chain_and_a_name_beside_it(ledger):
    book, engine = ledger
    enrol(book, "1001", "王小明", "2468", ("driver", "signatory"), "setup")
    (event,) = read.events_since(engine, 0)
    assert (event.kind, event.subject, event.actor) == ("staff.enrolled", "1001", "setup")
    assert "王小明" not in event.body
    assert "2468" not in event.body
    assert read.personal(engine, "1001")["name"] == "王小明"
    assert read.staff(engine) == {"1001": ("driver", "signatory")}
    assert read.credential(engine, "1001").matches("2468")


def test_enrolling_again_gives_new_roles_and_a_new_pin(ledger):
    book, engine = ledger
    enrol(book, "1001", "王小明", "2468", ("driver",), "setup")
    enrol(book, "1001", "王小明", "1357", ("emissions",), "setup")
    assert read.staff(engine) == {"1001": ("emissions",)}
    assert not read.credential(engine, "1001").matches("2468")
    assert read.credential(engine, "1001").matches("1357")


@pytest.mark.parametrize(("staff", "pin"), [("", "2468"), ("x" * 33, "2468"), ("1001", "123"), ("1001", "1" * 13)])
def test_nobody_is_enrolled_who_could_not_log_in(ledger, staff, pin):
    book, engine = ledger
    with pytest.raises(ValueError, match="expected") as caught:
        enrol(book, staff, "王小明", pin, ("driver",), "setup")
    assert pin not in str(caught.value).replace("1 to 32", "").replace("4 to 12", "") or pin == ""
    assert read.staff(engine) == {}


async def test_what_was_begun_ends_before_the_cancellation_goes_on():
    begun, may_end, seen = asyncio.Event(), asyncio.Event(), []

    async def work():
        begun.set()
        await may_end.wait()
        seen.append("written")

    async def caller():
        try:
            await to_its_end(work())
        finally:
            seen.append("over")

    task = asyncio.create_task(caller())
    await begun.wait()
    task.cancel()
    await asyncio.sleep(0)
    assert seen == []
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["written", "over"]


async def test_a_failure_of_what_was_begun_does_not_hide_the_cancellation():
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def work():
        begun.set()
        await may_end.wait()
        raise RuntimeError("the disk")

    task = asyncio.create_task(to_its_end(work()))
    await begun.wait()
    task.cancel()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_without_a_cancellation_result_and_failure_are_the_works_own():
    async def work(result):
        if result is None:
            raise RuntimeError("the disk")
        return result

    assert await to_its_end(work(7)) == 7
    with pytest.raises(RuntimeError, match="the disk"):
        await to_its_end(work(None))
