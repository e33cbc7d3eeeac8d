"""Signatures over the ledger: what exactly is signed, by whom, and whether it holds. Pure: no clock, no file.

Ed25519 (RFC 8032) over canonical JSON. Each kind of seal signs an object with other names in it, so that a signature
of one kind can never stand for another.
"""

import re
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from station.model.canonical import canonical, sha256_hex
from station.model.facts import KeyEnrolled, LedgerForked, LedgerSealed, ReportSealed
from station.model.proof import Essence

ID_DIGITS = 16
HEX_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
_HEX_SIGNATURE = re.compile(r"[0-9a-f]{128}", re.ASCII)


def key_id(public: str) -> str:
    """Return the id of a raw public key (hexadecimal): the first 16 hexadecimal digits of its SHA-256.

    Raises:
        ValueError: not hexadecimal.
    """
    return sha256_hex(bytes.fromhex(public))[:ID_DIGITS]


@dataclass(frozen=True)
class SigningKey:
    """A private key of the station."""

    private: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> str:
        """Return the raw public key, hexadecimal."""
        return self.private.public_key().public_bytes_raw().hex()

    @property
    def id(self) -> str:
        """Return the key's id."""
        return key_id(self.public)

    def sign(self, data: bytes) -> str:
        """Return the signature, hexadecimal."""
        return self.private.sign(data).hex()


def holds(public: str, data: bytes, signature: str) -> bool:
    """Say whether a signature is that of a raw public key over these bytes; both are hexadecimal."""
    if not HEX_KEY.fullmatch(public) or not _HEX_SIGNATURE.fullmatch(signature):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def succession_bytes(station: str, body: KeyEnrolled) -> bytes:
    """Return what the key before signs of a new key."""
    return canonical({"station": station, "key": body.key, "public": body.public})


def checkpoint_bytes(station: str, body: LedgerSealed) -> bytes:
    """Return what is signed of a checkpoint."""
    return canonical({"station": station, "size": body.size, "head": body.head, "at": body.at})


def fork_bytes(station: str, body: LedgerForked) -> bytes:
    """Return what is signed of a fork."""
    lost = {"lost_size": body.lost_size, "lost_head": body.lost_head}
    return canonical({"station": station, "size": body.size, "head": body.head, **lost})


def enrol_key(station: str, new: SigningKey, replaces: str | None = None, old: SigningKey | None = None) -> KeyEnrolled:
    """Return the fact that a key is the station's from now on, with the word of the key before it if that is there."""
    draft = KeyEnrolled(key=new.id, public=new.public, replaces=replaces, signature=None)
    if old is None:
        return draft
    return draft.model_copy(update={"signature": old.sign(succession_bytes(station, draft))})


def seal_ledger(key: SigningKey, station: str, size: int, head: str, at: str) -> LedgerSealed:
    """Return a checkpoint over the first ``size`` events."""
    draft = LedgerSealed(size=size, head=head, at=at, key=key.id, signature="")
    return draft.model_copy(update={"signature": key.sign(checkpoint_bytes(station, draft))})


def seal_fork(
    key: SigningKey, station: str, head: tuple[int, str], lost: tuple[int, str], reason_commitment: str
) -> LedgerForked:
    """Return the fact that the ledger goes on after ``head`` (size and hash), without what led to ``lost``."""
    draft = LedgerForked(
        size=head[0],
        head=head[1],
        lost_size=lost[0],
        lost_head=lost[1],
        reason_commitment=reason_commitment,
        key=key.id,
        signature="",
    )
    return draft.model_copy(update={"signature": key.sign(fork_bytes(station, draft))})


def seal_report(key: SigningKey, essence: Essence, attempt: int) -> ReportSealed:
    """Return the seal of one attempt's report."""
    return ReportSealed(
        attempt=attempt,
        report_no=essence.report_no,
        signed_seq=essence.seq,
        signed_hash=essence.hash,
        key=key.id,
        signature=key.sign(essence.to_bytes()),
    )
