"""Measured values: a number never travels without its unit."""

from decimal import Decimal
from typing import Literal

from station.model.base import Frozen

Unit = Literal[
    "N",
    "kg",
    "%",
    "% vol",
    "1e-6 vol",
    "1",
    "1/min",
    "degC",
    "km/h",
    "s",
    "mm",
    "m",
    "cd",
    "1/m",
    "m/km",
    "mm/10m",
    "m/s2",
    "kW",
    "kPa",
    "g/km",
    "g/s",
]

Quality = Literal["good", "suspect", "invalid", "missing"]
QUALITY_LETTERS: dict[str, Quality] = {"g": "good", "s": "suspect", "i": "invalid", "m": "missing"}


class Quantity(Frozen):
    """A decimal value and its unit."""

    value: Decimal
    unit: Unit
