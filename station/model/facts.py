"""The kinds of events in the ledger, and what their bodies hold.

No body holds personal data: plates, VINs, names and free text stand as salted commitments (64 hexadecimal digits),
their values in the ``personal`` table beside the chain, under the same subject and field.
"""

from typing import Any, ClassVar, Literal

from station.model.base import Frozen
from station.model.capture import EndState
from station.model.codes import Role, Stage
from station.model.vehicle import Category, Vehicle
from station.model.verdict import ItemVerdict, Outcome, PackRef

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
    """The vehicle is registered and its items are planned."""

    kind = "inspection.registered"
    vehicle_id: str
    vehicle: Vehicle
    category: Category
    plate_commitment: str
    vin_commitment: str
    owner_commitment: str | None
    phone_commitment: str | None = None
    plan: tuple[str, ...]
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
    """A stage was given back unfinished: the vehicle waits for it again."""

    kind = "stage.released"
    stage: Stage
    attempt: int
    reason: str


class StageFinished(Body):
    """Work on a stage ended."""

    kind = "stage.finished"
    stage: Stage
    attempt: int
    bay: str | None


class RunStarted(Body):
    """A rig began to measure."""

    kind = "run.started"
    run: str
    item: str
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
    InspectionSigned,
    InspectionSentBack,
    ReportIssued,
    KeysReturned,
    RigChanged,
    RigChecked,
)
BODY_OF: dict[str, type[Body]] = {body.kind: body for body in BODIES}
