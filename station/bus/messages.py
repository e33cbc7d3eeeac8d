"""Every message on the bus. AsyncAPI document and JSON Schemas are generated from here.

Payloads are JSON in UTF-8 with ``v``, the version of the contract. Decimals stand as strings.
A reader ignores fields that it does not know; the line refuses commands that have any.
"""

from decimal import Decimal
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from station.model.codes import RigKind, Stage
from station.model.facts import Location
from station.model.inspection import Inspection
from station.model.text import Text
from station.model.vehicle import Category, Vehicle


class Message(BaseModel):
    """A message of the line: fields that the reader does not know are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    v: Literal[1] = 1

    def to_bytes(self) -> bytes:
        """Return the payload."""
        return self.model_dump_json().encode()


# ---- retained state -------------------------------------------------------------------------------------------------


class BayState(Message):
    """One bay (工位): which stage it serves, with which rig, and which vehicle stands in it."""

    bay: str
    lane: str
    stage: Stage
    rig: str | None
    serial: str | None = None
    run: str | None = None
    item: str | None = None
    phase: str | None = None


class RigState(Message):
    """One rig: whether it answers, and why not."""

    rig: str
    kind: RigKind
    lane: str
    state: Literal["online", "offline", "fault"]
    reason: Text
    since: str


class Lock(Message):
    """A rig or stage that may not be used: the reason and the remedy."""

    subject: str
    reason: Text
    remedy: Text


class Counters(Message):
    """The day so far (local date of the station)."""

    day: str
    arrived: int = 0
    in_station: int = 0
    reported: int = 0
    passed_first: int = 0
    failed_first: int = 0


class StationState(Message):
    """Retained on ``state``: what everybody may know of the station.

    ``queue``: serials by stage, first come first. ``present``: every vehicle in the station, so that whoever missed
    that a snapshot was cleared learns of it here (None: not said).
    """

    station: str
    name: Text
    epoch: str
    seq: int
    head: str
    at: str
    simulated: bool
    speed: Decimal
    online: bool = True
    queue: dict[Stage, tuple[str, ...]]
    present: tuple[str, ...] | None = None
    bays: tuple[BayState, ...]
    rigs: tuple[RigState, ...]
    locks: tuple[Lock, ...]
    counters: Counters


class InspectionSnapshot(Message):
    """Retained on ``inspection/{serial}`` until the keys are back. For staff: the plate, never the owner.

    ``notes`` are the texts of manual items by item code, and those of defects as ``defect.<item>.<point>.<number>``;
    ``waiting_for`` says in words what the vehicle waits for.
    """

    serial: str
    plate: str
    vin: str
    inspection: Inspection
    waiting_for: Text
    notes: dict[str, str] = {}


class CatalogueDefect(Message):
    """One defect that an inspector may choose at a point."""

    code: str
    name: Text


class CataloguePoint(Message):
    """One point of a check-list; ``number`` is the item's number in older forms, ``photo`` says one is required."""

    id: str
    item: str
    group: Literal["identity", "exterior", "safety", "chassis", "underbody"]
    number: str
    name: Text
    hint: Text | None = None
    photo: bool = False
    photo_code: str = ""
    defects: tuple[CatalogueDefect, ...] = ()


class Catalogue(Message):
    """Retained on ``catalogue``: every point of the rule pack's check-lists, with the words for it."""

    pack: str
    sha256: str
    points: tuple[CataloguePoint, ...]
    locations: dict[str, Text]


class PrinterState(Message):
    """Retained on ``printer``, said by the office: whether paper comes out, and if not, what to do.

    ``queued`` counts the prints that wait; ``state`` is ``none`` where no printer is set up: prints go to a folder.
    """

    printer: str
    state: Literal["none", "ready", "printing", "stopped", "offline"]
    reason: Text
    remedy: Text
    queued: int = 0
    at: str


class Prompt(Message):
    """Retained on ``lane/{lane}/prompt``: what the driver must do now, one verb.

    ``code`` is for machines (``press_slowly``), ``text`` for people; ``countdown_s`` is what was left when
    it was sent; ``number`` counts up within an epoch.
    """

    lane: str
    bay: str
    serial: str | None
    plate: str | None
    item: str | None
    code: str
    text: Text
    detail: Text | None = None
    countdown_s: Decimal | None = None
    target: dict[str, str] = {}
    epoch: str
    number: int


