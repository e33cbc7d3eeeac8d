"""Plate testers, which weigh each wheel while it brakes, and axles with one wheel."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.model.capture import Capture, Curve
from station.model.verdict import ItemVerdict, Outcome

Verdict = Callable[..., ItemVerdict]
Brakes = Callable[..., Capture]

BUS = {"vehicle_type": "K11", "persons": 40, "total_mass_kg": 15_000, "curb_mass_kg": 10_000}
LORRY = {"vehicle_type": "H11", "persons": 2, "total_mass_kg": 15_000, "curb_mass_kg": 7_000}
CRANE = {"vehicle_type": "Z11", "persons": 2, "total_mass_kg": 12_000, "curb_mass_kg": 10_000}
TRAILER = {"vehicle_type": "B11", "persons": None, "total_mass_kg": 3500, "curb_mass_kg": 1000, "fuel": "Y"}
MOTORCYCLE = {"vehicle_type": "M21", "persons": 2}
MOPED = {"vehicle_type": "M22", "persons": 1}
THREE_WHEELER = {"vehicle_type": "M14", "persons": 1}


def limits(judged: ItemVerdict) -> list[tuple[str, int]]:
    return [(q.quantity, int(q.limit)) for q in judged.quantities if q.limit is not None]


def load_curve(side: str, raw: tuple[int | None, ...], quality: str = "", unit: Any = "kg") -> Curve:
    letters = quality or "".join("m" if value is None else "g" for value in raw)
    return Curve(channel=f"load_{side}", unit=unit, scale=Decimal(1), raw=raw, quality=letters)


LEFT, RIGHT = load_curve("left", (400, 500, 450, 450)), load_curve("right", (390, 480, 440, 430))


def plate_run(brakes: Brakes, item: str = "B1", loads: tuple[Curve, ...] = (LEFT, RIGHT), **more: Any) -> Capture:
    """Largest forces of 3000 N at #1 and of 2586.6 N at #2: 500 and 440 kg then."""
    run = brakes(item, [0, 30_000, 25_000, 0], [0, 24_000, 25_866, 0], method="plate", load=(300, 310), **more)
    return run.model_copy(update={"curves": (*run.curves, *loads)})


def test_each_wheel_is_weighed_when_its_own_force_is_largest(brakes: Brakes, verdict: Verdict) -> None:
    judged = verdict("B1", plate_run(brakes))
    assert limits(judged) == [("dynamic_rate", 60), ("imbalance", 24)]
    rate = judged.quantities[0]
    assert rate.unrounded == Decimal(55_866) / Decimal(9212) * 10  # 940 kg: not 980 kg of one instant
    assert rate.decided_by == "B1 left #1 (10 ms), right #2 (20 ms)"
    assert rate.sentence.zh == "前轴制动率（按动态轮荷） 60.6 %，不低于 60.0 %，合格。"


@pytest.mark.parametrize("facts", [BUS, LORRY, CRANE, {**TRAILER, "total_mass_kg": 3501}])
def test_heavier_vehicles_are_judged_by_their_static_load(
    facts: dict[str, Any], brakes: Brakes, verdict: Verdict
) -> None:
    with_curves, without = (verdict("B1", plate_run(brakes, loads=loads), **facts) for loads in ((LEFT, RIGHT), ()))
    assert with_curves == without
    assert with_curves.quantities[0].quantity == "axle_rate"
    assert with_curves.quantities[0].unrounded == Decimal(55_866) / Decimal(5978) * 10


@pytest.mark.parametrize(
    ("facts", "quantity", "limit"),
    [
        ({}, "dynamic_rate", 20),
        ({"vehicle_type": "H31", "total_mass_kg": 3500}, "dynamic_rate", 20),
        (TRAILER, "dynamic_rate", 55),
        ({**TRAILER, "total_mass_kg": 3501}, "axle_rate", 55),
        ({"vehicle_type": "H21", "total_mass_kg": 3501}, "axle_rate", 35),
        (CRANE, "axle_rate", 35),
        ({"vehicle_type": "K21", "persons": 10, "total_mass_kg": 3501}, "axle_rate", 30),
        ({"vehicle_type": "N11", "persons": 1}, "dynamic_rate", 60),
    ],
)
def test_the_rear_axle_on_a_plate(
    facts: dict[str, Any], quantity: str, limit: int, brakes: Brakes, verdict: Verdict
) -> None:
    assert limits(verdict("B2", plate_run(brakes, "B2"), **facts))[0] == (quantity, limit)


