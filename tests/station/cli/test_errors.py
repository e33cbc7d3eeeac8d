"""What a person reads when something cannot be used: one line, where, what to do; never a traceback."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from handheld.board import Board
from station.bus.accounts import make_accounts
from station.bus.broker import free_ports
from station.cli.demo_station import prepare
from station.cli.processes import start_station
from station.cli.supervise import Supervisor
from station.line.config import load_config


def station(*words: str, timeout_s: float = 30.0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "station.cli.main", *words]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=timeout_s, check=False, stdin=subprocess.DEVNULL
    )


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_broken_toml_names_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    file.write_text('[station]\nid = "x1\n')
    said = refused(station("run", "--config", str(file)))
    assert str(file) in said
    assert "line 2" in said


def test_a_wrong_value_names_file_line_and_what_is_expected(tmp_path: Path) -> None:
    file = prepare(tmp_path, 1.0)
    text = file.read_text().replace('link = "tcp://', 'link = "modbus://', 1)
    file.write_text(text)
    said = refused(station("run", "--config", str(file)))
    line = next(n for n, words in enumerate(text.splitlines(), 1) if "modbus://" in words)
    assert f"{file}, line {line}: " in said
    assert "tcp|serial" in said


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    file = prepare(tmp_path, 1.0)
    config, _ = load_config(file)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", config.broker.mqtt_port))
        taken.listen()
        said = refused(station("run", "--config", str(file)))
    assert str(config.broker.mqtt_port) in said


def test_no_terminal_says_how_to_run_without_one() -> None:
    assert "station demo --headless" in refused(station("demo"))


def test_a_replay_file_that_is_none_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("a;b\n1;2\n")
    said = refused(station("demo", "--headless", "--replay", str(bad), "--folder", str(tmp_path / "d")))
    assert "bad.csv, line 1" in said


def test_a_missing_configuration_is_named(tmp_path: Path) -> None:
    assert "none.toml" in refused(station("ledger", "verify", "--config", str(tmp_path / "none.toml")))


@pytest_asyncio.fixture
async def lonely(tmp_path: Path) -> AsyncIterator[Board]:
    """A station whose rigs' addresses lead nowhere, without an office, and somebody who looks at it."""
    file = prepare(tmp_path, 1.0)
    nowhere = free_ports(1)[0]
    text = "\n".join(
        f'link = "tcp://127.0.0.1:{nowhere}"' if line.startswith('link = "tcp') else line
        for line in file.read_text().splitlines()
    )
    file.write_text(text)
    config, _ = load_config(file)
    async with Supervisor() as supervisor:
        await start_station(supervisor, file)
        board = Board(config.broker.url, "demo", make_accounts(config.accounts_file).account("handheld-01"))
        await board.start()
        yield board
        await board.stop()


async def test_a_rig_at_an_unknown_address_is_a_lock_with_a_remedy_and_stops_nothing_else(lonely: Board) -> None:
    state = await lonely.await_state(lambda s: len(s.locks) == 4, timeout_s=30)
    brake = next(lock for lock in state.locks if lock.subject == "brake-1")
    assert "127.0.0.1" in brake.reason.en
    assert brake.remedy.zh
    assert state.online
    await asyncio.sleep(0)
