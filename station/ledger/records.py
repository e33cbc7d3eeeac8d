"""Everything of an entry that is a record and not a projection, written in the caller's transaction."""

import zlib

from station.ledger.errors import DuplicateCommand, LedgerError
from station.ledger.statement import Cursor, Statements
from station.model.canonical import sha256_hex
from station.model.event import Entry, Event, PersonalValue, StoredReply
from station.model.facts import RunFinished
from station.store.credential import Credential
from station.store.errors import driver_errors
from station.store.tables import table


def check_entry(entry: Entry, where: str) -> None:
    """Refuse an entry that would not be complete.

    Raises:
        LedgerError: a run comes without its curves.
        ValueError: evidence of another hash, or something besides a reply although there is no fact.
    """
    for sha256, data in entry.evidence.items():
        if sha256_hex(data) != sha256:
            raise ValueError(f"evidence {sha256} has another hash")
    for body in (fact.body for fact in entry.facts):
        if isinstance(body, RunFinished) and body.evidence_sha256 not in entry.evidence:
            raise LedgerError.of("no_evidence", where, run=body.run)
    if not entry.facts and (entry.personal or entry.evidence or entry.reply is None):
        raise ValueError("an entry without facts can hold a reply only")


def write_reply(cursor: Cursor, statements: Statements, reply: StoredReply, at: str, where: str) -> None:
    """Write the answer to a command.

    Raises:
        DuplicateCommand: the command was answered before.
    """
    row = {"client": reply.client, "command_id": reply.command_id, "body_sha256": reply.body_sha256}
    try:
        statements.insert(cursor, table("reply"), {**row, "reply": reply.reply, "at": at})
    except driver_errors("IntegrityError"):
        about = {"client": reply.client, "command_id": reply.command_id}
        raise DuplicateCommand.of("answered", where, **about) from None


def write_events(cursor: Cursor, statements: Statements, events: tuple[Event, ...]) -> None:
    """Write events as they are."""
    for event in events:
        statements.insert(cursor, table("event"), event.__dict__)


def write_evidence(cursor: Cursor, statements: Statements, evidence: dict[str, bytes]) -> None:
    """Write curves, compressed; the same curves twice are one row."""
    for sha256, data in evidence.items():
        statements.upsert(cursor, table("evidence"), {"sha256": sha256, "data": zlib.compress(data)})


def write_personal(cursor: Cursor, statements: Statements, values: tuple[PersonalValue, ...], seq: int) -> None:
    """Write personal values, under the number of the last event of their entry."""
    for value in values:
        key = {"subject": value.subject, "field": value.field, "seq": seq}
        statements.upsert(cursor, table("personal"), {**key, "value": value.value, "salt": value.salt})


def write_credential(cursor: Cursor, statements: Statements, credential: Credential) -> None:
    """Write how a person's PIN is checked; it replaces the one before."""
    row = {"staff": credential.staff, "salt": credential.salt, "hash": credential.hash}
    statements.upsert(cursor, table("credential"), row)
