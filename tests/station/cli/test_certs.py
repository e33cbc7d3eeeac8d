"""`station certs`, and a station that other devices reach, from its configuration on."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from handheld.board import Board
from station.authority.files import Files
from station.authority.keeper import AuthorityError, read, renew_authority
from station.bus.accounts import make_accounts
from station.bus.trust import trusting
from station.cli.demo_station import Lan, prepare
from station.cli.failure import Unusable
from station.cli.lan import app_url, invitation, make_certificates, names_of_station, onboarding_url, reach_of
from station.cli.main import app
from station.cli.stage import set_stage, start_all
from station.cli.supervise import Supervisor
from station.cli.world import Plan
from station.line.config import Config, load_config
from tests.station.authority.chain import issue
from tests.station.cli.test_errors import refused, station

HERE = Lan("127.0.0.1", ("localhost",))


def run(*words: str) -> tuple[int, str]:
    """Run a command in this process; return its exit code and what it prints."""
    done = CliRunner().invoke(app, words)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The configuration of a demo that listens for others on this computer only."""
    return prepare(tmp_path, 1.0, lan=HERE)


def config_of(file: Path) -> Config:
    return load_config(file)[0]


def test_page_and_broker_are_reached_over_tls(file: Path) -> None:
    config = config_of(file)
    authority = config.keys_folder / "station-ca.crt"
    assert config.authority_file == authority
    assert config.broker.url == f"mqtts://127.0.0.1:{config.broker.mqtt_port}?ca={authority}"
    assert config.broker.ws_url == f"wss://{{host}}:{config.broker.ws_port}/mqtt"
    assert config.office.url == f"https://127.0.0.1:{config.office.port}"
    assert onboarding_url(config) == f"http://localhost:{config.lan.onboarding_port}/"
    assert app_url(config) == f"https://localhost:{config.office.port}/app/"


def test_a_demo_for_this_computer_has_no_certificates(tmp_path: Path) -> None:
    config = config_of(prepare(tmp_path, 1.0))
    make_certificates(config)
    assert not config.keys_folder.exists()
    assert invitation(config) == ""
    assert reach_of(config) is None
    assert app_url(config) == f"http://127.0.0.1:{config.office.port}/app/"


def test_show_says_what_holds_and_where_a_phone_begins(file: Path) -> None:
    code, missing = run("certs", "show", "--config", str(file))
    assert code == 1
    assert "station-ca.crt" in missing
    config = config_of(file)
    make_certificates(config)
    code, shown = run("certs", "show", "--config", str(file))
    assert code == 0
    for words in ("127.0.0.1", "localhost", onboarding_url(config), read(config.keys_folder).fingerprint, "▀"):
        assert words in shown
    issue(config.keys_folder, ["localhost", "127.0.0.1"], datetime.now(UTC) - timedelta(days=380))
    code, soon = run("certs", "show", "--config", str(file))
    assert code == 1
    assert "station run" in soon


def test_renew_and_a_new_authority(file: Path) -> None:
    config = config_of(file)
    with pytest.raises(AuthorityError, match=r"station-ca\.crt"):
        run("certs", "renew", "--config", str(file))
    make_certificates(config)
    first = read(config.keys_folder)
    assert run("certs", "renew", "--config", str(file))[0] == 0
    second = read(config.keys_folder)
    assert second.fingerprint == first.fingerprint
    assert second.server != first.server
    assert run("certs", "renew", "--authority", "--config", str(file))[0] == 0
    assert read(config.keys_folder).fingerprint != first.fingerprint


def test_a_station_without_lan_needs_none(tmp_path: Path) -> None:
    file = prepare(tmp_path, 1.0)
    for words in ("show", "renew"):
        code, said = run("certs", words, "--config", str(file))
        assert (code, "[lan]" in said) == (0, True)
    assert not config_of(file).keys_folder.exists()


def test_name_and_listen_go_with_lan() -> None:
    with pytest.raises(Unusable, match="go with --lan"):
        run("demo", "--headless", "--name", "x")


def test_an_authority_that_has_expired_stops_the_start_with_one_sentence(file: Path) -> None:
    config = config_of(file)
    make_certificates(config)
    old = datetime.now(UTC) - timedelta(days=4000)
    _replace_authority(config, old)
    said = refused(station("run", "--config", str(file)))
    assert "station certs renew --authority" in said
    assert "expired on" in said


def _replace_authority(config: Config, at: datetime) -> None:
    renew_authority(config.keys_folder, config.station.id, names_of_station(config), at)


def test_an_expired_certificate_is_renewed_at_the_start(file: Path) -> None:
    config = config_of(file)
    make_certificates(config)
    issue(config.keys_folder, ["localhost", "127.0.0.1"], datetime.now(UTC) - timedelta(days=398))
    make_certificates(config)
    server = read(config.keys_folder).server
    assert server
    assert server.not_valid_after_utc > datetime.now(UTC) + timedelta(days=390)


def test_a_name_beyond_the_authority_stops_the_start(file: Path) -> None:
    make_certificates(config_of(file))
    file.write_text(file.read_text().replace('names = ["localhost"]', 'names = ["other.lan"]'))
    with pytest.raises(AuthorityError, match=r"other\.lan"):
        make_certificates(config_of(file))


@pytest_asyncio.fixture
async def running(tmp_path: Path) -> AsyncIterator[Config]:
    """A demo over TLS: every process, with simulated rigs and people."""
    stage = set_stage(tmp_path, 10.0, Plan(1, hurried=True), HERE)
    async with Supervisor() as supervisor:
        await start_all(supervisor, stage)
        yield stage.config


async def test_line_office_and_people_find_each_other_over_tls(running: Config) -> None:
    board = Board(running.broker.url, "demo", make_accounts(running.accounts_file).account("handheld-01"))
    await board.start()
    # Somebody logged in at the desk and took a key: from the simulated people to the line and back.
    state = await board.await_state(lambda s: bool(s.present), timeout_s=40)
    assert state.online
    async with httpx.AsyncClient(base_url=running.office.url, verify=trusting(running.authority_file)) as web:
        await _until_it_answers(web)
        found = (await web.post("/pair", json={"code": "2026"})).json()
        assert found["ws_url"] == f"wss://127.0.0.1:{running.broker.ws_port}/mqtt"
    await board.stop()
    mode = Files(running.keys_folder).authority_key.stat().st_mode & 0o777
    assert mode == 0o600


async def _until_it_answers(web: httpx.AsyncClient) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                if (await web.get("/healthz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
