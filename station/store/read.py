"""Questions to the station's database; nothing here writes.

Every function raises ``StoreError`` when the database cannot be read.
Times are UTC text as in the events.
"""

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, func, select

from station.model.canonical import sha256_hex
from station.model.event import GENESIS, Event, PersonalValue, StoredReply
from station.model.facts import LedgerSealed
from station.model.inspection import Inspection, State
from station.store.answers import Fork, Photo, Print, Report, RigCheck, RigState, Session, StageTime
from station.store.credential import Credential
from station.store.database import place
from station.store.errors import store_error, store_errors
from station.store.tables import table

OVER = (State.CLOSED.value, State.CANCELLED.value)
"""States of an inspection whose owner has the key again."""


def inspections(
    engine: Engine, open_only: bool = False, *, start: str = "", end: str = "9999"
) -> tuple[Inspection, ...]:
    """Return inspections in the order in which keys were taken: all, the open ones, those taken from start to end."""
    rows = table("inspection")
    query = select(rows.c.body).where(rows.c.keys_taken_at >= start, rows.c.keys_taken_at < end)
    if open_only:
        query = query.where(rows.c.state.not_in(OVER))
    found = _all(engine, query.order_by(rows.c.keys_taken_at, rows.c.serial))
    return tuple(Inspection.model_validate_json(row["body"]) for row in found)


def inspection(engine: Engine, serial: str) -> Inspection | None:
    """Return one inspection, None if there is none of that serial."""
    rows = table("inspection")
    found = _one(engine, select(rows.c.body).where(rows.c.serial == serial))
    return Inspection.model_validate_json(found["body"]) if found else None


def last_serial(engine: Engine, prefix: str) -> str | None:
    """Return the highest serial that begins so, None if there is none: the next number comes after it."""
    serial = table("inspection").c.serial
    found = _one(engine, select(func.max(serial).label("last")).where(serial.startswith(prefix, autoescape=True)))
    return found["last"] if found else None


def personal(engine: Engine, subject: str) -> dict[str, str]:
    """Return the newest personal values of a subject by field; what was erased is not in it."""
    rows = table("personal")
    query = select(rows.c.field, rows.c.value).where(rows.c.subject == subject).order_by(rows.c.field, rows.c.seq)
    return {row["field"]: row["value"] for row in _all(engine, query)}


def vehicles_like(engine: Engine, fragment: str, limit: int = 100) -> tuple[str, ...]:
    """Return the serials whose plate or VIN has that part, capitals or not, the newest first; none for no part."""
    rows = table("personal")
    found = rows.c.value.icontains(fragment, autoescape=True) & rows.c.field.in_(("plate", "vin"))
    query = select(rows.c.subject).distinct().where(found).order_by(rows.c.subject.desc()).limit(limit)
    return tuple(row["subject"] for row in _all(engine, query)) if fragment else ()


def personal_values(engine: Engine) -> Iterator[tuple[int, PersonalValue]]:
    """Yield every personal value with the number of the event that was stored with it."""
    rows = table("personal")
    for row in _all(engine, select(rows).order_by(rows.c.seq, rows.c.subject, rows.c.field)):
        seq = row["seq"]
        yield seq, PersonalValue(row["subject"], row["field"], row["value"], row["salt"])


def personal_value(engine: Engine, subject: str, field: str) -> PersonalValue | None:
    """Return the newest personal value of a subject with its salt, None if there is none or it was erased."""
    rows = table("personal")
    query = select(rows).where(rows.c.subject == subject, rows.c.field == field).order_by(rows.c.seq.desc()).limit(1)
    found = _one(engine, query)
    return PersonalValue(subject, field, found["value"], found["salt"]) if found else None


def signing_keys(engine: Engine) -> tuple[str, ...]:
    """Return the ids of the signing keys that the ledger knows, in the order of their enrolment: the last is in use."""
    rows = table("signing_key")
    return tuple(row["key"] for row in _all(engine, select(rows.c.key).order_by(rows.c.seq)))


