"""Children: they come back, they end when told, and they end with their parent."""

import asyncio
import contextlib
import os
import signal
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from station.process import Child, describe, end, spawn

SLEEP = ("sleep", "60")


def alive(pid: int) -> bool:
    """Say whether a process runs; one that has ended and is not yet reaped does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)


async def test_killed_child_comes_back(tmp_path: Path) -> None:
    child = Child("sleeper", SLEEP, tmp_path / "log")
    await child.start()
    first = child.pid
    assert first
    os.kill(first, signal.SIGKILL)
    await until(lambda: child.restarts == 1)
    second = child.pid
    assert second
    assert second != first
    await child.stop()
    assert child.pid is None
    assert not alive(second)


async def test_child_that_always_dies_is_not_restarted_in_a_rush(tmp_path: Path) -> None:
    child = Child("broken", ("sh", "-c", "echo again; exit 3"), tmp_path / "log")
    await child.start()
    await until(lambda: child.restarts == 2)
    await child.stop()
    assert (tmp_path / "log").read_text().count("again") <= 3


async def test_child_that_ignores_the_signal_is_killed_with_its_own_children(tmp_path: Path) -> None:
    script = f"trap '' TERM; sleep 60 & echo $! > {tmp_path}/pid.new; mv {tmp_path}/pid.new {tmp_path}/pid; wait; wait"
    child = Child("stubborn", ("sh", "-c", script), tmp_path / "log")
    await child.start()
    await until((tmp_path / "pid").exists)
    grandchild, pid = int((tmp_path / "pid").read_text()), child.pid
    assert pid
    await child.stop(grace_s=0.1)
    assert not alive(pid)
    await until(lambda: not alive(grandchild))


async def test_child_can_be_stopped_while_it_waits_for_its_restart(tmp_path: Path) -> None:
    child = Child("broken", ("false",), tmp_path / "log")
    await child.start()
    await until(lambda: child.pid is None)
    await child.stop()
    assert child.restarts == 0


async def test_child_ends_with_its_parent(tmp_path: Path) -> None:
    code = f"""
        import asyncio, pathlib
        from station.process import spawn
        async def main():
            child = await spawn(("sleep", "60"), pathlib.Path({str(tmp_path / "log")!r}))
            print(child.pid, flush=True)
            await asyncio.sleep(60)
        asyncio.run(main())
    """
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(code), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout
    child = int(await parent.stdout.readline())
    # The launcher is the program itself once it is tied to its parent.
    await until(lambda: Path(f"/proc/{child}/comm").read_text() == "sleep\n")
    parent.kill()
    await parent.communicate()
    await until(lambda: not alive(child))


async def test_output_and_environment_reach_the_log(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "child.log"
    process = await spawn(("sh", "-c", 'echo "$GREETING"; echo trouble >&2'), log, {"GREETING": "你好"})
    assert await process.wait() == 0
    assert log.read_text() == "你好\ntrouble\n"
    assert log.stat().st_mode & 0o077 == 0


async def test_ending_what_has_ended_is_no_error(tmp_path: Path) -> None:
    process = await spawn(("true",), tmp_path / "log")
    await process.wait()
    await end(process)


async def test_children_are_refused_off_the_main_thread(tmp_path: Path) -> None:
    caught: list[BaseException] = []

    def elsewhere() -> None:
        try:
            asyncio.run(spawn(SLEEP, tmp_path / "log"))
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    await asyncio.to_thread(thread.join)
    assert "main thread" in str(caught[0])


@pytest.mark.parametrize(("code", "words"), [(0, "exit code 0"), (3, "exit code 3"), (-9, "signal SIGKILL")])
def test_exit_codes_in_words(code: int, words: str) -> None:
    assert describe(code) == words
