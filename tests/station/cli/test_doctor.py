"""What the doctor says of a station's parts: each thing really broken, one clear sentence, and what to do."""

import ast
import asyncio
import json
import os
import pty
import re
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from reports.printing.printer import Printer
from station.authority.keeper import renew_authority
from station.bus.broker import free_ports
from station.bus.messages import Counters, StationState
from station.cli.demo_station import Lan, prepare
from station.cli.doctor import machine_checks, rig_checks, store_checks
from station.cli.doctor.case import Case, examined
from station.cli.doctor.checks import CHECKS, diagnose, made
from station.cli.doctor.command import as_text
from station.cli.doctor.finding import Diagnosis, Finding, words
from station.cli.doctor.system import listener
from station.cli.lan import make_certificates, names_of_station
from station.cli.main import app
from station.ledger.backup import back_up
from station.ledger.fork import write_mark
from station.ledger.lock import lock_writer
from station.line.config import load_config
from station.model.text import Text
from station.store.database import open_database
from tests.reports.printing.eve import EvePrinter
from tests.station.authority.chain import issue
from tests.station.cli.sickbed import MINIMAL, case_of, household, looked
from tests.station.ledger.household import Household

NOW = datetime.now(UTC)


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["doctor", *words])
    assert not done.exception or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.fixture
def home(tmp_path: Path) -> Household:
    """A station with a day's work."""
    return household(tmp_path)


async def one(name: str, case: Case) -> Finding:
    (finding,) = await looked(name, case)
    return finding


# ---- the command


def test_a_station_before_its_first_start_has_warnings_only(tmp_path: Path) -> None:
    file = prepare(tmp_path, 1.0)
    text = file.read_text()
    file.write_text(text[: text.index("[[rig]]")] + '[[bay]]\nid = "a"\nlane = "a"\nstage = "appearance"\n')
    code, printed = run("--config", str(file), "--json")
    diagnosis = Diagnosis.model_validate_json(printed)
    assert (code, diagnosis.level) == (0, "warning")
    levels = {finding.check: finding.level for finding in diagnosis.findings}
    assert levels["database"] == levels["config"] == levels["space"] == "ok"
    assert levels["line"] == levels["office"] == levels["broker"] == levels["accounts"] == "warning"
    assert set(levels) == {name for name, _ in CHECKS} - {"rights", "serial"}


def test_a_station_that_was_never_started_at_all_has_warnings_only(tmp_path: Path) -> None:
    file = prepare(tmp_path / "made", 1.0)
    text = file.read_text().replace(str(tmp_path / "made"), str(tmp_path / "never"))
    file.write_text(text[: text.index("[[rig]]")])
    code, printed = run("--config", str(file), "--lang", "en")
    assert code == 0, printed
    assert "there is no database yet" in printed
    assert not (tmp_path / "never").exists()


@pytest.mark.parametrize(("lang", "said"), [("zh", "第 4 行"), ("en", "line 4")])
def test_a_broken_configuration_is_one_finding_and_exit_code_2(tmp_path: Path, lang: str, said: str) -> None:
    file = tmp_path / "station.toml"
    file.write_text(MINIMAL.format(folder="var").replace('id = "t1"', 'id = "t1"\ncolour = "red"'))
    code, printed = run("--config", str(file), "--lang", lang)
    assert code == 2
    assert said in printed
    code, printed = run("--config", str(file), "--json")
    (finding,) = json.loads(printed)["findings"]
    assert (code, finding["check"], finding["level"]) == (2, "config", "fault")


def test_a_fault_is_exit_code_1_and_has_a_remedy_in_the_language_asked_for(tmp_path: Path) -> None:
    file = prepare(tmp_path, 1.0)
    for lang, title, remedy in (("zh", "[故障] 串口：", "→ 插好转换器"), ("en", "[FAULT] serial ports: ", "→ Plug")):
        code, printed = run("--config", str(file), "--lang", lang)
        assert code == 1
        assert title in printed
        assert remedy in printed
    assert run("--lang", "fr")[0] == 2


