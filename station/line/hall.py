"""What the line knows of the station now: rebuilt from the store at start, then kept up by its own events."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from station.ledger.fork import serial_floors
from station.line import flow
from station.line.config import BaySection, Config
from station.model.capture import Capture
from station.model.codes import RIG_KINDS, STAGE_NAMES, RigKind
from station.model.event import Event
from station.model.facts import INSPECTION_KINDS, SessionClosed, SessionOpened
from station.model.inspection import Inspection, State, apply, open_inspection
from station.model.text import Text
from station.rules import Pack
from station.store.answers import Fork
from station.store.errors import StoreError

GONE = (State.CLOSED, State.CANCELLED)
"""States of an inspection whose vehicle has left."""


@dataclass(frozen=True)
class Session:
    """Who is logged in on a client."""

    staff: str
    roles: frozenset[str]


@dataclass
class Bay:
    """One bay: the kind of its rig if it has one, the vehicle that was called in, and what goes on there."""

    section: BaySection
    kind: RigKind | None = None
    serial: str | None = None
    run: str | None = None
    item: str | None = None
    phase: str | None = None


@dataclass
class Hall:
    """The station's present: inspections by serial, personal values by subject, sessions by client, bays by id.

    ``forks`` are where the ledger went on from a backup.
    ``captures`` are the curves of vehicles that are here, by run; ``store_trouble`` is why nothing can be stored now,
    ``free_mb`` the space that is left (None: not looked at yet), ``certificate`` what is wrong with the station's
    certificates and what to do, ``clock_trouble`` the same of the computer's clock.
    """

    config: Config
    pack: Pack
    epoch: str
    inspections: dict[str, Inspection] = field(default_factory=dict)
    personal: dict[str, dict[str, str]] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    staff: dict[str, frozenset[str]] = field(default_factory=dict)
    captures: dict[str, Capture] = field(default_factory=dict)
    serials_of_day: dict[str, int] = field(default_factory=dict)
    forks: tuple[Fork, ...] = ()
    bays: dict[str, Bay] = field(default_factory=dict)
    store_trouble: StoreError | None = None
    free_mb: int | None = None
    certificate: tuple[Text, Text] | None = None
    clock_trouble: tuple[Text, Text] | None = None

    def __post_init__(self) -> None:
        self.bays = {section.id: Bay(section) for section in self.config.bay}

    @property
    def zone(self) -> ZoneInfo:
        """Return the station's time zone."""
        return ZoneInfo(self.config.station.timezone)

    def day(self, now: datetime) -> str:
        """Return the local date, as in serials."""
        return now.astimezone(self.zone).strftime("%Y%m%d")

    def next_serial(self, now: datetime) -> str:
        """Return the next running number (流水号) of the day; it is given once its event is taken in."""
        day = self.day(now)
        return f"{self.config.station.id}-{day}-{self.serials_of_day.get(day, 0) + 1:04d}"

    def count_serial(self, serial: str) -> None:
        """Take note of a serial that was given."""
        day, number = serial.rsplit("-", 2)[1:]
        self.serials_of_day[day] = max(self.serials_of_day.get(day, 0), int(number))

    def count_forks(self, forks: tuple[Fork, ...]) -> None:
        """Take note of the ledger's forks: what a lost branch may have given is not given again."""
        self.forks = forks
        for day, floor in serial_floors(forks, self.zone).items():
            self.serials_of_day[day] = max(self.serials_of_day.get(day, 0), floor)

    def take(self, events: Iterable[Event]) -> set[str]:
        """Follow the line's own events; return the serials that changed."""
        touched = set()
        for event in events:
            self._session(event)
            if event.kind in INSPECTION_KINDS:
                known = self.inspections.get(event.subject)
                self.inspections[event.subject] = apply(known, event) if known else open_inspection(event)
                self.count_serial(event.subject)
                touched.add(event.subject)
        return touched

    def _session(self, event: Event) -> None:
        if event.kind == SessionOpened.kind:
            opened = SessionOpened.model_validate_json(event.body)
            self.sessions[opened.client] = Session(opened.staff, self.staff.get(opened.staff, frozenset()))
        elif event.kind == SessionClosed.kind:
            self.sessions.pop(SessionClosed.model_validate_json(event.body).client, None)

    def forget_departed(self, now: datetime) -> None:
        """Let go of the names and curves of vehicles that have left, and of all that is of an earlier day."""
        here = {inspection.serial for inspection in self.present()}
        today = f"{self.config.station.id}-{self.day(now)}-"
        runs = {run.run for serial in here for run in self.inspections[serial].runs}
        self.personal = {serial: values for serial, values in self.personal.items() if serial in here}
        self.captures = {run: capture for run, capture in self.captures.items() if run in runs}
        self.inspections = {
            serial: inspection
            for serial, inspection in self.inspections.items()
            if serial in here or serial.startswith(today)
        }

    @property
    def crowded(self) -> bool:
        """Say whether there is too little space left to begin a run: what is measured could not be kept."""
        return self.free_mb is not None and self.free_mb < self.config.store.min_free_mb

    def plate(self, serial: str | None) -> str:
        """Return the plate of an inspection, empty if it has none yet."""
        return self.personal.get(serial or "", {}).get("plate", "")

    def present(self) -> list[Inspection]:
        """Return the inspections whose vehicle is in the station, in the order of arrival."""
        return sorted((i for i in self.inspections.values() if i.state not in GONE), key=lambda i: i.serial)

    def free_to_go(self) -> list[Inspection]:
        """Return the inspections whose vehicle stands in no bay: a finished one may still stand in its own."""
        in_bay = {bay.serial for bay in self.bays.values()}
        return [inspection for inspection in self.present() if inspection.serial not in in_bay]

    def bay_of(self, serial: str) -> Bay | None:
        """Return the bay in which a vehicle stands."""
        return next((bay for bay in self.bays.values() if bay.serial == serial), None)

    def measures(self, bay: Bay, serial: str) -> bool:
        """Say whether a bay can do what is open on a vehicle in its stage: without a rig, or with one of that kind."""
        if bay.kind is None:
            return True
        items = flow.to_measure(self.inspections[serial], bay.section.stage, self.config.rules.repeats)
        return any(RIG_KINDS.get(item) == bay.kind for item in items)

    def waiting_for(self, inspection: Inspection) -> Text:
        """Return in words what a vehicle waits for, or where work on it goes on."""
        now = inspection.working
        if now is not None:
            name = STAGE_NAMES[now.stage]
            return Text(zh=f"{name.zh}进行中", en=f"{name.en} in progress")
        names = [STAGE_NAMES[s.stage] for s in inspection.waiting]
        if not names:
            return Text(zh="", en="")
        return Text(zh="等待:" + "、".join(n.zh for n in names), en="Waiting: " + ", ".join(n.en for n in names))

    def notes(self, serial: str) -> dict[str, str]:
        """Return the notes of manual items by item code."""
        values = self.personal.get(serial, {})
        notes = {name.removeprefix("note."): text for name, text in values.items() if name.startswith("note.")}
        return notes | {name: text for name, text in values.items() if name.startswith("defect.")}
