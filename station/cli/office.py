"""The office's process: its settings from the station's configuration."""

import asyncio
import secrets
from importlib import resources
from pathlib import Path

from station.bus.accounts import read_accounts, write_private
from station.bus.clock import Clock
from station.cli.lan import reach_of
from station.cli.processes import HANDHELDS
from station.line.config import Config
from station.line.packs import load_pack
from station.model.checklist_words import ChecklistWords, PointWords
from station.office.app import run_office
from station.office.settings import OfficeConfig
from station.rules import Pack


async def run_station_office(config: Config, stop: asyncio.Event) -> None:
    """Run the office of a configuration until told to stop.

    Raises:
        AccountsError: the broker's accounts cannot be read.
        OfficeError: the pages' port is taken, or the handheld's files are not there.
        PackError: the rule pack cannot be used.
    """
    await run_office(office_settings(config), stop)


def office_settings(config: Config) -> OfficeConfig:
    """Return the office's settings.

    Raises:
        AccountsError: the broker's accounts cannot be read.
        PackError: the rule pack cannot be used.
    """
    accounts = read_accounts(config.accounts_file)
    return OfficeConfig(
        station=config.station.id,
        name=config.station.name,
        timezone=config.station.timezone,
        database_url=config.database_url,
        evidence_folder=config.evidence_folder,
        office_file=config.store.folder / "office.sqlite",
        broker_url=config.broker.url,
        ws_url=config.broker.ws_url,
        account=accounts.account("office"),
        handhelds=tuple(accounts.account(f"handheld-{n:02}") for n in range(1, HANDHELDS + 1)),
        pair_code=pair_code(config),
        app_folder=Path(str(resources.files("handheld").joinpath("app"))),
        host=config.office.host,
        port=config.office.port,
        clock=Clock(config.clock.speed, config.clock.origin),
        reach=reach_of(config),
        printer_url=config.printer.url,
        print_folder=config.print_folder,
        checklist_words=checklist_words(load_pack(config.rules.pack)),
    )


def checklist_words(pack: Pack) -> ChecklistWords:
    """Return a pack's words for the points and defects of its check-lists."""
    return ChecklistWords(
        {p.id: PointWords(p.name, {defect.code: defect.name for defect in p.defects}) for p in pack.points}
    )


def pair_code(config: Config) -> str:
    """Return the code with which a handheld is paired: the configuration's, or one that this station made and keeps.

    Raises:
        OSError: the file that keeps it cannot be read or written.
    """
    if config.office.pair_code:
        return config.office.pair_code
    file = config.store.folder / "pair-code"
    if not file.exists():
        config.store.folder.mkdir(parents=True, exist_ok=True)
        write_private(file, f"{secrets.randbelow(10**6):06}")
    return file.read_text(encoding="utf-8")
