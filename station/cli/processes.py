"""The processes of a station: how they are started, in which order."""

import sys
from collections.abc import Callable
from pathlib import Path

from station.authority.files import Files
from station.bus.accounts import Accounts, make_accounts
from station.bus.broker import Broker
from station.bus.place import Place, Tls
from station.cli.lan import make_certificates
from station.cli.supervise import Supervisor
from station.line.config import Config, load_config
from station.process import Child

OnEnd = Callable[[Path], Callable[[int], None]]
"""Given the file into which a process prints, returns what is called with the exit code each time that it ends."""
HANDHELDS, DESKS, PEOPLE = 8, 2, 12


def accounts_of(config: Config) -> Accounts:
    """Return the broker accounts of a station; those that it lacks are made.

    Raises:
        AccountsError: the file is there and is no accounts file.
    """
    people = PEOPLE if config.simulated else 0
    return make_accounts(config.accounts_file, handhelds=HANDHELDS, desks=DESKS, people=people)


def broker_of(config: Config) -> Broker:
    """Return the bundled broker of a station."""
    files = Files(config.keys_folder)
    place = Place(
        config.store.folder / "broker",
        config.station.id,
        host=config.broker.host,
        port=config.broker.mqtt_port,
        ws_port=config.broker.ws_port,
        tls=Tls(files.server, files.authority) if config.lan.enabled else None,
    )
    return Broker(place, accounts_of(config))


def child(name: str, config_file: Path, config: Config, *more: str, on_end: OnEnd | None = None) -> Child:
    """Return one of the station's own processes; it logs by itself, and what it prints goes to a file beside that."""
    command = (sys.executable, "-m", "station.cli.child", name, "--config", str(config_file), *more)
    errors = config.store.folder / "logs" / f"{name}.err"
    return Child(name, command, errors, on_end=on_end(errors) if on_end else None)


async def start_station(
    supervisor: Supervisor, config_file: Path, rigs: Child | None = None, on_end: OnEnd | None = None
) -> None:
    """Start broker, line and office, each kept running; simulated rigs come before the line, so that they go after it.

    Another broker, if the configuration names one, is not ours to start; its accounts are those of the accounts file.
    ``on_end`` is for whoever wants to know when line or office end without having been told to.

    Raises:
        ConfigError, AuthorityError, BrokerError, AccountsError: as their makers say.
    """
    config, _ = load_config(config_file)
    config.store.folder.mkdir(parents=True, exist_ok=True)
    make_certificates(config)
    if config.broker.external:
        accounts_of(config)
    else:
        await supervisor.start(broker_of(config))
    if rigs:
        await supervisor.start(rigs)
    for name in ("line", "office"):
        await supervisor.start(child(name, config_file, config, on_end=on_end))
