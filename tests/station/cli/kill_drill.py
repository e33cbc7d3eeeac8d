"""The kill drill: a whole station of real processes whose line, office and broker are killed with SIGKILL, at random.

Nothing here is simulated but rigs, cars and people, as in every demo; they are the one process that is not killed.
"""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from station import process
from station.bus.accounts import read_accounts
from station.cli.control import ask
from station.cli.headless import Stage, set_stage, start_all
from station.cli.supervise import Supervisor
from station.cli.world import Plan
from station.store.database import open_database
from tests.station.cli import ledger_truth as truth
from tests.station.cli.rig_eye import RigEye
from tests.station.cli.witness import Witness

VICTIMS = ("line", "office", "broker")
CLIENT = "sim-12"
AT_ONCE = 20
"""Commands that are sent again together."""

EXCERPT = Path(__file__).parents[2] / "data" / "estonia" / "brake_readings_300.csv"


@dataclass(frozen=True)
class Drill:
    """What is done, until there are so many kills and as many acknowledged facts.

    ``gap_s``: real time between two kills, from and to. ``cars``: so many must leave afterwards.
    """

    kills: int
    seed: int
    plan: Plan
    speed: float = 10.0
    gap_s: tuple[float, float] = (0.1, 1.9)
    cars: int = 1
    patience_s: float = 90.0
    victims: tuple[str, ...] = VICTIMS


@dataclass
class Tally:
    """What happened; ``faults`` is what must be empty."""

    killed: Counter[str] = field(default_factory=Counter)
    while_turning: int = 0
    stops: list[tuple[int, int]] = field(default_factory=list)
    not_seen: int = 0
    facts: int = 0
    answers: int = 0
    events: int = 0
    runs: Counter[str] = field(default_factory=Counter)
    judged: int = 0
    reports: int = 0
    cars: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        return self.killed.total()

    def said(self, seed: int) -> str:
        """What a reader wants to know, in a few lines; the bound is the rule of three (95 %)."""
        per = ", ".join(f"{name} {self.killed[name]}" for name in VICTIMS)
        runs = ", ".join(f"{n} {state}" for state, n in sorted(self.runs.items()))
        slowest, limit = max(self.stops, default=(0, 0))
        return (
            f"kill drill, seed {seed}: n = {self.kills} kills ({per}) in {self.seconds:.0f} s, "
            f"{len(self.faults)} faults; none in n means fewer than 3/n = {3 / self.kills:.2%} of such kills (95 %)\n"
            f"  {self.facts} facts acknowledged to the witness in {self.answers} answers; {self.events} events; "
            f"runs: {runs}; {self.judged} verdicts judged again; {self.reports} reports; {self.cars} cars left\n"
            f"  line killed with motors on: {self.while_turning} times; last seen on {slowest} samples later at most, "
            f"and off when the watchdog's {limit} were over ({self.not_seen} times the next line was there before that)"
        )


