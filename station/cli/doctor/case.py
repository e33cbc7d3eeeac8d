"""What is known of a station before the first check: configuration, database, and what is said on its bus."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import Engine

from station.bus.accounts import LINE, PROBE, Accounts, AccountsError, read_accounts
from station.bus.link import Link, LinkRefusedError
from station.bus.messages import Presence, StationState
from station.bus.topics import Topics
from station.bus.trust import TrustError
from station.cli.doctor.system import Process, lock_holder, playing, process
from station.ledger.fork import MARK
from station.ledger.lock import ADVISORY_KEY
from station.line.config import Config
from station.model.text import Text
from station.store import read
from station.store.database import open_database, place
from station.store.errors import StoreError, store_errors

CONNECT_S = 3.0
RETAINED_S = 1.0
"""How long retained messages may take after the subscription; who says nothing until then says nothing."""

_POSTGRES_HOLDER = """SELECT a.pid, host(a.client_addr) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database
WHERE datname = current_database()) AND l.classid = %(high)s AND l.objid = %(low)s"""


@dataclass
class Heard:
    """What the bus says to the account ``probe``; ``trouble`` is why nothing was heard."""

    connected: bool = False
    refused: Text | None = None
    trouble: Text | None = None
    line: bool | None = None
    state: StationState | None = None


@dataclass(frozen=True)
class Writer:
    """Who holds the right to write the database: a process of this computer, or somebody ``where``."""

    process: Process | None = None
    where: str = ""


@dataclass
class Case:
    """One station that is looked at.

    ``engine`` is None where the database cannot be opened, ``trouble`` then says why; ``accounts`` likewise with
    ``accounts_trouble``. ``whole`` asks for everything instead of samples, ``backups`` is where backups stand.
    """

    file: Path
    config: Config
    now: datetime
    whole: bool = False
    backups: Path | None = None
    engine: Engine | None = None
    trouble: StoreError | None = None
    accounts: Accounts | None = None
    accounts_trouble: AccountsError | None = None
    heard: Heard = field(default_factory=Heard)

    @property
    def topics(self) -> Topics:
        """Return the station's topics."""
        return Topics(self.config.station.id)

    @cached_property
    def line(self) -> Process | None:
        """Return the line's process of this configuration, if it runs on this computer."""
        return playing("line", self.file)

    @cached_property
    def office(self) -> Process | None:
        """Return the office's process of this configuration, if it runs on this computer."""
        return playing("office", self.file)

    @cached_property
    def writer(self) -> Writer | None:
        """Return who writes the database now, None if nobody does or the database cannot be asked."""
        if self.engine is None:
            return None
        if self.engine.dialect.name == "sqlite":
            return _file_writer(Path(f"{place(self.engine)}.lock"))
        return _server_writer(self.engine)

    @cached_property
    def was_started(self) -> bool:
        """Say whether a line has ever worked on this station's database; True where that cannot be known."""
        if self.engine is not None:
            return bool(read.signing_keys(self.engine))
        return not self.is_new

    @property
    def is_new(self) -> bool:
        """Say whether there is no database yet, and never was one as far as the station's folder knows."""
        store = self.config.store
        sqlite = Path(self.config.database_url.removeprefix("sqlite:///"))
        return not store.database and not sqlite.exists() and not (store.folder / MARK).exists()

    @property
    def line_may_run(self) -> bool:
        """Say whether a line may be at the rigs now: then nobody else opens their ports."""
        known = self.engine is not None or self.is_new
        return bool(self.line or self.writer or self.heard.line or not known)


def _file_writer(lock: Path) -> Writer | None:
    held, pid = lock_holder(lock)
    if not held:
        return None
    found = process(pid) if pid is not None else None
    return Writer(found, "" if found else f"PID {pid or '?'}")


def _server_writer(engine: Engine) -> Writer | None:
    halves = {"high": ADVISORY_KEY >> 32, "low": ADVISORY_KEY & 0xFFFFFFFF}
    with store_errors(place(engine)), engine.connect() as connection:
        found = connection.exec_driver_sql(_POSTGRES_HOLDER, halves).first()
    return Writer(None, f"{found[1] or 'localhost'}, PostgreSQL PID {found[0]}") if found else None


@asynccontextmanager
async def examined(file: Path, config: Config, whole: bool = False, backups: Path | None = None) -> AsyncIterator[Case]:
    """Take up the case of a station; nothing of it is changed or made."""
    case = Case(file, config, datetime.now(UTC), whole, backups)
    _open_database(case)
    _read_accounts(case)
    try:
        if case.accounts is not None:
            case.heard = await listen(config, case.accounts, case.topics)
        yield case
    finally:
        if case.engine is not None:
            case.engine.dispose()


def _open_database(case: Case) -> None:
    try:
        case.engine = open_database(case.config.database_url, create=False, station=case.config.station.id)
    except StoreError as error:
        case.trouble = error


def _read_accounts(case: Case) -> None:
    try:
        case.accounts = read_accounts(case.config.accounts_file)
    except AccountsError as error:
        case.accounts_trouble = error


async def listen(config: Config, accounts: Accounts, topics: Topics) -> Heard:
    """Return what the broker has to say: whether it answers, whether the line is there, and the station's state."""
    heard, both = Heard(), asyncio.Event()

    def hear(topic: str, payload: bytes) -> None:
        _note(heard, topic == topics.state, payload)
        if heard.line is not None and heard.state is not None:
            both.set()

    try:
        link = Link(config.broker.url, accounts.account(PROBE), client_id="doctor")
    except (TrustError, AccountsError) as error:
        heard.trouble = error.text
        return heard
    for topic in (topics.state, topics.presence(LINE)):
        link.subscribe(topic, hear)
    await _attend(link, heard, both)
    return heard


async def _attend(link: Link, heard: Heard, both: asyncio.Event) -> None:
    await link.start()
    try:
        await link.wait(CONNECT_S)
        heard.connected = True
        async with asyncio.timeout(RETAINED_S):
            await both.wait()
    except LinkRefusedError:
        heard.refused, heard.trouble = link.refused, link.distrusted
    except TimeoutError:
        pass
    finally:
        await link.stop()


def _note(heard: Heard, is_state: bool, payload: bytes) -> None:
    try:
        if is_state:
            heard.state = StationState.model_validate_json(payload)
        else:
            heard.line = Presence.model_validate_json(payload).online
    except ValidationError:
        return
