from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from station.model.codes import ITEM_NAMES
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict, Outcome
from station.rules import Pack, missing_facts, parse_pack, plan, retest_items

Car = Callable[..., Vehicle]
Edited = Callable[..., dict[str, bytes]]
TODAY = date(2026, 11, 22)


def test_items_come_into_force_on_their_day(pack: Pack, car: Car) -> None:
    known = car(front_suspension="independent")
    assert plan(pack, known, "in_use", date(2017, 12, 31)) == ()
    assert plan(pack, known, "in_use", date(2020, 12, 31)) == ("PF",)
    assert len(plan(pack, known, "in_use", date(2021, 1, 1))) == 9


@pytest.mark.parametrize(
    ("facts", "needed"),
    [
        ({"first_registered": date(2016, 11, 23)}, False),
        ({"first_registered": date(2016, 11, 22)}, True),
        ({"first_registered": None, "produced": date(2016, 11, 23)}, False),
        ({"first_registered": None, "produced": date(2016, 11, 22)}, True),
        ({"first_registered": date(2016, 11, 23), "produced": date(2015, 1, 1)}, False),
        ({"first_registered": date(2026, 12, 1)}, False),
        ({"first_registered": None}, True),
        ({"vehicle_type": "K43"}, False),
        ({"vehicle_type": "K38"}, True),
        ({"vehicle_type": "K39"}, True),
        ({"vehicle_type": "K49"}, True),
        ({"vehicle_type": "K21"}, True),
        ({"persons": 6}, False),
        ({"persons": 7}, True),
        ({"use_character": "D"}, True),
        ({"use_character": "N"}, True),
        ({"accident_with_casualties": True}, True),
        ({"accident_with_casualties": False}, False),
        ({"accident_with_casualties": None}, False),
    ],
)
def test_a_young_small_car_needs_neither_dynamic_check_nor_underbody(
    facts: dict[str, Any], needed: bool, pack: Pack, car: Car
) -> None:
    items = plan(pack, car(**facts), "in_use", TODAY)
    assert ("DC" in items, "C1" in items) == (needed, needed)


def test_the_items_are_named_as_everywhere_else(pack: Pack) -> None:
    assert [item.name for item in pack.items] == [ITEM_NAMES[item.code] for item in pack.items]
    assert len(pack.items) == len({item.code for item in pack.items})


