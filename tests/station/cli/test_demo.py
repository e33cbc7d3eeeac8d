"""`station demo` in a real pseudo-terminal: it starts, shows, recovers, ends with Ctrl+C, and goes on where it was."""

import asyncio
import contextlib
import fcntl
import os
import pty
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.bus.accounts import make_accounts
from station.bus.broker import free_ports
from station.cli.backstage import DOOR, Backstage
from station.cli.control import ask
from station.cli.failure import Unusable
from station.cli.stage import set_stage
from station.cli.world import Plan
from station.ledger.verify import verify_database
from station.line.config import load_config
from station.store.database import open_database
from tests.station.cli.test_supervise import alive

PATIENCE_S = 40.0
FIRST_SCREEN = "Your own car, from key to report"


class Terminal:
    """A terminal of 80 by 24 with a program in it, as its own session and foreground process."""

    def __init__(self, *words: str) -> None:
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self._slave)
        command = ["setsid", "--ctty", sys.executable, "-m", "station.cli.main", *words]
        self.process = subprocess.Popen(
            command, stdin=self._slave, stdout=self._slave, stderr=self._slave,
            env={**os.environ, "LANG": "en_GB.UTF-8", "LC_ALL": "", "TERM": "xterm-256color"},
        )  # fmt: skip
        self.output = ""

    def sees(self, words: str) -> None:
        """Read until these words have come."""
        deadline = time.monotonic() + PATIENCE_S
        while words not in self.output:
            assert time.monotonic() < deadline, f"no {words!r} in:\n{self.output[-3000:]}"
            self._read(0.1)

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def ends(self) -> int:
        """Read on until the program has ended, and return its exit code."""
        deadline = time.monotonic() + PATIENCE_S
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end:\n{self.output[-3000:]}"
            self._read(0.1)
        self._read(0.1)
        return self.process.returncode

    def _read(self, seconds: float) -> None:
        while select.select([self._master], [], [], seconds)[0]:
            self.output += os.read(self._master, 65536).decode(errors="replace")
            seconds = 0.0

    @property
    def restored(self) -> bool:
        """Say whether the terminal is as it was, and shows what it showed."""
        return termios.tcgetattr(self._slave) == self.before and self.output.rfind("\x1b[?1049l") > 0

    def close(self) -> None:
        """Close the window."""
        for end in (self._slave, self._master):
            with contextlib.suppress(OSError):
                os.close(end)


class Demo:
    """A demo in a terminal, and what a test knows of its processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.terminal = Terminal("demo", "--folder", str(folder))
        self.pids: set[int] = {self.terminal.process.pid}

    def starts(self) -> None:
        self.terminal.sees(FIRST_SCREEN)
        children = Path(f"/proc/{self.terminal.process.pid}/task/{self.terminal.process.pid}/children").read_text()
        self.pids |= {int(pid) for pid in children.split()}
        self.note_pids()

    def note_pids(self) -> dict[str, int]:
        pids: dict[str, int] = asyncio.run(ask(self.folder / DOOR, do="pids"))["pids"]
        self.pids |= set(pids.values())
        return pids

    def left(self) -> list[int]:
        return [pid for pid in self.pids if alive(pid)]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[list[Demo]]:
    """Demos that are ended when the test is over, however it went."""
    demos: list[Demo] = []
    yield demos
    for demo in demos:
        if demo.terminal.process.poll() is None:
            demo.terminal.process.send_signal(signal.SIGTERM)
            demo.terminal.ends()
        demo.terminal.close()


def events(folder: Path) -> int:
    engine = open_database(f"sqlite:///{folder}/station.sqlite", create=False)
    report = verify_database(engine)
    engine.dispose()
    assert report.ok
    return report.events


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.timeout(180)
def test_a_demo_shows_recovers_ends_and_goes_on(tmp_path: Path, started: list[Demo]) -> None:
    demo = Demo(tmp_path)
    started.append(demo)
    demo.starts()
    demo.terminal.sees("● online")
    before = demo.note_pids()
    demo.terminal.press("k")
    demo.terminal.sees("new epoch")
    after = demo.note_pids()
    assert before["line"] != after["line"]
    assert {name: pid for name, pid in before.items() if name != "line"}.items() <= after.items()
    demo.terminal.press("p")
    demo.terminal.sees("brake-1 offline")
    demo.terminal.press("t")
    demo.terminal.sees("is not what its hash")
    second = Terminal("demo", "--folder", str(tmp_path))
    assert second.ends() == 2
    assert "another demo runs in" in second.output
    assert "Traceback" not in second.output
    second.close()
    demo.terminal.press("\x03")
    assert demo.terminal.ends() == 0
    assert demo.left() == []
    assert demo.terminal.restored
    config = load_config(tmp_path / "station.toml")[0]
    ports = (config.broker.mqtt_port, config.broker.ws_port, config.office.port)
    assert all(is_free(port) for port in ports)
    first = events(tmp_path)
    assert f"{first} events" in demo.terminal.output.replace("\r\n", "")

    again = Demo(tmp_path)
    started.append(again)
    again.starts()
    # The window is closed: nobody is there any more to press a key.
    again.terminal.sees("● online")
    again.terminal.close()
    again.terminal.process.wait(PATIENCE_S)
    deadline = time.monotonic() + PATIENCE_S
    while again.left():
        assert time.monotonic() < deadline, again.left()
        time.sleep(0.05)
    assert events(tmp_path) > first


async def test_processes_that_cannot_start_are_said_in_one_line_with_their_log(tmp_path: Path) -> None:
    stage = set_stage(tmp_path, 5.0, Plan())
    with socket.create_server(("127.0.0.1", stage.config.broker.mqtt_port)):
        backstage = Backstage(stage)
        await backstage.start()
        try:
            with pytest.raises(Unusable) as refused:
                await backstage.until_open()
        finally:
            await backstage.stop()
    said = str(refused.value)
    assert f"port {stage.config.broker.mqtt_port} on 127.0.0.1 is taken" in said
    assert str(tmp_path / "logs" / "backstage.err") in said
    assert "\n" not in said


def test_without_a_terminal_it_says_how_to_run_headless() -> None:
    command = [sys.executable, "-m", "station.cli.main", "demo"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "--headless" in done.stderr


def test_a_desk_that_has_no_account_says_which_there_are(tmp_path: Path) -> None:
    stage = set_stage(tmp_path, 5.0, Plan())
    make_accounts(stage.config.accounts_file)
    terminal = Terminal("desk", "--config", str(stage.config_file), "--client", "desk-9")
    assert terminal.ends() == 2
    assert terminal.output.startswith("station: no account 'desk-9'")
    assert "Traceback" not in terminal.output
    terminal.close()


def test_a_desk_without_a_broker_says_so_and_ends_like_any_other(tmp_path: Path) -> None:
    stage = set_stage(tmp_path, 5.0, Plan())
    make_accounts(stage.config.accounts_file)
    words = stage.config_file.read_text()
    # Not the usual port: another demo on this computer may have taken it meanwhile.
    stage.config_file.write_text(words.replace(f"= {stage.config.broker.mqtt_port}\n", f"= {free_ports(1)[0]}\n"))
    terminal = Terminal("desk", "--config", str(stage.config_file))
    terminal.sees("No connection to the broker")
    terminal.press("\x03")
    assert terminal.ends() == 0
    assert terminal.restored
    terminal.close()
