"""Units that people and rigs use beside those of the model, and what they are in them."""

from decimal import Decimal
from typing import get_args

from station.model.quantity import Quantity, Unit
from station.model.text import SaidValueError, Text

UNITS: tuple[Unit, ...] = get_args(Unit)

FACTORS: dict[str, tuple[Unit, Decimal]] = {
    "daN": ("N", Decimal(10)),
    "10 N": ("N", Decimal(10)),
    "kN": ("N", Decimal(1000)),
    "kgf": ("N", Decimal("9.80665")),
    "t": ("kg", Decimal(1000)),
    "g": ("kg", Decimal("0.001")),
    "ppm": ("1e-6 vol", Decimal(1)),
    "kcd": ("cd", Decimal(1000)),
    "cm": ("mm", Decimal(10)),
    "km": ("m", Decimal(1000)),
    "mg/s": ("g/s", Decimal("0.001")),
    "ms": ("s", Decimal("0.001")),
    "r/min": ("1/min", Decimal(1)),
}
"""Unit to the model's unit and how many of those it is; a kilogram-force is 9.80665 N by definition."""


class UnitError(SaidValueError):
    """A unit that nobody here knows, or none at all."""


def in_model_units(value: Decimal, unit: str) -> Quantity:
    """Return a value in the model's unit for it.

    Raises:
        UnitError: there is no such unit; a value never counts as one of an unsaid unit.
    """
    to, factor = factor_of(unit)
    return Quantity(value=value * factor, unit=to)


def factor_of(unit: str) -> tuple[Unit, Decimal]:
    """Return the model's unit for a unit, and how many of those it is.

    Raises:
        UnitError: there is no such unit.
    """
    if unit in FACTORS:
        return FACTORS[unit]
    known = next((u for u in UNITS if u == unit), None)
    if known is None:
        names = ", ".join((*UNITS, *FACTORS))
        zh, en = f"没有单位“{unit}”；可用的单位：{names}", f"no unit {unit!r}; expected one of {names}"
        raise UnitError(Text(zh=zh, en=en))
    return known, Decimal(1)
