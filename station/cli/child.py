"""One of the station's own processes. Each loads only what it needs: a line that was killed is back the sooner.

``python -m station.cli.child line --config station.toml`` is how the supervisor starts one; a person never does.
"""

import argparse
import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

from station.cli.logs import log_to_file
from station.line.config import load_config
from station.model.os_text import disk_at

Work = Callable[[asyncio.Event], Awaitable[None]]


def _line(config: Path, plan: Path) -> Work:
    from station.line.open import run_line

    return lambda stop: run_line(config, stop)


def _office(config: Path, plan: Path) -> Work:
    from station.cli.office import run_station_office

    return lambda stop: run_station_office(load_config(config)[0], stop)


def _world(config: Path, plan: Path) -> Work:
    from station.cli.world import run_world

    return lambda stop: run_world(config, plan, stop)


def _backstage(config: Path, plan: Path) -> Work:
    from station.cli.backstage import run_backstage

    return lambda stop: run_backstage(config, plan)


WORKS = {"line": _line, "office": _office, "world": _world, "backstage": _backstage}


async def until_signal(work: Work) -> None:
    """Run a process's work until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await work(stop)


def _collect_seldom() -> None:
    """Have Python look for garbage seldom, and never in what is loaded by now: that stops the readings for 70 ms."""
    gc.freeze()
    gc.set_threshold(2_000, 20, 1_000)


def _run(name: str, config: Path, plan: Path) -> None:
    settings, _ = load_config(config)
    with disk_at(settings.store.folder):
        log_to_file(settings.store.folder, name, settings.log)
        work = WORKS[name](config, plan)
        _collect_seldom()
        asyncio.run(until_signal(work))


def main() -> None:
    """Run the process that is named; what a person can put right is said in one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=WORKS)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--plan", type=Path, default=Path("plan.json"), help="what happens in a demo")
    options = parser.parse_args()
    try:
        _run(options.name, options.config, options.plan)
    except Exception:
        # Loaded here: a sound start has no need of the commands' library.
        from station.cli.failure import said_plainly

        with said_plainly():
            raise


if __name__ == "__main__":
    main()