class Live(Message):
    """QoS 0 on ``lane/{lane}/rig/{rig}/live``: one block read of a run, as read.

    ``curves`` are consecutive samples from ``sequence`` on, every ``period_ms`` (None: no number); ``values`` are the
    latest single readings as decimal strings; ``invalid`` names channels whose newest reading is not good.
    """

    epoch: str
    run: str
    serial: str
    item: str
    phase: str
    sequence: int
    period_ms: Decimal
    mono_ns: int
    curves: dict[str, list[int | None]] = {}
    values: dict[str, str | None] = {}
    invalid: tuple[str, ...] = ()
    lost: int = 0


class EventNotice(Message):
    """On ``event``: one ledger event, exactly as stored."""

    seq: int
    boot_id: str
    mono_ns: str
    at: str
    kind: str
    version: int
    subject: str
    actor: str
    device: str
    body: str
    prev_hash: str
    hash: str


class Presence(Message):
    """Retained on ``client/{client}/presence``."""

    client: str
    online: bool


# ---- commands -------------------------------------------------------------------------------------------------------


class CommandBody(BaseModel):
    """The body of one kind of command; unknown fields are refused.

    ``moves_rig``: the command needs the epoch of the line. ``roles``: who may send it (empty: anybody logged in).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[str]
    moves_rig: ClassVar[bool] = False
    query: ClassVar[bool] = False
    session: ClassVar[bool] = True
    roles: ClassVar[frozenset[str]] = frozenset()


class SessionOpen(CommandBody):
    """Log in with staff number and PIN. Reply body: token, staff, name, roles."""

    kind = "session.open"
    session = False
    staff: str = Field(min_length=1, max_length=32)
    pin: str = Field(min_length=4, max_length=12)


class SessionClose(CommandBody):
    """Log out."""

    kind = "session.close"


class ArrivalOpen(CommandBody):
    """The key is handed over: give a running number. Reply body: serial."""

    kind = "arrival.open"
    roles = frozenset({"registrar", "guide"})


class ArrivalCancel(CommandBody):
    """The owner takes the key back before registration."""

    kind = "arrival.cancel"
    roles = frozenset({"registrar", "guide"})
    serial: str


class Owner(BaseModel):
    """The person who brings the vehicle: kept beside the chain, never on the bus again."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(default="", max_length=64)
    phone: str = Field(default="", max_length=32)


class InspectionRegister(CommandBody):
    """Register a vehicle under its running number. Reply body: plan, warnings."""

    kind = "inspection.register"
    roles = frozenset({"registrar"})
    serial: str
    plate: str = Field(max_length=32)
    vin: str = Field(max_length=32)
    vehicle: Vehicle
    category: Category
    owner: Owner | None = None


class InspectionReturn(CommandBody):
    """A vehicle that failed comes back for its failed items. Reply body: items."""

    kind = "inspection.return"
    roles = frozenset({"registrar", "guide"})
    serial: str


class StageStart(CommandBody):
    """Take a vehicle into a stage; for a rig's bay the run then starts by position."""

    kind = "stage.start"
    moves_rig = True
    roles = frozenset({"appearance", "pit", "driver", "emissions", "signatory"})
    serial: str
    stage: Stage
    bay: str | None = None


class StageRelease(CommandBody):
    """Give a stage back unfinished: a run in it is voided."""

    kind = "stage.release"
    roles = frozenset({"appearance", "pit", "driver", "emissions", "signatory"})
    serial: str
    stage: Stage
    reason: str = Field(max_length=500)


class DefectFound(BaseModel):
    """One defect at a point: its code in the catalogue, where it is, what the inspector writes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: str = Field(max_length=32)
    location: Location | None = None
    note: str = Field(default="", max_length=500)


class PointFound(BaseModel):
    """One point of a check-list; a failed one has a defect at least. ``photos``: hashes of files that are kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    point: str = Field(max_length=32)
    outcome: Literal["pass", "fail", "not_applicable"]
    defects: tuple[DefectFound, ...] = Field(default=(), max_length=20)
    photos: tuple[str, ...] = Field(default=(), max_length=20)


class ChecklistRecord(CommandBody):
    """The whole check-list of an item, every planned point in it: the item fails if any point fails."""

    kind = "checklist.record"
    roles = frozenset({"appearance", "pit", "driver"})
    serial: str
    item: str
    points: tuple[PointFound, ...] = Field(min_length=1, max_length=100)


class PhotoKeep(CommandBody):
    """A photo stands as a file: only the office's own account may say so, for the person who took it."""

    kind = "photo.keep"
    session = False
    serial: str
    item: str
    point: str = Field(max_length=32)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    size: int = Field(gt=0)
    media: Literal["image/jpeg", "image/png", "image/webp"]
    staff: str
    client: str


