"""One bay with a rig: takes in a vehicle, runs what is open on it, and leaves the rig safe on every way out."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from devices.brake import BrakeTester
from devices.errors import ProfileError, RigError, RigOffline, RigProtocolError, RigRefused, RigRestarted
from devices.gas import Checks, GasAnalyser
from devices.sample import QUALITY_LETTER, Block
from station.bus.clock import Clock
from station.line.hall import Bay
from station.line.procedures.base import Action, Do, Finish, Input, Keep, MarkAt, Record, Say, Void, timings
from station.line.procedures.brake import BrakeRun
from station.line.procedures.double_idle import DoubleIdleRun, preparation
from station.line.recorder import Recorder
from station.model.capture import Capture
from station.model.facts import RunStarted
from station.model.vehicle import Vehicle

log = logging.getLogger(__name__)

Procedure = BrakeRun | DoubleIdleRun
GAS_PERIOD_S = 0.5
SAFE_TRY_S = 1.0


class Released(Exception):  # noqa: N818 - what happened, not an error
    """The stage was given back while the vehicle was in the bay."""


@dataclass(frozen=True)
class Reading:
    """What the lane shows while a run is on: one block, as read."""

    bay: Bay
    block: Block
    period_ms: Decimal
    curves: Mapping[str, list[int | None]]


class Floor(Protocol):
    """What a lane needs of the line: its clock, its journal and its voice."""

    clock: Clock

    def vehicle(self, serial: str) -> Vehicle:
        """Return the vehicle of an inspection."""

    def to_measure(self, bay: Bay) -> tuple[str, ...]:
        """Return the codes that this bay still has to measure on its vehicle, in order."""

    async def start_run(self, bay: Bay, item: str, rig: "LaneRig") -> RunStarted:
        """Put the start of a run into the ledger."""

    async def finish_run(self, bay: Bay, capture: Capture) -> None:
        """Put the run, its evidence and the verdict into the ledger."""

    async def void_run(self, bay: Bay, started: RunStarted, reason: str, detail: str) -> None:
        """Put into the ledger that the run does not count."""

    async def leave(self, bay: Bay, released: str | None) -> None:
        """Put into the ledger that the bay is done with the vehicle, or that the stage was given back, and why."""

    async def checked(self, rig: str, check: str, passed: bool, detail: str) -> None:
        """Put the result of a rig's check into the ledger."""

    def prompt(self, bay: Bay, code: str, values: Mapping[str, str], countdown_s: float | None) -> None:
        """Tell the driver."""

    def live(self, reading: Reading) -> None:
        """Show a block."""

    def changed(self) -> None:
        """The bay's state changed: show it."""


@dataclass
class LaneRig:
    """A rig of this station: its id and its driver."""

    id: str
    driver: BrakeTester | GasAnalyser


