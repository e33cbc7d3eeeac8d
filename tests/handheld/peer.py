"""A small line that speaks the contract and moves only when the test says so."""

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from station.bus import messages as m
from station.bus.accounts import LINE, OFFICE
from station.bus.broker import Broker
from station.bus.link import Link, Will
from station.bus.topics import Topics
from station.ledger.journal import Ledger
from station.model import facts
from station.model.canonical import sha256_hex
from station.model.codes import ITEM_STAGES, RIG_STAGES, STAGES
from station.model.event import GENESIS, Entry, Event, Fact
from station.model.inspection import Inspection, apply, open_inspection
from station.model.text import Text
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict, Outcome, PackRef
from tests.handheld.lists import CATALOGUE, planned, trouble

STATION = "test"
PACK = PackRef(name="test", edition="1", sha256="0" * 64)
PEOPLE = {
    "1001": ("2468", "p-driver", "引车员甲", ("driver",)),
    "1002": ("1357", "p-outside", "外检员乙", ("appearance",)),
    "1003": ("9753", "p-all", "多面手丙", ("appearance", "driver", "emissions")),
    "1005": ("1212", "p-pit", "底盘检验员戊", ("pit",)),
    "1004": ("8642", "p-desk", "登录员丁", ("registrar", "signatory")),
}
CAR = Vehicle(plate_type="02", vehicle_type="K33", use_character="A", fuel="A", axles=2, make_model="轿车")
RIGS = {
    "rbt-1": ("brake", "lane-1", "brake-1"),
    "gas-1": ("gas", "lane-2", "exhaust-1"),
    "lamp-1": ("lamp", "lane-3", "lamps-1"),
    "smoke-1": ("smoke", "lane-4", "exhaust-2"),
}
"""Kind, lane and bay of each rig."""
VIN = "LSVAA2180E2100001"


