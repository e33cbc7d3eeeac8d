"""The large kill drill: brakes, lamps and check-lists at a quick pace, then whole cars whose exhaust runs are long."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from station.cli.world import Plan
from tests.station.cli.kill_drill import CLIENT, EXCERPT, Drill, play

SHORT_RUNS = Plan(replay=str(EXCERPT), hurried=True, hands_off=(CLIENT,))
# More cars than can get through while everything is killed, so that some are always under way.
WHOLE_CARS = Plan(day=True, vehicles=200, at_most=8, hurried=True, hands_off=(CLIENT,))


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
    ("plan", "share", "gap_s"),
    [(SHORT_RUNS, 0.7, (0.0, 2.0)), (WHOLE_CARS, 0.3, (0.0, 6.0))],
    ids=["short runs", "whole cars"],
)
async def test_kills_lose_nothing(
    tmp_path: Path,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    plan: Plan,
    share: float,
    gap_s: tuple[float, float],
) -> None:
    kills = round(share * request.config.getoption("--kills"))
    seed = random.SystemRandom().randrange(2**32)
    with capsys.disabled():
        print(f"\nseed {seed}")
        drill = Drill(kills, seed, plan, gap_s=gap_s, patience_s=300.0)
        tally = await play(tmp_path / "station", drill, progress(kills))
        print(tally.said(seed))
    assert tally.faults == []
    assert tally.kills >= kills
    assert tally.runs["run.voided"] > 0
    assert tally.runs["run.finished"] > 0
    assert tally.photos[1] > 0
    assert tally.prints["printed"] > 0
