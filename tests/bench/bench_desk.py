"""From a key press to the screen at the desk, beside a bare Textual application with one label.

The desk runs as a process of its own in a terminal of 120x36, with 200 inspections in the station and 100 messages a
second coming in over a real broker. A key moves the cursor down the queue; the time is up when the number of the
vehicle that is then chosen has come out of the terminal, in the details below the table. The bare peer, in turns with
it on the same machine, shows how many keys it has seen. Its messages are none.
Usage: python tests/bench/bench_desk.py [--keys 200] [--runs 3] [--vehicles 200] [--rate 100] [--json]
"""

import argparse
import asyncio
import contextlib
import fcntl
import json
import os
import pty
import random
import re
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))
from station.bus.accounts import read_accounts  # noqa: E402  # found by the line above
from station.bus.broker import Broker, Place, free_ports  # noqa: E402
from station.bus.messages import InspectionSnapshot  # noqa: E402
from station.model.text import Text  # noqa: E402
from station.model.verdict import Outcome  # noqa: E402
from tests.station.desk.peer import PIN, VIN, LinePeer  # noqa: E402

COLUMNS, ROWS = 120, 36
DOWN = b"\x1b[B"
PAUSE_S = (0.05, 0.25)
"""Between two keys: at no fixed distance to the desk's own ten drawings a second."""
PATIENCE_S = 20.0
PLAN = ("UC", "F1", "B1", "B2", "BV", "B0", "H1", "H4", "PF")
WAITS = Text(zh="等待：制动", en="Waiting: Brakes")
ESCAPES = re.compile("\x1b[^a-zA-Z]*[a-zA-Z]")
KINDS = ("waiting", "in work", "review", "done")
DESK = """
import sys
from pathlib import Path
from station.bus.accounts import read_accounts
from station.desk.app import DeskApp
from station.desk.settings import DeskSettings
url, accounts = sys.argv[1:]
account = read_accounts(Path(accounts)).account("desk-1")
DeskApp(DeskSettings(broker_url=url, station="test", account=account, office_url="http://127.0.0.1:1")).run()
"""
BARE = """
from textual.app import App
from textual.widgets import Label

class Bare(App):
    seen = 0

    def compose(self):
        yield Label("seen 0.")

    def on_key(self):
        self.seen += 1
        self.query_one(Label).update(f"seen {self.seen}.")

Bare().run()
"""


class Terminal:
    """A process in a terminal of its own: what it writes, and when."""

    def __init__(self, code: str, *arguments: str) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT)}
        command = (sys.executable, "-c", code, *arguments)
        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=env)
        os.close(slave)
        self.text = ""

    def read(self, until_s: float) -> bool:
        """Take what has come, waiting until a moment; return whether something came."""
        ready, _, _ = select.select([self.master], [], [], max(0.0, until_s - time.monotonic()))
        if ready:
            self.text = (self.text + os.read(self.master, 1 << 16).decode("utf-8", "replace"))[-200_000:]
        return bool(ready)

    def until(self, words: str) -> float:
        """Wait until words have come out since the last key, and return when they had.

        Raises:
            TimeoutError: they did not come.
        """
        end_s = time.monotonic() + PATIENCE_S
        while words not in self.text:
            if not self.read(end_s):
                raise TimeoutError(
                    f"{words!r} not seen: {re.sub(chr(27) + '[^a-zA-Z]*[a-zA-Z]', ' ', self.text[-3000:])}"
                )
        return time.monotonic()

    def idle(self, seconds: float) -> None:
        """Let time pass, reading on."""
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            self.read(end_s)

    def press(self, keys: bytes, words: str) -> float:
        """Press a key and return the milliseconds until words that stood nowhere before have come out."""
        self.text = ""
        begin_s = time.monotonic()
        os.write(self.master, keys)
        return (self.until(words) - begin_s) * 1000

    def end(self) -> None:
        """End the process."""
        self.process.terminate()
        with contextlib.suppress(OSError):
            while self.process.poll() is None:
                self.read(time.monotonic() + 0.1)
        os.close(self.master)


@contextlib.contextmanager
def terminal(code: str, *arguments: str) -> Iterator[Terminal]:
    """Return a process in a terminal, ended afterwards."""
    process = Terminal(code, *arguments)
    try:
        yield process
    finally:
        process.end()


# -- the station


async def serve(folder: Path, vehicles: int, rate: int) -> None:
    """Be the broker and the line until the parent closes our standard input."""
    accounts = read_accounts(folder / "accounts.json")
    port, ws_port = (int(word) for word in (folder / "ports").read_text().split())
    broker = Broker(Place(folder / "broker", "test", port=port, ws_port=ws_port), accounts)
    await broker.start()
    line = LinePeer(broker)
    line.widen()
    await line.start()
    line._reminder.cancel()
    serials = [arrived(line, number) for number in range(vehicles)]
    print("ready", flush=True)
    closed = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    due_s = time.monotonic()
    while not closed.done():
        due_s += 1 / rate
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))
        change(line, random.choice(serials))
    await line.stop()
    await broker.stop()


