"""The demo's processes behind its screen: broker, line, office and world, and a door for whoever shows them."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Any

from station.cli.control import ControlError, ask, open_door
from station.cli.failure import Unusable
from station.cli.stage import Stage, start_all
from station.cli.supervise import Supervisor
from station.cli.words import text
from station.line.config import load_config
from station.model.text import Text
from station.process import Child

log = logging.getLogger(__name__)
DOOR = "backstage.sock"
STOP_S = 30.0
"""How long the processes may take to end in order: each of the four has five seconds, and the last word is ours."""
START_S = 60.0
LOOK_S = 0.05


# -- in the process of its own


async def run_backstage(config_file: Path, plan_file: Path) -> None:
    """Run the demo's processes, and answer at the door, until a signal.

    Raises:
        ConfigError, BrokerError, AccountsError: as their makers say.
        OSError: the folder cannot be written to.
    """
    config, _ = load_config(config_file)
    async with Supervisor() as supervisor:
        starting = asyncio.create_task(start_all(supervisor, Stage(config_file, plan_file, config)))
        ending = asyncio.create_task(supervisor.wait())
        await asyncio.wait((starting, ending), return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return
        await starting
        door = await open_door(config.store.folder / DOOR, Answers(supervisor).answer)
        await ending
        door.close()


class Answers:
    """What the door answers: ``pids``, and ``kill`` with the ``name`` of a process."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor

    async def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer one request."""
        if request.get("do") == "kill":
            return self._kill(str(request.get("name")))
        if request.get("do") == "pids":
            return {"pids": self._supervisor.pids}
        return {"error": f"unknown: {request.get('do')}"}

    def _kill(self, name: str) -> dict[str, Any]:
        pid = self._supervisor.pids.get(name)
        if pid is None:
            return {"killed": None}
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        log.warning("%s (PID %d) was killed because the screen asked for it", name, pid)
        return {"killed": pid}


# -- from the process that has the screen


class Backstage(Child):
    """The process of the demo's processes; it gets the time that they need to end in order."""

    def __init__(self, stage: Stage) -> None:
        files = ("--config", str(stage.config_file), "--plan", str(stage.plan_file))
        command = (sys.executable, "-m", "station.cli.child", "backstage", *files)
        folder = stage.config.store.folder
        super().__init__("backstage", command, folder / "logs" / "backstage.err")
        self.door = folder / DOOR

    async def stop(self, grace_s: float = STOP_S) -> None:
        """End it in order."""
        await super().stop(grace_s)

    async def until_open(self) -> None:
        """Wait until every process has been started.

        Raises:
            Unusable: they cannot be started; says what they said last, and names the log.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_S):
                while not await self._answers():
                    # One that could not start is being started again; that will not help.
                    if self.restarts or self.pid is None:
                        break
                    await asyncio.sleep(LOOK_S)
                else:
                    return
        raise Unusable.of("backstage", said=self._last_words(), log=self.log_path)

    async def _answers(self) -> bool:
        with contextlib.suppress(ControlError):
            return "pids" in await ask(self.door, timeout_s=1.0, do="pids")
        return False

    def _last_words(self) -> Text | str:
        with contextlib.suppress(OSError, IndexError):
            return self.log_path.read_text(errors="replace").splitlines()[-1].removeprefix("station: ")
        return text("backstage.silent")