class InspectionCancel(CommandBody):
    """Break an inspection off before its signature: the owner takes the key back. The reason is free text."""

    kind = "inspection.cancel"
    roles = frozenset({"registrar", "signatory"})
    serial: str
    reason: str = Field(min_length=1, max_length=500)


class ItemSkip(CommandBody):
    """A measured item cannot be measured: it stands as unknown with the reason."""

    kind = "item.skip"
    roles = frozenset({"driver", "emissions"})
    serial: str
    item: str
    reason: Literal["cannot_be_measured", "rig_cannot_take_vehicle", "refused_unsafe"]


class ReviewSign(CommandBody):
    """Sign the result of the current attempt. Reply body: report_no, conclusion."""

    kind = "review.sign"
    roles = frozenset({"signatory"})
    serial: str


class ReviewSendBack(CommandBody):
    """Have items done again before signing."""

    kind = "review.send_back"
    roles = frozenset({"signatory"})
    serial: str
    items: tuple[str, ...] = Field(min_length=1)
    reason: str = Field(min_length=1, max_length=500)


class ReportIssue(CommandBody):
    """The office made the report: only the office's own account may say so."""

    kind = "report.issue"
    session = False
    serial: str
    attempt: int
    report_no: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    size: int = Field(gt=0)


class ReportPrint(CommandBody):
    """Print the report of a signed attempt (the last one) again: a copy. Reply body: copy_no."""

    kind = "report.print"
    roles = frozenset({"registrar", "signatory"})
    serial: str
    attempt: int | None = None
    language: Literal["zh", "en"] = "zh"


class PrintDone(CommandBody):
    """What came of a print: only the office's own account may say so."""

    kind = "print.done"
    session = False
    serial: str
    attempt: int
    copy_no: int
    printer: str = Field(max_length=200)
    state: Literal["printed", "filed", "failed"]
    detail: str = Field(default="", max_length=64)


class StaffResetPin(CommandBody):
    """Give a person a new PIN; the PIN reaches neither journal nor log."""

    kind = "staff.reset_pin"
    roles = frozenset({"manager"})
    staff: str = Field(min_length=1, max_length=32)
    pin: str = Field(min_length=4, max_length=12, pattern="^[0-9]+$")


class KeysReturn(CommandBody):
    """The owner has the key again."""

    kind = "keys.return"
    roles = frozenset({"registrar", "guide"})
    serial: str


class RigCheck(CommandBody):
    """Have a rig check itself."""

    kind = "rig.check"
    moves_rig = True
    roles = frozenset({"maintainer"})
    rig: str
    check: Literal["zero", "leak_test", "purge", "self_check", "home"]


class QueryEvents(CommandBody):
    """Events after ``since``, at most ``limit``. Reply body: events."""

    kind = "query.events"
    query = True
    session = False
    since: int = Field(ge=0)
    limit: int = Field(default=200, ge=1, le=500)


COMMANDS: tuple[type[CommandBody], ...] = (
    SessionOpen,
    SessionClose,
    ArrivalOpen,
    ArrivalCancel,
    InspectionRegister,
    InspectionReturn,
    StageStart,
    StageRelease,
    ChecklistRecord,
    PhotoKeep,
    InspectionCancel,
    ItemSkip,
    ReviewSign,
    ReviewSendBack,
    ReportIssue,
    ReportPrint,
    PrintDone,
    StaffResetPin,
    KeysReturn,
    RigCheck,
    QueryEvents,
)
COMMAND_OF: dict[str, type[CommandBody]] = {command.kind: command for command in COMMANDS}


class Command(Message):
    """On ``client/{client}/command``. The same id with another body is refused; a repeated id gets the stored reply."""

    id: str = Field(min_length=8, max_length=64, pattern="^[A-Za-z0-9_-]+$")
    kind: str
    epoch: str | None = None
    expires_s: int = Field(default=30, ge=1, le=3600)
    sent_at: str = ""
    body: dict[str, Any] = {}


class Reply(Message):
    """On ``client/{client}/reply``: accepted (with the ledger's seq and hash), or refused and why."""

    id: str
    accepted: bool
    code: str
    text: Text
    seq: int | None = None
    hash: str | None = None
    body: dict[str, Any] = {}


RETAINED_AND_STREAMED: tuple[type[Message], ...] = (
    StationState,
    InspectionSnapshot,
    Catalogue,
    PrinterState,
    Prompt,
    Live,
    EventNotice,
    Presence,
    Command,
    Reply,
)