LORRY = {"vehicle_type": "H11", "use_character": "F", "fuel": "C", "total_mass_kg": 25_000, "curb_mass_kg": 9000}


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({}, ""),
        ({"front_suspension": None}, "front_suspension"),
        ({"front_suspension": None, "vehicle_type": "M21", "lamp_system": "1"}, ""),
        ({"front_suspension": None, "vehicle_type": "B11", "fuel": "Y"}, ""),
        ({"electronic_parking_brake": None}, "electronic_parking_brake"),
        ({"persons": None, "total_mass_kg": None, "curb_mass_kg": None}, ""),
        ({"vehicle_type": "K21", "persons": None, "total_mass_kg": None}, "total_mass_kg persons"),
        ({"vehicle_type": "K21", "persons": None, "total_mass_kg": 3500}, ""),
        ({"vehicle_type": "K21", "persons": 12, "total_mass_kg": None}, "total_mass_kg"),
        ({"vehicle_type": "K21", "persons": 9, "total_mass_kg": None, "fuel": "B"}, ""),
        ({"vehicle_type": "K21", "persons": 9, "total_mass_kg": None}, "total_mass_kg"),
        ({"vehicle_type": "H31", "total_mass_kg": None, "fuel": "B"}, "total_mass_kg"),
        ({"first_registered": None}, "first_registered produced"),
        ({"first_registered": None, "produced": date(2010, 1, 1)}, ""),
        ({"first_registered": None, "use_character": "D"}, ""),
        ({"fuel": "B", "rated_speed_per_min": None}, ""),
        (LORRY, ""),
        ({**LORRY, "axles": 3}, "steered_axles"),
        ({**LORRY, "axles": 3, "front_suspension": "dependent"}, "steered_axles"),
        ({**LORRY, "axles": 3, "front_suspension": "dependent", "steered_axles": 1}, ""),
        ({"top_speed_kmh": None, "high_beam_adjustable": None, "full_time_four_wheel_drive": None}, ""),
        ({"accident_with_casualties": None, "steered_axles": None, "traction_control_always_on": None}, ""),
    ],
)
def test_facts_that_the_desk_must_ask(facts: dict[str, Any], missing: str, pack: Pack, car: Car) -> None:
    asked = missing_facts(pack, car(**{"front_suspension": "independent", **facts}), "in_use")
    assert " ".join(asked) == missing


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({}, "full_time_four_wheel_drive traction_control_always_on"),
        ({"full_time_four_wheel_drive": True}, ""),
        ({"traction_control_always_on": True}, ""),
        ({"full_time_four_wheel_drive": False}, "traction_control_always_on"),
        ({"full_time_four_wheel_drive": False, "traction_control_always_on": False}, ""),
    ],
)
def test_where_four_wheel_drive_goes_on_the_road_the_desk_asks_for_it(
    facts: dict[str, Any], missing: str, pack: Pack, car: Car
) -> None:
    road = pack.with_settings({"four_wheel_drive_brakes": "road"})
    assert " ".join(missing_facts(road, car(front_suspension="independent", fuel="C", **facts), "in_use")) == missing
    assert missing_facts(pack, car(front_suspension="independent", fuel="C", **facts), "in_use") == ()


def test_what_is_measured_elsewhere_asks_nothing(pack: Pack, car: Car) -> None:
    assert missing_facts(pack, car(), "in_use", ("A1",)) == ()
    assert "A1" in plan(pack, car(), "in_use", TODAY)
    assert "A1" not in plan(pack, car(), "in_use", TODAY, ("A1",))


def test_a_limit_asks_for_the_fact_that_is_its_number(edited: Edited, car: Car) -> None:
    of_a_fact = (
        'value_of = "rated_power_kw"\nraised_by = { fact = "smoke_plate_per_m", above = 0, per = 1, add = 1, most = 1 }'
    )
    limit = 'id = "high-beam-sum"\nquantity = "high_beam_sum"\ncomparison = "<="\n'
    odd = parse_pack(edited("lamps.toml", f"{limit}value = 430000", f"{limit}{of_a_fact}"))
    known = {"front_suspension": "independent"}
    assert missing_facts(odd, car(**known), "in_use") == ("rated_power_kw", "smoke_plate_per_m")
    assert missing_facts(odd, car(**known, rated_power_kw=Decimal(90), smoke_plate_per_m=Decimal(1)), "in_use") == ()


LATER = """
[[limit]]
id = "later"
quantity = "high_beam_sum"
comparison = "<="
value = 430000
unit = "cd"
applies_if = { produced = { since = 2020-01-01 } }
clause = "x"
clause_certainty = "D"
source = "x"
certainty = "D"
effective_from = 2027-01-01
"""


def test_a_limit_that_has_ended_does_not_keep_the_desk_from_asking(edited: Edited, car: Car) -> None:
    begun = 'id = "high-beam-sum"\n'
    ended = edited("lamps.toml", begun, f"{begun}effective_to = 2026-12-31\n")
    changed = parse_pack({**ended, "later.toml": LATER.encode()})
    assert missing_facts(changed, car(front_suspension="independent"), "in_use") == ("produced",)


def test_what_is_calculated_with_a_fact_asks_for_it(pack: Pack, car: Car) -> None:
    known = {
        "front_suspension": "independent",
        "full_time_four_wheel_drive": False,
        "traction_control_always_on": False,
    }
    lug_down = pack.with_settings({"diesel_method": "lug_down"})
    assert "rated_power_kw" in missing_facts(lug_down, car(fuel="B", **known), "in_use")
    assert "rated_power_kw" not in missing_facts(lug_down, car(fuel="A", **known), "in_use")
    assert "rated_power_kw" not in missing_facts(pack, car(fuel="B", **known), "in_use")


