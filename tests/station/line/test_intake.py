"""From bytes to a checked command, and every way in which it is refused."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from room import Room

from station.bus import messages as m
from station.line.case import Refusal
from station.line.intake import body_hash, check, read_command
from station.line.orders import id_of


def payload(kind="arrival.open", body=None, **more):
    return json.dumps({"v": 1, "id": "command-1", "kind": kind, "body": body or {}, **more}).encode()


def refusal(room, client, sent):
    with pytest.raises(Refusal) as caught:
        check(room.hall, client, read_command(sent))
    return caught.value


@pytest.fixture
def room():
    room = Room()
    for name in room.hall.staff:
        room.log_in(name)
    return room


def test_who_sends_comes_from_the_session_of_the_client(room):
    order = check(room.hall, "client-anna", read_command(payload()))
    assert (order.sender.client, order.sender.staff) == ("client-anna", "anna")
    assert isinstance(order.body, m.ArrivalOpen)


@pytest.mark.parametrize(
    "sent", [b"{}", b"[]", payload(v=2), payload(id="short"), payload(id="a b c d e f"), payload(expires_s=0)]
)
def test_what_is_no_command_is_refused(sent):
    with pytest.raises(Refusal) as caught:
        read_command(sent)
    assert caught.value.code == "malformed"


def test_an_unknown_kind(room):
    assert refusal(room, "client-anna", payload("brakes.release")).code == "unknown_kind"


def test_an_unknown_field_is_refused_and_named_but_not_repeated(room):
    said = refusal(room, "client-anna", payload(body={"colour": "secret-value"}))
    assert said.code == "malformed"
    assert "colour" in said.text.en
    assert "secret-value" not in said.text.en


def test_a_wrong_value_is_refused_without_repeating_it(room):
    said = refusal(room, "client-x", payload("session.open", {"staff": "1001", "pin": "7"}))
    assert said.code == "malformed"
    assert "pin" in said.text.en
    assert "'7'" not in said.text.en


def test_who_is_not_logged_in(room):
    assert refusal(room, "client-x", payload()).code == "not_logged_in"


def test_logging_in_and_asking_for_events_need_no_session(room):
    body = {"staff": "1001", "pin": "2468"}
    assert check(room.hall, "client-x", read_command(payload("session.open", body))).sender.staff == ""
    assert check(room.hall, "client-x", read_command(payload("query.events", {"since": 0}))).body.since == 0


EXAMPLES = {
    "arrival.open": {},
    "arrival.cancel": {"serial": "s"},
    "inspection.return": {"serial": "s"},
    "stage.start": {"serial": "s", "stage": "brake"},
    "stage.release": {"serial": "s", "stage": "brake", "reason": "x"},
    "checklist.record": {"serial": "s", "item": "F1", "points": [{"point": "tyres", "outcome": "pass"}]},
    "inspection.cancel": {"serial": "s", "reason": "x"},
    "report.print": {"serial": "s"},
    "staff.reset_pin": {"staff": "1001", "pin": "1357"},
    "item.skip": {"serial": "s", "item": "B0", "reason": "refused_unsafe"},
    "review.sign": {"serial": "s"},
    "review.send_back": {"serial": "s", "items": ["B1"], "reason": "x"},
    "keys.return": {"serial": "s"},
    "rig.check": {"rig": "brake-1", "check": "zero"},
    "session.close": {},
}


def test_every_command_of_a_session_has_an_example():
    special = {"session.open", "query.events", "report.issue", "photo.keep", "print.done", "inspection.register"}
    assert set(EXAMPLES) | special == set(m.COMMAND_OF)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_command_is_taken_from_its_roles_only(room, kind):
    roles = m.COMMAND_OF[kind].roles
    for name, has in room.hall.staff.items():
        sent = payload(kind, EXAMPLES[kind], epoch="e-1")
        if not roles or has & roles:
            assert check(room.hall, f"client-{name}", read_command(sent)).sender.staff == name
        else:
            said = refusal(room, f"client-{name}", sent)
            assert said.code == "role"
            assert "{" not in said.text.zh


def test_a_missing_role_is_named_in_both_languages(room):
    said = refusal(room, "client-sam", payload())
    assert "registrar" in said.text.en
    assert "登录员" in said.text.zh


@pytest.mark.parametrize("kind", [kind for kind, body in m.COMMAND_OF.items() if body.moves_rig])
@pytest.mark.parametrize("epoch", [None, "e-0"])
def test_what_moves_a_rig_needs_the_epoch_of_this_line(room, kind, epoch):
    name = "dan" if kind == "stage.start" else "max"
    assert refusal(room, f"client-{name}", payload(kind, EXAMPLES[kind], epoch=epoch)).code == "epoch"
    assert check(room.hall, f"client-{name}", read_command(payload(kind, EXAMPLES[kind], epoch="e-1")))


def test_a_pin_is_no_part_of_the_hash():
    first, second = (
        body_hash(read_command(payload("session.open", {"staff": "1001", "pin": pin}))) for pin in ("2468", "1357")
    )
    assert first == second
    assert first != body_hash(read_command(payload("session.open", {"staff": "1002", "pin": "2468"})))


def test_the_hash_covers_kind_and_body_and_nothing_that_a_repetition_changes():
    one = body_hash(read_command(payload("stage.start", EXAMPLES["stage.start"], epoch="e-1")))
    assert one == body_hash(read_command(payload("stage.start", EXAMPLES["stage.start"], epoch="e-2")))
    assert one != body_hash(read_command(payload("stage.release", EXAMPLES["stage.start"])))
    assert one != body_hash(read_command(payload("stage.start", {"serial": "s", "stage": "exhaust"})))


def test_a_body_without_canonical_form_is_refused():
    with pytest.raises(Refusal) as caught:
        body_hash(read_command(payload(body={"mass": 1.5})))
    assert caught.value.code == "malformed"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ENVELOPE = st.fixed_dictionaries(
    {"id": st.just("command-1") | JSON, "kind": st.sampled_from(sorted(m.COMMAND_OF)) | JSON, "body": JSON},
    optional={"epoch": JSON, "expires_s": JSON, "v": JSON},
)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60) | ENVELOPE.map(lambda sent: json.dumps(sent).encode()))
def test_whatever_is_sent_is_taken_or_refused(sent):
    room = Room()
    room.log_in("anna", "c")
    assert isinstance(id_of(sent), str)
    with contextlib.suppress(Refusal):
        command = read_command(sent)
        body_hash(command)
        check(room.hall, "c", command)


def test_deep_nesting_is_no_way_to_stop_the_line():
    assert id_of(b"[" * 200_000) == ""


@pytest.mark.parametrize("sent", [b"", b"\xff\xfe", b"7", b'{"id": 7}', b'{"id": ""}', b'{"id": "' + b"x" * 65 + b'"}'])
def test_what_has_no_id_cannot_be_answered(sent):
    assert id_of(sent) == ""
