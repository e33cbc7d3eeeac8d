"""One run: a procedure over one item at a rig. It reads blocks, steps the procedure, and does what it says."""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from devices.errors import RigError, RigOffline, RigProtocolError, RigRefused, RigRestarted
from devices.sample import QUALITY_LETTER, Block
from station.bus.clock import Clock
from station.line.aside import to_its_end
from station.line.hall import Bay
from station.line.procedures.base import Action, Do, Fetch, Finish, Input, Keep, MarkAt, Record, Say, Void, timings
from station.line.procedures.brake import BrakeRun
from station.line.procedures.double_idle import DoubleIdleRun
from station.line.procedures.free_acceleration import FreeAccelerationRun
from station.line.procedures.headlamps import HeadlampRun
from station.line.recorder import Recorder
from station.line.rig import LaneRig
from station.model.capture import Capture
from station.model.codes import LAMP_ITEMS
from station.model.vehicle import Vehicle
from station.store.errors import StoreError

Procedure = BrakeRun | DoubleIdleRun | FreeAccelerationRun | HeadlampRun
FLOOR_S = 0.008
"""Real seconds between two reads at least: a clock that runs fast needs no more, for blocks hold the samples."""
STALL_S = 0.05
"""Real seconds for which any computer is busy with something else now and then."""
PERIOD_S = {"gas": 0.5, "smoke": 0.05, "lamp": 0.25}
"""How often a rig without a block of samples of its own is read."""


class Released(Exception):  # noqa: N818 - what happened, not an error
    """The stage was given back while the vehicle was in the bay."""


class Voided(Exception):  # noqa: N818 - what happened, not an error
    """The run does not count; ``reason`` is the code of why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


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

    def may_start(self) -> bool:
        """Say whether there is room to keep what a run measures."""

    def to_measure(self, bay: Bay) -> tuple[str, ...]:
        """Return the codes that this bay still has to measure on its vehicle, in order."""

    async def start_run(self, bay: Bay, items: tuple[str, ...], run: str, rig: LaneRig) -> None:
        """Put the start of a run over these items into the ledger."""

    async def finish_run(self, bay: Bay, capture: Capture) -> None:
        """Put the run, its evidence and the verdict into the ledger."""

    async def void_run(self, bay: Bay, item: str, run: str, reason: str) -> None:
        """Put into the ledger that the run does not count, if it stands there as open."""

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


def procedure_for(items: tuple[str, ...], vehicle: Vehicle, axle_in_place: int | None, speed: float) -> Procedure:
    """Return the procedure of items; ``axle_in_place`` stands on the rollers because this lane put it there.

    ``speed`` is the clock's: in a demo that runs faster, the same stall of the computer is a longer gap.
    """
    table, item = timings(), items[0]
    if item == "PF":
        return DoubleIdleRun(table.double_idle, vehicle.rated_speed_per_min, vehicle.high_idle_per_min)
    if item == "FA":
        timing = table.free_acceleration
        timing = timing.model_copy(update={"gap_s": max(timing.gap_s, STALL_S * speed)})
        return FreeAccelerationRun(timing, vehicle.rated_speed_per_min)
    if item in LAMP_ITEMS:
        return HeadlampRun(table.headlamps, items, vehicle.lamp_system)
    if item == "B0":
        axle = vehicle.parking_axles[0]
        return BrakeRun(table.brake, axle, "parking", in_place=axle_in_place == axle)
    axle = int(item[1])
    return BrakeRun(table.brake, axle, "service", in_place=axle_in_place == axle)


def together(items: tuple[str, ...]) -> tuple[str, ...]:
    """Return the items that the next run measures: all headlamps at once, everything else one by one."""
    lamps = tuple(item for item in items if item in LAMP_ITEMS)
    return lamps if items[0] in LAMP_ITEMS else items[:1]


def void_reason(error: BaseException) -> str:
    """Return the code of why a run does not count, from what broke it off."""
    if isinstance(error, Voided):
        return error.reason
    kinds: tuple[tuple[type[BaseException], str], ...] = (
        (Released, "released"),
        (asyncio.CancelledError, "line_stopped"),
        (StoreError, "not_stored"),
        (RigOffline, "rig_offline"),
        (RigRestarted, "rig_restarted"),
        (RigRefused, "rig_refused"),
        (RigProtocolError, "rig_protocol"),
        (RigError, "rig_fault"),
    )
    return next((code for kind, code in kinds if isinstance(error, kind)), "line_fault")


class Run:
    """One procedure over one item, or over several that one run measures, from the first prompt to the ledger.

    Args:
        check_released: raises ``Released`` when the stage was given back.
    """

    def __init__(
        self,
        items: tuple[str, ...],
        procedure: Procedure,
        bay: Bay,
        rig: LaneRig,
        floor: Floor,
        check_released: Callable[[], None],
    ) -> None:
        self.id = "run-" + secrets.token_hex(8)
        self.items, self.item, self.procedure = items, items[0], procedure
        self.finished = False
        self._bay, self._rig, self._floor, self._check_released = bay, rig, floor, check_released
        self._on_record = False
        profile = rig.driver.profile
        own = profile.block
        meant_s = profile.timing.poll_interval_s if own else PERIOD_S[profile.kind]
        self._interval_s = max(meant_s, FLOOR_S * floor.clock.speed)
        if own is not None:
            names, period_us = own.channels, own.period_us
        else:
            names = () if profile.kind == "lamp" else tuple(profile.channels)
            period_us = int(self._interval_s * 1_000_000)
        self._period_ms = Decimal(period_us) / 1000
        scales = {name: (profile.channels[name].scale, profile.channels[name].unit) for name in names}
        self._recorder = Recorder(scales, period_us)

    async def to_the_end(self) -> None:
        """Run until the procedure has finished, or until a person has said that the item cannot be measured.

        Raises:
            Voided: the procedure says that the run does not count.
            Released: the stage was given back.
            RigError: the rig failed.
            StoreError: the start could not be stored.
        """
        clock = self._floor.clock
        self._bay.item = self.item
        due = clock.monotonic()
        while not self.finished and self._wanted():
            self._check_released()
            await self._rig.keep_alive()
            # Asked before the block is read: what a block shows after a command is what the command has done.
            busy = self._rig.busy
            block = await self._rig.driver.read_block()
            for action in self.procedure.step(self._input(block, busy)):
                await self._act(action, block)
            self._show_phase()
            due = max(due + self._interval_s, clock.monotonic())
            await clock.sleep(due - clock.monotonic())

    def _wanted(self) -> bool:
        return self._on_record or not set(self.items).isdisjoint(self._floor.to_measure(self._bay))

    def _show_phase(self) -> None:
        if self._bay.phase != self.procedure.phase.value:
            self._bay.phase = self.procedure.phase.value
            self._floor.changed()

    def _input(self, block: Block, busy: bool) -> Input:
        """Record a block, show it, and return it as the procedure sees it."""
        curves: dict[str, list[int | None]] = {name: list(values) for name, values in block.channels.items()}
        quality = dict(block.quality)
        values = {n: r.scaled if r.quality == "good" else None for n, r in block.scalars.items()}
        if not curves:
            curves = {name: [reading.value] for name, reading in block.scalars.items()}
            quality = {name: QUALITY_LETTER[reading.quality] for name, reading in block.scalars.items()}
        index = self._recorder.samples
        if self._on_record:
            at_us = None if block.channels else block.monotonic_ns // 1000
            self._recorder.add(block.first_sequence, curves, quality, block.lost, at_us)
            self._floor.live(Reading(self._bay, block, self._period_ms, curves))
        # What was lost before the first sample of the recording is not part of the run.
        lost = block.lost if index else 0
        return Input(self._floor.clock.monotonic(), block.status, values, curves, index, lost, busy)

    async def _act(self, action: Action, block: Block) -> None:
        match action:
            case Say(code, values, countdown_s):
                self._floor.prompt(self._bay, code, values, countdown_s)
            case Do(command):
                await self._rig.give(command)
            case Record():
                await self._floor.start_run(self._bay, self.items, self.id, self._rig)
                self._on_record = True
            case Keep(channels):
                for channel in channels:
                    self._recorder.keep(channel, block.scalars.get(channel))
            case Fetch(channels):
                for channel, reading in (await self._rig.results(channels)).items():
                    self._recorder.keep(channel, reading)
            case MarkAt(name, index):
                self._recorder.mark(name, index)
            case Void(reason):
                raise Voided(reason)
            case Finish():
                await self._finish(action)

    async def _finish(self, action: Finish) -> None:
        rig, profile = self._rig, self._rig.driver.profile
        capture = self._recorder.capture(self.id, self.items, rig.id, profile.name, profile.sha256, action.end_state)
        await rig.make_safe()
        self.finished = True
        await to_its_end(self._floor.finish_run(self._bay, capture))
