"""`station system`: what the operating system needs to know, printed for the maintainer to put in place."""

import getpass
import shutil
import sys
from importlib import resources
from pathlib import Path
from string import Template
from typing import Annotated

import typer
from serial.tools import list_ports

from station.cli.failure import Unusable
from station.cli.words import here
from station.line.config import load_config

system_app = typer.Typer(help="Print a systemd unit, or udev rules for serial adapters.", no_args_is_help=True)

ConfigOption = Annotated[Path, typer.Option("--config", help="Configuration file, for example station.toml.")]
CONFIG = Path("station.toml")


def _shipped(name: str) -> str:
    return resources.files("station.cli").joinpath("system").joinpath(name).read_text(encoding="utf-8")


@system_app.command("unit")
def unit(config: ConfigOption = CONFIG) -> None:
    """Print a systemd unit that runs this station at boot, as the user who asks.

    Example: station system unit | sudo tee /etc/systemd/system/cloud-inspection.service
    """
    settings, _ = load_config(config)
    command = shutil.which("station") or str(Path(sys.executable).with_name("station"))
    values = {
        "station": settings.station.id,
        "user": getpass.getuser(),
        "folder": str(config.absolute().parent),
        "command": command,
        "config": str(config.absolute()),
        "store": str(settings.store.folder.absolute()),
    }
    if any(character in value for value in values.values() for character in '\n"\\%'):
        raise Unusable.of("unit_path")
    print(Template(_shipped("cloud-inspection.service")).substitute(values), end="")


@system_app.command("udev")
def udev() -> None:
    """Print udev rules that give each USB serial adapter that is plugged in a name of its own, and low latency.

    Example: station system udev | sudo tee /etc/udev/rules.d/99-cloud-inspection.rules
    """
    print(_shipped("udev-header.rules"), end="")
    adapters = [port for port in list_ports.comports() if port.vid is not None]
    for number, port in enumerate(sorted(adapters, key=lambda port: port.device), 1):
        serial = f', ATTRS{{serial}}=="{port.serial_number}"' if port.serial_number else ""
        vendor = f'ATTRS{{idVendor}}=="{port.vid:04x}", ATTRS{{idProduct}}=="{port.pid:04x}"{serial}'
        print(f"# {port.device}: {port.description}")
        print(f'SUBSYSTEM=="tty", {vendor}, SYMLINK+="rig-{number}"')
    if not adapters:
        print(here("udev.none"))
