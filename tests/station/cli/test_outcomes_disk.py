"""A disk that fills up under a whole line in the middle of a run, and a start on one that takes nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).with_name("outcome_disk.py")
ROOT = SCRIPT.parents[3]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was said, on a disk that only that process sees."""
    alone = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    command = [*alone, sys.executable, str(SCRIPT), str(tmp_path_factory.mktemp("small"))]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_full_disk_stops_nothing_but_the_saving_and_is_said_in_one_sentence(seen: dict[str, Any]) -> None:
    told = seen["full"]
    assert told["code"] == "not_stored"
    assert told["reply"]["zh"].startswith("没有保存：磁盘已满，没有写入任何数据")
    assert told["reply"]["en"].startswith("Not saved: the disk is full, and nothing was written")
    assert told["lock"] == {"zh": "磁盘已满，没有写入任何数据", "en": "the disk is full, and nothing was written"}
    assert told["remedy"]["zh"].startswith("请清理磁盘空间后重试")
    assert told["remedy"]["en"].startswith("free some disk space and try again")
    assert told["result"] == []


def test_with_space_again_the_result_is_stored_and_no_number_is_lost(seen: dict[str, Any]) -> None:
    told = seen["full"]
    assert told["run"] == [["B1", "finished", None]]
    assert told["numbers"] == list(range(1, len(told["numbers"]) + 1))
    assert told["chain"]


def told(told_of: dict[str, Any], place: Path | str) -> tuple[str, str]:
    """Return what a start said in Chinese and in English: one sentence each, with the place, and exit code 2."""
    (zh, zh_code), (en, en_code) = told_of["zh"], told_of["en"]
    assert (zh_code, en_code) == (2, 2)
    assert [len(text.splitlines()) for text in (zh, en)] == [1, 1], zh + en
    assert str(place) in zh
    assert str(place) in en
    return zh, en


@pytest.mark.parametrize("what", ["line", "station"])
def test_a_start_on_a_full_disk_says_which_and_what_to_do(seen: dict[str, Any], what: str) -> None:
    zh, en = told(seen["starts_when_full"][what], "/disk")
    assert "磁盘已满" in zh
    assert "请清理这个磁盘后重新启动" in zh
    assert "the disk is full" in en
    assert "free some space on that disk and start again" in en


def test_a_start_on_a_disk_with_no_room_for_the_broker_says_so(seen: dict[str, Any]) -> None:
    zh, en = told(seen["starts_when_full"]["broker"], "/disk/broker")
    assert "磁盘已满，消息服务器没有启动；请清理这个磁盘后重新启动" in zh
    assert "the disk is full, and the broker did not start: free some space on that disk and start again" in en


@pytest.mark.parametrize("what", ["line", "station"])
def test_a_start_on_a_read_only_disk_says_which_and_what_to_do(seen: dict[str, Any], what: str) -> None:
    zh, en = told(seen["read_only"][what], "/disk")
    assert "磁盘只读" in zh
    assert "改为可写后重新启动" in zh
    assert "the disk is read-only" in en
    assert "make it writable and start again" in en
    assert seen["read_only"]["chain"]
