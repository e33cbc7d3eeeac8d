"""Fixtures for everything that needs the station's database: SQLite and a real PostgreSQL, and a car's story."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from station.ledger.journal import Ledger
from station.model import facts
from station.model.canonical import canonical, sha256_hex
from station.model.event import Entry, Event, Fact, PersonalValue, StoredReply
from station.model.text import Text
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict, Outcome, PackRef, QuantityVerdict
from station.store.database import open_database

PACK = PackRef(name="cn-38900", edition="2026.1", sha256="ab" * 32)
PLAN = ("F1", "B1", "B2", "B0", "BV", "PF")


def postgres_programs() -> Path:
    """Return the folder of initdb and postgres, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.fail("PostgreSQL's programs are missing: install the Debian package postgresql")
    return found[-1].parent


def as_postgres(command: list[str]) -> list[str]:
    """Return the command as the account postgres when we are root: initdb refuses root."""
    if os.getuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=INT", *command]


class Postgres:
    """A throw-away cluster on a Unix socket."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="station-pg-"))
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self.process: subprocess.Popen[bytes] | None = None
        self._names = count(1)
        options = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"]
        self._call("initdb", "-D", str(self.folder / "data"), *options)

    def start(self) -> None:
        command = [str(postgres_programs() / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        settings = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "synchronous_commit=off"]
        with (self.folder.parent / f"{self.folder.name}.log").open("wb") as log:
            self.process = subprocess.Popen(
                as_postgres(command + settings), cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        self._wait()

    def stop(self) -> None:
        assert self.process is not None
        self._call("pg_ctl", "stop", "-D", str(self.folder / "data"), "-m", "immediate")
        self.process.wait()

    def remove(self) -> None:
        shutil.rmtree(self.folder)
        (self.folder.parent / f"{self.folder.name}.log").unlink()

    def new_database(self, encoding: str = "UTF8") -> str:
        name = f"station{next(self._names)}"
        with psycopg.connect(self._dsn(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}'")
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def _dsn(self) -> str:
        return f"host={self.folder} user=postgres dbname=postgres"

    def _wait(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                psycopg.connect(self._dsn()).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        pytest.fail(f"PostgreSQL did not start: {self.folder}.log")

    def _call(self, program: str, *options: str) -> None:
        command = as_postgres([str(postgres_programs() / program), *options])
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for all tests; every test takes a database of its own."""
    server = Postgres()
    server.start()
    yield server
    server.stop()
    server.remove()


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL server that the test may stop and start."""
    server = Postgres()
    server.start()
    yield server
    server.stop()
    server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/station.sqlite"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A station's database, empty."""
    opened = open_database(database_url, station="T1")
    yield opened
    opened.dispose()


@dataclass
class Hands:
    """A clock that a test turns by hand; every look at the time of day takes a second."""

    at: datetime = datetime(2026, 11, 22, 1, 2, 3, 4, tzinfo=UTC)
    mono: int = 10**18

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def monotonic_ns(self) -> int:
        self.mono += 10**9
        return self.mono


@pytest.fixture
def clock() -> Hands:
    """A clock that a test turns by hand."""
    return Hands()


@pytest.fixture
def ledger(engine: Engine, clock: Hands) -> Iterator[Ledger]:
    """The ledger of that database."""
    opened = Ledger.open(engine, clock, "boot-1")
    yield opened
    opened.close()


def quantity(value: str, outcome: Outcome) -> QuantityVerdict:
    return QuantityVerdict(
        quantity="axle_braking_rate",
        name=Text(zh="一轴制动率", en="Axle braking rate"),
        outcome=outcome,
        value=Decimal(value),
        unrounded=Decimal(value) + Decimal("0.0420"),
        unit="%",
        shown=f"{value} %",
        limit=Decimal("60"),
        comparison=">=",
        limit_shown="≥ 60 %",
        clause="6.7.3",
        source="GB 38900-2020",
        certainty="B",
        confirmed=False,
        decided_by="run r-1",
        sentence=Text(zh="合格", en="pass"),
    )


def vehicle() -> Vehicle:
    return Vehicle(plate_type="02", vehicle_type="K33", use_character="A", fuel="A", total_mass_kg=1870)


