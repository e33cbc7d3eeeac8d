"""The vehicle under inspection, without anything that names its owner."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from station.model.base import Frozen

Category = Literal["registration", "in_use"]
"""Inspection category (检验类别): before first registration (注册登记), or periodic (在用)."""

LightSource = Literal["1", "2", "4"]

EuCategory = Literal["M1", "M2", "M3", "N1", "N2", "N3", "O1", "O2", "O3", "O4", "L"]
"""Category of Regulation (EU) 2018/858, which the rules of EU countries and Great Britain go by."""


class Vehicle(Frozen):
    """The facts of a vehicle that select items and limits.

    Codes are those of the GA 24 series: ``vehicle_type`` GA 24.4 (``K33``), ``plate_type`` GA 24.7 (``02``),
    ``use_character`` GA 24.3 (``A``), ``fuel`` GA 24.9 (``A`` petrol, ``B`` diesel, ``C`` electric, ``O`` hybrid).
    A fact that is not known is None, never a guess.

    ``front_suspension``: of the steered axle. ``full_time_four_wheel_drive``: permanent, or engaging by itself.
    ``smoke_plate_per_m``: smoke that the maker states on the vehicle (k, 1/m). ``closed_loop_catalyst``: three-way,
    with lambda control. ``single_circuit_brakes``: one line only, so that the parking brake is the secondary brake.
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
    eu_category: EuCategory | None = None
    front_suspension: Literal["independent", "dependent"] | None = None
    steered_axles: int | None = Field(default=None, ge=1, le=4)
    full_time_four_wheel_drive: bool | None = None
    traction_control_always_on: bool | None = None
    single_circuit_brakes: bool | None = None
    high_beam_adjustable: bool | None = None
    headlamp_pattern: Literal["european", "british_american_1", "british_american_2"] | None = None
    top_speed_kmh: int | None = Field(default=None, gt=0, le=500)
    rated_power_kw: Decimal | None = Field(default=None, gt=0, le=2_000)
    turbocharged: bool | None = None
    closed_loop_catalyst: bool | None = None
    particulate_filter: bool | None = None
    smoke_plate_per_m: Decimal | None = Field(default=None, gt=0, le=10)
    accident_with_casualties: bool | None = None


class Circumstances(Frozen):
    """What decides a limit and is neither the vehicle's nor measured: how high the station lies above the sea."""

    altitude_m: int | None = Field(default=None, ge=-500, le=6_000)
