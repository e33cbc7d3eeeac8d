"""`station backup` and `station restore` from the command line: what is printed, and the exit codes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from station.cli.demo_station import prepare
from station.cli.main import main
from station.line.config import load_config
from station.office.files import file_of, keep
from station.store import read
from station.store.database import open_database


def station(*words: str, lang: str = "en") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "station.cli.main", *words]
    env = {**os.environ, "STATION_LANG": lang}
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=env)


@dataclass
class Done:
    code: int
    out: str
    err: str


Here = Callable[..., Done]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """The command in this process, which spares half a second each time."""

    def run(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["station", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Done(int(ended.value.code or 0), printed.out, printed.err)

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The configuration of a station with people in its ledger."""
    return prepare(tmp_path / "home", 1.0)


def head(file: Path) -> int:
    engine = open_database(load_config(file)[0].database_url, create=False)
    try:
        return read.head(engine)[0]
    finally:
        engine.dispose()


def test_a_station_is_backed_up_lost_and_put_back_on_a_new_computer(file: Path, tmp_path: Path) -> None:
    to = tmp_path / "disk"
    done = station("backup", str(to), "--config", str(file))
    assert done.returncode == 0, done.stderr
    assert "backup made and checked" in done.stdout
    assert "keep it as safe" in done.stdout
    assert "same disk" in done.stdout
    events, folder = head(file), load_config(file)[0].store.folder
    text = file.read_text(encoding="utf-8")
    shutil.rmtree(folder)
    file.unlink(missing_ok=True)
    refused = station("restore", str(to), "--config", str(file), lang="zh")
    assert refused.returncode == 2
    assert "--complete" in refused.stderr
    assert "没有恢复任何数据" in refused.stderr
    why = ("--fork", "--reason", "the disk died")
    done = station("restore", str(to), "--config", str(file), *why)
    assert done.returncode == 0, done.stderr
    assert f"goes on after event {events + 1}" in done.stdout
    assert file.read_text(encoding="utf-8") == text
    assert head(file) == events + 2
    assert station("ledger", "verify", "--config", str(file)).returncode == 0
    again = station("restore", "--config", str(file), *why)
    assert "there is no fork" in again.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fork",), "go together"),
        (("--reason", "x"), "go together"),
        (("--fork", "--reason", "x", "--complete"), "give one of them"),
        (("--lost-size", "4"), "go together"),
        (("--lost-size", "4", "--lost-head", "AB"), "64 hexadecimal digits"),
        ((), "no complete backup here"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(
    file: Path, tmp_path: Path, here: Here, words: tuple[str, ...], said: str
) -> None:
    before = head(file)
    done = here("restore", str(tmp_path), "--config", str(file), *words)
    assert done.code == 2
    assert said in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert head(file) == before


def test_no_folder_and_no_fork_is_no_wish(file: Path, here: Here) -> None:
    done = here("restore", "--config", str(file))
    assert (done.code, "name the backup" in done.err) == (2, True)


def test_a_finding_is_told_and_is_exit_code_1(file: Path, tmp_path: Path, here: Here) -> None:
    engine = open_database(load_config(file)[0].database_url, create=False)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE event SET actor = 'somebody' WHERE seq = 2")
    engine.dispose()
    done = here("backup", str(tmp_path / "disk"), "--config", str(file))
    assert (done.code, "not in order: event 2" in done.out) == (1, True)


def test_files_that_a_backup_lost_are_told_and_are_exit_code_1(file: Path, tmp_path: Path, here: Here) -> None:
    evidence = load_config(file)[0].evidence_folder
    sha256 = keep(evidence, b"%PDF", ".pdf")
    to = tmp_path / "disk"
    assert here("backup", str(to), "--config", str(file)).code == 0
    file_of(to / "evidence", sha256, ".pdf").unlink()
    done = here("restore", str(to), "--config", str(file))
    assert (done.code, sha256 in done.out, "the ledger is not forked" in done.out) == (1, True, True)


def test_the_database_may_go_elsewhere(file: Path, tmp_path: Path, here: Here) -> None:
    to, url = tmp_path / "disk", f"sqlite:///{tmp_path}/elsewhere.sqlite"
    assert here("backup", str(to), "--config", str(file)).code == 0
    done = here("restore", str(to), "--config", str(file), "--complete", "--to-database", url)
    assert (done.code, "database of [store]" in done.out) == (0, True)
    moved = open_database(url, create=False)
    assert read.head(moved)[0] == head(file)
    moved.dispose()
