from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.line.packs import example, examples, load_pack
from station.model.verdict import ItemVerdict, Outcome
from station.rules.case import Case
from station.rules.case_file import read_case
from station.rules.case_judge import judge_case

Judged = Callable[..., ItemVerdict]
Pick = Callable[[ItemVerdict, str], Any]
Run = dict[str, Any]

pack_of = lru_cache(load_pack)

PACK = "gb-mot-class4-2025"
CAR = {"eu_category": "M1", "first_registered": "2015-03-01", "single_circuit_brakes": False}
OLD_CAR = {**CAR, "first_registered": "2005-03-01"}
VAN = {**CAR, "eu_category": "N1", "total_mass_kg": 3000}
BUS = {**CAR, "eu_category": "M2", "persons": 13}
OLD_BUS = {**BUS, "first_registered": "1960-03-01"}
SINGLE_LINE = {**CAR, "single_circuit_brakes": True}


def number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def run(left: Any, right: Any, load: Any = 250, unit: str = "kgf", **more: Any) -> Run:
    """One axle: a force on each wheel, and the same load below both."""
    forces = {"left": number(left), "right": number(right)}
    return {
        "curves": {f"force_{side}": {"unit": unit, "values": [0, force]} for side, force in forces.items()},
        "values": {f"load_{side}": {"unit": "kg", "value": load} for side in forces},
        "marks": {"brake": 0},
        **more,
    }


def states(percent: Any, **more: Any) -> Run:
    """A run of a decelerometer."""
    efficiency = {"unit": "%", "value": number(percent), **more}
    return {"method": "decelerometer", "values": {"efficiency": efficiency}}


def case(items: Mapping[str, Run], facts: Mapping[str, Any], on: str = "2026-11-22") -> dict[str, Any]:
    vehicle = {"plate_type": "", "vehicle_type": "K33", "use_character": "A", "fuel": "A", **facts}
    return {"v": 1, "on": on, "vehicle": vehicle, "items": items}


# 1000 kg on four wheels: 10 kgf are one percent.


def braked(percent: Any) -> dict[str, Run]:
    each = Decimal(percent) * 10 / 4
    return {"B1": run(each, each), "B2": run(each, each)}


def parked(percent: Any) -> dict[str, Run]:
    each = Decimal(percent) * 10 / 2
    return {**braked(60), "B0": run(each, each)}


def uneven(percent: Any, item: str = "B1") -> dict[str, Run]:
    """The right wheel weaker than the left one, by a share of the stronger force."""
    return {**braked(60), item: run(400, 400 - 4 * Decimal(percent))}


MEASURE: dict[str, tuple[str, Callable[..., dict[str, Run]]]] = {
    "service_efficiency": ("BV", braked),
    "parking_efficiency": ("B0", parked),
    "imbalance": ("B1", uneven),
    "wheel_effort": ("B1", lambda newton: {"B1": run(4000, newton, unit="N")}),
    "parking_imbalance": ("B0", lambda percent: uneven(percent, "B0")),
}


@dataclass(frozen=True)
class Row:
    """A limit, a vehicle that it is for, and what values at it and on either side mean (None: met)."""

    limit: str
    quantity: str
    facts: Mapping[str, Any]
    value: str
    means: Mapping[str, str | None] = field(default_factory=dict)


