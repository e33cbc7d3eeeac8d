"""The proof: both verifiers find every change, at the event that was changed, and agree with the published vectors."""

import io
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from station.ledger.journal import Ledger
from station.ledger.verify import export, export_line, verify, verify_database, verify_export
from station.model.canonical import canonical
from station.model.event import Event, PersonalValue, body_of, event_hash
from station.store import read
from station.store.database import open_database
from station.store.tables import table

VECTORS = json.loads((Path(__file__).parents[3] / "docs/reference/ledger-vectors.json").read_text(encoding="utf-8"))


def accepted(text: str) -> bool:
    """Say whether the Python verifier takes the text as an event's body."""
    draft = Event(**{**json.loads(VECTORS["lines"][0]), "body": text})
    event = draft.model_copy(update={"hash": event_hash(draft)})
    return verify([event]).ok


def test_vectors_hold_in_python():
    report = verify_export(f"{line}\n" for line in VECTORS["lines"])
    assert report.ok
    assert (report.events, report.head) == (10, VECTORS["head"])
    for pair in VECTORS["canonical"]:
        assert canonical(pair["value"]).decode() == pair["text"]
    assert [text for text in VECTORS["not_canonical"] if accepted(text)] == []


def test_vectors_hold_in_javascript(node):
    report = node.ask(lines=VECTORS["lines"])
    assert report["ok"]
    assert (report["events"], report["head"]) == (10, VECTORS["head"])
    for pair in VECTORS["canonical"]:
        assert node.ask(text=json.dumps(pair["value"]))["canonical"] == pair["text"]
    assert [text for text in VECTORS["not_canonical"] if node.ask(text=text)["accepted"]] == []


def test_vectors_have_bodies_of_their_kinds():
    rows = map(json.loads, VECTORS["lines"])
    kinds = {body_of(Event(**{**row, "seq": int(row["seq"]), "mono_ns": int(row["mono_ns"])})).kind for row in rows}
    assert len(kinds) == 8


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) - 2, 2**53 + 2) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=6),
    max_leaves=20,
)


@settings(max_examples=400, deadline=None)
@given(value=JSON)
def test_canonical_json_is_the_same_in_node(node, value):
    try:
        ours = canonical(value).decode()
    except ValueError:
        ours = None
    assert node.ask(text=json.dumps(value))["canonical"] == ours


NEARLY = st.builds(
    json.dumps,
    st.dictionaries(st.text(max_size=3), JSON | st.floats(), max_size=3),
    ensure_ascii=st.booleans(),
    sort_keys=st.booleans(),
    separators=st.sampled_from([(",", ":"), (", ", ": ")]),
)


@settings(max_examples=400, deadline=None)
@given(text=NEARLY)
def test_both_take_and_refuse_the_same_bodies(node, text):
    assert node.ask(text=text)["accepted"] == accepted(text)


Lines = list[str]


def edit(number: int, **fields: str) -> Callable[[Lines], Lines]:
    def edited(lines: Lines) -> Lines:
        row = {**json.loads(lines[number - 1]), **fields}
        return [*lines[: number - 1], canonical(row).decode() + "\n", *lines[number:]]

    return edited


def rehashed(number: int) -> Callable[[Lines], Lines]:
    """Change the actor and give the event the hash that fits: the next one tells."""

    def edited(lines: Lines) -> Lines:
        row = {**json.loads(lines[number - 1]), "actor": "s-5"}
        event = Event(**{**row, "seq": int(row["seq"]), "mono_ns": int(row["mono_ns"])})
        line = export_line(event.model_copy(update={"hash": event_hash(event)}))
        return [*lines[: number - 1], line, *lines[number:]]

    return edited


