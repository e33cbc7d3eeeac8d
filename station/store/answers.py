"""What questions to the station's database are answered with; times are UTC text as in the events."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StageTime:
    """One wait and work on a stage."""

    serial: str
    number: int
    stage: str
    attempt: int
    waiting_at: str
    started_at: str | None
    finished_at: str | None
    by: str | None
    bay: str | None


@dataclass(frozen=True)
class Session:
    """A person who is logged in on a client."""

    token_sha256: str
    client: str
    staff: str
    roles: tuple[str, ...]
    opened_at: str


@dataclass(frozen=True)
class Report:
    """A signed attempt and its report; ``size`` is in bytes.

    ``seal_*`` are None until it is sealed; ``sha256``, ``size`` and ``issued_at`` until it is issued.
    """

    report_no: str
    serial: str
    attempt: int
    conclusion: str | None
    signed_by: str | None
    signed_at: str | None
    sha256: str | None
    size: int | None
    issued_at: str | None
    seal_key: str | None
    seal_signature: str | None


@dataclass(frozen=True)
class Print:
    """One print of a report: what came of it, and when; ``state`` and ``detail`` as in ``report.printed``."""

    report_no: str
    copy_no: int
    serial: str
    attempt: int
    language: str
    state: str
    printer: str
    detail: str
    requested_at: str
    ended_at: str | None


@dataclass(frozen=True)
class Photo:
    """One photo that was kept as a file of that hash, and what it shows."""

    serial: str
    attempt: int
    item: str
    point: str
    sha256: str
    media: str
    size: int
    at: str


@dataclass(frozen=True)
class Fork:
    """Where the ledger went on from an older backup: that event, the backup's end, and how far the other branch was."""

    seq: int
    at: str
    hash: str
    size: int
    head: str
    lost_size: int
    lost_head: str


@dataclass(frozen=True)
class RigState:
    """What a rig last said of itself: online, offline or fault, why, since when."""

    rig: str
    state: str
    reason: str
    at: str


@dataclass(frozen=True)
class RigCheck:
    """The last result of one check of a rig."""

    rig: str
    name: str
    passed: bool
    detail: str
    at: str
