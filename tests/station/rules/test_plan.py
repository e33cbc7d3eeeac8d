from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from station.model.vehicle import Category, Vehicle
from station.model.verdict import ItemVerdict, Outcome
from station.rules import Pack, missing_facts, plan, retest_items

Car = Callable[..., Vehicle]
TODAY = date(2026, 11, 22)
CATEGORIES: tuple[Category, ...] = ("registration", "in_use")


@pytest.mark.parametrize(
    ("facts", "items"),
    [
        ({}, "F1 B1 B2 B0 BV PF"),
        ({"electronic_parking_brake": True}, "F1 B1 B2 BV PF"),
        ({"electronic_parking_brake": None}, "F1 B1 B2 B0 BV PF"),
        ({"fuel": "B"}, "F1 B1 B2 B0 BV"),
        ({"fuel": "C"}, "F1 B1 B2 B0 BV"),
        ({"fuel": "P"}, "F1 B1 B2 B0 BV"),
        ({"fuel": "AE"}, "F1 B1 B2 B0 BV PF"),
        ({"fuel": "O"}, "F1 B1 B2 B0 BV PF"),
        ({"fuel": "BO"}, "F1 B1 B2 B0 BV"),
        ({"vehicle_type": "B11", "fuel": "Y"}, "F1 B1 B2"),
        ({"vehicle_type": "B11", "fuel": "Y", "axles": 1}, "F1 B1"),
    ],
)
def test_the_items_of_a_vehicle(facts: dict[str, Any], items: str, pack: Pack, car: Car) -> None:
    for category in CATEGORIES:
        assert " ".join(plan(pack, car(**facts), category, TODAY)) == items


def test_items_come_into_force_on_their_day(pack: Pack, car: Car) -> None:
    assert plan(pack, car(), "in_use", date(2017, 12, 31)) == ()
    assert plan(pack, car(), "in_use", date(2020, 12, 31)) == ("PF",)
    assert len(plan(pack, car(), "in_use", date(2021, 1, 1))) == 6


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
    ],
)
def test_facts_that_the_desk_must_ask(facts: dict[str, Any], missing: tuple[str, ...], pack: Pack, car: Car) -> None:
    assert missing_facts(pack, car(**facts), "in_use") == missing


PLAN = ("F1", "B1", "B2", "B0", "BV", "PF")


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
    ],
)
def test_what_a_retest_repeats(failed: tuple[str, ...], again: tuple[str, ...]) -> None:
    assert retest_items(failed, PLAN) == again


def test_a_plan_without_the_whole_vehicle_repeats_the_axle_only() -> None:
    assert retest_items({"B1"}, ("F1", "B1", "B2")) == ("B1",)


@pytest.mark.parametrize(
    ("item", "facts", "outcome", "zh"),
    [
        ("F1", {}, Outcome.UNKNOWN, "车辆外观检查由检验员人工判定。"),
        ("H1", {}, Outcome.UNKNOWN, "规则包中没有项目 H1,无法判定。"),
        ("B1", {"on": date(2020, 12, 31)}, Outcome.UNKNOWN, "规则包中没有项目 一轴行车制动,无法判定。"),
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
