"""A station that other devices reach: its certificates are made ready, and people are told where to begin."""

import io
from datetime import UTC, datetime

import segno

from station.authority.keeper import Kept, ensure, read
from station.authority.names import Names, station_names
from station.authority.words import words
from station.cli.language import language_here
from station.line.config import Config
from station.office.onboarding import address
from station.office.settings import Reach


def names_of_station(config: Config) -> Names:
    """Return the names and addresses by which other devices reach this station."""
    return station_names(config.lan.host, config.lan.names)


def make_certificates(config: Config) -> None:
    """Make or renew what page and broker need, if other devices are to reach them.

    Raises:
        AuthorityError: the authority has expired, is damaged, or may not speak for a name that is configured.
        OSError: the folder of keys cannot be written.
    """
    if config.lan.enabled:
        # The true time, also in a demo: browsers judge the dates by their own clocks.
        ensure(config.keys_folder, config.station.id, names_of_station(config), datetime.now(UTC))


def reach_of(config: Config) -> Reach | None:
    """Return how other devices reach the office, None if only this computer does."""
    if not config.lan.enabled:
        return None
    return Reach(names_of_station(config).public, config.keys_folder, config.lan.onboarding_port)


def onboarding_url(config: Config) -> str:
    """Return the address that a new device opens first."""
    return address("http", names_of_station(config).public, config.lan.onboarding_port, "/")


def app_url(config: Config) -> str:
    """Return the handheld's address, as other devices open it if they may."""
    if not config.lan.enabled:
        return f"{config.office.url}/app/"
    return address("https", names_of_station(config).public, config.office.port, "/app/")


def invitation(config: Config) -> str:
    """Return what a terminal shows to whoever wants to connect a phone: address, QR and fingerprint; empty without TLS.

    Raises:
        AuthorityError: there is no authority yet.
    """
    return _invitation(config, read(config.keys_folder)) if config.lan.enabled else ""


def _invitation(config: Config, kept: Kept) -> str:
    language, url, drawn = language_here(), onboarding_url(config), io.StringIO()
    segno.make(url, micro=False).terminal(drawn, compact=True)
    said = words().say(language, "certs.trust", address=url)
    return f"{said}\n{drawn.getvalue()}{words().say(language, 'certs.fingerprint', fingerprint=kept.fingerprint)}\n"
