"""What must be true of a station's record, whatever was killed meanwhile; each check returns what is wrong."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from station.bus import messages as m
from station.ledger.projection import rebuild
from station.ledger.verify import verify_database
from station.line.packs import load_pack
from station.model import facts
from station.model.capture import Capture
from station.model.event import Event, body_of
from station.model.vehicle import Category, Vehicle
from station.office import files
from station.rules import Pack, judge
from station.store import read
from station.store.tables import PROJECTIONS
from tests.station.cli.photo_witness import Shot
from tests.station.cli.witness import Witness

FACT_OF: dict[type[m.CommandBody], str] = {m.ArrivalOpen: "keys.taken", m.ArrivalCancel: "arrival.cancelled"}


def all_events(engine: Engine) -> list[Event]:
    return [event for page in read.event_pages(engine) for event in page]


def chain_faults(engine: Engine) -> list[str]:
    """The chain with its evidence and personal values."""
    report = verify_database(engine)
    return [] if report.ok and report.erased == 0 else [f"{report.reason}, {report.erased} erased"]


def acknowledged_faults(events: list[Event], witness: Witness) -> list[str]:
    """Every reply stands in the ledger with its number and hash, once; every id had one answer and made one fact."""
    by_seq = {event.seq: event for event in events}
    wrong = [f"{key}: no answer at the end" for key in witness.stored if not witness.replies.get(key)]
    for key, asked in witness.stored.items():
        payloads = witness.replies.get(key, [])
        if len(set(payloads)) > 1:
            wrong.append(f"{key}: {len(set(payloads))} different answers to one id")
        wrong += [f"{key}: {text}" for text in _against(by_seq, asked.body, payloads[:1])]
    return wrong + _doubled(events, witness)


def _against(by_seq: dict[int, Event], body: m.CommandBody, payloads: list[bytes]) -> Iterator[str]:
    for reply in map(m.Reply.model_validate_json, payloads):
        event = by_seq.get(reply.seq or 0)
        if not reply.accepted:
            yield f"{body.kind} refused: {reply.text.en}"
        elif event is None or event.hash != reply.hash:
            yield f"acknowledged as {reply.seq} {reply.hash}, and not in the ledger"
        elif event.kind != FACT_OF[type(body)] or event.subject != (
            getattr(body, "serial", "") or reply.body["serial"]
        ):
            yield f"{body.kind} acknowledged by event {event.seq}, which is {event.kind} of {event.subject}"


def _doubled(events: list[Event], witness: Witness) -> list[str]:
    asked = Counter(FACT_OF[type(one.body)] for one in witness.stored.values())
    made = Counter(e.kind for e in events if e.device == witness.client and e.kind in FACT_OF.values())
    subjects = Counter((e.kind, e.subject) for e in events if e.kind in FACT_OF.values())
    wrong = [f"{kind}: {asked[kind]} commands, {made[kind]} events" for kind in asked if asked[kind] != made[kind]]
    return wrong + [f"{kind} of {subject}: {n} times" for (kind, subject), n in subjects.items() if n > 1]


def published_faults(events: list[Event], witness: Witness) -> list[str]:
    """Journal first: what was ever published stands in the ledger, exactly so."""
    by_seq = {event.seq: event for event in events}
    wrong = []
    for seq, payloads in witness.notices.items():
        for payload in payloads:
            notice = m.EventNotice.model_validate_json(payload).model_dump(exclude={"v"})
            stored = by_seq.get(seq)
            if stored is None or {**stored.model_dump(), "mono_ns": str(stored.mono_ns)} != notice:
                wrong.append(f"event {seq} was published, and is not so in the ledger")
    return wrong


def run_faults(events: list[Event]) -> list[str]:
    """Every run that began has ended once, finished or void with a reason, and no verdict rests on a void one."""
    ends: dict[str, list[facts.RunFinished | facts.RunVoided]] = {}
    wrong = []
    for event in events:
        match body_of(event):
            case facts.RunStarted(run=run):
                ends[run] = []
            case facts.RunFinished() | facts.RunVoided() as end:
                ends[end.run].append(end)
            case facts.ItemJudged(verdict=verdict):
                unsound = [run for run in verdict.runs if not _finished(ends.get(run, []))]
                wrong += [
                    f"{verdict.item} of {event.subject} judged from run {run}, which is not finished" for run in unsound
                ]
    for run, found in ends.items():
        if len(found) != 1 or (isinstance(found[0], facts.RunVoided) and not found[0].reason):
            wrong.append(f"run {run} ended {len(found)} times: {found}")
    return wrong


def _finished(ends: list[facts.RunFinished | facts.RunVoided]) -> bool:
    return len(ends) == 1 and isinstance(ends[0], facts.RunFinished)


def verdict_faults(engine: Engine, events: list[Event], timezone: str = "Asia/Shanghai") -> tuple[int, list[str]]:
    """Judge everything again from the stored evidence; return how many verdicts there were, and those that differ."""
    cars: dict[str, tuple[Vehicle, Category, str]] = {}
    captures: dict[str, dict[str, Capture]] = {}
    packs: dict[str, Pack] = {}
    judged, wrong = 0, []
    for event in events:
        match body_of(event):
            case facts.InspectionRegistered() as registered:
                cars[event.subject] = (registered.vehicle, registered.category, registered.pack.name)
                captures[event.subject] = {}
                packs.setdefault(registered.pack.name, load_pack("cn-gb38900-2020"))
            case facts.RunFinished() as run:
                capture = Capture.model_validate_json(read.evidence(engine, run.evidence_sha256))
                captures[event.subject] |= dict.fromkeys(capture.items, capture)
            case facts.ItemJudged(verdict=verdict):
                judged += 1
                vehicle, category, pack = cars[event.subject]
                on = datetime.fromisoformat(event.at).astimezone(ZoneInfo(timezone)).date()
                if judge(packs[pack], vehicle, category, on, verdict.item, captures[event.subject]) != verdict:
                    wrong.append(f"{verdict.item} of {event.subject} (event {event.seq}) is judged differently now")
    return judged, wrong


def report_faults(events: list[Event], evidence_folder: Path) -> tuple[int, list[str]]:
    """Every issued report is a file of its hash; every signature has one report at most."""
    issued = [(e.subject, body) for e in events if isinstance(body := body_of(e), facts.ReportIssued)]
    wrong = []
    for serial, report in issued:
        if files.read(evidence_folder, report.sha256, ".pdf") is None:
            wrong.append(f"report {report.report_no} of {serial}: its file is missing or another one")
    twice = [number for number, n in Counter(report.report_no for _, report in issued).items() if n > 1]
    return len(issued), wrong + [f"report {number} issued more than once" for number in twice]


def photo_faults(events: list[Event], evidence_folder: Path, shots: Iterable[Shot]) -> tuple[int, list[str]]:
    """Every photo is a file of its hash; what was acknowledged stands in the ledger, once, under that number."""
    kept = {e.seq: body for e in events if isinstance(body := body_of(e), facts.PhotoKept)}
    wrong = []
    for seq, photo in kept.items():
        if files.read(evidence_folder, photo.sha256, ".jpg") is None:
            wrong.append(f"photo {photo.sha256} (event {seq}): its file is missing or another one")
    hashes = {e.seq: (e.hash, e.subject) for e in events}
    times = Counter(photo.sha256 for photo in kept.values())
    for shot in shots:
        (answer, *others) = set(shot.answers)
        said = json.loads(answer)
        photo = kept.get(said["seq"])
        if others or times[shot.sha256] != 1:
            wrong.append(f"photo {shot.sha256}: {len(others) + 1} different answers, {times[shot.sha256]} events")
        if photo is None or photo.sha256 != shot.sha256 or hashes[said["seq"]] != (said["hash"], shot.serial):
            wrong.append(f"photo {shot.sha256} was acknowledged as {said}, and does not stand there")
    return len(kept), wrong


def checklist_faults(events: list[Event]) -> list[str]:
    """What a check-list shows as photographed was kept before."""
    kept: set[tuple[str, str]] = set()
    wrong = []
    for event in events:
        match body_of(event):
            case facts.PhotoKept(sha256=digest):
                kept.add((event.subject, digest))
            case facts.ChecklistRecorded(points=points):
                missing = [p for point in points for p in point.photos if (event.subject, p) not in kept]
                wrong += [
                    f"check-list of {event.subject} (event {event.seq}) shows {p}, which is not there" for p in missing
                ]
    return wrong


def print_faults(events: list[Event], sheets: Counter[str]) -> tuple[Counter[str], list[str]]:
    """Nobody asked for a copy: each report is wanted once, has ended once at most, and came out as often as is said."""
    issued = {body.report_no: body.sha256 for e in events if isinstance(body := body_of(e), facts.ReportIssued)}
    wanted = Counter(body.report_no for e in events if isinstance(body := body_of(e), facts.PrintRequested))
    ended = [body for e in events if isinstance(body := body_of(e), facts.ReportPrinted)]
    states = {body.report_no: body.state for body in ended}
    wrong = [f"report {number} was to be printed {n} times" for number, n in wanted.items() if n != 1]
    wrong += [
        f"report {number} came out {sheets[digest]} times" for number, digest in issued.items() if sheets[digest] > 1
    ]
    for number, state in states.items():
        if state == "printed" and sheets[issued[number]] != 1:
            wrong.append(f"report {number} is called printed and came out {sheets[issued[number]]} times")
    twice = Counter(body.report_no for body in ended)
    wrong += [f"the print of report {number} ended {n} times" for number, n in twice.items() if n > 1]
    wrong += [f"document {digest} came out and is no report" for digest in sheets.keys() - set(issued.values())]
    return Counter(states.values()), wrong


def projection_faults(engine: Engine) -> list[str]:
    """The tables are what the events make of them."""
    before = _tables(engine)
    rebuild(engine)
    after = _tables(engine)
    return [f"table {name} differs from its rebuild" for name in before if before[name] != after[name]]


def _tables(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    with engine.connect() as connection:
        return {
            each.name: [_parsed(row._asdict()) for row in connection.execute(select(each).order_by(*each.primary_key))]
            for each in PROJECTIONS
        }


def _parsed(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "body": json.loads(row["body"])} if "body" in row else row
