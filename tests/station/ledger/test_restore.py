"""A backup put back: the drill, what is refused, what is lost and said, and that nothing is lost by trying."""

import resource
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from station.ledger.accept import Word, accept_fork
from station.ledger.backup import Backup, back_up
from station.ledger.backup_words import TEXTS, BackupError
from station.ledger.errors import LedgerBusy, LedgerForkedError
from station.ledger.fork import UNFINISHED, check_mark, read_mark, write_mark
from station.ledger.keys import load_keys
from station.ledger.manifest import EVIDENCE, kept, write_manifest
from station.ledger.projection import rebuild
from station.ledger.restore import Restored, restore
from station.ledger.seal import fork_bytes, holds
from station.ledger.verify import verify_database
from station.model.event import Event
from station.model.facts import LedgerForked
from station.store import read
from station.store.database import open_database
from station.store.errors import StoreError
from station.store.files import hash_of
from station.store.tables import table
from tests.station.ledger.household import PHOTO, REPORT, Household

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
NOTHING, DIED = Word(), Word(reason="硬盘损坏")


@pytest.fixture
def household(database_url: str, tmp_path: Path) -> Household:
    """A station after a day."""
    return Household(database_url, tmp_path / "var")


@pytest.fixture
def to(tmp_path: Path) -> Path:
    """Where backups are."""
    return tmp_path / "disk"


def put_back(household: Household, to: Path, word: Word = NOTHING, **more: str) -> Restored:
    return restore(household.home, to, household.clock, word, **more)


def check_whole(household: Household) -> None:
    """Chain, curves, names and seals hold; files are what they are called; staff can log in; tables are the events'."""
    with household.engine() as engine:
        report = verify_database(engine)
        assert (report.ok, report.erased) == (True, 0)
        for sha256 in read.evidence_files(engine):
            (file,) = household.home.evidence.glob(f"??/{sha256}.*")
            assert hash_of(file) == sha256
        assert read.credential(engine, "s-4").matches("271828")
        before = household.rows()
        rebuild(engine)
        assert household.rows() == before
        check_mark(household.folder, engine)


def check_fork(household: Household, event: Event, size: int, lost_size: int) -> None:
    body = LedgerForked.model_validate_json(event.body)
    assert (body.size, body.lost_size, event.seq) == (size, lost_size, size + 1)
    assert holds(household.key.public, fork_bytes("T1", body), body.signature)
    with household.engine() as engine:
        assert [fork.seq for fork in read.forks(engine)] == [event.seq]
        assert read.personal(engine, "T1") == {"reason": "硬盘损坏"}


def test_the_drill(household, to, database_url):
    """A backup while the line writes, the computer lost, the backup put back on a new one, and work goes on."""
    command = [sys.executable, str(Path(__file__).with_name("writer_process.py")), database_url, "boot-9"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={"PYTHONPATH": "."}) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(20)]
        backup = back_up(household.home, to, NOW)
        lines += [process.stdout.readline() for _ in range(300)]
        process.kill()
    seq, hash_ = lines[-1].decode().split()
    household.destroy()
    restored = put_back(household, to, replace(DIED, lost=(int(seq), hash_)))
    assert restored.findings == restored.aside == ()
    check_fork(household, restored.fork, backup.manifest.size, int(seq))
    assert restored.head == household.head() == read_mark(household.folder)
    check_whole(household)
    assert (household.folder / "accounts.json").read_text(encoding="utf-8").startswith('{"v": 1')
    assert {path.name for path in household.home.keys.iterdir()} >= {"a.pem", f"seal-{household.key.id}.pem"}
    household.drive_in(2)
    check_whole(household)


def test_nothing_came_after_the_backup_and_that_is_proven(household, to):
    back_up(household.home, to, NOW)
    before = household.rows()
    restored = put_back(household, to)
    assert (restored.fork, restored.after.events) == (None, 0)
    assert household.rows() == before
    assert len(restored.aside) == 2
    check_whole(household)


def test_a_station_that_moves_says_that_nothing_came_after(household, to):
    back_up(household.home, to, NOW)
    before = household.rows()
    household.destroy()
    with pytest.raises(BackupError, match="nothing says whether") as refused:
        put_back(household, to)
    assert "--complete" in refused.value.say("zh")
    assert put_back(household, to, Word(complete=True)).fork is None
    assert household.rows() == before
    check_whole(household)


