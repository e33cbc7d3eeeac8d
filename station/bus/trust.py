"""Whom a client trusts, and what is said when a certificate is not to be trusted."""

import json
import ssl
from functools import cache
from importlib.resources import files
from pathlib import Path

from station.model.text import LANGUAGES, Catalogue, Text

# The numbers are OpenSSL's (X509_V_ERR_*).
_REASONS = {9: "early", 10: "expired", 62: "name", 64: "name"}


class TrustError(Exception):
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
        raise TrustError(
            f"the authority's file {authority} cannot be used ({error.strerror or error}): start the station once "
            "with 'station run', which makes it, or copy the station's own file there"
        ) from error
    context.sslsocket_class = _Socket
    return context


def distrust(error: ssl.SSLError, url: str) -> Text:
    """Return why a connection over TLS was not made, and what to do."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _words().text(f"trust.{_REASONS.get(error.verify_code, 'stranger')}", url=url)
    return _words().text("trust.plain", url=url)


@cache
def _words() -> Catalogue:
    folder = files("station.bus") / "texts"
    return Catalogue({lang: json.loads((folder / f"{lang}.json").read_text("utf-8")) for lang in LANGUAGES})