ROWS = [
    Row("wheel-effort", "wheel_effort", CAR, "0", {"0": "dangerous", "0.01": None, "-0.01": "dangerous"}),
    Row("imbalance", "imbalance", CAR, "30", {"29": None, "30": None, "31": "major"}),
    Row("imbalance-steered", "imbalance", CAR, "50", {"49": "major", "50": "major", "51": "dangerous"}),
    Row("service-m1-2010", "service_efficiency", CAR, "58", {"57": "major", "58": None, "59": None}),
    Row("service-m1-2010-half", "service_efficiency", CAR, "29", {"28": "dangerous", "29": "major", "30": "major"}),
    Row("service-m1", "service_efficiency", OLD_CAR, "50", {"49": "major", "50": None, "51": None}),
    Row("service-m1-half", "service_efficiency", OLD_CAR, "25", {"24": "dangerous", "25": "major", "26": "major"}),
    Row("service-n1", "service_efficiency", VAN, "50", {"49": "major", "50": None, "51": None}),
    Row("service-n1-half", "service_efficiency", VAN, "25", {"24": "dangerous", "25": "major", "26": "major"}),
    Row("service-m2-m3-1968", "service_efficiency", BUS, "50", {"49": "major", "50": None, "51": None}),
    Row("service-m2-m3-1968-half", "service_efficiency", BUS, "25", {"24": "dangerous", "25": "major", "26": "major"}),
    # Below 45 a bus of that time may have two means of control: that is another test.
    Row("service-m2-m3", "service_efficiency", OLD_BUS, "45", {"45": None, "46": None}),
    Row("service-m2-m3-half", "service_efficiency", OLD_BUS, "22.5", {"22": "dangerous", "45": None}),
    Row("parking", "parking_efficiency", CAR, "16", {"15": "major", "16": None, "17": None}),
    Row("parking-half", "parking_efficiency", CAR, "8", {"7": "dangerous", "8": "major", "9": "major"}),
    Row("parking-single-line", "parking_efficiency", SINGLE_LINE, "25", {"24": "major", "25": None, "26": None}),
    Row("parking-single-line-half", "parking_efficiency", SINGLE_LINE, "12.5", {"12": "dangerous", "13": "major"}),
    Row("parking-imbalance", "parking_imbalance", SINGLE_LINE, "30", {"29": None, "30": None, "31": "major"}),
]


def test_every_limit_on_brakes_has_a_case() -> None:
    pack = pack_of(PACK)
    values = {e.id: e.value for e in pack.limits if pack.files["limit", e.id] == "brakes.toml"}
    assert values == {row.limit: Decimal(row.value) for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.limit)
def test_at_the_limit_and_one_unit_either_side(row: Row, case_verdict: Judged, quantity: Pick) -> None:
    item, measure = MEASURE[row.quantity]
    for value, severity in row.means.items():
        found = quantity(case_verdict(PACK, item, case(measure(value), row.facts)), row.quantity)
        assert (found.severity, found.outcome) == (severity, "fail" if severity else "pass"), value
        if severity == OWN[row.limit]:
            assert found.limit == Decimal(row.value)


OWN = {row.limit: "dangerous" if row.limit.endswith(("half", "steered", "effort")) else "major" for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.limit)
def test_a_changed_limit_changes_the_verdict(row: Row, quantity: Pick) -> None:
    pack = pack_of(PACK)
    item, measure = MEASURE[row.quantity]
    met = next(Decimal(value) for value, severity in row.means.items() if severity != OWN[row.limit])
    stricter = met + (-1 if "imbalance" in row.quantity else 1)
    limits = (e.model_copy(update={"value": stricter}) if e.id == row.limit else e for e in pack.limits)
    changed = replace(pack, limits=tuple(limits))
    read = Case.model_validate(case(measure(met), row.facts))
    before, after = (quantity(judge_case(p, read, item).items[0], row.quantity) for p in (pack, changed))
    assert before.limit != after.limit == stricter
    assert (before.outcome, before.severity) != (after.outcome, after.severity)


# What is compared: three decimals first, a half away from zero, then whole percents down, or up.
ROUNDED = [
    ("BV", "service_efficiency", braked("57.9999"), "58", "pass"),
    ("BV", "service_efficiency", braked("57.9995"), "58", "pass"),
    ("BV", "service_efficiency", braked("57.9994"), "57", "fail"),
    ("BV", "service_efficiency", braked("57.64"), "57", "fail"),
    ("BV", "service_efficiency", braked("58.9994"), "58", "pass"),
    ("B0", "parking_efficiency", parked("15.9999"), "16", "pass"),
    ("B0", "parking_efficiency", parked("15.9994"), "15", "fail"),
    ("B1", "imbalance", uneven("30.0004"), "30", "pass"),
    ("B1", "imbalance", uneven("30.0005"), "31", "fail"),
    ("B1", "imbalance", uneven("30.4"), "31", "fail"),
    ("B1", "imbalance", uneven("29.001"), "30", "pass"),
]


@pytest.mark.parametrize(("item", "name", "items", "compared", "outcome"), ROUNDED)
def test_rounding_is_the_official_service_s(
    item: str, name: str, items: dict[str, Run], compared: str, outcome: str, case_verdict: Judged, quantity: Pick
) -> None:
    found = quantity(case_verdict(PACK, item, case(items, CAR)), name)
    assert (found.value, found.shown, found.outcome) == (Decimal(compared), f"{compared} %", outcome)


