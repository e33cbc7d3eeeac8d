"""A new station's files, and what the operating system is told."""

import subprocess
import sys
from pathlib import Path

import pytest

from station.line.config import load_config
from station.store import read
from station.store.database import open_database

INIT = ("--id", "hz-07", "--name-zh", "示例站", "--name-en", "Example", "--staff", "1001", "--name", "站长")


def station(*arguments: str, pin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "station.cli.main", *arguments]
    return subprocess.run(command, input=pin, capture_output=True, text=True, check=False)


def test_a_new_station_has_a_file_and_its_first_manager(tmp_path: Path) -> None:
    folder = tmp_path / "hz-07"
    done = station("init", str(folder), *INIT, pin="246810\n")
    assert (done.returncode, done.stderr) == (0, "")
    config, _ = load_config(folder / "station.toml")
    assert config.store.folder == folder / "var"
    engine = open_database(config.database_url, create=False, station="hz-07")
    assert read.staff(engine) == {"1001": ("maintainer", "manager")}
    engine.dispose()
    again = station("init", str(folder), *INIT, pin="246810\n")
    assert again.returncode == 2
    assert "is there already" in again.stderr


@pytest.mark.parametrize(("pin", "said"), [("12\n", "4 to 12 digits"), ("abcd\n", "4 to 12 digits")])
def test_a_pin_that_is_none_leaves_nothing_behind(tmp_path: Path, pin: str, said: str) -> None:
    done = station("init", str(tmp_path / "s"), *INIT, pin=pin)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "s").exists()


def test_the_unit_names_this_station_and_no_placeholder_is_left(tmp_path: Path) -> None:
    station("init", str(tmp_path), *INIT, pin="2468\n")
    done = station("system", "unit", "--config", str(tmp_path / "station.toml"))
    assert done.returncode == 0
    assert f"run --config {tmp_path / 'station.toml'}" in done.stdout
    assert "$" not in done.stdout


def test_udev_rules_are_printed_with_and_without_an_adapter() -> None:
    done = station("system", "udev")
    assert done.returncode == 0
    assert 'ATTR{latency_timer}="1"' in done.stdout
    rules = [line for line in done.stdout.splitlines() if line and not line.startswith("#")]
    assert all(line.count('"') % 2 == 0 for line in rules)
