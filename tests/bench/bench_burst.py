"""A burst of 100 reports while a brake run is under way: does it cost the line a sample, does it make it late?

A station of real processes at real time. Its office was away while 100 vehicles were signed; it comes back in the
middle of a brake run, makes their reports (each in both languages), and tells the line of every one, which writes it
into the ledger. Every sample of the stored evidence is compared with what the rig says that it delivered. How late
the line is shows in its reads of the rig: one is due every 40 ms, and each says when it was made.
The floor, in the same run: a vehicle on the same rig before the office comes back.
Usage: python tests/bench/bench_burst.py [--reports 100] [--runs 3] [--json]
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from station.bus.messages import Live
from station.line.config import Config
from station.model.capture import Capture

sys.path.append(str(Path(__file__).parent))
from backlog import write_backlog  # found by the line above, as all that follow
from evidence import Samples, compared, measured
from whole_station import LANE, RIG, WholeStation, until, whole_station

PERIOD_MS = 40.0
IN_THE_RUN = 50
"""So many reads of the run are over when the office comes back."""
Found = tuple[list[Capture], Samples]


class Reads:
    """When the line read the rig, run by run, in ns of the machine's clock."""

    def __init__(self) -> None:
        self.runs: dict[str, list[int]] = {}

    def see(self, live: Live) -> None:
        """Take one block."""
        self.runs.setdefault(live.run, []).append(live.mono_ns)

    def under_way(self) -> bool:
        """Say whether the last run is well under way."""
        return bool(self.runs) and len(self.runs[list(self.runs)[-1]]) >= IN_THE_RUN

    def late_ms(self) -> list[float]:
        """Return how much later each read was than 40 ms after the one before it, in ms; early ones are 0."""
        pairs = [pair for times in self.runs.values() for pair in pairwise(times)]
        return [max(0.0, (after - before) / 1e6 - PERIOD_MS) for before, after in pairs]


async def vehicles(station: WholeStation, over: asyncio.Event, reads: Reads) -> Found:
    """Measure vehicles, one at least, until it is over; return their evidence and what the rig delivered."""
    station.driver.watch_live(LANE, RIG, reads.see)
    found = await measured(station, lambda captures: bool(captures) and over.is_set())
    station.driver.unwatch_live(LANE, RIG)
    return found


async def burst(station: WholeStation, serials: list[str], over: asyncio.Event, reads: Reads) -> float:
    """Let the office come back when a run is well under way; return how many seconds the reports took."""
    await until(reads.under_way, "a run")
    begin = time.monotonic()
    await station.office.start()
    await until(partial(all_issued, station, serials), "the reports", 300.0)
    over.set()
    return time.monotonic() - begin


def all_issued(station: WholeStation, serials: list[str]) -> bool:
    """Say whether the ledger has every report, as a client sees it."""
    known = station.driver.inspections
    return all(serial in known and known[serial].inspection.attempts[-1].report_sha256 for serial in serials)


async def one(folder: Path, reports: int) -> dict[str, float]:
    """Measure one station: without a burst, then with it."""
    serials: list[str] = []
    over, calm, busy = asyncio.Event(), Reads(), Reads()

    def before(config: Config) -> None:
        serials.extend(write_backlog(config, reports))

    async with whole_station(folder, wait_s=5.0, stroke_s=5.0, before=before, office=False) as station:
        over.set()
        quiet = await vehicles(station, over, calm)
        over.clear()
        loud, seconds = await asyncio.gather(vehicles(station, over, busy), burst(station, serials, over, busy))
    return {
        "reports": len(serials),
        "burst_s": seconds,
        **{f"quiet_{key}": value for key, value in summed(*quiet).items()},
        **{f"burst_{key}": value for key, value in summed(*loud).items()},
        **late("quiet", calm),
        **late("burst", busy),
    }


def summed(captures: list[Capture], rig: Samples) -> dict[str, int]:
    """Return what became of the samples of all runs."""
    runs = [compared(capture, rig) for capture in captures]
    return {key: sum(run[key] for run in runs) for key in runs[0]}


def late(name: str, reads: Reads) -> dict[str, float]:
    """Return how late the reads were."""
    values = sorted(reads.late_ms())
    return {f"{name}_late_p99_ms": values[int(len(values) * 0.99)], f"{name}_late_max_ms": values[-1]}


def measure(reports: int, runs: int) -> dict[str, Any]:
    """Return sums of the samples over all runs, medians of the times, and the ratio within each run."""
    rounds = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            rounds.append(asyncio.run(one(Path(folder), reports)))
            print(json.dumps({key: round(value, 1) for key, value in rounds[-1].items()}), file=sys.stderr)
    times = [key for key in rounds[0] if key.endswith(("_s", "_ms"))]
    middle = {key: round(statistics.median(r[key] for r in rounds), 2) for key in times}
    sums = {key: sum(r[key] for r in rounds) for key in rounds[0] if key not in middle}
    ratio = statistics.median(r["burst_late_p99_ms"] / r["quiet_late_p99_ms"] for r in rounds)
    return {"bench": "burst", "runs": runs, **sums, **middle, "late_ratio": round(ratio, 2)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.reports, options.runs)
    if options.json:
        print(json.dumps(found))
        return
    for name in ("quiet", "burst"):
        own = {key.removeprefix(f"{name}_"): value for key, value in found.items() if key.startswith(name)}
        print(name, "samples: expected {expected}, received {received}, lost {lost}, wrong {wrong}".format(**own))
        print(name, "reads late: p99 {late_p99_ms} ms, at most {late_max_ms} ms".format(**own))
    print("{reports} reports, a burst in {burst_s} s; ratio of lateness {late_ratio}".format(**found))


if __name__ == "__main__":
    main()
