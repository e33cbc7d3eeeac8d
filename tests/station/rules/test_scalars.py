"""Side slip, outline dimensions, curb mass and the road test: every limit of their files, and who needs them."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from station.model.capture import Capture
from station.model.verdict import ItemVerdict, Outcome
from station.rules import parse_pack
from station.rules.case import Case

CN = "cn-gb38900-2020"
FILES = ("side-slip.toml", "dimensions.toml", "road-test.toml")
ON = "2026-11-22"
UNITS = {"slip": "m/km", "initial": "km/h", "mfdd": "m/s2", "distance": "m", "lane": "m", "curb": "kg"}

CAR = {"vehicle_type": "K33", "persons": 5, "total_mass_kg": 1800, "front_suspension": "dependent"}
BIG_CAR = {"vehicle_type": "K21", "persons": 9, "total_mass_kg": 4000, "front_suspension": "dependent"}
UNCOUNTED = {"vehicle_type": "K31", "front_suspension": "dependent"}
SMALL_BUS = {"vehicle_type": "K21", "persons": 10, "total_mass_kg": 3500}
BUS = {"vehicle_type": "K11", "persons": 10, "total_mass_kg": 3501}
VAN = {"vehicle_type": "H31", "total_mass_kg": 3500, "front_suspension": "dependent"}
LORRY = {"vehicle_type": "H11", "total_mass_kg": 3501, "front_suspension": "dependent"}
TRACTOR = {"vehicle_type": "Q11", "total_mass_kg": 18_000, "front_suspension": "dependent"}
MOTORCYCLE = {"vehicle_type": "M21", "front_suspension": "dependent"}
THREE_WHEEL = {"vehicle_type": "N11", "front_suspension": "dependent"}

GOOD: dict[str, Any] = {"initial_speed": 50, "mfdd": 8, "distance": 5, "lane_width": Decimal("2.2")}

Pick = Callable[[ItemVerdict, str], Any]
Verdict = Callable[..., ItemVerdict]


def unit_of(name: str) -> str:
    return UNITS.get(name.partition("_")[0], "mm")


def case(item: str, facts: Mapping[str, Any], values: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A case of one run; a value is a number in its usual unit, or the value's own table."""
    vehicle = {"plate_type": "02", "use_character": "A", "fuel": "A", **facts}
    read = {n: v if isinstance(v, dict) else {"unit": unit_of(n), "value": v} for n, v in values.items()}
    run = {"values": read, **more.pop("run", {})}
    return {"v": 1, "on": ON, "vehicle": vehicle, "items": {item: run}, **more}


def on_the_road(facts: Mapping[str, Any], values: Mapping[str, Any], method: str = "") -> dict[str, Any]:
    """A road test of a vehicle that is known to need one."""
    four_by_four = {**facts, "full_time_four_wheel_drive": True}
    settings = {"four_wheel_drive_brakes": "road"}
    return case("R1", four_by_four, values, settings=settings, run={"method": method})


class Row(NamedTuple):
    limit: str
    numbers: tuple[str, ...]
    item: str
    channel: str
    vehicles: tuple[Mapping[str, Any], ...]
    others: Mapping[str, Any] = {}
    missed: str = "fail"
    method: str = ""


def road(cls: str, speed: str, lane: str, unladen: tuple[str, str], laden: tuple[str, str], *who: Any) -> Iterator[Row]:
    """The limits of one class of vehicles; where MFDD is measured, distance is not, and the other way round."""
    there = {"initial_speed": Decimal(speed), "lane_width": 2}
    good = {**there, "mfdd": 8}
    yield Row(f"road-speed-{cls}", (speed,), "R1", "initial_speed", who, good, "invalid")
    yield Row(f"road-lane-{cls}", (lane,), "R1", "lane_width", who, good)
    for load, (mfdd, distance), method in (("unladen", unladen, ""), ("laden", laden, "loaded")):
        yield Row(f"road-mfdd-{cls}-{load}", (mfdd,), "R1", "mfdd", who, there, method=method)
        yield Row(f"road-distance-{cls}-{load}", (distance,), "R1", "distance", who, there, method=method)


