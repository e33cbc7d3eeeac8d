"""A station's ledger with one car, and a line that answers the office: real database, real journal, real broker."""

import asyncio
import secrets
from pathlib import Path

import httpx

from station.bus.clock import Clock
from station.bus.link import Account, Link
from station.bus.messages import Command, Reply, ReportIssue
from station.bus.topics import Topics
from station.ledger.journal import Ledger
from station.ledger.seal import enrol_key, seal_report
from station.model import facts
from station.model.canonical import canonical, sha256_hex
from station.model.event import Entry, Fact, PersonalValue
from station.model.proof import Essence
from station.model.text import Text
from station.model.vehicle import Vehicle
from station.model.verdict import Outcome
from station.office.settings import OfficeConfig
from station.store.database import open_database
from tests.reports import sample_report

STATION = "test"
TOKEN = "token-of-the-signatory"
APP = Path(__file__).parents[3] / "handheld" / "app"
PACK = sample_report.PACK


class Story:
    """Writes what a line would write."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'station.sqlite'}"
        self.engine = open_database(self.url, station=STATION)
        self.ledger = Ledger.open(self.engine, Clock(), boot_id="boot-1")

    def close(self) -> None:
        self.ledger.close()
        self.engine.dispose()

    def add(self, subject, *bodies, actor="s-01", device="desk-1", personal=(), evidence=None):
        entry = Entry(tuple(Fact(subject, actor, device, body) for body in bodies), tuple(personal), evidence or {})
        return self.ledger.append(entry)

    def begin(self, simulated=True):
        started = facts.StationStarted(
            epoch="e1", software="0.1.0", simulated=simulated, speed="1", config_sha256="00" * 32, packs=(PACK,)
        )
        self.add("station", started, actor="station", device="line")
        self.add(STATION, enrol_key(STATION, sample_report.KEY), actor="line", device="line")
        for staff, name in (("s-01", "登记员甲"), ("s-07", "签字人乙")):
            value = secret(staff, "name", name)
            enrolled = facts.StaffEnrolled(staff=staff, roles=("signatory",), name_commitment=value.commitment)
            self.add(staff, enrolled, personal=(value,))
        opened = facts.SessionOpened(client="desk-1", staff="s-07", token_sha256=sha256_hex(TOKEN.encode()))
        self.add("s-07", opened, actor="s-07")

    def arrive(self, serial, plate="苏A12345"):
        self.add(serial, facts.KeysTaken())
        values = tuple(
            secret(serial, field, value)
            for field, value in (("plate", plate), ("vin", "LSVAA49J132047371"), ("owner", "车主丙"))
        )
        registered = facts.InspectionRegistered(
            vehicle_id=f"veh-{serial}",
            vehicle=Vehicle(plate_type="02", vehicle_type="K33", use_character="A", fuel="A", curb_mass_kg=1320),
            category="in_use",
            plate_commitment=values[0].commitment,
            vin_commitment=values[1].commitment,
            owner_commitment=values[2].commitment,
            plan=("F1", "B1"),
            pack=PACK,
        )
        done = facts.StageFinished(stage="desk", attempt=1, bay="desk-1")
        self.add(serial, registered, done, facts.StageWaiting(stage="brake", attempt=1), personal=values)

    def look(self, serial, attempt, note):
        value = secret(serial, "note.F1", note)
        recorded = facts.ItemRecorded(
            item="F1", attempt=attempt, outcome=Outcome.PASS, reason=None, note_commitment=value.commitment
        )
        self.add(serial, recorded, personal=(value,))

    def measure(self, serial, attempt=1, outcome=Outcome.PASS):
        run = f"run-{secrets.token_hex(4)}"
        capture = sample_report.brake_capture(run, "B1", samples=300)
        data = canonical(capture.model_dump(mode="json"))
        start = facts.StageStarted(stage="brake", attempt=attempt, bay="bay-1")
        begun = facts.RunStarted(
            run=run, item="B1", attempt=attempt, bay="bay-1", rig="brake-1", profile="p", profile_sha256="00" * 32
        )
        self.add(serial, start, begun)
        sha256 = sha256_hex(data)
        ended = facts.RunFinished(run=run, item="B1", evidence_sha256=sha256, samples=300, lost=0, end_state="normal")
        value = ("71.4", "7.8") if outcome is Outcome.PASS else ("71.4", "34.1")
        item = sample_report.axle("B1", attempt, *value, "24.0", outcome)
        judged = facts.ItemJudged(attempt=attempt, verdict=item.verdict.model_copy(update={"runs": (run,)}))
        finished = facts.StageFinished(stage="brake", attempt=attempt, bay="bay-1")
        waiting = facts.StageWaiting(stage="review", attempt=attempt)
        self.add(serial, ended, judged, finished, waiting, evidence={sha256: data})
        return run, data

    def sign(self, serial, attempt=1, conclusion="pass"):
        report_no = f"{serial}-{attempt}"
        signed = facts.InspectionSigned(attempt=attempt, report_no=report_no, conclusion=conclusion)
        started = facts.StageStarted(stage="review", attempt=attempt, bay=None)
        finished = facts.StageFinished(stage="review", attempt=attempt, bay=None)
        waiting = facts.StageWaiting(stage="report", attempt=attempt)
        events = self.add(serial, started, signed, finished, waiting, actor="s-07")
        self.seal(serial, attempt)
        return report_no, events[1]

    def seal(self, serial, attempt):
        """Seal what was signed, as the line does next."""
        found = self.ledger.inspection(serial)
        record = found.attempts[attempt - 1]
        essence = Essence(
            station=STATION,
            report_no=record.report_no,
            conclusion=record.conclusion,
            signed_at=record.signed_at,
            seq=record.signed_seq,
            hash=record.signed_hash,
            plate_commitment=found.plate_commitment,
        )
        self.add(serial, seal_report(sample_report.KEY, essence, attempt), actor="line", device="line")

    def whole_car(self, serial, plate="苏A12345"):
        self.arrive(serial, plate)
        self.look(serial, 1, "左前灯罩有划痕")
        run, data = self.measure(serial)
        report_no, event = self.sign(serial)
        return report_no, event, run, data


def secret(subject, field, value):
    return PersonalValue(subject, field, value, secrets.token_hex(16))


class LinePeer:
    """The line's end of the bus for one command: it writes ``report.issued`` to the journal and answers.

    ``refuse`` holds the number of answers that are refusals, ``silent`` the number of commands left unanswered.
    """

    def __init__(self, broker, story, refuse=0, silent=0):
        self.story, self.refuse, self.silent = story, refuse, silent
        self.seen: list[Command] = []
        self.accepted: list[ReportIssue] = []
        self.done: set[str] = set()
        self.topics = Topics(STATION)
        self.link = Link(broker.url, broker.account("line"))
        self.link.subscribe(self.topics.command("office"), self.command)

    async def start(self):
        await self.link.start()
        await self.link.wait(10)

    async def stop(self):
        await self.link.stop()

    def command(self, topic, payload):
        command = Command.model_validate_json(payload)
        self.seen.append(command)
        if self.silent:
            self.silent -= 1
            return
        self.answer(command)

    def answer(self, command):
        ok = self.refuse == 0
        self.refuse -= 0 if ok else 1
        if ok and command.id not in self.done:
            self.done.add(command.id)
            self.issue(ReportIssue.model_validate(command.body))
        self.reply(command, ok)

    def reply(self, command, ok):
        text = Text(zh="", en="")
        reply = Reply(id=command.id, accepted=ok, code="accepted" if ok else "wrong_state", text=text)
        self.link.publish(self.topics.reply("office"), reply.to_bytes(), qos=1)

    def issue(self, body):
        self.accepted.append(body)
        issued = facts.ReportIssued(attempt=body.attempt, report_no=body.report_no, sha256=body.sha256, size=body.size)
        self.story.add(body.serial, issued, actor="office", device="office")


def config_for(folder, broker=None, **changes):
    values = {
        "station": STATION,
        "name": Text(zh="云检测示范站", en="Cloud Inspection demo station"),
        "timezone": "Asia/Shanghai",
        "database_url": f"sqlite:///{folder / 'station.sqlite'}",
        "evidence_folder": folder / "evidence",
        "office_file": folder / "office.sqlite",
        "broker_url": broker.url if broker else "mqtt://127.0.0.1:1",
        "ws_url": broker.ws_url if broker else "ws://127.0.0.1:1/mqtt",
        "account": broker.account("office") if broker else account("office"),
        "handhelds": tuple(account(f"handheld-{n:02}") for n in (1, 2)),
        "pair_code": "4711",
        "app_folder": APP,
    }
    return OfficeConfig(**{**values, **changes})


def account(client):
    return Account(client, f"secret-of-{client}")


async def until(condition, timeout_s=20.0):
    """Wait until a condition holds; the limit is a guard against hanging, not a measurement."""
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.02)


def browser(app):
    """Return a browser at an application."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://office.test")