class Station:
    """The running station of a drill, and those who look at it."""

    def __init__(self, supervisor: Supervisor, stage: Stage, drill: Drill) -> None:
        self.supervisor, self.stage, self.drill = supervisor, stage, drill
        config = stage.config
        accounts = read_accounts(config.accounts_file)
        self.witness = Witness(config.broker.url, config.station.id, accounts.account(CLIENT))
        self.eye = RigEye(int(config.rig[0].link.rsplit(":", 1)[1]))
        self.chance = random.Random(drill.seed)
        self.tally = Tally()

    async def world(self) -> dict[str, Any]:
        return await ask(self.stage.world_door, do="status")

    async def until(self, true: Callable[[], Any], what: str) -> None:
        try:
            async with asyncio.timeout(self.drill.patience_s):
                while not true():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"waited {self.drill.patience_s:g} s in vain for {what}; {logs(self.stage)}") from None

    async def witness_works(self) -> None:
        """Facts without a break, now and then an old command once more, until cancelled."""
        await self.witness.log_in("1001", "1001")
        chance = random.Random(self.drill.seed + 1)
        while True:
            old = list(self.witness.stored)
            await self.witness.hand_over_and_take_back(chance.choice(old) if old and chance.random() < 0.2 else None)
            await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """Wait a random time, then kill a random process that runs."""
        await asyncio.sleep(self.chance.uniform(*self.drill.gap_s))
        running = {name: pid for name, pid in self.supervisor.pids.items() if name in self.drill.victims and pid}
        if not running:
            return
        name = self.chance.choice(sorted(running))
        turning = name == "line" and (await self.eye.look()).motors_on
        epoch = self.witness.state.epoch if self.witness.state else ""
        with contextlib.suppress(ProcessLookupError):
            os.kill(running[name], signal.SIGKILL)
            self.tally.killed[name] += 1
            if name == "line":
                await self.see_motors_stop(epoch, turning)

    async def see_motors_stop(self, epoch: str, turning: bool) -> None:
        """After a kill of the line the rig must stop by itself: looked at until its watchdog's time is over."""
        await self.eye.look()
        # What the line had sent before it died is in the rig by now.
        begin = look = await self.eye.look()
        self.tally.while_turning += turning
        seen_on = 0
        while look.motors_on and look.samples_since(begin) <= begin.watchdog_samples:
            seen_on = look.samples_since(begin)
            await asyncio.sleep(0.005)
            look = await self.eye.look()
        state = self.witness.state
        if state is None or state.epoch != epoch:
            self.tally.not_seen += 1  # the next line may move the rig already: what is seen is not the watchdog's work
        elif look.motors_on:
            self.tally.faults.append(f"motors on {look.samples_since(begin)} samples after the line was killed")
        elif turning:
            self.tally.stops.append((seen_on, begin.watchdog_samples))

    async def answers_again(self, command_ids: Iterable[str]) -> None:
        """Have every process up, and a line that answers commands it had before."""
        await self.until(lambda: all(self.supervisor.pids[name] for name in VICTIMS), "processes")
        ids = tuple(command_ids)
        async with asyncio.timeout(self.drill.patience_s):
            for first in range(0, len(ids), AT_ONCE):
                await asyncio.gather(*map(self.witness.again, ids[first : first + AT_ONCE]))

    async def line_ends_in_order(self) -> None:
        """A line that is told to end leaves the rig in its safe state, whatever it was doing."""
        await next(child for child in self.supervisor._running if child.name == "line").stop()
        look = await self.eye.look()
        if look.motors_on or (await self.world())["motors_on"] or not look.lift_up:
            self.tally.faults.append(f"the line ended and left the rig with status {look.status:#06x}")

    async def cars_go_on(self) -> None:
        """The station still works: so many more cars leave."""
        wanted = len((await self.world())["done"]) + self.drill.cars
        deadline = time.monotonic() + self.drill.patience_s
        while (left := len((await self.world())["done"])) < wanted:
            assert time.monotonic() < deadline, f"no car leaves any more; {logs(self.stage)}"
            await asyncio.sleep(0.2)
        self.tally.cars = left


def logs(stage: Stage) -> str:
    folder = stage.config.store.folder / "logs"
    return "\n".join(f"== {log.name}\n{log.read_text()[-1500:]}" for log in sorted(folder.iterdir()))


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
    folder.mkdir(parents=True, exist_ok=True)
    stage = set_stage(folder, drill.speed, drill.plan)
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
                await station.eye.close()
            tally = station.tally
            pids = dict(supervisor.pids)
    tally.seconds = time.monotonic() - began
    tally.faults += [f"{name} ({pid}) is still there" for name, pid in pids.items() if pid and _alive(pid)]
    look_at_the_record(stage, station.witness, tally)
    return tally


async def _storm(station: Station, on_kill: Callable[[int], None]) -> None:
    async with cancelled_after(station.witness_works()) as work:
        await station.until(lambda: station.witness.stored or work.done(), "the first fact")
        while min(station.tally.kills, len(station.witness.stored)) < station.drill.kills and not work.done():
            await station.kill()
            on_kill(station.tally.kills)
        if work.done():
            work.result()
    await station.answers_again(station.witness.stored)
    await station.cars_go_on()
    # One more, so that the record does not owe its order to the quiet time before the end.
    await station.kill()
    await station.answers_again(list(station.witness.stored)[-1:])
    await station.line_ends_in_order()


def _alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def look_at_the_record(stage: Stage, witness: Witness, tally: Tally) -> None:
    """Look for every kind of fault in what the station left on the disk."""
    engine = open_database(stage.config.database_url, create=False)
    try:
        _count(engine, witness, tally)
        events = truth.all_events(engine)
        tally.judged, wrong_verdicts = truth.verdict_faults(engine, events)
        tally.reports, wrong_reports = truth.report_faults(events, stage.config.evidence_folder)
        tally.faults += [
            *truth.chain_faults(engine),
            *truth.acknowledged_faults(events, witness),
            *truth.published_faults(events, witness),
            *truth.run_faults(events),
            *wrong_verdicts,
            *wrong_reports,
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
