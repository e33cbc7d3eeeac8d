"""Every limit of brakes*.toml: at it, either side of it, on its first day and on the day before."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import station.rules
from station.model.capture import Capture, Curve
from station.model.verdict import ItemVerdict, QuantityVerdict
from station.rules import Pack

Verdict = Callable[..., ItemVerdict]
Brakes = Callable[..., Capture]
Make = Callable[[Brakes, str, int], list[Capture]]

FOLDER = Path(station.rules.__file__).parent / "packs" / "cn-gb38900-2020"
LIMITS: dict[str, dict[str, Any]] = {
    limit["id"]: limit
    for path in sorted(FOLDER.glob("brakes*.toml"))
    for limit in tomllib.loads(path.read_text("utf-8"), parse_float=Decimal).get("limit", ())
}


# One axle of 1000 kg weighs 9800 N = 98,000 raw: 980 raw are a percent of it. The amount is what is varied, in raw.


def both_wheels(brakes: Brakes, item: str, amount: int, **more: Any) -> list[Capture]:
    return [brakes(item, [0, amount // 2], [0, amount - amount // 2], **more)]


def one_wheel(brakes: Brakes, item: str, amount: int) -> list[Capture]:
    run = brakes(item, [0, amount], [0, 0], load=(1000, 1))
    return [run.model_copy(update={"curves": run.curves[:1], "scalars": run.scalars[:1]})]


def on_plates(brakes: Brakes, item: str, amount: int) -> list[Capture]:
    return both_wheels(brakes, item, amount, method="plate")


def on_plates_by_dynamic_load(brakes: Brakes, item: str, amount: int) -> list[Capture]:
    (run,) = both_wheels(brakes, item, amount, method="plate", load=(333, 444))
    loads = tuple(
        Curve(channel=f"load_{side}", unit="kg", scale=Decimal("0.1"), raw=(1, tenths), quality="gg")
        for side, tenths in (("left", 4000), ("right", 6000))
    )
    return [run.model_copy(update={"curves": (*run.curves, *loads)})]


def under_load(brakes: Brakes, item: str, amount: int) -> list[Capture]:
    return both_wheels(brakes, item, amount, method="loaded")


def two_axles(brakes: Brakes, item: str, amount: int) -> list[Capture]:
    """The first axle of 600 kg, the second one of 400 kg."""
    return [
        brakes("B1", [30_000], [1000], load=(300, 300)),
        brakes("B2", [1000], [amount - 32_000], load=(150, 250)),
    ]


def parked(brakes: Brakes, item: str, amount: int) -> list[Capture]:
    return [*both_wheels(brakes, item, amount, load=(1, 1)), *two_axles(brakes, item, 40_000)]


def difference(brakes: Brakes, item: str, amount: int, **more: Any) -> list[Capture]:
    """Of a largest force of 9800 N, by weight 100 %: 980 raw are a percent here, too."""
    return [brakes(item, [0, 60_000, 98_000], [0, 60_000 - amount, 97_000], load=(980, 1000), **more)]


def difference_when_weak(brakes: Brakes, item: str, amount: int, **more: Any) -> list[Capture]:
    return [brakes(item, [0, 25_000, 29_000], [0, 25_000 - amount, 29_000], **more)]


def loaded_difference(brakes: Brakes, item: str, amount: int) -> list[Capture]:
    return difference(brakes, item, amount, method="loaded")


def loaded_difference_when_weak(brakes: Brakes, item: str, amount: int) -> list[Capture]:
    return difference_when_weak(brakes, item, amount, method="loaded")


CAR: dict[str, Any] = {}
BUS = {"vehicle_type": "K11", "persons": 40, "total_mass_kg": 15_000, "curb_mass_kg": 10_000}
LORRY = {"vehicle_type": "H11", "persons": 2, "total_mass_kg": 15_000, "curb_mass_kg": 7_000}
TWIN_STEER = {**LORRY, "axles": 4, "steered_axles": 2}
CRANE = {"vehicle_type": "Z11", "persons": 2, "total_mass_kg": 12_000, "curb_mass_kg": 10_000}
TRAILER = {"vehicle_type": "B11", "persons": None, "total_mass_kg": 15_000, "curb_mass_kg": 7_000, "fuel": "Y"}
LIGHT_TRAILER = {**TRAILER, "total_mass_kg": 3500, "curb_mass_kg": 1000}
THREE_AXLED_TRAILER = {**TRAILER, "axles": 3}
THREE_WHEELED_GOODS = {"vehicle_type": "N11", "persons": 1}
MOTORCYCLE = {"vehicle_type": "M21", "persons": 2}
MOPED = {"vehicle_type": "M22", "persons": 1}
THREE_WHEELER = {"vehicle_type": "M14", "persons": 1}
MOPED_OF_THREE_WHEELS = {"vehicle_type": "M12", "persons": 1}
ARTICULATED = {"vehicle_type": "K24", "persons": 90, "total_mass_kg": 25_000, "curb_mass_kg": 15_000}
LIGHTER_LOAD = {"total_mass_kg": 1559, "curb_mass_kg": 1300}
NEW = {"category": "registration"}


class Case(NamedTuple):
    item: str
    percent: int
    make: Make
    facts: dict[str, Any]


CASES = {
    "rate-front": Case("B1", 60, both_wheels, LORRY),
    "rate-front-special": Case("B1", 60, both_wheels, CRANE),
    "rate-rear-light": Case("B2", 20, both_wheels, CAR),
    "rate-rear-bus": Case("B2", 40, both_wheels, BUS),
    "rate-rear-other": Case("B2", 50, both_wheels, LORRY),
    "rate-rear-special": Case("B2", 50, both_wheels, CRANE),
    "rate-trailer": Case("B1", 55, both_wheels, TRAILER),
    "rate-rear-three-wheel-goods": Case("B2", 60, both_wheels, THREE_WHEELED_GOODS),
    "rate-rear-motorcycle": Case("B2", 55, both_wheels, THREE_WHEELER),
    "rate-rear-moped": Case("B2", 50, both_wheels, MOPED_OF_THREE_WHEELS),
    "wheel-rate-front": Case("B1", 60, one_wheel, THREE_WHEELER),
    "wheel-rate-rear-motorcycle": Case("B2", 55, one_wheel, MOTORCYCLE),
    "wheel-rate-rear-moped": Case("B2", 50, one_wheel, MOPED),
    "rate-vehicle": Case("BV", 60, two_axles, CAR),
    "rate-vehicle-special": Case("BV", 50, two_axles, CRANE),
    "rate-vehicle-articulated": Case("BV", 55, two_axles, ARTICULATED),
    "parking": Case("B0", 20, parked, CAR),
    "parking-light-load": Case("B0", 15, parked, LIGHTER_LOAD),
    "three-wheel-parking": Case("B0", 20, parked, THREE_WHEELED_GOODS),
    "three-wheel-parking-light-load": Case("B0", 15, parked, {**THREE_WHEELED_GOODS, **LIGHTER_LOAD}),
    "imbalance-front-new": Case("B1", 20, difference, {**CAR, **NEW}),
    "imbalance-front-in-use": Case("B1", 24, difference, ARTICULATED),
    "imbalance-rear-new": Case("B2", 24, difference, {**CAR, **NEW}),
    "imbalance-rear-in-use": Case("B1", 30, difference, TRAILER),
    "imbalance-of-load-new": Case("B2", 8, difference_when_weak, {**CRANE, **NEW}),
    "imbalance-of-load-in-use": Case("B2", 10, difference_when_weak, CAR),
    "imbalance-rear-new-three-wheel-goods": Case("B2", 24, difference, {**THREE_WHEELED_GOODS, **NEW}),
    "imbalance-of-load-new-three-wheel-goods": Case("B2", 8, difference_when_weak, {**THREE_WHEELED_GOODS, **NEW}),
    "imbalance-rear-in-use-three-wheel-goods": Case("B2", 24, difference, THREE_WHEELED_GOODS),
    "imbalance-of-load-in-use-three-wheel-goods": Case("B2", 8, difference_when_weak, THREE_WHEELED_GOODS),
    "imbalance-rear-new-motorcycle": Case("B2", 24, difference, {**THREE_WHEELER, **NEW}),
    "imbalance-of-load-new-motorcycle": Case("B2", 8, difference_when_weak, {**THREE_WHEELER, **NEW}),
    "imbalance-rear-in-use-motorcycle": Case("B2", 30, difference, THREE_WHEELER),
    "imbalance-of-load-in-use-motorcycle": Case("B2", 10, difference_when_weak, THREE_WHEELER),
    "dynamic-rate-front-light": Case("B1", 60, on_plates_by_dynamic_load, CAR),
    "dynamic-rate-rear-light": Case("B2", 20, on_plates_by_dynamic_load, CAR),
    "dynamic-rate-trailer": Case("B2", 55, on_plates_by_dynamic_load, LIGHT_TRAILER),
    "dynamic-rate-rear-three-wheel-goods": Case("B2", 60, on_plates_by_dynamic_load, THREE_WHEELED_GOODS),
    "plate-rate-rear-bus": Case("B2", 30, on_plates, BUS),
    "plate-rate-rear-other": Case("B2", 35, on_plates, LORRY),
    "plate-rate-rear-special": Case("B2", 35, on_plates, CRANE),
    "loaded-rate-goods": Case("L2", 50, under_load, TWIN_STEER),
    "loaded-rate-trailer": Case("L2", 45, under_load, THREE_AXLED_TRAILER),
    "loaded-imbalance-front-new": Case("L2", 20, loaded_difference, {**TWIN_STEER, **NEW}),
    "loaded-imbalance-front-in-use": Case("L2", 24, loaded_difference, TWIN_STEER),
    "loaded-imbalance-rear-new": Case("L3", 24, loaded_difference, {**TWIN_STEER, **NEW}),
    "loaded-imbalance-rear-in-use": Case("L2", 30, loaded_difference, THREE_AXLED_TRAILER),
    "loaded-imbalance-of-load-new": Case("L3", 8, loaded_difference_when_weak, {**TWIN_STEER, **NEW}),
    "loaded-imbalance-of-load-in-use": Case("L2", 10, loaded_difference_when_weak, THREE_AXLED_TRAILER),
}

ONE_PERCENT = 980
LAST_PLACE = ONE_PERCENT // 10
STEPS = ((0, True), (1, True), (LAST_PLACE, True), (-1, False), (-LAST_PLACE, False))
"""How far above an inclusive lower limit, and whether that meets it; below an upper one, turned round."""


def found_in(judged: ItemVerdict, quantity: str) -> QuantityVerdict:
    return next(q for q in judged.quantities if q.quantity == quantity)


def test_no_limit_is_forgotten_and_each_is_that_of_the_standard() -> None:
    assert {name: case.percent for name, case in CASES.items()} == {name: lim["value"] for name, lim in LIMITS.items()}


@pytest.mark.parametrize("name", LIMITS)
def test_at_the_limit_and_one_unit_either_side(name: str, brakes: Brakes, verdict: Verdict) -> None:
    limit, case = LIMITS[name], CASES[name]
    up = {">=": 1, "<=": -1}[limit["comparison"]]
    at = int(limit["value"] * ONE_PERCENT)
    for step, meets in STEPS:
        judged = verdict(case.item, *case.make(brakes, case.item, at + up * step), **case.facts)
        found = found_in(judged, limit["quantity"])
        assert found.unrounded == found.value
        assert (found.limit, found.comparison) == (limit["value"], limit["comparison"])
        assert found.certainty == limit["certainty"]
        assert found.outcome == ("pass" if meets else "fail"), step
        assert meets or judged.outcome == "fail"
    exact = found_in(verdict(case.item, *case.make(brakes, case.item, at), **case.facts), limit["quantity"])
    assert exact.value == limit["value"]


@pytest.mark.parametrize("name", LIMITS)
def test_no_other_limit_decides(name: str, pack: Pack, brakes: Brakes, verdict: Verdict) -> None:
    limit, case = LIMITS[name], CASES[name]
    without = replace(pack, limits=tuple(entry for entry in pack.limits if entry.id != name))
    run = case.make(brakes, case.item, int(limit["value"] * ONE_PERCENT))
    judged = verdict(case.item, *run, pack=without, **case.facts)
    assert found_in(judged, limit["quantity"]).outcome == "unknown"


@pytest.fixture(scope="session")
def old(pack: Pack) -> Pack:
    """The pack as if it had always been in force."""
    tables = ("constants", "classes", "layouts", "items", "quantities", "limits", "overrides")
    always: dict[str, Any] = {
        table: tuple(entry.model_copy(update={"effective_from": date.min}) for entry in getattr(pack, table))
        for table in tables
    }
    return replace(pack, **always)


@pytest.mark.parametrize("name", LIMITS)
def test_the_first_day_of_a_limit_and_the_day_before(
    name: str, pack: Pack, old: Pack, brakes: Brakes, verdict: Verdict
) -> None:
    limit, case = LIMITS[name], CASES[name]
    by_itself = next(entry for entry in pack.limits if entry.id == name)
    dated = replace(old, limits=tuple(by_itself if entry.id == name else entry for entry in old.limits))
    run = case.make(brakes, case.item, int(limit["value"] * ONE_PERCENT))
    first = limit["effective_from"]
    assert first == date(2018, 1, 1)
    outcomes = [
        found_in(verdict(case.item, *run, pack=dated, on=day, **case.facts), limit["quantity"]).outcome
        for day in (first, first - timedelta(days=1))
    ]
    assert outcomes == ["pass", "unknown"]


@pytest.mark.parametrize("name", LIMITS)
def test_the_items_begin_with_the_edition(name: str, brakes: Brakes, verdict: Verdict) -> None:
    case = CASES[name]
    run = case.make(brakes, case.item, int(LIMITS[name]["value"] * ONE_PERCENT))
    first = verdict(case.item, *run, on=date(2021, 1, 1), **case.facts)
    before = verdict(case.item, *run, on=date(2020, 12, 31), **case.facts)
    assert found_in(first, LIMITS[name]["quantity"]).outcome == "pass"
    assert (before.outcome, before.quantities) == ("unknown", ())
