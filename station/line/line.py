"""The line: the only writer of the ledger, the only one that moves rigs. This is where its parts are put together."""

import asyncio
import contextlib
import logging
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from devices.profile import load_profile
from devices.rig import open_rig
from station.authority.names import station_names
from station.authority.state import certificate_state
from station.bus import messages as m
from station.bus.clock import Clock
from station.bus.link import Account, Link, Will
from station.bus.topics import Topics
from station.ledger.journal import Ledger
from station.line import flow
from station.line.clockwatch import ClockWatch
from station.line.config import Config, ConfigError
from station.line.floor import StationFloor
from station.line.hall import Bay, Hall, Session
from station.line.handlers import released
from station.line.lane import Lane
from station.line.orders import Orders
from station.line.rig import LaneRig
from station.line.scribe import LINE, Scribe
from station.line.sealing import Sealing
from station.line.voice import RigHealth, Voice, stamp
from station.line.witness import Witness
from station.model import facts
from station.model.codes import RIG_STAGES
from station.model.event import Entry, Fact
from station.model.inspection import Inspection
from station.rules import Pack
from station.store import read
from station.store.errors import StoreError

log = logging.getLogger(__name__)
STATE_EVERY_S = 2.0
PURGE_EVERY_S = 86_400.0
SAFE_START_S = 2.0
CERTIFICATES_EVERY_S = 3600.0
SAY_AGAIN_S = (1.0, 4.0)
"""Who subscribes while something is said may get the retained message before it, and then nothing: after a broker's
restart everybody subscribes at once."""
SOFTWARE = "cloud-inspection 0.1.0"


@dataclass(frozen=True)
class LineSettings:
    """What a line is made of beside its ledger: configuration and its hash, rule pack, clock, broker account."""

    config: Config
    config_sha256: str
    pack: Pack
    clock: Clock
    account: Account


