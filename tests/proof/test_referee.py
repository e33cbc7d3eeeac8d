"""A million random cases of each pack, judged by the engine and by the referee (docs/reference/referee.md)."""

import random
import time

import pytest

from tests.referee.compare import many, summary
from tests.referee.subjects import SUBJECTS

pytestmark = [pytest.mark.proof, pytest.mark.timeout(6 * 3600)]


@pytest.mark.parametrize("pack", SUBJECTS)
def test_engine_and_referee_agree(pack: str, pytestconfig: pytest.Config) -> None:
    count = pytestconfig.getoption("--cases")
    seed = pytestconfig.getoption("--seed") or random.SystemRandom().randrange(2**32)
    begun = time.monotonic()
    tally = many(pack, seed, count)
    print(summary(pack, seed, tally, time.monotonic() - begun))
    assert sum(tally.cases.values()) == count
    assert not tally.different
