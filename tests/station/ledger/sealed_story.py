"""A ledger with seals, as the line writes it: keys, checkpoints, a sealed report, and how a forger would change it."""

import io
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from station.ledger.journal import Ledger
from station.ledger.seal import SigningKey, enrol_key, seal_fork, seal_ledger, seal_report
from station.ledger.verify import export, export_line
from station.model.canonical import canonical
from station.model.event import GENESIS, Entry, Event, Fact, event_hash
from station.model.proof import Essence, Proof
from station.store.database import open_database

STATION = "T1"
K1, K2, K3, FORGER = (SigningKey(Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)) for n in (1, 2, 3, 9))
AT = "2026-11-22T01:00:00.000000Z"


class SealedStory:
    """Writes to a ledger what the line would write, with any key."""

    def __init__(self, ledger, car):
        self.ledger, self.car = ledger, car

    def add(self, *bodies, subject=STATION):
        return self.ledger.append(Entry(tuple(Fact(subject, "line", "line", body) for body in bodies)))

    def enrol(self, new, replaces=None, old=None):
        return self.add(enrol_key(STATION, new, replaces, old))

    def seal(self, key):
        return self.add(seal_ledger(key, STATION, *self.ledger.head, AT))

    def essence(self):
        found = self.ledger.inspection(self.car.serial)
        attempt = found.attempts[0]
        return Essence(
            station=STATION,
            report_no=attempt.report_no,
            conclusion=attempt.conclusion,
            signed_at=attempt.signed_at,
            seq=attempt.signed_seq,
            hash=attempt.signed_hash,
            plate_commitment=found.plate_commitment,
        )

    def proof(self, key):
        essence = self.essence()
        plate, *_ = self.car.names()
        signature = seal_report(key, essence, 1).signature
        return Proof(essence=essence, plate=plate.value, salt=plate.salt, key=key.id, signature=signature)

    def seal_report(self, key):
        return self.add(seal_report(key, self.essence(), 1), subject=self.car.serial)

    def fork(self, key, lost):
        return self.add(seal_fork(key, STATION, self.ledger.head, lost, "0" * 64))

    def whole(self):
        """Tell a day: key, checkpoint, a car with its sealed report, a new key, a last checkpoint."""
        self.enrol(K1)
        self.seal(K1)
        *before, issued, returned = self.car.story()
        for entry in before:
            self.ledger.append(entry)
        self.seal_report(K1)
        self.ledger.append(issued)
        self.ledger.append(returned)
        self.enrol(K2, K1.id, K1)
        self.seal(K2)
        return self.lines()

    def lines(self):
        stream = io.StringIO()
        export(self.ledger._engine, stream)
        return stream.getvalue().splitlines(keepends=True)


def told(folder, clock, car, name="sealed"):
    """Return a story on a ledger of its own, and what closes it."""
    engine = open_database(f"sqlite:///{folder}/{name}.sqlite", station=STATION)
    ledger = Ledger.open(engine, clock, "boot-1")

    def close():
        ledger.close()
        engine.dispose()

    return SealedStory(ledger, car), close


def event_of(line):
    row = json.loads(line)
    return Event(**{**row, "seq": int(row["seq"]), "mono_ns": int(row["mono_ns"])})


def written_anew(lines, change):
    """Change events and make every number and hash fit again, as a forger with the database would."""
    head, new = GENESIS, []
    for event in change([event_of(line) for line in lines]):
        draft = event.model_copy(update={"seq": len(new) + 1, "prev_hash": head, "hash": ""})
        new.append(draft.model_copy(update={"hash": event_hash(draft)}))
        head = new[-1].hash
    return [export_line(event) for event in new]


def body_of_kind(kind, **changes):
    """Return a change: the last event of a kind says something else."""

    def change(events):
        at = max(i for i, event in enumerate(events) if event.kind == kind)
        body = canonical({**json.loads(events[at].body), **changes}).decode()
        return [*events[:at], events[at].model_copy(update={"body": body}), *events[at + 1 :]]

    return change
