"""An exhaust analyser (尾气分析仪): what it can do, whatever protocol it speaks."""

from abc import abstractmethod
from dataclasses import dataclass

from devices.checks import CheckResult
from devices.clock import moment_after
from devices.errors import RigRestarted
from devices.instrument import Instrument
from devices.profile import Command

STATE_POLL_S = 0.5


@dataclass(frozen=True)
class Checks:
    """What the analyser knows of its last zero, leak test and HC residue; an age is None where there was never one."""

    zero: CheckResult
    zero_age_s: int | None
    leak: CheckResult
    leak_age_s: int | None
    residue_ppm: int


class GasAnalyser(Instrument):
    """One exhaust analyser. One caller reads blocks; commands may be given beside it."""

    @abstractmethod
    async def _read_checks(self) -> Checks:
        """Ask for what the analyser knows of its checks."""

    @abstractmethod
    async def _working(self, command: Command) -> bool:
        """Tell whether what the command began is still under way."""

    async def checks(self) -> Checks:
        """Return what the analyser knows of its last zero, leak test and HC residue.

        Raises:
            RigOffline: no answer.
            RigProtocolError: an answer that the profile does not allow.
        """
        async with self._used():
            return await self._read_checks()

    async def measure(self) -> None:
        """Pump on, sample gas.

        Raises:
            RigRefused: warming up, busy, or in MANUAL.
            RigOffline: no answer: whether the command took effect is open.
        """
        await self.command("measure")

    async def standby(self) -> None:
        """Pump off. Raises as ``measure`` does."""
        await self.command("standby")

    async def zero(self) -> Checks:
        """Zero with filtered ambient air, wait for its end, return the checks. Raises as ``measure`` does."""
        return await self._run("zero")

    async def leak_test(self) -> Checks:
        """Test the closed probe for leaks, wait for the end, return the checks. Raises as ``measure`` does."""
        return await self._run("leak_test")

    async def purge(self) -> Checks:
        """Purge the line with ambient air, wait for the end, return the checks. Raises as ``measure`` does."""
        return await self._run("purge")

    async def command(self, name: str) -> None:
        """Give one command of the profile; does not wait for what it starts. Raises as ``measure`` does."""
        async with self._used():
            await self._send(self.profile.command(name))

    async def _run(self, name: str) -> Checks:
        command = self.profile.command(name)
        limit = moment_after(self.clock, command.deadline_s)
        async with self._used():
            await self._send(command)
            while await self._working(command):
                if self.clock.monotonic() > limit:
                    raise self._still_running(command)
                await self.clock.sleep(STATE_POLL_S)
        return await self.checks()

    def _taken_over(self) -> RigRestarted:
        """Note that the analyser is no longer under remote control, and return the error that says so."""
        error = RigRestarted("taken_over", where=self.url)
        self._lose("fault", error.why)
        return error
