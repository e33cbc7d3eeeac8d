"""The broker's retained state is the second witness: a database that was put back together with its mark is noticed."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from handheld.board import Board
from station.bus.broker import Broker
from station.bus.clock import Clock
from station.bus.link import Link
from station.bus.topics import Topics
from station.cli.backup import home_of
from station.ledger.accept import Word, accept_fork
from station.ledger.errors import LedgerForkedError
from station.ledger.fork import MARK, check_mark
from station.ledger.journal import Ledger
from station.line import witness
from station.line.config import load_config
from station.line.open import run_line
from station.line.staff import enrol
from station.store import read
from station.store.database import open_database

CONFIG = """
[station]
id = "{station}"
name_zh = "站"
name_en = "station"
[store]
folder = "store"
[broker]
mqtt_port = {port}
ws_port = {ws_port}
"""
LONG_S = 20.0
DATABASE = "station.sqlite"


@dataclass
class Station:
    """A station without rigs at a real broker."""

    broker: Broker
    folder: Path
    file: Path = field(init=False)

    def __post_init__(self) -> None:
        place = self.broker.place
        self.file = self.folder / "station.toml"
        self.file.write_text(CONFIG.format(station=place.station, port=place.port, ws_port=place.ws_port))
        self.config = load_config(self.file)[0]
        self.store.mkdir()
        shutil.copy(self.broker.accounts.path, self.config.accounts_file)

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def head(self) -> tuple[int, str]:
        engine = open_database(self.config.database_url, create=False)
        try:
            return read.head(engine)
        finally:
            engine.dispose()

    @asynccontextmanager
    async def line(self) -> AsyncIterator["asyncio.Task[None]"]:
        """Run a line while the block runs; if it ended by itself, its error is the test's to await."""
        stop = asyncio.Event()
        task = asyncio.create_task(run_line(self.file, stop))
        try:
            yield task
        finally:
            ended = task.done()
            stop.set()
            if not ended:
                await task

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[Board]:
        board = Board(self.broker.place.url, self.broker.place.station, self.broker.account("handheld-01"))
        await board.start()
        try:
            yield board
        finally:
            await board.stop()

    async def a_day(self) -> None:
        """Have a line start, say its state, and end in order."""
        async with self.watched() as board:
            await self.on_air(board)
            await board.await_state(lambda state: not state.online, LONG_S)
        assert board.state is not None
        assert (board.state.seq, board.state.head) == self.head

    async def on_air(self, board: Board) -> None:
        """Have a line start and say that it is there, and end it."""
        before = board.state.epoch if board.state else ""
        async with self.line() as task:
            said = asyncio.create_task(board.await_state(lambda s: s.online and s.epoch != before, LONG_S))
            await asyncio.wait((said, task), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                said.cancel()
                await task
            await said

    def copy_to(self, aside: Path) -> None:
        """Copy database and mark, as whoever means to put them back would."""
        aside.mkdir()
        source, target = sqlite3.connect(self.store / DATABASE), sqlite3.connect(aside / DATABASE)
        with closing(source), closing(target):
            source.backup(target)
        shutil.copy(self.store / MARK, aside)

    def put_back(self, aside: Path) -> None:
        """Put database and mark back behind the station's back: by the mark alone everything is in order."""
        for old in self.store.glob(f"{DATABASE}*"):
            old.unlink()
        for name in (DATABASE, MARK):
            shutil.copy(aside / name, self.store)
        engine = open_database(self.config.database_url, create=False)
        check_mark(self.store, engine)
        engine.dispose()

    def go_on(self, people: int) -> None:
        """Write events while no line is there."""
        engine = open_database(self.config.database_url, create=False)
        ledger = Ledger.open(engine, Clock(), "test")
        for number in range(people):
            enrol(ledger, str(2000 + number), f"员工{number}", "2468", ("registrar",), "setup")
        ledger.close()
        engine.dispose()

    async def retained(self) -> bytes:
        """Return the retained state as the broker has it."""
        said: asyncio.Queue[bytes] = asyncio.Queue()
        link = Link(self.broker.url, self.broker.account("handheld-02"))
        link.subscribe(Topics(self.broker.place.station).state, lambda topic, payload: said.put_nowait(payload))
        await link.start()
        async with asyncio.timeout(LONG_S):
            payload = await said.get()
        await link.stop()
        return payload


@pytest.fixture
def station(own_broker: Broker, tmp_path: Path) -> Station:
    return Station(own_broker, tmp_path)


async def put_back_after_a_day(station: Station) -> tuple[int, str]:
    """Put the first day's database and mark back after a second day; return how far that one was."""
    aside = station.folder / "aside"
    async with station.watched() as board, station.line():
        await board.await_state(lambda state: state.online, LONG_S)
        station.copy_to(aside)
    await station.a_day()
    reached = station.head
    station.put_back(aside)
    assert station.head[0] < reached[0]
    return reached


async def refused(station: Station) -> LedgerForkedError:
    """Start a line that must not start, and return why."""
    before, said = station.head, await station.retained()
    with pytest.raises(LedgerForkedError) as found:
        async with asyncio.timeout(LONG_S):
            await run_line(station.file, asyncio.Event())
    # It wrote nothing and said nothing.
    assert station.head == before
    assert await station.retained() == said
    return found.value


async def test_an_old_database_with_its_own_old_mark_is_noticed(station: Station) -> None:
    size, head = await put_back_after_a_day(station)
    error = await refused(station)
    assert f"还保留着第 {size} 条事件的状态" in error.say("zh")
    assert f"the database ends at event {station.head[0]}" in error.say("en")
    assert f"--lost-size {size} --lost-head {head}" in error.todo.zh
    assert error.where == station.config.broker.address


async def test_another_branch_that_is_as_long_is_noticed(station: Station) -> None:
    size, _ = await put_back_after_a_day(station)
    station.go_on(size)
    assert f"its event {size} is another one" in (await refused(station)).say("en")


async def test_a_ledger_that_is_ahead_of_what_was_said_is_in_order(station: Station) -> None:
    # As after a kill between commit and publish.
    await station.a_day()
    station.go_on(3)
    await station.a_day()


async def test_a_broker_that_lost_its_store_says_nothing_and_holds_nobody_up(station: Station) -> None:
    await station.a_day()
    await station.broker.stop()
    shutil.rmtree(station.broker.place.folder / "jetstream")
    await station.broker.start()
    await station.a_day()


async def test_the_named_way_out_leads_on(station: Station) -> None:
    lost = await put_back_after_a_day(station)
    await refused(station)
    accept_fork(home_of(station.config, station.file), Clock(), Word("the disk died", lost=lost))
    await station.a_day()
    await station.a_day()


async def test_a_fork_of_which_the_broker_knew_more_is_asked_for_no_second_time(station: Station) -> None:
    # Whoever restored knew of a part of the lost branch only.
    size, head = await put_back_after_a_day(station)
    assert size > station.head[0] + 1
    accept_fork(home_of(station.config, station.file), Clock(), Word("the disk died", lost=(station.head[0] + 1, head)))
    await station.a_day()


async def test_what_comes_after_a_fork_is_witnessed_again(station: Station) -> None:
    lost = await put_back_after_a_day(station)
    accept_fork(home_of(station.config, station.file), Clock(), Word("the disk died", lost=lost))
    async with station.watched() as board:
        await station.on_air(board)
    again = station.folder / "again"
    station.copy_to(again)
    await station.a_day()
    station.put_back(again)
    await refused(station)


async def test_without_a_broker_the_line_works_and_says_nothing_until_the_witness_was_heard(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put_back_after_a_day(station)
    said = await station.retained()
    monkeypatch.setattr(witness, "CONNECT_S", 0.1)
    await station.broker.stop()
    before = station.head
    async with station.line() as task:
        async with asyncio.timeout(LONG_S):
            while station.head == before:
                await asyncio.sleep(0.01)
        await station.broker.start()
        with pytest.raises(LedgerForkedError, match=r"than what the station said|another one than in the state"):
            async with asyncio.timeout(LONG_S):
                await task
    assert await station.retained() == said
    await refused(station)


async def test_a_broker_that_comes_later_and_agrees_hears_the_line(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    await station.a_day()
    monkeypatch.setattr(witness, "CONNECT_S", 0.1)
    await station.broker.stop()
    before = station.head
    async with station.line():
        async with asyncio.timeout(LONG_S):
            while station.head == before:
                await asyncio.sleep(0.01)
        await station.broker.start()
        async with station.watched() as board:
            state = await board.await_state(lambda state: state.online, LONG_S)
    assert state.seq > before[0]


async def test_a_state_of_another_version_says_nothing_of_the_ledger(station: Station) -> None:
    await station.a_day()
    link = Link(station.broker.url, station.broker.account("line"))
    await link.start()
    await link.wait(LONG_S)
    await link.publish_acked(Topics(station.broker.place.station).state, b'{"v": 99}', retain=True)
    await link.stop()
    async with station.watched() as board:
        await station.on_air(board)
