"""Line, office and broker are killed at random moments of a run of cars: nothing acknowledged is lost or doubled.

Short, for every day; the thousand of them are in tests/proof/test_kill_drill.py.
"""

import random
from pathlib import Path

import pytest

from station.cli.world import Plan
from tests.station.cli.kill_drill import CLIENT, EXCERPT, Drill, play

KILLS = 9


@pytest.mark.timeout(400)
async def test_kills_at_random_moments_lose_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seed = random.SystemRandom().randrange(2**32)
    plan = Plan(replay=str(EXCERPT), hurried=True, hands_off=(CLIENT,))
    print(f"seed {seed}")
    tally = await play(tmp_path / "station", Drill(KILLS, seed, plan, gap_s=(0.0, 1.0), cars=0))
    with capsys.disabled():
        print(f"\n{tally.said(seed)}")
    assert tally.faults == []
    assert tally.kills >= KILLS
    assert tally.facts >= KILLS
    assert tally.photos[1] > 0