@pytest.mark.parametrize(("right_kg", "quantity", "value"), [(410, "imbalance", 20), (411, "imbalance_of_load", 10)])
def test_a_weak_rear_axle_on_a_plate_is_balanced_against_its_static_load(
    right_kg: int, quantity: str, value: int, brakes: Brakes, verdict: Verdict
) -> None:
    # 900 kg while braking, 600 kg at rest: 5292 N are 60 % of the one, 588 N are 10 % of the other.
    run = brakes("B2", [0, 29_400], [0, 23_520], method="plate", load=(300, 300))
    loads = load_curve("left", (1, 490)), load_curve("right", (1, right_kg))
    rate, imbalance = verdict("B2", run.model_copy(update={"curves": (*run.curves, *loads)})).quantities
    assert rate.unrounded == Decimal(529_200) / Decimal(98 * (490 + right_kg)) * 10
    assert (imbalance.quantity, imbalance.outcome) == (quantity, Outcome.PASS)
    assert imbalance.value == value


def test_the_whole_vehicle_on_plates_is_judged_by_static_loads(brakes: Brakes, verdict: Verdict) -> None:
    (found,) = verdict("BV", plate_run(brakes), plate_run(brakes, "B2")).quantities
    assert found.unrounded == Decimal(2 * 55_866) / Decimal(2 * 5978) * 10


def test_a_lock_is_no_excuse_on_a_plate(brakes: Brakes, verdict: Verdict) -> None:
    weak = brakes("B2", [0, 9000], [0, 9000], method="plate", end_state="both_locked")
    assert verdict("B2", weak, **LORRY).outcome is Outcome.FAIL
    on_rollers = weak.model_copy(update={"method": ""})
    assert verdict("B2", on_rollers, **LORRY).outcome is Outcome.INVALID


@pytest.mark.parametrize(("method", "outcome"), [("plate", Outcome.FAIL), ("", Outcome.INVALID)])
def test_nor_of_the_whole_vehicle_and_the_parking_brake(
    method: str, outcome: Outcome, brakes: Brakes, verdict: Verdict
) -> None:
    weak = {item: brakes(item, [1000], [1000], end_state="both_locked", method=method) for item in ("B1", "B2", "B0")}
    assert verdict("BV", weak["B1"], weak["B2"]).outcome is outcome
    assert verdict("B0", *weak.values()).outcome is outcome


@pytest.mark.parametrize(("method", "outcome"), [("plate", Outcome.FAIL), ("", Outcome.INVALID)])
@pytest.mark.parametrize("parking", [("B0",), ("B01", "B02")])
def test_the_parking_brake_goes_by_its_own_runs(
    parking: tuple[str, ...], method: str, outcome: Outcome, brakes: Brakes, verdict: Verdict
) -> None:
    other = "" if method else "plate"
    axles = [brakes(item, [40_000], [40_000], method=other) for item in ("B1", "B2")]
    weak = [brakes(item, [1000], [1000], end_state="both_locked", method=method) for item in parking]
    assert verdict("B0", *weak, *axles, parking_axles=(1, 2)[-len(parking) :]).outcome is outcome


BAD_LOADS = [
    ((), "第 1 轴左轮没有动态轮荷曲线", "Axle 1, left wheel: no curve of the dynamic load"),
    ((LEFT,), "第 1 轴右轮没有动态轮荷曲线", "Axle 1, right wheel: no curve of the dynamic load"),
    (
        (load_curve("left", (400, 500, 450)), RIGHT),
        "左轮的动态轮荷与制动力采样点数不同",
        "load and force have different",
    ),
    (
        (load_curve("left", (400, None, 450, 450)), RIGHT),
        "左轮有 1 个采样点无效",
        "left wheel: 1 samples are not valid",
    ),
    (
        (LEFT, load_curve("right", (1, 1, 1, 1), "ggig")),
        "右轮有 1 个采样点无效",
        "right wheel: 1 samples are not valid",
    ),
    ((LEFT, load_curve("right", (1, 1, 1, 1), unit="N")), "单位为 N，应为 kg", "in N, expected kg"),
    ((LEFT, load_curve("right", (1, 1, 0, 1))), "右轮的轮荷为 0 kg", "the load is 0 kg"),
]


