from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from station.model.capture import Capture, Curve, Scalar
from station.model.quantity import Quantity
from station.model.verdict import ItemVerdict, Outcome
from station.rules.conditions import Facts
from station.rules.formulas.brakes import locking_facts

Verdict = Callable[..., ItemVerdict]
Brakes = Callable[..., Capture]
Pick = Callable[[ItemVerdict, str], Any]

BUS = {"vehicle_type": "K11", "persons": 40, "total_mass_kg": 15_000, "curb_mass_kg": 10_000}
LORRY = {"vehicle_type": "H11", "persons": 2, "total_mass_kg": 15_000, "curb_mass_kg": 7_000}
TRAILER = {"vehicle_type": "B11", "persons": None, "total_mass_kg": 15_000, "curb_mass_kg": 7_000, "fuel": "Y"}

# 1000 kg weigh 9800 N = 98,000 raw: 980 raw a percent, 98 the last place that is shown.
RATES = [
    ("B1", {}, 60),
    ("B2", {}, 20),
    ("B1", BUS, 60),
    ("B2", BUS, 40),
    ("B1", LORRY, 60),
    ("B2", LORRY, 50),
    ("B1", TRAILER, 55),
    ("B2", TRAILER, 55),
    ("B1", {"vehicle_type": "K11", "persons": 9, "total_mass_kg": 4000}, 60),
    ("B2", {"vehicle_type": "K11", "persons": 9, "total_mass_kg": 4000}, 20),
    ("B2", {"vehicle_type": "H31", "total_mass_kg": 3500}, 20),
    ("B2", {"vehicle_type": "H21", "total_mass_kg": 3501}, 50),
    ("B2", {"vehicle_type": "K21", "persons": 10, "total_mass_kg": 3501}, 40),
    ("B2", {"persons": None, "total_mass_kg": None}, 20),
]


@pytest.mark.parametrize(("item", "facts", "limit"), RATES)
def test_axle_rate_at_the_limit_and_either_side(
    item: str, facts: dict[str, Any], limit: int, brakes: Brakes, verdict: Verdict, quantity: Pick
) -> None:
    def outcome(total: int) -> ItemVerdict:
        half = total // 2
        return verdict(item, brakes(item, [half], [total - half]), **facts)

    at = limit * 980
    for total, expected in ((at, "pass"), (at + 1, "pass"), (at + 98, "pass"), (at - 1, "fail"), (at - 98, "fail")):
        judged = quantity(outcome(total), "axle_rate")
        assert judged.outcome == expected, total
        assert judged.unrounded == judged.value
        assert judged.limit == limit
    assert quantity(outcome(at), "axle_rate").value == limit
    assert outcome(at).outcome is Outcome.PASS
    assert outcome(at - 98).outcome is Outcome.FAIL


# Both maxima 1,000.0 N; the difference at one instant is a share of it.
IMBALANCES = [
    ("B1", "registration", 20),
    ("B2", "registration", 24),
    ("B1", "in_use", 24),
    ("B2", "in_use", 30),
]


@pytest.mark.parametrize(("item", "category", "limit"), IMBALANCES)
def test_imbalance_at_the_limit_and_either_side(
    item: str, category: str, limit: int, brakes: Brakes, verdict: Verdict, quantity: Pick
) -> None:
    def judged(difference: int) -> ItemVerdict:
        run = brakes(item, [100, 5000, 10_000], [100, 5000 - difference, 10_000], load=(80, 80))
        return verdict(item, run, category=category)

    at = limit * 100
    for difference, expected in (
        (at, "pass"),
        (at - 1, "pass"),
        (at - 10, "pass"),
        (at + 1, "fail"),
        (at + 10, "fail"),
    ):
        found = quantity(judged(difference), "imbalance")
        assert found.outcome == expected, difference
        assert found.limit == limit
    assert quantity(judged(at), "imbalance").decided_by == f"{item} #1 (10 ms)"
    assert judged(at + 10).outcome is Outcome.FAIL