TAMPERINGS: dict[str, tuple[Callable[[Lines], Lines], int]] = {
    "body": (edit(4, body="{}"), 4),
    "actor": (edit(4, actor="s-5"), 4),
    "time": (edit(4, at="2026-11-22T09:00:00.000000Z"), 4),
    "own hash": (rehashed(4), 5),
    "previous hash": (edit(4, prev_hash="0" * 64), 4),
    "number": (edit(4, seq="5"), 4),
    "padded number": (edit(4, seq="04"), 4),
    "upper-case hash": (edit(4, hash="A" * 64), 4),
    "a field more": (edit(4, note="x"), 4),
    "a number for a text": (lambda lines: [lines[0].replace('"actor":"', '"actor":7,"x":"'), *lines[1:]], 1),
    "deleted": (lambda lines: lines[:3] + lines[4:], 4),
    "first deleted": (lambda lines: lines[1:], 1),
    "inserted": (lambda lines: lines[:3] + lines[2:], 4),
    "swapped": (lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]], 4),
    "not json": (lambda lines: [*lines[:3], "{\n", *lines[4:]], 4),
    "empty line": (lambda lines: [*lines[:3], "\n", *lines[3:]], 4),
    "spaces": (lambda lines: [*lines[:3], lines[3].replace('":"', '": "', 1), *lines[4:]], 4),
    "half a line": (lambda lines: [*lines[:-1], lines[-1][:100]], 14),
}


@pytest.fixture
def exported(tmp_path, clock, car) -> Lines:
    """The export of a day: its bytes do not depend on the kind of database."""
    engine = open_database(f"sqlite:///{tmp_path}/exported.sqlite")
    ledger = Ledger.open(engine, clock, "boot-1")
    for entry in car.day():
        ledger.append(entry)
    stream = io.StringIO()
    assert export(engine, stream) == ledger.head[0]
    ledger.close()
    engine.dispose()
    return stream.getvalue().splitlines(keepends=True)


def end_of(lines: Lines) -> tuple[int, str]:
    return len(lines), json.loads(lines[-1])["hash"]


def test_an_export_is_every_event_from_either_database(engine, day):
    stream = io.StringIO()
    assert export(engine, stream) == len(day)
    assert stream.getvalue() == "".join(export_line(event) for event in day)


@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_tampering_of_an_export_is_found_where_it_is(exported, node, name):
    tamper, where = TAMPERINGS[name]
    where = len(exported) if name == "half a line" else where
    lines = tamper(list(exported))
    report = verify_export(lines)
    assert (report.ok, report.first_bad_seq, report.events) == (False, where, where - 1)
    theirs = node.ask(lines=[line.removesuffix("\n") for line in lines])
    assert (theirs["ok"], theirs["first_bad_seq"], theirs["events"]) == (False, where, where - 1)
    assert theirs["head"] == report.head
    assert theirs["reason"] == report.reason.model_dump()


def test_an_untouched_export_holds(exported, node):
    report = verify_export(exported)
    assert (report.ok, report.events, report.head) == (True, *end_of(exported))
    theirs = node.ask(lines=[line.removesuffix("\n") for line in exported])
    assert (theirs["ok"], theirs["events"], theirs["head"]) == (True, *end_of(exported))


def test_windows_line_ends_and_no_last_line_end_are_no_tampering(exported, node):
    lines = [line.replace("\n", "\r\n") for line in exported[:-1]] + [exported[-1].removesuffix("\n")]
    assert verify_export(lines).ok
    assert node.ask(lines=[line.removesuffix("\n") for line in lines])["ok"]


def test_an_end_that_was_cut_off_shows_against_a_number_that_was_reached(exported, node):
    seq, head = end_of(exported)
    report = verify_export(exported[:-2], (seq, head))
    assert (report.ok, report.first_bad_seq) == (False, seq - 1)
    theirs = node.ask(lines=[line.strip() for line in exported[:-2]], reached={"seq": seq, "hash": head})
    assert theirs["reason"] == report.reason.model_dump()


def test_a_ledger_written_anew_shows_against_a_published_hash(exported, node):
    report = verify_export(exported, (3, "f" * 64))
    assert (report.ok, report.first_bad_seq) == (False, 3)
    theirs = node.ask(lines=[line.strip() for line in exported], reached={"seq": 3, "hash": "f" * 64})
    assert theirs["reason"] == report.reason.model_dump()
    assert verify_export(exported, (3, json.loads(exported[2])["hash"])).ok


