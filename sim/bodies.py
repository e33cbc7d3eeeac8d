"""Hands and feet in the lanes: whoever sits in the car, or holds the probe, does what the bay's prompt says.

They see the retained prompt on the bus, as a display in the lane would show it, and move the physical world.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from handheld.board import Board
from sim.brake_bay import StillOnRollersError
from sim.headlamps import Beam
from sim.world import World
from station.bus.clock import Clock
from station.bus.messages import Prompt, StationState
from station.model.codes import RigKind

log = logging.getLogger(__name__)
Act = Callable[[Prompt], Awaitable[None]]
WARM_PEDAL = 0.45


def kind_of_bay(state: StationState | None, bay: str) -> RigKind | None:
    """Return the kind of rig that stands in a bay, None if it has none or nobody knows the bay."""
    if state is None:
        return None
    rig = next((one.rig for one in state.bays if one.bay == bay), None)
    return next((one.kind for one in state.rigs if one.rig == rig), None)


class Bodies:
    """Follows the prompts of every bay, one task a bay; what a prompt means depends on the bay's kind of rig.

    Args:
        reaction_s: how long a person takes to do what the display says.
        watch: the board that sees the prompts.
    """

    def __init__(self, world: World, watch: Board, clock: Clock, reaction_s: float = 0.8) -> None:
        self.world, self.watch, self.clock, self.reaction_s = world, watch, clock, reaction_s
        self._queues: dict[str, asyncio.Queue[Prompt]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._acts: dict[RigKind, dict[str, Act]] = {
            "brake": self._at_brakes(),
            "gas": self._at_analyser(),
            "smoke": self._at_opacimeter(),
            "lamp": self._at_headlamps(),
        }
        self._forget = watch.on_prompt(self._prompted)
        for prompt in watch.prompts.values():  # said before anybody sat here
            self._prompted(prompt)

    def _prompted(self, prompt: Prompt) -> None:
        queue = self._queues.get(prompt.bay)
        if queue is None:
            queue = self._queues[prompt.bay] = asyncio.Queue()
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
            await self.clock.sleep(self.reaction_s)
            try:
                await self._do(prompt)
            except (RuntimeError, ValueError, TimeoutError) as error:
                log.warning("%s: %s", prompt.code, error)

    async def _do(self, prompt: Prompt) -> None:
        """Do what a prompt says, as somebody does who stands at that bay's rig."""
        state = await self.watch.await_state(lambda s: any(one.bay == prompt.bay for one in s.bays))
        kind = kind_of_bay(state, prompt.bay)
        act = self._acts[kind].get(prompt.code) if kind else None
        if act:
            await act(prompt)

    # -- brake tester

    def _at_brakes(self) -> dict[str, Act]:
        return {
            "clear_rollers": self._drive_off,
            "drive_on": self._drive_on,
            "stand_still": self._feet_off,
            "press_slowly": self._press,
            "pull_lever_slowly": self._pull,
            "release": self._feet_off,
            "repeat": self._feet_off,
            "drive_off": self._drive_off,
        }

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

    def _at_analyser(self) -> dict[str, Act]:
        return {
            "warm_engine": self._warm,
            "insert_probe": self._insert,
            "hold_speed": self._hold,
            "idle": self._idle,
            "remove_probe": self._remove,
            # A line that restarted in mid-test calls the bay free: no probe stays in a car.
            "free": self._remove,
        }

    async def _warm(self, prompt: Prompt) -> None:
        self.world.gas.attach(self.world.engine(prompt.plate or ""))
        self.world.gas.throttle(2500)

    async def _insert(self, prompt: Prompt) -> None:
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

    # -- opacimeter

    def _at_opacimeter(self) -> dict[str, Act]:
        return {
            "warm_engine": self._warm_diesel,
            "insert_probe": self._insert_smoke,
            "accelerate": self._accelerate,
            "release_pedal": self._foot_off,
            "idle": self._foot_off,
            "repeat": self._foot_off,
            "remove_probe": self._remove_smoke,
            "free": self._remove_smoke,
        }

    async def _warm_diesel(self, prompt: Prompt) -> None:
        self.world.smoke.attach(self.world.diesel(prompt.plate or ""))
        self.world.smoke.pedal(WARM_PEDAL)

    async def _insert_smoke(self, prompt: Prompt) -> None:
        self.world.smoke.attach(self.world.diesel(prompt.plate or ""))
        self.world.smoke.pedal(0.0)
        self.world.smoke.insert_probe()

    async def _accelerate(self, prompt: Prompt) -> None:
        self.world.smoke.pedal(1.0)

    async def _foot_off(self, prompt: Prompt) -> None:
        if self.world.smoke.engine:
            self.world.smoke.pedal(0.0)

    async def _remove_smoke(self, prompt: Prompt) -> None:
        await self._foot_off(prompt)
        self.world.smoke.detach()

    # -- headlamp tester

    def _at_headlamps(self) -> dict[str, Act]:
        return {
            "lamp_position": self._drive_up,
            "lamps_on_high": lambda prompt: self._switch(prompt, "high"),
            "lamps_on_low": lambda prompt: self._switch(prompt, "low"),
            "drive_off": self._drive_away,
            "free": self._drive_away,
        }

    async def _drive_up(self, prompt: Prompt) -> None:
        self.world.lamps.attach(self.world.car(prompt.plate or "").lamps)

    async def _switch(self, prompt: Prompt, beam: Beam) -> None:
        if self.world.lamps.lamps is None:  # who came late has the car there all the same
            await self._drive_up(prompt)
        self.world.lamps.switch(beam)

    async def _drive_away(self, prompt: Prompt) -> None:
        self.world.lamps.detach()
