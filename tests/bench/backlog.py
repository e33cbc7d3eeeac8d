"""Signed vehicles of which no report is made yet: what an office finds that comes back after the others went on.

Each is the sample of the reports' tests: brakes, headlamps, exhaust and check-lists, judged by the rules, with its
curves. The line seals them when it starts, as it does with whatever was signed when it ended.
"""

import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

from sim.identity import plate_of, vin_of
from station.bus.clock import Clock
from station.ledger.journal import Ledger
from station.line.config import Config
from station.model import facts
from station.model.canonical import canonical, sha256_hex
from station.model.capture import Capture
from station.model.event import Entry, Fact, PersonalValue
from station.model.inspection import Checklist, Inspection
from station.store.database import open_database

sys.path.append(str(Path(__file__).parents[2]))
from tests.reports import sample_report  # found by the line above

FIRST = 5001
"""Running numbers of the backlog begin here, so that those of the bench's own vehicles are not among them."""
SIGNATORY = "1003"


def write_backlog(config: Config, vehicles: int) -> tuple[str, ...]:
    """Write so many signed vehicles into a station's ledger; return their running numbers."""
    engine, clock = open_database(config.database_url, station=config.station.id), Clock()
    ledger = Ledger.open(engine, clock, boot_id="backlog")
    day = f"{clock.now():%Y%m%d}"
    serials = tuple(f"{config.station.id}-{day}-{FIRST + number}" for number in range(vehicles))
    try:
        for number, serial in enumerate(serials):
            for entry in _story(serial, number):
                ledger.append(entry)
    finally:
        ledger.close()
        engine.dispose()
    return serials


def _story(serial: str, number: int) -> Iterator[Entry]:
    data = sample_report.failed()
    found = data.inspection
    yield _entry(serial, facts.KeysTaken())
    yield _registered(serial, number, found)
    for checklist in found.checklists:
        yield _entry(serial, *_recorded(checklist, found))
    runs = {}
    for capture in data.captures.values():
        runs[capture.run] = f"run-{secrets.token_hex(4)}"
        yield _measured(serial, capture.model_copy(update={"run": runs[capture.run]}))
    yield _entry(serial, *_judged(found, runs))
    yield _entry(serial, *_signed(serial, found))


def _registered(serial: str, number: int, found: Inspection) -> Entry:
    personal = [_secret(serial, "plate", plate_of(9000 + number)), _secret(serial, "vin", vin_of(9000 + number))]
    body = facts.InspectionRegistered(
        vehicle_id=f"veh-{serial}", vehicle=found.vehicle, category="in_use", plate_commitment=personal[0].commitment,
        vin_commitment=personal[1].commitment, owner_commitment=None, plan=found.attempts[0].plan, pack=found.pack,
    )  # fmt: skip
    return _entry(serial, body, facts.StageFinished(stage="desk", attempt=1, bay=None), personal=tuple(personal))


def _recorded(checklist: Checklist, found: Inspection) -> Iterator[facts.Body]:
    yield facts.ChecklistPlanned(attempt=1, points={checklist.item: checklist.planned})
    yield facts.ChecklistRecorded(item=checklist.item, attempt=1, points=checklist.results)
    outcome = next(item.outcome for item in found.items if item.code == checklist.item)
    yield facts.ItemRecorded(item=checklist.item, attempt=1, outcome=outcome, reason=None, note_commitment=None)


def _measured(serial: str, capture: Capture) -> Entry:
    data = canonical(capture.model_dump(mode="json"))
    started = facts.RunStarted(
        run=capture.run, item=capture.item, covers=capture.covers, attempt=1, bay="bay-1", rig=capture.rig,
        profile="p", profile_sha256="00" * 32,
    )  # fmt: skip
    ended = facts.RunFinished(
        run=capture.run, item=capture.item, evidence_sha256=sha256_hex(data), samples=capture.samples,
        lost=capture.lost, end_state="normal",
    )  # fmt: skip
    return _entry(serial, started, ended, evidence={sha256_hex(data): data})


def _judged(found: Inspection, runs: dict[str, str]) -> Iterator[facts.Body]:
    for item in found.items:
        if item.verdict:
            named = tuple(runs[run] for run in item.verdict.runs)
            yield facts.ItemJudged(attempt=1, verdict=item.verdict.model_copy(update={"runs": named}))


def _signed(serial: str, found: Inspection) -> Iterator[facts.Body]:
    yield facts.StageWaiting(stage="review", attempt=1)
    yield facts.StageStarted(stage="review", attempt=1, bay=None)
    conclusion = found.attempts[0].conclusion or "invalid"
    yield facts.InspectionSigned(attempt=1, report_no=f"{serial}-1", conclusion=conclusion)
    yield facts.StageFinished(stage="review", attempt=1, bay=None)
    yield facts.StageWaiting(stage="report", attempt=1)


def _secret(serial: str, field: str, value: str) -> PersonalValue:
    return PersonalValue(serial, field, value, secrets.token_hex(16))


def _entry(
    serial: str, *bodies: facts.Body, personal: tuple[PersonalValue, ...] = (), evidence: dict[str, bytes] | None = None
) -> Entry:
    return Entry(tuple(Fact(serial, SIGNATORY, "desk-1", body) for body in bodies), personal, evidence or {})
