"""What the desk knows, when messages come late, twice, or are none."""

from decimal import Decimal
from typing import Any

import pytest

from station.bus import messages as m
from station.bus.clock import Clock
from station.bus.topics import Topics
from station.desk.board import Board
from station.desk.trouble import troubles
from station.model.inspection import Inspection
from station.model.text import Text

TOPICS = Topics("test")
SERIAL = "test-20261122-0001"
AT = "2026-11-22T08:00:00.000000Z"
NOTHING = Text(zh="", en="")


@pytest.fixture
def board() -> Board:
    new = Board(TOPICS, Clock(), "line")
    new.on_link(True)
    return new


def snapshot(seq: int, plate: str = "浙H12385") -> bytes:
    inspection = Inspection(serial=SERIAL, keys_taken_at=AT, last_seq=seq)
    return m.InspectionSnapshot(
        serial=SERIAL, plate=plate, vin="", inspection=inspection, waiting_for=NOTHING
    ).to_bytes()


def state(seq: int, epoch: str = "e1", **more: Any) -> bytes:
    return m.StationState(
        station="test", name=NOTHING, epoch=epoch, seq=seq, head="", at=AT, simulated=False, speed=Decimal(1),
        queue={}, bays=(), counters=m.Counters(day="20261122"), **({"rigs": (), "locks": ()} | more),
    ).to_bytes()  # fmt: skip


def prompt(number: int, epoch: str = "e1") -> bytes:
    return m.Prompt(
        lane="l", bay="b", serial=None, plate=None, item=None, code="free", text=NOTHING, epoch=epoch, number=number
    ).to_bytes()


def test_an_older_snapshot_that_comes_late_is_ignored(board: Board) -> None:
    topic = TOPICS.inspection(SERIAL)
    for seq in (5, 9, 7):
        board._on_inspection(topic, snapshot(seq))
    assert board.vehicles[SERIAL].inspection.last_seq == 9


def test_a_vehicle_that_left_does_not_come_back_by_an_old_message(board: Board) -> None:
    topic = TOPICS.inspection(SERIAL)
    board._on_inspection(topic, snapshot(9))
    board._on_inspection(topic, b"")
    board._on_inspection(topic, snapshot(9))
    assert board.vehicles == {}
    board._on_inspection(topic, snapshot(12))  # it is back for a re-inspection
    assert SERIAL in board.vehicles


def test_state_and_prompt_go_by_their_numbers_and_a_new_epoch_begins_again(board: Board) -> None:
    for seq, epoch in ((7, "e1"), (6, "e1")):
        board._on_state(TOPICS.state, state(seq, epoch))
    assert board.state is not None
    assert board.state.seq == 7
    board._on_state(TOPICS.state, state(1, "e2"))
    assert board.state.epoch == "e2"
    for number, epoch in ((5, "e1"), (4, "e1"), (1, "e2")):
        board._on_prompt(TOPICS.prompt("l"), prompt(number, epoch))
    assert (board.prompts["l"].number, board.prompts["l"].epoch) == (1, "e2")
    board._on_prompt(TOPICS.prompt("l"), b"")
    assert board.prompts == {}


def test_a_reconnect_forgets_what_may_have_been_cleared_meanwhile(board: Board) -> None:
    board._on_inspection(TOPICS.inspection(SERIAL), snapshot(9))
    board.on_link(False)
    assert SERIAL in board.vehicles  # the last known, while the broker is away
    board.on_link(True)
    assert board.vehicles == {}


@pytest.mark.parametrize("payload", [b"{", b"[]", b'{"serial": 1}', b"\xff"])
def test_what_is_no_message_is_ignored(board: Board, payload: bytes) -> None:
    board._on_inspection(TOPICS.inspection(SERIAL), payload)
    board._on_state(TOPICS.state, payload)
    board.on_live(TOPICS.live("l", "r"), payload)
    assert (board.vehicles, board.state, board.traces) == ({}, None, {})


def said(board: Board, refused: str | None = None) -> list[str]:
    return [line.en for line in troubles(board, "mqtt://x:1", refused, "Asia/Shanghai")]


def test_trouble_says_what_since_when_and_what_to_do(board: Board) -> None:
    board._on_state(TOPICS.state, state(1))
    assert said(board) == []
    rig = m.RigState(rig="rbt-1", kind="brake", lane="l", state="fault", reason=Text(zh="坏", en="broken"), since=AT)
    mend = {"reason": Text(zh="坏", en="broken."), "remedy": Text(zh="修", en="Mend it.")}
    locks = tuple(m.Lock(subject=subject, **mend) for subject in ("rbt-1", "gas-1", "space"))
    board._on_state(TOPICS.state, state(2, rigs=(rig,), locks=locks))
    assert said(board) == [
        "Rig rbt-1 has a fault since 16:00: broken – remedy: Mend it.",
        "gas-1 is locked: broken. – remedy: Mend it.",
        "Disk is locked: broken. – remedy: Mend it.",
    ]
    clock = m.Lock(subject="clock", reason=Text(zh="跳", en="it jumped"), remedy=Text(zh="校", en="Check it."))
    board._on_state(TOPICS.state, state(3, locks=(clock,)))
    assert said(board) == ["Clock: it jumped – remedy: Check it."]
    board._on_presence(TOPICS.presence("line"), m.Presence(client="line", online=False).to_bytes())
    assert "offline since" in said(board)[0]
    assert not board.line_online
    board._on_presence(TOPICS.presence("line"), m.Presence(client="line", online=True).to_bytes())
    assert board.line_online
    board.on_link(False)
    assert "No connection to the broker mqtt://x:1" in said(board)[0]
    assert "not authorised" in said(board, "not authorised")[0]
