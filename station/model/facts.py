"""The kinds of events in the ledger, and what their bodies hold.

No body holds personal data: plates, VINs, names and free text stand as salted commitments (64 hexadecimal digits),
their values in the ``personal`` table beside the chain, under the same subject and field.
"""

from typing import Any, ClassVar, Literal

from pydantic import Field

from station.model.base import Frozen
from station.model.capture import EndState
from station.model.codes import Role, Stage
from station.model.vehicle import Category, Circumstances, Vehicle
from station.model.verdict import ItemVerdict, Outcome, PackRef

Location = Literal[
    "front", "rear", "left", "right", "front_left", "front_right", "rear_left", "rear_right", "inside", "underneath"
]
"""Where on the vehicle a defect is, seen in its direction of travel."""

Conclusion = Literal["pass", "fail", "invalid"]
"""Conclusion of one attempt: invalid when an item could not be measured or judged."""


class Body(Frozen):
    """The body of one kind of event; ``version`` steps when its shape changes."""

    kind: ClassVar[str]
    version: ClassVar[int] = 1

    def to_json(self) -> dict[str, Any]:
        """Return the body as JSON values without floats: decimals stand as strings."""
        return self.model_dump(mode="json")


class StationStarted(Body):
    """The line has started: a new epoch, with everything that shapes its work."""

    kind = "station.started"
    epoch: str
    software: str
    simulated: bool
    speed: str
    config_sha256: str
    packs: tuple[PackRef, ...]


class ConfigChanged(Body):
    """The configuration file is another one than at the start before; hashes of its bytes."""

    kind = "config.changed"
    sha256: str
    before: str


class KeyEnrolled(Body):
    """A signing key of the station: ``public`` is the raw Ed25519 key in hexadecimal, ``key`` its id.

    ``replaces`` is the id of the key before, and ``signature`` that key's own word for this one (both None the first
    time), over the canonical JSON of station, key and public.
    """

    kind = "key.enrolled"
    key: str
    public: str
    replaces: str | None
    signature: str | None


class LedgerSealed(Body):
    """A checkpoint: the key's signature over the canonical JSON of station, size, head and at.

    ``size`` is the number of events before this one, ``head`` the hash of the last of them, ``at`` (UTC) when the key
    signed.
    """

    kind = "ledger.sealed"
    size: int
    head: str
    at: str
    key: str
    signature: str


class LedgerForked(Body):
    """The ledger goes on from an older backup: what came after ``head`` on the other branch is not part of it.

    ``lost_size`` and ``lost_head`` are of the newest checkpoint that is known of that branch; the signature is over
    the canonical JSON of station, size, head, lost_size, lost_head. Why, in a person's words, stands under ``reason``.
    """

    kind = "ledger.forked"
    size: int
    head: str
    lost_size: int
    lost_head: str
    reason_commitment: str
    key: str
    signature: str


class PinReset(Body):
    """A person got a new PIN, from the event's actor."""

    kind = "pin.reset"
    staff: str


class ClockJumped(Body):
    """The wall clock moved against the monotonic clock."""

    kind = "clock.jumped"
    step_ms: int


class StaffEnrolled(Body):
    """A person of the station, under an opaque id."""

    kind = "staff.enrolled"
    staff: str
    roles: tuple[Role, ...]
    name_commitment: str


class SessionOpened(Body):
    """A person logged in on a client."""

    kind = "session.opened"
    client: str
    staff: str
    token_sha256: str


class SessionClosed(Body):
    """A person logged out, or another one logged in on the same client."""

    kind = "session.closed"
    client: str
    staff: str


class KeysTaken(Body):
    """The owner handed over the key (交钥匙): the stay begins, the running number (流水号) is given."""

    kind = "keys.taken"


class ArrivalCancelled(Body):
    """The owner took the key back before registration."""

    kind = "arrival.cancelled"


class InspectionRegistered(Body):
    """The vehicle is registered and its items are planned.

    ``elsewhere``: items that another station does. ``settings``: what the pack leaves to the local authority.
    """

    kind = "inspection.registered"
    vehicle_id: str
    vehicle: Vehicle
    category: Category
    plate_commitment: str
    vin_commitment: str
    owner_commitment: str | None
    phone_commitment: str | None = None
    plan: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    circumstances: Circumstances = Circumstances()
    settings: dict[str, str] = Field(default_factory=dict)
    pack: PackRef


class InspectionReturned(Body):
    """A vehicle that failed is back: the items that are measured again (复检)."""

    kind = "inspection.returned"
    attempt: int
    items: tuple[str, ...]


class StageWaiting(Body):
    """The vehicle waits for a stage."""

    kind = "stage.waiting"
    stage: Stage
    attempt: int


class StageStarted(Body):
    """Work on a stage began: by the event's actor, in a bay."""

    kind = "stage.started"
    stage: Stage
    attempt: int
    bay: str | None


class StageReleased(Body):
    """A stage was given back unfinished: the vehicle waits for it again.

    ``reason`` is a code; what a person wrote stands beside the chain, under the field ``release.<stage>``.
    """

    kind = "stage.released"
    version = 2
    stage: Stage
    attempt: int
    reason: str
    note_commitment: str | None = None


class StageFinished(Body):
    """Work on a stage ended."""

    kind = "stage.finished"
    stage: Stage
    attempt: int
    bay: str | None


class RunStarted(Body):
    """A rig began to measure an item; ``covers`` are the other items that the same run measures (all headlamps)."""

    kind = "run.started"
    version = 2
    run: str
    item: str
    covers: tuple[str, ...] = ()
    attempt: int
    bay: str
    rig: str
    profile: str
    profile_sha256: str


