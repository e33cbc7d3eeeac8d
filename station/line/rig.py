"""A rig in the hand of its lane: commands beside the sampling, heartbeat, checks, and the safe state."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from devices.brake import BrakeTester
from devices.errors import NO_REASON, RigError
from devices.gas import Checks, GasAnalyser
from devices.lamp import HeadlampTester, LampResult
from devices.rig import Rig
from devices.sample import Reading
from devices.smoke import Opacimeter

log = logging.getLogger(__name__)

_BRAKE_CHECKS = {"zero": "ZERO", "self_check": "SELF_CHECK"}
_LAMPS = {"H1": "left_main", "H2": "left_aux", "H3": "right_aux", "H4": "right_main"}
"""Outer lamps are the main ones, inner lamps the auxiliary ones."""


class LaneRig:
    """A rig of this station; one lane works it. ``safe``: it is known to be in the safe state that it declares."""

    def __init__(self, id_: str, driver: Rig) -> None:
        self.id, self.driver = id_, driver
        self.safe = False
        self._command: asyncio.Task[None] | None = None
        self._heartbeat_s = 0.0
        self._complaint: str = NO_REASON

    # -- commands beside the sampling

    async def give(self, command: str) -> None:
        """Begin a command beside the sampling, once the one before it is done.

        Raises:
            RigError: the one before it failed.
        """
        self.safe = False
        task, self._command = self._command, None
        if task is not None:
            await task
        self._command = asyncio.create_task(self.driver.command(command))

    @property
    def busy(self) -> bool:
        """Say whether a command is still being carried out.

        Raises:
            RigError: it failed; said once.
        """
        if self._command is None or not self._command.done():
            return self._command is not None
        task, self._command = self._command, None
        task.result()
        return False

    async def keep_alive(self) -> None:
        """Send the heartbeat when its time has come.

        Raises:
            RigError: no answer.
        """
        driver = self.driver
        if not isinstance(driver, BrakeTester):
            return
        now_s = driver.clock.monotonic()
        if now_s - self._heartbeat_s >= driver.watchdog_s / 4:
            self._heartbeat_s = now_s
            await driver.heartbeat()

    # -- the safe state

    async def make_safe(self) -> bool:
        """Bring the rig into its safe state; False if it does not answer (its own watchdog has stopped it then)."""
        await self._drop_command()
        try:
            await self.driver.make_safe()
        except RigError as error:
            self.safe = False
            self._complain(error.why)
            return False
        self.safe, self._complaint = True, NO_REASON
        return True

    def _complain(self, complaint: str) -> None:
        """Log why the rig is not safe, once: it is tried again and again."""
        if complaint != self._complaint:
            log.warning("rig %s: not brought into its safe state: %s", self.id, complaint)
        self._complaint = complaint

    async def _drop_command(self) -> None:
        """See to it that a command which is not yet on the wire never follows the safe state's own."""
        task, self._command = self._command, None
        if task is None:
            return
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()):
            log.info("rig %s: %s", self.id, error)

    # -- results and checks

    async def results(self, items: tuple[str, ...]) -> dict[str, Reading]:
        """Return what a headlamp tester measured of these items, by the channels of a capture.

        Raises:
            RigError: no answer, or one that the profile does not allow.
        """
        if not isinstance(self.driver, HeadlampTester):
            raise TypeError(f"{self.id}: only a headlamp tester has results")
        found = await self.driver.results()
        return {name: reading for item in items for name, reading in _lamp(item, found[_LAMPS[item]]).items()}

    @property
    def checks(self) -> Mapping[str, Callable[[], Awaitable[tuple[bool, str]]]]:
        """Return the checks that this kind of rig has: each returns whether it passed, and what the rig said."""
        match self.driver:
            case BrakeTester():
                return {check: partial(self._brake_check, command) for check, command in _BRAKE_CHECKS.items()}
            case Opacimeter() as smoke:
                return {"zero": partial(self._calibration, smoke)}
            case HeadlampTester():
                return {"home": self._home}
            case GasAnalyser() as gas:
                return {
                    "zero": lambda: self._gas_check(gas.zero, lambda done: done.zero == "passed"),
                    "leak_test": lambda: self._gas_check(gas.leak_test, lambda done: done.leak == "passed"),
                    "purge": lambda: self._gas_check(gas.purge, lambda done: True),
                }

    async def check(self, check: str) -> tuple[bool, str]:
        """Have the rig check itself; one that fails or does not answer has not passed."""
        try:
            return await self.checks[check]()
        except RigError as error:
            return False, error.why

    async def _brake_check(self, command: str) -> tuple[bool, str]:
        await self.driver.command(command)
        await self.driver.read_block()
        return "READY" in await self.driver.status(), self.driver.reason

    async def _calibration(self, smoke: Opacimeter) -> tuple[bool, str]:
        done = await smoke.calibrate()
        return done.passed, done.result

    async def _home(self) -> tuple[bool, str]:
        return await self.make_safe(), self._complaint

    async def _gas_check(
        self, run: Callable[[], Awaitable[Checks]], passed: Callable[[Checks], bool]
    ) -> tuple[bool, str]:
        done = await run()
        return passed(done), f"residue {done.residue_ppm}"


def _lamp(item: str, result: LampResult) -> dict[str, Reading]:
    """Return the readings of one lamp by channel; what was not measured is not there, but for the intensity."""
    readings = {
        "intensity": result.intensity_cd,
        "high_dx": result.high_dx,
        "high_dy": result.high_dy,
        "low_dx": result.low_dx,
        "low_dy": result.low_dy,
        "height": result.height_mm,
    }
    return {f"{item}_{name}": r for name, r in readings.items() if name == "intensity" or r.quality != "missing"}
