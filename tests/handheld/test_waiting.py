"""Waiting for a change: what one waits for, and being told to stop."""

import asyncio

import pytest

from handheld.waiting import Waiters


async def test_whoever_is_told_to_stop_stops_even_if_what_was_waited_for_comes_in_that_moment() -> None:
    waiters, found = Waiters(), list[str]()
    waiting = asyncio.create_task(waiters.until(lambda: found[0] if found else None, 60.0, "a word"))
    await asyncio.sleep(0)
    found.append("word")
    waiters.changed()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_the_answer_of_now_is_not_waited_for() -> None:
    assert await Waiters().until(lambda: 7, 60.0, "a number") == 7


async def test_a_question_that_is_wrong_is_the_askers_own() -> None:
    with pytest.raises(ZeroDivisionError):
        await Waiters().until(lambda: 1 // 0, 60.0, "a number")


async def test_in_vain_is_said() -> None:
    with pytest.raises(TimeoutError, match="in vain for a word"):
        await Waiters().until(lambda: None, 0.01, "a word")
