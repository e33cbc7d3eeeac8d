"""The demo's station on disk: its folder, configuration, people and PINs; the same folder goes on where it stopped."""

import contextlib
import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from station.bus.broker import free_ports
from station.bus.clock import Clock
from station.cli.alone import holding
from station.cli.failure import Unusable
from station.ledger.journal import Ledger
from station.line.config import Config, load_config
from station.line.staff import enrol
from station.model.codes import Role
from station.model.os_text import os_text
from station.store import read
from station.store.database import open_database

STATION = "demo"
PAIR_CODE = "2026"
LONGEST_PATH = 90
"""The names of the sockets in the folder must fit into the 107 bytes that the kernel allows."""
PORTS = (18883, 18884, 18080, 18502, 18085)
"""MQTT, WebSocket, pages, brake tester, onboarding page; others are taken where one of these is in use."""


@dataclass(frozen=True)
class DemoPerson:
    """A person of the demo: staff number, PIN and roles; the name is the role's."""

    staff: str
    pin: str
    roles: tuple[Role, ...]
    name: str


# Numbers 10xx are for the person at the keyboard, 20xx for the simulated people. Demo PINs are no secret.
HUMANS: tuple[DemoPerson, ...] = (
    DemoPerson("1001", "1001", ("registrar", "guide"), "登录员 1001"),
    DemoPerson("1002", "1002", ("appearance", "pit", "driver", "emissions"), "检验员 1002"),
    DemoPerson("1003", "1003", ("signatory",), "授权签字人 1003"),
    DemoPerson("1004", "1004", ("maintainer", "manager"), "设备维护员 1004"),
)
SIMULATED: tuple[DemoPerson, ...] = (
    DemoPerson("2001", "2001", ("registrar",), "登录员 2001"),
    DemoPerson("2002", "2002", ("guide", "registrar"), "引导员 2002"),
    DemoPerson("2003", "2003", ("appearance",), "外检员 2003"),
    DemoPerson("2004", "2004", ("driver",), "引车员 2004"),
    DemoPerson("2005", "2005", ("emissions",), "环检员 2005"),
    DemoPerson("2006", "2006", ("signatory",), "授权签字人 2006"),
    DemoPerson("2007", "2007", ("pit",), "底盘检验员 2007"),
    DemoPerson("2008", "2008", ("driver",), "引车员 2008"),
)

TEMPLATE = """# Made by `station demo` at each start; a real station writes its own.
simulated = true

[station]
id = "{station}"
name_zh = "云检测示范站（模拟）"
name_en = "Cloud Inspection demo station (simulated)"

[store]
folder = "{folder}"

[broker]
{broker}

[office]
port = {pages}
pair_code = "{pair_code}"

{lan}
[rules]
pack = "cn-gb38900-2020"
repeats = {repeats}

[clock]
speed = {speed}
origin = {origin!r}

[[rig]]
id = "brake-1"
profile = "rbt-modbus-tcp"
link = "tcp://127.0.0.1:{brakes}"

[[rig]]
id = "gas-1"
profile = "gas-ak"
link = "serial://{folder}/gas-1.tty?baud=9600&parity=N"

[[rig]]
id = "lamp-1"
profile = "lamp-mqd6"
link = "serial://{folder}/lamp-1.tty?baud=9600&parity=N"

[[rig]]
id = "smoke-1"
profile = "smoke-nht6"
link = "serial://{folder}/smoke-1.tty?baud=9600&parity=N"

[[bay]]
id = "outside-1"
lane = "outside-1"
stage = "appearance"

[[bay]]
id = "yard-1"
lane = "yard-1"
stage = "chassis"

[[bay]]
id = "pit-1"
lane = "pit-1"
stage = "underbody"

[[bay]]
id = "brake-bay"
lane = "safety-1"
stage = "brake"
rig = "brake-1"

[[bay]]
id = "lamp-bay"
lane = "safety-2"
stage = "lamps"
rig = "lamp-1"

[[bay]]
id = "exhaust-bay"
lane = "emission-1"
stage = "exhaust"
rig = "gas-1"

[[bay]]
id = "smoke-bay"
lane = "emission-2"
stage = "exhaust"
rig = "smoke-1"
"""


