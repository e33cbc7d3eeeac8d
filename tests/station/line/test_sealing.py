"""The line's seals over a real ledger: keys come and go, reports are sealed at once, whatever happens in between."""

import asyncio
import os
import secrets
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from story import LONG_S, bodies_of, events, until, verified

from station.bus.clock import Clock
from station.bus.link import Account, Link
from station.bus.topics import Topics
from station.ledger.errors import KeyFileError
from station.ledger.fork import check_mark, read_mark
from station.ledger.journal import Ledger
from station.ledger.keys import load_keys, make_key
from station.ledger.verify import verify_database
from station.line.config import parse_config
from station.line.hall import Hall
from station.line.packs import load_pack
from station.line.scribe import Scribe
from station.line.sealing import Sealing
from station.line.voice import Voice
from station.model import facts
from station.model.event import Entry
from station.store import read
from station.store.database import open_database
from tests.station.conftest import Car

PACK = load_pack("cn-gb38900-2020")
CONFIG = """
[station]
id = "t1"
name_zh = "检测站"
name_en = "Station"
[store]
folder = "{folder}"
[seal]
every_s = 10
"""


class Start:
    """One start of the line as far as seals go: ledger, hall, scribe, sealing."""

    def __init__(self, folder: Path, speed: float = 1.0) -> None:
        config, _ = parse_config(CONFIG.format(folder=folder), "station.toml")
        clock = Clock(speed)
        self.config, self.engine = config, open_database(config.database_url, station="t1")
        self.ledger = Ledger.open(self.engine, clock, secrets.token_hex(4))
        self.hall = Hall(config, PACK, epoch="e")
        for inspection in read.inspections(self.engine):
            self.hall.inspections[inspection.serial] = inspection
        link, topics = Link("mqtt://127.0.0.1:1", Account("line", "secret")), Topics("t1")
        self.scribe = Scribe(self.hall, Voice(self.hall, link, topics, clock, {}), self.engine, self.ledger)
        self.sealing = Sealing(self.hall, self.scribe, clock)
        self.tasks: list[asyncio.Task[None]] = []

    async def open(self) -> "Start":
        await self.sealing.start()
        self.tasks = [asyncio.create_task(self.sealing.serve())]
        return self

    async def add(self, *entries: Entry) -> None:
        for entry in entries:
            async with self.scribe.writing:
                await self.scribe.store(entry)

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.scribe.closing = True
        await self.sealing.close()
        await self.scribe.close()
        self.ledger.close()
        self.engine.dispose()

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in read.events_since(self.engine, 0)]

    def bodies(self, kind: type[facts.Body]) -> list[facts.Body]:
        found = read.events_since(self.engine, 0)
        return [kind.model_validate_json(event.body) for event in found if event.kind == kind.kind]


@pytest.fixture
async def start(tmp_path):
    """Make starts of the line over one store; what is open at the end is closed."""
    opened: list[Start] = []

    async def make(speed: float = 1.0) -> Start:
        opened.append(Start(tmp_path, speed))
        return await opened[-1].open()

    yield make
    for each in opened:
        if each.ledger._writer._closed is False:
            await each.close()


def signed(car: Car) -> tuple[Entry, ...]:
    """Return a car's story up to its signature."""
    story = car.story()
    return story[:-2]


async def test_the_first_start_makes_a_key_enrols_it_and_seals(start):
    line = await start()
    (file,) = load_keys(line.config.keys_folder)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(line.config.keys_folder.stat().st_mode) == 0o700
    (enrolled,) = line.bodies(facts.KeyEnrolled)
    assert (enrolled.key, enrolled.replaces, enrolled.signature) == (file.key.id, None, None)
    assert line.kinds == ["key.enrolled", "ledger.sealed"]
    assert verify_database(line.engine, published=[file.key.public]).sealed == 1


async def test_a_report_is_sealed_in_the_transaction_after_its_signature(start, car):
    line = await start()
    await line.add(*signed(car))
    await until(lambda: line.hall.inspections[car.serial].attempts[0].seal_signature)
    assert line.kinds[-2:] == ["inspection.signed", "report.sealed"]
    found = read.inspection(line.engine, car.serial)
    assert found.attempts[0].seal_key == line.sealing.key.id
    report = verify_database(line.engine, published=[line.sealing.key.public])
    assert (report.ok, report.events) == (True, len(line.kinds))


