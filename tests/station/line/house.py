"""A whole small station in one process: real broker, real rigs on the wire, real line, simulated people."""

import asyncio
import contextlib
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from handheld.board import Board
from handheld.client import Handheld
from sim.bodies import Bodies
from sim.people import HURRIED, Job, Paces, Shift, Worker
from sim.world import World
from station.bus.broker import Broker
from station.bus.clock import Clock
from station.ledger.journal import Ledger
from station.line.config import parse_config
from station.line.line import Line, LineSettings
from station.line.open import run_line
from station.line.packs import load_pack
from station.line.staff import enrol
from station.store.database import open_database

ROLES = ("registrar", "appearance", "driver", "emissions", "signatory", "guide", "maintainer", "pit", "manager")


@dataclass
class House:
    folder: Path
    broker: Broker
    speed: float = 10.0
    paces: Paces = HURRIED
    clock: Clock = field(init=False)
    world: World = field(init=False)
    line: Line | None = None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    clients: list[Board] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = Clock(self.speed, time.time())
        self.world = World(self.clock, gas_warm=True, gas_paced=self.speed <= 10)
        self.stop_line = asyncio.Event()

    @property
    def config_text(self) -> str:
        place = self.broker.place
        return f"""
simulated = true
[station]
id = "{place.station}"
name_zh = "示范检测站"
name_en = "Demo station"
[store]
folder = "{self.folder}"
[broker]
mqtt_port = {place.port}
ws_port = {place.ws_port}
[clock]
speed = {self.speed}
origin = {self.clock.origin!r}
[[rig]]
id = "brake-1"
profile = "rbt-modbus-tcp"
link = "{self.world.brake_url}"
[[rig]]
id = "gas-1"
profile = "gas-ak"
link = "{self.world.gas_url}"
[[bay]]
id = "outside-1"
lane = "outside-1"
stage = "appearance"
[[bay]]
id = "brake-bay"
lane = "safety-1"
stage = "brake"
rig = "brake-1"
[[bay]]
id = "exhaust-bay"
lane = "emission-1"
stage = "exhaust"
rig = "gas-1"
"""

    async def open(self) -> None:
        await self.world.start()
        self.config, self.config_sha256 = parse_config(self.config_text, "station.toml")
        self.engine = open_database(self.config.database_url, station=self.config.station.id)
        ledger = Ledger.open(self.engine, self.clock, "setup")
        for number, role in enumerate(ROLES, 1001):
            enrol(ledger, str(number), f"员工{number}", "2468", (role,), "setup")
        ledger.close()
        await self.start_line()

    async def start_line(self) -> None:
        self.stop_line = asyncio.Event()
        ledger = Ledger.open(self.engine, self.clock, secrets.token_hex(4))
        settings = LineSettings(
            self.config, self.config_sha256, load_pack("cn-gb38900-2020"), self.clock, self.broker.account("line")
        )
        self.line = Line(settings, self.engine, ledger)
        self.ledger = ledger
        self.line_task = asyncio.create_task(self.line.run(self.stop_line))

    async def end_line(self) -> None:
        self.stop_line.set()
        await self.line_task
        self.ledger.close()

    async def handheld(self, client: str, staff: str = "") -> Handheld:
        place = self.broker.place
        held = Handheld(place.url, place.station, self.broker.account(client), self.clock)
        self.clients.append(held)
        await held.start()
        if staff:
            await held.log_in(staff, "2468")
        return held

    async def bodies(self, client: str = "sim-01") -> Bodies:
        place = self.broker.place
        watch = Board(place.url, place.station, self.broker.account(client), self.clock)
        self.clients.append(watch)
        await watch.start()
        return Bodies(self.world, watch, self.clock, 0.3)

    async def shift(self, *roles: str, first_client: int = 2) -> Shift:
        shift = Shift(self.world, self.clock, self.paces)
        place = self.broker.place
        for offset, role in enumerate(roles):
            client = f"sim-{first_client + offset:02}"
            held = Handheld(place.url, place.station, self.broker.account(client), self.clock)
            self.clients.append(held)
            job = Job(str(1001 + ROLES.index(role)), "2468", role, client)
            self.tasks.append(asyncio.create_task(Worker(shift, held, job).work()))
        return shift

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for client in self.clients:
            await client.stop()
        with contextlib.suppress(Exception):
            await self.end_line()
        await self.world.stop()
        self.engine.dispose()


__all__ = ["House", "run_line"]