def test_a_value_that_rounding_changes_is_told(case_verdict: Judged) -> None:
    judged = case_verdict(PACK, "BV", case(braked("57.9999"), CAR))
    assert [w.en for w in judged.warnings] == [
        "Service brake efficiency: unrounded 57.9999 and rounded 58 would be judged differently; "
        "the rounded down value counts here."
    ]


# The day before and the day itself: vehicle, item, day, limit before it and from it on (None: the pack has none).
BANDS = [
    ("service-m1", CAR, "BV", "1915-01-01", None, 50),
    ("service-m1-2010", CAR, "BV", "2010-09-01", 50, 58),
    ("service-n1", VAN, "BV", "1915-01-01", None, 50),
    ("service-n1", VAN, "BV", "2010-09-01", 50, 50),
    ("service-m2-m3", BUS, "BV", "1915-01-01", None, 45),
    ("service-m2-m3-1968", BUS, "BV", "1968-01-01", 45, 50),
    ("parking", CAR, "B0", "1915-01-01", None, 16),
    ("parking", BUS, "B0", "1968-01-01", None, 16),
    ("parking-single-line", SINGLE_LINE, "B0", "1915-01-01", None, 25),
    ("parking-single-line", {**BUS, "single_circuit_brakes": True}, "B0", "1968-01-01", None, 25),
]


@pytest.mark.parametrize(("limit", "facts", "item", "day", "before", "since"), BANDS)
def test_first_use_on_the_day_before_and_on_the_day(
    limit: str,
    facts: dict[str, Any],
    item: str,
    day: str,
    before: int | None,
    since: int | None,
    case_verdict: Judged,
) -> None:
    the_day = date.fromisoformat(day)
    for first_used, expected in ((date.fromordinal(the_day.toordinal() - 1), before), (the_day, since)):
        judged = case_verdict(PACK, item, case(parked(100), {**facts, "first_registered": first_used}))
        efficiency = judged.quantities[0]
        assert (efficiency.limit, efficiency.outcome) == (expected, "pass" if expected else "unknown"), first_used


def test_every_day_that_the_limits_name_is_tested() -> None:
    pack = pack_of(PACK)
    own = [limit for limit in pack.limits if pack.files["limit", limit.id] == "brakes.toml"]
    tests = [tests["first_registered"] for e in own for tests in e.applies_if if "first_registered" in tests]
    days = {day for test in tests for day in (test.since, test.before) if day is not None}
    assert days == {date.fromisoformat(day) for _, _, _, day, _, _ in BANDS}


def test_the_pack_begins_on_its_day(case_verdict: Judged) -> None:
    assert case_verdict(PACK, "BV", case(braked(70), CAR, on="2024-12-31")).outcome is Outcome.UNKNOWN
    assert case_verdict(PACK, "BV", case(braked(70), CAR, on="2025-01-01")).outcome is Outcome.PASS


# Only class 4: what is not in it, or may not be, is judged unknown; what is missing is named.
CLASSES: list[tuple[dict[str, Any], str, str]] = [
    (VAN, "pass", ""),
    ({**VAN, "total_mass_kg": 3001}, "unknown", "no limit for this vehicle"),
    ({**VAN, "total_mass_kg": None}, "unknown", "total mass"),
    (BUS, "pass", ""),
    ({**BUS, "persons": None}, "unknown", "approved number of persons"),
    ({**BUS, "persons": 14}, "unknown", "no limit for this vehicle"),
    ({**BUS, "eu_category": "M3"}, "pass", ""),
    ({**CAR, "eu_category": "L"}, "unknown", "no limit for this vehicle"),
    ({**CAR, "eu_category": "N2"}, "unknown", "no limit for this vehicle"),
    ({**CAR, "eu_category": None}, "unknown", "EU vehicle category"),
    ({**CAR, "first_registered": None}, "unknown", "date of first registration"),
    ({**CAR, "axles": 1}, "unknown", "no limit for this vehicle"),
]


@pytest.mark.parametrize(("facts", "outcome", "told"), CLASSES)
def test_a_vehicle_without_a_limit_or_a_fact_is_never_passed(
    facts: dict[str, Any], outcome: str, told: str, case_verdict: Judged
) -> None:
    judged = case_verdict(PACK, "BV", case(braked(100), facts))
    assert judged.outcome == outcome
    assert told in (judged.reason.en if judged.reason else "")


