"""All 300 rows of real readings over the wire, and every one compared with what the line measured."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.replay import read_rows
from station.cli.demo_result import DemoResult
from tests.station.cli.kill_drill import EXCERPT
from tests.station.cli.replay_check import compare

SPEED = "20"


@pytest.mark.proof
@pytest.mark.timeout(7200)
def test_every_row_comes_out_as_it_went_in(
    tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = list(read_rows(EXCERPT, request.config.getoption("--rows")))
    command = [sys.executable, "-m", "station.cli.main", "demo", "--headless", "--json", "--folder", str(tmp_path)]
    command += ["--replay", str(EXCERPT), "--limit", str(len(rows)), "--speed", SPEED]
    begin = time.monotonic()
    with capsys.disabled():
        print(f"\nreplay of {len(rows)} rows at speed {SPEED}; the demo says how far it is")
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
        result = DemoResult.model_validate_json(done.stdout)
        found = compare(rows, result)
        runs = [run for inspection in result.inspections for run in inspection.runs]
        print(
            f"{len(rows)} rows in {time.monotonic() - begin:.0f} s: {found.complete} complete, "
            f"{found.within_one_point} of them within one point of the reported efficiency, "
            f"{len(found.wrong_forces)} wrong forces, {len(found.wrong_masses)} wrong masses, "
            f"{len(found.incomplete_not_invalid)} incomplete axles not invalid, {len(found.lost_rows)} rows lost; "
            f"{sum(run.samples for run in runs)} samples, {sum(run.state == 'voided' for run in runs)} runs void, "
            f"{result.ledger.events} events, verified {result.ledger.verified}"
        )
    assert found.wrong_forces == found.wrong_masses == found.incomplete_not_invalid == found.lost_rows == []
    assert found.within_one_point >= 0.995 * found.complete
    assert result.ledger.verified