def checkpoint(engine: Engine) -> LedgerSealed | None:
    """Return the newest checkpoint of the ledger, None if there is none."""
    found = _one(engine, select(table("checkpoint").c.body))
    return LedgerSealed.model_validate_json(found["body"]) if found else None


def evidence(engine: Engine, sha256: str) -> bytes:
    """Return the canonical bytes of a run's curves.

    Raises:
        StoreError: there are none of that hash, or they do not have that hash any more.
    """
    rows = table("evidence")
    found = _one(engine, select(rows.c.data).where(rows.c.sha256 == sha256))
    if found is None:
        raise store_error("no_evidence", place(engine), sha256=sha256)
    data = unpacked(bytes(found["data"]))
    if data is None or sha256_hex(data) != sha256:
        raise store_error("bad_evidence", place(engine), sha256=sha256)
    return data


def unpacked(data: bytes) -> bytes | None:
    """Return what was compressed, None if the stream is damaged."""
    try:
        return zlib.decompress(data)
    except zlib.error:
        return None


def stage_times(engine: Engine, start: str = "", end: str = "9999") -> tuple[StageTime, ...]:
    """Return the stage times whose waiting began from ``start`` until before ``end``."""
    rows = table("stage_time")
    query = select(rows).where(rows.c.waiting_at >= start, rows.c.waiting_at < end)
    return tuple(
        StageTime(**row) for row in _all(engine, query.order_by(rows.c.waiting_at, rows.c.serial, rows.c.number))
    )


def find_session(engine: Engine, token: str) -> Session | None:
    """Return the open session of a token, None if there is none; the SHA-256 of the token's UTF-8 is stored."""
    wanted = sha256_hex(token.encode())
    return next((session for session in open_sessions(engine) if session.token_sha256 == wanted), None)


def open_sessions(engine: Engine) -> tuple[Session, ...]:
    """Return the people who are logged in, one for each client at most."""
    session, staff = table("session"), table("staff")
    columns = (session.c.token_sha256, session.c.client, session.c.staff, session.c.opened_at, staff.c.roles)
    query = select(*columns).join(staff, staff.c.staff == session.c.staff, isouter=True).where(session.c.open)
    found = _all(engine, query.order_by(session.c.opened_at, session.c.client))
    return tuple(Session(**{**row, "roles": _roles(row["roles"] or "")}) for row in found)


def staff(engine: Engine) -> dict[str, tuple[str, ...]]:
    """Return the roles of every person of the station, by opaque id."""
    rows = table("staff")
    return {row["staff"]: _roles(row["roles"]) for row in _all(engine, select(rows).order_by(rows.c.staff))}


def credential(engine: Engine, staff: str) -> Credential | None:
    """Return how a person's PIN is checked, None if the person has none."""
    rows = table("credential")
    found = _one(engine, select(rows).where(rows.c.staff == staff))
    return Credential(found["staff"], bytes(found["salt"]), bytes(found["hash"])) if found else None


def reports(engine: Engine, serial: str | None = None) -> tuple[Report, ...]:
    """Return signed attempts with their reports in the order of signing: all, or those of one inspection."""
    rows = table("report")
    query = select(rows).order_by(rows.c.signed_at, rows.c.report_no)
    return tuple(Report(**row) for row in _all(engine, _of(query, rows, serial)))


def prints(engine: Engine, serial: str | None = None) -> tuple[Print, ...]:
    """Return the prints of reports in the order in which they were asked for: all, or those of one inspection."""
    rows = table("print")
    query = select(rows).order_by(rows.c.requested_at, rows.c.report_no, rows.c.copy_no)
    return tuple(Print(**row) for row in _all(engine, _of(query, rows, serial)))


def photos(engine: Engine, serial: str | None = None) -> tuple[Photo, ...]:
    """Return the photos that were kept, in their order: all, or those of one inspection."""
    rows = table("photo")
    query = select(rows).order_by(rows.c.at, rows.c.item, rows.c.point, rows.c.sha256)
    return tuple(Photo(**row) for row in _all(engine, _of(query, rows, serial)))


