"""The doctor at a broker that is not ours: what it lets in, and whether it keeps everybody to his own topics."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from station.bus.accounts import make_accounts
from station.bus.acl import ACL, PASSWORDS, mosquitto_passwords
from station.cli.demo_station import STATION, prepare
from station.cli.doctor.case import examined
from station.cli.doctor.checks import CHECKS, made
from station.cli.doctor.finding import Finding
from station.cli.processes import DESKS, HANDHELDS, PEOPLE
from station.line.config import load_config
from tests.station.bus.mosquitto import Mosquitto


@pytest_asyncio.fixture
async def mosquitto(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    """Mosquitto with the accounts and rights of a station, not started."""
    accounts = make_accounts(tmp_path / "station" / "accounts.json", HANDHELDS, DESKS, PEOPLE)
    broker = Mosquitto(tmp_path / "mosquitto", STATION, accounts)
    yield broker
    await broker.stop()


async def seen(broker: Mosquitto, name: str, section: str = "") -> list[Finding]:
    """Return what one check finds at a station that uses the broker."""
    section = section or f'external = "{broker.url}"\nexternal_ws = "{broker.ws_url}"'
    file = prepare(broker.folder.parent / "station", 1.0, broker=section)
    async with examined(file, load_config(file)[0]) as case:
        return await made(name, dict(CHECKS)[name], case)


async def test_a_broker_with_our_files_is_in_order(mosquitto: Mosquitto) -> None:
    await mosquitto.start()
    for name in ("broker", "accounts", "rights"):
        (finding,) = await seen(mosquitto, name)
        assert finding.level == "ok", finding
    (finding,) = await seen(mosquitto, "broker")
    assert mosquitto.url in finding.found.zh
    assert "总部" in finding.found.zh


def loosen(broker: Mosquitto, right: str) -> None:
    """Give every account one right beside its own."""
    path = broker.folder / ACL
    text = path.read_text()
    path.write_text(text.replace("\ntopic write", f"\n{right}topic write"))


async def test_a_broker_that_lets_anybody_speak_for_the_line_is_named(mosquitto: Mosquitto) -> None:
    loosen(mosquitto, "topic write #\n")
    await mosquitto.start()
    (finding,) = await seen(mosquitto, "rights")
    assert finding.level == "fault"
    assert f"station/{STATION}/client/probe/reply" in finding.found.zh
    assert "station broker acl" in finding.remedy.en


async def test_a_broker_that_lets_anybody_listen_is_named(mosquitto: Mosquitto) -> None:
    loosen(mosquitto, "topic read #\n")
    await mosquitto.start()
    (finding,) = await seen(mosquitto, "rights")
    assert finding.level == "fault"
    assert f"station/{STATION}/client/+/presence" in finding.found.en


async def test_accounts_that_it_does_not_let_in_are_named(mosquitto: Mosquitto) -> None:
    known = mosquitto.accounts.secrets
    other = {name: secret if name in ("probe", "line") else "another" for name, secret in known.items()}
    strange = type(mosquitto.accounts)(mosquitto.accounts.path, other)
    (mosquitto.folder / PASSWORDS).write_text(mosquitto_passwords(strange))
    await mosquitto.start()
    (finding,) = await seen(mosquitto, "accounts")
    assert finding.level == "fault"
    assert f" {len(known) - 2} " in finding.found.en
    assert "desk-1" in finding.found.zh


async def test_a_broker_with_the_accounts_of_another_station_is_named(mosquitto: Mosquitto) -> None:
    await mosquitto.start()
    mosquitto.accounts.path.unlink()
    make_accounts(mosquitto.accounts.path, HANDHELDS, DESKS, PEOPLE)
    (finding,) = await seen(mosquitto, "broker")
    assert finding.level == "fault"
    assert "probe" in finding.found.zh
    assert "station broker acl" in finding.remedy.zh


async def test_a_broker_that_is_away_is_named(mosquitto: Mosquitto) -> None:
    (finding,) = await seen(mosquitto, "broker")
    assert finding.level == "fault"
    assert mosquitto.url in finding.found.zh
    assert await seen(mosquitto, "accounts") == []


async def test_doubtful_addresses_are_named(mosquitto: Mosquitto) -> None:
    found = await seen(mosquitto, "broker", 'external = "mqtt://broker.invalid:1883"')
    assert [finding.level for finding in found] == ["fault", "warning", "warning"]
    assert "mqtts://" in found[1].remedy.zh
    assert "external_ws" in found[2].found.en


async def test_accounts_that_the_file_lacks_or_that_cannot_be_read_are_named(mosquitto: Mosquitto) -> None:
    path = mosquitto.accounts.path
    path.unlink()
    make_accounts(path, 1, 1)
    assert "handheld-02" in (await seen(mosquitto, "accounts"))[0].found.zh
    path.write_text("{")
    (finding,) = await seen(mosquitto, "accounts")
    assert finding.level == "fault"
    assert "accounts.json" in finding.found.zh
