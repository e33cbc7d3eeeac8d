"""The steady-state test: which ten seconds decide, and what makes it count."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.model.capture import Capture, Mark
from station.model.quantity import Unit
from station.model.verdict import ItemVerdict, Outcome
from station.rules import Pack

Verdict = Callable[..., ItemVerdict]
Pick = Callable[[ItemVerdict, str], Any]
Make = Callable[..., Any]
Run = Callable[..., Capture]
ASM = {"petrol_method": "asm"}


def shown(judged: ItemVerdict) -> list[str]:
    return [quantity.quantity for quantity in judged.quantities]


ROWS = {stage: [f"asm{stage}_{name}" for name in ("co", "hc", "no")] for stage in ("5025", "2540")}

# Channel, raw number of the limits of 5025 a, 5025 b, 2540 a, 2540 b.
LIMITS = [("co", 50, 35, 40, 30), ("hc", 90, 47, 80, 44), ("no", 946_750, 568_050, 879_125, 527_475)]


@pytest.mark.parametrize(("channel", "a", "b", "_a", "_b"), LIMITS)
def test_5025_passes_up_to_the_limit_and_goes_on_above(
    channel: str, a: int, b: int, _a: int, _b: int, asm: Verdict, quantity: Pick, pack: Pack, stage: Make, run: Run
) -> None:
    for limit, limit_set in ((a, "a"), (b, "b")):
        chosen = pack.with_settings({**ASM, "limit_set": limit_set})
        for raw, goes_on in ((limit - 1, False), (limit, False), (limit + 1, True)):
            judged = asm(run(stage(**{channel: raw}), stage()), pack=chosen)
            assert shown(judged) == ROWS["5025"] + ROWS["2540"] * goes_on, raw
            assert judged.outcome is quantity(judged, f"asm5025_{channel}").outcome is Outcome.PASS
            assert ("ASM 5025 was not passed, so ASM 2540 decides." in [w.en for w in judged.warnings]) is goes_on


@pytest.mark.parametrize(("channel", "_a", "_b", "a", "b"), LIMITS)
def test_2540_decides_at_the_limit_and_either_side(
    channel: str, _a: int, _b: int, a: int, b: int, asm: Verdict, quantity: Pick, pack: Pack, stage: Make, run: Run
) -> None:
    for limit, limit_set in ((a, "a"), (b, "b")):
        chosen = pack.with_settings({**ASM, "limit_set": limit_set})
        for raw, expected in ((limit - 1, "pass"), (limit, "pass"), (limit + 1, "fail")):
            judged = asm(run(stage(hc=91), stage(**{channel: raw})), pack=chosen)
            found = quantity(judged, f"asm2540_{channel}")
            assert judged.outcome == found.outcome == expected, raw
            assert [q.outcome for q in judged.quantities if q is not found] == ["pass"] * 5


def test_a_failure_names_value_limit_and_seconds(asm: Verdict, quantity: Pick, stage: Make, run: Run) -> None:
    late = stage(hc=[200] * 60 + [100] * 10 + [200] * 20)
    found = quantity(asm(run(stage(co=60), late)), "asm2540_hc")
    assert found.sentence.zh == "ASM2540 HC 100 ppm，高于 80 ppm，不合格。"
    assert found.sentence.en == "ASM 2540 HC 100 ppm, above the allowed 80 ppm: fail."
    assert found.decided_by == "WT #160 (160000 ms) to #170 (170000 ms)"
    assert (found.certainty, found.confirmed) == ("D", False)


# The fast check: the slice from the tenth second on, if it is within half of every limit.
@pytest.mark.parametrize(("channel", "half"), [("co", 25), ("hc", 45), ("no", 473_375)])
def test_the_fast_check_decides_up_to_half_of_the_limit(
    channel: str, half: int, asm: Verdict, quantity: Pick, stage: Make, run: Run
) -> None:
    for raw, by in ((half - 1, "fast check #15"), (half, "fast check #15"), (half + 1, "#25")):
        values = [raw] * 20 + [0] * 70
        judged = asm(run(stage(**{channel: values})))
        assert judged.outcome is Outcome.PASS
        assert quantity(judged, f"asm5025_{channel}").decided_by.startswith(f"WT {by} "), raw


def test_a_stage_may_end_as_soon_as_a_slice_passes(asm: Verdict, stage: Make, run: Run) -> None:
    for seconds, levels in ((20, [10] * 20), (20, [90] * 20), (31, [200] * 21 + [90] * 10)):
        assert asm(run(stage(seconds, hc=levels))).outcome is Outcome.PASS
    short = asm(run(stage(19, hc=10)))
    assert short.outcome is Outcome.INVALID
    assert short.reason is not None
    assert short.reason.zh == "稳态工况法尾气：工况（stable_5025 至 end_5025）的记录太短，不足以判定，请重新检测。"


def test_a_stage_that_decided_nothing_must_have_its_whole_length(asm: Verdict, stage: Make, run: Run) -> None:
    for first, second, expected in ((88, 90, "invalid"), (89, 90, "fail"), (90, 88, "invalid"), (90, 89, "fail")):
        judged = asm(run(stage(first, hc=100), stage(second, hc=100)))
        assert judged.outcome == expected, (first, second)
    assert judged.reason is None
    early = asm(run(stage(88, hc=100), stage()))
    assert early.reason is not None
    assert early.reason.zh == (
        "ASM5025 工况时间 88.0 s，低于 89.0 s，本次测量无效。工况提前结束而未得出结论，请重新检测。"
    )


def test_the_first_ten_seconds_of_a_stage_do_not_count(asm: Verdict, quantity: Pick, stage: Make, run: Run) -> None:
    clean_early = stage(hc=[0] * 19 + [100] * 71)
    judged = asm(run(clean_early, stage()))
    assert quantity(judged, "asm5025_hc").shown == "10 ppm"
    dirty_early = stage(20, hc=[9000] * 10 + [20] * 10)
    assert quantity(asm(run(dirty_early)), "asm5025_hc").decided_by.startswith("WT fast check #15 ")


def test_all_pollutants_must_be_low_in_the_same_ten_seconds(asm: Verdict, stage: Make, run: Run) -> None:
    by_turns = stage(co=[10] * 45 + [250] * 45, hc=[100] * 45 + [10] * 45)
    assert asm(run(by_turns, stage(co=50))).outcome is Outcome.FAIL
    together = stage(co=[10] * 50 + [250] * 40, hc=[100] * 40 + [10] * 50)
    assert shown(asm(run(together))) == ROWS["5025"]


# Five times the limit: one raw unit more in each of ten seconds fails at once.
@pytest.mark.parametrize(("channel", "most"), [("co", 250), ("hc", 450), ("no", 4_733_750)])
def test_above_five_times_the_limit_the_vehicle_fails_at_once(
    channel: str, most: int, asm: Verdict, quantity: Pick, stage: Make, run: Run
) -> None:
    for raw, expected in ((most, "pass"), (most + 1, "fail")):
        judged = asm(run(stage(**{channel: [most] * 50 + [raw] * 10 + [most] * 30}), stage()))
        assert judged.outcome == expected
        assert shown(judged) == ROWS["5025"] + ROWS["2540"] * (expected == "pass")
    found = quantity(judged, f"asm5025_{channel}")
    assert (found.outcome, found.decided_by) == ("fail", "WT excess #46 (46000 ms) to #56 (56000 ms)")
    assert quantity(asm(run(stage(hc=100), stage(hc=451))), "asm2540_hc").decided_by.startswith("WT excess #110 ")


def test_what_comes_first_counts(asm: Verdict, quantity: Pick, stage: Make, run: Run) -> None:
    passed_before = asm(run(stage(hc=[90] * 20 + [9000] * 70)))
    assert (passed_before.outcome, shown(passed_before)) == ("pass", ROWS["5025"])
    failed_before = asm(run(stage(hc=[9000] * 20 + [80] * 70), stage()))
    assert quantity(failed_before, "asm5025_hc").decided_by == "WT excess #15 (15000 ms) to #25 (25000 ms)"
    assert failed_before.outcome is Outcome.FAIL
    assert asm(run(stage(31, hc=[9000] * 21 + [80] * 10))).outcome is Outcome.FAIL


# Stage, raw speeds still usable, raw speeds just outside.
SPEEDS = [("5025", "lowest", 230, 229), ("5025", "highest", 270, 271), ("2540", "lowest", 380, 379),
          ("2540", "highest", 420, 421)]  # fmt: skip


@pytest.mark.parametrize(("number", "which", "usable", "outside"), SPEEDS)
def test_the_speed_must_be_kept(
    number: str, which: str, usable: int, outside: int, asm: Verdict, quantity: Pick, stage: Make, run: Run
) -> None:
    steady = 250 if number == "5025" else 400

    def judged(raw: int) -> ItemVerdict:
        stages = {"5025": stage(hc=100), "2540": stage()}
        stages[number]["speed"] = [steady] * 40 + [raw] + [steady] * 49
        return asm(run(*stages.values()))

    assert judged(usable).outcome is Outcome.PASS
    missed = judged(outside)
    assert missed.outcome is quantity(missed, f"asm{number}_{which}_speed").outcome is Outcome.INVALID
    assert missed.reason is not None
    assert missed.reason.zh.endswith("请将车速稳定在规定范围内重新检测。")


MARKS = {"stable_5025": 5, "end_5025": 95, "stable_2540": 100, "end_2540": 190}


def _without_mark(name: str) -> tuple[Mark, ...]:
    return tuple(Mark(name=known, index=index) for known, index in MARKS.items() if known != name)


def _with_scalar(name: str, value: str, unit: Unit) -> dict[str, Any]:
    return {"scalars": {name: (value, unit)}}


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"without": "speed"}, "没有滚筒速度的数据"),
    ({"without": "co2"}, "没有CO2的数据"),
    ({"without": "no"}, "没有NO的数据"),
    ({"without": "ambient_temperature"}, "没有环境温度的数据"),
    ({"without": "ambient_humidity"}, "没有环境湿度的数据"),
    ({"without": "ambient_pressure"}, "没有大气压力的数据"),
    (_with_scalar("ambient_pressure", "1", "degC"), "大气压力的数据单位为 degC，应为 kPa"),
    (_with_scalar("ambient_humidity", "-0.1", "%"), "不可能出现，请检查气象站"),
    (_with_scalar("ambient_humidity", "100.1", "%"), "不可能出现"),
    (_with_scalar("ambient_temperature", "-243.12", "degC"), "不可能出现"),
    (_with_scalar("ambient_pressure", "0", "kPa"), "不可能出现"),
    ({"scalars": {"ambient_pressure": ("10", "kPa"), "ambient_humidity": ("100", "%")}}, "不可能出现"),
    ({"lost": 1}, "丢失 1 个采样点"),
    ({"marks": ()}, "缺少时刻 stable_5025"),
    ({"marks": _without_mark("end_5025")}, "缺少时刻 end_5025"),
    ({"marks": _without_mark("stable_2540")}, "缺少时刻 stable_2540"),
    ({"period_us": 40_000_000}, "记录太短"),
]


@pytest.mark.parametrize(("broken", "zh"), BROKEN)
def test_what_cannot_count_is_invalid_and_says_why(
    broken: dict[str, Any], zh: str, asm: Verdict, stage: Make, run: Run
) -> None:
    judged = asm(run(stage(hc=100), stage(), **broken))
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert zh in judged.reason.zh


@pytest.mark.parametrize("channel", ["co", "co2", "hc", "no", "speed"])
def test_one_bad_sample_is_enough(channel: str, asm: Verdict, stage: Make, run: Run) -> None:
    bad = stage()
    bad[channel] = [*([250] if channel == "speed" else bad[channel][:1]) * 50, None, *[250] * 39]
    judged = asm(run(bad))
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert "1 samples are not valid" in judged.reason.en


@pytest.mark.parametrize(("co", "co2"), [(10, 0), (10, -5), (-700, 690), (-690, 690)])
def test_without_exhaust_there_is_nothing_to_correct(co: int, co2: int, asm: Verdict, stage: Make, run: Run) -> None:
    judged = asm(run(stage(co=co, co2=co2)))
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert judged.reason.en == (
        "Exhaust, steady state: there is no CO2 in the sampled gas; check probe, sample line and analyser and repeat."
    )


def test_a_vehicle_that_was_not_measured_is_unknown(asm: Verdict) -> None:
    assert asm().outcome is Outcome.UNKNOWN


def test_suspect_readings_count_with_a_warning(asm: Verdict, stage: Make, run: Run) -> None:
    found = run(stage())
    curves = tuple(c.model_copy(update={"quality": "s" * 95}) if c.channel == "hc" else c for c in found.curves)
    judged = asm(found.model_copy(update={"curves": curves}))
    assert judged.outcome is Outcome.PASS
    assert [w.en for w in judged.warnings] == ["HC: some samples are suspect; keep an eye on the instrument."]


@pytest.mark.parametrize("late_us", [-500_000, -450_000, 450_000])
@pytest.mark.parametrize("since", [15, 16])
def test_ten_seconds_are_ten_samples_though_they_do_not_come_on_the_dot(
    late_us: int, since: int, asm: Verdict, quantity: Pick, stage: Make, run: Run
) -> None:
    times = tuple(1_000_000 * n + (late_us if n >= since else 0) for n in range(25))
    judged = asm(run(stage(20, hc=[80] * 10 + [10] * 10), times_us=times))
    assert quantity(judged, "asm5025_hc").value == 10


def test_samples_may_come_more_often(asm: Verdict, quantity: Pick, stage: Make, run: Run) -> None:
    often = run(stage(100, hc=[400] * 50 + [40] * 49 + [41]), period_us=200_000)
    found = quantity(asm(often), "asm5025_hc")
    assert (found.value, found.decided_by) == (Decimal("40.02"), "WT fast check #55 (11000 ms) to #105 (21000 ms)")


# A plain judge of one stage, for hypothesis: every slice of ten samples from the tenth second on, by the fact sheet.
LEVELS = st.lists(
    st.tuples(st.sampled_from([10, 25, 40, 50, 51, 200, 260]), st.sampled_from([20, 45, 89, 90, 91, 300, 460])),
    min_size=1,
    max_size=8,
)


def _plain(co: list[int], hc: list[int]) -> str:
    means = [(Fraction(sum(co[n : n + 10]), 10), Fraction(sum(hc[n : n + 10]), 10)) for n in range(10, len(co) - 9)]
    if means[0][0] <= 25 and means[0][1] <= 45:
        return "pass"
    for one, other in means:
        if one <= 50 and other <= 90:
            return "pass"
        if one > 250 or other > 450:
            return "fail"
    return "goes on" if len(co) >= 89 else "invalid"


@settings(max_examples=300, deadline=None)
@given(levels=LEVELS, seconds=st.integers(20, 91))
def test_the_stage_decides_as_a_plain_reading_of_the_rules(
    levels: list[tuple[int, int]], seconds: int, asm: Verdict, stage: Make, run: Run
) -> None:
    each = [levels[n * len(levels) // seconds] for n in range(seconds)]
    co, hc = [one for one, _ in each], [other for _, other in each]
    judged = asm(run(stage(seconds, co=co, hc=hc, no=[0] * seconds), stage()))
    expected = _plain(co, hc)
    assert judged.outcome == ("pass" if expected == "goes on" else expected)
    if expected != "invalid":
        assert (shown(judged) == ROWS["5025"]) is (expected != "goes on")


@settings(max_examples=100, deadline=None)
@given(
    co=st.integers(0, 60), co2=st.integers(300, 1600), hc=st.integers(0, 120), no=st.integers(0, 1_200_000),
    more=st.integers(1, 50), channel=st.sampled_from(["co", "hc", "no"]),
)  # fmt: skip
def test_more_of_a_pollutant_never_turns_a_failure_into_a_pass(
    co: int, co2: int, hc: int, no: int, more: int, channel: str, asm: Verdict, stage: Make, run: Run
) -> None:
    raw = {"co": co, "hc": hc, "no": no}
    worse = {**raw, channel: raw[channel] + more * (1000 if channel == "no" else 1)}
    found, worsened = (asm(run(stage(co2=co2, **values), stage(co2=co2, **values))) for values in (raw, worse))
    assert (found.outcome, worsened.outcome) in {("pass", "pass"), ("pass", "fail"), ("fail", "fail")}
