"""Forty mixed cars in one day, by simulated people over the real interfaces, unattended; the wire is not paced."""

import pytest

from tests.station.cli.demo_run import run_demo
from tests.station.day.day import CHECKS, Day

pytestmark = pytest.mark.timeout(600)
SPEED = 20


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    folder = tmp_path_factory.mktemp("day")
    return Day(folder, run_demo(folder, "--day", "--speed", str(SPEED), timeout_s=580.0))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_day_adds_up(day, check):
    check(day)


def test_it_was_unpaced_and_says_so(day):
    assert not day.result.paced