@pytest.mark.parametrize(("loads", "zh", "en"), BAD_LOADS)
def test_dynamic_loads_that_cannot_be_trusted_are_invalid(
    loads: tuple[Curve, ...], zh: str, en: str, brakes: Brakes, verdict: Verdict
) -> None:
    judged = verdict("B1", plate_run(brakes, loads=loads))
    assert (judged.outcome, judged.quantities) == (Outcome.INVALID, ())
    assert judged.reason is not None
    assert zh in judged.reason.zh
    assert en in judged.reason.en


def test_loads_at_other_moments_may_be_missing(brakes: Brakes, verdict: Verdict) -> None:
    loads = load_curve("left", (None, 500, None, None)), load_curve("right", (None, None, 440, None))
    assert verdict("B1", plate_run(brakes, loads=loads)).outcome is Outcome.PASS


@pytest.mark.parametrize("method", ["loaded", "decelerometer"])
def test_a_run_of_another_kind_does_not_count_as_unladen(method: str, brakes: Brakes, verdict: Verdict) -> None:
    for facts in ({}, LORRY, THREE_WHEELER, MOTORCYCLE):
        judged = verdict("B2", brakes("B2", [0, 40_000], [0, 40_000], method=method), **facts)
        assert (judged.outcome, judged.quantities) == (Outcome.UNKNOWN, ())


def one_side(run: Capture, side: int) -> Capture:
    return run.model_copy(update={"curves": run.curves[side : side + 1], "scalars": run.scalars[side : side + 1]})


@pytest.mark.parametrize(("side", "name"), [(0, "left"), (1, "right")])
def test_a_wheel_alone_is_measured_on_either_side(side: int, name: str, brakes: Brakes, verdict: Verdict) -> None:
    run = one_side(brakes("B1", [0, 0, 8000, 7000], [0, 0, 8000, 7000], load=(130, 130)), side)
    judged = verdict("B1", run, **MOTORCYCLE)
    assert judged.outcome is Outcome.PASS
    (found,) = judged.quantities
    assert found.unrounded == Decimal(800 * 100) / Decimal(1274)
    assert found.decided_by == f"B1 {name} #2 (20 ms)"
    assert judged.runs == ("run-B1",)


def test_what_stands_on_both_sides_counts_on_both(brakes: Brakes, verdict: Verdict) -> None:
    (found,) = verdict("B1", brakes("B1", [0, 5000], [4000, 0], load=(60, 70)), **MOTORCYCLE).quantities
    assert found.unrounded == Decimal(900 * 100) / Decimal(1274)
    assert found.decided_by == "B1 left #1 (10 ms), right #0 (0 ms)"


MOTORCYCLES: list[tuple[str, str, list[tuple[str, int]]]] = [
    *((f"M{n}", "B1", [("wheel_rate", 60)]) for n in (10, 11, 12, 13, 14, 15, 20, 21, 22)),
    *((f"M{n}", "B2", [("wheel_rate", 55)]) for n in (20, 21)),
    ("M22", "B2", [("wheel_rate", 50)]),
    *((f"M{n}", "B2", [("axle_rate", 55), ("imbalance", 30)]) for n in (10, 11, 13, 14)),
    # No limit of imbalance with a side-car, and for mopeds.
    ("M15", "B2", [("axle_rate", 55)]),
    ("M12", "B2", [("axle_rate", 50)]),
]


@pytest.mark.parametrize(("kind", "item", "expected"), MOTORCYCLES)
def test_motorcycles_by_their_wheels(
    kind: str, item: str, expected: list[tuple[str, int]], brakes: Brakes, verdict: Verdict
) -> None:
    judged = verdict(item, brakes(item, [0, 40_000], [0, 40_000]), vehicle_type=kind)
    assert limits(judged) == expected
    assert judged.outcome is Outcome.PASS


