from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.line.packs import example, examples, load_pack, pack_files
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict, Outcome
from station.rules import PackError, parse_pack
from station.rules.case import Case
from station.rules.case_file import read_case
from station.rules.case_judge import judge_case
from station.rules.formulas.effort import FORMULAS
from station.rules.plan import missing_facts

Judged = Callable[..., ItemVerdict]
Pick = Callable[[ItemVerdict, str], Any]
Run = dict[str, Any]

pack_of = lru_cache(load_pack)

PACK = "eu-2014-45"
NEW = {"first_registered": "2018-03-01", "total_mass_kg": 1000}
OLD = {**NEW, "first_registered": "2008-03-01"}


def run(left: Any, right: Any, load: Any = 250) -> Run:
    """One axle as a tester reports it: one force on each wheel in N, and the same load below both; None: no number."""
    sides = {"left": left, "right": right}
    return {
        "curves": {f"force_{side}": {"unit": "N", "values": [force]} for side, force in sides.items()},
        "values": {f"load_{side}": {"unit": "kg", "value": load} for side in sides},
        "marks": {"brake": 0, "rise": 0},
    }


def case(items: Mapping[str, Run], facts: Mapping[str, Any], on: str = "2019-01-31") -> dict[str, Any]:
    vehicle = {"plate_type": "", "vehicle_type": "", "use_character": "", "fuel": "", **facts}
    return {"v": 1, "on": on, "vehicle": vehicle, "items": items}


# 1000 kg weigh 9810 N by the pack's 9.81: 98.1 N are one percent.


def braked(percent: Any) -> dict[str, Run]:
    each = Decimal(percent) * Decimal("98.1") / 4
    return {"B1": run(each, each), "B2": run(each, each)}


def parked(percent: Any) -> dict[str, Run]:
    each = Decimal(percent) * Decimal("98.1") / 2
    return {**braked(60), "B0": run(each, each)}


def uneven(percent: Any, item: str = "B1") -> dict[str, Run]:
    return {item: run(1000 - 10 * Decimal(percent), 1000)}


MEASURE: dict[str, tuple[str, Callable[..., dict[str, Run]]]] = {
    "service_efficiency": ("BV", braked),
    "parking_efficiency": ("B0", parked),
    "imbalance": ("B1", uneven),
}

# Every limit: a vehicle that it is for, its value, and what missing it means.
Limits = list[tuple[str, str, dict[str, Any], Decimal | int, str]]
EFFICIENCIES: Limits = [
    ("service-m1-2012", "service_efficiency", {**NEW, "eu_category": "M1"}, 58, "major"),
    ("service-m1", "service_efficiency", {**OLD, "eu_category": "M1"}, 50, "major"),
    ("service-m2-m3", "service_efficiency", {"eu_category": "M2"}, 50, "major"),
    ("service-m2-m3", "service_efficiency", {**NEW, "eu_category": "M3"}, 50, "major"),
    ("service-n1-2012", "service_efficiency", {**NEW, "eu_category": "N1"}, 50, "major"),
    ("service-n1", "service_efficiency", {**OLD, "eu_category": "N1"}, 45, "major"),
    ("service-n2-n3-2012", "service_efficiency", {**NEW, "eu_category": "N2"}, 50, "major"),
    ("service-n2-n3-2012", "service_efficiency", {**NEW, "eu_category": "N3"}, 50, "major"),
    ("service-n2-n3", "service_efficiency", {**OLD, "eu_category": "N2"}, 43, "major"),
    ("service-n2-n3", "service_efficiency", {**OLD, "eu_category": "N3"}, 43, "major"),
    ("parking", "parking_efficiency", NEW, 16, "major"),
]
# Below half of an efficiency a vehicle is dangerous.
HALVES: Limits = [
    (f"{name}-half", quantity, facts, Decimal(value) / 2, "dangerous")
    for name, quantity, facts, value, _ in EFFICIENCIES
]
LIMITS: Limits = [
    *EFFICIENCIES,
    *HALVES,
    ("imbalance", "imbalance", {}, 30, "major"),
    ("imbalance-steered", "imbalance", {}, 50, "dangerous"),
]
# Below these a measurement is invalid: the smallest force of a wheel.
OF_MEASURING = {"wheel-force": "B1", "wheel-force-of-all": "BV", "parking-wheel-force": "B0"}


def test_the_halves() -> None:
    values = sorted({(name.removesuffix("-half"), str(value)) for name, _, _, value, _ in HALVES})
    assert values == [
        ("parking", "8"),
        ("service-m1", "25"),
        ("service-m1-2012", "29"),
        ("service-m2-m3", "25"),
        ("service-n1", "22.5"),
        ("service-n1-2012", "25"),
        ("service-n2-n3", "21.5"),
        ("service-n2-n3-2012", "25"),
    ]


