"""Line, office and broker are killed at 50 random moments of a run of cars: nothing acknowledged is lost or doubled."""

import random
from pathlib import Path

import pytest

from station.cli.world import Plan
from tests.station.cli.kill_drill import CLIENT, EXCERPT, Drill, play

KILLS = 50


@pytest.mark.timeout(400)
async def test_kills_at_random_moments_lose_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seed = random.SystemRandom().randrange(2**32)
    plan = Plan(replay=str(EXCERPT), hurried=True, hands_off=(CLIENT,))
    print(f"seed {seed}")
    tally = await play(tmp_path / "station", Drill(KILLS, seed, plan))
    with capsys.disabled():
        print(f"\n{tally.said(seed)}")
    assert tally.faults == []
    assert tally.kills >= KILLS
    assert tally.facts >= KILLS
    assert tally.runs["run.voided"] > 0
