"""A backup made while the line works: one moment, everything that it names, checked, and never half."""

import json
import resource
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from station.ledger.backup import Home, back_up
from station.ledger.backup_words import BackupError
from station.ledger.manifest import MANIFEST, check_files, find_backup
from station.ledger.verify import verify_database
from station.store import read
from station.store.database import open_database
from station.store.errors import StoreError
from station.store.files import hash_of
from station.store.tables import table
from tests.station.ledger.household import REPORT, Household

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def household(database_url: str, tmp_path: Path) -> Household:
    """A station after a day: staff who can log in, a car with curves, its report and a photo as files, keys."""
    return Household(database_url, tmp_path / "var")


@pytest.fixture
def to(tmp_path: Path) -> Path:
    """Where backups go: a folder that is not there yet."""
    return tmp_path / "disk" / "backups"


def test_it_holds_the_ledger_and_everything_that_it_names(household, to):
    seen: list[tuple[str, int, int]] = []
    backup = back_up(household.home, to, NOW, lambda *step: seen.append(step))
    assert backup.folder == to / "20261122T080000Z"
    manifest = backup.manifest
    assert manifest.findings == ()
    assert manifest.ledger == household.head()
    assert backup.new == len(manifest.evidence) == 3
    names = {file.path for file in manifest.files}
    assert names >= {"station.sqlite", "office.sqlite", "accounts.json", "pair-code", "station.toml", "keys/a.pem"}
    copy = open_database(f"sqlite:///{backup.folder / 'station.sqlite'}", create=False, station="T1")
    assert verify_database(copy).ok
    assert read.inspections(copy) == household.inspections()
    assert read.credential(copy, "s-4").matches("271828")
    copy.dispose()
    assert find_backup(to) == find_backup(backup.folder) == (backup.folder, manifest)
    assert {what for what, _, _ in seen} == {"database", "private", "evidence", "check"}
    assert all(done <= total for _, done, total in seen)