ROWS = [
    Row("side-slip", ("-5.0", "5.0"), "A1", "slip_axle_1", (CAR, LORRY, {**LORRY, "axles": 3, "steered_axles": 1})),
    Row("side-slip-two-three-wheels", ("-10", "10"), "A1", "slip_axle_1", (MOTORCYCLE, THREE_WHEEL)),
    *road("car", "50", "2.5", ("6.2", "19.0"), ("5.9", "20.0"), CAR, BIG_CAR, UNCOUNTED),
    *road("light", "50", "2.5", ("5.6", "21.0"), ("5.4", "22.0"), VAN, SMALL_BUS, {**VAN, "vehicle_type": "Z71"}),
    *road("other", "30", "3.0", ("5.4", "9.0"), ("5.0", "10.0"), LORRY, BUS, TRACTOR, {**LORRY, "vehicle_type": "Z12"}),
]


def test_every_limit_has_its_row(limits_in: Callable[..., dict[str, Any]]) -> None:
    assert sorted(row.limit for row in ROWS) == sorted(limits_in(CN, *FILES))


@pytest.mark.parametrize("row", ROWS, ids=[row.limit for row in ROWS])
def test_a_limit_and_one_unit_in_the_last_place_either_side(
    row: Row, limits_in: Callable[..., dict[str, Any]], holds_at_its_edges: Callable[..., None]
) -> None:
    limit = limits_in(CN, *FILES)[row.limit]
    for facts in row.vehicles:

        def measured(value: Decimal, facts: Mapping[str, Any] = facts) -> dict[str, Any]:
            values = {**row.others, row.channel: value}
            return on_the_road(facts, values, row.method) if row.item == "R1" else case(row.item, facts, values)

        holds_at_its_edges(CN, limit, row.numbers, row.item, measured, missed=row.missed)


@pytest.mark.parametrize(("on", "outcome"), [("2020-12-31", "unknown"), ("2021-01-01", "pass")])
@pytest.mark.parametrize("item", ["A1", "R1"])
def test_the_items_begin_on_their_day(on: str, outcome: str, item: str, case_verdict: Verdict) -> None:
    road_test = on_the_road(CAR, GOOD)
    made = road_test if item == "R1" else case("A1", CAR, {"slip_axle_1": 0})
    settings = {} if on == "2020-12-31" else made.get("settings", {})
    assert case_verdict(CN, item, {**made, "on": on, "settings": settings}).outcome == outcome


@pytest.mark.parametrize(
    ("first", "second", "outcome", "decided_by"),
    [
        ("5.0", "-5.0", "pass", "A1 slip_axle_1"),
        ("-4.9", "5.0", "pass", "A1 slip_axle_2"),
        ("-5.1", "5.0", "fail", "A1 slip_axle_1"),
        ("4.9", "-5.1", "fail", "A1 slip_axle_2"),
        ("4.9", None, "pass", "A1 slip_axle_1"),
    ],
)
def test_of_two_axles_the_one_that_slips_more_decides(
    first: str, second: str | None, outcome: str, decided_by: str, case_verdict: Verdict
) -> None:
    slips = {"slip_axle_1": Decimal(first), "slip_axle_2": None if second is None else Decimal(second)}
    judged = case_verdict(CN, "A1", case("A1", CAR, slips))
    assert (judged.outcome, judged.quantities[0].decided_by) == (outcome, decided_by)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"front_suspension": "independent"}, "not_applicable"),
        ({"front_suspension": None}, "unknown"),
        ({"steered_axles": 1}, "pass"),
        ({"steered_axles": 2}, "not_applicable"),
        ({**LORRY, "axles": 4, "steered_axles": 2}, "not_applicable"),
        ({**LORRY, "axles": 4}, "unknown"),
        ({**LORRY, "axles": 4, "steered_axles": 1}, "pass"),
        (MOTORCYCLE, "pass"),
        ({**MOTORCYCLE, "steered_axles": 2}, "not_applicable"),
        ({"vehicle_type": "B11"}, "not_applicable"),
        ({**MOTORCYCLE, "front_suspension": None}, "not_applicable"),
    ],
)
def test_who_needs_side_slip(facts: dict[str, Any], outcome: str, case_verdict: Verdict) -> None:
    assert case_verdict(CN, "A1", case("A1", {**CAR, **facts}, {"slip_axle_1": 1})).outcome == outcome


