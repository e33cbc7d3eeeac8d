"""A generated day of events as they stand in a ledger: plain dicts, times in UTC, bodies as JSON values.

Cars with mixed plans come, wait, are worked on one at a time in each stage, are sent back, released, cancelled, broken
off, signed, reported, fetched; some come again, some that failed stay for the repair, some are still there.
"""

import json
import random
from datetime import UTC, datetime, timedelta

from reports.throughput import ThroughputData
from station.model.codes import ITEM_STAGES
from station.model.event import Event
from station.model.inspection import apply, open_inspection
from station.model.text import Text

BEGIN = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
PACK = {"name": "cn-gb38900-2020", "edition": "2020", "sha256": "5a" * 32}
PLANS = (
    ("UC", "F1", "B1", "B2", "B0", "BV", "H1", "H4", "PF"),
    ("UC", "F1", "DC", "C1", "B1", "B2", "B0", "BV", "H1", "H4", "PF"),
    ("UC", "F1", "DC", "C1", "B1", "B2", "BV", "H1", "H2", "H3", "H4", "FA"),
    ("UC", "F1", "B1", "B2", "BV", "H1", "H4"),
)
MINUTES = {
    "desk": (2, 5),
    "appearance": (2, 4.5),
    "chassis": (1.2, 2.5),
    "underbody": (1.5, 3),
    "brake": (2.5, 4),
    "lamps": (1.5, 3),
    "exhaust": (2.5, 5),
    "review": (1, 3),
    "report": (0.1, 0.4),
    "handback": (0, 0),
}
VEHICLE = {"plate_type": "02", "vehicle_type": "K33", "use_character": "A", "fuel": "A"}


