"""The large kill drill: brakes only at a quick pace, then whole cars whose exhaust runs are long."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from station.cli.world import Plan
from tests.station.cli.kill_drill import CLIENT, EXCERPT, Drill, play

BRAKES = Plan(replay=str(EXCERPT), hurried=True, hands_off=(CLIENT,))
WHOLE_CARS = Plan(hurried=True, hands_off=(CLIENT,))


def progress(wanted: int) -> Callable[[int], None]:
    """Return what says every half a minute how far the drill is."""
    begin = said = time.monotonic()

    def on_kill(kills: int) -> None:
        nonlocal said
        if time.monotonic() - said > 30:
            said = time.monotonic()
            print(f"  {kills} of {wanted} kills after {said - begin:.0f} s", flush=True)

    return on_kill


@pytest.mark.proof
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(
    ("plan", "share", "gap_s", "patience_s"),
    [(BRAKES, 0.7, (0.1, 1.9), 90.0), (WHOLE_CARS, 0.3, (0.5, 8.0), 300.0)],
    ids=["brakes", "whole cars"],
)
async def test_kills_lose_nothing(
    tmp_path: Path,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    plan: Plan,
    share: float,
    gap_s: tuple[float, float],
    patience_s: float,
) -> None:
    kills = round(share * request.config.getoption("--kills"))
    seed = random.SystemRandom().randrange(2**32)
    with capsys.disabled():
        print(f"\nseed {seed}")
        drill = Drill(kills, seed, plan, gap_s=gap_s, patience_s=patience_s)
        tally = await play(tmp_path / "station", drill, progress(kills))
        print(tally.said(seed))
    assert tally.faults == []
    assert tally.kills >= kills
    assert tally.runs["run.voided"] > 0
    assert tally.runs["run.finished"] > 0