def test_the_schema_is_published() -> None:
    done = CliRunner().invoke(app, ["schema", "doctor"])
    assert json.loads(done.output) == Diagnosis.model_json_schema()


def test_a_user_sees_no_traceback_and_no_log(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "station.cli.main", "doctor", "--config", str(prepare(tmp_path, 1.0))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=50)
    assert (done.returncode, done.stderr) == (1, "")


async def test_a_check_that_fails_is_a_finding_and_stops_no_other(home: Household) -> None:
    def failing(case: Case) -> list[Finding]:
        raise KeyError("unheard of")

    case = case_of(home)
    (finding,) = await made("rules", failing, case)
    assert (finding.check, finding.level) == ("rules", "fault")
    assert "KeyError (test_doctor.py:" in finding.found.zh
    assert finding.found.en.endswith(": 'unheard of'")
    assert len((await diagnose(case)).findings) >= len(CHECKS) - 3


async def test_every_finding_is_said_in_both_languages(home: Household) -> None:
    diagnosis = await diagnose(case_of(home))
    assert "故障" in as_text(diagnosis, "zh")
    assert re.search(r"[一-鿿]", as_text(diagnosis, "en").replace("→", "")) is None


# ---- database and ledger


async def test_a_whole_ledger_is_in_order(home: Household) -> None:
    for name in ("database", "chain", "evidence", "keys", "space"):
        assert (await one(name, case_of(home))).level == "ok", name
    whole = await one("chain", case_of(home, whole=True))
    assert (whole.level, "sealed" in whole.found.en) == ("ok", True)


@pytest.mark.parametrize("whole", [False, True])
async def test_an_altered_event_is_named(home: Household, whole: bool) -> None:
    with closing(sqlite3.connect(home.folder / "station.sqlite")) as database:
        database.execute("UPDATE event SET actor = 'somebody' WHERE seq = 7")
        database.commit()
    finding = await one("chain", case_of(home, whole=whole))
    assert (finding.level, "第 7 条" in finding.found.zh) == ("fault", True)


async def test_a_missing_event_is_named(home: Household) -> None:
    with closing(sqlite3.connect(home.folder / "station.sqlite")) as database:
        database.execute("DELETE FROM event WHERE seq = 7")
        database.commit()
    assert "event 7" in (await one("chain", case_of(home))).found.en


async def test_events_lost_at_the_end_are_named(home: Household) -> None:
    last = home.head()[0]
    with closing(sqlite3.connect(home.folder / "station.sqlite")) as database:
        database.execute("DELETE FROM event WHERE seq = ?", (last,))
        database.commit()
    assert f"event {last}" in (await one("chain", case_of(home))).found.en


async def test_a_database_older_than_the_station_is_named(home: Household) -> None:
    write_mark(home.folder, (10_000, "ab" * 32))
    finding = await one("chain", case_of(home))
    assert (finding.check, finding.level) == ("chain", "fault")
    assert "10000" in finding.found.en


async def test_a_database_older_than_what_the_broker_still_says_is_named(home: Household) -> None:
    size, head = home.head()
    for seq, hash_, level in ((size, head, "ok"), (size - 1, head, "fault"), (size + 3, "ab" * 32, "fault")):
        case = case_of(home)
        case.heard.state = said(seq, hash_)
        finding = await one("chain", case)
        assert (finding.check, finding.level) == ("chain", level)
    assert f"第 {size + 3} 条事件的状态" in finding.found.zh
    assert f"--lost-size {size + 3} --lost-head {'ab' * 32}" in finding.remedy.en


def said(seq: int, head: str) -> StationState:
    """Return what a line said when its ledger was so far."""
    counters = Counters(day="20261122", arrived=0, in_station=0, reported=0, passed_first=0, failed_first=0)
    nothing: dict[str, Any] = {"queue": {}, "bays": (), "rigs": (), "locks": (), "counters": counters}
    about: dict[str, Any] = {"station": "T1", "name": Text(zh="站", en="station"), "simulated": False, "speed": 1}
    return StationState(epoch="e", seq=seq, head=head, at="2026-11-22T00:00:00.000000Z", **about, **nothing)


