"""The registration form as values: what is typed, what is wrong with it, and what it means."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from station.bus.messages import InspectionRegister, Owner
from station.desk.words import text
from station.model.identity import PLATE_TYPES, IdentityError, Plate, parse_plate, parse_vin
from station.model.text import Text
from station.model.vehicle import Vehicle

CHOICES: dict[str, tuple[str, ...]] = {
    "category": ("in_use", "registration"),
    "vehicle_type": ("K33", "K31", "K32", "K43", "K41", "K21", "K11", "H31", "H21", "H11"),
    "use_character": ("A", "D", "T", "G", "F", "N"),
    "fuel": ("A", "B", "C", "O", "E"),
    "lamp_system": ("2", "4", "1"),
    "electronic_parking_brake": ("no", "yes", "unknown"),
    "front_suspension": ("unknown", "independent", "dependent"),
    "full_time_four_wheel_drive": ("unknown", "no", "yes"),
    "traction_control_always_on": ("unknown", "no", "yes"),
    "high_beam_adjustable": ("unknown", "no", "yes"),
    "turbocharged": ("unknown", "no", "yes"),
    "closed_loop_catalyst": ("unknown", "no", "yes"),
    "particulate_filter": ("unknown", "no", "yes"),
    "accident_with_casualties": ("unknown", "no", "yes"),
}
"""Fields with a closed list of codes (GA 24.3, 24.4, 24.9 and ours); their words stand in the catalogue."""

NUMBERS: dict[str, tuple[int, int]] = {
    "persons": (1, 200),
    "total_mass_kg": (1, 100_000),
    "curb_mass_kg": (1, 100_000),
    "axles": (1, 6),
    "rated_speed_per_min": (1, 20_000),
    "rated_power_kw": (1, 2_000),
    "top_speed_kmh": (1, 500),
    "steered_axles": (1, 4),
}
"""Fields with a whole number, and its range."""

DATES: tuple[str, ...] = ("first_registered", "produced")

KNOWN_OR_NOT: tuple[str, ...] = tuple(field for field, codes in CHOICES.items() if "unknown" in codes)
_KNOWN: dict[str, bool | None] = {"yes": True, "no": False, "unknown": None}

DEFAULTS: dict[str, str] = {
    "persons": "5",
    "total_mass_kg": "1850",
    "curb_mass_kg": "1400",
    "axles": "2",
} | {field: codes[0] for field, codes in CHOICES.items()}
"""A small petrol car in private use, as most are: to be corrected from the vehicle's licence (行驶证)."""

LAYOUT: tuple[str, ...] = (
    "category",
    "vehicle_type",
    "use_character",
    "fuel",
    "first_registered",
    "persons",
    "total_mass_kg",
    "curb_mass_kg",
    "axles",
    "lamp_system",
    "electronic_parking_brake",
    "owner_name",
    "owner_phone",
)
"""The fields below plate and VIN, two in a row."""

ASKED: tuple[str, ...] = (
    "parking_axles",
    "produced",
    "front_suspension",
    "steered_axles",
    "full_time_four_wheel_drive",
    "traction_control_always_on",
    "high_beam_adjustable",
    "top_speed_kmh",
    "rated_speed_per_min",
    "rated_power_kw",
    "turbocharged",
    "closed_loop_catalyst",
    "particulate_filter",
    "accident_with_casualties",
)
"""Fields that come up only where the line needs them for the vehicle at hand."""

Values = Mapping[str, str]

_AXLE = re.compile(r"[1-6]")
_AXLES = re.compile(r"[1-6](?:[ ,，、]*[1-6])*")


@dataclass(frozen=True)
class Remark:
    """What is to say under a field; a warning does not keep the form back."""

    text: Text
    error: bool = True


def check(field: str, value: str, today: date) -> Remark | None:
    """Return what is to say about what stands in a field, None if nothing."""
    if field in NUMBERS:
        return _check_number(value, *NUMBERS[field])
    checker = _CHECKS.get(field)
    return checker(value, today) if checker else None


