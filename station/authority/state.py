"""Whether the station's certificates hold, told ahead: for doctor, for the line's locks, for ``station certs show``."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography import x509

from station.authority.certificates import names_of
from station.authority.keeper import NEW_AUTHORITY, RENEW_BEFORE, AuthorityError, Kept, read, wanted
from station.authority.names import Names
from station.authority.words import words
from station.model.text import Text

AUTHORITY_SOON = timedelta(days=90)
"""A new authority means a visit to every device: told in good time."""

Kind = Literal["ok", "expires_soon", "expired", "wrong_names", "unusable"]


@dataclass(frozen=True)
class CertificateState:
    """How it stands: ``days`` left (0 and less: expired), a sentence, and what to do (empty when all is well)."""

    kind: Kind
    days: int
    sentence: Text
    remedy: Text


def certificate_state(folder: Path, now: datetime, names: Names | None = None) -> CertificateState:
    """Return the state of a station's certificates.

    Args:
        folder: the station's folder of private keys.
        now: the true time.
        names: those that the certificate must hold; None: not looked at.
    """
    try:
        kept = read(folder)
    except AuthorityError as error:
        return CertificateState("unusable", 0, error.text, Text(zh="", en=""))
    if kept.server is None:
        return _state("unusable", "server_missing", 0, path=kept.files.server)
    return _dates(kept.authority, kept.server, now) or _names(kept, kept.server, names) or _soon(kept, kept.server, now)


def _dates(authority: x509.Certificate, server: x509.Certificate, now: datetime) -> CertificateState | None:
    for what, certificate in (("authority_expired", authority), ("expired", server)):
        if certificate.not_valid_after_utc <= now:
            return _state("expired", what, _days(certificate, now), date=_date(certificate))
    begin = max(authority.not_valid_before_utc, server.not_valid_before_utc)
    return _state("expired", "too_early", 0, date=f"{begin:%Y-%m-%d}") if begin > now else None


def _names(kept: Kept, server: x509.Certificate, names: Names | None) -> CertificateState | None:
    lacking = set(wanted(kept.authority, names)) - names_of(server) if names else set()
    return _state("wrong_names", "wrong_names", 0, names=", ".join(sorted(lacking))) if lacking else None


def _soon(kept: Kept, server: x509.Certificate, now: datetime) -> CertificateState:
    both = (("authority_soon", kept.authority, AUTHORITY_SOON), ("soon", server, RENEW_BEFORE))
    for what, certificate, ahead in both:
        if certificate.not_valid_after_utc - now < ahead:
            days = _days(certificate, now)
            return _state("expires_soon", what, days, date=_date(certificate), days=days)
    return _state("ok", "ok", _days(server, now), date=_date(server))


def _state(kind: Kind, what: str, left: int, **values: object) -> CertificateState:
    remedy = words().text(f"remedy.{what}", command=NEW_AUTHORITY)
    return CertificateState(kind, left, words().text(f"state.{what}", **values), remedy)


def _days(certificate: x509.Certificate, now: datetime) -> int:
    return (certificate.not_valid_after_utc - now).days


def _date(certificate: x509.Certificate) -> str:
    return f"{certificate.not_valid_after_utc:%Y-%m-%d}"
