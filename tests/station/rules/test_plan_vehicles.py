"""What vehicles of every kind need, before registration and in use: table 1 as far as it is known."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from station.model.vehicle import Vehicle
from station.rules import Pack, plan

TODAY = date(2026, 11, 22)


class Row(NamedTuple):
    name: str
    facts: dict[str, Any]
    in_use: str
    registration: str = ""
    """Empty: as in use."""
    settings: Mapping[str, str] = MappingProxyType({})


def known(**facts: Any) -> Vehicle:
    """A vehicle of which everything is known that could matter; dependent suspension, on one steered axle."""
    told: dict[str, Any] = {
        "plate_type": "02",
        "use_character": "A",
        "fuel": "A",
        "first_registered": date(2020, 6, 30),
        "produced": date(2020, 5, 1),
        "electronic_parking_brake": False,
        "front_suspension": "dependent",
        "steered_axles": 1,
        "full_time_four_wheel_drive": False,
        "traction_control_always_on": False,
    }
    return Vehicle(**{**told, **facts})


CAR = {
    "vehicle_type": "K33",
    "persons": 5,
    "total_mass_kg": 1800,
    "curb_mass_kg": 1300,
    "front_suspension": "independent",
}
BUS = {
    "vehicle_type": "K11",
    "use_character": "B",
    "persons": 45,
    "total_mass_kg": 18_000,
    "curb_mass_kg": 12_000,
    "fuel": "B",
}
LORRY = {
    "vehicle_type": "H11",
    "use_character": "F",
    "persons": 2,
    "total_mass_kg": 25_000,
    "curb_mass_kg": 9000,
    "fuel": "B",
}
LIGHT = {**LORRY, "vehicle_type": "H31", "total_mass_kg": 3490, "curb_mass_kg": 2100}
SPECIAL = {**LORRY, "vehicle_type": "Z11", "total_mass_kg": 30_000, "curb_mass_kg": 29_000}
TRAILER = {
    "vehicle_type": "B11",
    "use_character": "F",
    "fuel": "Y",
    "total_mass_kg": 39_000,
    "curb_mass_kg": 6500,
    "plate_type": "15",
}
MOTORCYCLE = {
    "vehicle_type": "M21",
    "lamp_system": "1",
    "total_mass_kg": 300,
    "curb_mass_kg": 150,
    "front_suspension": "independent",
}
ROAD = {"four_wheel_drive_brakes": "road"}

# The plan in use, then the plan before registration where it is another one.
VEHICLES = [
    Row("car", CAR, "UC F1 B1 B2 B0 BV H1 H4 PF"),
    Row(
        "car, electronic parking brake",
        {**CAR, "electronic_parking_brake": True},
        "UC F1 B1 B2 BV H1 H4 PF",
    ),
    Row("car, four lamps", {**CAR, "lamp_system": "4"}, "UC F1 B1 B2 B0 BV H1 H2 H3 H4 PF"),
    Row("car, ten years", {**CAR, "first_registered": date(2016, 11, 22)}, "UC F1 DC C1 B1 B2 B0 BV H1 H4 PF"),
    Row("car, accident", {**CAR, "accident_with_casualties": True}, "UC F1 DC C1 B1 B2 B0 BV H1 H4 PF"),
    Row("car, dependent suspension", {**CAR, "front_suspension": "dependent"}, "UC F1 B1 B2 B0 BV A1 H1 H4 PF"),
    Row("car, suspension unknown", {**CAR, "front_suspension": None}, "UC F1 B1 B2 B0 BV A1 H1 H4 PF"),
    Row("diesel car", {**CAR, "fuel": "B"}, "UC F1 B1 B2 B0 BV H1 H4 FA"),
    Row("petrol and gas", {**CAR, "fuel": "AE"}, "UC F1 B1 B2 B0 BV H1 H4 PF"),
    Row("electric car", {**CAR, "fuel": "C", "plate_type": "52"}, "UC F1 B1 B2 B0 BV H1 H4"),
    Row("hydrogen car", {**CAR, "fuel": "P"}, "UC F1 B1 B2 B0 BV H1 H4"),
    Row("hybrid car", {**CAR, "fuel": "O"}, "UC F1 B1 B2 B0 BV H1 H4 PF"),
    Row("hybrid with diesel", {**CAR, "fuel": "BO"}, "UC F1 B1 B2 B0 BV H1 H4 FA"),
    Row("four-wheel drive, plates", {**CAR, "full_time_four_wheel_drive": True}, "UC F1 B1 B2 B0 BV H1 H4 PF"),
    Row("four-wheel drive, road", {**CAR, "full_time_four_wheel_drive": True}, "UC F1 B0 R1 H1 H4 PF", settings=ROAD),
    Row("traction control, road", {**CAR, "traction_control_always_on": True}, "UC F1 B0 R1 H1 H4 PF", settings=ROAD),
    Row("two-wheel drive, road", CAR, "UC F1 B1 B2 B0 BV H1 H4 PF", settings=ROAD),
    Row("seven-seater", {**CAR, "persons": 7}, "UC F1 DC C1 B1 B2 B0 BV H1 H4 PF"),
    Row("minibus", {**CAR, "vehicle_type": "K39"}, "UC F1 DC C1 B1 B2 B0 BV H1 H4 PF"),
    Row(
        "taxi",
        {**CAR, "use_character": "D"},
        "UC F1 DC C1 B1 B2 B0 BV H1 H4 PF",
        "UC F1 M1 DC C1 B1 B2 B0 BV H1 H4 PF",
    ),
    Row("bus", BUS, "UC F1 DC C1 B1 B2 B0 BV A1 H1 H4 FA", "UC F1 M1 DC C1 B1 B2 B0 BV A1 H1 H4 FA"),
    Row(
        "light lorry",
        LIGHT,
        "UC F1 DC C1 B1 B2 B0 BV A1 H1 H4 FA",
        "UC F1 M1 Z1 DC C1 B1 B2 B0 BV A1 H1 H4 FA",
    ),
    Row("medium lorry", {**LORRY, "vehicle_type": "H21"}, "UC F1 M1 Z1 DC C1 B1 B2 B0 BV A1 H1 H4 FA"),
    Row("three axles", {**LORRY, "axles": 3}, "UC F1 M1 Z1 DC C1 B1 B2 B3 L2 B0 BV A1 H1 H4 FA"),
    Row(
        "twin steer",
        {**LORRY, "axles": 4, "steered_axles": 2},
        "UC F1 M1 Z1 DC C1 B1 B2 B3 B4 L2 L3 B0 BV H1 H4 FA",
    ),
    Row(
        "steered axles unknown",
        {**LORRY, "axles": 4, "steered_axles": None},
        "UC F1 M1 Z1 DC C1 B1 B2 B3 B4 L2 L3 B0 BV A1 H1 H4 FA",
    ),
    Row(
        "low-speed lorry",
        {**LIGHT, "vehicle_type": "H51"},
        "UC F1 DC C1 B1 B2 B0 BV A1 H1 H4",
        "UC F1 M1 Z1 DC C1 B1 B2 B0 BV A1 H1 H4",
    ),
    Row(
        "tractor unit",
        {**LORRY, "vehicle_type": "Q11", "axles": 3},
        "UC F1 DC C1 B1 B2 B3 B0 BV A1 H1 H4 FA",
        "UC F1 M1 Z1 DC C1 B1 B2 B3 B0 BV A1 H1 H4 FA",
    ),
    Row(
        "crane, no load",
        SPECIAL,
        "UC F1 DC C1 B1 B2 B0 BV A1 H1 H4 FA",
        "UC F1 M1 Z1 DC C1 B1 B2 B0 BV A1 H1 H4 FA",
    ),
    Row(
        "special vehicle with load",
        {**SPECIAL, "vehicle_type": "Z12"},
        "UC F1 M1 Z1 DC C1 B1 B2 B0 BV A1 H1 H4 FA",
    ),
    Row("semi-trailer", {**TRAILER, "axles": 3}, "UC F1 M1 Z1 C1 B1 B2 B3 L2"),
    Row("trailer with one axle", {**TRAILER, "vehicle_type": "G11", "axles": 1}, "UC F1 M1 Z1 C1 B1"),
    Row("motorcycle", MOTORCYCLE, "UC F1 DC B1 B2 H1 PF"),
    Row("side-car", {**MOTORCYCLE, "vehicle_type": "M15"}, "UC F1 DC B1 B2 H1 PF"),
    Row("tricycle", {**MOTORCYCLE, "vehicle_type": "M11"}, "UC F1 DC B1 B2 H1 PF", "UC F1 M1 DC B1 B2 H1 PF"),
    Row("electric moped", {**MOTORCYCLE, "vehicle_type": "M22", "fuel": "C"}, "UC F1 DC B1 B2 H1"),
    Row(
        "three-wheel goods vehicle",
        {**MOTORCYCLE, "vehicle_type": "N11", "use_character": "F", "fuel": "B"},
        "UC F1 DC C1 B1 B2 B0 H1",
        "UC F1 M1 Z1 DC C1 B1 B2 B0 H1",
    ),
]


@pytest.mark.parametrize("row", VEHICLES, ids=[row.name for row in VEHICLES])
def test_the_items_of_a_vehicle(row: Row, pack: Pack) -> None:
    chosen = pack.with_settings(row.settings)
    assert " ".join(plan(chosen, known(**row.facts), "in_use", TODAY)) == row.in_use
    assert " ".join(plan(chosen, known(**row.facts), "registration", TODAY)) == (row.registration or row.in_use)


def test_every_item_that_does_not_depend_on_a_setting_is_in_some_plan(pack: Pack) -> None:
    planned = {code for row in VEHICLES for code in f"{row.in_use} {row.registration}".split()}
    # Four and five axles under load, and the exhaust methods that an authority chooses instead.
    assert {item.code for item in pack.items} - planned <= {"B5", "L4", "WT", "VM", "LD", "OBD"}
