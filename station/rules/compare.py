"""What is compared with a limit: the value as computed, or rounded in one of the ways that rules ask for."""

from fractions import Fraction
from math import ceil, floor

from station.rules.schema import Compare


def rounded(value: Fraction, decimals: int, ties: str = "even") -> Fraction:
    """Return a value rounded: a half to the even neighbour (GB/T 8170, 数值修约规则), or away from zero."""
    units = value * 10**decimals
    if ties == "away" and units.denominator == 2:
        return Fraction(ceil(units) if units > 0 else floor(units), 10**decimals)
    return Fraction(round(units), 10**decimals)


def compared(value: Fraction, compare: Compare, decimals: int) -> Fraction:
    """Return what is compared of a value that is shown with so many decimals."""
    if compare.first_rounded is not None:
        value = rounded(value, compare.first_rounded, compare.ties)
    digits = digits_of(compare, decimals)
    if compare.mode == "floor":
        return Fraction(floor(value * 10**digits), 10**digits)
    if compare.mode == "ceil":
        return Fraction(ceil(value * 10**digits), 10**digits)
    return rounded(value, digits, compare.ties) if compare.mode == "rounded" else value


def digits_of(compare: Compare, decimals: int) -> int:
    """Return with how many decimals a value is rounded."""
    return decimals if compare.digits is None else compare.digits


def otherwise(compare: Compare) -> Compare:
    """Return the way that is not in use: rounded as shown beside unrounded, unrounded beside all others."""
    return Compare(mode="rounded" if compare.mode == "unrounded" else "unrounded")
