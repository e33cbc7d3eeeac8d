"""From a configuration file to a running line: one function for the process and for tests."""

import asyncio
import secrets
from pathlib import Path

from station.bus.accounts import make_accounts
from station.bus.clock import Clock
from station.ledger.fork import check_mark
from station.ledger.journal import Ledger
from station.line.config import load_config
from station.line.line import Line, LineSettings
from station.line.packs import load_pack
from station.line.witness import Witness
from station.store.database import open_database


async def run_line(config_file: Path, stop: asyncio.Event) -> None:
    """Run the line of a configuration until told to stop.

    Raises:
        ConfigError, PackError, ProfileError: a file cannot be used; names it, the place and what was expected.
        StoreError: the database cannot be used, another line has it, or it is older than what the station knew or said.
        AccountsError: the broker's accounts cannot be read.
    """
    config, config_sha256 = load_config(config_file)
    clock = Clock(config.clock.speed, config.clock.origin)
    pack = load_pack(config.rules.pack).with_settings(config.rules.settings)
    config.store.folder.mkdir(parents=True, exist_ok=True)
    account = make_accounts(config.accounts_file).account("line")
    engine = open_database(config.database_url, station=config.station.id)
    try:
        ledger = Ledger.open(engine, clock, boot_id=secrets.token_hex(8))
        try:
            check_mark(config.store.folder, engine)
            witness = Witness(config.broker.url, account, config.station.id, engine)
            await witness.ask()
            settings = LineSettings(config, config_sha256, pack, clock, account)
            await Line(settings, engine, ledger, witness).run(stop)
        finally:
            ledger.close()
    finally:
        engine.dispose()
