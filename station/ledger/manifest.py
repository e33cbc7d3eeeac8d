"""What a backup holds: written last, so that a backup that was broken off has none."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from station.ledger.backup_words import BackupError
from station.ledger.fork import Head
from station.model.base import Frozen
from station.model.text import Text
from station.store.errors import os_errors
from station.store.files import hash_of, write_file

MANIFEST = "manifest.json"
DATABASE = "station.sqlite"
EVIDENCE = "evidence"
"""Beside the backups, and common to them: a file named by its hash is the same in each."""


class KeptFile(Frozen):
    """One file of a backup; ``path`` is relative to the backup's folder, of evidence to the common one."""

    path: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    size: int


class Manifest(Frozen):
    """What a backup holds, of which station and moment; ``findings`` are what was not in order even then."""

    v: Literal[1] = 1
    station: str
    software: str
    made_at: str
    database: Literal["sqlite", "postgresql"]
    structure: int
    size: int
    head: str
    files: tuple[KeptFile, ...]
    evidence: tuple[KeptFile, ...]
    findings: tuple[Text, ...] = ()

    @property
    def ledger(self) -> Head:
        """Return how far the ledger is."""
        return self.size, self.head


def kept(root: Path, path: Path) -> KeptFile:
    """Return the entry of a file as it stands on the disk.

    Raises:
        StoreError: it cannot be read.
    """
    sha256 = hash_of(path)
    return KeptFile(path=path.relative_to(root).as_posix(), sha256=sha256, size=path.stat().st_size)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest: from now on it is a backup.

    Raises:
        StoreError: the disk refused.
    """
    write_file(folder / MANIFEST, (manifest.model_dump_json(indent=1) + "\n").encode())


def find_backup(folder: Path) -> tuple[Path, Manifest]:
    """Return a backup and its manifest: the folder's own, or the newest complete one of those in it.

    Raises:
        BackupError: there is none, or its manifest cannot be read.
        StoreError: the folder cannot be read.
    """
    with os_errors(folder):
        inner = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))
    found = [folder] if (folder / MANIFEST).exists() else inner[-1:]
    if not found:
        raise BackupError.of("not_here", folder)
    return found[0], _read(found[0] / MANIFEST)


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare database, keys and configuration of a backup with its manifest.

    Raises:
        BackupError: a file is missing or another one.
        StoreError: the disk fails.
    """
    for file in manifest.files:
        path = folder / file.path
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file() or hash_of(path) != file.sha256:
            raise BackupError.of("changed", folder, path=file.path)


def _read(path: Path) -> Manifest:
    with os_errors(path):
        text = path.read_bytes()
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        if first["loc"] == ("v",) and isinstance(first["input"], int):
            raise BackupError.of("future", path, found=first["input"]) from None
        raise BackupError.of("manifest", path) from None
