"""A real broker, a small line that speaks the contract, and a desk in front of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from textual.pilot import Pilot

from station.bus import messages as m
from station.bus.broker import Broker
from station.bus.link import Link, Will
from station.bus.topics import Topics
from station.desk.app import DeskApp
from station.desk.session import Session
from station.desk.settings import DeskSettings
from station.model import facts
from station.model.canonical import canonical
from station.model.codes import ITEM_NAMES, ITEM_STAGES, STAGE_NAMES, STAGES
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
PLAN = ("F1", "B1", "B2", "BV", "B0", "PF")


def stamp(ago_s: float = 0) -> str:
    return (datetime.now(UTC) - timedelta(seconds=ago_s)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def quantity(name: Text, outcome: Outcome, shown: str, limit: str, clause: str, confirmed: bool = True) -> Any:
    words = {Outcome.PASS: ("达到", "meets"), Outcome.FAIL: ("未达到", "misses")}.get(
        outcome, ("不能比较", "not against")
    )
    sentence = Text(
        zh=f"{name.zh} {shown},{words[0]}限值 {limit}。", en=f"{name.en} {shown} {words[1]} the limit {limit}."
    )
    return QuantityVerdict(
        quantity="q", name=name, outcome=outcome, value=Decimal(1), unrounded=Decimal(1), unit="%", shown=shown,
        limit=Decimal(1), comparison=">=", limit_shown=limit, clause=clause, source="GB 38900-2020", certainty="B",
        confirmed=confirmed, decided_by="run", sentence=sentence,
    )  # fmt: skip


RATE = Text(zh="轴制动率", en="Axle braking rate")
IMBALANCE = Text(zh="制动不平衡率", en="Imbalance")
CO = Text(zh="高怠速 CO", en="CO at high idle")


def verdict(code: str, outcome: Outcome = Outcome.PASS, warnings: tuple[Text, ...] = ()) -> ItemVerdict:
    """Return a verdict with the quantities that such an item has; a failed brake item fails on imbalance."""
    if code.startswith("B"):
        quantities = (
            quantity(RATE, Outcome.PASS, "63.4 %", "≥ 60 %", "6.7.1.2"),
            quantity(IMBALANCE, outcome, "27.1 %" if outcome is Outcome.FAIL else "8.3 %", "≤ 20 %", "6.7.1.3"),
        )
    else:
        quantities = (quantity(CO, outcome, "0.12 % vol", "≤ 0.3 % vol", "GB 18285 5.1", confirmed=False),)
    return ItemVerdict(item=code, outcome=outcome, quantities=quantities, pack=PACK, warnings=warnings, runs=("r",))


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
        self.online, self.deaf, self.seq, self.prompts = True, False, 0, 0
        self.staff = {"1001": "张三", "1002": "李四"}

    def _make_link(self) -> Link:
        will = Will(self.topics.presence("line"), m.Presence(client="line", online=False).to_bytes())
        return Link(self.broker.url, self.broker.account("line"), will)

    async def start(self) -> None:
        self.link.subscribe(self.topics.command(), self._command)
        await self.link.start()
        await self.link.wait(10)
        await self.link.publish_acked(
            self.topics.presence("line"), m.Presence(client="line", online=True).to_bytes(), retain=True
        )
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
        for topic in (self.topics.prompt("lane-1"), self.topics.state, self.topics.presence("line")):
            await self.link.publish_acked(topic, b"", retain=True)
        await self.link.stop()

    # -- what it shows

    async def publish_state(self) -> None:
        await self.link.publish_acked(self.topics.state, self.state().to_bytes(), retain=True)

    def state(self) -> m.StationState:
        return m.StationState(
            station=STATION, name=Text(zh="云检测示范站", en="Cloud Inspection demo station"), epoch="e1", seq=self.seq,
            head=GENESIS, at=stamp(), simulated=True, speed=Decimal("10.0"), online=self.online,
            queue=dict.fromkeys(STAGES, ()), bays=self._bays(), rigs=self._rigs(), locks=(),
            counters=m.Counters(day="20261122", arrived=len(self.inspections), in_station=len(self.inspections)),
        )  # fmt: skip

    def _rigs(self) -> tuple[m.RigState, ...]:
        reason = {"online": Text(zh="就绪", en="ready")}
        gone = Text(zh="没有应答:连接被拒绝", en="no answer: connection refused")
        return tuple(
            m.RigState(
                rig=rig, kind="brake" if rig == "rbt-1" else "gas", lane="lane-1", state=state,
                reason=reason.get(state, gone), since=stamp(),
            )
            for rig, state in self.rigs.items()
        )  # fmt: skip

    def _bays(self) -> tuple[m.BayState, ...]:
        bays: tuple[Any, ...] = (
            ("outside-1", "outside", "appearance", None),
            ("brake-1", "lane-1", "brake", "rbt-1"),
            ("gas-1", "lane-1", "exhaust", "gas-1"),
        )
        return tuple(self._bay(*bay) for bay in bays)

    def _bay(self, bay: str, lane: str, stage: Any, rig: str | None) -> m.BayState:
        serial, run, item = self.busy.get(bay, (None, None, None))
        return m.BayState(bay=bay, lane=lane, stage=stage, rig=rig, serial=serial, run=run, item=item)

    # -- what happens

    def fact(self, serial: str, body: facts.Body, actor: str = "p-1", ago_s: float = 0) -> Event:
        self.seq += 1
        event = Event(
            seq=self.seq, boot_id="b", mono_ns=self.seq, at=stamp(ago_s), kind=body.kind, version=1, subject=serial,
            actor=actor, device="line", body=canonical(body.to_json()).decode(), prev_hash=GENESIS, hash="1" * 64,
        )  # fmt: skip
        before = self.inspections.get(serial)
        self.inspections[serial] = apply(before, event) if before else open_inspection(event)
        self.publish(serial)
        return event

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

    def begin(self, serial: str, stage: Any, bay: str, item: str) -> str:
        self.fact(serial, facts.StageStarted(stage=stage, attempt=1, bay=bay), actor="p-driver")
        run = f"run-{serial[-4:]}-{item}"
        self.fact(
            serial,
            facts.RunStarted(run=run, item=item, attempt=1, bay=bay, rig="rbt-1", profile="p", profile_sha256="0" * 64),
        )
        self.busy[bay] = (serial, run, item)
        self.publish(serial)
        return run

    def judge(self, serial: str, **outcomes: Outcome) -> None:
        """Judge items, passing where no outcome is named, and let the vehicle wait for review when all are done."""
        plan = self.inspections[serial].attempts[-1].plan
        for code in plan:
            judged = verdict(code, outcomes.get(code, Outcome.PASS))
            self.fact(serial, facts.ItemJudged(attempt=1, verdict=judged), actor="p-driver")
        for stage in dict.fromkeys(ITEM_STAGES[code] for code in plan):
            self.fact(serial, facts.StageStarted(stage=stage, attempt=1, bay=None), actor="p-driver")
            self.fact(serial, facts.StageFinished(stage=stage, attempt=1, bay=None))
        self.fact(serial, facts.StageWaiting(stage="review", attempt=1))

    def prompt(self, serial: str, text: Text, countdown: str | None = None, bay: str = "brake-1") -> None:
        self.prompts += 1
        prompt = m.Prompt(
            lane="lane-1", bay=bay, serial=serial, plate=self.plates[serial], item="B1", code="press_slowly", text=text,
            detail=ITEM_NAMES["B1"], countdown_s=Decimal(countdown) if countdown else None, epoch="e1",
            number=self.prompts,
        )  # fmt: skip
        self.link.publish(self.topics.prompt("lane-1"), prompt.to_bytes(), qos=1, retain=True)

    def live(self, run: str, serial: str, rig: str = "rbt-1", sequence: int = 0, **more: Any) -> None:
        live = m.Live(
            epoch="e1", run=run, serial=serial, item=more.pop("item", "B1"), phase="rise", sequence=sequence,
            period_ms=Decimal(10), mono_ns=0, **more,
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
        roles = ["registrar", "signatory"]
        return None, "accepted", {"token": "t0ken", "staff": body.staff, "name": self.staff[body.staff], "roles": roles}

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

    def _keys_return(self, body: m.KeysReturn) -> Any:
        self.fact(body.serial, facts.KeysReturned())
        self.link.publish(self.topics.inspection(body.serial), b"", qos=1, retain=True)
        return None, "accepted", {}


@pytest_asyncio.fixture
async def line(broker: Broker) -> AsyncIterator[LinePeer]:
    peer = LinePeer(broker)
    await peer.start()
    yield peer
    await peer.stop()


class Desk:
    """A desk on a screen of a size, and what a test asks of it."""

    def __init__(self, app: DeskApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    def shown(self) -> str:
        """Return the screen as text, line by line."""
        width = self.app.size.width
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text[:width].rstrip() for strip in lines)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so; the test's own time limit ends a wait in vain."""
        while not condition():
            await self.pilot.pause(0.02)

    async def sees(self, *words: str) -> str:
        """Wait until all of these words are on the screen, and return the screen."""
        try:
            async with asyncio.timeout(10):
                await self.until(lambda: all(word in self.shown() for word in words))
        except TimeoutError:
            pytest.fail(f"{words} not on the screen:\n{self.shown()}")
        return self.shown()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        await self.press(*text)

    async def log_in(self) -> None:
        """Log in by hand."""
        await self.type("1001")
        await self.press("enter")
        await self.type(PIN)
        await self.press("enter")
        await self.until(lambda: self.app.session)
        await self.pilot.pause()

    async def skip_log_in(self) -> None:
        """Be logged in without typing: for tests of other screens."""
        self.app.log_in(Session("t0ken", "1001", "张三", frozenset({"registrar", "signatory"})))
        await self.until(lambda: self.app.screen.title_key == "title.queue")
        await self.pilot.pause()


@asynccontextmanager
async def desk_at(broker: Broker, size: tuple[int, int] = (120, 36), **more: Any) -> AsyncIterator[Desk]:
    settings = DeskSettings(
        broker_url=broker.url, station=STATION, office_url="http://127.0.0.1:18080",
        **({"language": "zh", "account": broker.account("desk-1")} | more),
    )  # fmt: skip
    app = DeskApp(settings)
    async with app.run_test(size=size, notifications=True) as pilot:
        desk = Desk(app, pilot)
        await desk.until(lambda: len(app.screen_stack) > 1)
        yield desk


@pytest.fixture(name="desk_at")
def desk_at_fixture() -> Callable[..., Any]:
    """Give tests the desk of their own settings."""
    return desk_at


@pytest.fixture
def line_at() -> Callable[[Broker], LinePeer]:
    """Give tests a line at a broker of their own."""
    return LinePeer


@pytest_asyncio.fixture
async def desk(broker: Broker, line: LinePeer) -> AsyncIterator[Desk]:
    async with desk_at(broker) as front:
        await front.until(lambda: front.app.board.state)
        yield front