def test_a_constant_asks_for_the_facts_that_choose_it(edited: Edited, car: Car) -> None:
    chosen = 'id = "g"\napplies_if = { top_speed_kmh = { min = 1 } }\n'
    odd = parse_pack(edited("pack.toml", 'id = "g"\n', chosen))
    assert missing_facts(odd, car(front_suspension="independent"), "in_use") == ("top_speed_kmh",)


PLAN = (
    "F1",
    "M1",
    "Z1",
    "B1",
    "B2",
    "L2",
    "B0",
    "BV",
    "R1",
    "A1",
    "H1",
    "H2",
    "H3",
    "H4",
    "S1",
    "PF",
    "WT",
    "LD",
    "OBD",
)


@pytest.mark.parametrize(
    ("failed", "again"),
    [
        ((), ()),
        (("F1",), ("F1",)),
        (("B1",), ("B1", "BV")),
        (("B2", "B0"), ("B2", "B0", "BV")),
        (("B0",), ("B0",)),
        (("BV",), ("B1", "B2", "BV")),
        (("BV", "B1"), ("B1", "BV")),
        (("PF", "F1"), ("F1", "PF")),
        (("X9",), ()),
        (("L2",), ("L2",)),
        (("L2", "B2"), ("B2", "L2", "BV")),
        (("M1", "Z1"), ("M1", "Z1")),
        (("R1",), ("R1",)),
        (("A1", "S1"), ("A1", "S1")),
        (("WT", "OBD"), ("WT", "OBD")),
        (("LD",), ("LD",)),
        (("H1",), ("H1", "H2", "H3", "H4")),
        (("H4", "B1"), ("B1", "BV", "H1", "H2", "H3", "H4")),
    ],
)
def test_what_a_retest_repeats(failed: tuple[str, ...], again: tuple[str, ...]) -> None:
    assert retest_items(failed, PLAN) == again


def test_a_plan_without_the_whole_vehicle_repeats_the_axle_only() -> None:
    assert retest_items({"B1"}, ("F1", "B1", "B2")) == ("B1",)
    assert retest_items({"H4"}, ("F1", "H1", "H4")) == ("H1", "H4")


@pytest.mark.parametrize(
    ("item", "facts", "outcome", "zh"),
    [
        ("F1", {}, Outcome.UNKNOWN, "车辆外观和安全装置检查由检验员人工判定。"),
        ("S1", {}, Outcome.UNKNOWN, "规则包中没有项目 S1，无法判定。"),
        ("R1", {}, Outcome.NOT_APPLICABLE, "路试制动不适用于该车。"),
        ("H2", {}, Outcome.NOT_APPLICABLE, "左内灯不适用于该车。"),
        ("FA", {}, Outcome.NOT_APPLICABLE, "自由加速烟度不适用于该车。"),
        ("B1", {"on": date(2020, 12, 31)}, Outcome.UNKNOWN, "规则包中没有项目 一轴行车制动，无法判定。"),
        ("B0", {"electronic_parking_brake": True}, Outcome.NOT_APPLICABLE, "驻车制动不适用于该车。"),
        ("PF", {"fuel": "B"}, Outcome.NOT_APPLICABLE, "双怠速尾气不适用于该车。"),
    ],
)
def test_items_that_are_not_computed(
    item: str, facts: dict[str, Any], outcome: Outcome, zh: str, verdict: Callable[..., ItemVerdict], pack: Pack
) -> None:
    judged = verdict(item, **facts)
    assert (judged.outcome, judged.quantities, judged.pack) == (outcome, (), pack.ref)
    assert judged.reason is not None
    assert judged.reason.zh == zh
