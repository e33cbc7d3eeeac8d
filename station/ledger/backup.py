"""A station's backup, made while the line works: one moment of the ledger, and everything that it names.

In the folder given stands one folder for each backup, and beside them ``evidence`` with the files that are named by
their hash, common to all. Evidence and keys are copied after the database: what the ledger names was there before it.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine

from station.ledger.backup_words import TEXTS, BackupError, because
from station.ledger.fork import Head
from station.ledger.manifest import DATABASE, EVIDENCE, KeptFile, Manifest, kept, write_manifest
from station.ledger.projection import refill
from station.ledger.verify import verify_database
from station.model.text import Text
from station.store import read
from station.store.copy import Progress, copy_file, copy_records, no_progress, settle
from station.store.database import WRITER, open_database, place
from station.store.errors import os_errors, store_errors
from station.store.files import copy_private, hash_of
from station.store.tables import SCHEMA_VERSION

OFFICE = "office.sqlite"
KEYS = "keys"
CONFIG = "station.toml"
PRIVATE = ("accounts.json", "pair-code")
"""Files of the store's folder that cannot be made again without setting up every device anew."""
_EVIDENCE_NAME = re.compile(r"([0-9a-f]{64})\.[a-z0-9]{1,8}", re.ASCII)


@dataclass(frozen=True)
class Home:
    """Where a station keeps what must not be lost: its id, database, folders and configuration, and the software."""

    station: str
    database_url: str = field(repr=False)
    folder: Path
    evidence: Path
    keys: Path
    config_file: Path
    software: str


@dataclass(frozen=True)
class Backup:
    """A backup that was made: its folder, its manifest, and how many evidence files were new."""

    folder: Path
    manifest: Manifest
    new: int


def back_up(home: Home, to: Path, now: datetime, progress: Progress = no_progress) -> Backup:
    """Make a backup in a folder of its own, and check it; what the manifest calls findings was not in order.

    Raises:
        BackupError: the folder cannot be used.
        StoreError: the database cannot be read, or the disk refused; nothing that counts as a backup is left.
    """
    if to.resolve().is_relative_to(home.evidence.resolve()) or to.resolve().is_relative_to(home.keys.resolve()):
        raise BackupError.of("inside", to)
    folder = to / f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    _make(folder)
    try:
        return _Work(home, to, folder, progress).backup(now)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # half a backup helps nobody, and may have filled the disk
        raise


def evidence_name(path: Path) -> str | None:
    """Return the hash that an evidence file is named by, None if it is no evidence file."""
    found = _EVIDENCE_NAME.fullmatch(path.name)
    return found[1] if found and path.parent.name == found[1][:2] else None


def keep_file(source: Path, target: Path, sha256: str) -> bool | None:
    """Have a file stand at the target, and return whether it was copied now; None if the source is another one.

    Raises:
        StoreError: the disk refused.
    """
    if target.exists() and hash_of(target) == sha256:
        return False
    if copy_private(source, target) == sha256 == hash_of(target):
        return True
    target.unlink()
    return None


def export_records(engine: Engine, target: Path, progress: Progress = no_progress) -> None:
    """Write the records of a server's database, as they are at this moment, into a SQLite file of the same tables.

    Raises:
        StoreError: one of them failed.
    """
    new = open_database(f"sqlite:///{target}")
    snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        with (
            store_errors(place(engine)),
            engine.connect().execution_options(**snapshot) as source,
            source.begin(),
            new.connect().execution_options(**{WRITER: True}) as writing,
            writing.begin(),
        ):
            copy_records(source, writing, progress)
            refill(writing)
    finally:
        new.dispose()
    settle(target)


def _make(folder: Path) -> None:
    with os_errors(folder):
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.exists():
            raise BackupError.of("exists", folder)
        folder.mkdir(mode=0o700)
        (folder.parent / EVIDENCE).mkdir(mode=0o700, exist_ok=True)


class _Work:
    """One backup at work."""

    def __init__(self, home: Home, to: Path, folder: Path, progress: Progress) -> None:
        self._home, self._to, self._folder, self._progress = home, to, folder, progress
        self._findings: list[Text] = []
        self._new = 0

    def backup(self, now: datetime) -> Backup:
        made_at = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        # Before the database: its cursor must not be ahead of the ledger.
        self._copy_office()
        kind = self._copy_database()
        self._copy_private()
        evidence = self._copy_evidence()
        size, head = self._check({Path(file.path).stem for file in evidence})
        manifest = Manifest(
            station=self._home.station,
            software=self._home.software,
            made_at=made_at,
            database=kind,
            structure=SCHEMA_VERSION,
            size=size,
            head=head,
            files=self._files(),
            evidence=evidence,
            findings=tuple(self._findings),
        )
        write_manifest(self._folder, manifest)
        return Backup(self._folder, manifest, self._new)

    def _copy_office(self) -> None:
        office = self._home.folder / OFFICE
        if office.exists():
            copy_file(office, self._folder / OFFICE)

    def _copy_database(self) -> Literal["sqlite", "postgresql"]:
        engine = open_database(self._home.database_url, create=False, station=self._home.station)
        target = self._folder / DATABASE
        try:
            if engine.dialect.name == "sqlite":
                copy_file(Path(place(engine)), target, self._progress)
                return "sqlite"
            export_records(engine, target, self._progress)
            return "postgresql"
        finally:
            engine.dispose()

    def _copy_private(self) -> None:
        wanted = [(self._home.folder / name, Path(name)) for name in PRIVATE]
        wanted.append((self._home.config_file, Path(CONFIG)))
        with os_errors(self._home.keys):
            keys = sorted(path for path in self._home.keys.rglob("*") if path.is_file())
        wanted += [(path, Path(KEYS, path.relative_to(self._home.keys))) for path in keys]
        for number, (source, name) in enumerate(wanted, 1):
            if source.exists():
                copy_private(source, self._folder / name)
            self._progress("private", number, len(wanted))

    def _copy_evidence(self) -> tuple[KeptFile, ...]:
        with os_errors(self._home.evidence):
            found = sorted(path for path in self._home.evidence.glob("??/*") if evidence_name(path))
        return tuple(self._copied(found))

    def _copied(self, found: list[Path]) -> Iterator[KeptFile]:
        root = self._to / EVIDENCE
        for number, source in enumerate(found, 1):
            sha256 = evidence_name(source) or ""
            target = root / source.relative_to(self._home.evidence)
            copied = keep_file(source, target, sha256)
            if copied is None:
                self._findings.append(TEXTS.text("finding.altered", sha256=sha256))
            else:
                self._new += copied
                yield KeptFile(path=target.relative_to(root).as_posix(), sha256=sha256, size=target.stat().st_size)
            self._progress("evidence", number, len(found))

    def _check(self, evidence: set[str]) -> Head:
        """Verify the copy: the whole chain, and that every file that it names is there."""
        copy = self._folder / DATABASE
        engine = open_database(f"sqlite:///{copy}", create=False, station=self._home.station)
        try:
            self._progress("check", 0, 1)
            report = verify_database(engine)
            missing = sorted(read.evidence_files(engine) - evidence)
            head = read.head(engine)
        finally:
            engine.dispose()
        settle(copy)
        if report.reason is not None:
            self._findings.append(because("finding.chain", report.reason))
        self._findings += [TEXTS.text("finding.missing", sha256=sha256) for sha256 in missing]
        self._progress("check", 1, 1)
        return head

    def _files(self) -> tuple[KeptFile, ...]:
        every = sorted(path for path in self._folder.rglob("*") if path.is_file())
        return tuple(kept(self._folder, path) for path in every)
