"""A station's writes without its screens: cars with curves, photos, reports, seals; each thing done is said at once.

Started by ``recorded.record``. What it says is one JSON line each: what nobody may lose from then on.
"""

import json
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

from station.ledger.fork import write_mark
from station.ledger.journal import Ledger
from station.ledger.keys import make_key
from station.ledger.seal import SigningKey
from station.model import facts
from station.model.canonical import canonical, sha256_hex
from station.model.event import Entry
from station.office import files
from station.store import database
from station.store.database import open_database
from tests.station.conftest import Car, Hands
from tests.station.ledger.sealed_story import STATION, SealedStory

CARS_A_SEAL = 3
CARS_A_KEY = 20
SAMPLES = 800


def say(**what: object) -> None:
    """Acknowledge something: by one write, so that it stands in the record where it happened."""
    os.write(1, json.dumps(what, ensure_ascii=False).encode() + b"\n")


class Writer:
    """One station at work in a folder."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.evidence = folder, folder / "evidence"
        self.chance = random.Random(seed)
        self.ledger = Ledger.open(open_database(f"sqlite:///{folder}/station.sqlite", station=STATION), Hands(), "b-1")
        self.key = self._new_key(None)

    def _new_key(self, old: SigningKey | None) -> SigningKey:
        key = make_key(self.folder / "keys").key
        SealedStory(self.ledger, Car()).enrol(key, old.id if old else None, old)
        say(key=key.id, seq=self.ledger.head[0], hash=self.ledger.head[1])
        return key

    def append(self, entry: Entry) -> None:
        """Write, and only then say so, with the reply as it is stored."""
        events = self.ledger.append(entry)
        reply = entry.reply and self.ledger.reply_to(entry.reply.client, entry.reply.command_id)
        say(seq=events[-1].seq, hash=events[-1].hash, reply=reply and [reply.client, reply.command_id, reply.reply])

    def keep(self, size: int, suffix: str) -> tuple[str, int]:
        """Keep a file as the office does, and return its hash and size."""
        sha256 = files.keep(self.evidence, self.chance.randbytes(size), suffix)
        say(file=sha256, suffix=suffix)
        return sha256, size

    def seal(self) -> None:
        """Seal the ledger and note beside it how far it is, as the line does."""
        SealedStory(self.ledger, Car()).seal(self.key)
        write_mark(self.folder, self.ledger.head)
        say(mark=self.ledger.head[0])

    def drive_through(self, number: int) -> None:
        """Write one car's whole story."""
        car = Car(f"{STATION}-20261122-{number:04}")
        self.append(car.arrive())
        self.append(car.register())
        self._photograph(car)
        self.append(car.start())
        if number % 5 == 0:
            self.append(car.entry(facts.RunVoided(run="r-1", item="B1", reason="line_restarted")))
            self.append(car.start("r-2"))
        self.append(self._finish(car, "r-2" if number % 5 == 0 else "r-1"))
        *before, _issued, left = car.leave()
        for entry in before:
            self.append(entry)
        SealedStory(self.ledger, car).seal_report(self.key)
        report, size = self.keep(3000, ".pdf")
        issued = facts.ReportIssued(attempt=1, report_no=f"R-{car.serial}", sha256=report, size=size)
        self.append(car.command(issued))
        self.append(left)

    def _photograph(self, car: Car) -> None:
        sha256, size = self.keep(9000, ".jpg")
        shown = {"attempt": 1, "item": "F1", "point": "tyres", "media": "image/jpeg"}
        self.append(car.command(facts.PhotoKept(sha256=sha256, size=size, **shown)))

    def _finish(self, car: Car, run: str) -> Entry:
        curves = canonical({"run": run, "raw": [self.chance.randrange(5000) for _ in range(SAMPLES)]})
        sha256 = sha256_hex(curves)
        body = facts.RunFinished(
            run=run, item="B1", evidence_sha256=sha256, samples=SAMPLES, lost=0, end_state="normal"
        )
        return car.entry(body, car.judged(run=run), evidence=curves)

    def work(self, cars: int) -> None:
        """Have so many cars through, and close in order."""
        self.seal()
        for number in range(1, cars + 1):
            self.drive_through(number)
            if number % CARS_A_SEAL == 0:
                self.seal()
            if number % CARS_A_KEY == 0:
                self.key = self._new_key(self.key)
        self.seal()
        self.ledger.close()


def without_sync() -> None:
    """Break the writer: SQLite leaves it to the system when its log gets to the disk."""
    database._SQLITE_PRAGMAS = (*database._SQLITE_PRAGMAS, "PRAGMA synchronous=OFF")


def without_folder_sync() -> None:
    """Break the writer: a file's bytes get to the disk, but its name only when the system likes."""
    files._sync_folder = lambda path: None


BROKEN: dict[str, Callable[[], None]] = {
    "sound": lambda: None,
    "without sync": without_sync,
    "without folder sync": without_folder_sync,
}


if __name__ == "__main__":
    store, how_many, seed, how = sys.argv[1:]
    BROKEN[how]()
    Writer(Path(store), int(seed)).work(int(how_many))
