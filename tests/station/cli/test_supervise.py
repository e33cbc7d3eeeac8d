"""The supervisor: order, signals, and no process left."""

import asyncio
import contextlib
import signal
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from station.cli.supervise import Supervisor
from station.process import Child


def alive(pid: int) -> bool:
    """Say whether a process runs; one that has ended and is not yet reaped does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)


def noting(folder: Path, name: str) -> Child:
    """Return a child that notes when it is up and when it is told to end."""
    script = f"trap 'echo {name} >> order; exit 0' TERM; touch {name}.up; sleep 60 & wait"
    return Child(name, ("sh", "-c", f"cd {folder}; {script}"), folder / f"{name}.log")


async def test_processes_are_stopped_in_reverse_order(tmp_path: Path) -> None:
    async with Supervisor() as supervisor:
        for name in ("broker", "line", "office"):
            await supervisor.start(noting(tmp_path, name))
            await until((tmp_path / f"{name}.up").exists)
        pids = supervisor.pids
        assert list(pids) == ["broker", "line", "office"]
    assert (tmp_path / "order").read_text().split() == ["office", "line", "broker"]
    assert not any(alive(pid) for pid in pids.values() if pid)


async def test_start_that_fails_leaves_nothing(tmp_path: Path) -> None:
    class Broken(Child):
        async def start(self) -> None:
            raise RuntimeError("no rig")

    supervisor, first = Supervisor(), Child("first", ("sleep", "60"), tmp_path / "log")

    async def start_both() -> None:
        async with supervisor:
            await supervisor.start(first)
            pids.append(first.pid or 0)
            await supervisor.start(Broken("second", ("sleep", "60"), tmp_path / "log"))

    pids: list[int] = []
    with pytest.raises(RuntimeError, match="no rig"):
        await start_both()
    assert supervisor.pids == {}
    assert pids != [0]
    assert not alive(pids[0])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_signal_ends_all_of_them(tmp_path: Path, number: signal.Signals) -> None:
    code = f"""
        import asyncio, pathlib
        from station.cli.supervise import Supervisor
        from station.process import Child
        async def main():
            async with Supervisor() as supervisor:
                for name in ("one", "two"):
                    await supervisor.start(Child(name, ("sleep", "60"), pathlib.Path({str(tmp_path)!r}) / name))
                print(*supervisor.pids.values(), flush=True)
                await supervisor.wait()
        asyncio.run(main())
    """
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(code), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout
    pids = [int(pid) for pid in (await parent.stdout.readline()).split()]
    assert len(pids) == 2
    parent.send_signal(number)
    await parent.communicate()
    assert parent.returncode == 0
    assert not any(alive(pid) for pid in pids)
