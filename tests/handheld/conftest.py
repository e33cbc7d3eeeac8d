"""A real broker, and a small line that speaks the contract and moves only when the test says so."""

import asyncio
import contextlib
import json
import secrets
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from station.bus import messages as m
from station.bus.accounts import LINE
from station.bus.broker import Broker
from station.bus.link import Link, Will
from station.bus.topics import Topics
from station.model import facts
from station.model.codes import ITEM_STAGES, STAGES
from station.model.event import GENESIS, Event
from station.model.inspection import Inspection, apply, open_inspection
from station.model.text import Text
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict, Outcome, PackRef, QuantityVerdict

STATION = "test"
CLIENTS = ("handheld-01", "handheld-02", "handheld-03", "handheld-04")
APP = Path(__file__).resolve().parents[2] / "handheld" / "app"
PACK = PackRef(name="test", edition="1", sha256="0" * 64)
PEOPLE = {
    "1001": ("2468", "p-driver", "引车员甲", ("driver",)),
    "1002": ("1357", "p-outside", "外检员乙", ("appearance",)),
    "1003": ("9753", "p-all", "多面手丙", ("appearance", "driver", "emissions")),
    "1004": ("8642", "p-desk", "登录员丁", ("registrar", "signatory")),
}
CAR = Vehicle(plate_type="02", vehicle_type="K33", use_character="A", fuel="A", axles=2, make_model="轿车")
VIN = "LSVAA2180E2100001"


class Wire:
    """A cable to a port that can be cut and mended."""

    def __init__(self, port: int) -> None:
        self.port = 0
        self._to = port
        self._whole = True
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self.cut()
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    def cut(self) -> None:
        self._whole = False
        for end in tuple(self._ends):
            end.transport.abort()

    def mend(self) -> None:
        self._whole = True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._ends |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()
        self._ends.discard(writer)


