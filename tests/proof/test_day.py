"""The day of forty cars again with every byte paced as its line's baud rate has it, ten times faster than real."""

import pytest

from tests.station.cli.demo_run import run_demo
from tests.station.day.day import CARS, CHECKS, Day

pytestmark = [pytest.mark.proof, pytest.mark.timeout(3600)]


def test_the_paced_day_adds_up(tmp_path):
    day = Day(tmp_path, run_demo(tmp_path, "--day", "--speed", "10", timeout_s=3500.0))
    assert day.result.paced
    for check in CHECKS:
        check(day)
    runs = [run for inspection in day.inspections for run in inspection.runs]
    void = [run.reason for run in runs if run.state == "voided"]
    print(f"{CARS} cars in {day.result.duration_s} s at 10 times: {len(runs)} runs, {len(void)} void ({void})")
    print(f"  {day.figures['signatures']} reports, {len(day.photos)} photos, {day.result.ledger.events} events")