async def test_the_ledger_is_sealed_now_and_then_and_only_when_something_is_new(start, car):
    line = await start(speed=100.0)
    await line.add(car.arrive())
    await until(lambda: line.kinds[-1] == "ledger.sealed")
    count = len(line.kinds)
    await asyncio.sleep(0.35)  # more than three times the ten seconds of the station's clock
    assert len(line.kinds) == count
    await line.add(car.register())
    await until(lambda: line.kinds[-1] == "ledger.sealed")
    assert verify_database(line.engine, published=[line.sealing.key.public]).sealed == len(line.kinds) - 1


async def test_the_end_is_sealed_and_noted_beside_the_database(start, car):
    line = await start()
    await line.add(car.arrive())
    await line.close()
    assert line.kinds[-1] == "ledger.sealed"
    assert read_mark(line.config.store.folder) == read.head(line.engine)
    check_mark(line.config.store.folder, line.engine)
    again = await start()
    assert again.kinds[-1] == "ledger.sealed"
    assert again.kinds.count("key.enrolled") == 1


async def test_a_key_that_was_made_beside_takes_over_at_the_next_start(start, car):
    line = await start()
    old = line.sealing.key
    await line.add(*signed(car))
    await line.close()
    new = make_key(line.config.keys_folder).key
    for _ in range(2):
        line = await start()
        assert line.sealing.key.id == new.id
        assert [body.replaces for body in line.bodies(facts.KeyEnrolled)] == [None, old.id]
        for published in (old, new):
            assert verify_database(line.engine, published=[published.public]).ok
        await line.close()


async def test_a_lost_key_is_followed_by_one_that_must_be_published(start, caplog):
    line = await start()
    old = line.sealing.key
    (file,) = load_keys(line.config.keys_folder)
    await line.close()
    file.path.unlink()
    line = await start()
    assert f"signing key {old.id} is lost" in caplog.text
    assert line.bodies(facts.KeyEnrolled)[-1].signature is None
    assert not verify_database(line.engine, published=[old.public]).ok
    assert verify_database(line.engine, published=[old.public, line.sealing.key.public]).ok


async def test_a_key_file_that_others_can_read_stops_the_start(start, tmp_path):
    file = make_key(tmp_path / "keys")
    file.path.chmod(0o604)
    with pytest.raises(KeyFileError, match="chmod 0600"):
        await start()


async def test_an_end_without_a_store_is_said_and_does_end(start, car, caplog):
    line = await start()
    await line.add(car.arrive())
    await line.scribe.ask(lambda: line.ledger._writer._driver.execute("PRAGMA query_only = 1"))
    await line.close()
    assert "could not be sealed at the end" in caplog.text


async def test_a_report_that_cannot_be_stored_is_sealed_once_it_can(start, car, monkeypatch):
    monkeypatch.setattr("station.line.scribe.RETRY_S", 0.01)
    line = await start()

    def writable(yes):
        return line.scribe.ask(lambda: line.ledger._writer._driver.execute(f"PRAGMA query_only = {int(not yes)}"))

    async with line.scribe.writing:
        for entry in signed(car):
            await line.scribe.store(entry)
        await writable(False)
    await until(lambda: line.hall.store_trouble)
    await writable(True)
    await until(lambda: line.kinds[-1] == "report.sealed")


SIGNER = """
import os, signal, sys
from station.bus.clock import Clock
from station.ledger.journal import Ledger
from station.store.database import open_database
from tests.station.conftest import Car

ledger = Ledger.open(open_database(sys.argv[1]), Clock(), "killed")
for entry in Car(sys.argv[2]).story()[:-2]:
    ledger.append(entry)
os.kill(os.getpid(), signal.SIGKILL)
"""


async def test_a_line_killed_between_signature_and_seal_seals_at_its_next_start(house):
    await house.end_line()
    serial = "test-20261122-0001"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    url = house.config.database_url
    command = [sys.executable, "-c", SIGNER, url, serial]
    killed = await asyncio.to_thread(subprocess.run, command, env=environment)
    assert killed.returncode == -signal.SIGKILL
    assert read.inspection(house.engine, serial).attempts[0].seal_signature is None

    await house.start_line()
    client = await house.handheld("desk-1")
    await client.await_state(lambda s: s.online and s.epoch == house.line.hall.epoch, LONG_S)
    assert read.inspection(house.engine, serial).attempts[0].seal_signature
    kinds = [event.kind for event in events(house)]
    assert kinds.index("inspection.signed") < kinds.index("report.sealed")
    assert len(bodies_of(house, "key.enrolled")) == 1
    assert verified(house)