class LinePeer:
    """A line in the test: answers commands by the contract, keeps inspections by the real fold, publishes them.

    With a ledger every fact is also written there, for an office that reads it.
    ``refusals`` holds answers (code, zh, en) by kind of command; ``deaf`` counts commands that it does not hear,
    ``dumb`` answers that get lost.
    """

    def __init__(self, broker: Broker, ledger: Ledger | None = None) -> None:
        self.ledger = ledger
        self.refusals: dict[str, tuple[str, str, str]] = {}
        self.topics = Topics(STATION)
        self.link = Link(broker.url, broker.account(LINE), Will(self.topics.presence(LINE), present(False)))
        self.inspections: dict[str, Inspection] = {}
        self.plates: dict[str, str] = {}
        self.notes: dict[str, dict[str, str]] = {}
        self.received: list[m.Command] = []
        self.done: dict[tuple[str, str], m.Reply] = {}
        self.sessions: dict[str, str] = {}
        self.seq, self.prompts, self.epoch = 0, 0, secrets.token_hex(6)
        self.deaf = self.dumb = 0
        self.rigs = dict.fromkeys(RIGS, "online")
        self.online = True
        self._sequence = 0
        self.present: dict[str, bool] = {}

    async def start(self) -> None:
        self.link.subscribe(self.topics.presence(), self._presence)
        self.link.subscribe(self.topics.command(), self._command)
        await self.link.start()
        await self.link.wait(10)
        await self.say_present(True)
        await self.link.publish_acked(self.topics.catalogue, CATALOGUE.to_bytes(), retain=True)
        await self.publish_state()

    async def stop(self) -> None:
        """Clear what is retained, so that the next test begins with an empty board."""
        for serial in self.inspections:
            await self.link.publish_acked(self.topics.inspection(serial), b"", retain=True)
        for lane in ("outside", "lane-1", "lane-2", "lane-3", "lane-4"):
            await self.link.publish_acked(self.topics.prompt(lane), b"", retain=True)
        await self.link.publish_acked(self.topics.state, b"", retain=True)
        await self.link.publish_acked(self.topics.presence(LINE), b"", retain=True)
        await self.link.stop()

    # -- what it shows

    async def say_present(self, online: bool) -> None:
        """Say whether the line is there; offline is what its last will says."""
        await self.link.publish_acked(self.topics.presence(LINE), present(online), retain=True)

    def _presence(self, topic: str, payload: bytes) -> None:
        if payload:
            presence = m.Presence.model_validate_json(payload)
            self.present[presence.client] = presence.online

    async def publish_state(self) -> None:
        await self.link.publish_acked(self.topics.state, self.state().to_bytes(), retain=True)

    def state(self) -> m.StationState:
        return m.StationState(
            station=STATION,
            name=Text(zh="测试检测站", en="Test station"),
            epoch=self.epoch,
            seq=self.seq,
            head=GENESIS,
            at=stamp(),
            simulated=True,
            speed=Decimal(1),
            online=self.online,
            queue={stage: self._queue(stage) for stage in STAGES},
            bays=self._bays(),
            rigs=tuple(map(self._rig, self.rigs)),
            locks=(),
            counters=m.Counters(day="2026-11-22"),
        )

    def _rig(self, rig: str) -> m.RigState:
        kind, lane, _ = RIGS[rig]
        online = self.rigs[rig] == "online"
        reason = Text(zh="正常", en="Normal") if online else Text(zh="网线已断开", en="The cable is unplugged")
        return m.RigState(rig=rig, kind=kind, lane=lane, state=self.rigs[rig], reason=reason, since=stamp())

    def _bays(self) -> tuple[m.BayState, ...]:
        bays = (
            ("outside-1", "outside", "appearance", None),
            ("outside-2", "outside", "appearance", None),
            ("pit-1", "pit", "underbody", None),
            *((bay, lane, RIG_STAGES[kind], rig) for rig, (kind, lane, bay) in RIGS.items()),
        )
        return tuple(
            m.BayState(bay=bay, lane=lane, stage=stage, rig=rig, serial=self._in_bay(bay))
            for bay, lane, stage, rig in bays
        )

    def _in_bay(self, bay: str) -> str | None:
        for serial, inspection in self.inspections.items():
            if any(s.bay == bay and s.started_at and not s.finished_at for s in inspection.stages):
                return serial
        return None

    def _queue(self, stage: Any) -> tuple[str, ...]:
        waiting = [
            (record.waiting_at, serial)
            for serial, inspection in self.inspections.items()
            if (record := inspection.stage(stage)) and record.started_at is None
            if not any(s.started_at and not s.finished_at for s in inspection.stages)
        ]
        return tuple(serial for _, serial in sorted(waiting))

    # -- what happens

    def fact(self, serial: str, body: facts.Body, actor: str = "line", device: str = "line", ago_s: int = 0) -> Event:
        """Put a fact into an inspection and publish what it changes."""
        event = self._event(serial, body, actor, device, ago_s)
        before = self.inspections.get(serial)
        self.inspections[serial] = apply(before, event) if before else open_inspection(event)
        self._publish(serial)
        return event

    def _event(self, subject: str, body: facts.Body, actor: str, device: str, ago_s: int = 0) -> Event:
        if self.ledger:
            (event,) = self.ledger.append(Entry((Fact(subject, actor, device, body),)))
            self.seq = event.seq
            return event
        self.seq += 1
        text = json.dumps(body.to_json(), ensure_ascii=False)
        return Event(
            seq=self.seq, boot_id="boot", mono_ns=self.seq, at=stamp(ago_s), kind=body.kind, version=body.version,
            subject=subject, actor=actor, device=device, body=text, prev_hash=GENESIS, hash="1" * 64,
        )  # fmt: skip

    def _publish(self, serial: str) -> None:
        snapshot = m.InspectionSnapshot(
            serial=serial,
            plate=self.plates.get(serial, ""),
            vin=VIN,
            inspection=self.inspections[serial],
            waiting_for=Text(zh="等待工位", en="Waits for a bay"),
            notes=self.notes.get(serial, {}),
        )
        self.link.publish(self.topics.inspection(serial), snapshot.to_bytes(), qos=1, retain=True)
        self.link.publish(self.topics.state, self.state().to_bytes(), qos=1, retain=True)

    def car(self, number: int, plate: str, items: tuple[str, ...], ago_s: int = 0) -> str:
        """Register a car whose stages all wait; return its serial."""
        serial = f"{STATION}-20261122-{number:04d}"
        self.plates[serial] = plate
        self.fact(serial, facts.KeysTaken(), ago_s=ago_s)
        self.fact(serial, facts.StageFinished(stage="desk", attempt=1, bay=None), ago_s=ago_s)
        registered = facts.InspectionRegistered(
            vehicle_id="v1", vehicle=CAR, category="in_use", plate_commitment="0" * 64, vin_commitment="0" * 64,
            owner_commitment=None, plan=items, pack=PACK,
        )  # fmt: skip
        self.fact(serial, registered, ago_s=ago_s)
        if lists := planned(items):
            self.fact(serial, facts.ChecklistPlanned(attempt=1, points=lists), ago_s=ago_s)
        for stage in dict.fromkeys(ITEM_STAGES[item] for item in items):
            self.fact(serial, facts.StageWaiting(stage=stage, attempt=1), ago_s=ago_s)
        return serial

    async def clear(self, serial: str) -> None:
        """Clear an inspection from the board."""
        del self.inspections[serial]
        await self.link.publish_acked(self.topics.inspection(serial), b"", retain=True)
        await self.publish_state()

    def begin(self, serial: str, item: str, rig: str, bay: str, covers: tuple[str, ...] = ()) -> str:
        """Begin a run; return its id."""
        run = f"run-{serial[-4:]}-{item}-{self.seq}"
        body = facts.RunStarted(
            run=run, item=item, covers=covers, attempt=self.inspections[serial].attempt, bay=bay, rig=rig, profile="p",
            profile_sha256="0" * 64,
        )  # fmt: skip
        self.fact(serial, body, device=rig)
        self._sequence = 0
        return run

    def end(self, serial: str, run: str, verdict: ItemVerdict, rig: str) -> None:
        """End a run with a verdict, and the stage if nothing is left in it."""
        body = facts.RunFinished(
            run=run, item=verdict.item, evidence_sha256="0" * 64, samples=600, lost=0, end_state="normal"
        )
        self.fact(serial, body, device=rig)
        self.judge(serial, verdict, rig)

    def judge(self, serial: str, verdict: ItemVerdict, rig: str) -> None:
        """Say a verdict, and end the stage if nothing is left in it."""
        self.fact(serial, facts.ItemJudged(attempt=self.inspections[serial].attempt, verdict=verdict), device=rig)
        self.finish_if_done(serial, verdict.item)

    def finish_if_done(self, serial: str, item: str) -> None:
        inspection, stage = self.inspections[serial], ITEM_STAGES[item]
        if not inspection.open_items(stage):
            self.fact(serial, facts.StageFinished(stage=stage, attempt=inspection.attempt, bay=None))

    def prompt(self, lane: str, bay: str, serial: str | None, code: str, text: Text, **more: Any) -> None:
        """Show a prompt."""
        self.prompts += 1
        prompt = m.Prompt(
            lane=lane, bay=bay, serial=serial, plate=self.plates.get(serial or ""), code=code, text=text,
            epoch=self.epoch, number=self.prompts, item=more.pop("item", None), **more,
        )  # fmt: skip
        self.link.publish(self.topics.prompt(lane), prompt.to_bytes(), qos=1, retain=True)

    def live(self, lane: str, rig: str, run: str, serial: str, item: str, **more: Any) -> None:
        """Send one batch of live readings."""
        curves = more.get("curves", {})
        live = m.Live(
            epoch=self.epoch, run=run, serial=serial, item=item, phase=more.pop("phase", "rise"),
            sequence=self._sequence, period_ms=more.pop("period_ms", Decimal(10)),
            mono_ns=self._sequence * 10_000_000, **more,
        )  # fmt: skip
        self._sequence += max([len(values) for values in curves.values()], default=1)
        self.link.publish(self.topics.live(lane, rig), live.to_bytes())

    # -- commands

    def _command(self, topic: str, payload: bytes) -> None:
        client, command = Topics.client_of(topic), m.Command.model_validate_json(payload)
        self.received.append(command)
        if self.deaf > 0:
            self.deaf -= 1
            return
        key = (client, command.id)
        reply = self.done.get(key) or self._answer(client, command)
        if reply.accepted:
            self.done[key] = reply
        if self.dumb > 0:
            self.dumb -= 1
            return
        self.link.publish(self.topics.reply(client), reply.to_bytes(), qos=1)

    def _answer(self, client: str, command: m.Command) -> m.Reply:
        body = m.COMMAND_OF[command.kind].model_validate(command.body)
        if body.moves_rig and command.epoch != self.epoch:
            return refuse(command, "epoch", "检测线已重启，请重试。", "The line has restarted; try again.")
        if body.session and client not in self.sessions:
            return refuse(command, "not_logged_in", "请先登录。", "Log in first.")
        if command.kind in self.refusals:
            return refuse(command, *self.refusals[command.kind])
        handler: Callable[[str, m.Command, Any], m.Reply] = getattr(self, "_" + command.kind.replace(".", "_"))
        return handler(client, command, body)

    def _session_open(self, client: str, command: m.Command, body: m.SessionOpen) -> m.Reply:
        pin, staff, name, roles = PEOPLE.get(body.staff, ("", "", "", ()))
        if not pin or pin != body.pin:
            return refuse(command, "pin_wrong", "工号或密码不对。", "Staff number or PIN is wrong.")
        self.sessions[client] = staff
        token = f"t-{staff}-{len(self.received)}"
        if self.ledger:
            self._event(staff, facts.StaffEnrolled(staff=staff, roles=roles, name_commitment="0" * 64), "line", "line")
            opened = facts.SessionOpened(client=client, staff=staff, token_sha256=sha256_hex(token.encode()))
            self._event(staff, opened, staff, client)
        return accept(command, {"token": token, "staff": staff, "name": name, "roles": list(roles)})

    def _session_close(self, client: str, command: m.Command, body: m.SessionClose) -> m.Reply:
        self.sessions.pop(client, None)
        return accept(command)

    def _stage_start(self, client: str, command: m.Command, body: m.StageStart) -> m.Reply:
        bay = next((b for b in self._bays() if b.bay == body.bay), None)
        if bay and bay.rig and self.rigs[bay.rig] != "online":
            zh, en = "制动台没有应答，请检查网线。", "The brake tester does not answer; check its cable."
            return refuse(command, "rig_offline", zh, en)
        if bay and bay.serial:
            return refuse(command, "bay_taken", "工位已有车。", "There is a vehicle in the bay.")
        attempt = self.inspections[body.serial].attempt
        started = facts.StageStarted(stage=body.stage, attempt=attempt, bay=body.bay)
        self.fact(body.serial, started, actor=self.sessions[client], device=client)
        return accept(command)

    def _stage_release(self, client: str, command: m.Command, body: m.StageRelease) -> m.Reply:
        attempt = self.inspections[body.serial].attempt
        self.fact(body.serial, facts.StageReleased(stage=body.stage, attempt=attempt, reason=body.reason))
        return accept(command)

    def _checklist_record(self, client: str, command: m.Command, body: m.ChecklistRecord) -> m.Reply:
        found = self.inspections[body.serial]
        why = trouble(found, body)
        if why:
            return refuse(command, *why)
        results = tuple(map(result, body.points))
        for point in body.points:
            for number, defect in enumerate(point.defects, 1):
                self.notes.setdefault(body.serial, {})[f"defect.{body.item}.{point.point}.{number}"] = defect.note
        recorded = facts.ChecklistRecorded(item=body.item, attempt=found.attempt, points=results)
        event = self.fact(body.serial, recorded, actor=self.sessions[client], device=client)
        failed = any(point.outcome == "fail" for point in body.points)
        outcome = Outcome.FAIL if failed else Outcome.PASS
        self._recorded(body.serial, body.item, outcome, None, self.sessions[client])
        return accept(command, event=event)

    def _photo_keep(self, client: str, command: m.Command, body: m.PhotoKeep) -> m.Reply:
        if client != OFFICE:
            return refuse(command, "not_allowed", "不允许。", "Not allowed.")
        fact = facts.PhotoKept(
            attempt=self.inspections[body.serial].attempt,
            **body.model_dump(include={"item", "point", "sha256", "size", "media"}),
        )
        return accept(command, event=self.fact(body.serial, fact, actor=body.staff, device=body.client))

    def _item_skip(self, client: str, command: m.Command, body: m.ItemSkip) -> m.Reply:
        self._recorded(body.serial, body.item, Outcome.UNKNOWN, body.reason, self.sessions[client])
        return accept(command)

    def _recorded(self, serial: str, item: str, outcome: Outcome, reason: str | None, actor: str) -> None:
        attempt = self.inspections[serial].attempt
        fact = facts.ItemRecorded(item=item, attempt=attempt, outcome=outcome, reason=reason, note_commitment=None)
        self.fact(serial, fact, actor=actor)
        self.finish_if_done(serial, item)

    def _arrival_open(self, client: str, command: m.Command, body: m.ArrivalOpen) -> m.Reply:
        serial = f"{STATION}-20261122-{900 + len(self.inspections):04d}"
        event = self.fact(serial, facts.KeysTaken(), actor=self.sessions[client], device=client)
        return accept(command, {"serial": serial}, event)

    def _inspection_register(self, client: str, command: m.Command, body: m.InspectionRegister) -> m.Reply:
        self.plates[body.serial] = body.plate
        registered = facts.InspectionRegistered(
            vehicle_id="v1", vehicle=body.vehicle, category=body.category, plate_commitment="0" * 64,
            vin_commitment="0" * 64, owner_commitment=None, plan=("F1",), pack=PACK,
        )  # fmt: skip
        self.fact(body.serial, facts.StageFinished(stage="desk", attempt=1, bay=None))
        self.fact(body.serial, registered)
        self.fact(body.serial, facts.ChecklistPlanned(attempt=1, points=planned(("F1",))))
        event = self.fact(body.serial, facts.StageWaiting(stage="appearance", attempt=1))
        return accept(command, {"plan": ["F1"], "warnings": []}, event)

    def _review_sign(self, client: str, command: m.Command, body: m.ReviewSign) -> m.Reply:
        inspection = self.inspections[body.serial]
        signed = facts.InspectionSigned(attempt=inspection.attempt, report_no="R1", conclusion=inspection.conclude())
        event = self.fact(body.serial, signed, actor=self.sessions[client])
        return accept(command, {"report_no": "R1", "conclusion": signed.conclusion}, event)

    def _inspection_return(self, client: str, command: m.Command, body: m.InspectionReturn) -> m.Reply:
        self.fact(body.serial, facts.InspectionReturned(attempt=2, items=("F1",)))
        event = self.fact(body.serial, facts.StageWaiting(stage="appearance", attempt=2))
        return accept(command, {"items": ["F1"]}, event)

    def _keys_return(self, client: str, command: m.Command, body: m.KeysReturn) -> m.Reply:
        self.fact(body.serial, facts.KeysReturned())
        del self.inspections[body.serial]
        self.link.publish(self.topics.inspection(body.serial), b"", qos=1, retain=True)
        return accept(command)


def result(point: m.PointFound) -> facts.PointResult:
    """Return a point as the ledger has it."""
    defects = tuple(facts.Defect(code=defect.code, location=defect.location) for defect in point.defects)
    return facts.PointResult(point=point.point, outcome=point.outcome, defects=defects, photos=point.photos)


def present(online: bool) -> bytes:
    """Return the line's presence."""
    return m.Presence(client=LINE, online=online).to_bytes()


def stamp(ago_s: int = 0) -> str:
    """Return the time now or some seconds ago, as events carry it."""
    return (datetime.now(UTC) - timedelta(seconds=ago_s)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def accept(command: m.Command, body: dict[str, Any] | None = None, event: Event | None = None) -> m.Reply:
    """Return an accepting reply."""
    seq, digest = (event.seq, event.hash) if event else (None, None)
    text = Text(zh="已受理", en="Accepted")
    return m.Reply(id=command.id, accepted=True, code="ok", text=text, seq=seq, hash=digest, body=body or {})


def refuse(command: m.Command, code: str, zh: str, en: str) -> m.Reply:
    """Return a refusing reply."""
    return m.Reply(id=command.id, accepted=False, code=code, text=Text(zh=zh, en=en))