def test_a_two_wheeled_axle_needs_both_wheels(brakes: Brakes, verdict: Verdict) -> None:
    judged = verdict("B2", one_side(brakes("B2", [0, 40_000], [0, 40_000]), 0), **THREE_WHEELER)
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert "右轮没有制动力曲线" in judged.reason.zh


@pytest.mark.parametrize("method", ["", "plate"])
@pytest.mark.parametrize(("side", "raw", "outcome"), [(0, 1, "pass"), (1, 98_000, "pass"), (0, 98_001, "invalid")])
def test_the_front_of_a_three_wheeled_goods_vehicle_need_only_be_measured(
    side: int, raw: int, outcome: str, method: str, brakes: Brakes, verdict: Verdict
) -> None:
    """500 kg: 200 % are 9800 N; no rate is too low."""
    judged = verdict("B1", one_side(brakes("B1", [0, raw], [0, raw], method=method), side), vehicle_type="N11")
    (found,) = judged.quantities
    assert (judged.outcome, found.quantity, found.outcome) == (outcome, "unlimited_rate", outcome)
    if raw == 98_000:
        assert found.sentence.zh == "前轴制动率（标准未规定限值） 200.0 %，不高于 200.0 %，合格。"
    if outcome == "invalid":
        assert judged.reason is not None
        assert judged.reason.zh.endswith("可能配错（N、10 N、kg）。请检查设备配置和校准后重新检测。")
        assert "this measurement does not count. Force or load is probably in another unit" in judged.reason.en


@pytest.mark.parametrize("method", ["loaded", "decelerometer"])
def test_measured_otherwise_it_has_nothing_to_judge(method: str, brakes: Brakes, verdict: Verdict) -> None:
    judged = verdict("B1", one_side(brakes("B1", [0, 10], [0, 10], method=method), 0), vehicle_type="N11")
    assert (judged.outcome, judged.quantities) == (Outcome.UNKNOWN, ())
    assert judged.reason is not None
    assert judged.reason.zh == "一轴行车制动：规则包中没有适用于该车、当日和该检测方式的判定内容。"


def test_the_front_of_a_three_wheeled_goods_vehicle_must_be_braked_and_weighed(
    brakes: Brakes, verdict: Verdict
) -> None:
    run = one_side(brakes("B1", [0, 9000], [0, 9000]), 0)
    for missing in ({"curves": ()}, {"scalars": ()}):
        assert verdict("B1", run.model_copy(update=missing), vehicle_type="N11").outcome is Outcome.INVALID
    assert verdict("B1", vehicle_type="N11").outcome is Outcome.UNKNOWN
    assert "unlimited_rate" not in [q.quantity for q in verdict("B1", run, **MOTORCYCLE).quantities]


@pytest.mark.parametrize("side", [0, 1])
def test_a_three_wheeled_goods_vehicle_can_pass(side: int, brakes: Brakes, verdict: Verdict) -> None:
    """400 kg in front on one side, 600 kg behind: 1000 kg are 9800 N."""
    front = one_side(brakes("B1", [0, 9000], [0, 9000], load=(400, 400)), side)
    rear = brakes("B2", [0, 20_000], [0, 20_000], load=(300, 300))
    for raw, outcome in ((9800, Outcome.PASS), (9799, Outcome.FAIL)):
        runs = front, rear, brakes("B0", [9800], [raw], load=(1, 1))
        judged = [verdict(item, *runs, vehicle_type="N11") for item in ("B1", "B2", "B0")]
        assert [one.outcome for one in judged] == [Outcome.PASS, Outcome.PASS, outcome]
        (found,) = judged[2].quantities
        assert (found.quantity, found.unrounded) == ("three_wheel_parking_rate", Decimal(9800 + raw) / Decimal(980))
        assert judged[2].runs == ("run-B1", "run-B2", "run-B0")


