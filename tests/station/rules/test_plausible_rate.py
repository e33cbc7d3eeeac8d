"""A rate that no tyre can give: the units were mixed up, and nothing is passed on it."""

from collections.abc import Callable

import pytest

from station.model.capture import Capture
from station.model.verdict import ItemVerdict, Outcome

Verdict = Callable[..., ItemVerdict]
Brakes = Callable[..., Capture]


@pytest.mark.parametrize(("newtons", "outcome"), [(9_800, "pass"), (9_801, "invalid"), (28_420, "invalid")])
def test_an_axle_that_brakes_with_more_than_twice_its_weight_was_not_measured(
    newtons: int, outcome: str, brakes: Brakes, verdict: Verdict
) -> None:
    """An axle of 1000 kg: 200 % at 9,800 N a wheel, 580 % where tens of newtons were taken for newtons."""
    found = verdict("B1", brakes("B1", [10 * newtons], [10 * newtons], load=(500, 500)))
    assert found.outcome == outcome
    assert [q.quantity for q in found.quantities][:1] == (["axle_rate"] if outcome == "pass" else ["plausible_rate"])
    if outcome == "invalid":
        assert found.reason is not None
        assert "单位可能配错" in found.reason.zh
        assert "in another unit" in found.reason.en


def test_a_loaded_axle_and_a_single_wheel_are_not_asked(brakes: Brakes, verdict: Verdict) -> None:
    run = brakes("B1", [98_010], [98_010])
    assert verdict("B1", run, vehicle_type="M15").outcome is not Outcome.INVALID