async def test_a_lost_database_is_no_first_start(tmp_path: Path) -> None:
    file = prepare(tmp_path, 1.0)
    write_mark(tmp_path, (5, "ab" * 32))
    (tmp_path / "station.sqlite").unlink()
    async with examined(file, load_config(file)[0]) as case:
        finding = await one("database", case)
    assert finding.level == "fault"


async def test_a_foreign_database_is_named(tmp_path: Path) -> None:
    file = prepare(tmp_path, 1.0)
    file.write_text(file.read_text().replace('id = "demo"', 'id = "other"'))
    async with examined(file, load_config(file)[0]) as case:
        finding = await one("database", case)
    assert finding.level == "fault"
    assert "demo" in finding.found.zh
    assert "other" in finding.found.en


async def test_another_writer_of_the_database_is_named(database_url: str, tmp_path: Path) -> None:
    home = Household(database_url, tmp_path / "var")
    other = open_database(database_url)
    with other.connect() as connection:
        unlock = lock_writer(connection)
        finding = await one("database", case_of(home))
        unlock()
    other.dispose()
    assert finding.level == "fault"
    assert "两个检测站不能共用一个数据库" in finding.found.zh
    assert "PID" in finding.found.en
    assert (await one("database", case_of(home))).level == "ok"


# ---- files


async def test_missing_and_altered_evidence_are_named(home: Household) -> None:
    first, second, *_ = sorted(path for path in home.home.evidence.glob("??/*"))
    first.unlink()
    second.write_bytes(b"altered")
    found = await looked("evidence", case_of(home, whole=True))
    named = [finding.found.en for finding in found if finding.level == "fault"]
    assert named
    assert any(first.stem in text or second.stem in text for text in named)


async def test_files_that_others_may_read_are_named(home: Household) -> None:
    for path in home.folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    assert (await one("files", case_of(home))).level == "ok"
    (home.folder / "accounts.json").chmod(0o644)
    finding = await one("files", case_of(home))
    assert finding.level == "fault"
    assert "accounts.json" in finding.found.zh
    assert "chmod go= " in finding.remedy.en


async def test_a_lost_signing_key_is_named(home: Household) -> None:
    next(home.home.keys.glob("seal-*.pem")).unlink()
    finding = await one("keys", case_of(home))
    assert finding.level == "fault"
    assert home.key.id in finding.found.zh


async def test_a_key_that_others_may_read_is_named(home: Household) -> None:
    next(home.home.keys.glob("seal-*.pem")).chmod(0o644)
    finding = await one("keys", case_of(home))
    assert finding.level == "fault"
    assert "0644" in finding.found.en


async def test_too_little_space_is_named_with_both_numbers(home: Household) -> None:
    text = "min_free_mb = 1000000\n"
    finding = await one("space", case_of(home, text))
    assert finding.level == "fault"
    assert "1000000 MB" in finding.found.zh


def test_a_full_and_a_read_only_disk_are_named(tmp_path: Path) -> None:
    script, alone = Path(__file__).with_name("doctor_disk.py"), ["unshare", "--mount"]
    if os.getuid() != 0:
        alone = ["unshare", "--map-root-user", "--mount"]
    environment = {**os.environ, "PYTHONPATH": str(script.parents[3])}
    command = [*alone, sys.executable, str(script), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=50, env=environment)
    assert done.returncode == 0, done.stderr
    full, read_only = (Finding.model_validate(found) for found in json.loads(done.stdout))
    assert (full.check, full.level) == (read_only.check, read_only.level) == ("space", "fault")
    assert "磁盘已满" in full.found.zh
    assert "free some disk space" in full.remedy.en
    assert "只读" in read_only.found.zh + read_only.remedy.zh


