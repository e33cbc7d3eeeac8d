"""Seals: whoever holds the public key finds every change under a checkpoint, in Python and in JavaScript alike."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.ledger.projection import rebuild
from station.ledger.proof_check import check_proof
from station.ledger.seal import enrol_key, holds, key_id, seal_fork, seal_ledger, seal_report
from station.ledger.verify import verify, verify_database, verify_export
from station.model.canonical import canonical
from station.model.proof import Essence, Proof, ProofError
from station.store import read
from tests.station.ledger.sealed_story import (
    AT,
    FORGER,
    K1,
    K2,
    K3,
    STATION,
    SealedStory,
    body_of_kind,
    event_of,
    told,
    written_anew,
)

VECTORS = json.loads((Path(__file__).parents[3] / "docs/reference/ledger-vectors.json").read_text(encoding="utf-8"))


@pytest.fixture
def sealed(tmp_path, clock, car):
    story, close = told(tmp_path, clock, car)
    yield story
    close()


@pytest.fixture
def lines(sealed):
    return sealed.whole()


def both(node, lines, published=(), reached=(0, None)):
    """Return what Python finds; JavaScript must find the same."""
    report = verify_export(lines, reached, [key.public for key in published])
    theirs = node.ask(
        lines=[line.removesuffix("\n") for line in lines],
        published=[key.public for key in published],
        reached={"seq": reached[0], "hash": reached[1]},
    )
    ours = report.model_dump(exclude={"erased", "uncommitted"})
    assert theirs == {**ours, "keys": list(report.keys), "forks": list(report.forks)}
    return report


def case_of(report):
    return report.reason and report.reason.en


def test_an_untouched_day_is_sealed_up_to_its_last_checkpoint(node, lines):
    for published in ((), (K1,), (K2,), (K1, K2)):
        report = both(node, lines, published)
        assert (report.ok, report.events, report.sealed) == (True, len(lines), len(lines) - 1)
        assert report.keys == (K1.id, K2.id)


def test_a_database_is_checked_with_its_seals(sealed, lines):
    engine = sealed.ledger._engine
    report = verify_database(engine, published=[K2.public])
    assert (report.ok, report.sealed) == (True, len(lines) - 1)
    assert not verify_database(engine, published=[FORGER.public]).ok


def test_either_database_knows_keys_and_checkpoint_also_after_a_rebuild(engine, ledger, car):
    lines = SealedStory(ledger, car).whole()
    checkpoint = read.checkpoint(engine)
    assert read.signing_keys(engine) == (K1.id, K2.id)
    assert (checkpoint.size, checkpoint.key) == (len(lines) - 1, K2.id)
    assert verify_database(engine, published=[K1.public]).sealed == len(lines) - 1
    ledger.close()
    rebuild(engine)
    assert read.signing_keys(engine) == (K1.id, K2.id)
    assert read.checkpoint(engine) == checkpoint


def forged_seal(events):
    """Put a forger's seal in the place of the last checkpoint."""
    last = events[-1]
    body = seal_ledger(FORGER, STATION, last.seq - 1, last.prev_hash, AT).model_copy(update={"key": K2.id})
    return [*events[:-1], last.model_copy(update={"body": canonical(body.to_json()).decode()})]


def renamed(events):
    """Say that somebody else gave the key back."""
    return [e.model_copy(update={"actor": "s-9"}) if e.kind == "keys.returned" else e for e in events]


def without(*kinds):
    return lambda events: [event for event in events if event.kind not in kinds]


def unsealed_after(change):
    """Change events, and leave out the checkpoints that would tell."""
    return lambda events: change(without("ledger.sealed")(events))


def report_that_passed(events):
    """Turn a conclusion, and have the report's seal name the changed event: only its signature tells."""
    changed = unsealed_after(body_of_kind("inspection.signed", conclusion="fail"))(events)
    signed = next(e for e in map(event_of, written_anew([], lambda _: changed)) if e.kind == "inspection.signed")
    return body_of_kind("report.sealed", signed_hash=signed.hash, signed_seq=signed.seq)(changed)


