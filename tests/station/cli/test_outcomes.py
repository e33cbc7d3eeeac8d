"""What else can go wrong at a whole station: the clock, a serial port, the broker's folder, a second line.

Each ends in one clear sentence, in both languages, and with nothing lost: the vehicle goes on afterwards.
The table of all of them: docs/explanation/what-can-go-wrong.md.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest_asyncio

from station.bus import messages as m
from station.bus.accounts import make_accounts
from station.bus.broker import Broker, free_ports
from station.bus.clock import Clock
from station.bus.link import Link
from station.bus.topics import Topics
from station.cli.processes import HANDHELDS
from station.model import facts
from station.model.text import Text
from station.store import read
from tests.reports.printing.eve import EvePrinter
from tests.station.cli.outcome_disk import LANGUAGES, command
from tests.station.line.house import House
from tests.station.line.story import LONG_S, Story, bodies_of, events, until, verified

HOUR_MS = 3_600_000
SPEED = 10.0


@dataclass(frozen=True)
class WallClock(Clock):
    """A clock whose time of day somebody moves; durations go on."""

    moved: list[timedelta] = field(default_factory=list)

    def now(self) -> datetime:
        return super().now() + sum(self.moved, timedelta())


class TroubledHouse(House):
    """A house whose analyser is at a serial port that is not there, and whose wall clock can be moved."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.wall = WallClock(self.clock.speed, self.clock.origin)
        self.clock = self.wall

    @property
    def port(self) -> Path:
        return self.folder / "ttyUSB7"

    @property
    def config_text(self) -> str:
        return super().config_text.replace(self.world.gas_url, f"serial://{self.port}?baud=9600&parity=N")


@pytest_asyncio.fixture
async def house(own_broker: Broker, tmp_path: Path) -> AsyncIterator[TroubledHouse]:
    (folder := tmp_path / "store").mkdir()
    whole = TroubledHouse(folder, own_broker, speed=SPEED)
    await whole.open()
    yield whole
    await whole.close()


async def test_a_serial_port_that_is_not_there_locks_that_rig_and_nothing_else(house: TroubledHouse) -> None:
    story = await Story(house).begin()
    state = await story.driver.await_state(lambda s: any(lock.subject == "gas-1" for lock in s.locks), LONG_S)
    (lock,) = state.locks
    assert str(house.port) in lock.reason.zh
    assert "串口打不开" in lock.reason.zh
    assert "cannot open" in lock.reason.en
    assert lock.remedy.zh == "检查电源和线缆；恢复后自动继续使用。"
    assert lock.remedy.en
    await story.hands()
    await story.enter()
    await story.done("B1")
    house.port.symlink_to(house.world.gas.path)
    await story.driver.await_state(lambda s: not s.locks, LONG_S)
    assert verified(house)


async def test_a_clock_that_jumps_in_a_run_changes_no_result_and_is_told_and_in_the_ledger(
    house: TroubledHouse,
) -> None:
    story = await Story(house).begin()
    await story.hands()
    await story.enter()
    await story.at("brake")
    house.wall.moved.append(timedelta(hours=1))
    assert "向前跳到了" in (await clock_lock(story, "forward")).reason.zh
    await story.done("B1")
    house.wall.moved.append(timedelta(hours=-2))
    lock = await clock_lock(story, "set back")
    assert "倒退到了" in lock.reason.zh
    assert "启用自动校时" in lock.remedy.zh
    await story.brakes_done()
    assert story.runs("B1") == [("B1", "finished", None)]
    steps = [body["step_ms"] for body in bodies_of(house, facts.ClockJumped.kind)]
    assert [round(step / HOUR_MS) for step in steps] == [1, -2]
    house.wall.moved.append(timedelta(hours=1))
    await story.driver.await_state(lambda s: not any(lock.subject == "clock" for lock in s.locks), LONG_S)
    assert (await story.desk.arrive())[-4:] == "0002"
    assert [event.seq for event in events(house)] == list(range(1, len(events(house)) + 1))
    assert verified(house)


