"""One entry of the ledger, and what is asked of the ledger to make one."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from station.model.base import Frozen
from station.model.canonical import canonical, sha256_hex
from station.model.facts import BODY_OF, Body

GENESIS = "0" * 64


class Event(Frozen):
    """A stored event.

    ``hash`` is SHA-256 over the 32 raw bytes of ``prev_hash`` and the canonical bytes of the other fields.
    ``seq`` and ``mono_ns`` are 64-bit numbers and stand as strings in the canonical form;
    ``at`` is UTC with microseconds (``2026-11-22T08:00:00.000000Z``); ``body`` is kept as the exact canonical text.
    """

    seq: int
    boot_id: str
    mono_ns: int
    at: str
    kind: str
    version: int
    subject: str
    actor: str
    device: str
    body: str
    prev_hash: str
    hash: str


@dataclass(frozen=True)
class Fact:
    """Something that happened, before it has a number; ``subject`` is mostly a serial, ``actor`` a staff id."""

    subject: str
    actor: str
    device: str
    body: Body


@dataclass(frozen=True)
class PersonalValue:
    """A value that names a person or a vehicle: kept beside the chain, with the salt of its commitment."""

    subject: str
    field: str
    value: str
    salt: str

    @property
    def commitment(self) -> str:
        """Return what stands in the chain instead: SHA-256 of salt, field and value, joined by line feeds."""
        return sha256_hex("\n".join((self.salt, self.field, self.value)).encode())


@dataclass(frozen=True)
class StoredReply:
    """The answer to a command, kept so that the same command sent again gets the same answer."""

    client: str
    command_id: str
    body_sha256: str
    reply: str


def sealed(reply: StoredReply, last: Event) -> StoredReply:
    """Return the reply with number and hash of the last event that its command wrote: what the client may rely on."""
    text = {**json.loads(reply.reply), "seq": last.seq, "hash": last.hash}
    return replace(reply, reply=json.dumps(text, ensure_ascii=False))


@dataclass(frozen=True)
class Entry:
    """One transaction of the ledger: facts, evidence (hash to bytes), personal values, the reply to the command."""

    facts: tuple[Fact, ...]
    personal: tuple[PersonalValue, ...] = ()
    evidence: dict[str, bytes] = field(default_factory=dict)
    reply: StoredReply | None = None


def hashed_part(event: Event) -> dict[str, Any]:
    """Return the fields that the hash covers beside ``prev_hash``, in their canonical JSON form."""
    return {
        "seq": str(event.seq),
        "boot_id": event.boot_id,
        "mono_ns": str(event.mono_ns),
        "at": event.at,
        "kind": event.kind,
        "version": event.version,
        "subject": event.subject,
        "actor": event.actor,
        "device": event.device,
        "body": event.body,
    }


def event_hash(event: Event) -> str:
    """Return the hash that the event must have."""
    return sha256_hex(bytes.fromhex(event.prev_hash) + canonical(hashed_part(event)))


def body_of(event: Event) -> Body:
    """Return the typed body of an event of the newest version.

    Raises:
        KeyError: a kind that this software does not know.
        pydantic.ValidationError: a body that is not of its kind.
    """
    return BODY_OF[event.kind].model_validate_json(event.body)
