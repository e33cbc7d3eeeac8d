"""The station's signing keys as files: a private key each, for nobody else's eyes, on the disk before it is used."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from station.ledger.errors import KeyFileError
from station.ledger.seal import SigningKey
from station.store.files import sync

FILE_MODE, FOLDER_MODE = 0o600, 0o700
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_HEX = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


@dataclass(frozen=True)
class KeyFile:
    """A key and the file it is in; ``made_ns`` is the file's time, nanoseconds since 1970."""

    path: Path
    made_ns: int
    key: SigningKey

    @property
    def public_path(self) -> Path:
        """Return the file of the public key, which may be given to anybody."""
        return self.path.with_suffix(".pub")


def load_keys(folder: Path) -> tuple[KeyFile, ...]:
    """Return the keys of a folder, the oldest first; a folder that is not there has none.

    Raises:
        KeyFileError: a file or the folder is open to others, is damaged, or cannot be read.
    """
    with _disk_errors(folder):
        if not folder.exists():
            return ()
        _check_rights(folder, FOLDER_MODE)
        found = [_load(path) for path in sorted(folder.glob("seal-*.pem"))]
    return tuple(sorted(found, key=lambda file: (file.made_ns, file.path.name)))


def make_key(folder: Path) -> KeyFile:
    """Make a new key and return it once its files are on the disk.

    Raises:
        KeyFileError: the folder is open to others, or the disk refused.
    """
    key = SigningKey(Ed25519PrivateKey.generate())
    path = folder / f"seal-{key.id}.pem"
    with _disk_errors(folder):
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        _check_rights(folder, FOLDER_MODE)
        secret = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write(path.with_suffix(".pub"), public_pem(key.public).encode(), 0o644)
        _write(path, secret, FILE_MODE)
        sync(folder)
        sync(folder.parent)  # where a new folder is named
        return _load(path)


def next_key(keys: Iterable[KeyFile], enrolled: tuple[str, ...]) -> KeyFile | None:
    """Return the key to sign with: the newest that the ledger does not know yet, or else the one that it has in use.

    None if there is neither: a new one must be made. ``enrolled`` are ids in the order of their enrolment.
    """
    files = {file.key.id: file for file in keys}
    fresh = [file for id_, file in files.items() if id_ not in enrolled]
    return fresh[-1] if fresh else files.get(enrolled[-1]) if enrolled else None


def public_pem(public: str) -> str:
    """Return a raw public key (hexadecimal) as PEM (SubjectPublicKeyInfo), which openssl reads too."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_public(given: str) -> str:
    """Return the raw public key, hexadecimal, of a file in PEM or of 64 hexadecimal digits, as a file or as they are.

    Raises:
        KeyFileError: it is no Ed25519 public key.
    """
    text = given
    if not _HEX.fullmatch(given):
        with _disk_errors(Path(given)):
            text = Path(given).read_text(encoding="utf-8", errors="replace").strip()
    if _HEX.fullmatch(text):
        return text.lower()
    try:
        key = load_pem_public_key(text.encode())
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise KeyFileError.of("key_public", given)
    return key.public_bytes_raw().hex()


def _load(path: Path) -> KeyFile:
    _check_rights(path, FILE_MODE)
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFileError.of("key_damaged", str(path))
    key = SigningKey(private)
    if path.stem != f"seal-{key.id}":
        raise KeyFileError.of("key_name", str(path), found=key.id)
    return KeyFile(path, path.stat().st_mtime_ns, key)


def _check_rights(path: Path, wanted: int) -> None:
    status = path.stat()
    if status.st_mode & _OTHERS:
        mode = f"{stat.S_IMODE(status.st_mode):04o}"
        raise KeyFileError.of("key_rights", str(path), mode=mode, wanted=f"{wanted:04o} {path}")
    if status.st_uid != os.geteuid() != 0:
        raise KeyFileError.of("key_owner", str(path))


def _write(path: Path, data: bytes, mode: int) -> None:
    """Write a file under another name first: a power cut must not leave half a key that looks like one."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


@contextmanager
def _disk_errors(where: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise KeyFileError.of("key_disk", str(where), detail=error.strerror or type(error).__name__) from error
