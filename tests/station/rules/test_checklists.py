"""Which points of the check-lists a vehicle needs, and packs whose points must be refused."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from station.model.vehicle import Vehicle
from station.rules import Pack, PackError, parse_pack, plan, points

Car = Callable[..., Vehicle]
Edited = Callable[..., dict[str, bytes]]
TODAY = date(2026, 11, 22)

BUS = {"vehicle_type": "K11", "use_character": "B", "persons": 45, "total_mass_kg": 15_000, "fuel": "B"}
LORRY = {"vehicle_type": "H11", "use_character": "F", "persons": 2, "total_mass_kg": 18_000, "fuel": "B"}
TANKER = {**LORRY, "vehicle_type": "H14", "use_character": "R"}
SCHOOL_BUS = {"vehicle_type": "K38", "use_character": "P", "persons": 12, "total_mass_kg": 4_000, "fuel": "B"}
TRAINING_CAR = {"use_character": "N"}
SEMI_TRAILER = {"vehicle_type": "B11", "use_character": "F", "persons": None, "total_mass_kg": 30_000, "fuel": "Y"}
MOTORCYCLE = {"vehicle_type": "M21", "persons": 2, "total_mass_kg": 300}

IDENTITY = "plate_type make_model vin engine_number colour_shape view_front_left view_rear_right"
CAR = (
    "persons body body_level glazing mirrors_wipers doors marks lamps_front lamps_rear tyres tyre_size wheels"
    " plate_mounting lamps_added seat_belts triangle"
)


def lists(pack: Pack, vehicle: Vehicle) -> dict[str, tuple[str, ...]]:
    return points(pack, vehicle, "in_use", TODAY)


def test_the_lists_of_a_small_car_in_order(pack: Pack, car: Car) -> None:
    found = lists(pack, car())
    assert list(found) == ["UC", "F1"]
    assert " ".join(found["UC"]) == IDENTITY
    assert " ".join(found["F1"]) == CAR


@pytest.mark.parametrize(
    ("facts", "counts"),
    [
        ({}, {"UC": 7, "F1": 16}),
        ({"electronic_parking_brake": True}, {"UC": 7, "F1": 17}),
        ({"first_registered": date(2010, 1, 1)}, {"UC": 7, "F1": 16, "DC": 4, "C1": 6}),
        (TRAINING_CAR, {"UC": 7, "F1": 17, "DC": 4, "C1": 6}),
        (BUS, {"UC": 7, "F1": 28, "DC": 4, "C1": 6}),
        (LORRY, {"UC": 7, "F1": 25, "DC": 4, "C1": 6}),
        (TANKER, {"UC": 7, "F1": 30, "DC": 4, "C1": 6}),
        (SCHOOL_BUS, {"UC": 7, "F1": 25, "DC": 4, "C1": 6}),
        (SEMI_TRAILER, {"UC": 6, "F1": 16, "C1": 5}),
        (MOTORCYCLE, {"UC": 7, "F1": 11, "DC": 4}),
    ],
)
def test_how_many_points_each_kind_of_vehicle_has(
    facts: dict[str, Any], counts: dict[str, int], pack: Pack, car: Car
) -> None:
    assert {item: len(ids) for item, ids in lists(pack, car(**facts)).items()} == counts


@pytest.mark.parametrize(
    ("point", "facts", "needed"),
    [
        ("engine_number", {"fuel": "C"}, False),
        ("motor_number", {"fuel": "C"}, True),
        ("motor_number", {"fuel": "A"}, False),
        ("engine_number", {"fuel": "O"}, True),
        ("engine_number", SEMI_TRAILER, False),
        ("parking_brake_electronic", {"electronic_parking_brake": True}, True),
        ("parking_brake_electronic", {"electronic_parking_brake": False}, False),
        ("parking_brake_electronic", {"electronic_parking_brake": None}, True),
        ("parking_brake_electronic", {**MOTORCYCLE, "electronic_parking_brake": None}, False),
        ("extinguisher", {}, False),
        ("extinguisher", BUS, True),
        ("extinguisher", LORRY, False),
        ("extinguisher", TANKER, True),
        ("emergency_exits", BUS, True),
        ("hammers", BUS, True),
        ("hammers", LORRY, False),
        ("hammers", SCHOOL_BUS, True),
        ("recorder", BUS, True),
        ("recorder", {**BUS, "use_character": "A"}, False),
        ("recorder", LORRY, True),
        ("recorder", {**LORRY, "total_mass_kg": 11_999}, False),
        ("recorder", {**LORRY, "total_mass_kg": 12_000}, True),
        ("rear_board", {**LORRY, "total_mass_kg": 11_999}, False),
        ("rear_board", {**LORRY, "total_mass_kg": 12_000}, True),
        ("rear_board", {**LORRY, "total_mass_kg": None}, True),
        ("underrun_guards", {**LORRY, "total_mass_kg": 3_500}, False),
        ("underrun_guards", {**LORRY, "total_mass_kg": 3_501}, True),
        ("underrun_guards", {**LORRY, "vehicle_type": "Q11"}, False),
        ("reflective_marking", {"vehicle_type": "N11", "use_character": "F"}, True),
        ("speed_limiting", {**LORRY, "axles": 2}, False),
        ("speed_limiting", {**LORRY, "axles": 3}, True),
        ("shut_off", TANKER, True),
        ("dangerous_goods_marks", TANKER, True),
        ("school_bus_signs", SCHOOL_BUS, True),
        ("school_bus_signs", BUS, False),
        ("instructor_brake", TRAINING_CAR, True),
        ("instructor_brake", {}, False),
        ("c1_coupling", {**LORRY, "vehicle_type": "Q11"}, True),
        ("c1_coupling", LORRY, False),
        ("c1_steering", SEMI_TRAILER, False),
        ("lamps_front", SEMI_TRAILER, False),
        ("glazing", MOTORCYCLE, False),
        ("mirrors_wipers", MOTORCYCLE, True),
    ],
)
def test_who_needs_a_point(point: str, facts: dict[str, Any], needed: bool, pack: Pack, car: Car) -> None:
    found = lists(pack, car(**facts))
    assert (point in {name for ids in found.values() for name in ids}) is needed


def test_photos_that_must_be_taken(pack: Pack) -> None:
    assert {point.id: point.photo_code for point in pack.points if point.photo} == {
        "vin": "0113",
        "view_front_left": "0111",
        "view_rear_right": "0112",
        "seat_belts": "0157",
        "parking_brake_electronic": "A112",
    }


def test_every_point_is_whole(pack: Pack) -> None:
    groups = {"UC": {"identity"}, "F1": {"exterior", "safety"}, "DC": {"chassis"}, "C1": {"underbody"}}
    for point in pack.points:
        assert point.group in groups[point.item]
        assert 3 <= len(point.defects) <= 5
        texts = [point.name, *(defect.name for defect in point.defects), *([point.hint] if point.hint else [])]
        assert all(text.zh.strip() and text.en.strip() for text in texts)
    assert {point.item for point in pack.points} == set(groups)


def test_only_items_of_the_plan_have_lists_and_only_points_in_force(
    pack: Pack, files: dict[str, bytes], car: Car
) -> None:
    assert points(pack, car(), "in_use", date(2020, 12, 31)) == {}
    later = files["checklists.toml"].replace(b"effective_from = 2021-01-01", b"effective_from = 2027-01-01")
    future = parse_pack({**files, "checklists.toml": later})
    assert "F1" in plan(future, car(), "in_use", TODAY)
    assert lists(future, car()) == {}
    assert set(points(future, car(), "in_use", date(2027, 1, 1))) == {"UC", "F1"}


TYRES = """
[[point]]
id = "extra"
item = "F1"
group = "exterior"
name = { zh = "甲", en = "extra" }
defects = [{ code = "worn", name = { zh = "乙", en = "worn" } }]
clause = "x"
clause_certainty = "D"
source = "x"
certainty = "D"
effective_from = 2021-01-01
"""


@pytest.mark.parametrize(
    ("old", "new", "entry", "expected"),
    [
        ('group = "exterior"', 'group = "engine"', "point 1 (extra): group", "'chassis' or 'underbody'"),
        ('group = "exterior"\n', "", "point 1 (extra): group", "missing; it must be given"),
        ('code = "worn", ', "", "point 1 (extra): defects.0.code", "missing; it must be given"),
        ('code = "worn"', 'code = "Worn!"', "point 1 (extra): defects.0.code", "match pattern"),
        (
            '[{ code = "worn", name = { zh = "乙", en = "worn" } }]',
            "[]",
            "point 1 (extra): defects",
            "at least 1 item",
        ),
        (', en = "worn"', "", "point 1 (extra): defects.0.name.en", "missing; it must be given"),
        (
            "defects = [",
            'defects = [{ code = "worn", name = { zh = "乙", en = "worn" } }, ',
            "point 1 (extra)",
            "expected a code of its own for each, found worn, worn",
        ),
        ('id = "extra"', 'id = "vin"', "point (vin)", "expected a name of its own, checklists.toml has it too"),
        ('id = "extra"', 'id = "a.b"', "point 1 (a.b): id", "match pattern"),
        ('item = "F1"', 'item = "B1"', "point (extra)", "an item that has a check-list: UC, F1, DC, C1"),
        ('item = "F1"', 'item = "X1"', "point (extra)", "an item that has a check-list: UC, F1, DC, C1"),
        ('item = "F1"', 'item = "F1"\nnumber = "1a"', "point 1 (extra): number", "match pattern"),
        ('item = "F1"', 'item = "F1"\nphoto = true', "point 1 (extra)", "a photo that must be taken needs its code"),
        ('item = "F1"', 'item = "F1"\nphoto = "yes"', "point 1 (extra): photo", "valid boolean"),
        (
            'item = "F1"',
            'item = "F1"\napplies_if = { axle_position = ["front"] }',
            "point (extra)",
            "applies_if.axle_position: no such fact here",
        ),
        (
            'item = "F1"',
            'item = "F1"\napplies_if = { age_years = ["10"] }',
            "point (extra)",
            "applies_if.age_years: expected min, max, above or below",
        ),
        (
            'item = "F1"',
            'item = "F1"\napplies_if = { axle_rate = { min = 60 } }',
            "point (extra)",
            "applies_if.axle_rate: no such fact here",
        ),
    ],
)
def test_a_bad_point_is_refused(old: str, new: str, entry: str, expected: str, files: dict[str, bytes]) -> None:
    assert TYRES.count(old) == 1
    parse_pack({**files, "more.toml": TYRES.encode()})
    with pytest.raises(PackError) as refused:
        parse_pack({**files, "more.toml": TYRES.replace(old, new).encode()})
    assert refused.value.file == "more.toml"
    assert refused.value.entry == entry
    assert expected in refused.value.expected


def test_a_point_of_an_item_that_a_rig_measures_is_refused(edited: Edited) -> None:
    measured = edited("items.toml", 'en = "Dynamic check" }', 'en = "Dynamic check" }\nquantities = ["vehicle_rate"]')
    with pytest.raises(PackError, match=r"point \(dc_steering\): item: expected an item that has a check-list"):
        parse_pack(measured)