def test_whether_there_is_one_line_only_must_be_known(case_verdict: Judged) -> None:
    judged = case_verdict(PACK, "B0", case(parked(100), {**CAR, "single_circuit_brakes": None}))
    assert judged.outcome is Outcome.UNKNOWN
    assert judged.reason is not None
    assert "whether the brakes have a single circuit" in judged.reason.en


def test_a_van_of_2015_needs_50_where_a_car_needs_58(case_verdict: Judged) -> None:
    assert case_verdict(PACK, "BV", case(braked(50), VAN)).outcome is Outcome.PASS
    assert case_verdict(PACK, "BV", case(braked(50), CAR)).severity == "major"


# Wheels that lock: states of both axles (or of the parking axle), how it was measured, and what it means.
LOCKS = [
    ("BV", ("normal", "normal"), "", "fail"),
    ("BV", ("left_locked", "right_locked"), "", "fail"),
    ("BV", ("both_locked", "normal"), "", "fail"),
    ("BV", ("both_locked", "left_locked"), "", "pass"),
    ("BV", ("both_locked", "both_locked"), "", "pass"),
    ("BV", ("both_locked", "both_locked"), "plate", "fail"),
    ("B0", ("left_locked",), "", "fail"),
    ("B0", ("both_locked",), "", "pass"),
    ("B0", ("both_locked",), "plate", "fail"),
]


@pytest.mark.parametrize(("item", "ends", "method", "outcome"), LOCKS)
def test_more_than_half_of_the_wheels_locked_on_rollers_counts_as_efficient(
    item: str, ends: Sequence[str], method: str, outcome: str, case_verdict: Judged
) -> None:
    items = parked(1) if item == "B0" else braked(1)
    for code, end in zip(("B0",) if item == "B0" else ("B1", "B2"), ends, strict=True):
        items[code] |= {"end_state": end, "method": method}
    judged = case_verdict(PACK, item, case(items, CAR))
    assert judged.outcome == outcome
    assert judged.severity == (None if outcome == "pass" else "dangerous")
    assert ("More than half of the wheels locked" in judged.quantities[0].sentence.en) == (outcome == "pass")


# Left and right effort in kgf, what locked, how it was measured: an imbalance above 30 is disregarded, or not.
DISREGARDED = [
    (40, 10, "normal", "", "pass"),
    ("40.0001", 10, "normal", "", "fail"),
    (41, 10, "normal", "", "fail"),
    (200, 100, "right_locked", "", "pass"),
    (100, 200, "left_locked", "", "pass"),
    (200, 100, "left_locked", "", "fail"),
    (100, 200, "right_locked", "", "fail"),
    (200, 100, "both_locked", "", "pass"),
    (200, 100, "right_locked", "plate", "fail"),
    (200, 100, "timeout", "", "fail"),
]


@pytest.mark.parametrize(
    ("item", "name", "facts"), [("B1", "imbalance", CAR), ("B0", "parking_imbalance", SINGLE_LINE)]
)
@pytest.mark.parametrize(("left", "right", "end", "method", "outcome"), DISREGARDED)
def test_an_imbalance_is_disregarded_where_the_weaker_wheel_locked_or_the_effort_is_low(
    left: Any,
    right: Any,
    end: str,
    method: str,
    outcome: str,
    item: str,
    name: str,
    facts: dict[str, Any],
    case_verdict: Judged,
    quantity: Pick,
) -> None:
    items = {**braked(60), item: run(left, right, end_state=end, method=method)}
    found = quantity(case_verdict(PACK, item, case(items, facts)), name)
    assert found.outcome == outcome
    assert (found.severity is None) == (outcome == "pass")
    assert ("disregarded" in found.sentence.en) == ("defect" not in found.sentence.en) == (outcome == "pass")


# Half of the stronger force and less, by axle and by how many axles are steered.
STEERED = [
    ("B1", {}, "dangerous"),
    ("B2", {}, "major"),
    ("B2", {"steered_axles": 1}, "major"),
    ("B2", {"steered_axles": 2}, "dangerous"),
    ("B3", {"axles": 3, "steered_axles": 2}, "major"),
    ("B3", {"axles": 3, "steered_axles": 3}, "dangerous"),
]


