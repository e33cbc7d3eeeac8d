"""A whole station's belongings after a day's work, for the tests of backup and restore."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from station.ledger.backup import Home
from station.ledger.journal import Ledger
from station.ledger.keys import make_key
from station.ledger.seal import enrol_key
from station.model import facts
from station.model.canonical import sha256_hex
from station.model.event import Entry, Fact
from station.model.inspection import Inspection
from station.store import read
from station.store.credential import make_credential
from station.store.database import open_database
from station.store.tables import METADATA
from tests.station.conftest import Car, Hands

PDF, ENGLISH, PHOTO = b"%PDF report", b"%PDF in English", b"\xff\xd8 photo"
REPORT = sha256_hex(PDF)


@dataclass
class Household:
    """A station's database, files and keys; made with a day of one car in it."""

    database_url: str
    folder: Path

    def __post_init__(self) -> None:
        self.clock, self.car = Hands(), Car()
        self.home = Home(
            station="T1",
            database_url=self.database_url,
            folder=self.folder,
            evidence=self.folder / "evidence",
            keys=self.folder / "keys",
            config_file=self.folder.parent / "station.toml",
            software="cloud-inspection test",
        )
        self._furnish()
        with self.ledger() as ledger:
            self._live(ledger)

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        engine = open_database(self.database_url, station="T1")
        try:
            yield engine
        finally:
            engine.dispose()

    @contextmanager
    def ledger(self, boot: str = "boot-1") -> Iterator[Ledger]:
        with self.engine() as engine:
            ledger = Ledger.open(engine, self.clock, boot)
            try:
                yield ledger
            finally:
                ledger.close()

    def head(self) -> tuple[int, str]:
        with self.engine() as engine:
            return read.head(engine)

    def inspections(self) -> tuple[Inspection, ...]:
        with self.engine() as engine:
            return read.inspections(engine)

    def file(self, sha256: str, suffix: str) -> Path:
        return self.home.evidence / sha256[:2] / f"{sha256}{suffix}"

    def photograph(self, data: bytes) -> str:
        """Keep one more photo, and say so in the ledger."""
        with self.ledger() as ledger:
            ledger.append(self.car.entry(self._photo(data)))
        return sha256_hex(data)

    def drive_in(self, number: int) -> None:
        """Take the key of one more car."""
        with self.ledger() as ledger:
            ledger.append(Car(f"T1-20261122-{number:04}").arrive())

    def rows(self) -> dict[str, list[Any]]:
        """Return every row of every table but what the ledger went through to get them."""
        with self.engine() as engine, engine.connect() as connection:
            found = METADATA.sorted_tables
            return {each.name: sorted(map(tuple, connection.execute(select(each))), key=repr) for each in found}

    def destroy(self) -> None:
        """Lose the computer: its folder, and what stood on the server."""
        shutil.rmtree(self.folder)
        if self.database_url.startswith("sqlite"):
            for file in self.folder.parent.glob("station.sqlite*"):
                file.unlink()
        else:
            with self.engine() as engine, engine.begin() as connection:
                METADATA.drop_all(connection)

    def _furnish(self) -> None:
        self.home.evidence.mkdir(parents=True)
        self.key = make_key(self.home.keys).key
        (self.home.keys / "a.pem").write_text("private", encoding="utf-8")
        (self.folder / "accounts.json").write_text('{"v": 1, "accounts": {}}', encoding="utf-8")
        (self.folder / "pair-code").write_text("123456", encoding="utf-8")
        (self.home.evidence / "notes.txt").write_text("no evidence", encoding="utf-8")
        self.home.config_file.write_text("# station", encoding="utf-8")
        with closing(sqlite3.connect(self.folder / "office.sqlite")) as office:
            office.execute("PRAGMA journal_mode=WAL")
            office.execute("CREATE TABLE cursor (seq INTEGER)")

    def _live(self, ledger: Ledger) -> None:
        ledger.append(Entry((Fact("T1", "line", "line", enrol_key("T1", self.key)),)))
        first, *story = self.car.day()
        ledger.append(first, make_credential("s-4", "271828"))
        *story, _issued, left = story
        for entry in story:
            ledger.append(entry)
        ledger.append(self.car.entry(self._photo(PHOTO)))
        ledger.append(self.car.entry(self._report()))
        self._keep(ENGLISH, ".pdf")
        ledger.append(left)

    def _report(self) -> facts.ReportIssued:
        self._keep(PDF, ".pdf")
        number = f"R-{self.car.serial}"
        return facts.ReportIssued(attempt=1, report_no=number, sha256=REPORT, size=len(PDF))

    def _photo(self, data: bytes) -> facts.PhotoKept:
        self._keep(data, ".jpg")
        shown = {"attempt": 1, "item": "F1", "point": "tyres", "media": "image/jpeg"}
        return facts.PhotoKept(sha256=sha256_hex(data), size=len(data), **shown)

    def _keep(self, data: bytes, suffix: str) -> None:
        file = self.file(sha256_hex(data), suffix)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
