"""What a brake run's stored evidence has of the samples that the rig says it delivered."""

import asyncio
from collections.abc import Callable
from typing import Any

from whole_station import WholeStation  # beside this file

from station.cli.control import ask
from station.model.capture import Capture
from station.store import read
from station.store.database import open_database

SIDES = ("force_left", "force_right")
Samples = dict[int, tuple[int | None, int | None]]


async def delivered(station: WholeStation, known: Samples) -> None:
    """Add what the rig has delivered since the last time."""
    while True:
        answer = await ask(station.door, after=max(known, default=-1))
        known.update({number: (left, right) for number, left, right in answer["samples"]})
        if len(answer["samples"]) < 500:
            return


def captures(station: WholeStation, serial: str) -> list[Capture]:
    """Return the stored evidence of every finished run of a car."""
    engine = open_database(station.config.database_url, create=False)
    try:
        found = read.inspection(engine, serial)
        runs = [run for run in found.runs if run.evidence_sha256] if found else []
        return [Capture.model_validate_json(read.evidence(engine, run.evidence_sha256 or "")) for run in runs]
    finally:
        engine.dispose()


def compared(capture: Capture, rig: Samples) -> dict[str, int]:
    """Compare one run's evidence with what the rig delivered, sample by sample."""
    left, right = (next(c.raw for c in capture.curves if c.channel == side) for side in SIDES)
    numbers = range(capture.first_sequence, capture.first_sequence + capture.samples + capture.lost)
    wrong = sum(rig.get(number) != pair for number, pair in zip(numbers, zip(left, right, strict=True), strict=False))
    return {"expected": len(numbers), "received": capture.samples, "lost": capture.lost, "wrong": wrong}


def seconds_of(captures: list[Capture]) -> float:
    """Return how many seconds of samples there are."""
    return sum(capture.samples for capture in captures) / 100


async def measured(station: WholeStation, enough: Callable[[list[Capture]], bool]) -> tuple[list[Capture], Samples]:
    """Drive cars in one after another until it is enough; return their evidence and what the rig delivered."""
    found: list[Capture] = []
    rig: Samples = {}
    while not enough(found):
        serial = await station.drive_in()
        done = asyncio.create_task(station.driver.await_inspection(serial, brakes_done, 300.0))
        while not done.done():
            await delivered(station, rig)
            await asyncio.wait([done], timeout=5.0)
        await done
        await delivered(station, rig)
        found += captures(station, serial)
    return found, rig


def brakes_done(snapshot: Any) -> bool:
    """Say whether the car has left the brake tester."""
    stage = snapshot.inspection.stage("brake")
    return bool(stage and stage.finished_at)
