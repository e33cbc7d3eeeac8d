"""The axle that is worked in docs/reference/rules.md."""

from collections.abc import Callable

from station.model.capture import Capture
from station.model.verdict import ItemVerdict


def test_the_worked_axle_of_the_documentation(
    brakes: Callable[..., Capture], verdict: Callable[..., ItemVerdict]
) -> None:
    left, right = [1000] * 150, [1000] * 150
    left[20], left[98], left[131] = 5000, 20_000, 34_200
    right[98], right[135] = 16_900, 33_100
    left[135], right[131] = 33_000, 33_000
    run = brakes("B1", left, right, load=(512, 498), marks={"brake": 10, "rise": 40})
    rate, imbalance = verdict("B1", run).quantities
    assert (rate.shown, rate.decided_by) == ("68.0 %", "B1 left #131 (1310 ms), right #135 (1350 ms)")
    assert str(rate.unrounded).startswith("67.99")
    assert (imbalance.shown, imbalance.decided_by) == ("9.1 %", "B1 #98 (980 ms)")
    assert str(imbalance.unrounded).startswith("9.06")
