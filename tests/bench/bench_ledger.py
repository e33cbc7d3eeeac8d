"""Durable events a second through the ledger, beside bare SQLite inserts of rows of the same size.

Both write one row a commit with synchronous=FULL, in the same folder and the same run.
Usage: python tests/bench/bench_ledger.py [--events N] [--runs N] [--json]
"""

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from station.bus.clock import Clock
from station.ledger.journal import Ledger
from station.model.event import Entry, Event, Fact
from station.model.facts import Body, InspectionRegistered, ItemJudged, KeysTaken
from station.model.text import Text
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict, Outcome, PackRef, QuantityVerdict
from station.store.database import open_database

SERIAL = "D1-20261122-0001"
PACK = PackRef(name="cn-38900", edition="2026.1", sha256="ab" * 32)


def quantity(name: str, value: str, limit: str) -> QuantityVerdict:
    """Return one judged quantity of a brake test."""
    return QuantityVerdict(
        quantity=name,
        name=Text(zh="一轴制动率", en="Axle braking rate"),
        outcome=Outcome.PASS,
        value=Decimal(value),
        unrounded=Decimal(value) + Decimal("0.0421"),
        unit="%",
        shown=f"{value} %",
        limit=Decimal(limit),
        comparison=">=",
        limit_shown=f"≥ {limit} %",
        clause="GB 38900-2020 6.7.3",
        source="GB 38900-2020",
        certainty="B",
        confirmed=False,
        decided_by="run r-1, samples 212 to 340",
        sentence=Text(zh=f"制动率 {value} %，限值 {limit} %，合格", en=f"Rate {value} %, limit {limit} %: pass"),
    )


def judged(number: int) -> ItemJudged:
    """Return a typical verdict: two quantities of a service brake."""
    quantities = (quantity("axle_rate", f"6{number % 10}.4", "60"), quantity("imbalance", f"1{number % 10}.2", "20"))
    verdict = ItemVerdict(item="B1", outcome=Outcome.PASS, quantities=quantities, pack=PACK, runs=("r-1",))
    return ItemJudged(attempt=1, verdict=verdict)


def entry(body: Body, number: int) -> Entry:
    """Return one command's transaction."""
    return Entry(facts=(Fact(subject=SERIAL, actor="s-4", device="lane-1", body=body),))


def registered() -> InspectionRegistered:
    """Return the registration that plans the items."""
    vehicle = Vehicle(plate_type="02", vehicle_type="K33", use_character="A", fuel="A", total_mass_kg=1870)
    return InspectionRegistered(
        vehicle_id="v-1",
        vehicle=vehicle,
        category="in_use",
        plate_commitment="11" * 32,
        vin_commitment="22" * 32,
        owner_commitment=None,
        plan=("F1", "B1", "B2", "B0", "BV", "PF"),
        pack=PACK,
    )


def ledger_rate(folder: Path, count: int) -> tuple[float, Event]:
    """Return events a second through the ledger, and one of the events."""
    engine = open_database(f"sqlite:///{folder}/ledger.sqlite")
    ledger = Ledger.open(engine, Clock(), "boot-1")
    ledger.append(entry(KeysTaken(), -2))
    ledger.append(entry(registered(), -1))
    entries = [entry(judged(number), number) for number in range(count)]
    begin = time.perf_counter()
    for each in entries:
        (event,) = ledger.append(each)
    rate = count / (time.perf_counter() - begin)
    ledger.close()
    engine.dispose()
    return rate, event


def bare_rate(folder: Path, count: int, event: Event) -> float:
    """Return plain inserts a second of rows as large as that event, one commit each."""
    connection = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    row = "x" * sum(len(str(value).encode()) for value in event.model_dump().values())
    connection.execute("CREATE TABLE row (seq INTEGER PRIMARY KEY, data TEXT)")
    begin = time.perf_counter()
    for seq in range(count):
        connection.execute("INSERT INTO row VALUES (?, ?)", (seq, row))
    rate = count / (time.perf_counter() - begin)
    connection.close()
    return rate


def measure(events: int, runs: int) -> dict[str, object]:
    """Return the medians, in events a second, and their ratio."""
    ledger, bare = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            rate, event = ledger_rate(Path(folder), events)
            ledger.append(rate)
            bare.append(bare_rate(Path(folder), events, event))
    ratio = statistics.median(a / b for a, b in zip(ledger, bare, strict=True))
    return {
        "bench": "ledger",
        "events": events,
        "runs": runs,
        "ledger_per_s": round(statistics.median(ledger)),
        "bare_per_s": round(statistics.median(bare)),
        "ratio": round(ratio, 3),
        "aim": 0.6,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.events, options.runs)
    if options.json:
        print(json.dumps(result))
    else:
        print("ledger {ledger_per_s}/s, bare SQLite {bare_per_s}/s, ratio {ratio} (aim {aim})".format(**result))


if __name__ == "__main__":
    main()
