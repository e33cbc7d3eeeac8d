"""A station that is set up to be played: its configuration and its plan, and the start of all its processes."""

from dataclasses import dataclass
from pathlib import Path

from station.cli.demo_station import Lan, prepare
from station.cli.failure import Unusable, sentence
from station.cli.lan import make_certificates
from station.cli.processes import child, start_station
from station.cli.supervise import Supervisor
from station.cli.world import Plan
from station.line.config import Config, load_config


@dataclass(frozen=True)
class Stage:
    """A demo that is ready to start: its configuration file and its plan file."""

    config_file: Path
    plan_file: Path
    config: Config

    @property
    def world_door(self) -> Path:
        """Return the socket of the world's process."""
        return self.config.store.folder / "world.sock"


def set_stage(folder: Path, speed: float, plan: Plan, lan: Lan | None = None, broker: str = "") -> Stage:
    """Make folder, configuration and plan of a demo ready; ``broker`` as ``prepare`` takes it.

    Raises:
        Unusable: the folder or the replay file cannot be used.
        StoreError: the folder's database cannot be used.
        AuthorityError: the folder's certificates cannot be used.
    """
    if plan.replay:
        _check_replay(plan)
    config_file = prepare(folder, speed, repeats=0 if plan.replay else 1, lan=lan, broker=broker)
    config, _ = load_config(config_file)
    make_certificates(config)
    plan_file = config.store.folder / "plan.json"
    plan.save(plan_file)
    return Stage(config_file, plan_file, config)


def _check_replay(plan: Plan) -> None:
    try:
        rows = sum(1 for _ in plan.cars())
    except (OSError, ValueError) as error:
        raise Unusable.of("replay", why=sentence(error)) from error
    if not rows:
        raise Unusable.of("no_rows", file=plan.replay)


async def start_all(supervisor: Supervisor, stage: Stage) -> None:
    """Start broker, line, office and the simulated world."""
    world = child("world", stage.config_file, stage.config, "--plan", str(stage.plan_file))
    await start_station(supervisor, stage.config_file, rigs=world)
