"""Enrolling people from the command line."""

import subprocess
import sys
from pathlib import Path

from station.cli.demo_station import prepare
from station.line.config import load_config
from station.store import read
from station.store.database import open_database


def station(pin: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "station.cli.main", "staff", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, input=pin)


def test_a_person_is_enrolled_and_listed_and_the_pin_stands_nowhere_in_clear(tmp_path: Path) -> None:
    file = prepare(tmp_path, 1.0)
    words = ("enrol", "7001", "--name", "员工", "--role", "driver", "--config", str(file))
    assert station("864209\n", *words).returncode == 0
    assert "7001  员工  driver" in station("", "list", "--config", str(file)).stdout
    config, _ = load_config(file)
    engine = open_database(config.database_url)
    credential = read.credential(engine, "7001")
    assert credential
    assert credential.matches("864209")
    assert not any("864209" in event.body for page in read.event_pages(engine) for event in page)
    engine.dispose()


def test_an_unknown_role_or_a_short_pin_is_refused_in_one_line(tmp_path: Path) -> None:
    file = prepare(tmp_path, 1.0)
    for pin, role, said in (("864209\n", "boss", "boss"), ("12\n", "driver", "4 to 12 digits")):
        done = station(pin, "enrol", "7001", "--name", "员工", "--role", role, "--config", str(file))
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr
