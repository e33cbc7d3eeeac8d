"""The drill is no ornament: a line that is broken on purpose does not get through it.

Each fault is put into the line's process only, as it starts, by a module that Python imports at every start.
"""

import os
import random
from pathlib import Path

import pytest

from station.cli.world import Plan
from tests.station.cli.kill_drill import CLIENT, EXCERPT, Drill, play

ONLY_IN_THE_LINE = """
import sys

if sys.orig_argv[1:4] == ["-m", "station.cli.child", "line"]:
"""
FORGETS_ITS_REPLIES = """
    from dataclasses import replace
    from station.ledger.journal import Ledger

    append = Ledger.append
    Ledger.append = lambda self, entry, credential=None: append(self, replace(entry, reply=None), credential)
"""
ANSWERS_BEFORE_THE_COMMIT = """
    from contextlib import contextmanager
    from station.ledger.writer import Writer

    @contextmanager
    def lazy(self, count=[0]):
        self.connect()
        cursor = self._driver.cursor()
        if not self._driver.in_transaction:
            cursor.execute(self._begin)
        yield cursor
        count[0] += 1
        if count[0] % 8 == 0:
            self._driver.commit()

    Writer.transaction = lazy
"""
LEAVES_RUNS_OPEN = """
    from station.line.line import Line

    async def nothing(self, inspection):
        return []

    Line._broken_off = nothing
"""
PLAN = Plan(replay=str(EXCERPT), hurried=True, hands_off=(CLIENT,))


@pytest.mark.proof
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("fault", "kills", "gap_s", "victims", "noticed"),
    [
        (FORGETS_ITS_REPLIES, 10, (0.1, 1.9), ("line", "broker"), "different answers to one id"),
        (ANSWERS_BEFORE_THE_COMMIT, 5, (2.0, 4.0), ("line",), "not in the ledger"),
        (LEAVES_RUNS_OPEN, 24, (0.5, 4.0), ("line",), "ended 0 times"),
    ],
    ids=["forgets its replies", "answers before the commit", "leaves runs open"],
)
async def test_a_broken_line_is_noticed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fault: str,
    kills: int,
    gap_s: tuple[float, float],
    victims: tuple[str, ...],
    noticed: str,
) -> None:
    (tmp_path / "sitecustomize.py").write_text(ONLY_IN_THE_LINE + fault)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}")
    seed = random.SystemRandom().randrange(2**32)
    tally = await play(tmp_path / "station", Drill(kills, seed, PLAN, gap_s=gap_s, cars=0, victims=victims))
    found = [text for text in tally.faults if noticed in text]
    with capsys.disabled():
        print(f"\nseed {seed}: {tally.kills} kills, {len(tally.faults)} faults noticed, first: {found[:1]}")
    assert found, tally.faults