class RunFinished(Body):
    """A rig measured to the end: the curves are the evidence of that hash, stored in the same transaction."""

    kind = "run.finished"
    run: str
    item: str
    evidence_sha256: str
    samples: int
    lost: int
    end_state: EndState


class RunVoided(Body):
    """A run that does not count, and why: never a guess."""

    kind = "run.voided"
    run: str
    item: str
    reason: str


class ItemJudged(Body):
    """The rules' verdict on a measured or derived item."""

    kind = "item.judged"
    attempt: int
    verdict: ItemVerdict


class ItemRecorded(Body):
    """A person's verdict on an item; ``reason`` is a code when the item could not be inspected."""

    kind = "item.recorded"
    item: str
    attempt: int
    outcome: Outcome
    reason: str | None
    note_commitment: str | None


class Defect(Frozen):
    """One defect at a point: its code in the pack's catalogue, where on the vehicle, and whether a note stands beside.

    ``note_commitment`` commits to the free text under the field ``defect.<item>.<point>.<number from 1>``.
    """

    code: str
    location: Location | None = None
    note_commitment: str | None = None


class PointResult(Frozen):
    """One point of a check-list: what the person found, and the photos that show it (SHA-256 of the files)."""

    point: str
    outcome: Literal["pass", "fail", "not_applicable"]
    defects: tuple[Defect, ...] = ()
    photos: tuple[str, ...] = ()


class ChecklistPlanned(Body):
    """The points of each check-list item that this attempt needs, in order, by item."""

    kind = "checklist.planned"
    attempt: int
    points: dict[str, tuple[str, ...]]


class ChecklistRecorded(Body):
    """A person went through the check-list of an item; ``item.recorded`` follows in the same transaction."""

    kind = "checklist.recorded"
    item: str
    attempt: int
    points: tuple[PointResult, ...]


class PhotoKept(Body):
    """A photo stands as a file of that hash; ``item`` and ``point`` say what it shows. The actor took it."""

    kind = "photo.kept"
    attempt: int
    item: str
    point: str
    sha256: str
    size: int
    media: Literal["image/jpeg", "image/png", "image/webp"]


class InspectionCancelled(Body):
    """The inspection was broken off before its signature: the owner has the key again."""

    kind = "inspection.cancelled"
    reason_commitment: str


class InspectionSigned(Body):
    """The authorised signatory (授权签字人) signed the result of an attempt."""

    kind = "inspection.signed"
    attempt: int
    report_no: str
    conclusion: Conclusion


class InspectionSentBack(Body):
    """The signatory wants items done again before signing."""

    kind = "inspection.sent_back"
    attempt: int
    items: tuple[str, ...]
    reason_commitment: str


class ReportIssued(Body):
    """The report exists as a file of that hash."""

    kind = "report.issued"
    attempt: int
    report_no: str
    sha256: str
    size: int


class ReportSealed(Body):
    """The station's key signed what a report says, before it was drawn: what its QR code carries.

    ``signature`` (hexadecimal, Ed25519) is over the canonical JSON of the essence: station, report_no, conclusion,
    signed_at, seq and hash of ``inspection.signed``, plate_commitment. ``key`` is the id of the key.
    """

    kind = "report.sealed"
    attempt: int
    report_no: str
    signed_seq: int
    signed_hash: str
    key: str
    signature: str


class PrintRequested(Body):
    """Somebody wants a report on paper: copy 1 is the original, the others carry the copy mark (副本)."""

    kind = "print.requested"
    report_no: str
    attempt: int
    copy_no: int
    language: Literal["zh", "en"]


class ReportPrinted(Body):
    """What came of a print: only a printer that says so has printed; ``filed`` went to the folder instead.

    ``detail`` is a code (``media_empty``, ``offline``, ``aborted``), empty when it was printed.
    """

    kind = "report.printed"
    report_no: str
    attempt: int
    copy_no: int
    printer: str
    state: Literal["printed", "filed", "failed"]
    detail: str


class KeysReturned(Body):
    """The owner has the key again: the stay ends."""

    kind = "keys.returned"


class RigChanged(Body):
    """A rig went on line, off line or into a fault, and why."""

    kind = "rig.changed"
    rig: str
    state: Literal["online", "offline", "fault"]
    reason: str


class RigChecked(Body):
    """A check of a rig ended: self-check, zero, leak test, purge, safe state at start."""

    kind = "rig.checked"
    rig: str
    check: str
    passed: bool
    detail: str


BODIES: tuple[type[Body], ...] = (
    StationStarted,
    ConfigChanged,
    KeyEnrolled,
    LedgerSealed,
    LedgerForked,
    PinReset,
    ClockJumped,
    StaffEnrolled,
    SessionOpened,
    SessionClosed,
    KeysTaken,
    ArrivalCancelled,
    InspectionRegistered,
    InspectionReturned,
    StageWaiting,
    StageStarted,
    StageReleased,
    StageFinished,
    RunStarted,
    RunFinished,
    RunVoided,
    ItemJudged,
    ItemRecorded,
    ChecklistPlanned,
    ChecklistRecorded,
    PhotoKept,
    InspectionCancelled,
    InspectionSigned,
    InspectionSentBack,
    ReportSealed,
    ReportIssued,
    PrintRequested,
    ReportPrinted,
    KeysReturned,
    RigChanged,
    RigChecked,
)
BODY_OF: dict[str, type[Body]] = {body.kind: body for body in BODIES}

_OF_AN_INSPECTION = ("keys", "arrival", "inspection", "stage", "run", "item", "checklist", "photo", "report", "print")
INSPECTION_KINDS = frozenset(kind for kind in BODY_OF if kind.split(".")[0] in _OF_AN_INSPECTION)
"""Kinds of which the subject is the serial of an inspection; the others are of the station, its people and rigs."""
