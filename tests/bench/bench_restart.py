"""The line is killed under load, again and again: how long until the station works again?

SIGKILL at a random moment while a vehicle is measured, ten clients watch and reports are rendered without a break.
What the station's own supervisor does about it is in the time, its pause before the first new start (0.2 s) included;
in this bench a line counts as steady after one second, so that every kill finds the first pause. Three moments of the
new line, as a client sees them, from the kill on: its state with a new epoch stands retained; a command that a client
sends on seeing it is answered; the brake tester is safe and ready.
The floor, in the same run: the supervisor's pause, and a bare Python that imports the same libraries.
Usage: python tests/bench/bench_restart.py [--kills 100] [--json]
"""

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from station import process
from station.bus.commands import CommandRefusedError
from station.bus.messages import QueryEvents

sys.path.append(str(Path(__file__).parent))
from bench_start import LIBRARIES, bare, bay_is_free, epoch  # found by the line above, as all that follow
from whole_station import WholeStation, is_ready, start_helpers, until, whole_station

STEADY_S = 1.0
IN_A_RUN_S = (1.0, 6.0)
FLOORS = 5


async def killed(station: WholeStation, moments: random.Random) -> dict[str, float]:
    """Kill the line while a vehicle is measured; return when it was what again, in seconds after the kill."""
    serial = await station.drive_in()
    await asyncio.sleep(moments.uniform(*IN_A_RUN_S))
    old, pid = epoch(station), station.line.pid
    assert pid, "the line is not running"
    begin = time.perf_counter()
    os.kill(pid, signal.SIGKILL)
    await until(lambda: epoch(station) not in ("", old), "the new line's state")
    stated = time.perf_counter() - begin
    await station.desk.ask(QueryEvents(since=0, limit=1))
    answered = time.perf_counter() - begin
    await until(lambda: is_ready(station.driver), "the brake tester")
    ready = time.perf_counter() - begin
    await clear(station, serial)
    return {"stated_s": stated, "answered_s": answered, "ready_s": ready}


async def clear(station: WholeStation, serial: str) -> None:
    """Have the vehicle leave the bay, wherever the restart has left it."""
    stage = station.driver.inspections[serial].inspection.stage("brake")
    if stage and stage.bay:
        try:
            await station.driver.release_stage(serial, "brake", "bench")
        except CommandRefusedError as refused:
            # The new line gave it back itself, and has not said so yet.
            if refused.reply.code != "not_started":
                raise
    await until(lambda: bay_is_free(station), "a free bay")


async def rounds(folder: Path, kills: int) -> list[dict[str, float]]:
    """Kill so many times, under load."""
    moments = random.Random(kills)  # the same moments every time
    async with whole_station(folder, wait_s=5.0, stroke_s=5.0) as station:
        helpers, found = await start_helpers(station, folder), []
        process.STEADY_S = STEADY_S
        for _ in range(kills):
            found.append(await killed(station, moments))
            print(json.dumps({key: round(value, 2) for key, value in found[-1].items()}), file=sys.stderr)
        for helper in helpers:
            await helper.stop()
    return found


def percentile(values: list[float], share: float) -> float:
    """Return a percentile; of few values the 99th is the largest."""
    return round(sorted(values)[min(len(values) - 1, int(len(values) * share))], 2)


def measure(kills: int) -> dict[str, Any]:
    """Return p50 and p99 of each moment, the floor, and the ratio of the medians."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found = asyncio.run(rounds(Path(folder), kills))
    floor = process.FIRST_PAUSE_S + statistics.median(bare(LIBRARIES["line"])[0] for _ in range(FLOORS))
    shown = {
        f"{key.removesuffix('_s')}_p{round(100 * share)}_s": percentile([one[key] for one in found], share)
        for key in found[0]
        for share in (0.5, 0.99)
    }
    ratio = statistics.median(one["answered_s"] for one in found) / floor
    return {"bench": "restart", "kills": kills, **shown, "floor_s": round(floor, 2), "answered_ratio": round(ratio, 2)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.kills)
    if options.json:
        print(json.dumps(found))
        return
    print("{kills} kills".format(**found))
    for name, what in (("stated", "state"), ("answered", "a command is answered"), ("ready", "brake tester ready")):
        print(f"{what}: p50 {found[f'{name}_p50_s']} s, p99 {found[f'{name}_p99_s']} s")
    print("floor {floor_s} s; ratio of an answer to it {answered_ratio}".format(**found))


if __name__ == "__main__":
    main()