async def test_backups_have_an_age(home: Household, tmp_path: Path) -> None:
    assert (await one("backup", case_of(home))).level == "warning"
    back_up(home.home, tmp_path / "kept", NOW)
    case = case_of(home)
    case.backups = tmp_path / "kept"
    assert (await one("backup", case)).level == "ok"
    case.now = NOW + timedelta(days=5)
    old = await one("backup", case)
    assert (old.level, "5 days" in old.found.en) == ("warning", True)
    case.backups = tmp_path / "none"
    assert (await one("backup", case)).level == "fault"


async def test_a_log_that_grows_beyond_its_bounds_is_named(home: Household) -> None:
    (home.folder / "logs").mkdir()
    with (home.folder / "logs" / "line.err").open("wb") as log:
        log.truncate(30_000_000)
    finding = await one("logs", case_of(home))
    assert (finding.level, "line.err" in finding.found.zh) == ("warning", True)


def test_bundled_files_that_are_missing_are_found(tmp_path: Path) -> None:
    from station.cli.doctor.setup_checks import shell_of

    assert shell_of(tmp_path) == ["sw.js"]
    (tmp_path / "sw.js").write_text('const SHELL = [\n  "./",\n  "./app.mjs",\n  "./vendor/mqtt.mjs",\n];\n')
    assert shell_of(tmp_path) == ["app.mjs", "vendor/mqtt.mjs"]


# ---- certificates


async def test_an_expired_certificate_is_named(tmp_path: Path) -> None:
    file = prepare(tmp_path, 1.0, lan=Lan("127.0.0.1", ("localhost",)))
    config, _ = load_config(file)
    make_certificates(config)
    async with examined(file, config) as case:
        assert (await one("certificates", case)).level == "ok"
        issue(config.keys_folder, ["localhost", "127.0.0.1"], NOW - timedelta(days=398))
        finding = await one("certificates", case)
        assert finding.level == "fault"
        assert "到期" in finding.found.zh
        assert "station run" in finding.remedy.en
        renew_authority(config.keys_folder, config.station.id, names_of_station(config), NOW - timedelta(days=4000))
        assert "station certs renew --authority" in (await one("certificates", case)).remedy.zh


# ---- rigs and printer


def rig(link: str, name: str = "gas-1") -> str:
    return f'\n[[rig]]\nid = "{name}"\nprofile = "gas-ak"\nlink = "{link}"\n'


async def test_a_wrong_serial_port_is_named_with_those_there_are(home: Household, tmp_path: Path) -> None:
    case = case_of(home, rig(f"serial://{tmp_path}/ttyUSB7?baud=9600"))
    finding = await one("serial", case)
    assert finding.level == "fault"
    assert f"串口 {tmp_path}/ttyUSB7 不存在" in finding.found.zh
    assert "station system udev" in finding.remedy.en
    (tmp_path / "ttyUSB7").write_text("no port")
    assert "no serial port" in (await one("serial", case)).found.en


async def test_a_port_that_is_there_opens_and_belongs_to_one_rig(home: Household, tmp_path: Path) -> None:
    master, slave = pty.openpty()
    link = f"serial://{os.ttyname(slave)}?baud=9600"
    case = case_of(home, rig(link))
    assert [f.level for f in await looked("serial", case)] == ["ok"]
    assert [f.level for f in await looked("rigs", case)] == ["ok"]
    shared = case_of(home, rig(link) + rig(link, "gas-2"))
    assert "gas-1 和 gas-2" in (await one("serial", shared)).found.zh
    os.close(slave)
    os.close(master)


def test_an_adapter_that_holds_bytes_back_is_named(tmp_path: Path) -> None:
    master, slave = pty.openpty()
    port = Path(os.ttyname(slave))
    shown = tmp_path / "bus" / "usb-serial" / "devices" / port.name / "latency_timer"
    shown.parent.mkdir(parents=True)
    shown.write_text("16\n")
    (finding,) = rig_checks.port_findings("gas-1", port, tmp_path)
    assert (finding.level, "16 毫秒" in finding.found.zh) == ("warning", True)
    shown.write_text("1\n")
    assert list(rig_checks.port_findings("gas-1", port, tmp_path)) == []
    os.close(slave)
    os.close(master)