@pytest.mark.parametrize(
    ("values", "zh"),
    [
        ({}, "没有第一转向轴侧滑量的数据，请检查设备后重新检测。"),
        ({"slip_axle_1": None}, "没有第一转向轴侧滑量的数据，请检查设备后重新检测。"),
        (
            {"slip_axle_1": {"unit": "m/km", "value": 1, "quality": "invalid"}},
            "没有第一转向轴侧滑量的数据，请检查设备后重新检测。",
        ),
        (
            {"slip_axle_1": 1, "slip_axle_2": {"unit": "m/km", "value": 1, "quality": "missing"}},
            "没有第二转向轴侧滑量的数据，请检查设备后重新检测。",
        ),
        (
            {"slip_axle_1": {"unit": "mm", "value": 1}},
            "第一转向轴侧滑量的数据单位为 mm，应为 m/km，请检查设备配置。",
        ),
    ],
)
def test_side_slip_that_cannot_count(values: dict[str, Any], zh: str, case_verdict: Verdict) -> None:
    judged = case_verdict(CN, "A1", case("A1", CAR, values))
    assert (judged.outcome, judged.reason.zh if judged.reason else "") == (Outcome.INVALID, zh)


def test_lost_samples_do_not_count(case_verdict: Verdict) -> None:
    judged = case_verdict(CN, "A1", case("A1", CAR, {"slip_axle_1": 1}, run={"lost": 1}))
    assert judged.outcome is Outcome.INVALID


def test_a_suspect_value_warns(case_verdict: Verdict) -> None:
    slip = {"unit": "m/km", "value": 1, "quality": "suspect"}
    judged = case_verdict(CN, "A1", case("A1", CAR, {"slip_axle_1": slip}))
    assert judged.outcome is Outcome.PASS
    assert "side slip of the first steered axle" in judged.warnings[0].en


@pytest.mark.parametrize(
    ("item", "values"),
    [("M1", {"length": 11_990, "width": 2550, "height": 3800}), ("Z1", {"curb_mass": 8000})],
)
def test_what_has_no_tolerance_in_any_source_is_shown_and_unknown(
    item: str, values: dict[str, int], case_verdict: Verdict
) -> None:
    judged = case_verdict(CN, item, case(item, LORRY, values))
    assert judged.outcome is Outcome.UNKNOWN
    assert [q.value for q in judged.quantities] == [Decimal(v) for v in values.values()]
    assert judged.reason is not None
    assert judged.reason.zh.endswith("规则包中没有适用于该车的限值，无法判定。")


@pytest.mark.parametrize(("item", "name"), [("M1", "length"), ("M1", "width"), ("M1", "height"), ("Z1", "curb_mass")])
@pytest.mark.parametrize(("value", "outcome"), [(-1, "invalid"), (0, "invalid"), (1, "unknown")])
def test_what_is_not_above_zero_was_not_measured(
    item: str, name: str, value: int, outcome: str, case_verdict: Verdict
) -> None:
    values = {"length": 9000, "width": 2500, "height": 3500, "curb_mass": 8000, name: value}
    assert case_verdict(CN, item, case(item, LORRY, values)).outcome == outcome


