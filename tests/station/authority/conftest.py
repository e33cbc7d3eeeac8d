"""A station that other devices reach, on this computer only: keys, broker and office, all over TLS."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from station.authority.files import Files
from station.bus.accounts import make_accounts
from station.bus.broker import Broker, free_ports
from station.bus.place import Place, Tls
from station.bus.trust import trusting
from station.model.text import Text
from station.office.app import run_office
from station.office.settings import OfficeConfig, Reach
from tests.station.authority.chain import make_keys

STATION = "test"
CODE = "4711"
APP = Path(__file__).resolve().parents[3] / "handheld" / "app"


@dataclass(frozen=True)
class House:
    """What a test needs to know of the station."""

    folder: Path
    broker: Broker
    office: OfficeConfig

    @property
    def authority(self) -> Path:
        return Files(self.folder / "keys").authority

    @property
    def trust(self) -> ssl.SSLContext:
        return trusting(self.authority)

    def page(self, host: str = "localhost") -> str:
        return f"https://{host}:{self.office.port}"

    @property
    def onboarding(self) -> str:
        assert self.office.reach
        return f"http://127.0.0.1:{self.office.reach.onboarding_port}"


def broker_at(folder: Path, keys: Path) -> Broker:
    """Return a broker over TLS that is not started yet."""
    port, ws_port = free_ports(2)
    files = Files(keys)
    place = Place(folder / "broker", STATION, port=port, ws_port=ws_port, tls=Tls(files.server, files.authority))
    return Broker(place, make_accounts(folder / "accounts.json", handhelds=2, desks=1))


def office_at(folder: Path, broker: Broker) -> OfficeConfig:
    """Return the settings of an office over TLS."""
    port, onboarding = free_ports(2)
    return OfficeConfig(
        station=STATION,
        name=Text(zh="检测站", en="Station"),
        timezone="Asia/Shanghai",
        database_url=f"sqlite:///{folder / 'station.sqlite'}",
        evidence_folder=folder / "evidence",
        office_file=folder / "office.sqlite",
        broker_url=broker.url,
        ws_url=f"wss://{{host}}:{broker.place.ws_port}/mqtt",
        account=broker.account("office"),
        handhelds=(broker.account("handheld-01"), broker.account("handheld-02")),
        pair_code=CODE,
        app_folder=APP,
        port=port,
        reach=Reach("localhost", folder / "keys", onboarding),
    )


@contextlib.asynccontextmanager
async def running(config: OfficeConfig) -> AsyncIterator[None]:
    """Run an office, and return once it answers."""
    stop = asyncio.Event()
    work = asyncio.create_task(run_office(config, stop))
    try:
        await until(lambda: work.done() or _listens(config.port))
        yield
    finally:
        stop.set()
        await work


def _listens(port: int) -> bool:
    return any(f":{port:04X} 00000000:0000 0A" in row for row in Path("/proc/net/tcp").read_text().splitlines())


async def until(true: Callable[[], object], timeout_s: float = 20.0) -> None:
    """Wait until something holds; the limit is a guard against hanging, not a measurement."""
    async with asyncio.timeout(timeout_s):
        while not true():
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Give a station that runs."""
    folder = tmp_path_factory.mktemp("house")
    make_keys(folder / "keys")
    broker = broker_at(folder, folder / "keys")
    await broker.start()
    try:
        office = office_at(folder, broker)
        async with running(office):
            yield House(folder, broker, office)
    finally:
        await broker.stop()
