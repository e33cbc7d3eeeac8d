"""The station's own processes: each loads what it needs, logs, and says in one line what a person can put right."""

import subprocess
import sys
from pathlib import Path

import pytest

from station.cli.demo_station import prepare

NOT_OF_THE_LINE = ("typer", "textual", "reportlab", "starlette", "uvicorn", "segno", "alembic", "psycopg", "sim")
NOT_OF_THE_OFFICE = ("typer", "textual", "alembic", "psycopg", "sim", "devices.brake")


def child(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "station.cli.child", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=50)


@pytest.mark.parametrize(
    ("module", "others"), [("station.line.open", NOT_OF_THE_LINE), ("station.cli.office", NOT_OF_THE_OFFICE)]
)
def test_a_process_loads_nothing_that_only_others_need(module: str, others: tuple[str, ...]) -> None:
    loaded = f"import sys, station.cli.child, {module}; print(*(m for m in {others} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_rig_of_no_profile_is_named_with_the_profiles_there_are_in_one_line(tmp_path: Path) -> None:
    file = prepare(tmp_path, 1.0)
    file.write_text(file.read_text().replace('profile = "gas-ak"', 'profile = "gas-xx"'))
    done = child("line", "--config", str(file))
    assert done.returncode == 2
    assert done.stderr.startswith("station: ")
    assert done.stderr.count("\n") == 1
    assert "gas-xx" in done.stderr
    assert "gas-ak" in done.stderr


def test_an_office_without_accounts_says_so_and_its_log_is_private(tmp_path: Path) -> None:
    done = child("office", "--config", str(prepare(tmp_path, 1.0)))
    assert done.returncode == 2
    assert "accounts" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "logs" / "office.log").stat().st_mode & 0o777 == 0o600


def test_a_process_of_another_name_is_refused() -> None:
    done = child("lines", "--config", "station.toml")
    assert done.returncode == 2
    assert "line" in done.stderr
