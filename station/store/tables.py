"""The tables of a station's database.

``event``, ``reply``, ``personal``, ``evidence``, ``credential`` and ``meta`` are records;
everything in ``PROJECTIONS`` can be made again from the events at any time.
Times are UTC text (``2026-11-22T08:00:00.000000Z``), so that they sort, compare and hash as they stand.
"""

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, MetaData, Table, column
from sqlalchemy import Text as LongText
from sqlmodel import Field, SQLModel

SCHEMA_VERSION = 2
"""Steps when a table changes its shape, with a step in ``station.store.migrations``; a higher one is refused."""

_SEQ = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits in both; under this name SQLite takes the key for its own row number and appends without an index."""

_COMPACT = {"sqlite_with_rowid": False}
"""Small rows live in the index of their key itself: one page less to write at each commit."""


_IS_VEHICLE = column("field").in_(("plate", "vin"))
_VEHICLES = Index("ix_personal_vehicle", "value", "subject", sqlite_where=_IS_VEHICLE, postgresql_where=_IS_VEHICLE)
"""Plates and VINs alone, for the search by a part of one; free text is longer than an index may hold."""


class Row(SQLModel):
    """What the tables of a station have in common: a catalogue of their own."""

    metadata = MetaData()


class EventRow(Row, table=True):
    """The journal: one row an event, the body as its exact canonical text."""

    __tablename__ = "event"
    seq: int = Field(
        sa_type=_SEQ,
        primary_key=True,
        sa_column_kwargs={"autoincrement": False},
    )
    boot_id: str
    mono_ns: int = Field(sa_type=BigInteger)
    at: str
    kind: str
    version: int
    subject: str
    actor: str
    device: str
    body: str = Field(sa_type=LongText)
    prev_hash: str
    hash: str


class ReplyRow(Row, table=True):
    """The answers to commands, for a command that is sent again."""

    __tablename__ = "reply"
    __table_args__ = _COMPACT
    client: str = Field(primary_key=True)
    command_id: str = Field(primary_key=True)
    body_sha256: str
    reply: str = Field(sa_type=LongText)
    at: str = Field(index=True)


class PersonalRow(Row, table=True):
    """Values that name a person or a vehicle, with the event that committed to them; rows can be erased."""

    __tablename__ = "personal"
    __table_args__ = (_VEHICLES, _COMPACT)
    subject: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    value: str
    salt: str


class EvidenceRow(Row, table=True):
    """Raw curves: the zlib stream of the canonical bytes that have this hash."""

    __tablename__ = "evidence"
    sha256: str = Field(primary_key=True)
    data: bytes = Field(sa_type=LargeBinary)


class CredentialRow(Row, table=True):
    """How a PIN is checked: scrypt, with a salt for each person."""

    __tablename__ = "credential"
    staff: str = Field(primary_key=True)
    salt: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)


class MetaRow(Row, table=True):
    """What the database says of itself: ``schema`` (version) and ``station`` (id)."""

    __tablename__ = "meta"
    key: str = Field(primary_key=True)
    value: str


class InspectionRow(Row, table=True):
    """Projection: one inspection, whole, as JSON text in ``body``."""

    __tablename__ = "inspection"
    serial: str = Field(primary_key=True)
    state: str = Field(index=True)
    attempt: int
    keys_taken_at: str = Field(index=True)
    keys_returned_at: str | None
    vehicle_id: str | None = Field(index=True)
    body: str = Field(sa_type=LongText)


class ItemResultRow(Row, table=True):
    """Projection: one item of one attempt."""

    __tablename__ = "item_result"
    __table_args__ = _COMPACT
    serial: str = Field(primary_key=True)
    attempt: int = Field(primary_key=True)
    code: str = Field(primary_key=True)
    state: str
    outcome: str | None
    runs: int
    voided: int
    run: str | None
    by: str | None


class RunRow(Row, table=True):
    """Projection: one run of a rig; ``covers`` are the other items that it measured, joined by commas."""

    __tablename__ = "run"
    __table_args__ = _COMPACT
    serial: str = Field(primary_key=True)
    run: str = Field(primary_key=True)
    item: str
    covers: str
    attempt: int
    rig: str
    bay: str
    state: str
    started_at: str
    ended_at: str | None
    samples: int
    lost: int
    evidence_sha256: str | None
    reason: str | None


class StageTimeRow(Row, table=True):
    """Projection: one wait and work on a stage; ``number`` counts them within the inspection."""

    __tablename__ = "stage_time"
    __table_args__ = _COMPACT
    serial: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    stage: str
    attempt: int
    waiting_at: str = Field(index=True)
    started_at: str | None
    finished_at: str | None
    by: str | None
    bay: str | None


class SessionRow(Row, table=True):
    """Projection: who is logged in where."""

    __tablename__ = "session"
    token_sha256: str = Field(primary_key=True)
    client: str = Field(index=True)
    staff: str
    open: bool
    opened_at: str
    closed_at: str | None


class StaffRow(Row, table=True):
    """Projection: the people of the station, by opaque id; ``roles`` joined by commas."""

    __tablename__ = "staff"
    staff: str = Field(primary_key=True)
    roles: str


class ReportRow(Row, table=True):
    """Projection: a signed attempt, then its seal, then its report; ``sha256`` and ``size`` are of the file."""

    __tablename__ = "report"
    report_no: str = Field(primary_key=True)
    serial: str = Field(index=True)
    attempt: int
    conclusion: str | None
    signed_by: str | None
    signed_at: str | None
    sha256: str | None
    size: int | None = Field(sa_type=BigInteger)
    issued_at: str | None
    seal_key: str | None
    seal_signature: str | None


class PrintRow(Row, table=True):
    """Projection: one print of a report, and what came of it; copy 1 is the original."""

    __tablename__ = "print"
    __table_args__ = _COMPACT
    report_no: str = Field(primary_key=True)
    copy_no: int = Field(primary_key=True)
    serial: str
    attempt: int
    language: str
    state: str
    printer: str
    detail: str
    requested_at: str
    ended_at: str | None


class PhotoRow(Row, table=True):
    """Projection: one photo that stands as a file of that hash, and what it shows; ``size`` in bytes."""

    __tablename__ = "photo"
    __table_args__ = _COMPACT
    serial: str = Field(primary_key=True)
    attempt: int = Field(primary_key=True)
    item: str = Field(primary_key=True)
    point: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True, index=True)
    media: str
    size: int = Field(sa_type=BigInteger)
    at: str


class ChecklistRow(Row, table=True):
    """Projection: one point of a check-list; ``outcome`` is None until a person recorded it, ``defects`` are codes."""

    __tablename__ = "checklist"
    __table_args__ = _COMPACT
    serial: str = Field(primary_key=True)
    attempt: int = Field(primary_key=True)
    item: str = Field(primary_key=True)
    point: str = Field(primary_key=True)
    outcome: str | None
    defects: str
    photos: int


class RigStateRow(Row, table=True):
    """Projection: what a rig last said of itself."""

    __tablename__ = "rig_state"
    rig: str = Field(primary_key=True)
    state: str
    reason: str
    at: str


class RigCheckRow(Row, table=True):
    """Projection: the last result of each check of a rig."""

    __tablename__ = "rig_check"
    rig: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    passed: bool
    detail: str
    at: str


class SigningKeyRow(Row, table=True):
    """Projection: the station's signing keys by the event that enrolled them; the last one is in use."""

    __tablename__ = "signing_key"
    seq: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    key: str
    public: str