def test_nobody_else_reads_it(household, to):
    back_up(household.home, to, NOW)
    for path in (to, *to.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_second_backup_copies_only_what_is_new(household, to):
    first = back_up(household.home, to, NOW)
    before = {path: path.stat().st_ino for path in (to / "evidence").rglob("*.*")}
    photo = household.photograph(b"another")
    second = back_up(household.home, to, NOW.replace(hour=9))
    assert (second.new, len(second.manifest.evidence)) == (1, 4)
    assert second.manifest.size == first.manifest.size + 1
    assert {path: path.stat().st_ino for path in before} == before
    assert (to / "evidence" / photo[:2] / f"{photo}.jpg").exists()
    assert find_backup(to)[0] == second.folder
    check_files(*find_backup(first.folder))


def test_it_is_of_one_moment_while_another_process_writes(household, to, database_url):
    writer = Path(__file__).with_name("writer_process.py")
    command = [sys.executable, str(writer), database_url, "boot-9"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={"PYTHONPATH": "."}) as process:
        assert process.stdout is not None
        acknowledged = 0
        for _ in range(30):
            acknowledged = int(process.stdout.readline().split()[0])
        backup = back_up(household.home, to, NOW)
        process.kill()
    assert backup.manifest.findings == ()
    assert backup.manifest.size >= acknowledged
    check_files(backup.folder, backup.manifest)


def test_a_file_that_the_ledger_names_and_that_is_gone_is_a_finding(household, to):
    household.file(REPORT, ".pdf").unlink()
    (finding,) = back_up(household.home, to, NOW).manifest.findings
    assert (REPORT in finding.en, REPORT in finding.zh) == (True, True)


def test_a_file_that_was_altered_is_a_finding_and_does_not_replace_a_good_copy(household, to):
    file = household.file(REPORT, ".pdf")
    good = file.read_bytes()
    file.write_bytes(b"other")
    first = back_up(household.home, to, NOW)
    assert [REPORT in finding.en for finding in first.manifest.findings] == [True, True]
    assert not (to / "evidence" / REPORT[:2] / file.name).exists()
    file.write_bytes(good)
    assert back_up(household.home, to, NOW.replace(hour=9)).manifest.findings == ()
    file.write_bytes(b"other")
    assert back_up(household.home, to, NOW.replace(hour=10)).manifest.findings == ()
    assert hash_of(to / "evidence" / REPORT[:2] / file.name) == REPORT


def test_a_copy_that_rotted_on_the_backup_disk_is_made_again(household, to):
    back_up(household.home, to, NOW)
    copy = to / "evidence" / REPORT[:2] / f"{REPORT}.pdf"
    copy.write_bytes(b"rot")
    assert back_up(household.home, to, NOW.replace(hour=9)).new == 1
    assert hash_of(copy) == REPORT


def test_a_ledger_that_is_not_in_order_is_kept_and_said(household, to):
    engine = open_database(household.home.database_url)
    with engine.begin() as connection:
        connection.execute(update(table("event")).where(table("event").c.seq == 3).values(actor="somebody"))
    engine.dispose()
    (finding,) = back_up(household.home, to, NOW).manifest.findings
    assert "event 3" in finding.en


def test_a_backup_that_was_broken_off_is_no_backup(household, to):
    backup = back_up(household.home, to, NOW)
    (backup.folder / MANIFEST).unlink()
    with pytest.raises(BackupError, match="no complete backup"):
        find_backup(to)
    again = back_up(household.home, to, NOW.replace(hour=9))
    shutil.copytree(backup.folder, to / "20261123T000000Z")
    assert find_backup(to)[0] == again.folder


def test_a_full_disk_leaves_nothing_that_looks_like_a_backup(household, to):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, limits[1]))
    try:
        with pytest.raises(StoreError, match="disk"):
            back_up(household.home, to, NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [path.name for path in to.iterdir()] == ["evidence"]
    assert back_up(household.home, to, NOW).manifest.findings == ()


@pytest.mark.parametrize("folder", ["evidence", "keys"])
def test_a_backup_into_what_it_keeps_is_refused(household, folder):
    with pytest.raises(BackupError, match="cannot stand in the folder"):
        back_up(household.home, household.home.folder / folder / "b", NOW)


def test_two_backups_of_one_second_do_not_mix(household, to):
    first = back_up(household.home, to, NOW)
    with pytest.raises(BackupError, match="already"):
        back_up(household.home, to, NOW)
    check_files(first.folder, first.manifest)


def test_a_database_of_another_station_is_not_backed_up(household, to):
    home: Home = replace(household.home, station="T2")
    with pytest.raises(StoreError, match="belongs to station T1"):
        back_up(home, to, NOW)
    assert [path.name for path in to.iterdir()] == ["evidence"]


def test_the_manifest_says_what_is_wrong_with_it(household, to):
    backup = back_up(household.home, to, NOW)
    file = backup.folder / MANIFEST
    text = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**text, "v": 2}), encoding="utf-8")
    with pytest.raises(BackupError, match="newer software"):
        find_backup(to)
    for broken in ("{", "[]", json.dumps({**text, "head": 7})):
        file.write_text(broken, encoding="utf-8")
        with pytest.raises(BackupError, match="cannot be read"):
            find_backup(to)


@pytest.mark.parametrize("path", ["station.sqlite", "keys/a.pem", "../evidence"])
def test_a_backup_whose_files_were_changed_is_refused(household, to, path):
    backup = back_up(household.home, to, NOW)
    if path.startswith(".."):
        outside = backup.manifest.files[0].model_copy(update={"path": path})
        broken = backup.manifest.model_copy(update={"files": (outside,)})
    else:
        broken = backup.manifest
        (backup.folder / path).write_bytes(b"changed")
    with pytest.raises(BackupError, match="changed or is missing"):
        check_files(backup.folder, broken)
