"""The vehicle under inspection, without anything that names its owner."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from station.model.base import Frozen

Category = Literal["registration", "in_use"]
"""Inspection category (检验类别): before first registration (注册登记), or periodic (在用)."""

LightSource = Literal["1", "2", "4"]


class Vehicle(Frozen):
    """The facts of a vehicle that select items and limits.

    Codes are those of the GA 24 series: ``vehicle_type`` GA 24.4 (``K33``), ``plate_type`` GA 24.7 (``02``),
    ``use_character`` GA 24.3 (``A``), ``fuel`` GA 24.9 (``A`` petrol, ``B`` diesel, ``C`` electric, ``O`` hybrid).
    A fact that is not known is None, never a guess.
    """

    plate_type: str
    vehicle_type: str
    use_character: str
    fuel: str
    first_registered: date | None = None
    produced: date | None = None
    total_mass_kg: int | None = Field(default=None, gt=0, le=100_000)
    curb_mass_kg: int | None = Field(default=None, gt=0, le=100_000)
    persons: int | None = Field(default=None, ge=1, le=200)
    axles: int = Field(default=2, ge=1, le=6)
    parking_axles: tuple[int, ...] = (2,)
    electronic_parking_brake: bool | None = None
    lamp_system: LightSource = "2"
    rated_speed_per_min: int | None = Field(default=None, gt=0, le=20_000)
    high_idle_per_min: Decimal | None = None
    make_model: str = ""
