"""A rig in the hand of its lane: commands beside the sampling, heartbeat, checks, and the safe state."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from functools import partial

from devices.brake import BrakeTester
from devices.errors import RigError
from devices.gas import Checks, GasAnalyser
from devices.rig import Rig
from station.line.procedures.base import DoubleIdleTiming
from station.line.procedures.double_idle import preparation

log = logging.getLogger(__name__)

_BRAKE_CHECKS = {"zero": "ZERO", "self_check": "SELF_CHECK"}


class LaneRig:
    """A rig of this station; one lane works it. ``safe``: it is known to be in the safe state that it declares."""

    def __init__(self, id_: str, driver: Rig) -> None:
        self.id, self.driver = id_, driver
        self.safe = False
        self._command: asyncio.Task[None] | None = None
        self._heartbeat_s = 0.0
        self._complaint = ""

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
            self._complain(str(error))
            return False
        self.safe, self._complaint = True, ""
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

    # -- checks

    @property
    def checks(self) -> Mapping[str, Callable[[], Awaitable[tuple[bool, str]]]]:
        """Return the checks that this kind of rig has: each returns whether it passed, and what the rig said."""
        if isinstance(self.driver, BrakeTester):
            return {check: partial(self._brake_check, command) for check, command in _BRAKE_CHECKS.items()}
        gas = self.driver
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
            return False, str(error)

    async def _brake_check(self, command: str) -> tuple[bool, str]:
        await self.driver.command(command)
        await self.driver.read_block()
        return "READY" in await self.driver.status(), self.driver.reason

    async def _gas_check(
        self, run: Callable[[], Awaitable[Checks]], passed: Callable[[Checks], bool]
    ) -> tuple[bool, str]:
        done = await run()
        return passed(done), f"residue {done.residue_ppm}"


async def needed_checks(analyser: GasAnalyser, timing: DoubleIdleTiming) -> tuple[str, ...]:
    """Return the checks that an analyser needs before it may measure a vehicle.

    Raises:
        RigError: it does not answer.
    """
    checks = await analyser.checks()
    known: dict[str, Decimal | None] = {
        "zero_age_s": None if checks.zero != "passed" else Decimal(checks.zero_age_s or 0),
        "leak_age_s": None if checks.leak != "passed" else Decimal(checks.leak_age_s or 0),
        "residue": Decimal(checks.residue_ppm) if checks.zero != "never" else None,
    }
    return preparation(known, timing)