@pytest.mark.parametrize("word", [Word(), Word(complete=True)])
def test_a_longer_ledger_is_not_given_up_by_mistake(household, to, word):
    back_up(household.home, to, NOW)
    household.drive_in(2)
    before, files = household.rows(), sorted(household.folder.rglob("*"))
    with pytest.raises(BackupError, match="events came after the backup"):
        put_back(household, to, word)
    assert household.rows() == before
    assert sorted(household.folder.rglob("*")) == files


def test_what_is_given_up_is_listed_signed_and_kept_aside(household, to):
    backup = back_up(household.home, to, NOW)
    household.drive_in(2)
    lost, size = household.head(), backup.manifest.size
    restored = put_back(household, to, DIED)
    assert (restored.after.events, restored.after.serials) == (1, ("T1-20261122-0002",))
    assert restored.after.reports == ()
    check_fork(household, restored.fork, size, lost[0])
    check_whole(household)
    assert [serial.serial for serial in household.inspections()] == [household.car.serial]
    aside = next(where for where in restored.aside if "office" not in where)
    if household.database_url.startswith("sqlite"):
        old = open_database(f"sqlite:///{aside}", station="T1")
        assert read.head(old) == lost
        old.dispose()
    else:
        with household.engine() as engine, engine.connect() as connection:
            schema = aside.split()[-1]
            assert connection.exec_driver_sql(f"SELECT max(seq) FROM {schema}.event").scalar_one() == lost[0]


def test_a_damaged_database_is_replaced_and_kept_for_whoever_can_read_it(tmp_path, to):
    file = tmp_path / "station.sqlite"
    household = Household(f"sqlite:///{file}", tmp_path / "var")
    back_up(household.home, to, NOW)
    with file.open("r+b") as database:
        database.seek(4096)
        database.write(b"\xff" * 8192)
    damaged = file.read_bytes()
    with pytest.raises(BackupError, match="nothing says whether"):
        put_back(household, to)
    restored = put_back(household, to, DIED)
    assert restored.after is None
    assert damaged in [Path(aside).read_bytes() for aside in restored.aside]
    check_whole(household)


def test_a_mark_tells_that_the_backup_is_old(household, to):
    back_up(household.home, to, NOW)
    write_mark(household.folder, (500, "ab" * 32))
    if household.database_url.startswith("sqlite"):
        next(household.folder.parent.glob("station.sqlite")).unlink()
    with pytest.raises(BackupError, match="500 was reached"):
        put_back(household, to, Word(complete=True))
    restored = put_back(household, to, DIED)
    check_fork(household, restored.fork, restored.manifest.size, 500)
    check_whole(household)


def test_a_point_that_the_backup_has_is_not_lost(household, to):
    backup = back_up(household.home, to, NOW)
    assert put_back(household, to, Word(lost=backup.manifest.ledger)).fork is None
    with pytest.raises(BackupError, match="99 was reached"):
        put_back(household, to, Word(lost=(99, "ab" * 32)))


def test_the_line_that_runs_is_not_disturbed(household, to):
    back_up(household.home, to, NOW)
    with household.ledger(), pytest.raises(LedgerBusy):
        put_back(household, to)


def test_a_backup_of_another_station_is_refused(household, to):
    back_up(household.home, to, NOW)
    with pytest.raises(BackupError, match="of station T1, not of T2"):
        restore(replace(household.home, station="T2"), to, household.clock, DIED)


def test_a_database_of_another_station_is_not_replaced(household, to, tmp_path):
    backup = back_up(household.home, to, NOW)
    other = Household(f"sqlite:///{tmp_path}/other.sqlite", tmp_path / "other")
    with other.engine() as engine, engine.begin() as connection:
        connection.execute(update(table("meta")).where(table("meta").c.key == "station").values(value="T2"))
    with pytest.raises(StoreError, match="belongs to station T2"):
        put_back(household, to, DIED, to_database=f"sqlite:///{tmp_path}/other.sqlite")
    assert backup.manifest.station == "T1"