def check_all(values: Values, today: date) -> dict[str, Remark]:
    """Return what is to say about each field of the form."""
    found = {field: check(field, value, today) for field, value in values.items()}
    total, curb = values.get("total_mass_kg", ""), values.get("curb_mass_kg", "")
    if total.isdigit() and curb.isdigit() and int(curb) > int(total):
        found["curb_mass_kg"] = Remark(text("register.curb_above_total"))
    return {field: remark for field, remark in found.items() if remark}


def command(serial: str, values: Values) -> InspectionRegister:
    """Return the command that registers what was typed; the values must have passed ``check_all``."""
    plate, owner = parse_plate(values["plate"]), Owner(name=values["owner_name"], phone=values["owner_phone"])
    return InspectionRegister.model_validate(
        {
            "serial": serial,
            "plate": plate.number,
            "vin": parse_vin(values["vin"]).number,
            "vehicle": vehicle(plate, values),
            "category": values["category"],
            "owner": owner if owner.name or owner.phone else None,
        }
    )


def vehicle(plate: Plate, values: Values) -> Vehicle:
    """Return the vehicle that was typed; an empty field is a fact that is not known."""
    return Vehicle.model_validate(
        {
            "plate_type": plate_type(plate, values["vehicle_type"]),
            "vehicle_type": values["vehicle_type"],
            "use_character": values["use_character"],
            "fuel": values["fuel"],
            "lamp_system": values["lamp_system"],
        }
        | {field: _date(values[field]) for field in DATES if field in values}
        | {field: _KNOWN.get(values[field], values[field]) for field in KNOWN_OR_NOT if field in values}
        | {field: int(values[field]) for field in NUMBERS if values.get(field)}
        | ({"parking_axles": _axles(values["parking_axles"])} if values.get("parking_axles") else {})
    )


def plate_type(plate: Plate, vehicle_type: str) -> str:
    """Return the plate type (号牌种类, GA 24.7) that goes with a plate's form and a vehicle type."""
    special, motorcycle = PLATE_TYPES.get(plate.kind), vehicle_type.startswith("M")
    if special:
        return special[-1 if motorcycle else 0]
    if motorcycle:
        return "07"
    # An ordinary plate is yellow (01) on large and medium vehicles, blue (02) on small ones.
    return "01" if vehicle_type[1] in "12" else "02"


def _check_plate(value: str, today: date) -> Remark | None:
    try:
        parse_plate(value)
    except IdentityError as error:
        return Remark(error.text)
    return None


def _check_vin(value: str, today: date) -> Remark | None:
    try:
        warning = parse_vin(value).warning
    except IdentityError as error:
        return Remark(error.text)
    return Remark(warning, error=False) if warning else None


def _check_date(value: str, today: date) -> Remark | None:
    if not value.strip():
        return Remark(text("register.date_unknown"), error=False)
    try:
        found = _date(value)
    except ValueError:
        return Remark(text("register.date_form"))
    return Remark(text("register.date_future")) if found and found > today else None


def _check_number(value: str, low: int, high: int) -> Remark | None:
    if not value:
        return Remark(text("register.number_unknown"), error=False)
    if value.isdigit() and low <= int(value) <= high:
        return None
    return Remark(text("register.number_form", low=low, high=high))


def _check_axles(value: str, today: date) -> Remark | None:
    return None if not value or _AXLES.fullmatch(value) else Remark(text("register.axles_form"))


def _axles(value: str) -> tuple[int, ...]:
    return tuple(sorted({int(axle) for axle in _AXLE.findall(value)}))


def _date(value: str) -> date | None:
    return date.fromisoformat(value.strip()) if value.strip() else None


_CHECKS: dict[str, Callable[[str, date], Remark | None]] = {
    "plate": _check_plate,
    "vin": _check_vin,
    "parking_axles": _check_axles,
    **dict.fromkeys(DATES, _check_date),
}
