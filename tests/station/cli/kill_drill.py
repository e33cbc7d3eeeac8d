"""The kill drill: a whole station of real processes whose line, office and broker are killed with SIGKILL, at random.

Nothing here is simulated but rigs, cars and people, as in every demo; they are the one process that is not killed.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from station import process
from station.cli.stage import Stage, set_stage, start_all
from station.cli.supervise import Supervisor
from station.line.config import load_config
from station.store.database import open_database
from tests.station.cli import ledger_truth as truth
from tests.station.cli.drill_printer import printer_on, sheets
from tests.station.cli.drill_station import CLIENT, Drill, Station, Tally
from tests.station.cli.witness import Witness

__all__ = ["CLIENT", "EXCERPT", "Drill", "Tally", "play"]

EXCERPT = Path(__file__).parents[2] / "data" / "estonia" / "brake_readings_300.csv"


@contextlib.asynccontextmanager
async def cancelled_after(work: Any) -> AsyncIterator["asyncio.Task[None]"]:
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def play(folder: Path, drill: Drill, on_kill: Callable[[int], None] = lambda n: None) -> Tally:
    """Run a drill from start to end and return what happened, with everything found wrong."""
    began = time.monotonic()
    async with printer_on(folder / "paper") as printer:
        stage = with_printer(set_stage(folder, drill.speed, drill.plan), printer.url)
        station, pids = await _played(stage, drill, on_kill)
        tally = station.tally
        tally.seconds = time.monotonic() - began
        tally.faults += [f"{name} ({pid}) is still there" for name, pid in pids.items() if pid and _alive(pid)]
        look_at_the_record(station, sheets(printer))
    return tally


async def _played(stage: Stage, drill: Drill, on_kill: Callable[[int], None]) -> tuple[Station, dict[str, int | None]]:
    with pytest.MonkeyPatch.context() as patch:
        # Of a process that dies every few seconds the supervisor would wait longer and longer: here it stays eager.
        patch.setattr(process, "LONGEST_PAUSE_S", process.FIRST_PAUSE_S)
        async with Supervisor() as supervisor:
            await start_all(supervisor, stage)
            station = Station(supervisor, stage, drill)
            await station.witness.start()
            try:
                await _storm(station, on_kill)
            finally:
                await station.witness.stop()
                await station.photographer.stop()
                await station.eye.close()
            return station, dict(supervisor.pids)


def with_printer(stage: Stage, url: str) -> Stage:
    """Return the stage with a printer in its configuration."""
    text = stage.config_file.read_text(encoding="utf-8")
    stage.config_file.write_text(f'{text}\n[printer]\nurl = "{url}"\n', encoding="utf-8")
    return replace(stage, config=load_config(stage.config_file)[0])


async def _storm(station: Station, on_kill: Callable[[int], None]) -> None:
    async with (
        cancelled_after(station.witness_works()) as work,
        cancelled_after(station.photographer.work("1002", "1002")) as photos,
    ):
        await station.until(lambda: station.at_work or work.done() or photos.done(), "a first fact and a first photo")
        while min(station.tally.kills, len(station.witness.stored)) < station.drill.kills and not work.done():
            await station.kill()
            on_kill(station.tally.kills)
            assert not station.supervisor.ending.is_set(), "ended by a signal"
        for task in (work, photos):
            if task.done():
                task.result()
    await station.answers_again(station.witness.stored)
    await station.photos_again()
    await station.cars_go_on()
    await station.prints_end()
    # One more, so that the record does not owe its order to the quiet time before the end.
    await station.kill()
    await station.answers_again(list(station.witness.stored)[-1:])
    await station.line_ends_in_order()


def _alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def look_at_the_record(station: Station, paper: Counter[str]) -> None:
    """Look for every kind of fault in what the station left on the disk."""
    config, witness, tally = station.stage.config, station.witness, station.tally
    engine = open_database(config.database_url, create=False)
    try:
        _count(engine, witness, tally)
        events = truth.all_events(engine)
        tally.judged, wrong_verdicts = truth.verdict_faults(engine, events)
        tally.reports, wrong_reports = truth.report_faults(events, config.evidence_folder)
        photos, wrong_photos = truth.photo_faults(events, config.evidence_folder, station.photographer.shots)
        tally.photos = photos, len(station.photographer.shots)
        tally.prints, wrong_prints = truth.print_faults(events, paper)
        tally.faults += [
            *truth.chain_faults(engine),
            *truth.acknowledged_faults(events, witness),
            *truth.published_faults(events, witness),
            *truth.run_faults(events),
            *wrong_verdicts,
            *wrong_reports,
            *wrong_photos,
            *truth.checklist_faults(events),
            *wrong_prints,
            *truth.projection_faults(engine),
        ]
    finally:
        engine.dispose()


def _count(engine: Engine, witness: Witness, tally: Tally) -> None:
    events = truth.all_events(engine)
    tally.events = len(events)
    tally.runs = Counter(e.kind for e in events if e.kind in ("run.finished", "run.voided"))
    tally.facts = len(witness.stored)
    tally.answers = sum(len(witness.replies.get(key, ())) for key in witness.stored)