@pytest.mark.parametrize(("category", "limit"), [("registration", 8), ("in_use", 10)])
def test_imbalance_of_a_weak_rear_axle_is_a_share_of_its_load(
    category: str, limit: int, brakes: Brakes, verdict: Verdict, quantity: Pick
) -> None:
    def judged(difference: int) -> ItemVerdict:
        return verdict("B2", brakes("B2", [100, 15_000, 19_600], [100, 15_000 - difference, 19_600]), category=category)

    at = limit * 980
    for difference, expected in (
        (at, "pass"),
        (at - 1, "pass"),
        (at - 98, "pass"),
        (at + 1, "fail"),
        (at + 98, "fail"),
    ):
        verdict_on_axle = judged(difference)
        assert [q.quantity for q in verdict_on_axle.quantities] == ["axle_rate", "imbalance_of_load"]
        found = quantity(verdict_on_axle, "imbalance_of_load")
        assert found.outcome == expected, difference
        assert found.limit == limit


def test_a_rear_axle_at_exactly_60_percent_is_judged_by_its_largest_force(brakes: Brakes, verdict: Verdict) -> None:
    # The old mistake of the trade: one denominator with the other's limit.
    at = verdict("B2", brakes("B2", [29_400], [29_400]))
    below = verdict("B2", brakes("B2", [29_400], [29_399]))
    assert [q.quantity for q in at.quantities] == ["axle_rate", "imbalance"]
    assert [q.limit for q in at.quantities] == [20, 30]
    assert [q.quantity for q in below.quantities] == ["axle_rate", "imbalance_of_load"]
    assert [q.limit for q in below.quantities] == [20, 10]


def test_the_field_bug_of_the_largest_force_with_the_small_limit(
    brakes: Brakes, verdict: Verdict, quantity: Pick
) -> None:
    """Of a rear axle with 50 %, 960.4 N are 9.8 % of its weight and 39.2 % of its largest force.

    An older generation of station programs set the latter against the limit of the former and failed the vehicle.
    """
    judged = verdict("B2", brakes("B2", [0, 20_000, 24_500], [0, 10_396, 24_500]))
    found = quantity(judged, "imbalance_of_load")
    assert (found.value, found.limit) == (Decimal("9.8"), Decimal(10))
    assert judged.outcome is Outcome.PASS


def test_a_front_axle_below_60_percent_keeps_the_largest_force_as_denominator(brakes: Brakes, verdict: Verdict) -> None:
    judged = verdict("B1", brakes("B1", [20_000], [10_000]))
    assert [(q.quantity, q.limit) for q in judged.quantities] == [
        ("axle_rate", Decimal(60)),
        ("imbalance", Decimal(24)),
    ]
    assert judged.quantities[1].value == 50


def test_both_denominators_give_their_own_value(brakes: Brakes, verdict: Verdict, quantity: Pick) -> None:
    left, right = [0, 20_000, 30_000], [0, 14_120, 28_800]
    strong = verdict("B2", brakes("B2", left, right, load=(490, 490)))
    weak = verdict("B2", brakes("B2", left, right, load=(505, 505)))
    assert quantity(strong, "imbalance").shown == "19.6 %"
    assert quantity(weak, "imbalance_of_load").shown == "5.9 %"


def test_the_maxima_are_taken_apart_over_the_whole_run(brakes: Brakes, verdict: Verdict, quantity: Pick) -> None:
    run = brakes("B1", [0, 30_000, 1000, 1000], [0, 1000, 1000, 30_000])
    rate = quantity(verdict("B1", run), "axle_rate")
    assert rate.value == Decimal(60_000) / Decimal(980)  # 61.22..., not the 31.6 % of one instant
    assert rate.decided_by == "B1 left #1 (10 ms), right #3 (30 ms)"