@pytest.mark.parametrize(("item", "facts", "severity"), STEERED)
def test_less_than_half_is_dangerous_on_a_steered_axle(
    item: str, facts: dict[str, Any], severity: str, case_verdict: Judged, quantity: Pick
) -> None:
    judged = case_verdict(PACK, item, case(uneven(51, item), {**CAR, **facts}))
    assert quantity(judged, "imbalance").severity == judged.severity == severity


def test_no_effort_at_one_wheel_or_at_both_is_dangerous(case_verdict: Judged, quantity: Pick) -> None:
    both = case_verdict(PACK, "B2", case({"B2": run(0, 0)}, CAR))
    assert (quantity(both, "imbalance").value, quantity(both, "imbalance").outcome) == (0, "pass")
    one = case_verdict(PACK, "B2", case({"B2": run(200, 0)}, CAR))
    assert (quantity(one, "imbalance").value, quantity(one, "imbalance").severity) == (100, "major")
    for judged in (both, one):
        assert (judged.outcome, judged.severity) == ("fail", "dangerous")
        assert quantity(judged, "wheel_effort").limit_shown == "> 0 N"
    assert quantity(one, "wheel_effort").decided_by == "B2 right #0 (0 ms)"
    assert case_verdict(PACK, "BV", case({"B1": run(300, 300), "B2": run(0, 0)}, CAR)).outcome is Outcome.PASS
    assert case_verdict(PACK, "B0", case({**braked(60), "B0": run(0, 0)}, CAR)).severity == "dangerous"


def test_a_force_below_zero_is_no_force(case_verdict: Judged, quantity: Pick) -> None:
    items = {"B1": run(300, 300), "B2": {**run(1, 1), "marks": {"brake": 1}}}
    for side in ("left", "right"):
        items["B2"]["curves"][f"force_{side}"]["values"] = [9, -5]
    axle = case_verdict(PACK, "B2", case(items, CAR))
    assert (quantity(axle, "imbalance").value, quantity(axle, "wheel_effort").severity) == (0, "dangerous")
    assert quantity(axle, "imbalance").decided_by == "B2 left #1 (10 ms), B2 right #1 (10 ms)"
    assert quantity(case_verdict(PACK, "BV", case(items, CAR)), "service_efficiency").value == 60


# First used before 1968 the vehicle may have two means of control, which need less, but never less than 25 %.
CONTROLS = [
    (OLD_CAR, "1967-12-31", 50, "pass"),
    (OLD_CAR, "1967-12-31", 49, "unknown"),
    (OLD_CAR, "1967-12-31", "24.9995", "unknown"),
    (OLD_CAR, "1967-12-31", "24.9994", "fail"),
    (OLD_CAR, "1968-01-01", 49, "fail"),
    (VAN, "1967-12-31", 49, "unknown"),
    (VAN, "1968-01-01", 49, "fail"),
    (BUS, "1967-12-31", 45, "pass"),
    (BUS, "1967-12-31", 44, "unknown"),
    (BUS, "1967-12-31", 25, "unknown"),
    (BUS, "1967-12-31", 24, "fail"),
    (BUS, "1967-12-31", 23, "fail"),
    (BUS, "1967-12-31", 22, "fail"),
    (BUS, "1968-01-01", 49, "fail"),
]


@pytest.mark.parametrize(("facts", "first_used", "percent", "outcome"), CONTROLS)
def test_two_means_of_control_are_left_to_a_person(
    facts: dict[str, Any], first_used: str, percent: Any, outcome: str, case_verdict: Judged, quantity: Pick
) -> None:
    judged = case_verdict(PACK, "BV", case(braked(percent), {**facts, "first_registered": first_used}))
    assert judged.outcome == quantity(judged, "service_efficiency").outcome == outcome
    assert (judged.severity is None) == (outcome != "fail")
    assert (judged.reason is not None and "two means" in judged.reason.en) == (outcome == "unknown")


def test_a_bus_of_before_1968_below_any_figure_fails_by_what_it_misses(case_verdict: Judged) -> None:
    for percent, severity in ((24, "major"), (23, "major"), (22, "dangerous")):
        assert case_verdict(PACK, "BV", case(braked(percent), OLD_BUS)).severity == severity


