"""The demo's world: simulated rigs, cars and people in a process of their own, speaking only the real protocols."""

import asyncio
import itertools
import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from handheld.board import Board
from handheld.client import Handheld
from sim.bodies import Bodies
from sim.days import day_of
from sim.identity import new_energy_plate_of, plate_of
from sim.people import HURRIED, Job, Paces, Shift, Worker
from sim.replay import read_rows, vehicle_of
from sim.serial_rig import SerialRig
from sim.vehicle import (
    DIESEL,
    ELECTRIC,
    PETROL,
    Kind,
    Maker,
    SimVehicle,
    bad_tyre,
    dim_lamp,
    dirty_exhaust,
    healthy,
    imbalanced,
    oil_leak,
    smoky_diesel,
    weak_parking,
)
from sim.world import ALL_RIGS, World
from station.bus.accounts import read_accounts
from station.bus.clock import Clock
from station.bus.trust import trusting
from station.cli.control import open_door
from station.cli.demo_station import SIMULATED
from station.line.config import Config, load_config

log = logging.getLogger(__name__)
STORIES: tuple[tuple[Maker, Kind], ...] = (
    (healthy, PETROL),
    (imbalanced, PETROL),
    (healthy, PETROL),
    (healthy, replace(PETROL, electronic_parking=True)),
    (healthy, DIESEL),
    (dirty_exhaust, replace(PETROL, lamp_system="4")),
    (healthy, replace(PETROL, old=True)),
    (healthy, ELECTRIC),
    (weak_parking, PETROL),
    (smoky_diesel, DIESEL),
    (oil_leak, replace(PETROL, old=True)),
    (dim_lamp, PETROL),
    (bad_tyre, ELECTRIC),
)
"""What comes by itself, in this order, for ever: so that every bay has work."""
PACED_UP_TO = 10.0


@dataclass(frozen=True)
class Plan:
    """What happens in this demo.

    ``vehicles``: how many cars come, None for ever. ``replay``: a file of real readings instead, ``limit`` rows of it.
    ``day``: the mixed cars of a whole day, the same at every start. ``hands_off``: clients whose arrivals a human
    looks after. ``hurried``: people lose no time.
    """

    vehicles: int | None = None
    replay: str | None = None
    limit: int | None = None
    at_most: int = 5
    hands_off: tuple[str, ...] = ()
    hurried: bool = False
    seed: int = 1
    day: bool = False
    scale_error: float = 1.0
    swap_sides: int = 0

    def save(self, path: Path) -> None:
        """Write the plan for the world's process."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Plan":
        """Read a plan."""
        fields = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**fields, "hands_off": tuple(fields["hands_off"])})

    def cars(self) -> Iterator[SimVehicle]:
        """Yield the cars in the order in which they come.

        Raises:
            ValueError, OSError: the replay file cannot be used.
        """
        if self.replay:
            for row in read_rows(Path(self.replay), self.limit):
                yield vehicle_of(row, plate_of(row.line))
            return
        if self.day:
            yield from day_of(self.seed, self.vehicles or 40)
            return
        numbers = itertools.count() if self.vehicles is None else range(self.vehicles)
        for number in numbers:
            # The first car of a demo is the one that fails: a visitor should not have to wait for it.
            story, kind = STORIES[(number + 1) % len(STORIES)]
            seed = self.seed * 1000 + number
            plate = new_energy_plate_of(seed) if kind.fuel == "C" else plate_of(seed)
            yield story(seed, plate, kind)


class Theatre:
    """World, bodies and people of one demo, and the door through which its screen pulls plugs."""

    def __init__(self, config: Config, plan: Plan) -> None:
        self.config, self.plan = config, plan
        self.clock = Clock(config.clock.speed, config.clock.origin)
        brakes = next(rig for rig in config.rig if rig.id == "brake-1")
        self.world = World(
            self.clock,
            brake_port=int(brakes.link.rsplit(":", 1)[1]),
            gas_warm=True,
            gas_paced=config.clock.speed <= PACED_UP_TO,
            seed=plan.seed,
            rigs=ALL_RIGS,
        )
        paces = HURRIED if plan.hurried else Paces()
        self.shift = Shift(
            self.world,
            self.clock,
            paces,
            at_most=plan.at_most,
            hands_off=frozenset(plan.hands_off),
            skip_exhaust=plan.replay is not None,
            returns=plan.replay is None,
        )
        self.expected: int | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Play until told to stop."""
        await self.world.start()
        self.world.brakes.faults.scale_error = self.plan.scale_error
        self.world.brakes.faults.swap_sides = bool(self.plan.swap_sides)
        folder = self.config.store.folder
        for name, rig in self._serial_rigs().items():
            _link(folder / f"{name}.tty", Path(rig.path))
        door = await open_door(folder / "world.sock", self._answer)
        tasks = [asyncio.create_task(work) for work in self._everybody()]
        tasks.append(asyncio.create_task(self._arrivals()))
        try:
            await stop.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            door.close()
            await self.world.stop()

    def _serial_rigs(self) -> dict[str, SerialRig[Any]]:
        return {"gas-1": self.world.gas, "lamp-1": self.world.lamps, "smoke-1": self.world.smoke}

    def _everybody(self) -> Iterator[Any]:
        accounts = read_accounts(self.config.accounts_file)
        url, station = self.config.broker.url, self.config.station.id
        tls = trusting(self.config.authority_file) if self.config.lan.enabled else None
        watch = Board(url, station, accounts.account("sim-01"), self.clock)
        yield self._bodies(watch)
        for number, person in enumerate(SIMULATED, 2):
            client = f"sim-{number:02}"
            job = Job(person.staff, person.pin, person.roles[0], client)
            account, office = accounts.account(client), self.config.office.url
            held = Handheld(url, station, account, self.clock, office_url=office, tls=tls)
            yield Worker(self.shift, held, job).work()

    async def _bodies(self, watch: Board) -> None:
        bodies = Bodies(self.world, watch, self.clock, 0.2 if self.plan.hurried else 0.8)
        try:
            await watch.start(timeout_s=60.0)
            await asyncio.Event().wait()
        finally:
            await bodies.stop()
            await watch.stop()

    async def _arrivals(self) -> None:
        """Let the cars come: the next one when the registrar has taken the one before."""
        count = 0
        for car in self.plan.cars():
            while self.shift.arrivals.qsize() >= 1:
                await self.clock.sleep(0.5)
            self.shift.arrivals.put_nowait(car)
            count += 1
        self.expected = count

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        match request.get("do"):
            case "unplug":
                await self._plug(request.get("rig"), out=True)
            case "plug":
                await self._plug(request.get("rig"), out=False)
            case "status":
                pass
            case other:
                return {"error": f"unknown: {other}"}
        return {
            "done": sorted(self.shift.done),
            "expected": self.expected,
            "plates": self.shift.serials,
            "motors_on": self.world.brakes.motors_on,
        }

    async def _plug(self, rig: str | None, out: bool) -> None:
        if rig == "brake-1":
            await (self.world.brakes.unplug() if out else self.world.brakes.plug_in())
        elif rig in self._serial_rigs():
            found = self._serial_rigs()[rig]
            (found.unplug if out else found.plug_in)()


def _link(path: Path, target: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(target)


async def run_world(config_file: Path, plan_file: Path, stop: asyncio.Event) -> None:
    """Run the world of a demo until told to stop."""
    config, _ = load_config(config_file)
    await Theatre(config, Plan.load(plan_file)).run(stop)