def test_nothing_before_the_pedal_counts(brakes: Brakes, verdict: Verdict, quantity: Pick) -> None:
    run = brakes("B1", [99_000, 0, 29_400], [50, 0, 29_400], marks={"brake": 1, "rise": 1})
    judged = verdict("B1", run)
    assert quantity(judged, "axle_rate").value == 60
    assert quantity(judged, "imbalance").value == 0
    broken = brakes("B1", [None, 0, 29_400], [50, 0, 29_400], marks={"brake": 1, "rise": 1})
    assert verdict("B1", broken).outcome is Outcome.PASS


def test_the_difference_counts_from_the_rise_to_where_both_are_largest(
    brakes: Brakes, verdict: Verdict, quantity: Pick
) -> None:
    left = [5000, 0, 20_000, 30_000, 30_000, 30_000]
    right = [0, 0, 18_000, 28_000, 30_000, 0]
    found = quantity(verdict("B1", brakes("B1", left, right, marks={"brake": 0, "rise": 1})), "imbalance")
    assert found.value == Decimal(2000 * 100) / Decimal(30_000)
    assert found.decided_by == "B1 #2 (20 ms)"


def test_a_marked_end_point_ends_the_interval(brakes: Brakes, verdict: Verdict, quantity: Pick) -> None:
    left, right = [0, 20_000, 30_000, 30_000], [0, 18_000, 10_000, 30_000]
    marks = {"brake": 0, "rise": 0, "end_point": 1}
    assert quantity(verdict("B1", brakes("B1", left, right, marks=marks)), "imbalance").decided_by == "B1 #1 (10 ms)"
    assert quantity(verdict("B1", brakes("B1", left, right)), "imbalance").decided_by == "B1 #2 (20 ms)"


def test_an_end_point_after_both_maxima_does_not_prolong_the_interval(
    brakes: Brakes, verdict: Verdict, quantity: Pick
) -> None:
    # A slip that is marked late: both forces were largest before, and what follows is no rise.
    left, right = [0, 20_000, 30_000, 30_000, 29_000], [0, 18_000, 30_000, 30_000, 1000]
    late = brakes("B1", left, right, marks={"brake": 0, "rise": 0, "end_point": 4}, end_state="right_locked")
    found = quantity(verdict("B1", late), "imbalance")
    assert found.value == Decimal(2000 * 100) / Decimal(30_000)
    assert found.decided_by == "B1 #1 (10 ms)"


@pytest.mark.parametrize(("end_point", "difference"), [(0, 0), (1, 1000), (2, 3000), (3, 6000), (4, 6000), (5, 6000)])
def test_each_sample_of_the_rise_counts_up_to_its_end_and_none_after(
    end_point: int, difference: int, brakes: Brakes, verdict: Verdict, quantity: Pick
) -> None:
    left, right = [0, 9000, 18_000, 30_000, 30_000, 30_000], [0, 8000, 15_000, 24_000, 30_000, 0]
    run = brakes("B1", left, right, marks={"brake": 0, "rise": 0, "end_point": end_point})
    assert quantity(verdict("B1", run), "imbalance").value == Decimal(difference * 100) / Decimal(30_000)


@pytest.mark.parametrize(("rise", "difference"), [(0, 9000), (1, 4000), (2, 1000)])
def test_the_rise_begins_where_it_is_marked(
    rise: int, difference: int, brakes: Brakes, verdict: Verdict, quantity: Pick
) -> None:
    run = brakes("B1", [9000, 14_000, 30_000], [0, 10_000, 29_000], marks={"brake": 0, "rise": rise})
    assert quantity(verdict("B1", run), "imbalance").value == Decimal(difference * 100) / Decimal(30_000)


def test_only_forces_of_one_instant_are_compared(brakes: Brakes, verdict: Verdict, quantity: Pick) -> None:
    # The largest forces differ by 10,000; at no instant do both sides differ by more than 2000.
    left, right = [0, 10_000, 20_000, 30_000, 22_000], [0, 9000, 19_000, 28_000, 20_000]
    assert quantity(verdict("B1", brakes("B1", left, right)), "imbalance").value == Decimal(2000 * 100) / 30_000


