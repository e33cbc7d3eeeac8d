"""A station's belongings after a day's work, as a case for the doctor; nothing of it runs."""

from datetime import UTC, datetime
from pathlib import Path

from station.cli.doctor.case import Case
from station.cli.doctor.checks import CHECKS, made
from station.cli.doctor.finding import Finding
from station.line.config import Config, parse_config
from station.store.database import open_database
from tests.station.ledger.household import Household

MINIMAL = """
[station]
id = "t1"
name_zh = "站"
name_en = "station"

[store]
folder = "{folder}"
"""


def config_for(home: Household, more: str = "") -> Config:
    """Return a configuration of the household's station."""
    config, _ = parse_config(MINIMAL.format(folder=home.folder) + more, "station.toml")
    store = config.store.model_copy(update={"database": home.database_url})
    station = config.station.model_copy(update={"id": "T1"})
    return config.model_copy(update={"store": store, "station": station})


def case_of(home: Household, more: str = "", whole: bool = False) -> Case:
    """Return the case of a household, its database open."""
    config = config_for(home, more)
    engine = open_database(home.database_url, create=False, station="T1")
    return Case(home.folder.parent / "station.toml", config, datetime.now(UTC), whole, engine=engine)


async def looked(name: str, case: Case) -> list[Finding]:
    """Return what one check finds."""
    found = await made(name, dict(CHECKS)[name], case)
    if case.engine is not None:
        case.engine.dispose()
    return found


def household(folder: Path) -> Household:
    """Return a household with a SQLite database where the station's configuration would have it."""
    return Household(f"sqlite:///{folder}/var/station.sqlite", folder / "var")
