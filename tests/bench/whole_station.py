"""A whole station of real processes for the measurements: broker, line, office, and a slow world at real time."""

import asyncio
import contextlib
import itertools
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from handheld.client import Handheld
from sim.identity import plate_of, vin_of
from station.bus.accounts import read_accounts
from station.bus.commands import CommandRefusedError
from station.bus.link import Account
from station.cli.demo_station import prepare
from station.cli.processes import broker_of, child
from station.cli.supervise import Supervisor
from station.line.config import Config, load_config
from station.model.vehicle import Vehicle
from station.process import Child

LANE, RIG = "safety-1", "brake-1"
DESK, DRIVER = "sim-11", "sim-12"
HERE = Path(__file__).parent


@dataclass
class WholeStation:
    """The running station. ``line`` and ``office`` are its children; ``desk`` and ``driver`` people's handhelds."""

    config: Config
    line: Child
    office: Child
    desk: Handheld
    driver: Handheld
    numbers: "itertools.count[int]"

    @property
    def door(self) -> Path:
        """Return the door of the slow world."""
        return self.config.store.folder / "world.sock"

    def account(self, client: str) -> Account:
        """Return an account at the broker."""
        return read_accounts(self.config.accounts_file).account(client)

    async def ready(self) -> None:
        """Wait for a line that works and whose brake tester answers."""
        await until(lambda: is_ready(self.driver), "the line")

    async def register(self) -> str:
        """Register a car that is measured on the brake tester only, and return its serial."""
        seed = next(self.numbers)
        serial = await self.desk.arrive()
        vehicle = Vehicle(
            plate_type="02", vehicle_type="K33", use_character="A", fuel="C", first_registered=date(2018, 5, 4),
            curb_mass_kg=1500, total_mass_kg=1875, persons=5, axles=2, parking_axles=(2,),
            electronic_parking_brake=False,
        )  # fmt: skip
        await self.desk.register(serial, plate_of(seed), vin_of(seed), vehicle)
        await self.driver.await_inspection(serial, lambda snapshot: snapshot.inspection.vehicle is not None)
        return serial

    async def drive_in(self) -> str:
        """Register such a car, drive it in, and return its serial."""
        serial = await self.register()
        await self.start_brakes(serial)
        return serial

    async def start_brakes(self, serial: str) -> None:
        """Take a car onto the brake tester as soon as the bay is free."""
        while True:
            try:
                await self.driver.start_stage(serial, "brake")
                return
            except CommandRefusedError as refusal:
                if refusal.reply.code not in ("bay_taken", "epoch"):
                    raise
                await asyncio.sleep(0.2)


def is_ready(handheld: Handheld) -> bool:
    """Say whether the line works and its brake tester answers."""
    rigs = handheld.state.rigs if handheld.state else ()
    return handheld.line_online and any(rig.rig == RIG and rig.state == "online" for rig in rigs)


async def until(true: Callable[[], bool], what: str, timeout_s: float = 60.0) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: it was not; says what.
    """
    end = time.monotonic() + timeout_s
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {timeout_s:g} s in vain for {what}")
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def whole_station(
    folder: Path,
    wait_s: float,
    stroke_s: float,
    before: Callable[[Config], None] = lambda config: None,
    office: bool = True,
) -> AsyncIterator[WholeStation]:
    """Run a station at real time; its driver waits ``wait_s`` before braking and takes ``stroke_s`` for it.

    ``before`` is called when the station is made and nothing of it runs yet. Without ``office`` the office does not
    run yet.
    """
    file = prepare(folder, 1.0)
    config, _ = load_config(file)
    before(config)
    async with Supervisor() as supervisor:
        await supervisor.start(broker_of(config))
        slow = ("--config", str(file), "--wait-s", str(wait_s), "--stroke-s", str(stroke_s))
        command = (sys.executable, str(HERE / "slow_world.py"), *slow)
        await supervisor.start(Child("world", command, folder / "logs" / "world.log"))
        await until((folder / "world.sock").exists, "the world")
        of_line, of_office = child("line", file, config), child("office", file, config)
        for each in (of_line, of_office) if office else (of_line,):
            await supervisor.start(each)
        accounts = read_accounts(config.accounts_file)
        desk, driver = (
            Handheld(config.broker.url, config.station.id, accounts.account(name)) for name in (DESK, DRIVER)
        )
        try:
            for handheld, staff in ((desk, "1001"), (driver, "1002")):
                await handheld.start()
                await handheld.log_in(staff, staff)
            station = WholeStation(config, of_line, of_office, desk, driver, itertools.count(1))
            await station.ready()
            yield station
        finally:
            await desk.stop()
            await driver.stop()
            await of_office.stop()  # one that was started later is not the supervisor's


async def start_helpers(station: WholeStation, folder: Path) -> list[Child]:
    """Start ten clients and the load of reports."""
    script = str(HERE / "watchers.py")
    watch = ("--config", str(folder / "station.toml"), "--lane", LANE, "--rig", RIG)
    helpers = [
        Child(
            "watch", (sys.executable, script, "watch", *watch, "--out", str(folder / "watch.json")), folder / "w.log"
        ),
        Child("render", (sys.executable, script, "render", "--out", str(folder / "render.json")), folder / "r.log"),
    ]
    for helper in helpers:
        await helper.start()
    # Time to load and to connect; what a client missed shows in its count.
    await asyncio.sleep(3.0)
    return helpers