def evidence_files(engine: Engine) -> frozenset[str]:
    """Return the hash of every file that the ledger names: issued reports and photos."""
    report, photo = table("report"), table("photo")
    issued = select(report.c.sha256).where(report.c.sha256.is_not(None))
    return frozenset(row["sha256"] for query in (issued, select(photo.c.sha256)) for row in _all(engine, query))


def forks(engine: Engine) -> tuple[Fork, ...]:
    """Return where the ledger went on from an older backup, in order; mostly nowhere."""
    rows = table("fork")
    return tuple(Fork(**row) for row in _all(engine, select(rows).order_by(rows.c.seq)))


def rig_states(engine: Engine) -> tuple[RigState, ...]:
    """Return what every rig last said of itself."""
    rows = table("rig_state")
    return tuple(RigState(**row) for row in _all(engine, select(rows).order_by(rows.c.rig)))


def rig_checks(engine: Engine, rig: str) -> tuple[RigCheck, ...]:
    """Return the last result of each check of a rig."""
    rows = table("rig_check")
    return tuple(RigCheck(**row) for row in _all(engine, select(rows).where(rows.c.rig == rig).order_by(rows.c.name)))


def stored_reply(engine: Engine, client: str, command_id: str) -> StoredReply | None:
    """Return the answer that a client's command got, None if it was never answered."""
    rows = table("reply")
    columns = (rows.c.client, rows.c.command_id, rows.c.body_sha256, rows.c.reply)
    found = _one(engine, select(*columns).where(rows.c.client == client, rows.c.command_id == command_id))
    return StoredReply(**found) if found else None


def events_since(engine: Engine | Connection, seq: int, limit: int = 1000) -> tuple[Event, ...]:
    """Return the events after number ``seq``, at most ``limit``, exactly as they are stored.

    Given a connection, it is read as the connection's transaction sees it.
    """
    rows = table("event")
    query = select(rows).where(rows.c.seq > seq).order_by(rows.c.seq).limit(limit)
    # Not validated: a verifier must see a row as it is, and the writer has checked it once.
    return tuple(Event.model_construct(None, **row) for row in _all(engine, query))


def last_event(engine: Engine, kind: str) -> Event | None:
    """Return the newest event of a kind, None if there is none."""
    rows = table("event")
    found = _one(engine, select(rows).where(rows.c.kind == kind).order_by(rows.c.seq.desc()).limit(1))
    return Event.model_construct(None, **found) if found else None


def event_pages(engine: Engine | Connection, page: int = 1000) -> Iterator[tuple[Event, ...]]:
    """Yield every event, in tuples of at most ``page``."""
    seq = -(2**63)
    while events := events_since(engine, seq, page):
        yield events
        seq = events[-1].seq


def head(engine: Engine) -> tuple[int, str]:
    """Return number and hash of the last event; 0 and 64 zeros while there is none."""
    rows = table("event")
    found = _one(engine, select(rows.c.seq, rows.c.hash).order_by(rows.c.seq.desc()).limit(1))
    return (found["seq"], found["hash"]) if found else (0, GENESIS)


def projected(engine: Engine) -> int:
    """Return the number of the last event that the projections hold."""
    found = _one(engine, select(table("projected").c.seq))
    return found["seq"] if found else 0


def _of(query: Select[Any], rows: Table, serial: str | None) -> Select[Any]:
    return query if serial is None else query.where(rows.c.serial == serial)


def _roles(joined: str) -> tuple[str, ...]:
    return tuple(role for role in joined.split(",") if role)


@contextmanager
def _reading(source: Engine | Connection) -> Iterator[Connection]:
    with store_errors(place(source.engine)):
        if isinstance(source, Connection):
            yield source
        else:
            with source.connect() as connection:
                yield connection


def _all(engine: Engine | Connection, query: Select[Any]) -> list[Mapping[str, Any]]:
    with _reading(engine) as connection:
        return [row._asdict() for row in connection.execute(query)]


def _one(engine: Engine, query: Select[Any]) -> Mapping[str, Any] | None:
    with _reading(engine) as connection:
        found = connection.execute(query).first()
    return found._asdict() if found is not None else None