async def test_a_rig_that_does_not_answer_is_named_unless_a_line_may_be_at_it(home: Household) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        link = f"tcp://127.0.0.1:{gone.getsockname()[1]}"
        assert (await one("rigs", case_of(home, rig(link)))).level == "ok"
        with home.ledger():
            untried = await one("rigs", case_of(home, rig(link)))
        assert (untried.level, link in untried.found.en) == ("warning", True)
    finding = await one("rigs", case_of(home, rig(link)))
    assert finding.level == "fault"
    assert "gas-1" in finding.found.zh


async def test_a_rig_in_no_bay_and_one_without_a_profile_are_named(home: Household) -> None:
    case = case_of(home, rig("tcp://127.0.0.1:1") + rig("tcp://127.0.0.1:1", "x").replace("gas-ak", "gas-xx"))
    found = await looked("config", case)
    assert [finding.level for finding in found] == ["fault", "warning", "warning"]
    assert "gas-xx" in found[0].found.en
    bay = '[[bay]]\nid = "b"\nlane = "b"\nstage = "brake"\nrig = "gas-1"\n'
    assert "exhaust" in (await one("config", case_of(home, rig("tcp://127.0.0.1:1") + bay))).remedy.zh


async def test_an_unplugged_printer_is_named(home: Household, eve: EvePrinter) -> None:
    case = case_of(home, f'\n[printer]\nurl = "{eve.url}"\n')
    assert (await one("printer", case)).level == "ok"
    await eve.paper(0)
    await Printer(eve.url).print_pdf("a", b"%PDF-1.4")
    async with asyncio.timeout(20):
        while (empty := await one("printer", case)).level == "ok":
            await asyncio.sleep(0.05)
    assert "A4" in empty.remedy.zh
    eve.kill()
    finding = await one("printer", case)
    assert finding.level == "fault"
    assert f":{eve.port}" in finding.found.zh
    assert "电源" in finding.remedy.zh


async def test_without_a_printer_the_folder_is_told(home: Household) -> None:
    assert "printed" in (await one("printer", case_of(home))).found.zh


# ---- the computer


@pytest.mark.parametrize(("error_us", "level"), [(1500, "ok"), (16_000_000, "warning"), (None, "warning")])
def test_the_clock(home: Household, error_us: int | None, level: str) -> None:
    (finding,) = machine_checks.clock(case_of(home), lambda: error_us)
    assert finding.level == level


async def test_the_time_zone_is_compared(home: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    for zone, level in (("Asia/Shanghai", "ok"), ("America/New_York", "warning")):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert (await one("zone", case_of(home))).level == level
    monkeypatch.undo()
    time.tzset()


async def test_a_taken_port_is_named_with_its_owner(home: Household) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        taken, owner = listener(port)
        assert (taken, owner and owner.pid) == (True, os.getpid())
        more = "\n[broker]\nmqtt_port = {}\nws_port = {}\n".format(*free_ports(2))
        finding = await one("ports", case_of(home, f"\n[office]\nport = {port}\n{more}"))
    assert finding.level == "fault"
    assert f"PID {os.getpid()}" in finding.found.zh
    assert listener(port) == (False, None)


# ---- texts


def keys_in_code() -> set[str]:
    """Return every string of the doctor's code that may be a key of its catalogue."""
    folder = Path(store_checks.__file__).parent
    trees = (ast.parse(path.read_text()) for path in folder.glob("*.py"))
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {node.value for node in nodes if isinstance(node.value, str)}


def test_every_text_is_used_and_every_bad_one_has_its_remedy() -> None:
    known = words().keys()
    used = {key for key in keys_in_code() if key in known}
    made_up = {f"title.{name}" for name, _ in CHECKS} | {f"level.{level}" for level in ("ok", "warning", "fault")}
    made_up |= {"office.database", "office.broker"}
    remedies = {key for key in known if key.removesuffix(".do") in used | made_up and key.endswith(".do")}
    assert known - used - made_up - remedies == set()
    assert made_up <= known