async def clock_lock(story: Story, english: str) -> m.Lock:
    """Wait until everybody is told that the clock jumped that way."""

    def told(state: m.StationState) -> list[m.Lock]:
        return [lock for lock in state.locks if lock.subject == "clock" and english in lock.reason.en]

    return told(await story.driver.await_state(lambda s: bool(told(s)), LONG_S))[0]


async def test_a_broker_that_comes_back_without_its_folder_is_told_everything_and_a_run_goes_on_meanwhile(
    house: TroubledHouse,
) -> None:
    story = await Story(house).begin()
    await story.hands()
    await story.enter()
    await story.at("brake")
    await house.broker.stop()
    shutil.rmtree(house.broker.place.folder)
    await house.broker.start()
    await story.done("B1")
    newcomer = await house.handheld("handheld-02", "1003")
    state = await newcomer.await_state(lambda s: s.online and s.seq >= read.head(house.engine)[0], LONG_S)
    assert state.present == (story.serial,)
    await newcomer.await_inspection(story.serial, lambda s: s.plate == story.car.plate, LONG_S)
    assert story.runs("B1") == [("B1", "finished", None)]
    assert verified(house)


async def test_a_station_whose_brokers_folder_is_deleted_under_it_comes_back_by_itself(house: TroubledHouse) -> None:
    story = await Story(house).begin()
    await story.hands()
    await story.enter()
    await story.at("brake")
    await asyncio.to_thread(shutil.rmtree, house.broker.place.folder)
    await until(lambda: house.broker.restarts)
    await story.done("B1")
    newcomer = await house.handheld("handheld-02", "1003")
    state = await newcomer.await_state(lambda s: s.online and s.seq >= read.head(house.engine)[0], LONG_S)
    assert state.present == (story.serial,)
    assert story.runs("B1") == [("B1", "finished", None)]
    assert verified(house)


async def test_a_second_line_on_the_same_database_does_not_start(house: TroubledHouse, tmp_path: Path) -> None:
    config = tmp_path / "second.toml"
    config.write_text(house.config_text, encoding="utf-8")
    started = {language: command("line", config, language) for language in LANGUAGES}
    said = {language: await asyncio.to_thread(process.communicate) for language, process in started.items()}
    assert [process.returncode for process in started.values()] == [2, 2]
    zh, en = (said[language][1] for language in LANGUAGES)
    assert "另一个检测线程序正在写入该台账" in zh
    assert "another line program is writing this ledger" in en
    assert str(os.getpid()) in zh
    await Story(house).begin()
    assert verified(house)


@asynccontextmanager
async def office_of(house: TroubledHouse, more: str) -> AsyncIterator[list[m.PrinterState]]:
    """Have an office of its own process at the house; what it says of the printer is listed."""
    (port,) = free_ports(1)
    config = house.folder / "office.toml"
    config.write_text(f"{house.config_text}\n[office]\nport = {port}\n{more}", encoding="utf-8")
    accounts = Path(shutil.copy(house.broker.place.folder.parent / "accounts.json", house.folder))
    make_accounts(accounts, handhelds=HANDHELDS)  # an office wants more of them than a test's broker has
    said: list[m.PrinterState] = []
    desk = Link(house.broker.url, house.broker.account("desk-2"))
    desk.subscribe(Topics("test").printer, lambda _, payload: said.append(m.PrinterState.model_validate_json(payload)))
    await desk.start()
    office = command("office", config, "en")
    try:
        yield said
    finally:
        office.terminate()
        print(await asyncio.to_thread(office.communicate))
        await desk.stop()


async def test_a_printer_that_is_unplugged_is_said_to_everybody(house: TroubledHouse, eve: EvePrinter) -> None:
    eve.kill()
    async with office_of(house, f'[printer]\nurl = "{eve.url}"\n') as said:
        await until(lambda: said and said[-1].state == "offline")
        assert said[-1].reason == Text(zh="打印机没有应答。", en="The printer does not answer.")
        assert said[-1].remedy.zh.startswith("请检查打印机的电源和网线")
        assert said[-1].remedy.en