class LinePeer:
    """A line in the test: answers commands by the contract, keeps inspections by the real fold, publishes them."""

    def __init__(self, broker: Broker) -> None:
        self.topics = Topics(STATION)
        self.link = Link(broker.url, broker.account(LINE), Will(self.topics.presence(LINE), present(False)))
        self.inspections: dict[str, Inspection] = {}
        self.plates: dict[str, str] = {}
        self.notes: dict[str, dict[str, str]] = {}
        self.received: list[m.Command] = []
        self.done: dict[tuple[str, str], m.Reply] = {}
        self.sessions: dict[str, str] = {}
        self.seq, self.prompts, self.epoch = 0, 0, secrets.token_hex(6)
        self.deaf = 0
        self.rigs = {"rbt-1": "online", "gas-1": "online"}
        self.online = True
        self._sequence = 0
        self.present: dict[str, bool] = {}

    async def start(self) -> None:
        self.link.subscribe(self.topics.presence(), self._presence)
        self.link.subscribe(self.topics.command(), self._command)
        await self.link.start()
        await self.link.wait(10)
        await self.say_present(True)
        await self.publish_state()

    async def stop(self) -> None:
        """Clear what is retained, so that the next test begins with an empty board."""
        for serial in self.inspections:
            await self.link.publish_acked(self.topics.inspection(serial), b"", retain=True)
        for lane in ("outside", "lane-1", "lane-2"):
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
            rigs=tuple(self._rig(rig, "brake" if rig == "rbt-1" else "gas") for rig in self.rigs),
            locks=(),
            counters=m.Counters(day="2026-11-22"),
        )

    def _rig(self, rig: str, kind: Any) -> m.RigState:
        online = self.rigs[rig] == "online"
        reason = Text(zh="正常", en="Normal") if online else Text(zh="网线已断开", en="The cable is unplugged")
        lane = "lane-1" if kind == "brake" else "lane-2"
        return m.RigState(rig=rig, kind=kind, lane=lane, state=self.rigs[rig], reason=reason, since=stamp())

    def _bays(self) -> tuple[m.BayState, ...]:
        bays = (
            ("outside-1", "outside", "appearance", None),
            ("outside-2", "outside", "appearance", None),
            ("brake-1", "lane-1", "brake", "rbt-1"),
            ("exhaust-1", "lane-2", "exhaust", "gas-1"),
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
        self.seq += 1
        text = json.dumps(body.to_json(), ensure_ascii=False)
        event = Event(
            seq=self.seq, boot_id="boot", mono_ns=self.seq, at=stamp(ago_s), kind=body.kind, version=1,
            subject=serial, actor=actor, device=device, body=text, prev_hash=GENESIS, hash="1" * 64,
        )  # fmt: skip
        before = self.inspections.get(serial)
        self.inspections[serial] = apply(before, event) if before else open_inspection(event)
        self._publish(serial)
        return event

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
        for stage in dict.fromkeys(ITEM_STAGES[item] for item in items):
            self.fact(serial, facts.StageWaiting(stage=stage, attempt=1), ago_s=ago_s)
        return serial

    async def clear(self, serial: str) -> None:
        """Clear an inspection from the board."""
        del self.inspections[serial]
        await self.link.publish_acked(self.topics.inspection(serial), b"", retain=True)
        await self.publish_state()

    def begin(self, serial: str, item: str, rig: str, bay: str) -> str:
        """Begin a run; return its id."""
        run = f"run-{serial[-4:]}-{item}-{self.seq}"
        body = facts.RunStarted(
            run=run, item=item, attempt=self.inspections[serial].attempt, bay=bay, rig=rig, profile="p",
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
        if key not in self.done:
            self.done[key] = self._answer(client, command)
        self.link.publish(self.topics.reply(client), self.done[key].to_bytes(), qos=1)

    def _answer(self, client: str, command: m.Command) -> m.Reply:
        body = m.COMMAND_OF[command.kind].model_validate(command.body)
        if body.moves_rig and command.epoch != self.epoch:
            return refuse(command, "epoch", "检测线已重启,请重试。", "The line has restarted; try again.")
        if body.session and client not in self.sessions:
            return refuse(command, "session_missing", "请先登录。", "Log in first.")
        handler: Callable[[str, m.Command, Any], m.Reply] = getattr(self, "_" + command.kind.replace(".", "_"))
        return handler(client, command, body)

    def _session_open(self, client: str, command: m.Command, body: m.SessionOpen) -> m.Reply:
        pin, staff, name, roles = PEOPLE.get(body.staff, ("", "", "", ()))
        if not pin or pin != body.pin:
            return refuse(command, "pin_wrong", "工号或密码不对。", "Staff number or PIN is wrong.")
        self.sessions[client] = staff
        return accept(command, {"token": "t-" + staff, "staff": staff, "name": name, "roles": list(roles)})

    def _session_close(self, client: str, command: m.Command, body: m.SessionClose) -> m.Reply:
        self.sessions.pop(client, None)
        return accept(command)

    def _stage_start(self, client: str, command: m.Command, body: m.StageStart) -> m.Reply:
        bay = next((b for b in self._bays() if b.bay == body.bay), None)
        if bay and bay.rig and self.rigs[bay.rig] != "online":
            zh, en = "制动台没有应答,请检查网线。", "The brake tester does not answer; check its cable."
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

    def _item_record(self, client: str, command: m.Command, body: m.ItemRecord) -> m.Reply:
        self.notes.setdefault(body.serial, {})[body.item] = body.note
        self._recorded(body.serial, body.item, Outcome(body.outcome), None, self.sessions[client])
        return accept(command)

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


def judged(item: str, outcome: str, *quantities: QuantityVerdict) -> ItemVerdict:
    """Return an item's verdict."""
    return ItemVerdict(item=item, outcome=Outcome(outcome), quantities=quantities, pack=PACK)


def quantity(name: str, zh: str, en: str, outcome: str, shown: str, limit_shown: str) -> QuantityVerdict:
    """Return one judged quantity."""
    value = Decimal(shown.split()[0])
    word = {"pass": ("符合", "meets"), "fail": ("不符合", "does not meet")}[outcome]
    return QuantityVerdict(
        quantity=name, name=Text(zh=zh, en=en), outcome=Outcome(outcome), value=value, unrounded=value, unit="%",
        shown=shown, limit=Decimal(60), comparison=">=", limit_shown=limit_shown, clause="GB 7258 7.10.2.1",
        source="two independent sources",
        certainty="B", confirmed=False, decided_by="peak",
        sentence=Text(zh=f"{zh} {shown},{word[0]} {limit_shown}。", en=f"{en} {shown} {word[1]} {limit_shown}."),
    )  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def line(broker: Broker) -> AsyncIterator[LinePeer]:
    """Give a running line."""
    peer = LinePeer(broker)
    await peer.start()
    yield peer
    await peer.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def wire() -> AsyncIterator[Callable[[str], Awaitable[Wire]]]:
    """Give a maker of cables to the port of an address."""
    wires: list[Wire] = []

    async def make(url: str) -> Wire:
        wires.append(Wire(urlsplit(url).port or 0))
        await wires[-1].start()
        return wires[-1]

    yield make
    for one in wires:
        await one.stop()


class Office:
    """The static files of the page, and pairing by code, as the office serves them."""

    def __init__(self, broker: Broker) -> None:
        self.codes: dict[str, dict[str, str]] = {}
        self.ws_url = broker.ws_url
        for number, client in enumerate(CLIENTS, 1):
            account = broker.account(client)
            self.codes[f"CODE-{number}"] = {"client": client, "password": account.password, "station": STATION}
        office = self

        class Handler(SimpleHTTPRequestHandler):
            extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}  # noqa: RUF012

            def log_message(self, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                found = office.codes.get(asked["code"]) if self.path == "/pair" else None
                refusal = {"code": "pair_code", "text": {"zh": "配对码不对。", "en": "The pairing code is wrong."}}
                answer = json.dumps({**found, "ws_url": office.ws_url} if found else refusal).encode()
                self.send_response(200 if found else 403)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(APP)))
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def office(broker: Broker) -> Iterator[Office]:
    """Give a server of the page."""
    one = Office(broker)
    yield one
    one.stop()


@pytest.fixture
def verdicts() -> Any:
    """Give the makers of verdicts to the tests."""
    return judged, quantity
