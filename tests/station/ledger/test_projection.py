"""Projections: another view of the events, always the same one."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from station.ledger.errors import LedgerBusy, LedgerError
from station.ledger.journal import Ledger
from station.ledger.projection import rebuild
from station.ledger.upcast import Upcasters
from station.ledger.verify import verify_database
from station.model import facts
from station.model.canonical import canonical
from station.model.event import Entry, Event, Fact, event_hash
from station.model.inspection import apply, open_inspection
from station.model.verdict import Outcome
from station.store import read
from station.store.tables import PROJECTIONS, table


def dump(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {t.name: connection.execute(select(t).order_by(*t.primary_key)).all() for t in PROJECTIONS}


@pytest.fixture
def busy_day(ledger, engine, clock, day, another) -> Iterator[Ledger]:
    """Beside the first car: a void run, a restart, one sent back that returns, papers, a new login, a fork."""
    voided, failed = another(2), another(3)
    for entry in (voided.arrive(), voided.register(), voided.start("r-2")):
        ledger.append(entry)
    ledger.close()
    again = Ledger.open(engine, clock, "boot-2")
    again.append(voided.entry(facts.RunVoided(run="r-2", item="B1", reason="line.restart")))
    again.append(voided.entry(facts.StageReleased(stage="brake", attempt=1, reason="line.restart")))
    for entry in (failed.arrive(), failed.register(), failed.start("r-3")):
        again.append(entry)
    again.append(failed.entry(failed.judged(Outcome.FAIL, "41.20", "r-3")))
    sent_back = facts.InspectionSentBack(attempt=1, items=("B1",), reason_commitment="00" * 32)
    again.append(failed.entry(*looked_over()))
    again.append(failed.entry(sent_back, facts.StageWaiting(stage="brake", attempt=1)))
    again.append(failed.entry(failed.judged(Outcome.FAIL, "41.30", "r-3")))
    again.append(failed.entry(facts.InspectionSigned(attempt=1, report_no="R-3", conclusion="fail")))
    again.append(failed.entry(*printed("R-3")))
    again.append(failed.entry(facts.KeysReturned()))
    again.append(failed.entry(facts.InspectionReturned(attempt=2, items=("B1",))))
    opened = facts.SessionOpened(client="lane-1", staff="s-4", token_sha256="11" * 32)
    again.append(Entry(facts=(Fact("station", "s-4", "lane-1", opened),)))
    for body in (KEY, SEAL, FORK):
        again.append(Entry(facts=(Fact("station", "s-4", "station", body),)))
    yield again
    again.close()


KEY = facts.KeyEnrolled(key="k-1", public="ee" * 32, replaces=None, signature=None)
SEAL = facts.LedgerSealed(size=3, head="aa" * 32, at="2026-11-22T08:00:00.000000Z", key="k-1", signature="dd" * 64)
FORK = facts.LedgerForked(
    size=3,
    head="aa" * 32,
    lost_size=9,
    lost_head="bb" * 32,
    reason_commitment="cc" * 32,
    key="k-1",
    signature="dd" * 64,
)


def looked_over() -> tuple[facts.Body, ...]:
    """A check-list of two points: a defect with a photo, and one that is fine."""
    defect = facts.Defect(code="tyre.tread", location="front_left")
    points = (
        facts.PointResult(point="tyres", outcome="fail", defects=(defect,), photos=("55" * 32,)),
        facts.PointResult(point="doors", outcome="pass"),
    )
    photo = {"item": "F1", "point": "tyres", "sha256": "55" * 32, "size": 4096, "media": "image/jpeg"}
    return (
        facts.ChecklistPlanned(attempt=1, points={"F1": ("tyres", "doors"), "C1": ("axles",)}),
        facts.PhotoKept(attempt=1, **photo),
        facts.ChecklistRecorded(item="F1", attempt=1, points=points),
    )


def printed(report_no: str) -> tuple[facts.Body, ...]:
    """A seal, and two prints: one that the printer refused, one that it did."""
    paper = {"report_no": report_no, "attempt": 1}
    seal = {"signed_seq": 9, "signed_hash": "ab" * 32, "key": "k-1", "signature": "ef" * 64}
    return (
        facts.ReportSealed(**paper, **seal),
        facts.PrintRequested(**paper, copy_no=1, language="zh"),
        facts.ReportPrinted(**paper, copy_no=1, printer="p-1", state="failed", detail="media_empty"),
        facts.PrintRequested(**paper, copy_no=2, language="en"),
        facts.ReportPrinted(**paper, copy_no=2, printer="p-1", state="printed", detail=""),
    )


def test_rebuilt_projections_are_the_same_rows(busy_day, engine):
    before = dump(engine)
    assert all(before.values()), [name for name, rows in before.items() if not rows]
    busy_day.close()
    assert rebuild(engine) == busy_day.head[0]
    assert dump(engine) == before


def test_projections_are_what_the_model_folds(busy_day, engine):
    folded = {}
    for event in (event for page in read.event_pages(engine, page=7) for event in page):
        if event.kind == "keys.taken":
            folded[event.subject] = open_inspection(event)
        elif event.kind in facts.INSPECTION_KINDS:
            folded[event.subject] = apply(folded[event.subject], event)
    assert {each.serial: each for each in read.inspections(engine)} == folded
    assert all(busy_day.inspection(serial) == inspection for serial, inspection in folded.items())


def test_rebuild_mends_changed_and_lost_rows(busy_day, engine):
    before = dump(engine)
    with engine.begin() as connection:
        connection.execute(update(table("item_result")).values(outcome="pass"))
        connection.execute(delete(table("stage_time")))
    busy_day.close()
    rebuild(engine)
    assert dump(engine) == before


def test_rebuild_is_refused_while_the_line_runs(busy_day, engine):
    before = dump(engine)
    with pytest.raises(LedgerBusy):
        rebuild(engine)
    assert dump(engine) == before


def test_projections_that_lag_are_made_again_at_the_start(busy_day, engine, clock):
    before = dump(engine)
    busy_day.close()
    with engine.begin() as connection:
        for each in PROJECTIONS:
            connection.execute(delete(each))
    again = Ledger.open(engine, clock, "boot-3")
    assert dump(engine) == before
    again.close()


def test_rows_answer_who_when_where(busy_day, engine):
    rows = dump(engine)
    (sent_back,) = [row for row in rows["item_result"] if (row.serial[-1], row.attempt, row.code) == ("3", 1, "B1")]
    assert (sent_back.outcome, sent_back.run, sent_back.state) == ("fail", "r-3", "done")
    (voided,) = [row for row in rows["run"] if row.run == "r-2"]
    assert (voided.state, voided.reason) == ("voided", "line.restart")
    brake = [row for row in rows["stage_time"] if row.stage == "brake"]
    assert [row.serial[-1] for row in brake] == ["1", "2", "3", "3"]
    assert (brake[0].by, brake[0].bay) == ("s-4", "bay-1")
    assert brake[0].waiting_at < brake[0].started_at < brake[0].finished_at
    assert [(row.point, row.outcome, row.defects, row.photos) for row in rows["checklist"]] == [
        ("axles", None, "", 0),
        ("doors", "pass", "", 0),
        ("tyres", "fail", "tyre.tread", 1),
    ]
    assert [row.open for row in sorted(rows["session"], key=lambda row: row.opened_at)] == [False, True]


def test_papers_photos_and_forks_are_found_by_their_questions(busy_day, engine):
    (report,) = (each for each in read.reports(engine) if each.report_no == "R-3")
    assert (report.seal_key, report.seal_signature, report.sha256) == ("k-1", "ef" * 64, None)
    refused, done = read.prints(engine, report.serial)
    assert (refused.state, refused.detail, done.state, done.copy_no) == ("failed", "media_empty", "printed", 2)
    assert refused.requested_at == refused.ended_at
    (photo,) = read.photos(engine)
    assert (photo.serial, photo.point, photo.size, photo.media) == (report.serial, "tyres", 4096, "image/jpeg")
    assert read.evidence_files(engine) == {"55" * 32, "77" * 32}
    assert read.signing_keys(engine) == ("k-1",)
    assert read.checkpoint(engine) == SEAL
    assert [(fork.size, fork.lost_size, fork.seq) for fork in read.forks(engine)] == [(3, 9, busy_day.head[0])]


def test_a_check_list_that_is_done_again_stands_without_results(ledger, engine, another):
    car = another(4)
    for entry in (car.arrive(), car.register(), car.entry(*looked_over())):
        ledger.append(entry)
    ledger.append(car.entry(facts.InspectionSentBack(attempt=1, items=("F1",), reason_commitment="00" * 32)))
    assert [(row.point, row.outcome) for row in dump(engine)["checklist"]] == [
        ("axles", None),
        ("doors", None),
        ("tyres", None),
    ]


def test_a_run_names_all_that_it_covers(ledger, engine, car):
    for entry in (car.arrive(), car.register()):
        ledger.append(entry)
    of_rig = {"bay": "b", "rig": "lamp-1", "profile": "p", "profile_sha256": "00" * 32}
    ledger.append(car.entry(facts.RunStarted(run="r-1", item="H4", covers=("H3", "H1"), attempt=1, **of_rig)))
    assert [(row.item, row.covers) for row in dump(engine)["run"]] == [("H4", "H3,H1")]


def stored_by_older_software(engine: Engine, version: int, body: dict[str, Any], kind: str = "rig.changed") -> Event:
    """Put an event into the chain that this software would not write any more, or not yet."""
    last, prev_hash = read.head(engine)
    draft = Event(
        seq=last + 1,
        boot_id="boot-0",
        mono_ns=1,
        at="2026-01-01T00:00:00.000000Z",
        kind=kind,
        version=version,
        subject="brake-1",
        actor="line",
        device="line",
        body=canonical(body).decode(),
        prev_hash=prev_hash,
        hash="",
    )
    event = draft.model_copy(update={"hash": event_hash(draft)})
    with engine.begin() as connection:
        connection.execute(insert(table("event")).values(**event.model_dump()))
    return event


def known_steps() -> Upcasters:
    steps = Upcasters()

    @steps.register("rig.changed", -1)
    def _state_has_a_name(body: dict[str, Any]) -> dict[str, Any]:
        return {"rig": body["rig"], "state": "online" if body["up"] else "offline"}

    @steps.register("rig.changed", 0)
    def _reason_is_told(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "reason": "unknown"}

    return steps


def test_an_old_body_is_lifted_step_by_step_and_the_chain_keeps_it(engine, clock):
    stored = stored_by_older_software(engine, -1, {"rig": "brake-1", "up": True})
    ledger = Ledger.open(engine, clock, "boot-1", known_steps())
    assert [(rig.rig, rig.state, rig.reason) for rig in read.rig_states(engine)] == [("brake-1", "online", "unknown")]
    assert ledger.events_since(0) == (stored,)
    assert verify_database(engine).ok
    ledger.close()


def test_an_old_body_without_its_upcaster_is_not_guessed(engine):
    stored_by_older_software(engine, 0, {"rig": "brake-1", "state": "online"})
    with pytest.raises(LedgerError, match="version 0"):
        rebuild(engine)


@pytest.mark.parametrize(("kind", "version"), [("rig.changed", 2), ("rig.repainted", 1)])
def test_events_of_newer_software_are_refused(engine, clock, kind, version):
    stored_by_older_software(engine, version, {"rig": "brake-1"}, kind)
    with pytest.raises(LedgerError, match="newer software"):
        Ledger.open(engine, clock, "boot-1")


def test_rebuild_says_that_an_event_was_damaged_and_keeps_the_projections(busy_day, engine):
    before = dump(engine)
    busy_day.close()
    with engine.begin() as connection:
        connection.execute(update(table("event")).where(table("event").c.seq == 7).values(body='{"half":'))
    with pytest.raises(LedgerError, match="cannot be read"):
        rebuild(engine)
    assert dump(engine) == before


def test_a_body_of_todays_version_is_left_alone():
    body = facts.RigChanged(rig="r", state="online", reason="")
    event = Event.model_construct(kind=body.kind, version=1, body=canonical(body.to_json()).decode())
    assert known_steps().lift(event, 1) is event


def test_two_upcasters_for_one_step_are_refused():
    steps = known_steps()
    with pytest.raises(ValueError, match=r"rig\.changed version 0"):
        steps.register("rig.changed", 0)(lambda body: body)
