"""`station demo --headless`: a whole station without a screen, until its cars are through."""

import asyncio
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from station.cli.control import ControlError, ask
from station.cli.demo_result import DemoResult, inspection_result, ledger_result
from station.cli.failure import Unusable
from station.cli.logs import log_to_file
from station.cli.stage import Stage, start_all
from station.cli.supervise import Supervisor
from station.cli.words import here
from station.cli.world import PACED_UP_TO
from station.line.config import Config
from station.store import read
from station.store.database import open_database

LOOK_S = 0.25
STUCK_S = 300.0


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
