"""`station staff`: the people of the station, while no line runs."""

import getpass
import sys
from pathlib import Path
from typing import Annotated, get_args

import typer

from station.bus.clock import Clock
from station.cli.failure import Unusable
from station.ledger.journal import Ledger
from station.line.config import load_config
from station.line.staff import enrol
from station.model.codes import Role
from station.store import read
from station.store.database import open_database

staff_app = typer.Typer(help="Enrol the people of the station; the line must be stopped.", no_args_is_help=True)

ConfigOption = Annotated[Path, typer.Option("--config", help="Configuration file, for example station.toml.")]
CONFIG = Path("station.toml")
PIN_LENGTHS = range(4, 13)


@staff_app.command("enrol")
def enrol_person(
    staff: Annotated[str, typer.Argument(help="Staff number, for example 1001.")],
    name: Annotated[str, typer.Option(help="Name as it stands on reports.")],
    role: Annotated[list[str], typer.Option(help="A role; give the option once for each.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Enrol a person, or give one new roles and a new PIN; the PIN is asked for, or read from standard input.

    Example: station staff enrol 1001 --name 登录员 --role registrar --role guide
    """
    unknown = sorted(set(role) - set(get_args(Role)))
    if unknown:
        raise Unusable.of("role", unknown=", ".join(unknown), known=", ".join(get_args(Role)))
    pin = ask_pin()
    settings, _ = load_config(config)
    settings.store.folder.mkdir(parents=True, exist_ok=True)
    engine = open_database(settings.database_url, station=settings.station.id)
    try:
        ledger = Ledger.open(engine, Clock(settings.clock.speed, settings.clock.origin), "staff")
        try:
            enrol(ledger, staff, name, pin, tuple(r for r in get_args(Role) if r in role), "station-computer")
        finally:
            ledger.close()
    finally:
        engine.dispose()
    print(f"{staff}: {', '.join(role)}")


def ask_pin() -> str:
    """Ask for a PIN, or read it from standard input.

    Raises:
        Unusable: it has not 4 to 12 digits.
    """
    pin = getpass.getpass("PIN: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    if len(pin) not in PIN_LENGTHS or not pin.isdigit():
        raise Unusable.of("pin")
    return pin


@staff_app.command("list")
def list_people(config: ConfigOption = CONFIG) -> None:
    """List staff numbers with name and roles.

    Example: station staff list --config station.toml
    """
    settings, _ = load_config(config)
    engine = open_database(settings.database_url, create=False, station=settings.station.id)
    try:
        for staff, roles in read.staff(engine).items():
            print(f"{staff}  {read.personal(engine, staff).get('name', '')}  {', '.join(roles)}")
    finally:
        engine.dispose()
