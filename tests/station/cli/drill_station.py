"""The running station of a kill drill, those who look at it, and what they have seen."""

import asyncio
import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from handheld.client import Handheld
from station.bus.accounts import read_accounts
from station.cli.control import ask
from station.cli.stage import Stage
from station.cli.supervise import Supervisor
from station.cli.world import Plan
from station.store import read
from station.store.database import open_database
from tests.station.cli.photo_witness import PhotoWitness
from tests.station.cli.rig_eye import RigEye
from tests.station.cli.witness import Witness

VICTIMS = ("line", "office", "broker")
CLIENT = "sim-12"
PHOTOGRAPHER = "sim-11"
AT_ONCE = 20
"""Commands that are sent again together."""

AT_A_TIME = (1, 1, 1, 2, 2, 3)
"""How many processes are killed at a time."""

IN_THE_START, START_S = 0.25, 1.0
"""So many of the kills come while what was killed before still starts: within so long after it."""


@dataclass(frozen=True)
class Drill:
    """What is done, until there are so many kills and as many acknowledged facts.

    ``gap_s``: real time for which everything works before most of the kills, from and to. ``cars``: so many must leave
    afterwards.
    """

    kills: int
    seed: int
    plan: Plan
    speed: float = 10.0
    gap_s: tuple[float, float] = (0.0, 2.0)
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
    photos: tuple[int, int] = (0, 0)
    prints: Counter[str] = field(default_factory=Counter)
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
            f"runs: {runs}; {self.judged} verdicts judged again; {self.cars} cars left\n"
            f"  {self.photos[0]} photos, {self.photos[1]} of them acknowledged to the witness; {self.reports} reports; "
            f"prints: {', '.join(f'{n} {state}' for state, n in sorted(self.prints.items())) or 'none'}\n"
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
        handheld = Handheld(config.broker.url, config.station.id, accounts.account(PHOTOGRAPHER), answer_s=1e6)
        self.photographer = PhotoWitness(handheld, config.office.url, drill.seed + 2)
        self.eye = RigEye(int(config.rig[0].link.rsplit(":", 1)[1]))
        self.chance = random.Random(drill.seed)
        self._deck: list[str] = []
        self._count_at_kill = 0
        self.tally = Tally()

    @property
    def at_work(self) -> bool:
        """Whether the first fact and the first photo were acknowledged."""
        return bool(self.witness.stored and self.photographer.shots)

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

    async def whole(self) -> bool:
        """Say whether everything works: the line answers over the broker, and the office is at its door."""
        if self.witness.count == self._count_at_kill:
            return False
        try:
            _, writer = await asyncio.open_connection(self.stage.config.office.host, self.stage.config.office.port)
        except OSError:
            return False
        writer.close()
        return True

    async def a_random_time(self) -> None:
        """Wait so long: mostly from when everything works again, else into the middle of the start."""
        if self.chance.random() < IN_THE_START:
            await asyncio.sleep(self.chance.uniform(0.0, START_S))
            return
        deadline = time.monotonic() + self.drill.patience_s
        while not await self.whole():
            assert time.monotonic() < deadline, f"the station does not come back; {logs(self.stage)}"
            await asyncio.sleep(0.02)
        await asyncio.sleep(self.chance.uniform(*self.drill.gap_s))

    def _victims(self) -> tuple[str, ...]:
        """Return whom to kill: one, or several at once; by chance, but each as often as the others."""
        found: list[str] = []
        for _ in range(self.chance.choice(AT_A_TIME)):
            if not self._deck:
                self._deck = self.chance.sample(self.drill.victims, len(self.drill.victims))
            found.append(self._deck.pop())
        return tuple(dict.fromkeys(found))

    async def kill(self) -> None:
        """Wait a random time, then kill a random process that runs, or several at once."""
        await self.a_random_time()
        running = {name: pid for name in self._victims() if (pid := self.supervisor.pids[name])}
        turning = "line" in running and (await self.eye.look()).motors_on
        epoch = self.witness.state.epoch if self.witness.state else ""
        for name, pid in running.items():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.tally.killed[name] += 1
        self._count_at_kill = self.witness.count
        if "line" in running:
            await self.see_motors_stop("" if "broker" in running else epoch, turning)

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
        if not look.motors_on:
            self.tally.stops += [(seen_on, begin.watchdog_samples)] * turning
        elif state is None or state.epoch != epoch:
            self.tally.not_seen += 1  # the next line may move the rig already: what is seen is not the watchdog's work
        else:
            self.tally.faults.append(f"motors on {look.samples_since(begin)} samples after the line was killed")

    async def answers_again(self, command_ids: Iterable[str]) -> None:
        """Have every process up, and a line that answers commands it had before."""
        await self.until(lambda: all(self.supervisor.pids[name] for name in VICTIMS), "processes")
        ids = tuple(command_ids)
        async with asyncio.timeout(self.drill.patience_s):
            for first in range(0, len(ids), AT_ONCE):
                await asyncio.gather(*map(self.witness.again, ids[first : first + AT_ONCE]))

    async def photos_again(self) -> None:
        """Send every photo once more: the office knows each of them, and says the same."""
        async with asyncio.timeout(self.drill.patience_s):
            for shot in self.photographer.shots:
                if not await self.photographer.send(shot):
                    self.tally.faults.append(f"photo {shot.sha256} was acknowledged, and is not wanted now")

    async def prints_end(self) -> None:
        """Every print that is asked for by now comes to an end."""
        engine = open_database(self.stage.config.database_url, create=False)
        try:
            wanted = {(each.report_no, each.copy_no) for each in read.prints(engine)}
            deadline = time.monotonic() + self.drill.patience_s
            while wanted & {(e.report_no, e.copy_no) for e in read.prints(engine) if e.state == "requested"}:
                assert time.monotonic() < deadline, f"a print does not end; {logs(self.stage)}"
                await asyncio.sleep(0.2)
        finally:
            engine.dispose()

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