def test_nothing_personal_is_in_the_export(exported, car):
    text = "".join(exported)
    assert not [value.field for value in car.names() if value.value in text or value.salt in text]


def test_the_javascript_verifier_as_a_command(exported, verifier, tmp_path):
    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run([shutil.which("node"), str(verifier), *arguments], capture_output=True, text=True)
        return done.returncode, done.stdout or done.stderr

    file = tmp_path / "export.jsonl"
    file.write_text("".join(exported), encoding="utf-8")
    seq, head = end_of(exported)
    assert run(str(file)) == (0, f"ok: {seq} events, head {head}\n")
    assert run(str(file), f"{seq}:{'0' * 64}")[0] == 1
    file.write_text("".join(exported[:4] + exported[5:]), encoding="utf-8")
    code, said = run(str(file))
    assert code == 1
    assert "event 5 is missing" in said
    assert run(str(tmp_path / "none"))[0] == 2
    assert run()[0] == 2


def change(engine, statement) -> None:
    with engine.begin() as connection:
        connection.execute(statement)


events = table("event")


@pytest.mark.parametrize("column", ["boot_id", "at", "kind", "subject", "actor", "device", "body", "prev_hash", "hash"])
def test_a_changed_column_of_the_database_is_found(engine, day, column):
    change(engine, update(events).where(events.c.seq == 5).values({column: "{}"}))
    report = verify_database(engine)
    assert (report.ok, report.first_bad_seq) == (False, 5)


@pytest.mark.parametrize("column", ["mono_ns", "version"])
def test_a_changed_number_of_the_database_is_found(engine, day, column):
    change(engine, update(events).where(events.c.seq == 5).values({column: 9}))
    assert verify_database(engine).first_bad_seq == 5


def test_a_deleted_row_is_found(engine, day):
    change(engine, delete(events).where(events.c.seq == 5))
    report = verify_database(engine)
    assert report.first_bad_seq == 5
    assert report.reason.en == "event 5 is missing: 6 follows"


def test_a_row_put_in_before_the_first_is_found(engine, day):
    change(engine, events.insert().values(**{**day[0].model_dump(), "seq": 0}))
    assert verify_database(engine).first_bad_seq == 1


def test_deleted_last_rows_are_found(engine, day):
    change(engine, delete(events).where(events.c.seq > 7))
    report = verify_database(engine)
    assert (report.ok, report.first_bad_seq, report.events) == (False, 8, 7)


def test_curves_that_are_gone_or_changed_are_found_at_their_run(engine, day):
    run = next(event.seq for event in day if event.kind == "run.finished")
    evidence = table("evidence")
    change(engine, update(evidence).values(data=b"not a stream"))
    assert verify_database(engine).first_bad_seq == run
    change(engine, delete(evidence))
    assert verify_database(engine).first_bad_seq == run
    assert verify(event for page in read.event_pages(engine) for event in page).ok


def test_a_changed_name_is_found_and_an_erased_one_is_not_missed(engine, day, car):
    personal = table("personal")
    owner = personal.c.field == "owner"
    change(engine, update(personal).where(owner).values(value="别人"))
    report = verify_database(engine)
    registered = next(event.seq for event in day if event.kind == "stage.waiting")
    assert (report.ok, report.first_bad_seq) == (False, registered)
    assert "owner" in report.reason.en
    assert "别人" not in report.reason.zh
    change(engine, delete(personal).where(owner))
    report = verify_database(engine)
    assert (report.ok, report.erased, report.uncommitted) == (True, 1, 0)


def test_a_value_that_nothing_committed_to_is_counted(day):
    phone = PersonalValue("T1-20261122-0001", "phone", "0", "salt")
    report = verify(day, personal=[(1, phone)])
    assert (report.ok, report.uncommitted) == (True, 1)


def test_an_empty_ledger_holds(engine):
    assert verify_database(engine).ok
