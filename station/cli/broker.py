"""`station broker`: the files by which another broker knows this station's accounts and what each of them may do."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from station.bus.accounts import write_private
from station.bus.acl import ACL, CONF, PASSWORDS, Doors, mosquitto_acl, mosquitto_conf, mosquitto_passwords
from station.bus.link import PORTS
from station.cli.processes import accounts_of
from station.line.config import BrokerSection, Config, load_config

broker_app = typer.Typer(help="Use another broker than the bundled one.", no_args_is_help=True)

ConfigOption = Annotated[Path, typer.Option("--config", help="Configuration file, for example station.toml.")]
CONFIG = Path("station.toml")
INSTALLED = Path("/etc/mosquitto")
MQTT_PORT, WS_PORT = 1883, 1884
HERE = ("127.0.0.1", "localhost", "::1")


class Kind(StrEnum):
    """A broker whose files we can write."""

    mosquitto = "mosquitto"


@broker_app.callback()
def _several() -> None:
    """Keep ``acl`` a command of its own: typer would merge a single one into its group."""


@broker_app.command("acl")
def acl(
    kind: Annotated[Kind, typer.Option("--for", help="The broker that reads the files.")],
    config: ConfigOption = CONFIG,
    to: Annotated[
        Path | None, typer.Option(help="Write the files into this folder; without it they are printed.")
    ] = None,
    installed: Annotated[
        Path, typer.Option("--installed-in", help="The folder in which the broker will find them.")
    ] = INSTALLED,
) -> None:
    """Make access list, password file and configuration for another broker: the same rights as with the bundled one.

    Example: station broker acl --for mosquitto --to mosquitto
    """
    settings, _ = load_config(config)
    for name, text in files_for_mosquitto(settings, installed).items():
        if to is None:
            print(f"# ---- {name}\n{text}")
        else:
            write_private(to / name, text)
            print(to / name)


def files_for_mosquitto(config: Config, installed: Path) -> dict[str, str]:
    """Return the files of mosquitto by their names; accounts that the station lacks are made.

    Raises:
        AccountsError: the accounts file is damaged.
    """
    accounts = accounts_of(config)
    return {
        ACL: mosquitto_acl(config.station.id, accounts),
        PASSWORDS: mosquitto_passwords(accounts),
        CONF: mosquitto_conf(doors_of(config.broker), installed),
    }


def doors_of(broker: BrokerSection) -> Doors:
    """Return where the broker must listen, by the configured addresses; the usual ports if there are none."""
    if not broker.external:
        return Doors(MQTT_PORT, WS_PORT)
    url, ws = urlsplit(broker.external), urlsplit(broker.external_ws)
    return Doors(
        port=url.port or PORTS[url.scheme],
        ws_port=(ws.port or PORTS[ws.scheme]) if ws.scheme else None,
        here=url.hostname in HERE and (not ws.scheme or ws.hostname in HERE),
        tls=url.scheme == "mqtts",
    )
