"""The files of the station's authority, in the folder of its private keys."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Files:
    """Where the authority's certificate and key are, and the one file of page and broker: their certificate and key."""

    folder: Path

    @property
    def authority(self) -> Path:
        """Return the authority's certificate (PEM), which every device trusts; no secret."""
        return self.folder / "station-ca.crt"

    @property
    def authority_key(self) -> Path:
        """Return the authority's private key."""
        return self.folder / "station-ca.key"

    @property
    def server(self) -> Path:
        """Return key and certificate of page and broker: one file, so that they are always of one pair."""
        return self.folder / "server.pem"


def replace(path: Path, data: bytes, mode: int) -> None:
    """Put a file in place at once, with its mode from the first byte on, and on the disk before this returns."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
