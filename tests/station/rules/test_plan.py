from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from station.model.codes import ITEM_NAMES
from station.model.vehicle import Category, Vehicle
from station.model.verdict import ItemVerdict, Outcome
from station.rules import Pack, missing_facts, plan, retest_items

Car = Callable[..., Vehicle]
TODAY = date(2026, 11, 22)
CATEGORIES: tuple[Category, ...] = ("registration", "in_use")


@pytest.mark.parametrize(
    ("facts", "items"),
    [
        ({}, "UC F1 B1 B2 B0 BV H1 H4 PF"),
        ({"electronic_parking_brake": True}, "UC F1 B1 B2 BV H1 H4 PF"),
        ({"electronic_parking_brake": None}, "UC F1 B1 B2 B0 BV H1 H4 PF"),
        ({"lamp_system": "4"}, "UC F1 B1 B2 B0 BV H1 H2 H3 H4 PF"),
        ({"fuel": "B"}, "UC F1 B1 B2 B0 BV H1 H4 FA"),
        ({"fuel": "C"}, "UC F1 B1 B2 B0 BV H1 H4"),
        ({"fuel": "P"}, "UC F1 B1 B2 B0 BV H1 H4"),
        ({"fuel": "D"}, "UC F1 B1 B2 B0 BV H1 H4 FA"),
        ({"fuel": "AE"}, "UC F1 B1 B2 B0 BV H1 H4 PF"),
        ({"fuel": "O"}, "UC F1 B1 B2 B0 BV H1 H4 PF"),
        ({"fuel": "BO"}, "UC F1 B1 B2 B0 BV H1 H4 FA"),
        ({"vehicle_type": "B11", "fuel": "Y"}, "UC F1 C1 B1 B2"),
        ({"vehicle_type": "B11", "fuel": "Y", "axles": 1}, "UC F1 C1 B1"),
        ({"vehicle_type": "H11", "use_character": "F", "fuel": "B"}, "UC F1 DC C1 B1 B2 B0 BV H1 H4 FA"),
        ({"vehicle_type": "H51", "use_character": "F", "fuel": "B"}, "UC F1 DC C1 B1 B2 B0 BV H1 H4"),
        ({"vehicle_type": "N11", "use_character": "F", "fuel": "B"}, "UC F1 DC C1 B1 B2 B0 H1 H4"),
        ({"vehicle_type": "M21", "lamp_system": "1"}, "UC F1 DC B1 B2 H1 PF"),
    ],
)
def test_the_items_of_a_vehicle(facts: dict[str, Any], items: str, pack: Pack, car: Car) -> None:
    for category in CATEGORIES:
        assert " ".join(plan(pack, car(**facts), category, TODAY)) == items


def test_items_come_into_force_on_their_day(pack: Pack, car: Car) -> None:
    assert plan(pack, car(), "in_use", date(2017, 12, 31)) == ()
    assert plan(pack, car(), "in_use", date(2020, 12, 31)) == ("PF",)
    assert len(plan(pack, car(), "in_use", date(2021, 1, 1))) == 9


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
    ],
)
def test_a_young_small_car_needs_neither_dynamic_check_nor_underbody(
    facts: dict[str, Any], needed: bool, pack: Pack, car: Car
) -> None:
    items = plan(pack, car(**facts), "in_use", TODAY)
    assert ("DC" in items, "C1" in items) == (needed, needed)


def test_the_items_are_named_as_everywhere_else(pack: Pack) -> None:
    assert " ".join(item.code for item in pack.items) == "UC F1 DC C1 B1 B2 B0 BV H1 H2 H3 H4 PF FA"
    assert [item.name for item in pack.items] == [ITEM_NAMES[item.code] for item in pack.items]


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({}, ()),
        ({"electronic_parking_brake": None}, ("electronic_parking_brake",)),
        ({"persons": None, "total_mass_kg": None, "curb_mass_kg": None}, ()),
        ({"vehicle_type": "K21", "persons": None, "total_mass_kg": None}, ("total_mass_kg", "persons")),
        ({"vehicle_type": "K21", "persons": None, "total_mass_kg": 3500}, ()),
        ({"vehicle_type": "K21", "persons": 12, "total_mass_kg": None}, ("total_mass_kg",)),
        ({"vehicle_type": "K21", "persons": 9, "total_mass_kg": None, "fuel": "B"}, ()),
        ({"vehicle_type": "K21", "persons": 9, "total_mass_kg": None}, ("total_mass_kg",)),
        ({"vehicle_type": "H31", "total_mass_kg": None, "fuel": "B"}, ("total_mass_kg",)),
        ({"first_registered": None}, ("first_registered", "produced")),
        ({"first_registered": None, "produced": date(2010, 1, 1)}, ()),
        ({"first_registered": None, "use_character": "D"}, ()),
        ({"fuel": "B", "rated_speed_per_min": None}, ()),
    ],
)
def test_facts_that_the_desk_must_ask(facts: dict[str, Any], missing: tuple[str, ...], pack: Pack, car: Car) -> None:
    assert missing_facts(pack, car(**facts), "in_use") == missing


PLAN = ("F1", "B1", "B2", "B0", "BV", "H1", "H2", "H3", "H4", "PF")


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
        ("R1", {}, Outcome.UNKNOWN, "规则包中没有项目 R1，无法判定。"),
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
