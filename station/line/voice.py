"""What the line says on the bus: retained state, snapshots, prompts, live readings, and the ledger event by event."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from station.bus import messages as m
from station.bus.clock import Clock
from station.bus.link import Link
from station.bus.topics import Topics
from station.line.dispatch import queue
from station.line.hall import GONE, Bay, Hall
from station.line.run import Reading
from station.line.wording import WORDS, explained
from station.model.codes import LOCATION_NAMES
from station.model.event import Event
from station.model.inspection import Inspection
from station.model.text import Text
from station.rules import Pack

log = logging.getLogger(__name__)


@dataclass
class RigHealth:
    """What a rig last said of itself."""

    rig: str
    kind: str
    lane: str
    state: str = "offline"
    reason: str = "not connected yet"
    since: str = ""


@dataclass
class Voice:
    """Speaks for the line. Everything retained is said again after each reconnect; events go out in order."""

    hall: Hall
    link: Link
    topics: Topics
    clock: Clock
    rigs: dict[str, RigHealth]
    seq: int = 0
    head: str = ""
    _prompts: dict[str, m.Prompt] = field(default_factory=dict)
    _reminded: int = 0
    _number: int = 0
    _events: "asyncio.Queue[Event]" = field(default_factory=asyncio.Queue)
    _spoken: set[str] = field(default_factory=set)

    def speak_events(self, events: tuple[Event, ...]) -> None:
        """Queue stored events for the event topic."""
        for event in events:
            self._events.put_nowait(event)
            self.seq, self.head = event.seq, event.hash

    async def publish_events(self) -> None:
        """Publish queued events one after another, each until the broker has it; runs as a task."""
        while True:
            event = await self._events.get()
            notice = m.EventNotice(**{**event.model_dump(), "mono_ns": str(event.mono_ns)}).to_bytes()
            while True:
                await self.link.connected.wait()
                try:
                    await self.link.publish_acked(self.topics.event, notice)
                    break
                except ConnectionError:
                    await asyncio.sleep(0.05)

    def say_everything(self) -> None:
        """Publish all that is retained: after a reconnect the broker may have lost it."""
        self.link.publish(self.topics.catalogue, catalogue(self.hall.pack).to_bytes(), qos=1, retain=True)
        self.say_state()
        for inspection in self.hall.present():
            self.say_inspection(inspection.serial)
        for prompt in self._prompts.values():
            self.link.publish(self.topics.prompt(prompt.lane), prompt.to_bytes(), qos=1, retain=True)

    def remind(self) -> None:
        """Say one more snapshot again, in turn: a broker may lose what is said while a client subscribes."""
        present = [inspection.serial for inspection in self.hall.present()]
        if present:
            self._reminded += 1
            self.say_inspection(present[self._reminded % len(present)])

    def say_state(self, online: bool = True) -> None:
        """Publish the retained state of the station."""
        self.link.publish(self.topics.state, self.state(online).to_bytes(), qos=1, retain=True)

    def state(self, online: bool = True) -> m.StationState:
        """Return the state of the station."""
        config = self.hall.config
        return m.StationState(
            station=config.station.id,
            name=config.station.name,
            epoch=self.hall.epoch,
            seq=self.seq,
            head=self.head,
            at=stamp(self.clock.now()),
            simulated=config.simulated,
            speed=Decimal(str(self.clock.speed)),
            online=online,
            present=tuple(inspection.serial for inspection in self.hall.present()),
            queue=queue(self.hall.free_to_go(), self.hall.inspections.values()),
            bays=tuple(bay_state(bay) for bay in self.hall.bays.values()),
            rigs=tuple(rig_state(rig) for rig in self.rigs.values()),
            locks=self._locks(),
            counters=self._counters(),
        )

    def _locks(self) -> tuple[m.Lock, ...]:
        locks = tuple(lock(rig) for rig in self.rigs.values() if rig.state != "online")
        if self.hall.crowded:
            numbers = {"free": self.hall.free_mb, "floor": self.hall.config.store.min_free_mb}
            space = m.Lock(
                subject="space", reason=WORDS.text("lock.space", **numbers), remedy=WORDS.text("lock.remedy.space")
            )
            locks = (*locks, space)
        for subject, found in (("clock", self.hall.clock_trouble), ("certificate", self.hall.certificate)):
            if found:
                locks = (*locks, m.Lock(subject=subject, reason=found[0], remedy=found[1]))
        trouble = self.hall.store_trouble
        return locks if trouble is None else (*locks, m.Lock(subject="store", reason=trouble.what, remedy=trouble.todo))

    def _counters(self) -> m.Counters:
        day = self.hall.day(self.clock.now())
        prefix = f"{self.hall.config.station.id}-{day}-"
        today = [i for i in self.hall.inspections.values() if i.serial.startswith(prefix)]
        firsts = [i.attempts[0].conclusion for i in today if i.attempts]
        return m.Counters(
            day=day,
            arrived=len(today),
            in_station=len(self.hall.present()),
            reported=sum(1 for i in today if any(attempt.report_sha256 for attempt in i.attempts)),
            passed_first=firsts.count("pass"),
            failed_first=firsts.count("fail"),
        )

    def say_inspection(self, serial: str) -> None:
        """Publish the retained snapshot of an inspection, or clear it when the vehicle has left."""
        inspection = self.hall.inspections[serial]
        payload = b"" if inspection.state in GONE else self.snapshot(inspection).to_bytes()
        self.link.publish(self.topics.inspection(serial), payload, qos=1, retain=True)

    def tidy(self, topic: str, payload: bytes) -> None:
        """Clear the snapshot of a vehicle that has left: a line that was killed could not do it."""
        known = self.hall.inspections.get(Topics.leaf(topic, 3))
        if payload and (known is None or known.state in GONE):
            self.link.publish(topic, b"", qos=1, retain=True)

    def snapshot(self, inspection: Inspection) -> m.InspectionSnapshot:
        """Return the snapshot of an inspection: for staff, with the plate and without the owner."""
        names = self.hall.personal.get(inspection.serial, {})
        return m.InspectionSnapshot(
            serial=inspection.serial,
            plate=names.get("plate", ""),
            vin=names.get("vin", ""),
            inspection=inspection,
            waiting_for=self.hall.waiting_for(inspection),
            notes=self.hall.notes(inspection.serial),
        )

    def say_prompt(self, bay: Bay, code: str, values: Mapping[str, str], countdown_s: float | None) -> None:
        """Publish the retained prompt of a lane."""
        self._number += 1
        axle = values.get("axle")
        words = {**values, "axle_zh": "", "axle_en": ""}
        if axle:
            words |= {"axle_zh": WORDS.say("zh", f"axle.{axle}"), "axle_en": WORDS.say("en", f"axle.{axle}")}
        reason = values.get("reason")
        prompt = m.Prompt(
            lane=bay.section.lane,
            bay=bay.section.id,
            serial=bay.serial,
            plate=self.hall.plate(bay.serial) or None,
            item=bay.item,
            code=code,
            text=WORDS.text(f"prompt.{code}", **words),
            detail=WORDS.text(f"void.{reason}") if reason else None,
            countdown_s=None if countdown_s is None else Decimal(str(countdown_s)),
            target=dict(values),
            epoch=self.hall.epoch,
            number=self._number,
        )
        self._prompts[bay.section.lane] = prompt
        self.link.publish(self.topics.prompt(prompt.lane), prompt.to_bytes(), qos=1, retain=True)

    def say_live(self, reading: Reading) -> None:
        """Publish one block of a run."""
        bay, block = reading.bay, reading.block
        section = bay.section
        live = m.Live.model_construct(
            v=1,
            epoch=self.hall.epoch,
            run=bay.run or "",
            serial=bay.serial or "",
            item=bay.item or "",
            phase=bay.phase or "",
            sequence=block.first_sequence,
            period_ms=reading.period_ms,
            mono_ns=block.monotonic_ns,
            curves=dict(reading.curves) if block.channels else {},
            values={n: str(r.scaled) if r.quality == "good" else None for n, r in block.scalars.items()},
            invalid=tuple(n for n, r in block.scalars.items() if r.quality != "good"),
            lost=block.lost,
        )
        self.link.publish(self.topics.live(section.lane, section.rig or ""), live.to_bytes())


def stamp(moment: datetime) -> str:
    """Return a moment as in the events: UTC with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def catalogue(pack: Pack) -> m.Catalogue:
    """Return the points of a pack's check-lists with their words, as handhelds and desk show them."""
    points = tuple(m.CataloguePoint.model_validate(point.model_dump(include=_OF_A_POINT)) for point in pack.points)
    return m.Catalogue(pack=pack.ref.name, sha256=pack.ref.sha256, points=points, locations=LOCATION_NAMES)


_OF_A_POINT = set(m.CataloguePoint.model_fields) - {"v"}


def bay_state(bay: Bay) -> m.BayState:
    """Return what everybody may know of a bay."""
    section = bay.section
    return m.BayState(
        bay=section.id,
        lane=section.lane,
        stage=section.stage,
        rig=section.rig,
        serial=bay.serial,
        run=bay.run,
        item=bay.item,
        phase=bay.phase,
    )


def rig_state(rig: RigHealth) -> m.RigState:
    """Return what everybody may know of a rig."""
    shown = {"rig": rig.rig, "kind": rig.kind, "lane": rig.lane, "state": rig.state, "since": rig.since}
    return m.RigState.model_validate({**shown, "reason": said(rig)})


def said(rig: RigHealth) -> Text:
    """Return a rig's state and reason in words."""
    why = explained(rig.reason)
    return WORDS.text(f"rig.{rig.state}", detail_zh=why.zh, detail_en=why.en)


def lock(rig: RigHealth) -> m.Lock:
    """Return the lock of a rig that cannot be used, with its remedy."""
    return m.Lock(subject=rig.rig, reason=said(rig), remedy=WORDS.text(f"lock.remedy.{rig.state}"))
