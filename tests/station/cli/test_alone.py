"""A second station on what another one uses: told at the terminal at once, and nothing of the first is touched."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from handheld.board import Board
from station.bus.accounts import read_accounts
from station.cli.alone import holding
from station.cli.demo_station import STATION, prepare
from station.cli.failure import Unusable
from station.line.config import Config, load_config
from tests.station.cli.outcome_disk import LANGUAGES

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def station_run(file: Path, language: str) -> asyncio.subprocess.Process:
    words = ("-m", "station.cli.main", "--lang", language, "run", "--config", str(file))
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(sys.executable, *words, stdout=pipe, stderr=pipe)


async def refused(file: Path, language: str) -> str:
    """Return the one line with which a station does not start."""
    process = await station_run(file, language)
    _, said = await process.communicate()
    assert process.returncode == 2, said.decode()
    (line,) = said.decode().splitlines()
    return line


def kept(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the files that a start writes, and when they were written last."""
    files = [folder / name for name in ("accounts.json", "broker/broker.conf", "broker/broker.pid", "station.lock")]
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


@dataclass
class First:
    """The station that was first: its process, configuration, and somebody who looks at it."""

    process: asyncio.subprocess.Process
    file: Path
    config: Config
    board: Board


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def first(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[First]:
    file = prepare(tmp_path_factory.mktemp("first"), 1.0)
    config, _ = load_config(file)
    process = await station_run(file, "zh")
    assert process.stdout
    assert config.office.pair_code in (await process.stdout.readline()).decode()
    board = Board(config.broker.url, STATION, read_accounts(config.accounts_file).account("handheld-01"))
    await board.start()
    await board.await_state(lambda state: state.online, timeout_s=30)
    yield First(process, file, config, board)
    await board.stop()
    process.terminate()
    await process.communicate()


async def test_a_second_station_in_the_same_folder_is_refused_and_the_first_is_not_touched(first: First) -> None:
    assert first.board.state
    before, epoch = kept(first.config.store.folder), first.board.state.epoch
    zh, en = await asyncio.gather(*(refused(first.file, language) for language in LANGUAGES))
    assert f"已有检测站在运行（PID {first.process.pid}），它不受影响" in zh
    assert f"a station runs in {first.config.store.folder} already (PID {first.process.pid})" in en
    assert "stop it first" in en
    assert kept(first.config.store.folder) == before
    seq = first.board.state.seq
    state = await first.board.await_state(lambda s: s.online and s.seq >= seq, timeout_s=30)
    assert state.epoch == epoch


async def test_a_second_station_on_the_same_database_is_refused_before_it_starts_anything(
    first: First, tmp_path: Path
) -> None:
    file = prepare(tmp_path / "second", 1.0)
    database = f'database = "sqlite:///{first.config.store.folder}/station.sqlite"\n\n[broker]'
    file.write_text(file.read_text().replace("[broker]", database, 1))
    before = kept(first.config.store.folder)
    assert "同一检测站只能运行一个检测线程序" in await refused(file, "zh")
    assert not (file.parent / "broker").exists()
    assert kept(first.config.store.folder) == before
    assert first.process.returncode is None


async def test_what_the_line_says_when_it_cannot_be_started_stands_at_the_terminal(tmp_path: Path) -> None:
    file = prepare(tmp_path, 1.0)
    file.write_text(file.read_text().replace('profile = "gas-ak"', 'profile = "gas-xx"'))
    process = await station_run(file, "en")
    assert process.stderr
    async with asyncio.timeout(50):
        while b"station: " not in (said := await process.stderr.readline()):
            assert said
    assert b"gas-xx" in said
    assert b"gas-ak" in said
    process.terminate()
    _, rest = await process.communicate()
    assert b"gas-xx" not in rest
    assert process.returncode == 0


async def test_a_lock_that_nobody_holds_any_more_is_taken(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("4711 and what an older version wrote behind it\n")

    def busy(pid: str) -> Unusable:
        return Unusable.of("station_runs", folder=tmp_path, pid=pid)

    with holding(lock, busy):
        assert lock.read_text() == f"{os.getpid()}\n"
        with pytest.raises(Unusable, match=str(os.getpid())), holding(lock, busy):
            pass
    with holding(lock, busy):
        pass