class Day:
    """Writes the events of a day; each stage is a place that one car holds at a time."""

    def __init__(self, seed, cars):
        self.random = random.Random(seed)
        self.rows = []
        self.taken = {}
        at = BEGIN
        for number in range(1, cars + 1):
            self.car(f"demo-20261122-{number:04d}", at)
            at += timedelta(minutes=self.random.uniform(2, 13))

    @property
    def events(self):
        """Return the day in the order of time; what one car did at one moment stays in its order."""
        return sorted(self.rows, key=lambda row: row["at"])

    def add(self, at, serial, kind, actor="s-01", **body):
        text = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.rows.append({"at": text, "kind": kind, "subject": serial, "actor": actor, "body": body})

    def reserve(self, at, stage, length):
        """Return when work on a stage begins that a car could begin now: when its place is free for so long."""
        begin = at + timedelta(seconds=self.random.uniform(5, 100))
        for start, end in sorted(self.taken.setdefault(stage, [])):
            if begin < end and start < begin + length:
                begin = end
        self.taken[stage].append((begin, begin + length))
        return begin

    def work(self, at, serial, stage, attempt):
        """Wait for a stage, work on it, now and then give it back first; return when it ends."""
        self.add(at, serial, "stage.waiting", stage=stage, attempt=attempt)
        length = timedelta(minutes=self.random.uniform(*MINUTES[stage]))
        begin = self.reserve(at, stage, length)
        self.add(begin, serial, "stage.started", stage=stage, attempt=attempt, bay=None)
        if stage == "brake" and self.random.random() < 0.15:
            begin += timedelta(seconds=40)
            self.add(begin, serial, "stage.released", stage=stage, attempt=attempt, reason="by_person")
            begin += timedelta(seconds=90)
            self.add(begin, serial, "stage.started", stage=stage, attempt=attempt, bay=None)
        return begin + length

    def finish(self, at, serial, stage, attempt):
        self.add(at, serial, "stage.finished", stage=stage, attempt=attempt, bay=None)

    def car(self, serial, at):
        self.add(at, serial, "keys.taken")
        at += timedelta(minutes=self.random.uniform(*MINUTES["desk"]))
        fate = self.random.random()
        if fate < 0.05:
            self.add(at, serial, "arrival.cancelled")
            return
        plan = self.random.choice(PLANS)
        registered = {"vehicle_id": f"veh-{serial}", "vehicle": VEHICLE, "category": "in_use", "pack": PACK}
        hashes = {"plate_commitment": "ab" * 32, "vin_commitment": "cd" * 32, "owner_commitment": None}
        self.add(at, serial, "inspection.registered", plan=list(plan), **registered, **hashes)
        self.finish(at, serial, "desk", 1)
        if fate < 0.09:
            self.add(at + timedelta(minutes=3), serial, "inspection.cancelled", reason_commitment="ef" * 32)
            return
        self.attempts(serial, at, plan, fate)

    def attempts(self, serial, at, plan, fate):
        bad = self.random.choice(plan) if fate < 0.40 else None
        outcome = "unknown" if fate < 0.14 else "fail"
        at = self.attempt(serial, at, plan, 1, {bad: outcome} if bad else {})
        number = 1
        while bad and number < 3 and self.random.random() < 0.6:
            number += 1
            kept = self.random.random() < 0.3
            at = at + timedelta(minutes=self.random.uniform(5, 90)) if kept else self.fetch(serial, at, number - 1)
            self.add(at, serial, "inspection.returned", attempt=number, items=[bad])
            again = outcome if self.random.random() < 0.3 else "pass"
            at = self.attempt(serial, at, (bad,), number, {bad: again})
            bad = bad if again != "pass" else None
        if fate < 0.93:
            self.hand_back(serial, at, number)

    def fetch(self, serial, at, attempt):
        """Hand the key back, and return when the car comes again."""
        return self.hand_back(serial, at, attempt) + timedelta(minutes=self.random.uniform(20, 120))

    def hand_back(self, serial, at, attempt):
        begin = at + timedelta(minutes=self.random.uniform(0.5, 5))
        self.add(begin, serial, "stage.started", stage="handback", attempt=attempt, bay=None)
        self.finish(begin, serial, "handback", attempt)
        self.add(begin, serial, "keys.returned")
        return begin

    def attempt(self, serial, at, items, number, outcomes):
        """Do the items, have them reviewed (and now and then done again), sign, report; return when."""
        at = self.items(serial, at, items, number, outcomes)
        end = self.work(at, serial, "review", number)
        if self.random.random() < 0.1:
            self.finish(end, serial, "review", number)
            self.add(end, serial, "inspection.sent_back", attempt=number, items=[items[0]], reason_commitment="ef" * 32)
            at = self.items(serial, end, items[:1], number, outcomes)
            end = self.work(at, serial, "review", number)
        values = set(outcomes.values())
        conclusion = "fail" if "fail" in values else "invalid" if "unknown" in values else "pass"
        report = {"attempt": number, "report_no": f"{serial}-{number}"}
        self.add(end, serial, "inspection.signed", actor="s-07", conclusion=conclusion, **report)
        self.finish(end, serial, "review", number)
        done = self.work(end, serial, "report", number)
        self.add(done, serial, "report.issued", sha256="aa" * 32, size=50_000, **report)
        self.finish(done, serial, "report", number)
        self.add(done, serial, "stage.waiting", stage="handback", attempt=number)
        return done

    def items(self, serial, at, items, number, outcomes):
        for stage in dict.fromkeys(ITEM_STAGES[item] for item in items):
            at = self.work(at, serial, stage, number)
            for item in (item for item in items if ITEM_STAGES[item] == stage):
                said = outcomes.get(item, "pass")
                given = {"item": item, "attempt": number, "outcome": said, "reason": None, "note_commitment": None}
                self.add(at, serial, "item.recorded", **given)
            self.finish(at, serial, stage, number)
        return at


def inspections(rows):
    """Return the day's inspections, folded as the station folds them."""
    found = {}
    for seq, row in enumerate(rows, 1):
        event = Event(
            seq=seq,
            boot_id="b",
            mono_ns=seq,
            at=row["at"],
            kind=row["kind"],
            version=1,
            subject=row["subject"],
            actor=row["actor"],
            device="desk-1",
            body=json.dumps(row["body"]),
            prev_hash="00" * 32,
            hash="11" * 32,
        )
        known = found.get(event.subject)
        found[event.subject] = apply(known, event) if known else open_inspection(event)
    return tuple(found.values())


def report_of(rows, simulated=True):
    name = Text(zh="云检测示范站", en="Cloud Inspection demo station")
    return ThroughputData(name, "Asia/Shanghai", "2026-11-22", "2026-11-22", inspections(rows), simulated)
