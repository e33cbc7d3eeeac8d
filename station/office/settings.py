"""What the office needs to know before it starts."""

from dataclasses import dataclass, field
from pathlib import Path

from station.bus.clock import Clock
from station.bus.link import Account
from station.model.checklist_words import ChecklistWords
from station.model.text import Text


@dataclass(frozen=True)
class Reach:
    """How other devices reach the office over TLS.

    ``name`` is what they are told; ``keys_folder`` holds the station's certificates; ``onboarding_port`` serves,
    without TLS, the page that says how to trust them.
    """

    name: str
    keys_folder: Path
    onboarding_port: int


@dataclass(frozen=True)
class OfficeConfig:
    """The office's settings, all of them given by whoever starts it.

    ``database_url`` is the station's (read only here); ``office_file`` the office's own small SQLite file;
    ``evidence_folder`` where files are kept by their hash; ``printer_url`` an IPP address, empty for none: then
    reports are filed in ``print_folder`` (beside the office's file if none is given);
    ``checklist_words`` are the rule pack's words for what check-lists hold as codes;
    ``handhelds`` the broker accounts that pairing gives out;
    ``ws_url`` the broker's address for them, where ``{host}`` stands for the host by which they asked for the page.
    Without ``reach`` the office speaks without TLS and belongs on loopback.
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
    printer_url: str = field(default="", repr=False)
    print_folder: Path | None = None
    checklist_words: ChecklistWords = field(default_factory=ChecklistWords, repr=False)
    reach: Reach | None = None
    clock: Clock = field(default_factory=Clock)

    @property
    def folder_of_prints(self) -> Path:
        """Return where reports are filed that no printer prints."""
        return self.print_folder or self.office_file.parent / "printed"
