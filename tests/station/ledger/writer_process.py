"""A writer that is killed: appends cars for ever and says what is acknowledged, one line an event."""

import sys

from station.ledger.journal import Ledger
from station.model import facts
from station.model.canonical import canonical, sha256_hex
from station.model.event import Entry, Fact, PersonalValue, StoredReply
from station.store.database import open_database


class Clock:
    """The process's clock, without the bus."""

    def __init__(self) -> None:
        import time
        from datetime import UTC, datetime

        self.now = lambda: datetime.now(UTC)
        self.monotonic_ns = time.monotonic_ns


def main(url: str, boot: str) -> None:
    """Append until killed."""
    ledger = Ledger.open(open_database(url), Clock(), boot)
    number = 0
    while True:
        number += 1
        serial = f"T1-{boot}-{number:04}"
        curves = canonical([number] * 500)
        plate = PersonalValue(serial, "plate", f"京A{number}", "salt")
        run = {"run": "r-1", "item": "B1"}
        started = {"attempt": 1, "bay": "b", "rig": "b", "profile": "p", "profile_sha256": ""}
        finished = {"evidence_sha256": sha256_hex(curves), "samples": 500, "lost": 0, "end_state": "normal"}
        entries = (
            Entry((Fact(serial, "s", "d", facts.KeysTaken()),), (plate,), {}, StoredReply("c", serial, "", "{}")),
            Entry((Fact(serial, "s", "d", facts.RunStarted(**run, **started)),)),
            Entry((Fact(serial, "s", "d", facts.RunFinished(**run, **finished)),), (), {sha256_hex(curves): curves}),
        )
        for entry in entries:
            for event in ledger.append(entry):
                print(event.seq, event.hash, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
