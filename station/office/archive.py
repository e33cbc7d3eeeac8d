"""What the office reads from the station's database; it never writes there."""

import threading
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, or_, select

from reports.data import ReportData
from reports.receipt import ReceiptData
from reports.throughput import ThroughputData
from station.model.capture import Capture
from station.model.event import Event
from station.model.facts import PhotoKept
from station.model.inspection import Inspection
from station.model.text import Language, SaidValueError
from station.office.memory import Job
from station.office.settings import OfficeConfig
from station.office.words import words
from station.store import read
from station.store.answers import Session
from station.store.database import open_database, place
from station.store.errors import store_errors
from station.store.tables import table

NOTES = ("note", "defect")
"""What the personal values of notes are called: ``note.F1``, ``defect.F1.tyres.1``."""


class Archive:
    """The station's database as the office sees it: opened when it is first needed, because the line makes it.

    Every method raises ``StoreError`` while there is no database or it cannot be read.
    """

    def __init__(self, config: OfficeConfig) -> None:
        self._config = config
        self._guard = threading.Lock()
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        """Return the open database."""
        with self._guard:
            if self._engine is None:
                self._engine = open_database(self._config.database_url, create=False, station=self._config.station)
            return self._engine

    def close(self) -> None:
        """Close the database."""
        if self._engine is not None:
            self._engine.dispose()

    def head(self) -> tuple[int, str]:
        """Return number and hash of the last event."""
        return read.head(self.engine)

    def events_since(self, seq: int, limit: int) -> tuple[Event, ...]:
        """Return the next events of the ledger."""
        return read.events_since(self.engine, seq, limit)

    def inspections(self, start: str = "", end: str = "9999") -> tuple[Inspection, ...]:
        """Return the inspections whose keys were taken in a period (UTC text)."""
        return read.inspections(self.engine, start=start, end=end)

    def throughput(self, start: date, end: date, simulated: bool) -> ThroughputData:
        """Return what the throughput report of whole local days is made of, first and last day included."""
        return ThroughputData(
            station=self._config.name,
            timezone=self._config.timezone,
            start=start.isoformat(),
            end=end.isoformat(),
            inspections=self.inspections(self._utc(start), self._utc(end + timedelta(days=1))),
            simulated=simulated,
        )

    def _utc(self, day: date) -> str:
        """Return the beginning of a local day as the UTC text of events."""
        local = datetime.combine(day, time(), ZoneInfo(self._config.timezone))
        return f"{local.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%S.%fZ}"

    def waiting(self) -> tuple[tuple[Inspection, str], ...]:
        """Return the inspections whose vehicle is in the station, each with its plate (empty before registration)."""
        found = read.inspections(self.engine, open_only=True)
        return tuple((i, read.personal(self.engine, i.serial).get("plate", "")) for i in found)

    def logged_in(self, token: str) -> bool:
        """Return whether a token belongs to somebody who is logged in now."""
        return read.find_session(self.engine, token) is not None

    def session(self, token: str) -> Session | None:
        """Return who is logged in with a token now, None if nobody is."""
        return read.find_session(self.engine, token)

    def plans(self, serial: str, item: str, point: str) -> bool:
        """Return whether the current check-list of an item has a point."""
        found = read.inspection(self.engine, serial)
        checklist = found.checklist(item) if found else None
        return checklist is not None and point in checklist.planned

    def photo_event(self, serial: str, item: str, point: str, sha256: str) -> tuple[int, str] | None:
        """Return number and hash of the event that names a photo of a point, None if there is none."""
        found = read.inspection(self.engine, serial)
        same = [photo for photo in found.photos if photo.sha256 == sha256] if found else []
        if not any((photo.item, photo.point) == (item, point) for photo in same):
            return None
        rows = table("event")
        mine = (rows.c.subject == serial) & (rows.c.kind == PhotoKept.kind) & rows.c.body.contains(sha256)
        # From the newest back, and no further than they can be: the journal has no index of what it tells.
        query = select(rows.c.seq, rows.c.hash, rows.c.body).where(mine).order_by(rows.c.seq.desc()).limit(len(same))
        with store_errors(place(self.engine)), self.engine.connect() as connection:
            kept = [(row.seq, row.hash, PhotoKept.model_validate_json(row.body)) for row in connection.execute(query)]
        return next((seq, digest) for seq, digest, body in kept if (body.item, body.point) == (item, point))

    def issued_sha256(self, serial: str, report_no: str) -> str | None:
        """Return the hash of a report that the ledger has, None if it has none yet."""
        return next((r.sha256 for r in read.reports(self.engine, serial) if r.report_no == report_no), None)

    def report_sha256(self, job: Job, language: Language) -> str | None:
        """Return the hash of a report's file; of the Chinese one that which the ledger has, if it has one."""
        if language == "en":
            return job.en_sha256
        return self.issued_sha256(job.serial, job.report_no) or job.zh_sha256

    def receipt_data(self, serial: str, simulated: bool) -> ReceiptData | None:
        """Return what the owner's slip shows, None while there is no registered vehicle of that serial."""
        found = read.inspection(self.engine, serial)
        if found is None or not found.attempts:
            return None
        return ReceiptData(
            station=self._config.name,
            timezone=self._config.timezone,
            serial=serial,
            plate=read.personal(self.engine, serial).get("plate", ""),
            keys_taken_at=found.keys_taken_at,
            category=found.category or "",
            attempt=found.attempt,
            plan=found.attempts[-1].plan,
            # The number only: the hall's board is one page for everybody, and a code may be photographed by anybody.
            qr=serial,
            simulated=simulated,
        )

    def last_signed_attempt(self, serial: str) -> int:
        """Return the number of the last attempt that was signed.

        Raises:
            ValueError: none was.
        """
        signed = [report.attempt for report in read.reports(self.engine, serial)]
        if not signed:
            raise SaidValueError(words().text("archive.unsigned", serial=serial))
        return max(signed)

    def report_no(self, serial: str, attempt: int) -> str | None:
        """Return the report number of a signed attempt, None if there is none."""
        return next((r.report_no for r in read.reports(self.engine, serial) if r.attempt == attempt), None)

    def curves(self, run: str) -> bytes | None:
        """Return the evidence of a run as canonical JSON, None if there is no finished run of that id."""
        rows = table("run")
        query = select(rows.c.evidence_sha256).where(rows.c.run == run)
        with store_errors(place(self.engine)), self.engine.connect() as connection:
            sha256 = connection.execute(query).scalar()
        return read.evidence(self.engine, sha256) if sha256 else None

    def report_data(self, serial: str, attempt: int, simulated: bool) -> ReportData:
        """Return everything that the report of a signed attempt shows.

        Raises:
            ValueError: there is no such inspection, or the attempt is not signed.
        """
        found = read.inspection(self.engine, serial)
        if found is None:
            raise SaidValueError(words().text("archive.unknown", serial=serial))
        personal, plate = read.personal(self.engine, serial), read.personal_value(self.engine, serial, "plate")
        return ReportData(
            station_id=self._config.station,
            station=self._config.name,
            timezone=self._config.timezone,
            inspection=found,
            attempt=attempt,
            plate=plate.value if plate else "",
            plate_salt=plate.salt if plate else "",
            vin=personal.get("vin", ""),
            owner=personal.get("owner", ""),
            simulated=simulated,
            staff=self._names(found),
            notes=self._notes(found),
            checklist_words=self._config.checklist_words,
            captures=self._captures(found, attempt),
        )

    def _names(self, found: Inspection) -> Mapping[str, str]:
        people = {a.signed_by for a in found.attempts if a.signed_by}
        names = {person: read.personal(self.engine, person).get("name") for person in people}
        return {person: name for person, name in names.items() if name}

    def _notes(self, found: Inspection) -> Mapping[tuple[str, int], str]:
        """Return each item's and defect's note in each attempt: the last that was stored before it was signed."""
        rows = table("personal")
        written = or_(*(rows.c.field.startswith(f"{kind}.") for kind in NOTES))
        mine = (rows.c.subject == found.serial) & written
        query = select(rows.c.field, rows.c.seq, rows.c.value).where(mine).order_by(rows.c.seq)
        with store_errors(place(self.engine)), self.engine.connect() as connection:
            stored = [(row.field.partition(".")[2], row.seq, row.value) for row in connection.execute(query)]
        return {(name, _attempt_of(found, seq)): value for name, seq, value in stored}

    def _captures(self, found: Inspection, attempt: int) -> Mapping[str, Capture]:
        runs = [r for r in found.runs if r.attempt <= attempt and r.evidence_sha256]
        return {r.run: Capture.model_validate_json(read.evidence(self.engine, r.evidence_sha256 or "")) for r in runs}


def _attempt_of(found: Inspection, seq: int) -> int:
    open_then = (a.number for a in found.attempts if a.signed_seq is None or a.signed_seq > seq)
    return next(open_then, found.attempt)