def test_only_the_front_of_a_three_wheeled_goods_vehicle_may_stand_on_one_side(
    brakes: Brakes, verdict: Verdict
) -> None:
    whole = {item: brakes(item, [0, 9000], [0, 9000]) for item in ("B1", "B2", "B0")}
    for lone, facts in (("B2", {"vehicle_type": "N11"}), ("B1", {})):
        runs = {**whole, lone: one_side(whole[lone], 0)}
        judged = verdict("B0", *runs.values(), **facts)
        assert judged.outcome is Outcome.INVALID
        assert judged.reason is not None
        assert "right wheel: no wheel load" in judged.reason.en
    nowhere = whole["B1"].model_copy(update={"curves": ()})
    judged = verdict("B0", nowhere, whole["B2"], whole["B0"], vehicle_type="N11")
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert "Axle 1: no force curve" in judged.reason.en


def test_a_lock_excuses_the_parking_brake_of_a_three_wheeler_on_rollers_only(brakes: Brakes, verdict: Verdict) -> None:
    for method, outcome in (("", Outcome.INVALID), ("plate", Outcome.FAIL)):
        runs = [brakes(item, [1000], [1000], end_state="both_locked", method=method) for item in ("B1", "B2", "B0")]
        assert verdict("B0", *runs, vehicle_type="N11").outcome is outcome


BAD_WHEELS: list[tuple[dict[str, Any], str, str]] = [
    ({"lost": 2}, "丢失 2 个采样点", "2 samples were lost"),
    ({"marks": {}}, "缺少时刻 brake", "lacks the moment brake"),
    ({"curves": ()}, "第 1 轴没有制动力曲线", "Axle 1: no force curve"),
    ({"scalars": ()}, "第 1 轴左轮没有轮荷", "left wheel: no wheel load"),
]


@pytest.mark.parametrize(("change", "zh", "en"), BAD_WHEELS)
def test_a_wheel_alone_that_cannot_be_trusted_is_invalid(
    change: dict[str, Any], zh: str, en: str, brakes: Brakes, verdict: Verdict
) -> None:
    judged = verdict("B1", brakes("B1", [0, 9000], [0, 9000], **change), **MOTORCYCLE)
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert zh in judged.reason.zh
    assert en in judged.reason.en


def test_suspect_samples_of_a_wheel_alone_count_with_a_warning(brakes: Brakes, verdict: Verdict) -> None:
    run = one_side(brakes("B1", [0, 40_000], [0, 40_000]), 0)
    curve = run.curves[0].model_copy(update={"quality": "sg"})
    judged = verdict("B1", run.model_copy(update={"curves": (curve,)}), **MOPED)
    assert judged.outcome is Outcome.PASS
    assert [w.zh for w in judged.warnings] == ["第 1 轴左轮有可疑采样点，请留意设备状态。"]


def test_a_wheel_alone_that_locks_too_soon_does_not_count(brakes: Brakes, verdict: Verdict) -> None:
    run = one_side(brakes("B1", [0, 9000], [0, 9000], end_state="left_locked"), 0)
    judged = verdict("B1", run, **MOTORCYCLE)
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert "抱死" in judged.reason.zh


LONG_LORRY = {**LORRY, "axles": 4, "steered_axles": 2}


def test_a_loaded_axle_is_judged_by_its_loaded_weight(brakes: Brakes, verdict: Verdict) -> None:
    run = brakes("L3", [0, 30_000, 58_800], [0, 26_000, 58_800], load=(1000, 1000), method="loaded")
    judged = verdict("L3", run, **LONG_LORRY)
    assert limits(judged) == [("loaded_rate", 50), ("loaded_imbalance", 30)]
    rate, imbalance = judged.quantities
    assert rate.value == 60
    assert rate.sentence.zh == "后轴加载制动率 60.0 %，不低于 50.0 %，合格。"
    assert imbalance.unrounded == Decimal(4000 * 100) / Decimal(58_800)
    weaker = brakes("L3", [0, 30_000, 58_799], [0, 26_000, 58_800], load=(1000, 1000), method="loaded")
    judged = verdict("L3", weaker, **LONG_LORRY)
    assert limits(judged) == [("loaded_rate", 50), ("loaded_imbalance_of_load", 10)]
    assert judged.quantities[1].unrounded == Decimal(4000 * 100) / Decimal(196_000)


