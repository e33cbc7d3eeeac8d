"""Whom a client trusts, and what is said when a certificate is not to be trusted."""

import ssl
from pathlib import Path

from station.bus.words import words
from station.model.os_text import os_text
from station.model.text import SaidError, Text

# The numbers are OpenSSL's (X509_V_ERR_*).
_REASONS = {9: "early", 10: "expired", 62: "name", 64: "name"}


class TrustError(SaidError):
    """The file of the authority cannot be used; says which and what to do."""


class _Socket(ssl.SSLSocket):
    """A socket that does not stay open behind a handshake that failed: paho would leave it so."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except TimeoutError as error:
            self.close()
            raise ssl.SSLError("no answer to the handshake") from error
        except OSError:
            self.close()
            raise


def trusting(authority: Path | None) -> ssl.SSLContext:
    """Return a client's context that trusts one authority only, or this machine's own list for None.

    Raises:
        TrustError: the file is not there, or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=authority)
    except (OSError, ssl.SSLError) as error:
        why = words().text("authority.no_certificate") if isinstance(error, ssl.SSLError) else os_text(error)
        raise TrustError(words().text("authority.file", path=authority, why=why)) from error
    context.sslsocket_class = _Socket
    return context


def distrust(error: ssl.SSLError, url: str) -> Text:
    """Return why a connection over TLS was not made, and what to do."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return words().text(f"trust.{_REASONS.get(error.verify_code, 'stranger')}", url=url)
    return words().text("trust.plain", url=url)
