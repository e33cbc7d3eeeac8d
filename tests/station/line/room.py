"""The line's present without a store: commands are decided by the real handlers, their facts are followed."""

from datetime import UTC, datetime, timedelta

import pytest

from station.bus import messages as m
from station.line import flow
from station.line.case import Case, Decision, Refusal, Sender
from station.line.config import parse_config
from station.line.hall import Hall, Session
from station.line.handlers import HANDLERS
from station.line.packs import load_pack
from station.model import facts
from station.model.canonical import canonical, sha256_hex
from station.model.event import GENESIS, Event
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict, Outcome

BRAKES_ONLY = """
[station]
id = "t-1"
name_zh = "检测站"
name_en = "Station"
[store]
folder = "unused"
[[rig]]
id = "brake-1"
profile = "rbt-modbus-tcp"
link = "tcp://127.0.0.1:1"
[[bay]]
id = "outside"
lane = "outside"
stage = "appearance"
[[bay]]
id = "brake-bay"
lane = "safety-1"
stage = "brake"
rig = "brake-1"
"""
CONFIG = f"""{BRAKES_ONLY}[[rig]]
id = "lamp-1"
profile = "lamp-mqd6"
link = "tcp://127.0.0.1:1"
[[bay]]
id = "lamp-bay"
lane = "safety-2"
stage = "lamps"
rig = "lamp-1"
"""
PACK = load_pack("cn-gb38900-2020")
VIN = "LSVAM4187C2184841"
KINDS = {"brake-bay": "brake", "lamp-bay": "lamp"}
EVERYBODY = {
    "anna": {"registrar", "guide"},
    "bo": {"appearance", "pit"},
    "dan": {"driver"},
    "eve": {"emissions"},
    "sam": {"signatory"},
    "max": {"maintainer"},
}


def vehicle(**facts_):
    known = {
        "plate_type": "02",
        "vehicle_type": "K33",
        "use_character": "A",
        "fuel": "A",
        "total_mass_kg": 1800,
        "curb_mass_kg": 1300,
        "persons": 5,
        "electronic_parking_brake": False,
        "front_suspension": "independent",
        "first_registered": "2018-05-06",
    }
    return Vehicle.model_validate({**known, **facts_})


def photo_of(serial, item, point, digest, staff="bo"):
    about = {"serial": serial, "item": item, "point": point, "sha256": digest, "staff": staff}
    return m.PhotoKeep(**about, size=1000, media="image/jpeg", client="handheld-01")