@dataclass
class Car:
    """The entries of one car's story, in the order in which they happen."""

    serial: str = "T1-20261122-0001"
    commands: Iterator[int] = field(default_factory=lambda: count(1))

    def entry(self, *bodies: facts.Body, evidence: bytes | None = None) -> Entry:
        kept = {} if evidence is None else {sha256_hex(evidence): evidence}
        return Entry(facts=tuple(Fact(self.serial, "s-4", "lane-1", body) for body in bodies), evidence=kept)

    def command(self, *bodies: facts.Body, command_id: str = "") -> Entry:
        command_id = command_id or f"{self.serial}-{next(self.commands)}"
        reply = StoredReply("desk-1", command_id, "cd" * 32, '{"accepted": true, "text": "已接受"}')
        return Entry(facts=self.entry(*bodies).facts, reply=reply)

    def arrive(self) -> Entry:
        return self.command(facts.KeysTaken())

    def names(self) -> tuple[PersonalValue, ...]:
        values = {"plate": "京A12345", "vin": "LSVAU033112345678", "owner": "某某"}
        return tuple(PersonalValue(self.serial, name, value, f"salt-{name}") for name, value in values.items())

    def register(self) -> Entry:
        plate, vin, owner = (value.commitment for value in self.names())
        body = facts.InspectionRegistered(
            vehicle_id="v-1",
            vehicle=vehicle(),
            category="in_use",
            plate_commitment=plate,
            vin_commitment=vin,
            owner_commitment=owner,
            plan=PLAN,
            pack=PACK,
        )
        finished = facts.StageFinished(stage="desk", attempt=1, bay=None)
        entry = self.command(body, finished, facts.StageWaiting(stage="brake", attempt=1))
        return Entry(facts=entry.facts, reply=entry.reply, personal=self.names())

    def start(self, run: str = "r-1", item: str = "B1", attempt: int = 1) -> Entry:
        started = facts.StageStarted(stage="brake", attempt=attempt, bay="bay-1")
        of_rig = {"bay": "bay-1", "rig": "brake-1", "profile": "rbt", "profile_sha256": "ef" * 32}
        return self.entry(started, facts.RunStarted(run=run, item=item, attempt=attempt, **of_rig))

    def judged(self, outcome: Outcome = Outcome.PASS, value: str = "64.4", run: str = "r-1") -> facts.ItemJudged:
        verdict = ItemVerdict(
            item="B1", outcome=outcome, quantities=(quantity(value, outcome),), pack=PACK, runs=(run,)
        )
        return facts.ItemJudged(attempt=1, verdict=verdict)

    def finish(self, run: str = "r-1") -> Entry:
        curves = canonical({"run": run, "raw": list(range(600)), "名称": "一轴行车制动"})
        body = facts.RunFinished(
            run=run, item="B1", evidence_sha256=sha256_hex(curves), samples=600, lost=0, end_state="normal"
        )
        return self.entry(body, self.judged(run=run), evidence=curves)

    def leave(self) -> tuple[Entry, ...]:
        return (
            self.entry(facts.StageFinished(stage="brake", attempt=1, bay="bay-1")),
            self.entry(facts.StageWaiting(stage="review", attempt=1)),
            self.command(facts.InspectionSigned(attempt=1, report_no=f"R-{self.serial}", conclusion="pass")),
            self.entry(facts.ReportIssued(attempt=1, report_no=f"R-{self.serial}", sha256="77" * 32, size=2**33)),
            self.command(facts.KeysReturned()),
        )

    def story(self) -> tuple[Entry, ...]:
        return (self.arrive(), self.register(), self.start(), self.finish(), *self.leave())

    def day(self) -> tuple[Entry, ...]:
        """Return a day of the station around the car: staff, a session, a rig, and the car's whole story."""
        name = PersonalValue("s-4", "name", "某技师", "salt-name")
        enrolled = facts.StaffEnrolled(staff="s-4", roles=("driver", "signatory"), name_commitment=name.commitment)
        bodies = (
            facts.SessionOpened(client="lane-1", staff="s-4", token_sha256=sha256_hex(b"token-1")),
            facts.RigChanged(rig="brake-1", state="offline", reason="cable"),
            facts.RigChanged(rig="brake-1", state="online", reason=""),
            facts.RigChecked(rig="brake-1", check="zero", passed=True, detail="0"),
        )
        of_station = (Entry(facts=(Fact("station", "line", "line", body),)) for body in bodies)
        return (Entry((Fact("s-4", "line", "line", enrolled),), (name,)), *of_station, *self.story())


@pytest.fixture
def car() -> Car:
    """A car that passes."""
    return Car()


@pytest.fixture
def another() -> Callable[[int], Car]:
    """More cars, by number."""
    return lambda number: Car(f"T1-20261122-{number:04}")


@pytest.fixture
def day(ledger: Ledger, car: Car) -> tuple[Event, ...]:
    """The events of a whole day, written to the ledger."""
    return tuple(event for entry in car.day() for event in ledger.append(entry))
