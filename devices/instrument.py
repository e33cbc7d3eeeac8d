"""What every kind of rig has in common: a connection that is kept up, and a health that others can watch."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Literal

from devices.clock import Clock, moment_after
from devices.errors import NO_REASON, Reason, RigError, RigOffline, RigProtocolError, RigRefused, because
from devices.profile import Command, Profile
from devices.sample import Block

State = Literal["online", "offline", "fault"]
IDLE_PROBE_S = 1.0
"""A rig that nobody asked anything for this long (real seconds) is asked, so that a pulled plug shows."""


class Instrument(ABC):
    """One rig behind a profile.

    ``state`` is online, offline (no answer) or fault (it answers, and cannot be used); ``reason`` says why, in English
    words that carry a code for whoever translates. ``on_health(state, reason)`` is called at each change.
    Every operation connects first if need be.
    """

    def __init__(self, profile: Profile, url: str, clock: Clock) -> None:
        self.profile, self.url, self.clock = profile, url, clock
        self.state: State = "offline"
        self.reason = because("not_tried")
        self.on_health: Callable[[State, Reason], None] | None = None
        self._identified = False
        self._trouble = NO_REASON
        self._asked_at = 0.0
        self._connecting = asyncio.Lock()
        self._lost = asyncio.Event()

    @abstractmethod
    async def read_block(self) -> Block:
        """Read status, values and the samples that are new since the block before."""

    @abstractmethod
    async def close(self) -> None:
        """Close the link; the rig's own state is left as it is."""

    @abstractmethod
    async def _open(self) -> None:
        """Open the link and check who is at the other end."""

    @abstractmethod
    async def _probe(self) -> None:
        """Ask something that changes nothing and takes no sample away from the next block."""

    @abstractmethod
    async def _read_status(self) -> frozenset[str]:
        """Read the names of the status that are set, without taking samples away from the next block."""

    @abstractmethod
    async def _send(self, command: Command) -> None:
        """Give one command and see that it is taken."""

    @property
    @abstractmethod
    def _link_up(self) -> bool: ...

    async def connect(self) -> None:
        """Connect, one try; nothing to do when connected.

        Raises:
            RigOffline: no answer.
            RigProtocolError: another rig, or another map, than the profile declares.
        """
        async with self._connecting:
            if self._identified and self._link_up:
                return
            try:
                async with self._watched():
                    await self._open()
            except RigRefused as error:
                self._become("fault", error.why)
                raise
            self._identified = True

    async def supervise(self) -> None:
        """Keep the rig connected until cancelled: run this as a task. A rig that comes back is used again."""
        while True:
            if self._identified and self._link_up:
                await self._idle_watch()
                continue
            try:
                await self.connect()
            except RigError:
                await asyncio.sleep(min(self.profile.timing.reconnect_s, 1.0))

    async def _idle_watch(self) -> None:
        self._lost.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(IDLE_PROBE_S):
                await self._lost.wait()
        if self._identified and asyncio.get_running_loop().time() - self._asked_at >= IDLE_PROBE_S:
            with suppress(RigError):
                async with self._used():
                    await self._probe()

    async def make_safe(self) -> None:
        """Bring the rig into the safe state that its profile declares; done at once when it is there already.

        Raises:
            RigOffline: the rig does not answer: its own watchdog and the emergency stop remain.
            RigRefused: it answers, but does not reach the safe state in time.
            RigProtocolError: it is not the rig that the profile declares.
        """
        await self.connect()
        safe = self.profile.safe_state
        limit = moment_after(self.clock, safe.deadline_s)
        refused: RigRefused | None = None
        while True:
            try:
                refused = await self._safe_commands() or refused
                missing = self._unsafe(await self.status())
            except RigOffline:
                if self.clock.monotonic() > limit:
                    raise
                await self.connect()  # only an answer may have been lost
                continue
            if not missing:
                return
            if self.clock.monotonic() > limit:
                raise self._not_safe(missing, refused)
            await self.clock.sleep(self.profile.timing.poll_interval_s)

    def _not_safe(self, missing: str, refused: RigRefused | None) -> RigRefused:
        if refused is None:
            return RigRefused("not_safe", where=self.url, missing=missing)
        values = {**refused.why.values, "where": self.url, "missing": missing}
        return RigRefused("not_safe_refused" if "why_en" in values else "not_safe", refused.reason, **values)

    async def _safe_commands(self) -> RigRefused | None:
        """Give the safe state's commands, return the last refusal: what counts is the status afterwards."""
        refused = None
        for name in self.profile.safe_state.commands:
            try:
                async with self._used():
                    await self._send(self.profile.command(name))
            except RigRefused as error:
                refused = error
        return refused

    def _unsafe(self, status: frozenset[str]) -> str:
        safe = self.profile.safe_state
        wrong = [f"{name}=1" for name in safe.clear if name in status]
        wrong += [f"{name}=0" for name in safe.set if name not in status]
        return ", ".join(wrong)

    async def status(self) -> frozenset[str]:
        """Return the status names that are set, without taking samples away from the next block.

        Raises:
            RigOffline: no answer.
            RigProtocolError: an answer that the profile does not allow.
        """
        async with self._used():
            return await self._read_status()

    @asynccontextmanager
    async def _used(self) -> AsyncIterator[None]:
        await self.connect()
        async with self._watched():
            yield

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        """Turn what happens inside into the rig's health."""
        try:
            yield
        except RigOffline as error:
            self._lose("offline", error.why)
            raise
        except RigProtocolError as error:
            self._lose("fault", error.why)
            raise
        self._asked_at = asyncio.get_running_loop().time()
        self._become("fault" if self._trouble else "online", self._trouble)

    def _another(self, found: str, expected: str) -> RigProtocolError:
        """Return the error for a rig that is not the one of the profile."""
        return RigProtocolError(
            "wrong_rig", where=self.url, found=found or "nothing", expected=expected, profile=self.profile.name
        )

    def _still_running(self, command: Command) -> RigRefused:
        """Return the error for work that does not end in the time that the profile gives it."""
        return RigRefused("still_running", "deadline", where=self.url, request=command.name, seconds=command.deadline_s)

    def _trouble_in(self, status: frozenset[str], faults: tuple[int, ...]) -> Reason:
        """Return why a rig that shows this cannot be used; empty if it can."""
        words = self.profile.trouble(status, faults) if status & self.profile.fault_status.keys() else None
        return because("fault", faults=words) if words else NO_REASON

    def _lose(self, state: State, reason: Reason) -> None:
        self._identified = False
        self._become(state, reason)
        self._lost.set()

    def _become(self, state: State, reason: Reason) -> None:
        if (state, reason) == (self.state, self.reason):
            return
        self.state, self.reason = state, reason
        if self.on_health is not None:
            self.on_health(state, reason)
