"""Keeps the station's authority and certificate: makes what is missing, renews what is due, refuses the rest."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from station.authority.certificates import (
    Issued,
    fingerprint,
    make_authority,
    make_server,
    names_of,
    permits,
    server_end,
)
from station.authority.files import Files, replace
from station.authority.names import Names
from station.authority.words import words
from station.model.text import SaidError, Text

RENEW_BEFORE = timedelta(days=30)
NEW_AUTHORITY = "station certs renew --authority"


class AuthorityError(SaidError):
    """The station's certificates cannot be used; says what is wrong and what to do."""


@dataclass(frozen=True)
class Kept:
    """What stands in the folder: the authority's certificate, and that of page and broker if it is there and whole."""

    files: Files
    authority: x509.Certificate
    server: x509.Certificate | None

    @property
    def fingerprint(self) -> str:
        """Return the authority's SHA-256, which a person compares before trusting it."""
        return fingerprint(self.authority)


def ensure(folder: Path, station: str, names: Names, now: datetime) -> Kept:
    """Return the certificates of a station, ready to be used; made or renewed where that is needed.

    Args:
        folder: the station's folder of private keys.
        station: the station's id, for the authority's name.
        names: for whom the certificate is to be.
        now: the true time (never a demo's: other programs judge the dates).

    Raises:
        AuthorityError: the authority has expired, is damaged, or may not speak for a name that is given.
        OSError: the folder cannot be read or written.
    """
    files = Files(folder)
    if not files.authority.exists():
        _save_authority(files, make_authority(station, names, now))
    kept = read(folder)
    if kept.authority.not_valid_after_utc <= now:
        raise AuthorityError(_say("authority_expired", date=_date(kept.authority)))
    return _renewed(kept, names, now) if _is_due(kept, wanted(kept.authority, names), now) else kept


def read(folder: Path) -> Kept:
    """Return what stands in a folder.

    Raises:
        AuthorityError: there is no authority, or its file is damaged.
    """
    files = Files(folder)
    try:
        authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    except FileNotFoundError:
        raise AuthorityError(_say("missing", path=files.authority)) from None
    except ValueError:
        raise AuthorityError(_say("damaged", path=files.authority)) from None
    return Kept(files, authority, _server(files, authority))


def renew(folder: Path, names: Names, now: datetime) -> Kept:
    """Make a new certificate for page and broker, of the same authority.

    Raises:
        AuthorityError: as ``ensure`` says.
    """
    kept = read(folder)
    if kept.authority.not_valid_after_utc <= now:
        raise AuthorityError(_say("authority_expired", date=_date(kept.authority)))
    return _renewed(kept, names, now)


def renew_authority(folder: Path, station: str, names: Names, now: datetime) -> Kept:
    """Make a new authority and a certificate of it; every device has to trust the new one."""
    _save_authority(Files(folder), make_authority(station, names, now))
    return _renewed(read(folder), names, now)


def wanted(authority: x509.Certificate, names: Names) -> tuple[str, ...]:
    """Return the names for a certificate: all that are given, and of those found what the authority may speak for."""
    return tuple(name for name in names.every if name in names.given or permits(authority, name))


def _is_due(kept: Kept, names: tuple[str, ...], now: datetime) -> bool:
    server = kept.server
    if server is None or not names_of(server).issuperset(names):
        return True
    # Near the authority's own end a new certificate would hold no longer than the old one.
    gains = server_end(kept.authority, now) > server.not_valid_after_utc
    return gains and server.not_valid_after_utc - now < RENEW_BEFORE


def _renewed(kept: Kept, names: Names, now: datetime) -> Kept:
    for name in names.given:
        if not permits(kept.authority, name):
            raise AuthorityError(_say("not_permitted", name=name))
    made = make_server(Issued(kept.authority, _authority_key(kept)), wanted(kept.authority, names), now)
    replace(kept.files.server, _pem(made.key) + made.certificate.public_bytes(Encoding.PEM), 0o600)
    return Kept(kept.files, kept.authority, made.certificate)


def _authority_key(kept: Kept) -> ec.EllipticCurvePrivateKey:
    path = kept.files.authority_key
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError):
        raise AuthorityError(_say("key_missing", path=path)) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != kept.authority.public_key():
        raise AuthorityError(_say("key_missing", path=path))
    return key


def _server(files: Files, authority: x509.Certificate) -> x509.Certificate | None:
    """Return the certificate if it is this authority's and its key is with it; anything else is made anew."""
    try:
        data = files.server.read_bytes()
        certificate, key = x509.load_pem_x509_certificate(data), load_pem_private_key(data, password=None)
        certificate.verify_directly_issued_by(authority)
    except (OSError, ValueError, TypeError, InvalidSignature):
        return None
    return certificate if certificate.public_key() == key.public_key() else None


def _save_authority(files: Files, authority: Issued) -> None:
    # The key first: an authority counts once its certificate is there.
    replace(files.authority_key, _pem(authority.key), 0o600)
    replace(files.authority, authority.certificate.public_bytes(Encoding.PEM), 0o644)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _say(what: str, **values: object) -> Text:
    """Return a sentence with its remedy."""
    said, remedy = words().text(f"state.{what}", **values), words().text(f"remedy.{what}", command=NEW_AUTHORITY)
    return Text(zh=f"{said.zh}{remedy.zh}", en=f"{said.en} {remedy.en}")


def _date(certificate: x509.Certificate) -> str:
    return f"{certificate.not_valid_after_utc:%Y-%m-%d}"
