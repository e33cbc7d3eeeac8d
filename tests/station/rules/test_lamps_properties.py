"""What must hold of headlamps and single values whatever was measured."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.model.capture import Capture
from station.model.verdict import ItemVerdict, Outcome

Verdict = Callable[..., ItemVerdict]
Lamps = Callable[..., Capture]

LAMPS = ("H1", "H2", "H3", "H4")
MIRROR = {"H1": "H4", "H2": "H3", "H3": "H2", "H4": "H1"}
OPTIONAL = "cn-gb7258-optional-2017"
CARS: dict[str, Any] = {"plate_type": "02", "vehicle_type": "K33", "use_character": "A", "fuel": "A"}

# Around the limits of four lamps in use, and below the limit of their sum.
light = st.integers(8_000, 20_000) | st.integers(0, 100_000)
four = st.tuples(light, light, light, light)
offset = st.decimals(-600, 600, places=3)


def outcomes(lights: tuple[int, ...], lamps: Lamps, verdict: Verdict) -> dict[str, Outcome]:
    run = lamps(**dict(zip(LAMPS, lights, strict=True)))
    return {item: verdict(item, run, lamp_system="4").outcome for item in LAMPS}


@given(lights=four)
def test_with_sides_swapped_the_verdicts_are(lights: tuple[int, ...], lamps: Lamps, verdict: Verdict) -> None:
    there, mirrored = outcomes(lights, lamps, verdict), outcomes(lights[::-1], lamps, verdict)
    assert there == {MIRROR[item]: outcome for item, outcome in mirrored.items()}


@given(lights=four, which=st.integers(0, 3), more=st.integers(0, 7_500))
def test_more_light_fails_no_lamp(
    lights: tuple[int, ...], which: int, more: int, lamps: Lamps, verdict: Verdict
) -> None:
    brighter = tuple(cd + more * (number == which) for number, cd in enumerate(lights))
    before, after = outcomes(lights, lamps, verdict), outcomes(brighter, lamps, verdict)
    assert {item for item, o in before.items() if o == "pass"} <= {item for item, o in after.items() if o == "pass"}


@given(slip=st.decimals(-12, 12, places=3), other=st.none() | st.decimals(-12, 12, places=3))
def test_side_slip_knows_no_direction(slip: Decimal, other: Decimal | None, case_verdict: Verdict) -> None:
    def judged(sign: int) -> tuple[Outcome, Decimal | None]:
        slips = {"slip_axle_1": slip * sign, "slip_axle_2": None if other is None else other * sign}
        values = {name: {"unit": "m/km", "value": value} for name, value in slips.items()}
        case = {"v": 1, "on": "2026-11-22", "vehicle": {**CARS, "front_suspension": "dependent"}}
        found = case_verdict("cn-gb38900-2020", "A1", {**case, "items": {"A1": {"values": values}}})
        return found.outcome, found.quantities[0].value

    (outcome, value), (mirrored, negated) = judged(1), judged(-1)
    assert (outcome, value) == (mirrored, -negated if negated else negated)
    assert outcome == ("pass" if max(abs(slip), abs(other or Decimal(0))) <= 5 else "fail")


@given(down=offset, height=st.integers(1, 3000), times=st.integers(1, 9))
@pytest.mark.parametrize("item", ["H2", "H3"])
def test_a_drop_is_a_share_of_the_height_at_any_size(
    item: str, down: Decimal, height: int, times: int, case_verdict: Verdict
) -> None:
    def share(size: int) -> Decimal | None:
        read = {"height": ("mm", height * size), "high_dy": ("mm/10m", down * size), "high_dx": ("mm/10m", 0)}
        values = {f"{item}_{name}": {"unit": unit, "value": value} for name, (unit, value) in read.items()}
        car = {**CARS, "lamp_system": "4", "high_beam_adjustable": True}
        case = {"v": 1, "on": "2026-11-22", "vehicle": car, "items": {item: {"values": values}}}
        verdict = case_verdict(OPTIONAL, item, case)
        return next(q.value for q in verdict.quantities if q.quantity == "high_beam_drop")

    assert share(times) == share(1)