def test_a_backup_whose_ledger_is_not_in_order_is_refused(household, to):
    backup = back_up(household.home, to, NOW)
    file = backup.folder / "station.sqlite"
    engine = open_database(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(update(table("event")).where(table("event").c.seq == 3).values(actor="somebody"))
    engine.dispose()
    files = tuple(kept(backup.folder, backup.folder / entry.path) for entry in backup.manifest.files)
    write_manifest(backup.folder, backup.manifest.model_copy(update={"files": files}))
    before = household.rows()
    with pytest.raises(BackupError, match="not in order: event 3"):
        put_back(household, to, DIED)
    assert household.rows() == before


def test_evidence_that_the_backup_lost_is_said(household, to):
    back_up(household.home, to, NOW)
    copy = to / EVIDENCE / REPORT[:2] / f"{REPORT}.pdf"
    copy.unlink()
    household.destroy()
    (finding,) = put_back(household, to, DIED).findings
    assert REPORT in finding.en
    assert not household.file(REPORT, ".pdf").exists()


def test_evidence_that_was_altered_here_is_mended(household, to):
    back_up(household.home, to, NOW)
    photo = next(household.home.evidence.glob("??/*.jpg"))
    photo.write_bytes(b"altered")
    assert put_back(household, to).findings == ()
    assert photo.read_bytes() == PHOTO


def test_it_goes_to_another_kind_of_database(household, to, tmp_path, postgres):
    backup = back_up(household.home, to, NOW)
    before = household.rows()
    sqlite = household.database_url.startswith("sqlite")
    url = postgres.new_database() if sqlite else f"sqlite:///{tmp_path}/moved.sqlite"
    restored = put_back(household, to, Word(complete=True), to_database=url)
    assert restored.head == backup.manifest.ledger
    moved = Household.__new__(Household)
    moved.__dict__.update(household.__dict__, database_url=url)
    assert moved.rows() == before
    check_whole(moved)


def test_a_lost_signing_key_is_replaced_by_one_that_the_ledger_knows(household, to):
    shutil.rmtree(household.home.keys)
    household.home.keys.mkdir(mode=0o700)
    backup = back_up(household.home, to, NOW)
    household.destroy()
    restored = put_back(household, to, DIED)
    (file,) = load_keys(household.home.keys)
    with household.engine() as engine:
        assert read.signing_keys(engine) == (household.key.id, file.key.id)
    assert restored.fork.seq == backup.manifest.size + 2


def test_a_restore_that_did_not_end_stops_the_line_and_is_done_again(household, to):
    backup = back_up(household.home, to, NOW)
    (household.folder / UNFINISHED).write_text("half", encoding="utf-8")
    with household.engine() as engine, pytest.raises(LedgerForkedError, match="did not come to its end"):
        check_mark(household.folder, engine)
    assert put_back(household, to).manifest == backup.manifest
    check_whole(household)


@contextmanager
def small_files(size: int):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_leaves_the_old_database_in_place(household, to):
    back_up(household.home, to, NOW)
    household.drive_in(2)
    before = household.rows()
    with small_files(20_000), pytest.raises(StoreError, match="disk"):
        put_back(household, to, DIED)
    assert household.rows() == before
    assert put_back(household, to, DIED).fork is not None
    check_whole(household)


def test_a_database_put_back_by_hand_goes_on_only_by_a_signed_event(household, to):
    backup: Backup = back_up(household.home, to, NOW)
    household.drive_in(2)
    write_mark(household.folder, household.head())
    lost = household.head()
    put_back(household, to, DIED)
    write_mark(household.folder, lost)  # as if nobody had said anything
    with household.engine() as engine:
        check_mark(household.folder, engine)
    write_mark(household.folder, (lost[0] + 5, "ab" * 32))
    with household.engine() as engine, pytest.raises(LedgerForkedError, match="older than what"):
        check_mark(household.folder, engine)
    event = accept_fork(household.home, household.clock, DIED)
    body = LedgerForked.model_validate_json(event.body)
    assert (body.size, body.lost_size) == (backup.manifest.size + 1, lost[0] + 5)
    check_whole(household)
    with pytest.raises(BackupError, match="there is no fork"):
        accept_fork(household.home, household.clock, DIED)


def test_every_case_says_what_to_do():
    refusals = {key.removesuffix(".todo") for key in TEXTS.keys() if key.endswith(".todo")}  # noqa: SIM118
    assert refusals <= TEXTS.keys()