@dataclass(frozen=True)
class Lan:
    """A demo that other devices reach: the address to listen on, and the names that the certificate has beside it."""

    listen: str = "0.0.0.0"  # noqa: S104 - the point of it
    names: tuple[str, ...] = ()

    def section(self, onboarding: int) -> str:
        """Return it as a section of the configuration."""
        names = json.dumps(self.names)
        return f'[lan]\nenabled = true\nhost = "{self.listen}"\nnames = {names}\nonboarding_port = {onboarding}\n'


def prepare(folder: Path, speed: float, repeats: int = 1, lan: Lan | None = None, broker: str = "") -> Path:
    """Make the demo's folder ready and return its configuration file.

    ``broker`` is what stands under ``[broker]``, for a demo with another broker than the bundled one.

    Raises:
        Unusable: the folder cannot be used.
        StoreError: its database cannot be used, or another demo has it.
    """
    folder = folder.absolute()
    _make(folder)
    mqtt, ws, pages, brakes, onboarding = _ports()
    origin = _origin(folder, speed)
    file = folder / "station.toml"
    file.write_text(
        TEMPLATE.format(
            station=STATION, folder=folder, pages=pages, brakes=brakes, speed=float(speed),
            origin=origin, repeats=repeats, pair_code=PAIR_CODE,
            broker=broker or f"mqtt_port = {mqtt}\nws_port = {ws}",
            lan=lan.section(onboarding) if lan else "",
        ),
        encoding="utf-8",
    )  # fmt: skip
    config, _ = load_config(file)
    _enrol_all(config)
    return file


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Be the only demo that runs in a folder, which is made if it is not there.

    Raises:
        Unusable: the folder cannot be used, or another demo runs in it.
    """
    folder = folder.absolute()
    _make(folder)
    with holding(folder / "demo.lock", lambda pid: Unusable.of("demo_runs", folder=folder, pid=pid)):
        yield


def _make(folder: Path) -> None:
    if '"' in str(folder) or "\\" in str(folder):
        raise Unusable.of("folder_quotes", folder=folder)
    if len(os.fsencode(folder)) > LONGEST_PATH:
        raise Unusable.of("folder_long", folder=folder, limit=LONGEST_PATH)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise Unusable.of("folder_unmade", folder=folder, why=os_text(error)) from error


def _ports() -> tuple[int, ...]:
    """Return the usual ports, or free ones if any of them is taken."""
    return PORTS if all(_is_free(port) for port in PORTS) else tuple(free_ports(len(PORTS)))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _origin(folder: Path, speed: float) -> float:
    """Return the clock's origin, so that station time goes on after the ledger's last moment and never back."""
    now = time.time()
    database = folder / "station.sqlite"
    if speed == 1.0 or not database.exists():
        return now
    engine = open_database(f"sqlite:///{database}", station=STATION)
    seq, _ = read.head(engine)
    last = read.events_since(engine, seq - 1, 1) if seq else ()
    engine.dispose()
    after = max([now, *(datetime.fromisoformat(event.at).timestamp() + 1.0 for event in last)])
    return (speed * now - after) / (speed - 1.0)


def _enrol_all(config: Config) -> None:
    engine = open_database(config.database_url, station=config.station.id)
    try:
        ledger = Ledger.open(engine, Clock(config.clock.speed, config.clock.origin), "set-up")
        try:
            known = read.staff(engine)
            for person in (*HUMANS, *SIMULATED):
                if person.staff not in known:
                    enrol(ledger, person.staff, person.name, person.pin, person.roles, "set-up")
        finally:
            ledger.close()
    finally:
        engine.dispose()