class Room:
    def __init__(self, config=CONFIG):
        self.config, _ = parse_config(config, "station.toml")
        self.hall = Hall(self.config, PACK, epoch="e-1")
        for bay, kind in KINDS.items():
            if bay in self.hall.bays:
                self.hall.bays[bay].kind = kind
        self.hall.staff = {name: frozenset(roles) for name, roles in EVERYBODY.items()}
        self.now = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
        self.seq = 0

    def log_in(self, name, client=""):
        self.hall.sessions[client or f"client-{name}"] = Session(name, self.hall.staff[name])

    def sender(self, name):
        if name == "office":
            return Sender("office", "office")
        return Sender(f"client-{name}", name, self.hall.staff[name])

    def decide(self, name, body):
        return HANDLERS[type(body)](Case(self.hall, self.sender(name), self.now), body)

    def do(self, name, body) -> Decision:
        """Decide and follow; bays fill and empty as the line's orders have them."""
        decision = self.decide(name, body)
        self.follow(decision.facts)
        for value in decision.personal:
            self.hall.personal.setdefault(value.subject, {})[value.field] = value.value
        if decision.enter:
            self.hall.bays[decision.enter[0]].serial = decision.enter[1]
        if decision.release:
            self.hall.bays[decision.release].serial = None
        return decision

    def refused(self, name, body):
        with pytest.raises(Refusal) as caught:
            self.decide(name, body)
        assert "{" not in caught.value.text.zh + caught.value.text.en
        return caught.value.code

    def follow(self, new):
        for fact in new:
            self.seq += 1
            self.now += timedelta(seconds=1)
            self.hall.take([event(fact.body, fact.subject, self.seq, self.now, fact.actor, fact.device)])

    def say(self, serial, *bodies, by="dan"):
        self.follow(Case(self.hall, self.sender(by), self.now).facts(serial, *bodies))

    # -- a vehicle's way

    def arrived(self):
        return self.do("anna", m.ArrivalOpen()).body["serial"]

    def registration(self, serial, plate="京A12345", **more):
        body = {"serial": serial, "plate": plate, "vin": VIN, "vehicle": vehicle(), "category": "in_use", **more}
        return m.InspectionRegister(**body)

    def registered(self, plate="京A12345", **more):
        serial = self.arrived()
        self.do("anna", self.registration(serial, plate, **more))
        return serial

    def inspected(self, plate="京A12345", exterior="pass", measured=Outcome.PASS):
        """A vehicle that is through all of its stages."""
        serial = self.registered(plate)
        self.inspect(serial, exterior, measured)
        return serial

    def inspect(self, serial, exterior="pass", measured=Outcome.PASS):
        if self.hall.inspections[serial].open_items("appearance"):
            self.look(serial, exterior)
        for name, stage in (("dan", "brake"), ("dan", "lamps"), ("eve", "exhaust")):
            if self.hall.inspections[serial].stage(stage):
                self.measure(serial, name, stage, measured)

    def look(self, serial, exterior="pass"):
        """The appearance inspector goes round the vehicle; a fault is one of the tyres."""
        self.do("bo", m.StageStart(serial=serial, stage="appearance"))
        for item in self.hall.inspections[serial].open_items("appearance"):
            failed = "tyres" if exterior == "fail" and item.code == "F1" else None
            self.do("bo", self.checklist(serial, item.code, failed))

    def checklist(self, serial, item, failed=None):
        """Return the whole check-list of an item with its photos kept; one point fails, all others pass."""
        planned = self.hall.inspections[serial].checklist(item).planned
        entries = [p for p in PACK.points if p.item == item and p.id in planned]
        return m.ChecklistRecord(
            serial=serial, item=item, points=[self.point(serial, item, entry, entry.id == failed) for entry in entries]
        )

    def point(self, serial, item, entry, failed):
        photos = (self.photo(serial, item, entry.id),) if entry.photo else ()
        defects = [m.DefectFound(code=entry.defects[0].code, location="front_left", note="裂纹")] if failed else []
        return m.PointFound(point=entry.id, outcome="fail" if failed else "pass", defects=defects, photos=photos)

    def photo(self, serial, item, point):
        """Have a photo kept and return its hash."""
        digest = sha256_hex(f"{serial} {item} {point}".encode())
        self.do("office", photo_of(serial, item, point, digest))
        return digest

    def measure(self, serial, name, stage, outcome):
        self.do(name, m.StageStart(serial=serial, stage=stage))
        found = self.hall.inspections[serial]
        codes = [i.code for i in found.current_items() if flow.ITEM_STAGES[i.code] == stage]
        self.say(serial, *(judged(code, found.attempt, outcome) for code in codes), by=name)
        found = self.hall.inspections[serial]
        self.say(serial, *flow.after_items(found, stage, 1), by=name)
        if bay := self.hall.bay_of(serial):
            bay.serial = None

    def signed(self, **how):
        serial = self.inspected(**how)
        self.do("sam", m.ReviewSign(serial=serial))
        return serial

    def report(self, serial):
        attempt = self.hall.inspections[serial].attempts[-1]
        body = {"serial": serial, "attempt": attempt.number, "report_no": attempt.report_no}
        return m.ReportIssue(**body, sha256="ab" * 32, size=10)

    def reported(self, **how):
        serial = self.signed(**how)
        self.do("office", self.report(serial))
        return serial


def judged(code, attempt, outcome):
    verdict = ItemVerdict(item=code, outcome=outcome, quantities=(), pack=PACK.ref)
    return facts.ItemJudged(attempt=attempt, verdict=verdict)


def event(body, subject="", seq=1, at=None, actor="x", device="x"):
    at = at or datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    return Event(
        seq=seq,
        boot_id="b",
        mono_ns=seq,
        at=at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        kind=body.kind,
        version=body.version,
        subject=subject,
        actor=actor,
        device=device,
        body=canonical(body.to_json()).decode(),
        prev_hash=GENESIS,
        hash=GENESIS,
    )
