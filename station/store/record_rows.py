"""What no event can make again: the journal itself, answers, names, curves, credentials."""

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, MetaData, column
from sqlalchemy import Text as LongText
from sqlmodel import Field, SQLModel

_SEQ = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits in both; under this name SQLite takes the key for its own row number and appends without an index."""

COMPACT = {"sqlite_with_rowid": False}
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
    __table_args__ = COMPACT
    client: str = Field(primary_key=True)
    command_id: str = Field(primary_key=True)
    body_sha256: str
    reply: str = Field(sa_type=LongText)
    at: str = Field(index=True)


class PersonalRow(Row, table=True):
    """Values that name a person or a vehicle, with the event that committed to them; rows can be erased."""

    __tablename__ = "personal"
    __table_args__ = (_VEHICLES, COMPACT)
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
