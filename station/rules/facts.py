"""The facts that conditions of a pack may test."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Protocol, TypeVar

from station.model.vehicle import Category, Vehicle
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
}
LETTER_FACTS = {"fuel"}
"""Facts with several values at once: a vehicle with two fuels has two letters."""
FLAG_FACTS = {"electronic_parking_brake"}
NUMBER_FACTS = {
    "total_mass_kg",
    "curb_mass_kg",
    "persons",
    "axles",
    "rated_speed_per_min",
    "mass_ratio",
    "age_years",
    "locked_wheels",
}
POSITIONS = ("front", "rear")
VEHICLE_FACTS = frozenset(Vehicle.model_fields)

_MASSES = frozenset({"total_mass_kg", "curb_mass_kg"})
_DATES = frozenset({"first_registered", "produced"})


class _Conditional(Protocol):
    @property
    def applies_if(self) -> Applies: ...

    def in_force(self, on: date | None) -> bool: ...


_Entry = TypeVar("_Entry", bound=_Conditional)


def facts_of(pack: Pack, vehicle: Vehicle, category: Category, on: date | None) -> Facts:
    """Return the facts of a vehicle under a pack, its class among them; ``on`` None: of every day."""
    settings = {setting.id: setting.value for setting in pack.settings if setting.in_force(on)}
    values = {**_vehicle_facts(vehicle), "age_years": _age_years(vehicle, on), "category": category, **settings}
    # Of every day a vehicle has no age: with a date there is nothing to ask for, without one both.
    dated = vehicle.first_registered or vehicle.produced
    facts = Facts(values, {"mass_ratio": _MASSES, "age_years": frozenset() if dated else _DATES})
    entry, missing = _first(pack.classes, facts, on)
    if missing:
        return facts.plus("vehicle_class", None, missing)
    return facts.plus("vehicle_class", entry.id if entry else "")


def with_axle(pack: Pack, facts: Facts, axle: int | None, on: date) -> Facts:
    """Return the facts with the position of an axle, ``front`` or ``rear``; None without an axle or a layout for it."""
    entry, missing = _first(pack.layouts, facts, on)
    if entry is None or axle is None:
        return facts.plus("axle_position", None, missing)
    return facts.plus("axle_position", "front" if axle in entry.front else "rear")


def _vehicle_facts(vehicle: Vehicle) -> dict[str, FactValue]:
    words: dict[str, FactValue] = {name: getattr(vehicle, name) for name in WORD_FACTS & VEHICLE_FACTS}
    flags: dict[str, FactValue] = {name: getattr(vehicle, name) for name in FLAG_FACTS}
    numbers: dict[str, FactValue] = {
        name: None if (value := getattr(vehicle, name)) is None else Fraction(value)
        for name in NUMBER_FACTS & VEHICLE_FACTS
    }
    total, curb = vehicle.total_mass_kg, vehicle.curb_mass_kg
    ratio = Fraction(total, curb) if total is not None and curb is not None else None
    return {**words, **flags, **numbers, "fuel": tuple(vehicle.fuel), "mass_ratio": ratio}


def _age_years(vehicle: Vehicle, on: date | None) -> Fraction | None:
    """Return the full years since first registration, else production; None without a date."""
    since = vehicle.first_registered or vehicle.produced
    if since is None or on is None:
        return None
    before_the_day = (on.month, on.day) < (since.month, since.day)
    return Fraction(on.year - since.year - before_the_day)


def _first(entries: Iterable[_Entry], facts: Facts, on: date | None) -> tuple[_Entry | None, frozenset[str]]:
    """Return the first entry that applies; or, where that cannot be told, the facts that are missing."""
    for entry in entries:
        if entry.in_force(on):
            answer = ask(entry.applies_if, facts)
            if answer.holds is not False:
                return (entry, frozenset()) if answer.holds else (None, answer.missing)
    return None, frozenset()
