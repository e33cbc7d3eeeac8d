"""Tables that are only another view of the events; each can be made again from them at any time."""

from sqlalchemy import BigInteger
from sqlalchemy import Text as LongText
from sqlmodel import Field

from station.store.record_rows import COMPACT, Row


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
    __table_args__ = COMPACT
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
    __table_args__ = COMPACT
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
    __table_args__ = COMPACT
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
    __table_args__ = COMPACT
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
    __table_args__ = COMPACT
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
    __table_args__ = COMPACT
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
