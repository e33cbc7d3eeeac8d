"""A small line that speaks the contract at a real broker: for the desk's tests, pictures and figures."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from station.bus import messages as m
from station.bus.broker import Broker
from station.bus.link import Link, Will
from station.bus.topics import Topics
from station.model import facts
from station.model.canonical import canonical
from station.model.codes import ITEM_NAMES, ITEM_STAGES, LOCATION_NAMES, STAGE_NAMES, STAGES
from station.model.event import GENESIS, Event
from station.model.identity import IdentityError, parse_plate
from station.model.inspection import Inspection, State, apply, open_inspection
from station.model.text import Text
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict, Outcome, PackRef, QuantityVerdict

STATION = "test"
PACK = PackRef(name="cn-gb38900-2020", edition="1", sha256="0" * 64)
PIN = "2468"
VIN = "LSVAA4180E2100001"
CAR = Vehicle(plate_type="02", vehicle_type="K33", use_character="A", fuel="A")
CHECKLISTS = ("UC", "F1", "DC", "C1")
PLAN = ("F1", "B1", "B2", "BV", "B0", "PF")


def quantity(name: Text, outcome: Outcome, shown: str, limit: str, clause: str, confirmed: bool = True) -> Any:
    words = {Outcome.PASS: ("达到", "meets"), Outcome.FAIL: ("未达到", "misses")}.get(
        outcome, ("不能比较", "not against")
    )
    sentence = Text(
        zh=f"{name.zh} {shown}，{words[0]}限值 {limit}。", en=f"{name.en} {shown} {words[1]} the limit {limit}."
    )
    return QuantityVerdict(
        quantity="q", name=name, outcome=outcome, value=Decimal(1), unrounded=Decimal(1), unit="%", shown=shown,
        limit=Decimal(1), comparison=">=", limit_shown=limit, clause=clause, source="GB 38900-2020", certainty="B",
        confirmed=confirmed, decided_by="run", sentence=sentence,
    )  # fmt: skip


RATE = Text(zh="轴制动率", en="Axle braking rate")
WHOLE = Text(zh="整车制动率", en="Whole-vehicle braking rate")
PARKING = Text(zh="驻车制动率", en="Parking braking rate")
IMBALANCE = Text(zh="制动不平衡率", en="Imbalance")
INTENSITY = Text(zh="远光光强", en="High beam intensity")
SMOKE = Text(zh="光吸收系数", en="Absorption coefficient")
CO = Text(zh="高怠速 CO", en="CO at high idle")


def verdict(code: str, outcome: Outcome = Outcome.PASS, warnings: tuple[Text, ...] = ()) -> ItemVerdict:
    """Return a verdict with the quantities that such an item has; a failed brake item fails on imbalance."""
    if code == "BV":
        quantities = (quantity(WHOLE, outcome, "66.2 %", "≥ 60 %", "6.7.1.2"),)
    elif code == "B0":
        quantities = (quantity(PARKING, outcome, "28.4 %", "≥ 20 %", "6.7.1.4"),)
    elif code.startswith("B"):
        quantities = (
            quantity(RATE, Outcome.PASS, "63.4 %", "≥ 60 %", "6.7.1.2"),
            quantity(IMBALANCE, outcome, "27.1 %" if outcome is Outcome.FAIL else "8.3 %", "≤ 20 %", "6.7.1.3"),
        )
    elif code.startswith("H"):
        quantities = (quantity(INTENSITY, outcome, "21500 cd", "≥ 15000 cd", "8.5.1"),)
    elif code == "FA":
        quantities = (quantity(SMOKE, outcome, "0.62 1/m", "≤ 1.20 1/m", "GB 3847 5.2"),)
    else:
        quantities = (quantity(CO, outcome, "0.12 % vol", "≤ 0.3 % vol", "GB 18285 5.1", confirmed=False),)
    return ItemVerdict(item=code, outcome=outcome, quantities=quantities, pack=PACK, warnings=warnings, runs=("r",))


KINDS: dict[str, Any] = {"rbt-1": "brake", "gas-1": "gas", "smoke-1": "smoke", "lamp-1": "lamp"}
BAYS: tuple[Any, ...] = (
    ("outside-1", "outside", "appearance", None),
    ("brake-1", "lane-1", "brake", "rbt-1"),
    ("gas-1", "lane-1", "exhaust", "gas-1"),
)
MORE_BAYS: tuple[Any, ...] = (
    ("yard-1", "outside", "chassis", None),
    ("pit-1", "pit", "underbody", None),
    ("lamp-1", "lane-1", "lamps", "lamp-1"),
    ("smoke-1", "lane-1", "exhaust", "smoke-1"),
)
LIGHTS = m.CataloguePoint(
    id="lights", item="F1", group="exterior", number="12", name=Text(zh="外部照明和信号装置", en="Lights and signals"),
    defects=(
        m.CatalogueDefect(code="broken", name=Text(zh="破损", en="broken")),
        m.CatalogueDefect(code="dark", name=Text(zh="不亮", en="does not light up")),
    ),
)  # fmt: skip
CATALOGUE = m.Catalogue(pack=PACK.name, sha256=PACK.sha256, points=(LIGHTS,), locations=LOCATION_NAMES)


class LinePeer:
    """A line in the test: keeps inspections by the model's fold, publishes them, and answers commands."""

    def __init__(self, broker: Broker) -> None:
        self.topics = Topics(STATION)
        self.broker = broker
        self.link = self._make_link()
        self.inspections: dict[str, Inspection] = {}
        self.plates: dict[str, str] = {}
        self.notes: dict[str, dict[str, str]] = {}
        self.received: list[m.Command] = []
        self.answered: dict[str, m.Reply] = {}
        self.rigs: dict[str, Any] = {"rbt-1": "online", "gas-1": "online"}
        self.busy: dict[str, tuple[str, str, str]] = {}
        self.phases: dict[str, str] = {}
        self.bays = BAYS
        self.locks: tuple[m.Lock, ...] = ()
        self.queue: dict[Any, tuple[str, ...]] = {}
        self.events: list[Event] = []
        self.failing: set[str] = set()
        self.reset: list[str] = []
        self.still: datetime | None = None
        self.online, self.deaf, self.seq, self.prompts = True, False, 0, 0
        self.staff = {"1001": "登录员甲", "1002": "检验员乙"}
        self.roles = ["registrar", "signatory", "maintainer", "manager"]
        self.office = Link(broker.url, broker.account("office"))

    def _make_link(self) -> Link:
        will = Will(self.topics.presence("line"), m.Presence(client="line", online=False).to_bytes())
        return Link(self.broker.url, self.broker.account("line"), will)

    def widen(self) -> None:
        """Have the bays and rigs of a whole station."""
        self.bays = (*BAYS, *MORE_BAYS)
        self.rigs |= {"smoke-1": "online", "lamp-1": "online"}

    def stamp(self, ago_s: float = 0) -> str:
        return ((self.still or datetime.now(UTC)) - timedelta(seconds=ago_s)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    async def start(self) -> None:
        self.link.subscribe(self.topics.command(), self._command)
        await self.link.start()
        await self.link.wait(10)
        await self.link.publish_acked(
            self.topics.presence("line"), m.Presence(client="line", online=True).to_bytes(), retain=True
        )
        await self.office.start()
        await self.office.wait(10)
        await self.publish_state()
        self._reminder = asyncio.create_task(self._remind())

    async def _remind(self) -> None:
        """Say again what stands, as the real line does: a broker may lose what is said while a client subscribes."""
        while True:
            await asyncio.sleep(1.0)
            for serial, inspection in tuple(self.inspections.items()):
                if inspection.state not in (State.CLOSED, State.CANCELLED):
                    self.publish(serial)

    async def stop(self) -> None:
        """Clear what is retained, so that the next test begins with an empty board."""
        self._reminder.cancel()
        if not self.link.connected.is_set():
            return
        for serial in self.inspections:
            await self.link.publish_acked(self.topics.inspection(serial), b"", retain=True)
        for topic in (
            self.topics.prompt("lane-1"), self.topics.state, self.topics.catalogue, self.topics.presence("line")
        ):  # fmt: skip
            await self.link.publish_acked(topic, b"", retain=True)
        await self.office.publish_acked(self.topics.printer, b"", retain=True)
        await self.office.stop()
        await self.link.stop()

    async def publish_catalogue(self) -> None:
        await self.link.publish_acked(self.topics.catalogue, CATALOGUE.to_bytes(), retain=True)

    async def publish_printer(self, state: Any, queued: int = 0) -> None:
        empty = state == "stopped"
        said = m.PrinterState(
            printer="ipp://127.0.0.1/printers/desk", state=state, queued=queued, at=self.stamp(),
            reason=Text(zh="打印机缺纸。", en="It is out of paper.") if empty else Text(zh="正常。", en="Ready."),
            remedy=Text(zh="放入 A4 纸。", en="Put in A4 paper.") if empty else Text(zh="", en=""),
        )  # fmt: skip
        await self.office.publish_acked(self.topics.printer, said.to_bytes(), retain=True)

    # -- what it shows

    async def publish_state(self) -> None:
        await self.link.publish_acked(self.topics.state, self.state().to_bytes(), retain=True)

    def state(self) -> m.StationState:
        return m.StationState(
            station=STATION, name=Text(zh="云检测示范站", en="Cloud Inspection demo station"), epoch="e1", seq=self.seq,
            head=GENESIS, at=self.stamp(), simulated=True, speed=Decimal("10.0"), online=self.online,
            queue=dict.fromkeys(STAGES, ()) | self.queue, bays=self._bays(), rigs=self._rigs(), locks=self.locks,
            counters=m.Counters(day="20261122", arrived=len(self.inspections), in_station=len(self.inspections)),
        )  # fmt: skip

    def _rigs(self) -> tuple[m.RigState, ...]:
        reason = {"online": Text(zh="就绪", en="ready")}
        gone = Text(zh="没有应答：连接被拒绝", en="no answer: connection refused")
        return tuple(
            m.RigState(
                rig=rig, kind=KINDS.get(rig, "brake" if "brake" in rig else "gas"), lane="lane-1", state=state,
                reason=reason.get(state, gone), since=self.stamp(),
            )
            for rig, state in self.rigs.items()
        )  # fmt: skip

    def _bays(self) -> tuple[m.BayState, ...]:
        return tuple(self._bay(*bay) for bay in self.bays)

    def _bay(self, bay: str, lane: str, stage: Any, rig: str | None) -> m.BayState:
        serial, run, item = self.busy.get(bay, (None, None, None))
        return m.BayState(
            bay=bay, lane=lane, stage=stage, rig=rig, serial=serial, run=run, item=item, phase=self.phases.get(bay)
        )

    # -- what happens

    def fact(self, serial: str, body: facts.Body, actor: str = "p-1", ago_s: float = 0) -> Event:
        self.seq += 1
        event = Event(
            seq=self.seq, boot_id="b", mono_ns=self.seq, at=self.stamp(ago_s), kind=body.kind, version=1,
            subject=serial, actor=actor, device="desk-1",
            body=canonical(body.to_json()).decode(), prev_hash=GENESIS, hash="1" * 64,
        )  # fmt: skip
        self.events.append(event)
        before = self.inspections.get(serial)
        self.inspections[serial] = apply(before, event) if before else open_inspection(event)
        self.publish(serial)
        return event

    def checked(self, rig: str, check: str, passed: bool = True, ago_s: float = 0) -> None:
        """Tell of a check that ended."""
        self.seq += 1
        body = facts.RigChecked(rig=rig, check=check, passed=passed, detail="")
        event = Event(
            seq=self.seq, boot_id="b", mono_ns=self.seq, at=self.stamp(ago_s), kind=body.kind, version=1,
            subject=STATION, actor="p-1", device="line",
            body=canonical(body.to_json()).decode(), prev_hash=GENESIS, hash="1" * 64,
        )  # fmt: skip
        self.events.append(event)
        self.link.publish(self.topics.event, _notice(event).to_bytes(), qos=1)

    def publish(self, serial: str) -> None:
        inspection = self.inspections[serial]
        names = [STAGE_NAMES[s.stage] for s in inspection.stages if not s.started_at and not s.finished_at]
        snapshot = m.InspectionSnapshot(
            serial=serial, plate=self.plates.get(serial, ""), vin=VIN, inspection=inspection,
            waiting_for=Text(zh="、".join(n.zh for n in names), en=", ".join(n.en for n in names)),
            notes=self.notes.get(serial, {}),
        )  # fmt: skip
        self.link.publish(self.topics.inspection(serial), snapshot.to_bytes(), qos=1, retain=True)
        self.link.publish(self.topics.state, self.state().to_bytes(), qos=1, retain=True)

    def arrive(self, ago_s: float = 0) -> str:
        serial = f"{STATION}-20261122-{len(self.inspections) + 1:04d}"
        self.fact(serial, facts.KeysTaken(), ago_s=ago_s)
        return serial

    def car(self, plate: str, plan: tuple[str, ...] = PLAN, ago_s: float = 0) -> str:
        serial = self.arrive(ago_s)
        self.register(serial, plate, plan, ago_s)
        return serial

    def register(self, serial: str, plate: str, plan: tuple[str, ...] = PLAN, ago_s: float = 0) -> None:
        self.plates[serial] = plate
        self.fact(serial, facts.StageFinished(stage="desk", attempt=1, bay=None), ago_s=ago_s)
        self.fact(
            serial,
            facts.InspectionRegistered(
                vehicle_id="v", vehicle=CAR, category="in_use", plate_commitment="0" * 64, vin_commitment="0" * 64,
                owner_commitment=None, plan=plan, pack=PACK,
            ),
            ago_s=ago_s,
        )  # fmt: skip
        for stage in dict.fromkeys(ITEM_STAGES[code] for code in plan):
            self.fact(serial, facts.StageWaiting(stage=stage, attempt=1), ago_s=ago_s)

    def begin(self, serial: str, stage: Any, bay: str, item: str, ago_s: float = 0) -> str:
        self.fact(serial, facts.StageStarted(stage=stage, attempt=1, bay=bay), actor="p-driver", ago_s=ago_s)
        run = f"run-{serial[-4:]}-{item}"
        self.fact(
            serial,
            facts.RunStarted(run=run, item=item, attempt=1, bay=bay, rig="rbt-1", profile="p", profile_sha256="0" * 64),
            ago_s=ago_s,
        )
        self.busy[bay] = (serial, run, item)
        self.publish(serial)
        return run

    def judge(self, serial: str, **outcomes: Outcome) -> None:
        """Judge items, passing where no outcome is named, and let the vehicle wait for review when all are done."""
        plan = self.inspections[serial].attempts[-1].plan
        for code in plan:
            if (record := self.inspections[serial].latest(code)) and record.outcome is Outcome.FAIL:
                continue
            self._judge_item(serial, code, outcomes.get(code, Outcome.PASS))
        for stage in dict.fromkeys(ITEM_STAGES[code] for code in plan):
            self.fact(serial, facts.StageStarted(stage=stage, attempt=1, bay=None), actor="p-driver")
            self.fact(serial, facts.StageFinished(stage=stage, attempt=1, bay=None))
        self.fact(serial, facts.StageWaiting(stage="review", attempt=1))

    def _judge_item(self, serial: str, code: str, outcome: Outcome) -> None:
        body: Any = facts.ItemJudged(attempt=1, verdict=verdict(code, outcome))
        if code in CHECKLISTS:
            body = facts.ItemRecorded(item=code, attempt=1, outcome=outcome, reason=None, note_commitment=None)
        self.fact(serial, body, actor="p-driver")

    def looked(self, serial: str, *defects: facts.Defect, photos: int = 0, note: str = "") -> None:
        """Record the check-list of F1: one point, failed if it has defects."""
        outcome: Any = "fail" if defects else "pass"
        shots = tuple(f"{n:064x}" for n in range(photos))
        result = facts.PointResult(point="lights", outcome=outcome, defects=defects, photos=shots)
        self.notes[serial] = {"defect.F1.lights.1": note} if note else {}
        self.fact(serial, facts.ChecklistPlanned(attempt=1, points={"F1": ("lights",)}))
        self.fact(serial, facts.ChecklistRecorded(item="F1", attempt=1, points=(result,)))
        recorded = facts.ItemRecorded(
            item="F1", attempt=1, outcome=Outcome(outcome), reason=None, note_commitment=None
        )  # fmt: skip
        self.fact(serial, recorded)

    def prompt(
        self,
        serial: str,
        text: Text,
        countdown: str | None = None,
        bay: str = "brake-1",
        item: str = "B1",
        **target: str,
    ) -> None:
        self.prompts += 1
        prompt = m.Prompt(
            lane="lane-1", bay=bay, serial=serial, plate=self.plates[serial], item=item, code="press_slowly", text=text,
            detail=ITEM_NAMES[item], countdown_s=Decimal(countdown) if countdown else None, epoch="e1",
            number=self.prompts, target=target,
        )  # fmt: skip
        self.link.publish(self.topics.prompt("lane-1"), prompt.to_bytes(), qos=1, retain=True)

    def live(self, run: str, serial: str, rig: str = "rbt-1", sequence: int = 0, **more: Any) -> None:
        live = m.Live(
            epoch="e1", run=run, serial=serial, item=more.pop("item", "B1"), phase="rise", sequence=sequence,
            period_ms=Decimal(10), mono_ns=more.pop("mono_ns", 0), **more,
        )  # fmt: skip
        self.link.publish(self.topics.live("lane-1", rig), live.to_bytes())

    # -- commands

    def kinds(self) -> list[str]:
        return [command.kind for command in self.received]

    def _command(self, topic: str, payload: bytes) -> None:
        command = m.Command.model_validate_json(payload)
        self.received.append(command)
        if self.deaf:
            return
        if command.id not in self.answered:
            handler: Callable[[Any], tuple[Text | None, str, dict[str, Any]]]
            handler = getattr(self, "_" + command.kind.replace(".", "_"))
            refused, code, body = handler(m.COMMAND_OF[command.kind].model_validate(command.body))
            self.answered[command.id] = m.Reply(
                id=command.id,
                accepted=refused is None,
                code=code,
                text=refused or Text(zh="完成。", en="Done."),
                body=body,
            )
        reply = self.answered[command.id].to_bytes()
        self.link.publish(self.topics.reply(Topics.client_of(topic)), reply, qos=1)

    def _session_open(self, body: m.SessionOpen) -> Any:
        if body.staff not in self.staff or body.pin != PIN:
            return Text(zh="工号或 PIN 不对。", en="Staff number or PIN is wrong."), "wrong_pin", {}
        found = {"token": "t0ken", "staff": body.staff, "name": self.staff[body.staff], "roles": self.roles}
        return None, "accepted", found

    def _session_close(self, body: m.SessionClose) -> Any:
        return None, "accepted", {}

    def _arrival_open(self, body: m.ArrivalOpen) -> Any:
        return None, "accepted", {"serial": self.arrive()}

    def _arrival_cancel(self, body: m.ArrivalCancel) -> Any:
        self.fact(body.serial, facts.ArrivalCancelled())
        return None, "accepted", {}

    def _inspection_register(self, body: m.InspectionRegister) -> Any:
        try:
            plate = parse_plate(body.plate)
        except IdentityError as error:
            return error.text, "identity", {}
        if plate.number in self.plates.values():
            return Text(zh="该车已在站内。", en="It is in the station already."), "already_here", {}
        self.register(body.serial, plate.number)
        return None, "accepted", {"plan": list(PLAN), "warnings": []}

    def _inspection_return(self, body: m.InspectionReturn) -> Any:
        if body.serial not in self.inspections:
            return Text(zh="没有这个流水号。", en="There is no such running number."), "unknown_serial", {}
        self.fact(body.serial, facts.InspectionReturned(attempt=2, items=("B1",)))
        self.fact(body.serial, facts.StageWaiting(stage="brake", attempt=2))
        return None, "accepted", {"items": ["B1"]}

    def _review_sign(self, body: m.ReviewSign) -> Any:
        found = self.inspections[body.serial]
        if found.state is not State.REVIEW:
            return Text(zh="现在不能签字。", en="Not possible now."), "wrong_state", {}
        report_no = f"{body.serial}-1"
        self.fact(body.serial, facts.InspectionSigned(attempt=1, report_no=report_no, conclusion=found.conclude()))
        return None, "accepted", {"report_no": report_no, "conclusion": found.conclude()}

    def _review_send_back(self, body: m.ReviewSendBack) -> Any:
        self.fact(body.serial, facts.InspectionSentBack(attempt=1, items=body.items, reason_commitment="0" * 64))
        return None, "accepted", {"items": list(body.items)}

    def issue(self, serial: str) -> None:
        """The office made the report."""
        body = facts.ReportIssued(attempt=1, report_no=f"{serial}-1", sha256="a" * 64, size=1000)
        self.fact(serial, body)

    def _report_print(self, body: m.ReportPrint) -> Any:
        attempt = body.attempt or 1
        found = self.inspections.get(body.serial)
        copy_no = len(found.attempts[attempt - 1].prints) + 1 if found else 2
        if found:
            no = f"{body.serial}-{attempt}"
            asked = facts.PrintRequested(report_no=no, attempt=attempt, copy_no=copy_no, language=body.language)
            self.fact(body.serial, asked)
        return None, "accepted", {"copy_no": copy_no}

    def printed(self, serial: str, copy_no: int, state: Any = "printed", detail: str = "") -> None:
        """The office says what came of a print."""
        body = facts.ReportPrinted(
            report_no=f"{serial}-1", attempt=1, copy_no=copy_no, printer="p", state=state, detail=detail
        )  # fmt: skip
        self.fact(serial, body)

    def _inspection_cancel(self, body: m.InspectionCancel) -> Any:
        self.fact(body.serial, facts.InspectionCancelled(reason_commitment="0" * 64))
        self.link.publish(self.topics.inspection(body.serial), b"", qos=1, retain=True)
        return None, "accepted", {}

    def _rig_check(self, body: m.RigCheck) -> Any:
        passed = body.check not in self.failing
        self.checked(body.rig, body.check, passed)
        why = Text(zh=f"{body.rig} 没有通过：残留 31", en=f"{body.rig} did not pass: residue 31")
        return (None, "accepted", {"passed": True}) if passed else (why, "rig_check", {})

    def _staff_reset_pin(self, body: m.StaffResetPin) -> Any:
        if body.staff not in self.staff:
            return Text(zh="没有这个工号。", en="There is no such staff number."), "unknown_staff", {}
        self.reset.append(body.staff)
        return None, "accepted", {}

    def _query_events(self, body: m.QueryEvents) -> Any:
        found = [event for event in self.events if event.seq > body.since][: body.limit]
        return None, "accepted", {"events": [_notice(event).model_dump(mode="json") for event in found]}

    def _keys_return(self, body: m.KeysReturn) -> Any:
        self.fact(body.serial, facts.KeysReturned())
        self.link.publish(self.topics.inspection(body.serial), b"", qos=1, retain=True)
        return None, "accepted", {}


def _notice(event: Event) -> m.EventNotice:
    return m.EventNotice(**{**event.model_dump(), "mono_ns": str(event.mono_ns)})