def test_a_lock_ends_the_interval_at_the_last_sample_at_the_latest(
    brakes: Brakes, verdict: Verdict, quantity: Pick
) -> None:
    run = brakes("B1", [0, 20_000, 30_000], [0, 19_000, 30_500], end_state="left_locked")
    found = quantity(verdict("B1", run), "imbalance")
    assert found.value == Decimal(1000 * 100) / Decimal(30_500)


def test_g_is_9_8(brakes: Brakes, verdict: Verdict, quantity: Pick) -> None:
    found = quantity(verdict("B1", brakes("B1", [29_400], [29_400])), "axle_rate")
    assert (found.value, found.shown, found.outcome) == (60, "60.0 %", "pass")


def test_59_96_fails_unrounded_and_warns_that_rounding_would_pass(
    brakes: Brakes, verdict: Verdict, quantity: Pick
) -> None:
    judged = verdict("B1", brakes("B1", [29_380], [29_381]))  # 58,761 / 980 = 59.960...
    found = quantity(judged, "axle_rate")
    assert (found.outcome, found.shown) == ("fail", "60.0 %")
    assert found.value == found.unrounded
    assert found.sentence.zh == "前轴制动率 59.96 %，低于 60.0 %，不合格。"
    assert [w.zh for w in judged.warnings] == [
        "前轴制动率的未修约值 59.96 与修约值 60.0 的判定不同，本规则以未修约值为准。"
    ]
    assert "unrounded 59.96 and rounded 60.0" in judged.warnings[0].en


def test_a_rear_axle_at_59_96_warns_that_rounding_would_take_the_other_denominator(
    brakes: Brakes, verdict: Verdict
) -> None:
    judged = verdict("B2", brakes("B2", [29_380], [29_381]))
    assert [q.quantity for q in judged.quantities] == ["axle_rate", "imbalance_of_load"]
    assert [w.zh for w in judged.warnings] == ["修约前后适用不同的规则分支，本规则以未修约值为准。"]


# Two axles of 1000 kg: 196,000 raw are 100 %.
@pytest.mark.parametrize("facts", [{}, BUS, LORRY])
def test_whole_vehicle_rate_at_the_limit_and_either_side(
    facts: dict[str, Any], brakes: Brakes, verdict: Verdict, quantity: Pick
) -> None:
    for total, expected in (
        (117_600, "pass"),
        (117_601, "pass"),
        (117_599, "fail"),
        (117_796, "pass"),
        (117_404, "fail"),
    ):
        runs = brakes("B1", [40_000], [40_000]), brakes("B2", [18_000], [total - 98_000])
        judged = verdict("BV", *runs, **facts)
        assert judged.outcome == expected, total
        assert quantity(judged, "vehicle_rate").value == Decimal(total) / Decimal(1960)
        assert judged.runs == ("run-B1", "run-B2")


def test_a_vehicle_can_pass_every_axle_and_fail_as_a_whole(brakes: Brakes, verdict: Verdict) -> None:
    runs = brakes("B1", [30_000], [30_000]), brakes("B2", [12_000], [12_000])
    assert [verdict(item, *runs).outcome for item in ("B1", "B2", "BV")] == ["pass", "pass", "fail"]


def test_whole_vehicle_verdict_names_what_decided(brakes: Brakes, verdict: Verdict) -> None:
    runs = brakes("B1", [0, 40_000], [40_000, 0]), brakes("B2", [20_000], [20_000])
    (found,) = verdict("BV", *runs).quantities
    assert found.decided_by == "B1 left #1 (10 ms), right #0 (0 ms); B2 left #0 (0 ms), right #0 (0 ms)"


