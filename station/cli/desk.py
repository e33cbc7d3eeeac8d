"""The desk in this terminal: its settings from the station's configuration, and an orderly end."""

import asyncio
import contextlib
import os
import signal
import sys
from typing import NoReturn

from station.bus.accounts import read_accounts
from station.bus.clock import Clock
from station.cli.failure import Unusable
from station.cli.language import language_here
from station.desk.app import DeskApp
from station.desk.settings import DeskSettings
from station.line.config import Config


def run_desk(config: Config, client: str) -> None:
    """Show the desk until somebody ends it.

    Raises:
        Unusable: this is no terminal.
        AccountsError: the broker's accounts cannot be read, or there is none of that client.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Unusable.of("no_terminal_desk")
    app = DeskApp(desk_settings(config, client))
    asyncio.run(on_screen(app))


def desk_settings(config: Config, client: str) -> DeskSettings:
    """Return the settings of a desk of this station.

    Raises:
        AccountsError: the broker's accounts cannot be read, or there is none of that client.
    """
    return DeskSettings(
        broker_url=config.broker.url,
        station=config.station.id,
        account=read_accounts(config.accounts_file).account(client),
        office_url=config.office.url,
        office_ca=config.authority_file,
        language=language_here(),
        clock=Clock(config.clock.speed, config.clock.origin),
        time_zone=config.station.timezone,
        log_path=config.store.folder / "logs" / f"{client}.log",
    )


async def on_screen(app: DeskApp) -> None:
    """Show a desk until somebody ends it: by its key, by SIGTERM or SIGINT, or by closing the terminal."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, app.exit)
    # Without its terminal Textual waits for ever to write to it: then only leaving at once helps. The kernel tells
    # the children, the broker sends the last will.
    signal.signal(signal.SIGHUP, _leave_at_once)
    with contextlib.suppress(asyncio.CancelledError):
        await app.run_async()


def _leave_at_once(number: int, frame: object) -> NoReturn:
    os._exit(128 + number)
