"""Evidence files: named by the SHA-256 of what is in them, complete or not there at all."""

import os
from pathlib import Path

from station.model.canonical import sha256_hex


def file_of(folder: Path, sha256: str, suffix: str) -> Path:
    """Return where a file of that hash is kept."""
    return folder / sha256[:2] / f"{sha256}{suffix}"


def keep(folder: Path, data: bytes, suffix: str) -> str:
    """Write a file and return its hash, once name and content are on the disk; a second time costs nothing.

    Raises:
        OSError: the disk refused.
    """
    sha256 = sha256_hex(data)
    path = file_of(folder, sha256, suffix)
    if read(folder, sha256, suffix) is None:
        put(path, data)
    # Also here, and also the folders above: what was written before may not have got so far, and the subfolder's own
    # name must survive a power cut.
    for place in (path.parent, folder, folder.parent):
        _sync_folder(place)
    return sha256


def put(path: Path, data: bytes) -> None:
    """Write a file so that it is complete, or not there at all, once the call returns.

    Raises:
        OSError: the disk refused.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}.new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync_folder(path.parent)


def read(folder: Path, sha256: str, suffix: str) -> bytes | None:
    """Return a file's content, None if it is not there or no longer what its name says."""
    try:
        data = file_of(folder, sha256, suffix).read_bytes()
    except FileNotFoundError:
        return None
    return data if sha256_hex(data) == sha256 else None


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