@pytest.mark.parametrize(
    ("total_mass_kg", "curb_mass_kg", "limit"),
    [(1200, 1000, 20), (1199, 1000, 15), (1201, 1000, 20), (None, 1000, 20), (1199, None, 20), (None, None, 20)],
)
def test_parking_rate_at_the_limit_and_either_side(
    total_mass_kg: int | None, curb_mass_kg: int | None, limit: int, brakes: Brakes, verdict: Verdict, quantity: Pick
) -> None:
    axles = brakes("B1", [1], [1]), brakes("B2", [1], [1])
    at = limit * 1960
    for total, expected in ((at, "pass"), (at + 1, "pass"), (at - 1, "fail"), (at + 196, "pass"), (at - 196, "fail")):
        parking = brakes("B0", [total // 2], [total - total // 2], load=(1, 1))
        judged = verdict("B0", parking, *axles, total_mass_kg=total_mass_kg, curb_mass_kg=curb_mass_kg)
        assert judged.outcome == expected, total
        assert quantity(judged, "parking_rate").limit == limit
        assert judged.runs == ("run-B1", "run-B2", "run-B0")


def test_parking_needs_the_loads_of_both_axles_but_not_their_forces(brakes: Brakes, verdict: Verdict) -> None:
    parking, front, rear = (
        brakes("B0", [40_000], [40_000]),
        brakes("B1", [1], [1], lost=3),
        brakes("B2", [None], [None]),
    )
    assert verdict("B0", parking, front, rear).outcome is Outcome.PASS
    missing = verdict("B0", parking, front)
    assert missing.outcome is Outcome.UNKNOWN
    assert missing.reason is not None
    assert missing.reason.zh == "缺少二轴行车制动的测量数据，请先完成该项检测。"


@pytest.mark.parametrize(("axles", "said"), [((), "No parking axle"), ((1, 2), "not measured yet")])
def test_parking_on_no_axle_or_with_an_axle_not_measured_is_unknown(
    axles: tuple[int, ...], said: str, brakes: Brakes, verdict: Verdict
) -> None:
    judged = verdict("B0", brakes("B0", [1], [1]), brakes("B1", [1], [1]), brakes("B2", [1], [1]), parking_axles=axles)
    assert judged.outcome is Outcome.UNKNOWN
    assert judged.reason is not None
    assert said in judged.reason.en


@pytest.mark.parametrize("state", ["left_locked", "right_locked", "both_locked"])
def test_a_lock_with_too_low_a_rate_does_not_count(
    state: str, brakes: Brakes, verdict: Verdict, quantity: Pick
) -> None:
    judged = verdict("B1", brakes("B1", [20_000], [20_000], end_state=state))
    assert judged.outcome is Outcome.INVALID
    assert quantity(judged, "axle_rate").outcome is Outcome.INVALID
    assert not quantity(judged, "axle_rate").confirmed
    assert judged.reason is not None
    assert "抱死" in judged.reason.zh
    assert "repeat with ballast, on a plate tester or on the road" in judged.reason.en
    runs = brakes("B1", [20_000], [20_000], end_state=state), brakes("B2", [10_000], [10_000])
    assert verdict("BV", *runs).outcome is Outcome.INVALID
    assert verdict("B0", brakes("B0", [1000], [1000], end_state=state), *runs).outcome is Outcome.INVALID


@pytest.mark.parametrize(
    ("state", "brake", "lower"),
    [
        ("left_locked", 1, True),
        ("right_locked", 1, False),
        ("both_locked", 1, True),
        ("normal", 1, False),
        ("left_locked", 0, False),
        ("right_locked", 0, True),
    ],
)
def test_which_wheel_is_the_weaker_one_is_told_by_the_forces_that_count(
    state: str, brake: int, lower: bool, brakes: Brakes
) -> None:
    # Before the pedal there is noise, of which the left side has more.
    run = brakes("B1", [90_000, 10_000, None, 20_000], [0, 10_000, 20_000, 30_000], marks={"brake": brake},
                 end_state=state)  # fmt: skip
    assert locking_facts(Facts({}), [run]).values["lower_wheel_locked"] is lower


@pytest.mark.parametrize(
    ("states", "wheels", "share", "lower"),
    [
        ((), 0, 0, False),
        (("normal",), 0, 0, False),
        (("timeout",), 0, 0, False),
        (("left_locked",), 1, 50, True),
        (("right_locked",), 1, 50, True),
        (("both_locked",), 2, 100, True),
        # Of several axles nobody asks which wheel is the lower one.
        (("both_locked", "left_locked"), 3, 75, False),
        (("normal", "right_locked", "timeout"), 1, Fraction(50, 3), False),
    ],
)
def test_locked_wheels_are_counted_over_all_runs(
    states: tuple[str, ...], wheels: int, share: Fraction | int, lower: bool, brakes: Brakes
) -> None:
    found = locking_facts(Facts({}), [brakes("B1", [1], [1], end_state=state) for state in states]).values
    assert found == {"locked_wheels": wheels, "locked_share": share, "lower_wheel_locked": lower}


def test_a_lock_with_enough_force_passes(brakes: Brakes, verdict: Verdict) -> None:
    run = brakes("B1", [30_000], [30_000], end_state="both_locked")
    assert verdict("B1", run).outcome is Outcome.PASS


def test_a_lock_while_weighing_in_does_not_excuse_the_parking_brake(brakes: Brakes, verdict: Verdict) -> None:
    axles = brakes("B1", [9], [9], end_state="both_locked"), brakes("B2", [9], [9])
    assert verdict("B0", brakes("B0", [1000], [1000]), *axles).outcome is Outcome.FAIL


def test_a_run_that_timed_out_counts_with_a_warning(brakes: Brakes, verdict: Verdict) -> None:
    judged = verdict("B1", brakes("B1", [30_000], [30_000], end_state="timeout"))
    assert judged.outcome is Outcome.PASS
    assert [w.en for w in judged.warnings] == ["Axle 1: the run ended because its time was over."]


def _curves(left: Curve | None, right: Curve | None) -> tuple[Curve, ...]:
    return tuple(curve for curve in (left, right) if curve is not None)


def _curve(side: str, raw: tuple[int | None, ...] = (30_000,), quality: str = "g", unit: Any = "N") -> Curve:
    return Curve(channel=f"force_{side}", unit=unit, scale=Decimal("0.1"), raw=raw, quality=quality)


def _load(side: str, value: int | None = 500, unit: Any = "kg", quality: Any = "good") -> Scalar:
    quantity = None if value is None else Quantity(value=Decimal(value), unit=unit)
    return Scalar(channel=f"load_{side}", quantity=quantity, quality=quality)


INVALIDS = [
    ({"lost": 1}, "一轴行车制动丢失 1 个采样点", "1 samples were lost"),
    ({"marks": {}}, "缺少时刻 brake", "lacks the moment brake"),
    ({"marks": {"brake": -1, "rise": 0}}, "缺少时刻 brake", "lacks the moment brake"),
    ({"marks": {"brake": 0}}, "第 1 轴没有测到制动力上升", "did not rise; press"),
    ({"marks": {"brake": 1, "rise": 1}}, "第 1 轴左轮始终没有制动力", "left wheel: no force at all"),
    ({"marks": {"brake": 0, "rise": 5}}, "（采样点 5 至 0）", "samples 5 to 0"),
    ({"marks": {"brake": 0, "rise": -1}}, "（采样点 -1 至 0）", "samples -1 to 0"),
    ({"marks": {"brake": 0, "rise": 0, "end_point": 1}}, "（采样点 0 至 1）", "samples 0 to 1"),
    ({"curves": _curves(None, _curve("right"))}, "第 1 轴左轮没有制动力曲线", "left wheel: no force curve"),
    ({"curves": _curves(_curve("left"), None)}, "第 1 轴右轮没有制动力曲线", "right wheel: no force curve"),
    (
        {"curves": _curves(_curve("left"), _curve("right", (30_000, 30_000), "gg"))},
        "左右轮采样点数不同",
        "different numbers of samples",
    ),
    (
        {"curves": _curves(_curve("left", unit="kg"), _curve("right"))},
        "左轮的数据单位为 kg，应为 N",
        "the data are in kg, expected N",
    ),
    ({"curves": _curves(_curve("left", quality="i"), _curve("right"))}, "左轮有 1 个采样点无效", "1 samples are not"),
    ({"curves": _curves(_curve("left"), _curve("right", quality="m"))}, "右轮有 1 个采样点无效", "right wheel: 1"),
    ({"curves": _curves(_curve("left"), _curve("right", (None,)))}, "右轮有 1 个采样点无效", "right wheel: 1"),
    ({"curves": _curves(_curve("left"), _curve("right", (0,)))}, "右轮始终没有制动力", "right wheel: no force at all"),
    ({"curves": _curves(_curve("left", (-3,)), _curve("right"))}, "左轮始终没有制动力", "left wheel: no force at all"),
    ({"scalars": (_load("left"),)}, "第 1 轴右轮没有轮荷", "right wheel: no wheel load"),
    ({"scalars": (_load("left", None), _load("right"))}, "左轮没有轮荷", "left wheel: no wheel load"),
    ({"scalars": (_load("left", quality="invalid"), _load("right"))}, "左轮没有轮荷", "left wheel: no wheel load"),
    ({"scalars": (_load("left"), _load("right", quality="missing"))}, "右轮没有轮荷", "right wheel: no wheel load"),
    ({"scalars": (_load("left", 0), _load("right"))}, "左轮的轮荷为 0 kg，应大于零", "the load is 0 kg"),
    ({"scalars": (_load("left"), _load("right", -5))}, "右轮的轮荷为 -5 kg", "the load is -5 kg"),
    ({"scalars": (_load("left", unit="N"), _load("right"))}, "单位为 N，应为 kg", "in N, expected kg"),
]


@pytest.mark.parametrize(("change", "zh", "en"), INVALIDS)
def test_what_cannot_be_trusted_is_invalid_with_the_side_and_the_remedy(
    change: dict[str, Any], zh: str, en: str, brakes: Brakes, verdict: Verdict
) -> None:
    judged = verdict("B1", brakes("B1", [30_000], [30_000], **change))
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert zh in judged.reason.zh
    assert en in judged.reason.en
    assert judged.runs == ("run-B1",)


def test_an_invalid_axle_makes_the_whole_vehicle_invalid(brakes: Brakes, verdict: Verdict) -> None:
    judged = verdict("BV", brakes("B1", [30_000], [30_000]), brakes("B2", [30_000], [None]))
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert "第 2 轴右轮" in judged.reason.zh


@pytest.mark.parametrize("item", ["B1", "B2", "B0", "BV"])
def test_without_a_measurement_the_verdict_is_unknown(item: str, verdict: Verdict) -> None:
    judged = verdict(item)
    assert (judged.outcome, judged.quantities, judged.runs) == (Outcome.UNKNOWN, (), ())
    assert judged.reason is not None
    assert "not measured yet" in judged.reason.en


def test_suspect_samples_count_with_a_warning(brakes: Brakes, verdict: Verdict) -> None:
    curves = _curves(_curve("left"), _curve("right", quality="s"))
    judged = verdict("B1", brakes("B1", [30_000], [30_000], curves=curves))
    assert judged.outcome is Outcome.PASS
    assert [w.zh for w in judged.warnings] == ["第 1 轴右轮有可疑采样点，请留意设备状态。"]


def test_sides_of_different_scale_are_compared_in_newtons(brakes: Brakes, verdict: Verdict, quantity: Pick) -> None:
    right = Curve(channel="force_right", unit="N", scale=Decimal("0.25"), raw=(10_000,), quality="g")
    run = brakes("B1", [30_000], [30_000], curves=_curves(_curve("left"), right))
    judged = verdict("B1", run)
    assert quantity(judged, "axle_rate").value == Decimal(550_000) / Decimal(9800)
    assert quantity(judged, "imbalance").value == Decimal(50_000) / Decimal(3000)


def test_axles_that_no_fact_places_or_nobody_measured_are_unknown(brakes: Brakes, verdict: Verdict) -> None:
    runs = brakes("B1", [40_000], [40_000]), brakes("B2", [40_000], [40_000])
    axle, whole = (verdict(item, *runs, **LORRY, axles=3) for item in ("B1", "BV"))
    assert axle.outcome is Outcome.UNKNOWN
    assert axle.reason is not None
    assert axle.reason.en.endswith("missing (number of steered axles); enter them at the desk.")
    assert axle.quantities[0].value is not None
    assert whole.outcome is Outcome.UNKNOWN
    assert whole.reason is not None
    assert whole.reason.zh == "缺少三轴行车制动的测量数据，请先完成该项检测。"
    six = verdict("BV", *(brakes(f"B{n}", [1], [1]) for n in range(1, 6)), **LORRY, axles=6)
    assert six.outcome is Outcome.UNKNOWN
    assert six.reason is not None
    assert "第 6 轴" in six.reason.zh


def test_a_vehicle_without_a_class_is_unknown_with_its_value(brakes: Brakes, verdict: Verdict) -> None:
    judged = verdict("BV", brakes("B1", [40_000], [40_000]), brakes("B2", [40_000], [40_000]), vehicle_type="D11",
                     total_mass_kg=9000)  # fmt: skip
    (found,) = judged.quantities
    assert judged.outcome is found.outcome is Outcome.UNKNOWN
    assert (found.limit, found.comparison, found.limit_shown, found.confirmed) == (None, "none", "—", False)
    assert found.shown == "81.6 %"
    assert judged.reason is not None
    assert "没有适用于该车的限值" in judged.reason.zh


def test_missing_facts_of_the_class_are_named(brakes: Brakes, verdict: Verdict) -> None:
    judged = verdict("B1", brakes("B1", [40_000], [40_000]), vehicle_type="K21", persons=None, total_mass_kg=None)
    assert judged.outcome is Outcome.UNKNOWN
    assert judged.reason is not None
    assert "核定载客人数、总质量" in judged.reason.zh
    assert "approved number of persons, total mass" in judged.reason.en


def test_the_sentences_are_those_of_an_owner(brakes: Brakes, verdict: Verdict) -> None:
    good = verdict("B1", brakes("B1", [0, 30_000, 34_940], [0, 30_000, 34_934]))
    assert [q.sentence.zh for q in good.quantities] == [
        "前轴制动率 71.3 %，不低于 60.0 %，合格。",
        "前轴不平衡率 0.0 %，不高于 24.0 %，合格。",
    ]
    assert good.quantities[0].sentence.en == "Front axle braking rate 71.3 %, at least 60.0 % required: pass."
    assert good.quantities[0].limit_shown == "≥ 60.0 %"
    assert good.quantities[1].limit_shown == "≤ 24.0 %"
    bad = verdict("B2", brakes("B2", [20_000], [8000]))
    assert [q.sentence.zh for q in bad.quantities] == [
        "后轴制动率 28.6 %，不低于 20.0 %，合格。",
        "后轴不平衡率（按轴荷） 12.2 %，高于 10.0 %，不合格。",
    ]
    assert bad.quantities[1].sentence.en == "Rear axle imbalance (of axle load) 12.2 %, above the allowed 10.0 %: fail."


def test_certainty_travels_with_the_verdict(brakes: Brakes, verdict: Verdict) -> None:
    rate, imbalance = verdict("B1", brakes("B1", [40_000], [40_000])).quantities
    assert (rate.certainty, imbalance.certainty) == ("B", "B")
    # g, the way of comparing and the formula are not confirmed either, so neither is the verdict.
    assert not rate.confirmed
    assert rate.source
    assert rate.clause == "GB 7258-2017 7.11.1.1"
