"""Keys that come too early are kept in their order, and garbage is collected when nobody types."""

import gc
from typing import Any

import pytest
from textual.events import Key

from station.desk import gate as gates
from station.desk import tidy as tidies
from station.desk.gate import KeyGate


async def opened(gate: KeyGate) -> list[str]:
    given: list[str] = []

    async def give(key: Key) -> None:
        given.append(key.key)
        if key.key == "enter":
            gate.shut()

    given.append("again" if await gate.open(give) else "done")
    return given


async def test_kept_keys_come_out_in_their_order_and_one_may_shut_the_gate_again() -> None:
    gate = KeyGate()
    assert not gate.keeps(Key("a", "a"))
    gate.shut(first=Key("x", "x"))
    assert all(gate.keeps(Key(key, None)) for key in ("1", "enter", "2"))
    assert await opened(gate) == ["x", "1", "enter", "done"]
    assert gate.keeps(Key("3", "3"))
    assert await opened(gate) == ["2", "3", "done"]
    assert not gate.keeps(Key("4", "4"))


async def test_what_came_for_nothing_is_forgotten_and_the_desk_can_always_be_ended() -> None:
    gate = KeyGate()
    gate.shut()
    assert not gate.keeps(Key("ctrl+c", None))
    assert gate.keeps(Key("1", "1"))
    gate.drop()
    assert not gate.keeps(Key("2", "2"))
    assert await opened(gate) == ["done"]


async def test_what_comes_behind_an_arrow_waits_until_it_has_taken_effect() -> None:
    gate = KeyGate()
    gate.shut()
    assert all(gate.keeps(key) for key in (Key("d", "d"), Key("backspace", None), Key("l", "l")))
    assert await opened(gate) == ["d", "backspace", "again"]
    assert gate.keeps(Key("b", "b"))
    assert await opened(gate) == ["l", "b", "done"]


def test_a_gate_that_nobody_opened_lets_keys_through_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(gates.time, "monotonic", lambda: now)
    gate = KeyGate()
    gate.shut()
    assert gate.keeps(Key("1", "1"))
    now = gates.MOST_S + 1
    assert not gate.keeps(Key("2", "2"))


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        return self.now_s


def test_garbage_is_collected_while_nobody_types_and_at_the_latest_some_time() -> None:
    clock: Any = Hands()
    tidy = tidies.Tidy(clock)
    tidy.begin()
    assert not gc.isenabled()
    clock.now_s = tidies.EVERY_S + 1
    tidy.typed()
    assert not tidy.look()
    clock.now_s += tidies.IDLE_S
    assert tidy.look()
    assert not tidy.look()
    clock.now_s += tidies.AT_LATEST_S
    tidy.typed()
    assert tidy.look()
    tidy.end()
    assert gc.isenabled()