def test_a_front_axle_under_load_keeps_the_largest_force(brakes: Brakes, verdict: Verdict) -> None:
    run = brakes("L2", [0, 52_000], [0, 48_000], load=(1000, 1000), method="loaded")
    assert limits(verdict("L2", run, **LONG_LORRY)) == [("loaded_rate", 50), ("loaded_imbalance", 24)]


@pytest.mark.parametrize("method", ["", "plate"])
def test_an_axle_that_was_not_loaded_is_not_judged_as_loaded(method: str, brakes: Brakes, verdict: Verdict) -> None:
    judged = verdict("L2", brakes("L2", [0, 90_000], [0, 90_000], method=method), **LONG_LORRY)
    assert (judged.outcome, judged.quantities) == (Outcome.INVALID, ())
    assert judged.reason is not None
    assert judged.reason.zh == "第 2 轴不是在加载状态下检测的，请举升加载后重新检测。"
    assert "was not loaded; lift the axle" in judged.reason.en


def test_a_lock_under_load_does_not_count(brakes: Brakes, verdict: Verdict) -> None:
    run = brakes("L2", [0, 40_000], [0, 40_000], load=(1000, 1000), method="loaded", end_state="right_locked")
    judged = verdict("L2", run, **LONG_LORRY)
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert "增加轴荷后重测" in judged.reason.zh
    assert verdict("L3", run.model_copy(update={"item": "L3"}), vehicle_type="M21").outcome is Outcome.NOT_APPLICABLE


FORCES = st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 40_000)), min_size=1, max_size=8).filter(
    lambda pairs: all(max(side) > 0 for side in zip(*pairs, strict=True))
)
LOADS = st.lists(st.tuples(st.integers(1, 900), st.integers(1, 900)), min_size=8, max_size=8)


def on_plates(
    brakes: Brakes, forces: list[tuple[int, int]], loads: list[tuple[int, int]], *, by: int = 1, swap: bool = False
) -> Capture:
    """A plate run with all forces and loads times ``by``, or with its sides exchanged."""
    order = (1, 0) if swap else (0, 1)
    sides = [[pair[i] * by for pair in forces] for i in order]
    curves = (
        load_curve(side, tuple(pair[i] * by for pair in loads[: len(forces)]))
        for side, i in zip(("left", "right"), order, strict=True)
    )
    run = brakes("B2", *sides, method="plate", load=(100 * by, 100 * by))
    return run.model_copy(update={"curves": (*run.curves, *curves)})


def values(judged: ItemVerdict) -> list[tuple[str, Decimal | None, Outcome]]:
    return [(q.quantity, q.unrounded, q.outcome) for q in judged.quantities]


@given(forces=FORCES, loads=LOADS, by=st.integers(2, 50))
def test_scaling_a_plate_run_changes_nothing(
    forces: list[tuple[int, int]], loads: list[tuple[int, int]], by: int, brakes: Brakes, verdict: Verdict
) -> None:
    one, other = (verdict("B2", on_plates(brakes, forces, loads, by=factor)) for factor in (1, by))
    assert values(one) == values(other)


@given(forces=FORCES, loads=LOADS)
def test_swapping_the_plates_changes_no_value(
    forces: list[tuple[int, int]], loads: list[tuple[int, int]], brakes: Brakes, verdict: Verdict
) -> None:
    one, other = (verdict("B2", on_plates(brakes, forces, loads, swap=swap)) for swap in (False, True))
    assert values(one) == values(other)


@given(forces=FORCES, loads=LOADS, more=st.integers(1, 500))
def test_heavier_plates_lower_the_rate(
    forces: list[tuple[int, int]], loads: list[tuple[int, int]], more: int, brakes: Brakes, verdict: Verdict
) -> None:
    heavier = [(left + more, right + more) for left, right in loads]
    found = [verdict("B2", on_plates(brakes, forces, kg)).quantities for kg in (loads, heavier)]
    light, heavy = (next(q.unrounded for q in quantities if q.quantity == "dynamic_rate") for quantities in found)
    assert light is not None
    assert heavy is not None
    assert heavy < light