def test_every_limit_has_a_case() -> None:
    values = {limit.id: limit.value for limit in pack_of(PACK).limits}
    assert values == {**{name: value for name, _, _, value, _ in LIMITS}, **dict.fromkeys(OF_MEASURING, 0)}


@pytest.mark.parametrize("last_place", ["1", "0.01", "0.000001"])
@pytest.mark.parametrize(("limit", "name", "facts", "value", "severity"), LIMITS)
def test_at_the_limit_and_either_side(
    limit: str,
    name: str,
    facts: dict[str, Any],
    value: Decimal | int,
    severity: str,
    last_place: str,
    case_verdict: Judged,
    quantity: Pick,
) -> None:
    item, measure = MEASURE[name]
    worse = Decimal(last_place) * (1 if name == "imbalance" else -1)
    milder = None if severity == "major" else "major"
    for at, expected in ((value, milder), (value - worse, milder), (value + worse, severity)):
        found = quantity(case_verdict(PACK, item, case(measure(at), facts)), name)
        assert (found.severity, found.outcome) == (expected, "fail" if expected else "pass"), at
        assert found.value == found.unrounded == at
        if expected == severity:
            assert found.limit == value


@pytest.mark.parametrize(("limit", "name", "facts", "value", "severity"), LIMITS)
def test_a_changed_limit_changes_the_verdict(
    limit: str, name: str, facts: dict[str, Any], value: Decimal | int, severity: str, quantity: Pick
) -> None:
    pack = pack_of(PACK)
    item, measure = MEASURE[name]
    stricter = value + (-1 if name == "imbalance" else 1)
    limits = (e.model_copy(update={"value": Decimal(stricter)}) if e.id == limit else e for e in pack.limits)
    read = Case.model_validate(case(measure(value), facts))
    before = quantity(judge_case(pack, read, item).items[0], name)
    after = quantity(judge_case(replace(pack, limits=tuple(limits)), read, item).items[0], name)
    assert (after.outcome, after.severity, after.limit) == ("fail", severity, stricter)
    assert before.severity != severity


@pytest.mark.parametrize(("limit", "item"), OF_MEASURING.items())
def test_a_wheel_without_force_makes_the_measurement_invalid(limit: str, item: str, case_verdict: Judged) -> None:
    for force, outcome in (("0.000001", None), (0, Outcome.INVALID), ("-0.000001", Outcome.INVALID), (-9, "invalid")):
        weak = run(Decimal(force), 900)
        items = {"B1": weak, "B2": weak, "B0": weak}
        judged = case_verdict(PACK, item, case(items, {**NEW, "eu_category": "M1"}))
        assert (judged.outcome if outcome else None) == outcome
        assert any(q.limit_shown == "> 0 N" for q in judged.quantities) == (outcome is not None)
        if outcome:
            assert judged.reason is not None
            assert judged.reason.en.endswith("Check the rollers and the sensor and repeat.")
            assert judged.reason.zh.endswith("请检查滚筒和传感器后重新检测。")


# Readings as stations record them: what is not there is never guessed.
HOLES: list[tuple[dict[str, Run], str, str]] = [
    ({"B1": run(900, 900), "B2": run(900, None)}, "BV", "Axle 2, right wheel: 1 samples are not valid"),
    ({"B1": run(900, 900, None), "B2": run(900, 900)}, "BV", "Axle 1, left wheel: no wheel load"),
    ({"B1": run(900, 900), "B2": run(900, 900, 0)}, "BV", "Axle 2, left wheel: the load is 0 kg"),
    ({"B1": {**run(900, 900), "curves": {}}, "B2": run(900, 900)}, "BV", "Axle 1, left wheel: no force curve"),
    ({"B1": run(0, 0)}, "B1", "0 N"),
    ({**braked(60), "B0": run(None, 700)}, "B0", "left wheel: 1 samples are not valid"),
]


@pytest.mark.parametrize(("items", "item", "told"), HOLES)
def test_readings_with_holes_are_invalid_with_a_reason(
    items: dict[str, Run], item: str, told: str, case_verdict: Judged
) -> None:
    judged = case_verdict(PACK, item, case(items, {**NEW, "eu_category": "M1"}))
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert told in judged.reason.en


# First registered on the day before, and on the day: category, limit before, limit from the day on.
BANDS = [("M1", 50, 58), ("M2", 50, 50), ("M3", 50, 50), ("N1", 45, 50), ("N2", 43, 50), ("N3", 43, 50)]
DAY = date(2012, 1, 1)