class Line:
    """One station's line, from start to stop.

    With a ``witness`` that has not been heard yet it says nothing before it was.

    Raises:
        ConfigError: a bay has a rig of another kind than its stage needs.
        ProfileError: a rig's profile cannot be used.
    """

    def __init__(self, settings: LineSettings, engine: Engine, ledger: Ledger, witness: Witness | None = None) -> None:
        config = settings.config
        self._witness = witness
        self.settings, self.clock, self.engine = settings, settings.clock, engine
        self.hall = Hall(config, settings.pack, epoch=secrets.token_hex(6))
        self.topics = Topics(config.station.id)
        rigs = {section.id: self._open_rig(section.id) for section in config.rig}
        will = Will(self.topics.presence(LINE), self._presence(False))
        self.link = Link(config.broker.url, settings.account, will, self._link_changed)
        self.voice = Voice(self.hall, self.link, self.topics, self.clock, self._healths(rigs))
        self.scribe = Scribe(self.hall, self.voice, engine, ledger)
        self.sealing = Sealing(self.hall, self.scribe, self.clock)
        self.floor = StationFloor(self.hall, self.scribe, self.voice, self.clock)
        bays = (bay for bay in self.hall.bays.values() if bay.section.rig)
        self.lanes = {bay.section.id: self._lane(bay, rigs[bay.section.rig or ""]) for bay in bays}
        self.orders = Orders(self.hall, self.scribe, self.voice, self.clock, self.lanes)
        self.link.subscribe(self.topics.command(), self.orders.receive)
        self.link.subscribe(self.topics.inspection(), self.voice.tidy)

    # -- what it is made of

    def _open_rig(self, rig_id: str) -> LaneRig:
        section = next(section for section in self.settings.config.rig if section.id == rig_id)
        driver = open_rig(load_profile(section.profile), section.link, self.clock)
        driver.on_health = lambda state, reason: self._health(rig_id, state, reason)
        return LaneRig(rig_id, driver)

    def _lane(self, bay: Bay, rig: LaneRig) -> Lane:
        kind = rig.driver.profile.kind
        if RIG_STAGES[kind] != bay.section.stage:
            of_rig = {"rig": rig.id, "kind": kind, "expected": RIG_STAGES[kind]}
            raise ConfigError.of("wrong_stage", bay=bay.section.id, stage=bay.section.stage, **of_rig)
        bay.kind = kind
        return Lane(bay, rig, self.floor)

    def _healths(self, rigs: dict[str, LaneRig]) -> dict[str, RigHealth]:
        lanes = {section.rig: section.lane for section in self.settings.config.bay}
        now = stamp(self.clock.now())
        return {
            rig.id: RigHealth(rig.id, rig.driver.profile.kind, lanes.get(rig.id, ""), since=now)
            for rig in rigs.values()
        }

    def _presence(self, online: bool) -> bytes:
        return m.Presence(client=LINE, online=online).to_bytes()

    def _link_changed(self, connected: bool) -> None:
        log.info("broker %s", "connected" if connected else "lost")
        if connected:
            self.link.publish(self.topics.presence(LINE), self._presence(True), qos=1, retain=True)
            self.voice.say_everything()
            for seconds in SAY_AGAIN_S:
                asyncio.get_running_loop().call_later(seconds, self.voice.say_everything)

    # -- life

    async def run(self, stop: asyncio.Event) -> None:
        """Open for business, serve until told to stop, and leave every rig safe.

        Raises:
            StoreError: the ledger cannot be read or written at the start.
            LedgerForkedError: a broker that answers only now has what this ledger lacks.
        """
        await self._load()
        supervisors = [asyncio.create_task(lane.rig.driver.supervise()) for lane in self.lanes.values()]
        tasks: list[asyncio.Task[None]] = []
        try:
            await self._safe_start()
            await self._record_start()
            await self.sealing.start()
            tasks = [
                asyncio.create_task(self.voice.publish_events()),
                asyncio.create_task(self._state_loop()),
                *(asyncio.create_task(lane.serve()) for lane in self.lanes.values()),
                asyncio.create_task(self.orders.serve()),
                asyncio.create_task(self.sealing.serve()),
                asyncio.create_task(self._purge()),
                asyncio.create_task(self._watch_certificates()),
                asyncio.create_task(self._go_on_air()),
            ]
            await self._until_stopped(stop, [*tasks, *supervisors])
        finally:
            await self._close(tasks, supervisors)

    async def _go_on_air(self) -> None:
        """Speak and listen; if the broker could not be asked at the start, not before it has been."""
        if self._witness is not None:
            await self._witness.until_heard()
        await self.link.start()
        await asyncio.Event().wait()

    async def _until_stopped(self, stop: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
        """Wait for the stop; a task that breaks ends the line, so that its supervisor starts a sound one."""
        stopping = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
        for task in done - {stopping}:
            task.result()

    async def _close(self, tasks: list[asyncio.Task[None]], supervisors: list[asyncio.Task[None]]) -> None:
        self.scribe.closing = True
        await _end(tasks)
        await asyncio.gather(*(lane.rig.make_safe() for lane in self.lanes.values()))
        await _end(supervisors)
        await asyncio.gather(*(lane.rig.driver.close() for lane in self.lanes.values()))
        await self.sealing.close()
        await self.scribe.close()
        await self._say_goodbye()

    async def _say_goodbye(self) -> None:
        self.voice.say_state(online=False)
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self.link.publish_acked(self.topics.presence(LINE), self._presence(False), retain=True)
        await self.link.stop()

    async def _load(self) -> None:
        """Have the present at hand: open inspections and those of today, their names, people, sessions, manual bays."""
        hall, ask = self.hall, self.scribe.ask
        local = self.clock.now().astimezone(hall.zone)
        midnight = datetime(local.year, local.month, local.day, tzinfo=hall.zone)
        today = await ask(lambda: read.inspections(self.engine, start=stamp(midnight.astimezone(UTC))))
        for inspection in (*await ask(read.inspections, self.engine, True), *today):
            hall.inspections[inspection.serial] = inspection
            hall.count_serial(inspection.serial)
        hall.count_forks(await ask(read.forks, self.engine))
        hall.staff = {staff: frozenset(roles) for staff, roles in (await ask(read.staff, self.engine)).items()}
        for session in await ask(read.open_sessions, self.engine):
            hall.sessions[session.client] = Session(session.staff, hall.staff.get(session.staff, frozenset()))
        for inspection in hall.present():
            hall.personal[inspection.serial] = await ask(read.personal, self.engine, inspection.serial)
            stage = inspection.working
            if stage and stage.bay in hall.bays and stage.bay not in self.lanes:
                hall.bays[stage.bay].serial = inspection.serial
        self.voice.seq, self.voice.head = self.scribe.ledger.head

    async def _safe_start(self) -> None:
        """Before any command is taken, drive every rig that answers to its safe state; the others when they come."""

        async def one(lane: Lane) -> None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SAFE_START_S):
                    await lane.rig.make_safe()

        await asyncio.gather(*(one(lane) for lane in self.lanes.values()))

    async def _record_start(self) -> None:
        """Put the new epoch into the ledger, void what was open, and give back what was under way."""
        started = facts.StationStarted(
            epoch=self.hall.epoch,
            software=SOFTWARE,
            simulated=self.settings.config.simulated,
            speed=str(self.clock.speed),
            config_sha256=self.settings.config_sha256,
            packs=(self.settings.pack.ref,),
        )
        new = [*await self._config_change(), self.scribe.fact("", started)]
        for lane in self.lanes.values():
            said = lane.rig.driver.reason
            safe = facts.RigChecked(rig=lane.rig.id, check="safe_state", passed=lane.rig.safe, detail=said)
            new.append(self.scribe.fact("", safe))
        for inspection in self.hall.present():
            new += await self._broken_off(inspection)
        async with self.scribe.writing:
            await self.scribe.store(Entry(tuple(new)))

    async def _config_change(self) -> list[Fact]:
        """Return the fact that the configuration file is another one than at the start before."""
        last = await self.scribe.ask(read.last_event, self.engine, facts.StationStarted.kind)
        before = facts.StationStarted.model_validate_json(last.body).config_sha256 if last else ""
        now = self.settings.config_sha256
        changed = facts.ConfigChanged(sha256=now, before=before)
        return [self.scribe.fact("", changed)] if before not in ("", now) else []

    async def _broken_off(self, inspection: Inspection) -> list[Fact]:
        """Return what a restart says of an inspection: open runs are void, their stage waits again or is over."""
        bodies: list[facts.Body] = [
            facts.RunVoided(run=run.run, item=run.item, reason="line_restarted")
            for run in inspection.runs
            if run.state == "open"
        ]
        for record in inspection.stages:
            if record.bay in self.lanes and record.started_at and not record.finished_at:
                then = flow.preview(inspection, *bodies)
                over = self.floor.closing(then, record.stage, await self.floor.captures(inspection))
                bodies += over or [released(then, record.stage, "line_restarted")]
        return [self.scribe.fact(inspection.serial, body) for body in bodies]

    async def _state_loop(self) -> None:
        """Say the state when something changed, and every two seconds in any case; watch space and clock."""
        watch = ClockWatch(self.clock, self.hall.zone)
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STATE_EVERY_S):
                    await self.scribe.wake.wait()
            self.scribe.wake.clear()
            self._look_at_space()
            self._look_at_clock(watch)
            self.voice.say_state()
            self.voice.remind()
            if self.link.connected.is_set() and not self.scribe.writing.locked():
                self.hall.forget_departed(self.clock.now())
            await asyncio.sleep(0.05)

    async def _purge(self) -> None:
        """Once a day let go of answers that nobody will ask for again."""
        while True:
            try:
                await self.scribe.ask(self.scribe.ledger.purge_replies)
            except StoreError as error:
                log.error("old answers were not deleted: %s", error)
            await asyncio.sleep(PURGE_EVERY_S)

    async def _watch_certificates(self) -> None:
        """Say in good time that the station's certificates run out; by the true time, which clients go by."""
        config = self.settings.config
        while config.lan.enabled:
            names = station_names(config.lan.host, config.lan.names)
            found = await asyncio.to_thread(certificate_state, config.keys_folder, datetime.now(UTC), names)
            self.hall.certificate = None if found.kind == "ok" else (found.sentence, found.remedy)
            await asyncio.sleep(CERTIFICATES_EVERY_S)
        await asyncio.Event().wait()

    def _look_at_space(self) -> None:
        with contextlib.suppress(OSError):
            self.hall.free_mb = shutil.disk_usage(self.settings.config.store.folder).free // 1_000_000

    def _look_at_clock(self, watch: ClockWatch) -> None:
        step = watch.look()
        self.hall.clock_trouble = watch.trouble
        if step is not None:
            self.scribe.note(facts.ClockJumped(step_ms=round(step.total_seconds() * 1000)))

    # -- rigs that come and go

    def _health(self, rig_id: str, state: str, reason: str) -> None:
        health = self.voice.rigs[rig_id]
        changed = health.state != state
        health.state, health.reason = state, reason
        self.scribe.wake.set()
        if not changed:
            return
        health.since = stamp(self.clock.now())
        log.info("rig %s is %s: %s", rig_id, state, reason)
        self.scribe.note(facts.RigChanged.model_validate({"rig": rig_id, "state": state, "reason": reason}))
        lane = next(lane for lane in self.lanes.values() if lane.rig.id == rig_id)
        lane.rig.safe = lane.rig.safe and state == "online"


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
