"""The facts that conditions of a pack may test."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Protocol, TypeVar

from station.model.vehicle import Category, Circumstances, Vehicle
from station.rules.conditions import Applies, Facts, FactValue, ask
from station.rules.pack import Pack

WORD_FACTS = {
    "plate_type",
    "vehicle_type",
    "use_character",
    "lamp_system",
    "category",
    "vehicle_class",
    "axle_position",
    "eu_category",
    "front_suspension",
    "headlamp_pattern",
    "method",
}
LETTER_FACTS = {"fuel"}
"""Facts with several values at once: a vehicle with two fuels has two letters."""
FLAG_FACTS = {
    "electronic_parking_brake",
    "full_time_four_wheel_drive",
    "traction_control_always_on",
    "single_circuit_brakes",
    "high_beam_adjustable",
    "turbocharged",
    "closed_loop_catalyst",
    "particulate_filter",
    "accident_with_casualties",
    "lower_wheel_locked",
}
DATE_FACTS = {"first_registered", "produced", "inspected"}
NUMBER_FACTS = {
    "total_mass_kg",
    "curb_mass_kg",
    "persons",
    "axles",
    "rated_speed_per_min",
    "rated_power_kw",
    "top_speed_kmh",
    "steered_axles",
    "smoke_plate_per_m",
    "altitude_m",
    "mass_ratio",
    "age_years",
    "axle",
    "locked_wheels",
    "locked_share",
}
OF_AN_AXLE = {"axle", "axle_position"}
OF_A_RUN = {"method"}
OF_LOCKING = {"locked_wheels", "locked_share", "lower_wheel_locked"}
"""Wheels that locked in the runs of a quantity: how many, how many of a hundred, and whether, of the two of an axle,
the one with the lower force did."""
POSITIONS = ("front", "rear")
VEHICLE_FACTS = frozenset(Vehicle.model_fields)

_MASSES = frozenset({"total_mass_kg", "curb_mass_kg"})
_DATES = frozenset({"first_registered", "produced"})


class _Conditional(Protocol):
    @property
    def applies_if(self) -> Applies: ...

    def in_force(self, on: date | None) -> bool: ...


_Entry = TypeVar("_Entry", bound=_Conditional)


def facts_of(
    pack: Pack, vehicle: Vehicle, category: Category, on: date | None, circumstances: Circumstances | None = None
) -> Facts:
    """Return the facts of a vehicle under a pack, its class among them; ``on`` None: of every day."""
    settings = {setting.id: setting.value for setting in pack.settings if setting.in_force(on)}
    values = {
        **_vehicle_facts(vehicle),
        **_circumstances(circumstances or Circumstances()),
        "age_years": _age_years(vehicle, on),
        "category": category,
        "inspected": on,
        **settings,
    }
    # Of every day a vehicle has no age: with a date there is nothing to ask for, without one both.
    dated = vehicle.first_registered or vehicle.produced
    masses = frozenset(name for name in _MASSES if values[name] is None)
    because = {"mass_ratio": masses, "age_years": frozenset() if dated else _DATES, "inspected": frozenset[str]()}
    facts = Facts(values, because)
    entry, missing = first_in_force(pack.classes, facts, on)
    if missing:
        return facts.plus("vehicle_class", None, missing)
    return facts.plus("vehicle_class", entry.id if entry else "")


def with_axle(pack: Pack, facts: Facts, axle: int | None, on: date | None) -> Facts:
    """Return the facts with an axle's number and position, ``front`` or ``rear``.

    The position is None without an axle or a layout for it.
    """
    facts = facts.plus("axle", None if axle is None else Fraction(axle))
    entry, missing = first_in_force(pack.layouts, facts, on)
    if entry is None or axle is None:
        return facts.plus("axle_position", None, missing)
    return facts.plus("axle_position", "front" if axle in entry.front else "rear")


def _vehicle_facts(vehicle: Vehicle) -> dict[str, FactValue]:
    words: dict[str, FactValue] = {name: getattr(vehicle, name) for name in WORD_FACTS & VEHICLE_FACTS}
    plain: dict[str, FactValue] = {name: getattr(vehicle, name) for name in (FLAG_FACTS | DATE_FACTS) & VEHICLE_FACTS}
    numbers: dict[str, FactValue] = {
        name: None if (value := getattr(vehicle, name)) is None else Fraction(value)
        for name in NUMBER_FACTS & VEHICLE_FACTS
    }
    total, curb = vehicle.total_mass_kg, vehicle.curb_mass_kg
    # A total mass below the curb mass is one of two mistakes, and not a light load.
    ratio = Fraction(total, curb) if total is not None and curb is not None and total >= curb else None
    return {**words, **plain, **numbers, "fuel": tuple(vehicle.fuel), "mass_ratio": ratio}


def _circumstances(circumstances: Circumstances) -> dict[str, FactValue]:
    altitude_m = circumstances.altitude_m
    return {"altitude_m": None if altitude_m is None else Fraction(altitude_m)}


def _age_years(vehicle: Vehicle, on: date | None) -> Fraction | None:
    """Return the full years since first registration, else production; None without a date."""
    since = vehicle.first_registered or vehicle.produced
    if since is None or on is None:
        return None
    before_the_day = (on.month, on.day) < (since.month, since.day)
    return Fraction(on.year - since.year - before_the_day)


def first_in_force(entries: Iterable[_Entry], facts: Facts, on: date | None) -> tuple[_Entry | None, frozenset[str]]:
    """Return the first entry in force that applies; or, where that cannot be told, the facts that are missing."""
    for entry in entries:
        if entry.in_force(on):
            answer = ask(entry.applies_if, facts)
            if answer.holds is not False:
                return (entry, frozenset()) if answer.holds else (None, answer.missing)
    return None, frozenset()
