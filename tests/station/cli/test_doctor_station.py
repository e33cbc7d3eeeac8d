"""The doctor at a station that runs: everything in order, and then one thing after the other broken."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import pytest_asyncio

from handheld.board import Board
from station.bus.accounts import read_accounts
from station.cli.demo_station import STATION, prepare
from station.cli.doctor.case import Case, examined
from station.cli.doctor.checks import diagnose
from station.cli.doctor.finding import Finding
from station.cli.doctor.process_checks import fetch_health
from station.cli.processes import start_station
from station.cli.supervise import Supervisor
from station.line.config import Config, load_config

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Running:
    """A station at work: configuration, processes, and somebody who looks at it."""

    file: Path
    config: Config
    supervisor: Supervisor
    board: Board


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """A demo's station without its simulated rigs."""
    file = prepare(tmp_path_factory.mktemp("station"), 1.0)
    config, _ = load_config(file)
    with pytest.MonkeyPatch.context() as patch:
        # The station itself looks every second: what the doctor says until then is what is looked at here.
        patch.setattr("station.bus.broker.LOOK_S", 3600.0)
        async with started(file, config) as station:
            yield station


@asynccontextmanager
async def started(file: Path, config: Config) -> AsyncIterator[Running]:
    async with Supervisor() as supervisor:
        await start_station(supervisor, file)
        account = read_accounts(config.accounts_file).account("handheld-01")
        board = Board(config.broker.url, STATION, account)
        await board.start()
        await board.await_state(lambda state: state.online, timeout_s=30)
        await _until_the_office_is_well(file, config)
        yield Running(file, config, supervisor, board)
        await board.stop()


async def _until_the_office_is_well(file: Path, config: Config) -> None:
    async with asyncio.timeout(30), examined(file, config) as case:
        while not await _is_well(case):
            await asyncio.sleep(0.05)


async def _is_well(case: Case) -> bool:
    try:
        return (await asyncio.to_thread(fetch_health, case)).broker
    except OSError:
        return False


async def seen(file: Path) -> dict[str, list[Finding]]:
    """Return what the doctor finds, by check."""
    async with examined(file, load_config(file)[0]) as case:
        found = (await diagnose(case)).findings
    return {name: [f for f in found if f.check == name] for name in {f.check for f in found}}


async def test_a_station_at_work_is_in_order(running: Running) -> None:
    found = await seen(running.file)
    for name in ("database", "chain", "keys", "files", "broker", "accounts", "rights", "line", "office", "ports"):
        assert [finding.level for finding in found[name]] == ["ok"], found[name]
    assert str(running.config.broker.mqtt_port) in found["broker"][0].found.zh


async def test_the_line_speaks_for_its_rigs_while_it_runs(running: Running) -> None:
    rigs = (await seen(running.file))["rigs"]
    assert [finding.level for finding in rigs] == ["fault"] * 4
    assert "brake-1: no answer" in rigs[0].found.en
    assert "线缆" in rigs[0].remedy.zh


async def test_the_doctor_ends_nobodys_connection(running: Running) -> None:
    await seen(running.file)
    log = (running.config.store.folder / "logs" / "line.log").read_text()
    assert log.count("broker connected") == 1
    assert "broker lost" not in log


async def test_a_second_station_on_the_same_database_is_named(running: Running, tmp_path: Path) -> None:
    other = second(running, tmp_path)
    (finding,) = (await seen(other))["database"]
    assert finding.level == "fault"
    assert f"PID {running.supervisor.pids['line']}" in finding.found.zh
    assert str(running.file) in finding.found.en


def second(running: Running, folder: Path) -> Path:
    """Return the configuration of another station folder with the first one's database."""
    file = prepare(folder / "second", 1.0)
    text, database = file.read_text(), running.config.store.folder / "station.sqlite"
    file.write_text(text.replace("[broker]", f'database = "sqlite:///{database}"\n\n[broker]', 1))
    return file


async def test_a_program_of_somebody_else_on_our_port_is_named(running: Running, tmp_path: Path) -> None:
    (finding,) = (await seen(on_the_port_of(running.config.office.port, tmp_path)))["ports"]
    assert finding.level == "fault"
    assert f"PID {running.supervisor.pids['office']}" in finding.found.en
    assert "office.port" in finding.remedy.zh


def on_the_port_of(port: int, folder: Path, name: str = STATION) -> Path:
    """Return the configuration of another station whose office has a given port."""
    file = prepare(folder / "third", 1.0)
    own = load_config(file)[0].office.port
    file.write_text(file.read_text().replace(f"port = {own}", f"port = {port}").replace(f'"{STATION}"', f'"{name}"', 1))
    assert load_config(file)[0].station.id == name
    return file


async def test_another_stations_office_on_our_port_is_not_taken_for_ours(running: Running, tmp_path: Path) -> None:
    port = running.config.office.port
    (other,) = (await seen(on_the_port_of(port, tmp_path / "a", "harbour")))["office"]
    assert other.level == "fault"
    assert f"另一个检测站 {STATION}，不是本站 harbour" in other.found.zh
    assert f"another station, {STATION}, not this one, harbour" in other.found.en
    (namesake,) = (await seen(on_the_port_of(port, tmp_path / "b")))["office"]
    assert namesake.level == "fault"
    assert "另一本台账" in namesake.found.zh
    assert "has another ledger" in namesake.found.en
    assert "[office]" in other.remedy.zh
    assert "[office]" in namesake.remedy.zh


async def test_something_else_on_the_offices_port_is_not_taken_for_an_office(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Something) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (finding,) = (await seen(on_the_port_of(server.server_port, tmp_path)))["office"]
        server.shutdown()
    assert finding.level == "fault"
    assert "不是检测站的办公服务" in finding.found.zh
    assert "no station's office" in finding.found.en


class Something(BaseHTTPRequestHandler):
    """A program that answers in JSON, and is well by its own word."""

    def do_GET(self) -> None:
        body = b'{"database": true, "broker": true}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


async def test_a_broker_whose_folder_was_deleted_is_named(running: Running) -> None:
    folder = running.config.store.folder / "broker"
    folder.rename(folder.with_name("gone"))
    try:
        (finding,) = (await seen(running.file))["broker"]
    finally:
        await asyncio.to_thread(_put_back, folder)
    assert finding.level == "fault"
    assert "文件夹已被删除" in finding.found.zh
    assert "nothing is lost" in finding.remedy.en


def _put_back(folder: Path) -> None:
    if folder.exists():
        folder.rename(folder.with_name("made-meanwhile"))
    folder.with_name("gone").rename(folder)


async def test_a_line_that_does_not_stay_up_is_named(running: Running) -> None:
    program = running.supervisor._running[-2]
    assert program.name == "line"
    await program.stop()
    try:
        found = await seen(running.file)
    finally:
        await program.start()
    assert [finding.level for finding in found["line"]] == ["fault"]
    assert "line.log" in found["line"][0].remedy.zh
    # Nobody is at the rigs now: their links are tried.
    assert "cannot open" in found["rigs"][0].found.en


async def test_json_holds_both_languages(running: Running) -> None:
    async with examined(running.file, running.config) as case:
        printed = json.loads((await diagnose(case)).model_dump_json())
    assert printed["station"] == STATION
    assert all(finding["found"]["zh"] and finding["found"]["en"] for finding in printed["findings"])
