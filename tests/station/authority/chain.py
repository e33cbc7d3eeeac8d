"""Certificates for tests: folders of keys, servers' files of any date and name, and a handshake without a network."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from station.authority.certificates import Issued, make_server
from station.authority.files import Files
from station.authority.keeper import Kept, ensure, read
from station.authority.names import Names

HERE = Names(("localhost", "127.0.0.1"))


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def make_keys(folder: Path, names: Names = HERE) -> Kept:
    """Make the keys of a station ``test``."""
    return ensure(folder, "test", names, now())


def issue(folder: Path, names: Sequence[str], at: datetime) -> None:
    """Have a folder's authority issue for any name as of any date, whatever it should."""
    key = load_pem_private_key(Files(folder).authority_key.read_bytes(), password=None)
    put(folder, make_server(Issued(read(folder).authority, key), names, at))


def put(folder: Path, issued: Issued) -> None:
    """Put a pair in the place of the server's."""
    key = issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    Files(folder).server.write_bytes(key + issued.certificate.public_bytes(Encoding.PEM))


def handshake(keys: Path, authority: Path, host: str) -> str | None:
    """Return the TLS version that a client of an authority agrees on with a folder's server.

    Raises:
        ssl.SSLCertVerificationError: the client does not trust it for that host.
    """
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(Files(keys).server)
    trusting = ssl.create_default_context(cafile=authority)
    # What newer versions of Python ask for by themselves.
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(back, there, server_hostname=host)
    server = serving.wrap_bio(there, back, server_side=True)
    for end in (client, server, client, server):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return client.version()
