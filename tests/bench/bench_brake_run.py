"""Samples of brake runs at 100 a second per side and real time, while reports are made and ten clients watch: lost?

The line, the broker, the office, the rig, the clients and the load are processes of their own. A driver with a slow
foot makes each run as long as the procedure allows, run after run until there are enough seconds of samples. Then
every sample of the stored evidence is compared with what the rig says that it delivered.
The floor: a bare loop that reads the same window of the same rig as often, with nothing else to do.
Usage: python tests/bench/bench_brake_run.py [--seconds 20] [--runs 5] [--json]   (full length: --seconds 60)
"""

import argparse
import asyncio
import json
import os
import statistics
import struct
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent))
from evidence import compared, measured, seconds_of  # found by the line above, as all that follow
from whole_station import start_helpers, whole_station

PERIOD_S = 0.04
WINDOW = struct.pack(">HHHBBHH", 1, 0, 6, 1, 3, 0, 125)


def cpu_s(pid: int) -> float:
    """Return the processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def bare_cpu_percent(port: int, seconds: float) -> float:
    """Return the processor share of a loop that only reads the window every 40 ms."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    begin, cpu = time.monotonic(), time.process_time()
    due = begin
    while (now := time.monotonic()) < begin + seconds:
        writer.write(WINDOW)
        await reader.readexactly(9 + 250)
        due += PERIOD_S
        await asyncio.sleep(due - now)
    writer.close()
    return 100 * (time.process_time() - cpu) / (time.monotonic() - begin)


async def one(folder: Path, seconds: float) -> dict[str, Any]:
    """Measure cars until there are so many seconds of samples; return the sums of it."""
    hold = min(11.0, max(2.0, seconds / 6))
    async with whole_station(folder, wait_s=hold, stroke_s=hold) as station:
        port = int(station.config.rig[0].link.rsplit(":", 1)[1])
        bare = await bare_cpu_percent(port, 3.0)
        helpers = await start_helpers(station, folder)
        pid, begin = station.line.pid or 0, time.monotonic()
        cpu = cpu_s(pid)
        found, rig = await measured(station, lambda found: seconds_of(found) >= seconds)
        share = 100 * (cpu_s(pid) - cpu) / (time.monotonic() - begin)
        for helper in helpers:
            await helper.stop()
    runs = [compared(capture, rig) for capture in found]
    total = {key: sum(run[key] for run in runs) for key in runs[0]}
    clients = json.loads((folder / "watch.json").read_text())
    load = json.loads((folder / "render.json").read_text())
    return {
        **total,
        "brake_runs": len(runs),
        "seconds": total["expected"] / 100,
        "reports_made": load["reports"],
        "client_blocks": sum(c["blocks"] for c in clients),
        "client_gaps": sum(c["gaps"] for c in clients),
        "client_samples_missed": sum(total["received"] - c["samples"] for c in clients),
        "line_cpu_percent": round(share, 1),
        "bare_cpu_percent": round(bare, 1),
    }


def measure(seconds: float, runs: int) -> dict[str, Any]:
    """Return sums over all runs, and the median of the line's share of a processor beside the bare loop's."""
    rounds = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            rounds.append(asyncio.run(one(Path(folder), seconds)))
            print(json.dumps(rounds[-1]), file=sys.stderr)
    sums = {key: sum(r[key] for r in rounds) for key in rounds[0] if not key.endswith("percent")}
    line, bare = ([r[f"{who}_cpu_percent"] for r in rounds] for who in ("line", "bare"))
    return {
        "bench": "brake_run",
        "runs": runs,
        **sums,
        "received_of_expected": round(sums["received"] / sums["expected"], 6),
        "line_cpu_percent": statistics.median(line),
        "bare_cpu_percent": statistics.median(bare),
        "cpu_ratio": round(statistics.median(a / b for a, b in zip(line, bare, strict=True)), 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.seconds, options.runs)
    if options.json:
        print(json.dumps(found))
        return
    print("samples expected {expected}, received {received}, lost {lost}, wrong {wrong}".format(**found))
    print("in {seconds} s of {brake_runs} brake runs; {reports_made} reports made meanwhile".format(**found))
    print(
        "10 clients: {client_blocks} blocks, {client_gaps} gaps, {client_samples_missed} samples missed".format(**found)
    )
    print("line {line_cpu_percent} % of a processor, bare read loop {bare_cpu_percent} %".format(**found))


if __name__ == "__main__":
    main()
