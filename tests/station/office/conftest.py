"""Fixtures of the office's tests; the helper modules beside this file and the sample report are imported by name."""

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path += [str(HERE), str(HERE.parents[1] / "reports")]

from office_story import Story, browser, config_for  # noqa: E402  # found by the line above

from station.office.app import OfficeApp  # noqa: E402  # with its neighbours


@pytest.fixture
def story(tmp_path):
    """A ledger of a started, simulated station with one signatory who is logged in."""
    told = Story(tmp_path)
    told.begin()
    yield told
    told.close()


@pytest.fixture
def office(tmp_path, story):
    """The office over that ledger, without a broker."""
    app = OfficeApp(config_for(tmp_path))
    yield app
    app.close()


@pytest.fixture
async def web(office):
    """A browser at the office."""
    async with browser(office) as client:
        yield client
