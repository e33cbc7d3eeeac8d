"""The tables that are only another view of the events: folded with every append, made again by ``rebuild``."""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import Connection, Engine

from station.ledger.errors import LedgerError
from station.ledger.lock import lock_writer
from station.ledger.rows import inspection_row, item_row, point_rows, run_row, stage_row, write_station_rows
from station.ledger.statement import Cursor, Statements
from station.ledger.upcast import UPCASTERS, Upcasters
from station.model.event import Event
from station.model.facts import BODY_OF, INSPECTION_KINDS
from station.model.inspection import Inspection, apply, open_inspection
from station.store.database import WRITER, place
from station.store.errors import store_errors
from station.store.migrate import empty_projections
from station.store.read import OVER, event_pages
from station.store.tables import table


class Projector:
    """Folds events into the projection tables, and remembers the open inspections from one transaction to the next."""

    def __init__(self, engine: Engine, upcasters: Upcasters = UPCASTERS) -> None:
        self._where = place(engine)
        self._statements = Statements(engine.dialect)
        self._upcasters = upcasters
        self._kept: dict[str, Inspection] = {}
        self._changed: dict[str, Inspection] = {}

    def project(self, cursor: Cursor, events: Iterable[Event]) -> None:
        """Write what the events change, inside the caller's transaction; then call ``keep`` or ``forget``.

        Raises:
            LedgerError: an event of newer software, or of an inspection that never began.
        """
        seq = 0
        for event in map(self._lifted, events):
            if event.kind in INSPECTION_KINDS:
                self._changed[event.subject] = self._fold(cursor, event)
            write_station_rows(cursor, self._statements, event)
            seq = event.seq
        for inspection in self._changed.values():
            self._write(cursor, inspection)
        if seq:
            self._statements.upsert(cursor, table("projected"), {"id": 1, "seq": seq})

    def keep(self) -> None:
        """Take what the last transaction changed as committed."""
        self._kept.update(self._changed)
        for serial, inspection in self._changed.items():
            if inspection.state.value in OVER:
                del self._kept[serial]
        self._changed = {}

    def forget(self) -> None:
        """Drop everything remembered: the transaction failed, and the tables are right."""
        self._kept, self._changed = {}, {}

    def known(self, serial: str) -> Inspection | None:
        """Return an inspection as it was committed, if it is one of those that are remembered."""
        return self._kept.get(serial)

    def _lifted(self, event: Event) -> Event:
        about = {"seq": event.seq, "kind": event.kind, "version": event.version}
        body = BODY_OF.get(event.kind)
        if body is None or event.version > body.version:
            raise LedgerError.of("unknown", self._where, **about)
        try:
            return self._upcasters.lift(event, body.version)
        except KeyError:
            raise LedgerError.of("unlifted", self._where, **about) from None

    def _fold(self, cursor: Cursor, event: Event) -> Inspection:
        before = self._current(cursor, event.subject)
        begins = event.kind == "keys.taken"
        if begins == (before is not None):
            case = "used" if begins else "stranger"
            raise LedgerError.of(case, self._where, seq=event.seq, kind=event.kind, serial=event.subject)
        return apply(before, event) if before is not None else open_inspection(event)

    def _current(self, cursor: Cursor, serial: str) -> Inspection | None:
        current = self._changed.get(serial) or self._kept.get(serial)
        if current is None:
            body = self._statements.find(cursor, table("inspection"), "body", {"serial": serial})
            if body is not None:
                current = self._kept[serial] = Inspection.model_validate_json(body)
        return current

    def _write(self, cursor: Cursor, now: Inspection) -> None:
        before = self._kept.get(now.serial)
        upsert = self._statements.upsert
        upsert(cursor, table("inspection"), inspection_row(now))
        for number, stage in _new(before.stages if before else (), now.stages):
            upsert(cursor, table("stage_time"), stage_row(now.serial, number, stage))
        for _, run in _new(before.runs if before else (), now.runs):
            upsert(cursor, table("run"), run_row(now.serial, run))
        for _, item in _new(before.items if before else (), now.items):
            upsert(cursor, table("item_result"), item_row(now.serial, item))
        for _, checklist in _new(before.checklists if before else (), now.checklists):
            for row in point_rows(now.serial, checklist):
                upsert(cursor, table("checklist"), row)


def rebuild(engine: Engine, upcasters: Upcasters = UPCASTERS) -> int:
    """Drop the projections and make them again from the events; returns the number of events.

    Raises:
        LedgerBusy: the line is running; stop it first.
        StoreError: the database fails, or holds events of newer software; the old projections stay.
    """
    with store_errors(place(engine)), engine.connect().execution_options(**{WRITER: True}) as connection:
        unlock = lock_writer(connection)
        try:
            with connection.begin():
                empty_projections(connection)
                return refill(connection, upcasters)
        finally:
            unlock()


def refill(connection: Connection, upcasters: Upcasters = UPCASTERS) -> int:
    """Fill empty projections from the events, in the caller's transaction; returns the number of events.

    Raises:
        LedgerError: an event cannot be read, or is of newer software.
    """
    cursor = cast(Cursor, connection.connection.cursor())
    try:
        return _fold_all(cursor, Projector(connection.engine, upcasters), event_pages(connection))
    except ValueError as error:
        raise LedgerError.of("damaged", place(connection.engine), detail=str(error).splitlines()[0]) from error


def _fold_all(cursor: Cursor, projector: Projector, pages: Iterable[tuple[Event, ...]]) -> int:
    count = 0
    for page in pages:
        projector.project(cursor, page)
        projector.keep()
        count += len(page)
    return count


def _new(before: tuple[Any, ...], now: tuple[Any, ...]) -> list[tuple[int, Any]]:
    # The fold replaces a record that changed and keeps every other one as the same object.
    return [(i, record) for i, record in enumerate(now) if i >= len(before) or record is not before[i]]
