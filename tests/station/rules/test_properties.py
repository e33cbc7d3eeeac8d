"""What must hold for every run, whatever the limits are."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from station.model.capture import Capture
from station.model.verdict import ItemVerdict, QuantityVerdict

Verdict = Callable[..., ItemVerdict]
Brakes = Callable[..., Capture]

force = st.integers(min_value=1, max_value=300_000)
wheel_load = st.integers(min_value=50, max_value=9000)


@st.composite
def runs(draw: st.DrawFn) -> dict[str, Any]:
    length = draw(st.integers(min_value=2, max_value=12))
    sides = [draw(st.lists(force, min_size=length, max_size=length)) for _ in range(2)]
    return {"left": sides[0], "right": sides[1], "load": (draw(wheel_load), draw(wheel_load))}


def essence(found: QuantityVerdict) -> tuple[Any, ...]:
    return found.quantity, found.unrounded, found.outcome, found.shown, found.sentence


@given(run=runs(), item=st.sampled_from(["B1", "B2"]), factor=st.integers(min_value=2, max_value=9))
def test_scaling_forces_and_loads_together_changes_nothing(
    run: dict[str, Any], item: str, factor: int, brakes: Brakes, verdict: Verdict
) -> None:
    scaled = {k: type(v)(x * factor for x in v) for k, v in run.items()}
    one, other = (verdict(item, brakes(item, **r)) for r in (run, scaled))
    assert [essence(q) for q in one.quantities] == [essence(q) for q in other.quantities]
    assert one.outcome is other.outcome


@given(run=runs(), item=st.sampled_from(["B1", "B2"]))
def test_swapping_the_sides_changes_only_the_side_that_is_named(
    run: dict[str, Any], item: str, brakes: Brakes, verdict: Verdict
) -> None:
    swapped = {"left": run["right"], "right": run["left"], "load": run["load"][::-1]}
    one, other = (verdict(item, brakes(item, **r)) for r in (run, swapped))
    assert [essence(q) for q in one.quantities] == [essence(q) for q in other.quantities]
    here, there = one.quantities[0].decided_by, other.quantities[0].decided_by
    left, right = here.removeprefix(f"{item} left ").split(", right ")
    assert there == f"{item} left {right}, right {left}"


@given(
    run=runs(),
    item=st.sampled_from(["B1", "B2"]),
    side=st.sampled_from(["left", "right"]),
    where=st.integers(min_value=0, max_value=11),
    more=st.integers(min_value=1, max_value=10_000),
)
def test_raising_a_force_never_lowers_the_rate(
    run: dict[str, Any], item: str, side: str, where: int, more: int, brakes: Brakes, verdict: Verdict
) -> None:
    raised = {**run, side: list(run[side])}
    raised[side][where % len(run[side])] += more
    before, after = (verdict(item, brakes(item, **r)).quantities[0].unrounded for r in (run, raised))
    assert before is not None
    assert after is not None
    assert after >= before


@given(front=runs(), rear=runs(), run=runs())
def test_the_whole_vehicle_lies_between_its_axles(
    front: dict[str, Any], rear: dict[str, Any], run: dict[str, Any], brakes: Brakes, verdict: Verdict
) -> None:
    captures = brakes("B1", **front), brakes("B2", **rear), brakes("B0", **run)
    one, whole, other = (float(str(verdict(i, *captures).quantities[0].unrounded)) for i in ("B1", "BV", "B2"))
    assert min(one, other) <= whole <= max(one, other)


@given(run=runs())
def test_the_same_run_is_judged_the_same_twice(run: dict[str, Any], brakes: Brakes, verdict: Verdict) -> None:
    assert verdict("B2", brakes("B2", **run)) == verdict("B2", brakes("B2", **run))


@given(run=runs(), samples=st.integers(min_value=0, max_value=5))
def test_weak_samples_at_the_end_change_no_value(
    run: dict[str, Any], samples: int, brakes: Brakes, verdict: Verdict
) -> None:
    longer = {**run, "left": run["left"] + [1] * samples, "right": run["right"] + [1] * samples}
    one, other = (verdict("B1", brakes("B1", **r)) for r in (run, longer))
    assert [essence(q) for q in one.quantities] == [essence(q) for q in other.quantities]
