"""`station certs`: the certificates by which other devices trust this station."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from station.authority.certificates import names_of
from station.authority.keeper import Kept, read, renew, renew_authority
from station.authority.state import certificate_state
from station.authority.words import words
from station.cli.failure import FINDING
from station.cli.lan import invitation, names_of_station
from station.cli.language import language_here
from station.line.config import Config, load_config

certs_app = typer.Typer(help="Show or renew the station's certificates.", no_args_is_help=True)

ConfigOption = Annotated[Path, typer.Option("--config", help="Configuration file, for example station.toml.")]
CONFIG = Path("station.toml")


@certs_app.command("show")
def show(config: ConfigOption = CONFIG) -> None:
    """Say whether the certificates hold, for which names, and where a phone begins; exit code 1 if something is due.

    Example: station certs show --config station.toml
    """
    settings, language = _opened(config), language_here()
    if settings is None:
        return
    state = certificate_state(settings.keys_folder, datetime.now(UTC), names_of_station(settings))
    print(state.sentence.in_(language))
    if state.kind != "unusable":
        print("\n".join(_details(settings, read(settings.keys_folder))))
    if state.kind != "ok":
        print(state.remedy.in_(language))
        raise SystemExit(FINDING)


@certs_app.command("renew")
def renew_now(
    config: ConfigOption = CONFIG,
    authority: Annotated[
        bool, typer.Option("--authority", help="Make a new authority, too: every device has to trust it anew.")
    ] = False,
) -> None:
    """Make a new certificate for pages and broker now; `station run` does it by itself when it is due.

    Example: station certs renew --config station.toml
    """
    settings = _opened(config)
    if settings is None:
        return
    names, now = names_of_station(settings), datetime.now(UTC)
    if authority:
        kept = renew_authority(settings.keys_folder, settings.station.id, names, now)
    else:
        kept = renew(settings.keys_folder, names, now)
    print(words().say(language_here(), "certs.new_authority" if authority else "certs.renewed"))
    print("\n".join(_details(settings, kept)))


def _opened(file: Path) -> Config | None:
    """Return the configuration of a station that other devices reach; of another one say that it needs none."""
    config, _ = load_config(file)
    if config.lan.enabled:
        return config
    print(words().say(language_here(), "certs.no_lan"))
    return None


def _details(config: Config, kept: Kept) -> Iterator[str]:
    language, end = language_here(), kept.authority.not_valid_after_utc
    name = kept.authority.subject.rfc4514_string().removeprefix("CN=")
    yield words().say(language, "certs.authority", name=name, date=f"{end:%Y-%m-%d}")
    if kept.server:
        yield words().say(language, "certs.names", names=", ".join(sorted(names_of(kept.server))))
    yield invitation(config)