def arrived(line: LinePeer, number: int) -> str:
    """Have a vehicle come in, some with all their verdicts."""
    serial = line.car(f"浙A{number:05}", PLAN, ago_s=7200 - 30 * number)
    if KINDS[number % len(KINDS)] in ("review", "done"):
        line.judge(serial, **{"B1": Outcome.FAIL} if number % 8 == 2 else {})
    return serial


def change(line: LinePeer, serial: str) -> None:
    """Publish one message: a snapshot in which something has changed, or each tenth time the state of the station."""
    line.seq += 1
    if line.seq % 10 == 0:
        line.link.publish(line.topics.state, line.state().to_bytes(), qos=1, retain=True)
        return
    inspection = line.inspections[serial]
    state = "running" if line.seq % 2 else "waiting"
    items = tuple(i.model_copy(update={"state": state}) if i.code == "PF" else i for i in inspection.items)
    line.inspections[serial] = inspection.model_copy(update={"last_seq": line.seq, "items": items})
    snapshot = InspectionSnapshot(
        serial=serial, plate=line.plates[serial], vin=VIN, inspection=line.inspections[serial], waiting_for=WAITS
    )  # fmt: skip
    line.link.publish(line.topics.inspection(serial), snapshot.to_bytes(), qos=1, retain=True)


def pressing(desk: Terminal, vehicles: int, keys: int) -> list[float]:
    """Walk down the queue and back to the top, and return the milliseconds of each step down."""
    times = []
    for step in range(keys):
        place = step % (vehicles - 1)
        if place == 0:
            desk.press(b"\x1b[1;5H", "-0001 ") if step else None
            desk.idle(0.3)
        times.append(desk.press(DOWN, f"-{place + 2:04} "))
        desk.idle(random.uniform(*PAUSE_S))
    return times


def counting(bare: Terminal, keys: int) -> list[float]:
    """Press keys and return the milliseconds of each."""
    times = []
    for step in range(keys):
        times.append(bare.press(b"x", f"{step + 1}."))
        bare.idle(random.uniform(*PAUSE_S))
    return times


def log_in(desk: Terminal) -> None:
    """Log in as a person would, and wait for the queue."""
    desk.until("工号")
    desk.idle(2.0)
    desk.press(f"1001\r{PIN}\r".encode(), "-0001 ")
    desk.idle(2.0)


def one_run(folder: Path, vehicles: int, rate: int, keys: int) -> dict[str, float]:
    """Measure desk and bare peer once."""
    command = (sys.executable, __file__, "--serve", str(folder), "--vehicles", str(vehicles), "--rate", str(rate))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as station:
        assert station.stdout is not None
        assert station.stdin is not None
        station.stdout.readline()
        url = f"mqtt://127.0.0.1:{(folder / 'ports').read_text().split()[0]}"
        try:
            with terminal(DESK, url, str(folder / "accounts.json")) as desk:
                log_in(desk)
                of_desk = pressing(desk, vehicles, keys)
            with terminal(BARE) as bare:
                bare.until("seen 0.")
                of_bare = counting(bare, keys)
        finally:
            station.stdin.close()
    names = (("desk", of_desk), ("bare", of_bare))
    return {f"{name}_{p}_ms": part(times, p) for name, times in names for p in ("p50", "p99")}


def part(times: list[float], percentile: str) -> float:
    """Return a percentile: of 200 values p99 is the third largest."""
    share = int(percentile[1:]) / 100
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def measure(vehicles: int, rate: int, keys: int, runs: int) -> dict[str, Any]:
    """Return medians over the runs, and the ratio of the 99th percentiles."""
    from station.bus.accounts import make_accounts

    found = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            folder = Path(name)
            make_accounts(folder / "accounts.json", handhelds=1, desks=1, people=1)
            (folder / "ports").write_text(" ".join(str(port) for port in free_ports(2)))
            one = one_run(folder, vehicles, rate, keys)
        found.append(one)
        print(json.dumps({key: round(value, 2) for key, value in one.items()}), file=sys.stderr)
    medians = {key: round(statistics.median(one[key] for one in found), 2) for key in found[0]}
    ratio = round(statistics.median(one["desk_p99_ms"] / one["bare_p99_ms"] for one in found), 2)
    about: dict[str, Any] = {"bench": "desk", "runs": runs, "keys": keys, "vehicles": vehicles, "messages_per_s": rate}
    about["load"] = round(os.getloadavg()[0], 1)
    return {**about, **medians, "desk_to_bare_p99": ratio}


def main() -> None:
    """Measure and print, or (as a child of its own) be the station."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--vehicles", type=int, default=200)
    parser.add_argument("--rate", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve(options.serve, options.vehicles, options.rate))
        return
    found = measure(options.vehicles, options.rate, options.keys, options.runs)
    if options.json:
        print(json.dumps(found))
        return
    print("desk, key to screen: p50 {desk_p50_ms} ms, p99 {desk_p99_ms} ms (aim: 50 ms)".format(**found))
    print("bare Textual: p50 {bare_p50_ms} ms, p99 {bare_p99_ms} ms".format(**found))
    print("load of the machine meanwhile: {load}".format(**found))
    print("ratio of the 99th percentiles: {desk_to_bare_p99}".format(**found))


if __name__ == "__main__":
    main()