def test_two_means_of_control_are_told_in_both_languages(case_verdict: Judged) -> None:
    judged = case_verdict(PACK, "BV", case(braked(40), {**VAN, "first_registered": "1967-12-31"}))
    assert judged.reason == judged.quantities[0].sentence
    assert judged.reason.en == (
        "Service brake efficiency 40 %, below the required 50 %: this alone cannot be judged. First used before 1968: "
        "with two means of operating the brakes 30 % from the first and 25 % from the second are enough; "
        "judge by the manual."
    )
    assert judged.reason.zh.startswith("整车制动效率 40 %，低于 50 %，不能仅据此判定。1968 年以前首次使用的车辆")


PARKED_TWICE = {**SINGLE_LINE, "parking_axles": [1, 2]}


@pytest.mark.parametrize(("parked_by", "axles_by", "outcome"), [("plate", "", "fail"), ("", "plate", "pass")])
def test_the_parking_brake_goes_by_how_it_was_measured_itself(
    parked_by: str, axles_by: str, outcome: str, case_verdict: Judged
) -> None:
    axles = {code: {**axle, "method": axles_by} for code, axle in braked(60).items()}
    weak = run(1, 1, end_state="both_locked", method=parked_by)
    for facts, parked_axles in ((SINGLE_LINE, {"B0": weak}), (PARKED_TWICE, {"B01": weak, "B02": weak})):
        assert case_verdict(PACK, "B0", case({**axles, **parked_axles}, facts)).outcome == outcome


def test_a_decelerometer_states_the_efficiency(case_verdict: Judged) -> None:
    for percent, outcome in (("58", "pass"), ("57.9995", "pass"), ("57.9994", "fail")):
        judged = case_verdict(PACK, "BV", case({"BV": states(percent)}, CAR))
        assert (judged.outcome, judged.runs) == (outcome, ("case-BV",))
        assert judged.quantities[0].decided_by == "BV efficiency"
    parking = case_verdict(PACK, "B0", case({"B0": states("25")}, SINGLE_LINE))
    assert (parking.outcome, [q.quantity for q in parking.quantities]) == ("pass", ["parking_efficiency"])
    suspect = case_verdict(PACK, "BV", case({"BV": states("58", quality="suspect")}, CAR))
    assert [w.zh for w in suspect.warnings] == ["制动效率有可疑采样点，请留意仪器状态。"]
    without = case_verdict(PACK, "BV", case({"BV": states(None)}, CAR))
    assert without.outcome is Outcome.INVALID
    assert without.reason is not None
    assert "braking efficiency" in without.reason.en


def test_the_runs_of_all_axles_decide_and_are_named(case_verdict: Judged) -> None:
    judged = case_verdict(PACK, "BV", case(braked(60), CAR))
    assert judged.runs == ("case-B1", "case-B2")
    assert judged.quantities[0].decided_by == (
        "B1 left #1 (10 ms), B1 right #1 (10 ms), B2 left #1 (10 ms), B2 right #1 (10 ms)"
    )
    assert case_verdict(PACK, "BV", case({"B1": run(1, 1)}, CAR)).outcome is Outcome.UNKNOWN


def test_each_parking_axle_counts_and_the_worst_imbalance(case_verdict: Judged, quantity: Pick) -> None:
    items = {**braked(60), "B01": run(100, 75), "B02": run(50, 45)}
    judged = case_verdict(PACK, "B0", case(items, {**SINGLE_LINE, "parking_axles": [1, 2]}))
    assert quantity(judged, "parking_efficiency").value == 27
    assert quantity(judged, "parking_imbalance").value == 25
    assert quantity(judged, "parking_imbalance").decided_by == "B01 left #1 (10 ms), B01 right #1 (10 ms)"


# What is wrong with a run, and what is said of it.
BAD: list[tuple[dict[str, Any], str]] = [
    ({"marks": {}}, "the record lacks the moment brake"),
    ({"marks": {"brake": 2}}, "Axle 1, left wheel: no force curve"),
    ({"curves": {"force_left": {"unit": "N", "values": [5]}}}, "Axle 1, right wheel: no force curve"),
    ({"lost": 3}, "3 samples"),
    ({"curves": run(5, None)["curves"]}, "Axle 1, right wheel: 1 samples are not valid"),
]


@pytest.mark.parametrize(("change", "told"), BAD)
def test_a_run_that_cannot_count_is_invalid_and_says_why(
    change: dict[str, Any], told: str, case_verdict: Judged
) -> None:
    judged = case_verdict(PACK, "B1", case({"B1": {**run(100, 100), **change}}, CAR))
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert told in judged.reason.en