@pytest.mark.parametrize(("category", "before", "since"), BANDS)
def test_first_registered_on_the_day_before_and_on_the_day(
    category: str, before: int, since: int, case_verdict: Judged, quantity: Pick
) -> None:
    for day, limit in (("2011-12-31", before), ("2012-01-01", since)):
        facts = {"eu_category": category, "first_registered": day}
        found = quantity(case_verdict(PACK, "BV", case(braked(60), facts)), "service_efficiency")
        assert (found.limit, found.outcome) == (limit, "pass")


def test_there_is_one_day_only() -> None:
    tests = [t["first_registered"] for e in pack_of(PACK).limits for t in e.applies_if if "first_registered" in t]
    assert {day for test in tests for day in (test.since, test.before) if day is not None} == {DAY}


def test_the_pack_begins_on_its_day(case_verdict: Judged) -> None:
    facts = {**NEW, "eu_category": "M1"}
    assert case_verdict(PACK, "BV", case(braked(70), facts, on="2018-05-19")).outcome is Outcome.UNKNOWN
    assert case_verdict(PACK, "BV", case(braked(70), facts, on="2018-05-20")).outcome is Outcome.PASS


# What is not known, or has no figure, is never passed.
UNKNOWN: list[tuple[str, dict[str, Any], str]] = [
    ("BV", {"eu_category": "M1"}, "date of first registration"),
    ("BV", {"first_registered": "2018-03-01"}, "EU vehicle category"),
    ("BV", {**NEW, "eu_category": "O4"}, "no limit for this vehicle"),
    ("BV", {**NEW, "eu_category": "L"}, "no limit for this vehicle"),
    ("B0", {"eu_category": "M1"}, "total mass"),
]


@pytest.mark.parametrize(("item", "facts", "told"), UNKNOWN)
def test_what_is_missing_is_unknown_and_named(
    item: str, facts: dict[str, Any], told: str, case_verdict: Judged
) -> None:
    judged = case_verdict(PACK, item, case(parked(100), facts))
    assert judged.outcome is Outcome.UNKNOWN
    assert judged.reason is not None
    assert told in judged.reason.en


# By axle, category and how many axles are steered: what 51 % mean.
STEERED: list[tuple[str, dict[str, Any], str]] = [
    ("B1", {"eu_category": "N3"}, "dangerous"),
    ("B1", {"eu_category": "O4"}, "major"),
    ("B2", {"eu_category": "N3"}, "major"),
    *[
        (
            f"B{axle}",
            {"eu_category": "N3", "axles": 5, "steered_axles": steered},
            "dangerous" if steered >= axle else "major",
        )
        for axle in (2, 3, 4, 5)
        for steered in (1, 2, 3, 4)
    ],
]


@pytest.mark.parametrize(("item", "facts", "severity"), STEERED)
def test_less_than_half_is_dangerous_on_a_steered_axle(
    item: str, facts: dict[str, Any], severity: str, case_verdict: Judged
) -> None:
    assert case_verdict(PACK, item, case(uneven(51, item), facts)).severity == severity


def test_parking_goes_by_the_total_mass(case_verdict: Judged, quantity: Pick) -> None:
    for mass_kg, value in ((1000, 20), (2000, 10)):
        judged = case_verdict(PACK, "B0", case(parked(20), {**NEW, "total_mass_kg": mass_kg}))
        assert quantity(judged, "parking_efficiency").value == value
    both = {"B01": run(981, 981), "B02": run(490, 491)}
    judged = case_verdict(PACK, "B0", case(both, {**NEW, "parking_axles": [1, 2]}))
    assert quantity(judged, "parking_efficiency").value == 30
    assert judged.runs == ("case-B01", "case-B02")


def test_what_each_formula_reads() -> None:
    reads = {name: formula.sources for name, formula in FORMULAS.items()}
    of_parking = {"parking_imbalance_of_maxima", "strongest_parking_wheel", "weakest_parking_wheel"}
    assert reads == {
        "braking_efficiency": {"own", "axles"},
        "parking_efficiency": {"own", "axles", "parking"},
        "parking_efficiency_of_total_mass": {"parking"},
        **{name: {"parking"} for name in of_parking},
        **{name: {"own"} for name in ("imbalance_of_maxima", "strongest_wheel", "weakest_wheel")},
        "weakest_wheel_of_all": {"axles"},
    }


def test_the_total_mass_is_asked_for() -> None:
    vehicle = Vehicle(plate_type="", vehicle_type="", use_character="", fuel="", eu_category="M2")
    assert missing_facts(pack_of(PACK), vehicle, "in_use") == ("total_mass_kg",)