# MFDD and distance of an unladen passenger car: 6.2 m/s2, 19.0 m.
@pytest.mark.parametrize(
    ("mfdd", "distance", "outcome", "quantities"),
    [
        ("6.2", "19.0", "pass", ["road_mfdd", "road_distance"]),
        ("6.2", "19.1", "pass", ["road_mfdd", "road_distance"]),
        ("6.1", "19.0", "pass", ["road_mfdd", "road_distance"]),
        ("6.1", "19.1", "fail", ["road_mfdd", "road_distance"]),
        ("6.2", None, "pass", ["road_mfdd"]),
        ("6.1", None, "fail", ["road_mfdd"]),
        (None, "19.0", "pass", ["road_distance"]),
        (None, "19.1", "fail", ["road_distance"]),
        (None, "0.1", "pass", ["road_distance"]),
        ("0", None, "fail", ["road_mfdd"]),
        ("-0.1", "19.0", "pass", ["road_mfdd", "road_distance"]),
    ],
)
def test_of_mfdd_and_distance_one_is_enough(
    mfdd: str | None, distance: str | None, outcome: str, quantities: list[str], case_verdict: Verdict
) -> None:
    read = {"mfdd": mfdd, "distance": distance}
    values = {name: Decimal(value) for name, value in read.items() if value is not None}
    there = {name: value for name, value in GOOD.items() if name not in read}
    judged = case_verdict(CN, "R1", on_the_road(CAR, {**there, **values}))
    assert judged.outcome == outcome
    assert [q.quantity for q in judged.quantities] == [*quantities, "road_lane"]


def test_which_of_both_counted_is_told(case_verdict: Verdict, quantity: Pick) -> None:
    judged = case_verdict(CN, "R1", on_the_road(CAR, {**GOOD, "mfdd": 6}))
    assert [w.zh for w in judged.warnings] == ["充分发出的平均减速度与制动距离有一项符合要求即为合格。"]
    assert quantity(judged, "road_mfdd").sentence.en == (
        "Mean fully developed deceleration 6.0 m/s2, below the required 6.2 m/s2: this does not decide. "
        "Of MFDD and braking distance one is enough."
    )
    alone = case_verdict(CN, "R1", on_the_road(CAR, {name: v for name, v in GOOD.items() if name != "distance"}))
    assert [w.zh for w in alone.warnings] == ["本次路试没有制动距离数据，按另一项判定。"]


@pytest.mark.parametrize(
    ("without", "replaced"),
    [
        ("mfdd distance", {}),
        ("initial_speed", {}),
        ("lane_width", {}),
        ("", {"distance": 0}),
        ("", {"distance": Decimal("-0.1")}),
        ("", {"mfdd": {"unit": "m/s2", "value": 8, "quality": "invalid"}}),
        ("", {"initial_speed": Decimal("49.9")}),
        ("", {"lane_width": 0}),
    ],
)
def test_a_road_test_that_cannot_count(without: str, replaced: dict[str, Any], case_verdict: Verdict) -> None:
    values = {name: value for name, value in {**GOOD, **replaced}.items() if name not in without.split()}
    judged = case_verdict(CN, "R1", on_the_road(CAR, values))
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None


def test_leaving_the_lane_fails_however_short_the_distance(case_verdict: Verdict) -> None:
    assert case_verdict(CN, "R1", on_the_road(CAR, {**GOOD, "lane_width": 3})).outcome is Outcome.FAIL


@pytest.mark.parametrize("facts", [{"vehicle_type": "M21"}, {"vehicle_type": "N11"}, {"vehicle_type": "X99"}])
def test_the_road_test_of_a_vehicle_without_limits_is_unknown(facts: dict[str, Any], case_verdict: Verdict) -> None:
    judged = case_verdict(CN, "R1", on_the_road({**CAR, **facts}, GOOD))
    assert judged.outcome is Outcome.UNKNOWN


def test_a_road_limit_that_fails_nobody_leaves_the_choice_open(
    edited: Callable[..., dict[str, bytes]], verdict: Verdict, road_run: Capture
) -> None:
    files = edited(
        "road-test.toml",
        'id = "road-distance-car-unladen"\nquantity = "road_distance"',
        'id = "road-distance-car-unladen"\nseverity = "advisory"\nquantity = "road_distance"',
    )
    pack = parse_pack(files).with_settings({"four_wheel_drive_brakes": "road"})
    judged = verdict("R1", road_run, pack=pack, full_time_four_wheel_drive=True)
    assert judged.outcome is Outcome.UNKNOWN
    assert judged.reason is not None
    assert judged.reason.zh == "路试的减速度或制动距离没有可判不合格的限值，无法判定。"


@pytest.fixture
def road_run() -> Capture:
    return Case.model_validate(on_the_road(CAR, GOOD)).captures()["R1"]
