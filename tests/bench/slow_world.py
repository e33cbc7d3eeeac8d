"""The other end of the wire for the measurements: a simulated brake tester and a driver with a slow foot.

A process of its own, so that the line shares no loop with the rig it reads. Started by ``whole_station``.
"""

import argparse
import asyncio
import logging
import time
from itertools import islice
from pathlib import Path
from typing import Any

from handheld.board import Board
from sim.bodies import Bodies
from sim.brake_samples import Sample
from sim.world import ALL_RIGS, World
from station.bus.accounts import read_accounts
from station.bus.clock import Clock
from station.bus.messages import Prompt
from station.cli.child import until_signal
from station.cli.control import open_door
from station.line.config import Config, load_config

WATCH = "sim-01"


class SlowFoot(Bodies):
    """A driver who waits before braking and then brakes slowly, so that a run lasts as long as the procedure lets it.

    ``wait_s`` and ``stroke_s`` in seconds; the procedure gives up after 15 s without a force and after a rise of 12 s.
    """

    wait_s = 0.0
    stroke_s = 2.5

    async def _press(self, prompt: Prompt) -> None:
        await self.clock.sleep(self.wait_s)
        self.world.brakes.pedal(1.0, self.stroke_s)

    async def _pull(self, prompt: Prompt) -> None:
        await self.clock.sleep(self.wait_s)
        self.world.brakes.parking_lever(1.0, self.stroke_s)


class SlowWorld:
    """The rig, the driver and a door through which the samples that the rig delivered are asked for."""

    def __init__(self, config: Config, options: argparse.Namespace) -> None:
        self._config, self._options = config, options
        clock = Clock(config.clock.speed, config.clock.origin)
        port = int(config.rig[0].link.rsplit(":", 1)[1])
        self._world = World(clock, brake_port=port, gas_warm=True, rigs=ALL_RIGS)
        account = read_accounts(config.accounts_file).account(WATCH)
        self._watch = Board(config.broker.url, config.station.id, account, clock)
        self._foot = SlowFoot(self._world, self._watch, clock, reaction_s=0.3)
        self._foot.wait_s, self._foot.stroke_s = options.wait_s, options.stroke_s

    async def run(self, stop: asyncio.Event) -> None:
        """Be there until told to stop."""
        await self._world.start()
        for name, rig in {"gas-1": self._world.gas, "lamp-1": self._world.lamps, "smoke-1": self._world.smoke}.items():
            tty = self._config.store.folder / f"{name}.tty"
            tty.unlink(missing_ok=True)
            tty.symlink_to(rig.path)
        door = await open_door(self._config.store.folder / "world.sock", self._answer)
        await self._watch.start(timeout_s=30.0)
        await stop.wait()
        door.close()
        await self._foot.stop()
        await self._watch.stop()
        await self._world.stop()

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the rig's samples after a number (at most 500), and when sample 0 was taken (monotonic ns)."""
        after = int(request.get("after", -1))
        history = self._world.brakes.history
        new = islice((sample for sample in history if sample.number > after), 500)
        return {"samples": [list(sample) for sample in new], "zero_ns": time.monotonic_ns() - _age_ns(history)}


def _age_ns(history: tuple[Sample, ...]) -> int:
    return history[-1].number * 10_000_000 if history else 0


def main() -> None:
    """Run the world of a configuration until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--wait-s", type=float, required=True)
    parser.add_argument("--stroke-s", type=float, required=True)
    options = parser.parse_args()
    logging.basicConfig(level="WARNING")
    config, _ = load_config(options.config)
    asyncio.run(until_signal(SlowWorld(config, options).run))


if __name__ == "__main__":
    main()
