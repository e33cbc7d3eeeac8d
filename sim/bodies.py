"""Hands and feet in the lanes: whoever sits in the car, or holds the probe, does what the lane's prompt says.

They see the retained prompt on the bus, as a display in the lane would show it, and move the physical world.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from handheld.board import Board
from sim.brake_bay import StillOnRollersError
from sim.world import World
from station.bus.clock import Clock
from station.bus.messages import Prompt

log = logging.getLogger(__name__)
Act = Callable[[Prompt], Awaitable[None]]


class Bodies:
    """Follows the prompts of every lane, one task a lane.

    Args:
        reaction_s: how long a person takes to do what the display says.
        watch: the board that sees the prompts.
    """

    def __init__(self, world: World, watch: Board, clock: Clock, reaction_s: float = 0.8) -> None:
        self.world, self.watch, self.clock, self.reaction_s = world, watch, clock, reaction_s
        self._queues: dict[str, asyncio.Queue[Prompt]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._gas_lane: str | None = None
        self._acts: dict[str, Act] = {
            "clear_rollers": self._drive_off,
            "drive_on": self._drive_on,
            "stand_still": self._feet_off,
            "press_slowly": self._press,
            "pull_lever_slowly": self._pull,
            "release": self._feet_off,
            "repeat": self._feet_off,
            "drive_off": self._drive_off,
            "warm_engine": self._warm,
            "insert_probe": self._insert,
            "hold_speed": self._hold,
            "idle": self._idle,
            "remove_probe": self._remove,
            "free": self._tidy,
        }
        self._forget = watch.on_prompt(self._prompted)
        for prompt in watch.prompts.values():  # said before anybody sat here
            self._prompted(prompt)

    def _prompted(self, prompt: Prompt) -> None:
        queue = self._queues.get(prompt.lane)
        if queue is None:
            queue = self._queues[prompt.lane] = asyncio.Queue()
            self._tasks.append(asyncio.get_running_loop().create_task(self._live(queue)))
        queue.put_nowait(prompt)

    async def stop(self) -> None:
        """Let go of pedals and probes."""
        self._forget()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _live(self, queue: "asyncio.Queue[Prompt]") -> None:
        while True:
            prompt = await queue.get()
            act = self._acts.get(prompt.code)
            if act is None:
                continue
            await self.clock.sleep(self.reaction_s)
            try:
                await act(prompt)
            except (RuntimeError, ValueError) as error:
                log.warning("%s: %s", prompt.code, error)

    # -- brake tester

    async def _drive_on(self, prompt: Prompt) -> None:
        rig, plate, axle = self.world.brakes, prompt.plate or "", int(prompt.target["axle"])
        await self._drive_off(prompt)
        rig.pedal(0.0)
        rig.parking_lever(0.0)
        rig.drive_on(self.world.car(plate), axle)

    async def _drive_off(self, prompt: Prompt) -> None:
        for _ in range(50):
            with contextlib.suppress(StillOnRollersError):
                self.world.brakes.drive_off()
                return
            await self.clock.sleep(0.2)

    async def _feet_off(self, prompt: Prompt) -> None:
        self.world.brakes.pedal(0.0)
        self.world.brakes.parking_lever(0.0)

    async def _press(self, prompt: Prompt) -> None:
        self.world.brakes.pedal(1.0)

    async def _pull(self, prompt: Prompt) -> None:
        self.world.brakes.parking_lever(1.0)

    # -- exhaust analyser

    async def _tidy(self, prompt: Prompt) -> None:
        """Leave no probe in a car when the display calls the bay free: a line that restarted in mid-test says so."""
        if prompt.lane == self._gas_lane:
            await self._remove(prompt)

    async def _warm(self, prompt: Prompt) -> None:
        self._gas_lane = prompt.lane
        self.world.gas.attach(self.world.engine(prompt.plate or ""))
        self.world.gas.throttle(2500)

    async def _insert(self, prompt: Prompt) -> None:
        self._gas_lane = prompt.lane
        self.world.gas.attach(self.world.engine(prompt.plate or ""))
        self.world.gas.throttle(0)
        self.world.gas.insert_probe()

    async def _hold(self, prompt: Prompt) -> None:
        self.world.gas.throttle(float(prompt.target["speed"]))

    async def _idle(self, prompt: Prompt) -> None:
        self.world.gas.throttle(0)

    async def _remove(self, prompt: Prompt) -> None:
        self.world.gas.remove_probe()
        if self.world.gas.engine:
            self.world.gas.throttle(0)
        self.world.gas.detach()
