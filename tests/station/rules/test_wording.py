from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.model.quantity import Unit
from station.rules.compare import rounded
from station.rules.wording import decimal, number, telling, with_unit


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        ("0.05", 1, "0.0"),
        ("0.15", 1, "0.2"),
        ("0.25", 1, "0.2"),
        ("0.35", 1, "0.4"),
        ("59.95", 1, "60.0"),
        ("59.85", 1, "59.8"),
        ("2.5", 0, "2"),
        ("3.5", 0, "4"),
        ("-0.04", 1, "0.0"),
        ("-0.15", 1, "-0.2"),
        ("-12.34", 2, "-12.34"),
        ("7", 3, "7.000"),
    ],
)
def test_rounding_is_half_to_even(value: str, decimals: int, shown: str) -> None:
    assert number(Fraction(value), decimals) == shown
    assert rounded(Fraction(value), decimals) == Fraction(shown)


@given(st.decimals(min_value=-10_000, max_value=10_000, places=6), st.integers(0, 6))
def test_rounding_agrees_with_decimal_arithmetic(value: Decimal, decimals: int) -> None:
    expected = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
    assert Decimal(number(Fraction(value), decimals)) == expected


def test_a_value_as_decimal_is_exact_or_has_28_digits() -> None:
    assert str(decimal(Fraction(60))) == "60"
    assert str(decimal(Fraction(1, 8))) == "0.125"
    assert str(decimal(Fraction(2, 3))) == "0." + "6" * 27 + "7"


def test_a_value_that_missed_is_told_from_its_limit() -> None:
    limit = [Fraction(60)]
    assert telling(Fraction("59.4"), limit, 1) == "59.4"
    assert telling(Fraction("59.96"), limit, 1) == "59.96"
    assert telling(Fraction("59.9999"), limit, 1) == "59.9999"
    assert telling(Fraction(60) - Fraction(1, 10**15), limit, 1) == "60.000000000000"


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("%", "5 %"),
        ("% vol", "5 %"),
        ("1e-6 vol", "5 ppm"),
        ("1", "5"),
        ("1/min", "5 r/min"),
        ("degC", "5 °C"),
        ("s", "5 s"),
    ],
)
def test_units_as_people_write_them(unit: Unit, shown: str) -> None:
    assert with_unit("5", unit) == shown
