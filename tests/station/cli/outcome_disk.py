"""Runs in a mount namespace of its own: a whole line on a disk of eight megabytes that fills up in the middle of a run.

Then the same disk, mounted so that nobody writes, and the commands that a person would try.
"""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from station.bus.broker import free_ports
from station.bus.commands import CommandRefusedError
from station.ledger.verify import verify_database
from station.store import read
from station.store.database import open_database
from tests.conftest import make_broker
from tests.station.line.house import House
from tests.station.line.story import LONG_S, Story
from tests.station.store.small_disk import fill

LANGUAGES = ("zh", "en")
SMALL_FILES = 200_000


class SmallHouse(House):
    """A house that starts runs however little space is left: what happens then is what is looked at."""

    @property
    def config_text(self) -> str:
        return super().config_text.replace("[broker]", "min_free_mb = 0\n[broker]")


async def full(disk: Path, beside: Path) -> dict[str, Any]:
    """Fill the disk while an axle is measured; then give some space back."""
    broker = make_broker(beside)
    await broker.start()
    house = SmallHouse(disk, broker, speed=12.0)
    await house.open()
    try:
        story = await Story(house).begin()
        await story.hands()
        await story.enter()
        await story.at("brake")
        fill(disk)
        seen = await said_while_full(house, story)
        seen["result"] = [run for run in story.runs("B1") if run[1] == "finished"]
        (disk / "filler").unlink()
        await story.done("B1")
        await story.driver.await_state(lambda s: not s.locks, LONG_S)
        seen["run"] = story.runs("B1")
        await story.desk.arrive()
        seen["numbers"] = [int(inspection.serial[-4:]) for inspection in read.inspections(house.engine)]
        seen["chain"] = verify_database(house.engine).ok
        return seen
    finally:
        await house.close()
        await broker.stop()


async def said_while_full(house: House, story: Story) -> dict[str, Any]:
    """Everything that a driver and a clerk are told."""
    try:
        while True:  # some room may be left in the pages that the database has already
            await story.desk.arrive()
    except CommandRefusedError as refusal:
        reply = refusal.reply
    state = await story.driver.await_state(lambda s: any(lock.subject == "store" for lock in s.locks), LONG_S)
    lock = next(lock for lock in state.locks if lock.subject == "store")
    return {
        "code": reply.code,
        "reply": reply.text.model_dump(),
        "lock": lock.reason.model_dump(),
        "remedy": lock.remedy.model_dump(),
    }


def starts(config: Path) -> dict[str, Any]:
    """What a person reads who starts the line, or the whole station, on a disk that takes nothing."""
    seen: dict[str, Any] = {"line": {}, "station": {}}
    for language in LANGUAGES:  # one after the other: a station runs only once
        started = {"line": command("line", config, language), "station": station(config, language)}
        for what, process in started.items():
            seen[what][language] = said(process)
    return seen


def said(process: "subprocess.Popen[str]") -> tuple[str, int]:
    """Return what a process said until it ended, and its exit code."""
    return process.communicate()[1], process.returncode


def starts_when_full(disk: Path, config: Path) -> dict[str, Any]:
    """What is said of a disk that is full, and of one with just enough room for the small files."""
    fill(disk)
    seen = starts(config)
    with (disk / "filler").open("r+b") as filler:
        filler.truncate(filler.seek(0, os.SEEK_END) - SMALL_FILES)
    seen["broker"] = {language: said(station(config, language)) for language in LANGUAGES}
    (disk / "filler").unlink()
    return seen


def read_only(disk: Path, config: Path) -> dict[str, Any]:
    """What is said of a disk that is mounted read-only, and whether the ledger is whole afterwards."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    seen = starts(config)
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    engine = open_database(f"sqlite:///{disk}/station.sqlite", create=False)
    chain = verify_database(engine).ok
    engine.dispose()
    return {**seen, "chain": chain}


def command(name: str, config: Path, language: str) -> "subprocess.Popen[str]":
    """Start one of the station's processes, for a person of that language."""
    return _started(["station.cli.child", name, "--config", str(config)], language)


def station(config: Path, language: str) -> "subprocess.Popen[str]":
    """Start the whole station, for a person of that language."""
    return _started(["station.cli.main", "run", "--config", str(config)], language)


def _started(module: list[str], language: str) -> "subprocess.Popen[str]":
    words = [sys.executable, "-m", *module]
    environment = {**os.environ, "STATION_LANG": language}
    return subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment)


def main(folder: str) -> None:
    """Print what was said, as JSON."""
    disk, beside = Path(folder, "disk"), Path(folder, "beside")
    for place in (disk, beside):
        place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], check=True)
    seen: dict[str, Any] = {"full": asyncio.run(full(disk, beside))}
    config = beside / "station.toml"
    mqtt, ws, office = free_ports(3)
    config.write_text(
        f'[station]\nid = "test"\nname_zh = "站"\nname_en = "Station"\n[store]\nfolder = "{disk}"\n'
        f"[broker]\nmqtt_port = {mqtt}\nws_port = {ws}\n[office]\nport = {office}\n",
        encoding="utf-8",
    )
    seen["starts_when_full"] = starts_when_full(disk, config)
    print(json.dumps({**seen, "read_only": read_only(disk, config)}))


if __name__ == "__main__":
    main(sys.argv[1])
