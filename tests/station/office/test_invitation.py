"""What the desk shows to whoever brings a new device."""

from dataclasses import replace

import pytest
from office_story import TOKEN, browser, config_for

from station.authority.keeper import ensure
from station.authority.names import Names
from station.office.app import OfficeApp
from station.office.settings import Reach
from tests.station.authority.chain import now

LOGIN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def reach(tmp_path):
    """Certificates of a station that is reached as ``station.lan``."""
    ensure(tmp_path / "keys", "test", Names(("station.lan", "localhost", "127.0.0.1")), now())
    return Reach("station.lan", tmp_path / "keys", 18085)


async def test_only_who_is_logged_in_sees_it(web, story):
    refused = await web.get("/pairing")
    assert refused.status_code == 401
    assert "4711" not in refused.text


async def test_addresses_code_and_fingerprint(tmp_path, story, reach):
    office = OfficeApp(replace(config_for(tmp_path), reach=reach))
    async with browser(office) as web:
        answer = await web.get("/pairing", headers=LOGIN)
    office.close()
    found = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert found["code"] == "4711"
    assert found["app_url"] == "https://station.lan:18080/app/"
    assert found["pair_url"] == "https://station.lan:18080/app/#pair=4711"
    assert found["onboarding_url"] == "http://station.lan:18085/"
    assert found["fingerprint"].count(":") == 31
    assert found["certificate"]["kind"] == "ok"
    assert found["certificate"]["sentence"]["zh"]


async def test_without_tls_there_is_nothing_to_trust(web, story):
    found = (await web.get("/pairing", headers=LOGIN)).json()
    assert found["app_url"] == "http://127.0.0.1:18080/app/"
    assert (found["onboarding_url"], found["fingerprint"], found["certificate"]) == (None, None, None)
