"""Files that only their owner may read, complete or not there at all."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from station.store.errors import os_errors

_PIECE = 1 << 20


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, in lower-case hexadecimal digits.

    Raises:
        StoreError: it cannot be read.
    """
    with os_errors(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_file(path: Path, data: bytes) -> None:
    """Write or replace a file at once; name and content are on the disk on return.

    Raises:
        StoreError: the disk refused; what stood there before still does.
    """
    with os_errors(path), _replacing(path) as file:
        file.write(data)


def copy_private(source: Path, target: Path) -> str:
    """Copy a file with its time, at once and onto the disk, and return the SHA-256 of what was read.

    Raises:
        StoreError: one cannot be read, or the other not be written.
    """
    found = hashlib.sha256()
    with os_errors(target), source.open("rb") as reading, _replacing(target) as file:
        while piece := reading.read(_PIECE):
            found.update(piece)
            file.write(piece)
        file.flush()
        os.utime(file.fileno(), ns=(time := os.fstat(reading.fileno()).st_mtime_ns, time))
    return found.hexdigest()


def sync(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    # Also the folder above: the folder's own name must survive a power cut.
    for folder in (path.parent, path.parent.parent):
        sync(folder)
