"""Whatever moment the power goes at, the station opens what is left, and nothing that it acknowledged is missing.

A station's writes are recorded as the kernel took them (``recorded``); for every prefix of the record the disk is put
together as a power cut could have left it (``disk``), and opened by the station's own code (``prefixes``).
"""

import random
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proof.prefix_writer import BROKEN
from tests.proof.prefixes import Count, Examiner
from tests.proof.recorded import Step, record

MEMORY = Path("/dev/shm")
"""A file system that loses everything at a power cut: just right where only the calls count, and quick."""
SCRIPT = Path(__file__).with_name("prefix_writer.py")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is such a place, or else on the disk."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)


def recorded(folder: Path, cars: int, seed: int, how: str = "sound") -> list[Step]:
    (store := folder / "store").mkdir()
    return record([str(SCRIPT), str(store), str(cars), str(seed), how], store, folder / "strace.log")


def fresh_seed() -> int:
    return random.SystemRandom().randrange(2**32)


def examined(folder: Path, steps: list[Step], seed: int, every: int) -> Count:
    """Look at one step of so many, and at all those of the key files, which are few."""
    keys = {number for number, step in enumerate(steps) if " keys/" in step.call}
    wanted = {number for number in range(len(steps)) if number % every == seed % every} | keys
    return Examiner(steps, seed, folder / "cut").look_at_all(wanted.__contains__)


def test_a_power_cut_at_some_moments_of_two_runs_loses_nothing(folder: Path) -> None:
    seed = fresh_seed()
    print(f"seed {seed}")
    steps = recorded(folder, 2, seed)
    count = examined(folder, steps, seed, every=12)
    print(f"{len(steps)} steps; {count.said()}")
    assert count.faults == []
    assert count.contents > 5
    assert count.ahead > 0


@pytest.mark.parametrize(
    ("how", "noticed"),
    [
        # The mark beside the database may notice it first.
        ("without sync", "was acknowledged; there are|the database is older than"),
        ("without folder sync", "files are .* and not there"),
    ],
)
def test_a_writer_that_does_not_wait_for_the_disk_is_noticed(folder: Path, how: str, noticed: str) -> None:
    assert how in BROKEN
    seed = fresh_seed()
    print(f"seed {seed}")
    count = examined(folder, recorded(folder, 1, seed, how), seed, every=40)
    assert [text for text in count.faults if re.search(noticed, text)], count.faults


@pytest.mark.proof
@pytest.mark.timeout(7200)
def test_a_power_cut_at_any_moment_loses_nothing(
    folder: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = request.config.getoption("--runs")
    seed = fresh_seed()
    with capsys.disabled():
        begin = time.monotonic()
        print(f"\nseed {seed}: recording {runs} runs", flush=True)
        steps = recorded(folder, runs, seed)
        synced = sum("sync " in step.call for step in steps)
        told = sum(step.said is not None for step in steps)
        print(f"{len(steps) - told} operations, {synced} of them syncs; {told} acknowledgements", flush=True)
        count = examined(folder, steps, seed, every=1)
        print(f"{count.said()}; {time.monotonic() - begin:.0f} s")
    assert count.faults == []
    assert count.cuts >= len(steps) - told