class Lane:
    """The life of one bay with a rig; ``serve`` runs as a task from start to end of the line."""

    def __init__(self, bay: Bay, rig: LaneRig, floor: Floor) -> None:
        self.bay, self.rig, self.floor = bay, rig, floor
        self.safe = False
        self._called = asyncio.Event()
        self._release: str | None = None
        self._axle: int | None = None
        self._command: asyncio.Task[None] | None = None
        self._heartbeat_s = 0.0
        self._in_use = asyncio.Lock()

    # -- from outside

    def call_in(self, serial: str) -> None:
        """Take in a vehicle: its stage has been started."""
        self.bay.serial = serial
        self._release = None
        self._called.set()

    def release(self, reason: str) -> None:
        """Give the stage back: an open run is voided, the rig made safe."""
        self._release = reason

    async def serve(self) -> None:
        """Wait for vehicles and measure them, until cancelled."""
        self.floor.prompt(self.bay, "free", {}, None)
        while True:
            await self._called.wait()
            self._called.clear()
            async with self._in_use:
                await self._visit()

    async def check_rig(self, check: str) -> tuple[bool, str]:
        """Have the rig check itself while no vehicle is in; return whether it passed, and what it said."""
        driver = self.rig.driver
        async with self._in_use:
            try:
                if isinstance(driver, GasAnalyser):
                    done = await getattr(driver, check)()
                    return check_passed(check, done), f"residue {done.residue_ppm}"
                await driver.command(check.upper())
                return driver.state == "online", driver.reason
            except (RigError, ProfileError, AttributeError) as error:
                return False, str(error)

    async def make_safe(self) -> bool:
        """Bring the rig into its safe state; False if it does not answer (its own watchdog has stopped it then)."""
        try:
            await self.rig.driver.make_safe()
        except RigError as error:
            self.safe = False
            log.warning("rig %s: not brought into its safe state: %s", self.rig.id, error)
            return False
        self.safe = True
        return True

    # -- one vehicle

    async def _visit(self) -> None:
        released: str | None = None
        try:
            await self._measure_all()
        except Released as reason:
            released = str(reason)
        except Exception:
            # The bay has to serve the next vehicle whatever happened; the log keeps the traceback for the maintainer.
            log.exception("bay %s: visit of %s broke off", self.bay.section.id, self.bay.serial)
            released = "line_fault"
        finally:
            self._axle = None
            await asyncio.shield(self.make_safe())
        await self.floor.leave(self.bay, released)
        if isinstance(self.rig.driver, BrakeTester):
            await self._wait_until_gone()
        self.bay.serial = self.bay.item = self.bay.phase = None
        self.floor.prompt(self.bay, "free", {}, None)
        self.floor.changed()

    async def _measure_all(self) -> None:
        while items := self.floor.to_measure(self.bay):
            self._check_released()
            if not await self._rig_ready():
                continue
            await self._one_run(items[0])

    def _check_released(self) -> None:
        if self._release is not None:
            raise Released(self._release)

    async def _rig_ready(self) -> bool:
        if self.rig.driver.state == "online" and (self.safe or await self.make_safe()):
            return True
        self._axle = None
        self.safe = False
        self.floor.prompt(self.bay, "rig_wait", {}, None)
        await self.floor.clock.sleep(0.5)
        if self.rig.driver.state == "online":
            await self.make_safe()
        return False

    async def _wait_until_gone(self) -> None:
        self.floor.prompt(self.bay, "drive_off", {}, None)
        while True:
            with contextlib.suppress(RigError):
                if not {"LEFT_WHEEL", "RIGHT_WHEEL"} & await self.rig.driver.status():
                    return
            await self.floor.clock.sleep(0.2)

    async def _one_run(self, item: str) -> None:
        run = _Run(self, item)
        reason, detail = "line_stopped", ""
        try:
            try:
                await self._prepare()
                reason = await run.to_the_end()
            except RigError as error:
                reason, detail = void_reason(error), str(error)
            except Released:
                reason = "released"
                raise
        finally:
            await self._drop_command()
            if reason:
                self._axle = None
                await asyncio.shield(self._voided(run, reason, detail))

    async def _voided(self, run: "_Run", reason: str, detail: str) -> None:
        log.warning("bay %s: run of %s void: %s %s", self.bay.section.id, run.item, reason, detail)
        await self.make_safe()
        if run.started:
            await self.floor.void_run(self.bay, run.started, reason, detail)
            self.floor.prompt(self.bay, "repeat", {"reason": reason}, None)
        self.floor.changed()

    async def _prepare(self) -> None:
        """Have an analyser checked as its dates demand, before the vehicle's gas comes in."""
        driver = self.rig.driver
        if not isinstance(driver, GasAnalyser):
            return
        self.floor.prompt(self.bay, "analyser_wait", {}, None)
        while "SWUP" in await driver.status():
            self._check_released()
            await self.floor.clock.sleep(1.0)
        checks = await driver.checks()
        known: dict[str, Decimal | None] = {
            "zero_age_s": None if checks.zero != "passed" else Decimal(checks.zero_age_s or 0),
            "leak_age_s": None if checks.leak != "passed" else Decimal(checks.leak_age_s or 0),
            "residue": Decimal(checks.residue_ppm) if checks.zero != "never" else None,
        }
        for check in preparation(known, timings().double_idle):
            self._check_released()
            self.floor.prompt(self.bay, f"analyser_{check}", {}, None)
            done = await getattr(driver, check)()
            passed = check_passed(check, done)
            await self.floor.checked(self.rig.id, check, passed, f"residue {done.residue_ppm}")

    async def give(self, command: str) -> None:
        """Begin a command beside the sampling, after the one before it is done."""
        await self._drop_command()
        self._command = asyncio.create_task(self.rig.driver.command(command))

    async def _drop_command(self) -> None:
        task, self._command = self._command, None
        if task is not None:
            with contextlib.suppress(RigError):
                await task

    @property
    def busy(self) -> bool:
        """Say whether a command is still being carried out; one that was refused raises here."""
        if self._command is None:
            return False
        if not self._command.done():
            return True
        task, self._command = self._command, None
        task.result()
        return False

    async def keep_alive(self) -> None:
        """Send the heartbeat when its time has come."""
        driver = self.rig.driver
        if isinstance(driver, BrakeTester):
            now = self.floor.clock.monotonic()
            if now - self._heartbeat_s >= driver.watchdog_s / 4:
                self._heartbeat_s = now
                await driver.heartbeat()


def check_passed(check: str, checks: Checks) -> bool:
    """Say whether an analyser's check came out well."""
    return {"zero": checks.zero == "passed", "leak_test": checks.leak == "passed"}.get(check, True)


