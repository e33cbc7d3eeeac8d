"""A disk that is really full, and one that is really read-only: what is said, and that nothing is lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("small_disk.py")
ROOT = SCRIPT.parents[3]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """What was said of each attempt, on a disk of its own that only that process sees."""
    alone = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    command = [*alone, sys.executable, str(SCRIPT), str(tmp_path_factory.mktemp("disk"))]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("attempt", ["append", "mark", "backup", "photo"])
def test_a_full_disk_is_called_full_whatever_was_to_be_written(seen, attempt):
    assert "the disk is full" in seen["full"][attempt]
    assert "请清理磁盘空间后重试" in seen["full"][attempt]


def test_after_a_full_disk_work_goes_on_and_nothing_is_lost(seen):
    assert (seen["full"]["again"], seen["full"]["chain"]) == ("done", "True 1")


@pytest.mark.parametrize("attempt", ["open", "mark", "backup"])
def test_a_read_only_disk_is_said(seen, attempt):
    assert "只读" in seen["read_only"][attempt]


def test_after_a_read_only_disk_work_goes_on_and_nothing_is_lost(seen):
    assert (seen["read_only"]["again"], seen["whole"]["chain"]) == ("done", "True")
