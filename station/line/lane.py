"""One bay with a rig: takes in a vehicle, runs what is open on it, and leaves the rig safe on every way out."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from devices.brake import BrakeTester
from devices.errors import RigError
from devices.lamp import HeadlampTester
from devices.smoke import Opacimeter
from station.line.aside import to_its_end
from station.line.hall import Bay
from station.line.preparing import PREPARING, WAITING, needed_checks, needs_preparing, until_warm
from station.line.procedures.base import timings
from station.line.rig import LaneRig
from station.line.run import Floor, Released, Run, Voided, procedure_for, together, void_reason
from station.store.errors import StoreError

log = logging.getLogger(__name__)
IDLE_LOOK_S = 1.0
"""Real seconds between two looks at a rig that nobody uses: an emergency stop shows, and its release too."""
WAITS = ("space_wait", "rig_wait")
"""What the driver reads while there is no room to keep a run, or the rig is not ready."""
READ_S = 3.0
"""Station seconds that a person is given to read why a run does not count."""


class Lane:
    """The life of one bay with a rig; ``serve`` runs as a task from start to end of the line."""

    def __init__(self, bay: Bay, rig: LaneRig, floor: Floor) -> None:
        self.bay, self.rig, self.floor = bay, rig, floor
        self._called = asyncio.Event()
        self._release: str | None = None
        self._axle: int | None = None
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
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE_LOOK_S):
                    await self._called.wait()
            async with self._in_use:
                await (self._visit() if self._called.is_set() else self._look())

    async def check_rig(self, check: str) -> tuple[bool, str]:
        """Have the rig check itself while no vehicle is in; return whether it passed, and what it said."""
        async with self._in_use:
            self.rig.safe = False
            return await self.rig.check(check)

    # -- the rig between vehicles

    async def _look(self) -> None:
        """See how an idle rig is; one that came back is made safe."""
        with contextlib.suppress(RigError):
            if self.rig.driver.state == "offline" or not (self.rig.safe or await self.rig.make_safe()):
                return
            await self.rig.driver.read_block()

    async def _ready(self) -> bool:
        driver = self.rig.driver
        if driver.state == "fault":
            # Only a look tells that the fault is over.
            with contextlib.suppress(RigError):
                await driver.read_block()
        return driver.state == "online" and (self.rig.safe or await self.rig.make_safe())

    async def _until_ready(self) -> None:
        """Wait for the rig, and for room to keep what it will measure."""
        conditions: tuple[Callable[[], Awaitable[bool]], ...] = (self._has_room, self._ready)
        for code, holds in zip(WAITS, conditions, strict=True):
            if not await holds():
                self._axle = None
                self.floor.prompt(self.bay, code, {}, None)
            while not await holds():
                self._check_released()
                await self.floor.clock.sleep(0.5)

    async def _has_room(self) -> bool:
        return self.floor.may_start()

    # -- one vehicle

    async def _visit(self) -> None:
        self._called.clear()
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
            await to_its_end(self.rig.make_safe())
        await self.floor.leave(self.bay, released)
        await self._until_gone()
        self.bay.serial = self.bay.item = self.bay.phase = None
        self.floor.prompt(self.bay, "free", {}, None)
        self.floor.changed()

    async def _measure_all(self) -> None:
        while items := self.floor.to_measure(self.bay):
            self._check_released()
            await self._until_ready()
            await self._one_run(together(items))

    def _check_released(self) -> None:
        if self._release is not None:
            raise Released(self._release)

    async def _one_run(self, items: tuple[str, ...]) -> None:
        vehicle = self.floor.vehicle(self.bay.serial or "")
        procedure = procedure_for(items, vehicle, self._axle, self.floor.clock.speed)
        run = Run(items, procedure, self.bay, self.rig, self.floor, self._check_released)
        self._axle = None
        try:
            await self._prepare()
            await run.to_the_end()
        except BaseException as error:
            await to_its_end(self._void(run, error))
            if not isinstance(error, (Voided, RigError, StoreError)):
                raise
            await self._say_void(void_reason(error))
        else:
            self._axle = getattr(procedure, "axle", None) if run.finished else None

    async def _void(self, run: Run, error: BaseException) -> None:
        """Make the rig safe first; then the ledger learns that the run does not count, and why."""
        await self.rig.make_safe()
        log.info("bay %s: run of %s broken off: %r", self.bay.section.id, run.item, error)
        await self.floor.void_run(self.bay, run.item, run.id, void_reason(error))
        self.floor.changed()

    async def _say_void(self, reason: str) -> None:
        self.floor.prompt(self.bay, "repeat", {"reason": reason}, None)
        await self.floor.clock.sleep(READ_S)

    async def _prepare(self) -> None:
        """Have the rig checked as its dates demand, before the vehicle's gas comes in.

        Raises:
            Voided: it did not pass.
        """
        driver = self.rig.driver
        if not needs_preparing(driver):
            return
        kind = driver.profile.kind
        self.floor.prompt(self.bay, WAITING[kind], {}, None)
        await until_warm(driver, self._pause)
        for check in await needed_checks(driver):
            self._check_released()
            self.floor.prompt(self.bay, PREPARING[kind, check], {}, None)
            passed, said = await self.rig.check(check)
            await self.floor.checked(self.rig.id, check, passed, said)
        if await needed_checks(driver):
            raise Voided("check_failed")

    async def _pause(self) -> None:
        self._check_released()
        await self.floor.clock.sleep(1.0)

    async def _until_gone(self) -> None:
        """Have the bay cleared: wheels off the rollers, the probe out of the tail pipe, the car out of the way."""
        driver, table = self.rig.driver, timings()
        if isinstance(driver, BrakeTester):
            await self._until_rollers_free()
        elif isinstance(driver, HeadlampTester):
            self.floor.prompt(self.bay, "drive_off", {}, None)
            await self.floor.clock.sleep(table.headlamps.drive_off_s)
        elif self.bay.item is not None:
            self.floor.prompt(self.bay, "remove_probe", {}, None)
            smoke = isinstance(driver, Opacimeter)
            await self.floor.clock.sleep(table.free_acceleration.remove_s if smoke else table.double_idle.remove_s)

    async def _until_rollers_free(self) -> None:
        self.floor.prompt(self.bay, "drive_off", {}, None)
        while True:
            with contextlib.suppress(RigError):
                # A rig that was away when it should have become safe still holds the vehicle.
                safe = self.rig.safe or await self.rig.make_safe()
                if safe and not {"LEFT_WHEEL", "RIGHT_WHEEL"} & await self.rig.driver.status():
                    return
            await self.floor.clock.sleep(0.2)
