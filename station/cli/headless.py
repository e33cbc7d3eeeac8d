"""`station demo --headless`: a whole station without a screen, until its cars are through."""

import asyncio
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from station.cli.child import log_to_file
from station.cli.control import ControlError, ask
from station.cli.demo_result import DemoResult, inspection_result, ledger_result
from station.cli.demo_station import Lan, prepare
from station.cli.failure import Unusable, sentence
from station.cli.lan import make_certificates
from station.cli.processes import child, start_station
from station.cli.supervise import Supervisor
from station.cli.words import here
from station.cli.world import PACED_UP_TO, Plan
from station.line.config import Config, load_config
from station.store import read
from station.store.database import open_database

LOOK_S = 0.25
STUCK_S = 300.0


@dataclass(frozen=True)
class Stage:
    """A demo that is ready to start: its configuration file and its plan file."""

    config_file: Path
    plan_file: Path
    config: Config

    @property
    def world_door(self) -> Path:
        """Return the socket of the world's process."""
        return self.config.store.folder / "world.sock"


def set_stage(folder: Path, speed: float, plan: Plan, lan: Lan | None = None, broker: str = "") -> Stage:
    """Make folder, configuration and plan of a demo ready; ``broker`` as ``prepare`` takes it.

    Raises:
        Unusable: the folder or the replay file cannot be used.
        StoreError: the folder's database cannot be used.
        AuthorityError: the folder's certificates cannot be used.
    """
    if plan.replay:
        _check_replay(plan)
    config_file = prepare(folder, speed, repeats=0 if plan.replay else 1, lan=lan, broker=broker)
    config, _ = load_config(config_file)
    make_certificates(config)
    plan_file = config.store.folder / "plan.json"
    plan.save(plan_file)
    return Stage(config_file, plan_file, config)


def _check_replay(plan: Plan) -> None:
    try:
        rows = sum(1 for _ in plan.cars())
    except (OSError, ValueError) as error:
        raise Unusable.of("replay", why=sentence(error)) from error
    if not rows:
        raise Unusable.of("no_rows", file=plan.replay)


async def start_all(supervisor: Supervisor, stage: Stage) -> None:
    """Start broker, line, office and the simulated world."""
    world = child("world", stage.config_file, stage.config, "--plan", str(stage.plan_file))
    await start_station(supervisor, stage.config_file, rigs=world)


async def run_headless(stage: Stage) -> DemoResult | None:
    """Play the plan to its end and return what came of it; None when a signal ended it before.

    Raises:
        Unusable: nothing moved for five minutes; names where to look.
    """
    began, started_at = time.monotonic(), datetime.now(UTC)
    before = _serials(stage.config)
    log_to_file(stage.config.store.folder, "station", stage.config.log)
    async with Supervisor() as supervisor:
        await start_all(supervisor, stage)
        finished = await _until_through(supervisor, stage)
    if not finished:
        return None
    return _result(stage.config, before, started_at, time.monotonic() - began)


async def _until_through(supervisor: Supervisor, stage: Stage) -> bool:
    done, moved = -1, time.monotonic()
    while not supervisor.ending.is_set():
        status = await _status(stage)
        if status and len(status["done"]) != done:
            done, moved = len(status["done"]), time.monotonic()
            print(f"station: {here('demo.left', done=done, expected=status['expected'] or '?')}", file=sys.stderr)
        if status and status["expected"] is not None and done >= status["expected"]:
            return True
        if time.monotonic() - moved > STUCK_S:
            raise Unusable.of("stuck", seconds=f"{STUCK_S:.0f}", folder=stage.config.store.folder / "logs")
        await asyncio.sleep(LOOK_S)
    return False


async def _status(stage: Stage) -> dict[str, Any] | None:
    try:
        return await ask(stage.world_door, do="status")
    except ControlError:
        return None


def _serials(config: Config) -> frozenset[str]:
    engine = open_database(config.database_url, station=config.station.id)
    try:
        return frozenset(inspection.serial for inspection in read.inspections(engine))
    finally:
        engine.dispose()


def _result(config: Config, before: frozenset[str], started_at: datetime, seconds: float) -> DemoResult:
    engine = open_database(config.database_url, station=config.station.id)
    try:
        new = [inspection for inspection in read.inspections(engine) if inspection.serial not in before]
        return DemoResult(
            station=config.station.id,
            day=started_at.date(),
            speed=Decimal(str(config.clock.speed)),
            paced=config.clock.speed <= PACED_UP_TO,
            inspections=tuple(inspection_result(engine, config.evidence_folder, i) for i in new),
            ledger=ledger_result(engine),
            duration_s=Decimal(f"{seconds:.1f}"),
        )
    finally:
        engine.dispose()