def void_reason(error: RigError) -> str:
    """Return the code of why a run does not count."""
    kinds: tuple[tuple[type[RigError], str], ...] = (
        (RigOffline, "rig_offline"),
        (RigRestarted, "rig_restarted"),
        (RigRefused, "rig_refused"),
        (RigProtocolError, "rig_protocol"),
    )
    return next((code for kind, code in kinds if isinstance(error, kind)), "rig_fault")


class _Run:
    """One procedure over one item: reads blocks, steps the procedure, does what it says."""

    def __init__(self, lane: Lane, item: str) -> None:
        self.lane, self.item = lane, item
        self.started: RunStarted | None = None
        self.procedure = self._make_procedure()
        self.recorder: Recorder | None = None
        self._recording = False
        driver = lane.rig.driver
        profile = driver.profile
        if profile.block is not None:
            names, self.period_us = profile.block.channels, profile.block.period_us
            self._interval_s = profile.timing.poll_interval_s
        else:
            names, self.period_us = tuple(profile.channels), int(GAS_PERIOD_S * 1_000_000)
            self._interval_s = GAS_PERIOD_S
        self._scales = {name: (profile.channels[name].scale, profile.channels[name].unit) for name in names}

    def _make_procedure(self) -> Procedure:
        lane = self.lane
        vehicle = lane.floor.vehicle(lane.bay.serial or "")
        if self.item == "PF":
            return DoubleIdleRun(timings().double_idle, vehicle.rated_speed_per_min, vehicle.high_idle_per_min)
        if self.item == "B0":
            axle = vehicle.parking_axles[0]
            return BrakeRun(timings().brake, axle, "parking", in_place=lane._axle == axle)  # noqa: SLF001
        axle = int(self.item[1])
        return BrakeRun(timings().brake, axle, "service", in_place=lane._axle == axle)  # noqa: SLF001

    async def to_the_end(self) -> str:
        """Run until the procedure finishes (empty) or says void (the reason)."""
        clock, bay = self.lane.floor.clock, self.lane.bay
        bay.item = self.item
        due = clock.monotonic()
        while True:
            self.lane._check_released()  # noqa: SLF001
            await self.lane.keep_alive()
            block = await self.lane.rig.driver.read_block()
            seen = self._input(block)
            for action in self.procedure.step(seen):
                over = await self._act(action, block)
                if over is not None:
                    return over
            if bay.phase != self.procedure.phase.value:
                bay.phase = self.procedure.phase.value
                self.lane.floor.changed()
            due = max(due + self._interval_s, clock.monotonic())
            await clock.sleep(due - clock.monotonic())

    def _input(self, block: Block) -> Input:
        curves = {name: list(values) for name, values in block.channels.items()}
        quality = dict(block.quality)
        values = {n: r.scaled if r.quality == "good" else None for n, r in block.scalars.items()}
        if not curves and block.scalars:
            curves = {name: [reading.value] for name, reading in block.scalars.items()}
            quality = {name: QUALITY_LETTER[reading.quality] for name, reading in block.scalars.items()}
        index = self.recorder.samples if self.recorder else 0
        lost = block.lost if self.recorder and self.recorder.samples else 0
        if self.recorder and self._recording:
            self.recorder.add(block.first_sequence, curves, quality, block.lost)
        if self.started:
            period = Decimal(self.period_us) / 1000
            self.lane.floor.live(Reading(self.lane.bay, block, period, curves))
        now = self.lane.floor.clock.monotonic()
        return Input(now, block.status, values, curves, index, lost, self.lane.busy)

    async def _act(self, action: Action, block: Block) -> str | None:
        lane = self.lane
        match action:
            case Say(code, values, countdown_s):
                lane.floor.prompt(lane.bay, code, values, countdown_s)
            case Do(command):
                lane.safe = False
                await lane.give(command)
            case Record():
                await self._record()
            case Keep(channels):
                for channel in channels:
                    self._recorder().keep(channel, block.scalars.get(channel))
            case MarkAt(name, index):
                self._recorder().mark(name, index)
            case Void(reason):
                return reason
            case Finish():
                await self._finish(action)
                return ""
        return None

    def _recorder(self) -> Recorder:
        if self.recorder is None:
            self.recorder = Recorder(self._scales, self.period_us)
        return self.recorder

    async def _record(self) -> None:
        self._recorder()
        # The rig's samples that came before are not part of the run; from here on every one is.
        self.started = await self.lane.floor.start_run(self.lane.bay, self.item, self.lane.rig)
        self._recording = True

    async def _finish(self, action: Finish) -> None:
        lane, started = self.lane, self.started
        if started is None:
            raise RuntimeError(f"{self.item}: finished before it started")
        profile = lane.rig.driver.profile
        capture = self._recorder().capture(
            started.run, self.item, lane.rig.id, profile.name, profile.sha256, action.end_state
        )
        safe = await lane.make_safe()
        await lane.floor.finish_run(lane.bay, capture)
        lane.safe = safe
        lane._axle = getattr(self.procedure, "axle", None)  # noqa: SLF001