class CheckpointRow(Row, table=True):
    """Projection: the newest checkpoint (one row), as the body of its event."""

    __tablename__ = "checkpoint"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    body: str = Field(sa_type=LongText)


class ForkRow(Row, table=True):
    """Projection: where the ledger went on from an older backup; ``hash`` is that of the event that says so."""

    __tablename__ = "fork"
    seq: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: str
    hash: str
    size: int = Field(sa_type=BigInteger)
    head: str
    lost_size: int = Field(sa_type=BigInteger)
    lost_head: str


class ProjectedRow(Row, table=True):
    """Projection: the last event that the projections hold (one row)."""

    __tablename__ = "projected"
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int = Field(sa_type=BigInteger)


METADATA = Row.metadata


def table(name: str) -> Table:
    """Return the Core table of that name."""
    return METADATA.tables[name]


PROJECTIONS: tuple[Table, ...] = tuple(
    table(name)
    for name in (
        "inspection",
        "item_result",
        "run",
        "stage_time",
        "session",
        "staff",
        "report",
        "print",
        "photo",
        "checklist",
        "rig_state",
        "rig_check",
        "signing_key",
        "checkpoint",
        "fork",
        "projected",
    )
)

RECORDS: tuple[Table, ...] = tuple(each for each in METADATA.sorted_tables if each not in PROJECTIONS)
"""What no event can make again."""
