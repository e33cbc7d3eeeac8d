"""A station on a broker that is not ours: mosquitto, by the files that `station broker acl` makes."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from handheld.board import Board
from station.bus.accounts import make_accounts, read_accounts
from station.bus.acl import Doors
from station.cli.broker import doors_of
from station.cli.demo_result import DemoResult
from station.cli.demo_station import STATION, prepare
from station.cli.main import app
from station.cli.processes import DESKS, HANDHELDS, PEOPLE, start_station
from station.cli.supervise import Supervisor
from station.line.config import BrokerSection, Config, load_config
from tests.station.bus.mosquitto import Mosquitto


@pytest_asyncio.fixture
async def mosquitto(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    """Mosquitto with the accounts of the demo's station in ``tmp_path/station``."""
    accounts = make_accounts(tmp_path / "station" / "accounts.json", HANDHELDS, DESKS, PEOPLE)
    broker = Mosquitto(tmp_path / "mosquitto", STATION, accounts)
    await broker.start()
    yield broker
    await broker.stop()


def section(broker: Mosquitto) -> str:
    return f'external = "{broker.url}"\nexternal_ws = "{broker.ws_url}"'


ONE_CAR = """
import asyncio, pathlib, sys
from station.cli.headless import run_headless
from station.cli.stage import set_stage
from station.cli.world import Plan
stage = set_stage(pathlib.Path(sys.argv[1]), 20.0, Plan(vehicles=1, hurried=True), broker=sys.argv[2])
print(asyncio.run(run_headless(stage)).model_dump_json())
"""


@pytest.mark.timeout(200)
async def test_a_car_goes_through_a_station_on_mosquitto(mosquitto: Mosquitto, tmp_path: Path) -> None:
    command = [sys.executable, "-c", ONE_CAR, str(tmp_path / "station"), section(mosquitto)]
    done = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    printed, _ = await done.communicate()
    result = DemoResult.model_validate_json(printed)
    assert [inspection.verdict for inspection in result.inspections] == ["pass"]
    assert result.inspections[0].report
    assert result.ledger.verified
    assert not (tmp_path / "station" / "broker").exists()


async def board_of(config: Config) -> Board:
    board = Board(config.broker.url, STATION, read_accounts(config.accounts_file).account("handheld-01"))
    await board.start()
    return board


async def killed(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


async def seen_anew(config: Config) -> str:
    """Return the line's epoch as somebody sees it who was not there before."""
    board = await board_of(config)
    try:
        return (await board.await_state(lambda state: state.online, timeout_s=30)).epoch
    finally:
        await board.stop()


async def test_a_wiped_mosquitto_is_told_everything_again(mosquitto: Mosquitto, tmp_path: Path) -> None:
    file = prepare(tmp_path / "station", 1.0, broker=section(mosquitto))
    config, _ = load_config(file)
    async with Supervisor() as supervisor:
        await start_station(supervisor, file)
        assert set(supervisor.pids) == {"line", "office"}
        epoch = await seen_anew(config)
        (mosquitto.folder / "mosquitto.db").unlink(missing_ok=True)
        await killed(mosquitto.pid)
        await _gone(config)
        assert await seen_anew(config) == epoch


async def test_a_wiped_bundled_broker_is_told_everything_again(tmp_path: Path) -> None:
    file = prepare(tmp_path, 1.0)
    config, _ = load_config(file)
    async with Supervisor() as supervisor:
        await start_station(supervisor, file)
        epoch = await seen_anew(config)
        (tmp_path / "broker" / "jetstream").rename(tmp_path / "gone")
        await killed(supervisor.pids["broker"])
        await _gone(config)
        assert await seen_anew(config) == epoch


async def _gone(config: Config) -> None:
    """Wait until nobody listens any more: what is seen after that was said after that."""
    port = int(config.broker.url.rpartition(":")[2])
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                return
            writer.close()
            await asyncio.sleep(0)


def test_the_files_are_printed_or_written_for_the_owner_only(tmp_path: Path) -> None:
    file = prepare(tmp_path / "station", 1.0)
    words = ["broker", "acl", "--for", "mosquitto", "--config", str(file)]
    printed = CliRunner().invoke(app, words)
    assert printed.exit_code == 0, printed.output
    for part in ("# ---- station.acl", "user handheld-08", "# ---- station.passwords", "line:$7$101$", "listener 1883"):
        assert part in printed.output
    written = CliRunner().invoke(app, [*words, "--to", str(tmp_path / "out"), "--installed-in", "/etc/broker"])
    assert written.output.split() == [str(tmp_path / "out" / f"station.{end}") for end in ("acl", "passwords", "conf")]
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()} == {0o600}
    assert "acl_file /etc/broker/station.acl" in (tmp_path / "out" / "station.conf").read_text()
    secrets = read_accounts(tmp_path / "station" / "accounts.json").secrets.values()
    assert not [secret for secret in secrets if secret in printed.output]


@pytest.mark.parametrize(
    ("external", "ws", "doors"),
    [
        ("", "", Doors(1883, 1884)),
        ("mqtt://127.0.0.1", "ws://127.0.0.1:9001/mqtt", Doors(1883, 9001)),
        ("mqtts://broker.lan", "wss://broker.lan/mqtt", Doors(8883, 443, here=False, tls=True)),
        ("mqtt://localhost:2000", "", Doors(2000, None)),
    ],
)
def test_the_broker_listens_where_the_configuration_says(external: str, ws: str, doors: Doors) -> None:
    assert doors_of(BrokerSection(external=external, external_ws=ws)) == doors


def test_another_kind_of_broker_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["broker", "acl", "--for", "other", "--config", str(tmp_path)])
    assert done.exit_code == 2