@pytest.mark.parametrize("name", ["imbalance", "wheel_force"])
def test_an_item_of_no_axle_has_no_imbalance_of_an_axle(name: str) -> None:
    files = pack_files(PACK)
    text = files["brakes.toml"].decode()
    wrong = text.replace('quantities = ["parking_wheel_force", "parking_efficiency"]', f'quantities = ["{name}"]')
    with pytest.raises(PackError, match="B0"):
        parse_pack({**files, "brakes.toml": wrong.encode()})


def test_a_decelerometer_has_no_figure_here(case_verdict: Judged) -> None:
    stated = {"method": "decelerometer", "values": {"efficiency": {"unit": "%", "value": 70}}}
    facts = {**NEW, "eu_category": "M1"}
    assert case_verdict(PACK, "BV", case({"BV": stated}, facts)).outcome is Outcome.UNKNOWN
    assert case_verdict(PACK, "BV", case({**braked(70), "BV": stated}, facts)).outcome is Outcome.UNKNOWN


def test_nothing_of_the_pack_is_confirmed() -> None:
    pack = pack_of(PACK)
    assert {value.certainty for value in pack.values()} == {"C", "D"}
    assert len(pack.unconfirmed) == len(list(pack.values()))


# Rows as testers write them: forces and wheel masses, axle by axle, and by hand the efficiency and the differences in
# whole percent: 9250 N over 9.81 x 1700 kg are 55.5 %, 300 of 3000 N are 10 %.
ROWS: list[tuple[list[tuple[int, int, int, int]], int, list[int]]] = [
    ([(3000, 2700, 500, 500), (1800, 1750, 350, 350)], 55, [10, 3]),
    ([(4100, 3690, 600, 580), (2200, 1980, 420, 400)], 61, [10, 10]),
    ([(2500, 2600, 401, 399), (1500, 1450, 251, 249)], 63, [4, 3]),
]


@pytest.mark.parametrize(("axles", "efficiency", "differences"), ROWS)
def test_one_force_a_wheel_is_enough_for_a_tester_s_figures(
    axles: list[tuple[int, int, int, int]],
    efficiency: int,
    differences: list[int],
    case_verdict: Judged,
    quantity: Pick,
) -> None:
    items = {f"B{n}": run(left, right) for n, (left, right, _, _) in enumerate(axles, start=1)}
    for n, (_, _, left_kg, right_kg) in enumerate(axles, start=1):
        items[f"B{n}"]["values"] = {
            "load_left": {"unit": "kg", "value": left_kg},
            "load_right": {"unit": "kg", "value": right_kg},
        }
    whole = case_verdict(PACK, "BV", case(items, {}, on="2018-08-01"))
    assert quantity(whole, "service_efficiency").shown == f"{efficiency} %"
    shown = [quantity(case_verdict(PACK, item, case(items, {})), "imbalance").shown for item in items]
    assert shown == [f"{difference} %" for difference in differences]


EXAMPLES = {
    **dict.fromkeys(("B0", "B1", "B2", "B3", "B4", "B5", "BV", "BV-car-before-2012"), ("pass", None)),
    "B1-dangerous": ("fail", "dangerous"),
    "BV-no-force": ("invalid", None),
}


def test_every_item_has_an_example() -> None:
    assert {item.code for item in pack_of(PACK).items} <= EXAMPLES.keys() == set(examples(PACK))


@pytest.mark.parametrize(("name", "means"), EXAMPLES.items())
def test_the_examples_are_judged_as_they_say(name: str, means: tuple[str, str | None]) -> None:
    verdict = judge_case(pack_of(PACK), read_case(name, example(PACK, name) or b""), name.split("-")[0]).items[0]
    assert (verdict.outcome, verdict.severity) == means


FORCES = st.integers(min_value=1, max_value=50_000)


@given(forces=st.tuples(FORCES, FORCES, FORCES, FORCES), more=FORCES, factor=st.integers(min_value=2, max_value=99))
def test_scaling_and_swapping_change_nothing_and_more_force_is_never_less(
    forces: tuple[int, int, int, int], more: int, factor: int, case_verdict: Judged, quantity: Pick
) -> None:
    def value(item: str, name: str, a: int, b: int, c: int, d: int, scale: int = 1) -> Any:
        load = 250 * scale
        items = {"B1": run(a * scale, b * scale, load), "B2": run(c * scale, d * scale, load)}
        return quantity(case_verdict(PACK, item, case(items, {**NEW, "eu_category": "M1"})), name).unrounded

    for item, name in (("BV", "service_efficiency"), ("B1", "imbalance"), ("B2", "imbalance")):
        a, b, c, d = forces
        assert value(item, name, a, b, c, d) == value(item, name, a, b, c, d, factor) == value(item, name, b, a, d, c)
    assert value("BV", "service_efficiency", a + more, b, c, d) > value("BV", "service_efficiency", a, b, c, d)
