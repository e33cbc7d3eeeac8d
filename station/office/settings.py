"""What the office needs to know before it starts."""

from dataclasses import dataclass, field
from pathlib import Path

from station.bus.clock import Clock
from station.bus.link import Account
from station.model.text import Text


@dataclass(frozen=True)
class OfficeConfig:
    """The office's settings, all of them given by whoever starts it.

    ``database_url`` is the station's (read only here); ``office_file`` the office's own small SQLite file;
    ``evidence_folder`` where files are kept by their hash; ``handhelds`` the broker accounts that pairing gives out.
    Secrets are not shown by ``repr``.
    """

    station: str
    name: Text
    timezone: str
    database_url: str = field(repr=False)
    evidence_folder: Path
    office_file: Path
    broker_url: str
    ws_url: str
    account: Account = field(repr=False)
    handhelds: tuple[Account, ...] = field(repr=False)
    pair_code: str = field(repr=False)
    app_folder: Path
    host: str = "127.0.0.1"
    port: int = 18080
    clock: Clock = field(default_factory=Clock)
