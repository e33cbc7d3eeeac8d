"""Clients who watch a rig live, and a load that makes reports: each a process of its own, ended with their parent."""

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path

from handheld.board import Board
from reports.inspection import render_inspection
from station.bus.accounts import read_accounts
from station.bus.messages import Live
from station.cli.child import until_signal
from station.line.config import load_config

sys.path.append(str(Path(__file__).parents[2]))
from tests.reports import sample_report  # found by the line above

CLIENTS = (*(f"handheld-{n:02}" for n in range(1, 9)), "desk-1", "desk-2")


class Watcher:
    """One client: what it saw of each run."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.blocks = self.gaps = self.samples = 0
        self._next: tuple[str, int] = ("", 0)

    def see(self, live: Live) -> None:
        """Take one block; a block that is not the next one is a gap."""
        count = len(next(iter(live.curves.values()), []))
        run, expected = self._next
        self.gaps += run == live.run and live.sequence != expected
        self.blocks += 1
        self.samples += count
        self._next = (live.run, live.sequence + count)


async def watch(options: argparse.Namespace, stop: asyncio.Event) -> None:
    """Watch with ten clients until told to stop; then say what they saw."""
    config, _ = load_config(options.config)
    accounts = read_accounts(config.accounts_file)
    watchers = [Watcher(Board(config.broker.url, config.station.id, accounts.account(name))) for name in CLIENTS]
    for watcher in watchers:
        await watcher.board.start(timeout_s=30.0)
        watcher.board.watch_live(options.lane, options.rig, watcher.see)
    await stop.wait()
    for watcher in watchers:
        await watcher.board.stop()
    seen = [{"blocks": w.blocks, "gaps": w.gaps, "samples": w.samples} for w in watchers]
    await asyncio.to_thread(options.out.write_text, json.dumps(seen))


async def render(options: argparse.Namespace, stop: asyncio.Event) -> None:
    """Make reports without a break until told to stop; then say how many."""
    data, made, begin = sample_report.failed(), 0, time.monotonic()
    while not stop.is_set():
        await asyncio.to_thread(render_inspection, data, "zh")
        made += 1
    said = {"reports": made, "seconds": round(time.monotonic() - begin, 1)}
    await asyncio.to_thread(options.out.write_text, json.dumps(said))


def main() -> None:
    """Watch or render until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=["watch", "render"])
    parser.add_argument("--config", type=Path)
    parser.add_argument("--lane", default="")
    parser.add_argument("--rig", default="")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    work = watch if options.work == "watch" else render
    asyncio.run(until_signal(lambda stop: work(options, stop)))


if __name__ == "__main__":
    main()
