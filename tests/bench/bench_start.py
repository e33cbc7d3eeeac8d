"""Start of the line and of the office, and their memory, beside a bare Python that imports the same libraries.

Line: from the start of the process to a state with a brake tester that answers, as a client sees it, and to the first
live samples of a car that waits already (the procedure's own waiting for a car that comes and stands still is in it).
Office: to its first page. Memory: PSS (shared pages counted by their share) and RSS, when ready and after a run.
Usage: python tests/bench/bench_start.py [--runs 5] [--json]
"""

import argparse
import asyncio
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from station.bus.messages import Live
from station.process import Child

sys.path.append(str(Path(__file__).parent))
from whole_station import LANE, RIG, WholeStation, is_ready, until, whole_station  # found by the line above

LIBRARIES = {
    "line": "pymodbus.client, serial, paho.mqtt.client, pydantic, sqlmodel",
    "office": "starlette.applications, uvicorn, reportlab.pdfgen.canvas, segno, paho.mqtt.client, pydantic, sqlmodel",
}
MEMORY = re.compile(r"^(Rss|Pss):\s+(\d+) kB", re.MULTILINE)


def memory_mb(text: str) -> dict[str, float]:
    """Return RSS and PSS in MB from what the kernel says of a process."""
    return {name.lower(): int(kb) / 1024 for name, kb in MEMORY.findall(text)}


def memory_of(pid: int | None) -> dict[str, float]:
    """Return RSS and PSS of a process in MB."""
    return memory_mb(Path(f"/proc/{pid}/smaps_rollup").read_text())


def bare(libraries: str) -> tuple[float, dict[str, float]]:
    """Return how long a Python takes that only imports these libraries, and its memory then."""
    code = f"import {libraries}; print(open('/proc/self/smaps_rollup').read())"
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return time.perf_counter() - begin, memory_mb(done.stdout)


async def restart(child: Child) -> float:
    """Stop a process and start it again; return the moment of the start."""
    await child.stop()
    begin = time.perf_counter()
    await child.start()
    return begin


async def line_start(station: WholeStation, serial: str) -> dict[str, float]:
    """Start the line anew with a car that waits; return seconds and memory."""
    old = station.driver.state.epoch if station.driver.state else ""
    first: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def see(live: Live) -> None:
        if not first.done():
            first.set_result(time.perf_counter())

    station.driver.watch_live(LANE, RIG, see)
    begin = await restart(station.line)
    await until(lambda: is_ready(station.driver) and epoch(station) != old, "the line")
    ready = time.perf_counter() - begin
    idle = memory_of(station.line.pid)
    await station.start_brakes(serial)
    samples = await asyncio.wait_for(first, 60.0) - begin
    await asyncio.sleep(3.0)
    busy = memory_of(station.line.pid)
    station.driver.unwatch_live(LANE, RIG)
    await station.driver.release_stage(serial, "brake", "bench")
    await until(lambda: bay_is_free(station), "a free bay")
    return {
        "line_ready_s": ready,
        "line_first_sample_s": samples,
        "line_pss_mb": idle["pss"],
        "line_rss_mb": idle["rss"],
        "line_in_run_pss_mb": busy["pss"],
    }


def epoch(station: WholeStation) -> str:
    """Return the epoch that the driver's handheld knows."""
    return station.driver.state.epoch if station.driver.state else ""


def bay_is_free(station: WholeStation) -> bool:
    """Say whether no car is on the brake tester."""
    state = station.driver.state
    return state is not None and not any(bay.serial for bay in state.bays if bay.rig == RIG)


async def office_start(station: WholeStation) -> dict[str, float]:
    """Start the office anew; return seconds to its first page, and memory then."""
    begin = await restart(station.office)
    while not await first_page(station.config.office.port):
        await asyncio.sleep(0.01)
    taken, memory = time.perf_counter() - begin, memory_of(station.office.pid)
    return {"office_page_s": taken, "office_pss_mb": memory["pss"], "office_rss_mb": memory["rss"]}


async def first_page(port: int) -> bool:
    """Say whether the office answers a request."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.write(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    answered = (await reader.read(12)).startswith(b"HTTP/1.1")
    writer.close()
    return answered


async def rounds(folder: Path, runs: int) -> list[dict[str, float]]:
    """Measure in turns."""
    found = []
    async with whole_station(folder, wait_s=5.0, stroke_s=2.5) as station:
        for _ in range(runs):
            serial = await station.register()
            one = await line_start(station, serial) | await office_start(station)
            for name, libraries in LIBRARIES.items():
                seconds, memory = bare(libraries)
                one |= {f"bare_{name}_s": seconds, f"bare_{name}_pss_mb": memory["pss"]}
                one |= {f"bare_{name}_rss_mb": memory["rss"]}
            found.append(one)
            print(json.dumps({key: round(value, 2) for key, value in one.items()}), file=sys.stderr)
    return found


def measure(runs: int) -> dict[str, Any]:
    """Return medians, and the ratios to the bare Python within each run."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found = asyncio.run(rounds(Path(folder), runs))
    medians = {key: round(statistics.median(one[key] for one in found), 2) for key in found[0]}
    pairs = {
        "line_ready_ratio": ("line_ready_s", "bare_line_s"),
        "line_rss_ratio": ("line_rss_mb", "bare_line_rss_mb"),
        "office_page_ratio": ("office_page_s", "bare_office_s"),
        "office_rss_ratio": ("office_rss_mb", "bare_office_rss_mb"),
    }
    ratios = {name: round(statistics.median(one[a] / one[b] for one in found), 2) for name, (a, b) in pairs.items()}
    return {"bench": "start", "runs": runs, **medians, **ratios}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.runs)
    if options.json:
        print(json.dumps(found))
        return
    print("line: ready in {line_ready_s} s, first live samples in {line_first_sample_s} s".format(**found))
    print("bare Python with its libraries: {bare_line_s} s; ratio {line_ready_ratio}".format(**found))
    print("line: PSS {line_pss_mb} MB, RSS {line_rss_mb} MB, in a run PSS {line_in_run_pss_mb} MB".format(**found))
    print("bare: RSS {bare_line_rss_mb} MB; ratio of RSS {line_rss_ratio}".format(**found))
    print("office: first page in {office_page_s} s, PSS {office_pss_mb} MB, RSS {office_rss_mb} MB".format(**found))
    print(
        "bare: {bare_office_s} s, RSS {bare_office_rss_mb} MB; ratios {office_page_ratio}, {office_rss_ratio}".format(
            **found
        )
    )


if __name__ == "__main__":
    main()
