"""`station demo`: a whole station behind one screen, which ends with it."""

import asyncio
import signal
import sys
from dataclasses import replace
from pathlib import Path

from station.cli.backstage import DOOR, Backstage
from station.cli.demo_app import DemoApp
from station.cli.demo_station import Lan, alone_in
from station.cli.demo_trials import Places
from station.cli.desk import desk_settings, on_screen
from station.cli.lan import invitation
from station.cli.logs import log_to_file
from station.cli.processes import DESKS, HANDHELDS
from station.cli.stage import Stage, set_stage
from station.cli.words import here
from station.cli.world import Plan
from station.store import read
from station.store.database import open_database

DESK = "desk-1"
HUMAN_CLIENTS = (*(f"desk-{n}" for n in range(1, DESKS + 1)), *(f"handheld-{n:02}" for n in range(1, HANDHELDS + 1)))


def run_demo(folder: Path, speed: float, lan: Lan | None = None) -> None:
    """Run a demo in this terminal until somebody ends it; the same folder goes on where it stopped.

    Raises:
        Unusable: the folder cannot be used, another demo has it, or the processes do not start.
        StoreError: the folder's database cannot be used.
    """
    folder = folder.absolute()
    with alone_in(folder):
        print(f"station: {here('demo.starting', folder=folder)}", file=sys.stderr)
        stage = set_stage(folder, speed, Plan(at_most=5, hands_off=HUMAN_CLIENTS), lan)
        print(invitation(stage.config), end="")
        events = _events(stage)
        # Other cars at each start: those of the last one may still stand in the station.
        replace(Plan.load(stage.plan_file), seed=events).save(stage.plan_file)
        log_to_file(folder, "station")
        asyncio.run(_play(stage))
        print(f"station: {here('demo.ended', events=_events(stage), folder=folder)}")


def _events(stage: Stage) -> int:
    engine = open_database(stage.config.database_url, station=stage.config.station.id)
    try:
        return read.head(engine)[0]
    finally:
        engine.dispose()


async def _play(stage: Stage) -> None:
    config, folder = stage.config, stage.config.store.folder
    backstage = Backstage(stage)
    places = Places(folder, folder / "station.sqlite", folder / DOOR, stage.world_door)
    interrupted = _interruption()
    try:
        await backstage.start()
        opening = asyncio.create_task(backstage.until_open())
        await asyncio.wait((opening, interrupted), return_when=asyncio.FIRST_COMPLETED)
        if opening.done():
            await opening
            await on_screen(DemoApp(desk_settings(config, DESK), config, places))
        else:
            opening.cancel()
    finally:
        # Once more, because the screen had its own: nobody in a hurry may leave a process behind.
        _interruption()
        print(f"station: {here('demo.ending')}", file=sys.stderr)
        await backstage.stop()


def _interruption() -> "asyncio.Task[bool]":
    """Return what is done when somebody wants the end before there is a screen."""
    loop = asyncio.get_running_loop()
    wanted = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, wanted.set)
    return asyncio.create_task(wanted.wait())
