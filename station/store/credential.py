"""How a PIN is kept and checked: scrypt, so that a stolen database does not give the PINs away cheaply."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

_COST, _BLOCK, _LANES = 2**14, 8, 1
"""RFC 7914 parameters: 16 MiB and some 50 ms for each try."""


@dataclass(frozen=True)
class Credential:
    """The salt and the hash of one person's PIN; neither is shown by ``repr``."""

    staff: str
    salt: bytes = field(repr=False)
    hash: bytes = field(repr=False)

    def matches(self, pin: str) -> bool:
        """Return whether that is the PIN, in a time that does not depend on the answer."""
        return hmac.compare_digest(_scrypt(pin, self.salt), self.hash)


def make_credential(staff: str, pin: str) -> Credential:
    """Return a credential with a salt of its own."""
    salt = secrets.token_bytes(16)
    return Credential(staff=staff, salt=salt, hash=_scrypt(pin, salt))


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES, dklen=32)