def test_a_suspect_sample_warns(case_verdict: Judged) -> None:
    items = braked(60)
    items["B1"]["curves"]["force_left"]["quality"] = "gs"
    for item in ("B1", "BV"):
        judged = case_verdict(PACK, item, case(items, CAR))
        assert [w.zh for w in judged.warnings] == ["第 1 轴左轮有可疑采样点，请留意设备状态。"]


def test_a_run_whose_time_was_over_counts_and_warns(case_verdict: Judged) -> None:
    items = braked(60)
    items["B2"]["end_state"] = "timeout"
    for item in ("B2", "BV"):
        judged = case_verdict(PACK, item, case(items, CAR))
        assert judged.outcome is Outcome.PASS
        assert [w.en for w in judged.warnings] == ["Axle 2: the run ended because its time was over."]


EXAMPLES = {
    "B0": ("pass", None),
    "B0-single-line": ("pass", None),
    "B1": ("pass", None),
    "B1-dangerous": ("fail", "dangerous"),
    "B1-lower-wheel-locked": ("pass", None),
    "B2": ("pass", None),
    "B2-low-effort": ("pass", None),
    "B3": ("pass", None),
    "BV": ("pass", None),
    "BV-car-before-2010": ("pass", None),
    "BV-decelerometer": ("fail", "major"),
    "BV-locked": ("pass", None),
    "BV-van": ("pass", None),
}


def test_every_item_has_an_example() -> None:
    pack = pack_of(PACK)
    assert {item.code for item in pack.items if pack.files["item", item.code] == "brakes.toml"} <= EXAMPLES.keys()
    assert {name for name in examples(PACK) if name.startswith("B")} == EXAMPLES.keys()


@pytest.mark.parametrize(("name", "means"), EXAMPLES.items())
def test_the_examples_are_judged_as_they_say(name: str, means: tuple[str, str | None]) -> None:
    verdict = judge_case(pack_of(PACK), read_case(name, example(PACK, name) or b""), name.split("-")[0]).items[0]
    assert (verdict.outcome, verdict.severity) == means


EFFORTS = st.integers(min_value=0, max_value=9999)
WEIGHTS = st.integers(min_value=1, max_value=9999)


@given(efforts=st.tuples(EFFORTS, EFFORTS, EFFORTS, EFFORTS), weights=st.tuples(WEIGHTS, WEIGHTS))
def test_whole_kgf_over_kg_are_the_official_service_s_numbers(
    efforts: tuple[int, int, int, int], weights: tuple[int, int], case_verdict: Judged, quantity: Pick
) -> None:
    front, rear = efforts[:2], efforts[2:]
    items = {"B1": run(*front, load=weights[0]), "B2": run(*rear, load=weights[1])}
    found = quantity(case_verdict(PACK, "BV", case(items, CAR)), "service_efficiency")
    # In whole numbers: thousandths of a percent, a half up, then the whole percents.
    weight = 2 * sum(weights)
    assert found.value == (2 * 100_000 * sum(efforts) + weight) // (2 * weight) // 1000
    for item, (left, right) in (("B1", front), ("B2", rear)):
        larger = max(left, right, 1)
        thousandths = (2 * 100_000 * abs(left - right) + larger) // (2 * larger)
        assert quantity(case_verdict(PACK, item, case(items, CAR)), "imbalance").value == -(-thousandths // 1000)


@given(efforts=st.tuples(EFFORTS, EFFORTS), more=st.integers(min_value=1, max_value=500), factor=WEIGHTS)
def test_scaling_changes_nothing_swapping_names_the_other_side_and_more_force_is_never_less(
    efforts: tuple[int, int], more: int, factor: int, case_verdict: Judged, quantity: Pick
) -> None:
    def values(left: int, right: int, scale: int = 1) -> tuple[Any, Any]:
        items = {code: run(left * scale, right * scale, load=500 * scale) for code in ("B1", "B2")}
        service = quantity(case_verdict(PACK, "BV", case(items, CAR)), "service_efficiency")
        return service.value, quantity(case_verdict(PACK, "B1", case(items, CAR)), "imbalance").value

    left, right = efforts
    assert values(left, right) == values(left, right, factor) == values(right, left)
    assert values(left + more, right)[0] >= values(left, right)[0]
