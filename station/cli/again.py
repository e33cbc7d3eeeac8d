"""Stored inspections judged again under another rule pack, from the curves that the ledger holds."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from station.cli.failure import sentence
from station.cli.watched import watched
from station.cli.words import text
from station.ledger.upcast import UPCASTERS
from station.model.base import Frozen
from station.model.capture import Capture
from station.model.event import Event, body_of
from station.model.facts import BODY_OF, Conclusion, ItemJudged, RunFinished
from station.model.inspection import Inspection
from station.model.text import Text
from station.model.verdict import ItemVerdict, Outcome, PackRef, QuantityVerdict
from station.rules import Pack, judge
from station.store import read
from station.store.errors import StoreError

KINDS = (RunFinished.kind, ItemJudged.kind)


class QuantityChange(Frozen):
    """One quantity that is judged otherwise, before and now; None: the pack does not have it."""

    quantity: str
    old: QuantityVerdict | None
    new: QuantityVerdict | None


class ItemChange(Frozen):
    """One item of one attempt: what was stored (``pack`` judged it), what the other pack says, and why."""

    item: str
    attempt: int
    on: date
    pack: PackRef
    old: Outcome
    new: Outcome
    quantities: tuple[QuantityChange, ...]
    reason: Text | None


class InspectionChange(Frozen):
    """One inspection with the items that change, and its conclusion; None: it was not signed."""

    serial: str
    old: Conclusion | None
    new: Conclusion | None
    items: tuple[ItemChange, ...]


class Unreadable(Frozen):
    """Evidence that is not there or damaged: its items cannot be judged again."""

    serial: str
    run: str
    why: Text


class Rejudged(Frozen):
    """What came of judging stored inspections again: of ``verdicts``, those of ``changed`` would be others."""

    v: Literal[1] = 1
    pack: PackRef
    inspections: int
    verdicts: int
    changed: tuple[InspectionChange, ...]
    unreadable: tuple[Unreadable, ...]


@dataclass
class _Story:
    """What of an inspection's events is needed: the verdicts that stand, each with what had been measured by then."""

    measured: dict[str, RunFinished] = field(default_factory=dict)
    verdicts: dict[tuple[int, str], tuple[date, ItemVerdict, tuple[RunFinished, ...]]] = field(default_factory=dict)

    def take(self, event: Event, zone: ZoneInfo) -> None:
        match body_of(event):
            case RunFinished() as run:
                self.measured[run.run] = run
            case ItemJudged(attempt=attempt, verdict=verdict):
                on = datetime.fromisoformat(event.at).astimezone(zone).date()
                self.verdicts[attempt, verdict.item] = on, verdict, tuple(self.measured.values())


def judge_again(engine: Engine, pack: Pack, zone: ZoneInfo, begin: str = "", until: str = "9999") -> Rejudged:
    """Judge every verdict that stands again, of inspections whose keys were taken in a time (UTC, as in events).

    Raises:
        StoreError: the database cannot be read.
    """
    inspections = {each.serial: each for each in read.inspections(engine, start=begin, end=until) if each.vehicle}
    stories = {serial: _Story() for serial in inspections}
    for event in (event for page in read.event_pages(engine) for event in page):
        if event.subject in stories and event.kind in KINDS:
            stories[event.subject].take(UPCASTERS.lift(event, BODY_OF[event.kind].version), zone)
    changed, unreadable = [], []
    with watched(stories.items(), len(stories), pack.ref.name) as each:
        for serial, story in each:
            again = _Again(engine, pack, inspections[serial])
            items = tuple(again.changes(story))
            unreadable += again.unreadable
            changed += [_changed(inspections[serial], items)] if items else []
    return Rejudged(
        pack=pack.ref,
        inspections=len(stories),
        verdicts=sum(len(story.verdicts) for story in stories.values()),
        changed=tuple(changed),
        unreadable=tuple(unreadable),
    )


class _Again:
    """Judges one inspection again; its curves are read once."""

    def __init__(self, engine: Engine, pack: Pack, inspection: Inspection) -> None:
        self._engine, self._inspection = engine, inspection
        # As the local authority had it when the vehicle was here, where the pack still leaves it open.
        choices = {setting.id: setting.choices for setting in pack.settings}
        chosen = {name: value for name, value in inspection.settings.items() if value in choices.get(name, ())}
        self._pack = pack.with_settings(chosen)
        self._captures: dict[str, Capture | None] = {}
        self.unreadable: list[Unreadable] = []

    def changes(self, story: _Story) -> Iterator[ItemChange]:
        """Yield the items whose outcome would be another; those whose curves cannot be read are left out."""
        for (attempt, item), (on, old, runs) in story.verdicts.items():
            captures = {run.run: self._capture(run) for run in runs}
            if any(captures.get(run) is None for run in old.runs):
                continue
            by_item = {code: c for c in captures.values() if c for code in c.items}
            new = self._judge(item, on, by_item)
            if new.outcome != old.outcome:
                yield ItemChange(
                    item=item,
                    attempt=attempt,
                    on=on,
                    pack=old.pack,
                    old=old.outcome,
                    new=new.outcome,
                    quantities=tuple(_quantities(old, new)),
                    reason=new.reason,
                )

    def _judge(self, item: str, on: date, captures: dict[str, Capture]) -> ItemVerdict:
        car = self._inspection
        if car.vehicle is None or car.category is None:
            raise ValueError(f"{car.serial}: not registered")
        return judge(self._pack, car.vehicle, car.category, on, item, captures, car.circumstances)

    def _capture(self, run: RunFinished) -> Capture | None:
        if run.run not in self._captures:
            self._captures[run.run] = self._read(run)
        return self._captures[run.run]

    def _read(self, run: RunFinished) -> Capture | None:
        try:
            return Capture.model_validate_json(read.evidence(self._engine, run.evidence_sha256))
        except (StoreError, ValueError) as error:
            why = sentence(error) if isinstance(error, StoreError) else text("rejudge.no_capture")
            self.unreadable.append(Unreadable(serial=self._inspection.serial, run=run.run, why=why))
            return None


def _quantities(old: ItemVerdict, new: ItemVerdict) -> Iterator[QuantityChange]:
    before, after = ({q.quantity: q for q in verdict.quantities} for verdict in (old, new))
    for name in dict.fromkeys((*before, *after)):
        one, other = before.get(name), after.get(name)
        if one is None or other is None or one.outcome != other.outcome:
            yield QuantityChange(quantity=name, old=one, new=other)


def _changed(inspection: Inspection, items: tuple[ItemChange, ...]) -> InspectionChange:
    outcomes = {(change.attempt, change.item): change.new for change in items}
    records = tuple(
        record.model_copy(update={"outcome": outcomes.get((record.attempt, record.code), record.outcome)})
        for record in inspection.items
    )
    old = inspection.attempts[-1].conclusion
    new = inspection.model_copy(update={"items": records}).conclude() if old else None
    return InspectionChange(serial=inspection.serial, old=old, new=new, items=items)
