"""A day of cars."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.days import day_of


@settings(max_examples=20)
@given(st.integers(0, 100_000))
def test_a_day_has_every_kind_of_car_and_six_that_fail(seed):
    cars = day_of(seed)
    assert len({car.plate for car in cars}) == 40
    stories = Counter(car.story for car in cars)
    assert stories.pop("healthy") == 34
    causes = ("imbalanced", "dim_lamp", "smoky_diesel", "dirty_exhaust", "bad_tyre", "oil_leak")
    assert stories == Counter(causes)
    kinds = [car.kind for car in cars]
    assert {(k.fuel, k.lamp_system, k.electronic_parking) for k in kinds} == {
        (fuel, lamps, switch) for fuel in "ABC" for lamps in "24" for switch in (True, False)
    }
    assert 3 <= sum(kind.old for kind in kinds) <= 10
    (absent,) = [car for car in cars if not car.comes_back]
    assert absent.story != "healthy"


def test_the_same_day_again():
    assert day_of(7) == day_of(7)
    assert day_of(7) != day_of(8)
    assert len(day_of(7, 6)) == 6
    with pytest.raises(ValueError, match="6 cars"):
        day_of(7, 5)
