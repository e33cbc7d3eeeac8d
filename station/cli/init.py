"""`station init`: a new station's folder, configuration file and first manager."""

from importlib import resources
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from station.bus.clock import Clock
from station.cli.failure import Unusable
from station.cli.staff import ask_pin
from station.cli.words import here
from station.ledger.journal import Ledger
from station.line.config import load_config, parse_config
from station.line.staff import enrol
from station.model.codes import Role
from station.model.os_text import os_text
from station.store import read
from station.store.database import open_database

FIRST_ROLES: tuple[Role, ...] = ("maintainer", "manager")


def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the new station; it is made.")],
    station: Annotated[str, typer.Option("--id", help="Id of the station: lower case, digits, hyphen.")],
    name_zh: Annotated[str, typer.Option(help="Name in Chinese, as on reports.")],
    name_en: Annotated[str, typer.Option(help="Name in English.")],
    staff: Annotated[str, typer.Option(help="Staff number of the first manager.")],
    name: Annotated[str, typer.Option(help="Name of the first manager, as on reports.")],
) -> None:
    """Make a new station: station.toml to be filled in, the database, and the first manager, whose PIN is asked for.

    Example: station init hz-07 --id hz-07 --name-zh 示例检验站 --name-en "Example station" --staff 1001 --name 站长
    """
    file = folder / "station.toml"
    if file.exists():
        raise Unusable.of("made_already", file=file)
    text = _template(station, name_zh, name_en)
    parse_config(text, str(file))
    pin = ask_pin()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Unusable.of("not_written", file=file, why=os_text(error)) from error
    _first_manager(file, staff, name, pin)
    print(here("init.made", file=file))


def _template(station: str, name_zh: str, name_en: str) -> str:
    strange = [value for value in (station, name_zh, name_en) if '"' in value or "\\" in value]
    if strange:
        raise Unusable.of("quotes", name=strange[0])
    shipped = resources.files("station.cli").joinpath("system").joinpath("station.toml").read_text(encoding="utf-8")
    return Template(shipped).substitute(station=station, name_zh=name_zh, name_en=name_en)


def _first_manager(file: Path, staff: str, name: str, pin: str) -> None:
    settings, _ = load_config(file)
    settings.store.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = open_database(settings.database_url, station=settings.station.id)
    try:
        if read.staff(engine):
            raise Unusable.of("people_already", folder=settings.store.folder)
        ledger = Ledger.open(engine, Clock(), "init")
        try:
            enrol(ledger, staff, name, pin, FIRST_ROLES, "station-computer")
        finally:
            ledger.close()
    finally:
        engine.dispose()