FORGERIES = {
    "a conclusion with the seal's names put right": (report_that_passed, "what the report says was changed"),
    "an event under a checkpoint": (renamed, "checkpoint"),
    "a forged checkpoint": (forged_seal, "checkpoint"),
    "a conclusion": (unsealed_after(body_of_kind("inspection.signed", conclusion="fail")), "names an event"),
    "a plate": (unsealed_after(body_of_kind("inspection.registered", plate_commitment="0" * 64)), "names an event"),
    "a seal of another report": (body_of_kind("report.sealed", report_no="R-2"), "names an event"),
    "a report's signature": (body_of_kind("report.sealed", signature="00" * 64), "does not hold"),
    "a report's key": (body_of_kind("report.sealed", key=K2.id), "was not the key in use"),
    "a public key": (body_of_kind("key.enrolled", public=FORGER.public), "is not that of its public key"),
    "a new key without a word": (
        body_of_kind("key.enrolled", public=FORGER.public, key=FORGER.id, signature=None),
        "without the signature",
    ),
    "a new key with a forged word": (
        body_of_kind("key.enrolled", public=FORGER.public, key=FORGER.id),
        "does not hold for the new key",
    ),
    "half a seal": (body_of_kind("ledger.sealed", at=None), "not complete"),
    "a size that is text": (body_of_kind("ledger.sealed", size="13"), "not complete"),
    "a key that was used before": (body_of_kind("key.enrolled", public=K1.public, key=K1.id), "was enrolled before"),
    "a signature in capitals": (body_of_kind("report.sealed", signature="AB" * 64), "does not hold"),
    "a public key that is none": (body_of_kind("key.enrolled", public="zz"), "is not that of its public key"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_with_all_hashes_made_anew_is_found(node, lines, name):
    change, said = FORGERIES[name]
    report = both(node, written_anew(lines, change), (K1,))
    assert not report.ok
    assert said in case_of(report)


def test_a_checkpoint_moved_to_another_place_is_found(node, lines):
    events = [event_of(line) for line in lines]
    moved = written_anew(lines, lambda _: [*events[:-2], events[-1], events[-2]])
    assert not both(node, moved).ok


def test_a_whole_ledger_under_another_key_is_found_by_the_published_one_only(node, tmp_path, clock, car):
    story, close = told(tmp_path, clock, car, "forged")
    story.enrol(FORGER)
    story.seal(FORGER)
    close_lines = story.lines()
    assert both(node, close_lines).ok
    report = both(node, close_lines, (K1,))
    assert "not a signing key of this ledger" in case_of(report)
    # the real public key named as successor, which nobody signed for and which seals nothing
    story.enrol(K2, FORGER.id)
    report = both(node, story.lines(), (K2,))
    assert "has sealed no checkpoint" in case_of(report)
    close()


def test_a_ledger_without_seals_holds_by_itself_and_not_under_a_published_key(node, lines):
    bare = written_anew(lines, without("key.enrolled", "ledger.sealed", "report.sealed"))
    assert both(node, bare).ok
    assert "not a signing key of this ledger" in case_of(both(node, bare, (K1,)))


def test_a_tail_that_was_removed_after_a_checkpoint_is_found_by_whoever_kept_it(node, lines):
    last = event_of(lines[-1])
    checkpoint = json.loads(last.body)
    cut = lines[:-3]
    assert both(node, cut, (K1,)).ok  # by itself a shorter chain is a chain
    report = both(node, cut, (K1,), (checkpoint["size"], checkpoint["head"]))
    assert (report.ok, report.first_bad_seq) == (False, len(cut) + 1)
    assert "was reached before" in case_of(report)


def test_a_key_that_was_lost_goes_on_only_with_a_published_successor(node, sealed):
    sealed.whole()
    sealed.enrol(K3, K2.id)
    sealed.seal(K3)
    lines = sealed.lines()
    assert "without the signature" in case_of(both(node, lines))
    assert "without the signature" in case_of(both(node, lines, (K1,)))
    report = both(node, lines, (K1, K3))
    assert (report.ok, report.sealed) == (True, len(lines) - 1)
    assert both(node, lines, (K3,)).ok


def test_a_restored_backup_is_explained_by_the_fork_that_the_station_signed(node, sealed):
    sealed.whole()
    size, _ = sealed.ledger.head
    sealed.fork(K2, (size + 20, "d" * 64))
    sealed.seal(K2)
    lines = sealed.lines()
    report = both(node, lines, (K1,))
    assert (report.ok, report.forks) == (True, (size + 1,))
    for seq in (size + 1, size + 2, size + 20):
        report = both(node, lines, (K1,), (seq, "e" * 64))
        assert (report.first_bad_seq, "older backup" in case_of(report)) == (seq, True)
    assert "was reached before" in case_of(both(node, lines, (K1,), (size + 21, "e" * 64)))
    assert "written anew" in case_of(both(node, lines, (K1,), (size, "e" * 64)))
    forged = written_anew(lines, body_of_kind("ledger.forked", lost_size=10**6))
    assert "signature of the fork" in case_of(both(node, forged))


def test_seals_of_one_kind_never_hold_for_another():
    essence = Essence(
        station=STATION, report_no="R-1", conclusion="pass", signed_at=AT, seq=1, hash="0" * 64, plate_commitment=""
    )
    new = enrol_key(STATION, K2, K1.id, K1)
    signatures = {
        new.signature,
        seal_ledger(K1, STATION, 1, "0" * 64, AT).signature,
        seal_fork(K1, STATION, (1, "0" * 64), (1, "0" * 64), "0" * 64).signature,
        seal_report(K1, essence, 1).signature,
    }
    assert [s for s in signatures if holds(K1.public, essence.to_bytes(), s)] == [seal_report(K1, essence, 1).signature]


def test_a_private_key_is_never_shown():
    assert "private" not in repr(K1)
    assert key_id(K1.public) == K1.id


# -- the QR code's text


def test_a_proof_says_the_same_in_both_languages_of_program(node, sealed, lines):
    proof = sealed.proof(K1)
    text = proof.to_text()
    assert Proof.from_text(text) == proof
    assert check_proof(proof, [K1.public]) is None
    theirs = node.ask(proof=text, published=[K2.public, K1.public])
    assert theirs["wrong"] is None
    assert theirs["proof"]["plate"] == "京A12345"
    assert theirs["proof"]["essence"] == {**proof.essence.model_dump(), "seq": str(proof.essence.seq)}
    assert len(text) < 400


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_every_changed_character_of_a_proof_is_found_or_unreadable(node, fixed_proof, data):
    at = data.draw(st.integers(0, len(fixed_proof) - 1))
    new = data.draw(st.sampled_from("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_/%.~ "))
    text = fixed_proof[:at] + new + fixed_proof[at + 1 :]
    ours, readable = None, True
    try:
        proof = Proof.from_text(text)
        ours = check_proof(proof, [K1.public])
    except ProofError:
        readable = False
    theirs = node.ask(proof=text, published=[K1.public])
    assert (theirs is not None) == readable
    if readable:
        assert theirs["wrong"] == (ours and ours.model_dump())
        same = Proof.from_text(fixed_proof)
        assert (ours is None) == (proof == same)


@pytest.fixture(scope="module")
def fixed_proof():
    essence = {"station": "T1", "report_no": "T1-20261122-0001-1", "conclusion": "fail", "signed_at": AT, "seq": 52}
    bare = Proof.from_text(f"CI1/T1/T1-20261122-0001-1/fail/{AT}/52/{'ab' * 32}/%E8%8B%8FA12345/{'5a' * 16}//")
    assert bare.essence.model_dump(include=set(essence)) == essence
    signature = seal_report(K1, bare.essence, 1).signature
    return bare.model_copy(update={"key": K1.id, "signature": signature}).to_text()


@pytest.mark.parametrize(
    ("key", "said"), [(K2, "not with the public key given"), (FORGER, "not with the public key given")]
)
def test_a_swapped_key_is_found(node, fixed_proof, key, said):
    wrong = check_proof(Proof.from_text(fixed_proof), [key.public])
    assert said in wrong.en
    assert node.ask(proof=fixed_proof, published=[key.public])["wrong"] == wrong.model_dump()


@pytest.mark.parametrize("text", ["", "CI1", "CI2/x", "hello", '{"station":"demo"}', "CI1/" + "/" * 9])
def test_what_is_no_proof_is_unreadable(node, text):
    with pytest.raises(ProofError, match="expected CI1/"):
        Proof.from_text(text)
    assert node.ask(proof=text, published=[]) is None


def test_watching_sees_every_event_that_is_in_order(lines):
    seen = []
    verify_export(io.StringIO("".join(lines)), watch=lambda event: seen.append(event.seq))
    assert seen == list(range(1, len(lines) + 1))
    assert verify([event_of(line) for line in lines], published=[K1.public]).ok


# -- the published vectors


def test_vectors_of_seals_hold_in_both_programs(node):
    seals = VECTORS["seals"]
    lines = [f"{line}\n" for line in seals["lines"]]
    for published in (seals["published"], []):
        report = verify_export(lines, published=published)
        theirs = node.ask(lines=seals["lines"], published=published)
        found = {name: seals[name] for name in ("head", "sealed", "keys", "forks")}
        assert (report.ok, theirs["ok"]) == (True, True)
        assert {name: theirs[name] for name in found} == found
        assert report.model_dump(mode="json", include=set(found)) == found


def test_vectors_of_proofs_hold_in_both_programs(node):
    for vector in VECTORS["proofs"]:
        proof = Proof.from_text(vector["text"])
        theirs = node.ask(proof=vector["text"], published=[vector["key"]])
        assert (check_proof(proof, [vector["key"]]) is None) == vector["holds"]
        assert (theirs["wrong"] is None) == vector["holds"]
        assert proof.plate == theirs["proof"]["plate"] == vector["plate"]
