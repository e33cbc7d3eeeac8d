from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from station.model.capture import Capture
from station.model.verdict import ItemVerdict, Outcome
from station.rules import Pack, parse_pack

Verdict = Callable[..., ItemVerdict]
Exhaust = Callable[..., Capture]
Pick = Callable[[ItemVerdict, str], Any]
Edited = Callable[..., dict[str, bytes]]

HEAVY = {"vehicle_type": "H11", "total_mass_kg": 3501}


@pytest.fixture(scope="module")
def provincial(edited: Edited) -> Pack:
    return parse_pack(edited("pack.toml", 'value = "a"', 'value = "b"'))


# Quantity, window, channel, limit a and b in raw numbers of the channel.
GASES = [
    ("high_idle_co", "high", "co", 30, 30),
    ("high_idle_hc", "high", "hc", 50, 30),
    ("idle_co", "idle", "co", 60, 40),
    ("idle_hc", "idle", "hc", 80, 40),
]


@pytest.mark.parametrize(("name", "window", "channel", "limit_a", "limit_b"), GASES)
def test_gases_at_the_limit_and_either_side(
    name: str, window: str, channel: str, limit_a: int, limit_b: int, exhaust: Exhaust, verdict: Verdict,
    quantity: Pick, pack: Pack, provincial: Pack,
) -> None:  # fmt: skip
    for chosen, limit in ((pack, limit_a), (provincial, limit_b)):
        for raw, expected in ((limit, "pass"), (limit - 1, "pass"), (limit + 1, "fail")):
            judged = verdict("PF", exhaust(**{window: {channel: raw}}), pack=chosen)
            assert judged.outcome == quantity(judged, name).outcome == expected, raw
            assert judged.warnings == ()


def test_a_mean_just_above_the_limit_fails_and_warns(exhaust: Exhaust, verdict: Verdict, quantity: Pick) -> None:
    judged = verdict("PF", exhaust({"co": 30}, one={"co": 31}))
    found = quantity(judged, "high_idle_co")
    assert (found.outcome, found.shown, found.limit_shown) == ("fail", "0.30 %", "≤ 0.30 %")
    assert found.unrounded == (Decimal(149 * 30 + 31) / Decimal(15_000)).normalize()
    assert found.sentence.zh == "高怠速 CO 0.3001 %，高于 0.30 %，不合格。"
    assert len(judged.warnings) == 1


def test_lambda_at_the_limits_and_either_side(exhaust: Exhaust, verdict: Verdict, quantity: Pick) -> None:
    for raw, expected in ((950, "pass"), (949, "fail"), (1050, "pass"), (1051, "fail"), (1000, "pass"), (940, "fail")):
        judged = verdict("PF", exhaust({"lambda": raw}))
        found = quantity(judged, "high_idle_lambda")
        assert judged.outcome == found.outcome == expected, raw
        assert (found.limit_low, found.limit, found.comparison) == (Decimal("0.95"), Decimal("1.05"), "within")
    assert found.limit_shown == "0.95–1.05"
    assert found.sentence.zh == "高怠速过量空气系数 λ 0.94，超出 0.95–1.05 范围，不合格。"
    assert found.sentence.en == "High idle lambda 0.94, outside 0.95–1.05: fail."


def test_lambda_counts_at_high_idle_only(exhaust: Exhaust, verdict: Verdict) -> None:
    assert verdict("PF", exhaust(idle={"lambda": None})).outcome is Outcome.PASS


# What is missed, raw value still usable, raw value just outside.
VALIDITY = [
    ("oil_temperature", "high", "oil_temperature", 80, 79, {}),
    ("high_idle_lowest_speed", "high", "engine_speed", 2300, 2299, {}),
    ("high_idle_highest_speed", "high", "engine_speed", 2700, 2701, {}),
    ("high_idle_lowest_speed", "high", "engine_speed", 1600, 1599, HEAVY),
    ("high_idle_highest_speed", "high", "engine_speed", 2000, 2001, HEAVY),
    ("high_idle_dilution", "high", "co2", 590, 589, {}),
    ("idle_dilution", "idle", "co2", 590, 589, {}),
]


@pytest.mark.parametrize(("name", "window", "channel", "usable", "outside", "facts"), VALIDITY)
def test_conditions_of_a_valid_test_at_the_limit_and_outside(
    name: str, window: str, channel: str, usable: int, outside: int, facts: dict[str, Any], exhaust: Exhaust,
    verdict: Verdict, quantity: Pick,
) -> None:  # fmt: skip
    high = {"engine_speed": 1800} if facts else {}

    def judged(raw: int) -> ItemVerdict:
        windows = {"high": dict(high), "idle": {}}
        windows[window][channel] = raw
        return verdict("PF", exhaust(**windows), **facts)

    assert judged(usable).outcome is Outcome.PASS
    assert len(judged(usable).quantities) == 5
    missed = judged(outside)
    assert missed.outcome is quantity(missed, name).outcome is Outcome.INVALID
    assert missed.reason is not None
    assert "本次测量无效" in missed.reason.zh
    assert "does not count" in missed.reason.en


def test_one_sample_outside_the_speed_band_is_enough_and_is_named(
    exhaust: Exhaust, verdict: Verdict, quantity: Pick
) -> None:
    judged = verdict("PF", exhaust(one={"engine_speed": 2701}))
    assert quantity(judged, "high_idle_highest_speed").decided_by == "PF #100 (20000 ms)"
    assert judged.reason is not None
    assert judged.reason.zh == (
        "高怠速最高转速 2701 r/min，高于 2700 r/min，本次测量无效。请将转速稳定在规定范围内重新检测。"
    )


def test_a_failure_in_a_test_that_does_not_count_is_no_failure(exhaust: Exhaust, verdict: Verdict) -> None:
    assert verdict("PF", exhaust({"co": 500, "engine_speed": 3000})).outcome is Outcome.INVALID


def test_windows_end_before_their_second_mark_and_have_a_least_length(
    exhaust: Exhaust, verdict: Verdict, quantity: Pick
) -> None:
    def judged(end: int) -> ItemVerdict:
        marks = {"high_idle_average": 75, "high_idle_end": end, "idle_average": 300, "idle_end": 450}
        return verdict("PF", exhaust(marks=marks))

    assert judged(220).outcome is Outcome.PASS  # 145 samples at 5 a second: 29.0 s
    assert judged(219).outcome is Outcome.INVALID
    assert quantity(judged(220), "high_idle_co").decided_by == "PF #75 (15000 ms) to #220 (44000 ms)"


@pytest.mark.parametrize(
    ("marks", "zh"),
    [
        ({}, "缺少时刻 high_idle_average"),
        ({"high_idle_average": 75, "high_idle_end": 75}, "采样点 75 至 75"),
        ({"high_idle_average": 75, "high_idle_end": 225}, "缺少时刻 idle_average"),
        (
            {"high_idle_average": 75, "high_idle_end": 225, "idle_average": 301, "idle_end": 451},
            "没有CO的数据",
        ),
    ],
)
def test_impossible_windows_are_invalid(marks: dict[str, int], zh: str, exhaust: Exhaust, verdict: Verdict) -> None:
    judged = verdict("PF", exhaust(marks=marks))
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert zh in judged.reason.zh


@pytest.mark.parametrize("channel", ["co", "co2", "hc", "lambda", "engine_speed"])
def test_a_reading_that_the_analyser_does_not_trust_makes_the_test_invalid(
    channel: str, exhaust: Exhaust, verdict: Verdict
) -> None:
    untrusted, absent = verdict("PF", exhaust(one={channel: None})), verdict("PF", exhaust(without=channel))
    for judged, en in ((untrusted, "1 samples are not valid"), (absent, "No data of")):
        assert judged.outcome is Outcome.INVALID
        assert judged.reason is not None
        assert en in judged.reason.en


def test_an_unknown_oil_temperature_only_warns(exhaust: Exhaust, verdict: Verdict) -> None:
    for run in (exhaust(without="oil_temperature"), exhaust(one={"oil_temperature": None})):
        judged = verdict("PF", run)
        assert judged.outcome is Outcome.PASS
        assert len(judged.warnings) == 1
        assert judged.warnings[0].zh.endswith("请确认发动机已充分预热。")


def test_without_a_test_even_the_oil_is_unknown(verdict: Verdict) -> None:
    assert verdict("PF").outcome is Outcome.UNKNOWN


def test_lost_samples_and_wrong_units_are_invalid(exhaust: Exhaust, verdict: Verdict) -> None:
    lost = verdict("PF", exhaust(lost=2))
    assert lost.outcome is Outcome.INVALID
    run = exhaust()
    curves = tuple(c.model_copy(update={"unit": "1e-6 vol"}) if c.channel == "co2" else c for c in run.curves)
    wrong = verdict("PF", run.model_copy(update={"curves": curves}))
    assert wrong.outcome is Outcome.INVALID
    assert wrong.reason is not None
    assert wrong.reason.zh == "CO2的数据单位为 1e-6 vol，应为 % vol，请检查设备配置。"


def test_suspect_readings_count_with_a_warning(exhaust: Exhaust, verdict: Verdict) -> None:
    run = exhaust()
    curves = tuple(c.model_copy(update={"quality": "s" * 450}) if c.channel == "hc" else c for c in run.curves)
    judged = verdict("PF", run.model_copy(update={"curves": curves}))
    assert judged.outcome is Outcome.PASS
    assert [w.en for w in judged.warnings] == ["HC: some samples are suspect; keep an eye on the instrument."]


@pytest.mark.parametrize(("fuel", "outcome"), [("E", "pass"), ("F", "pass"), ("AE", "fail"), ("A", "fail")])
def test_hc_of_gas_vehicles_is_advisory(
    fuel: str, outcome: str, exhaust: Exhaust, verdict: Verdict, quantity: Pick
) -> None:
    judged = verdict("PF", exhaust({"hc": 60}), fuel=fuel)
    assert judged.outcome == outcome
    found = quantity(judged, "high_idle_hc")
    if outcome == "pass":
        advisory = "燃气汽车的 HC 仅供参考，不作为判定依据。"
        assert found.sentence.zh == f"高怠速 HC 60 ppm，高于 50 ppm，不据此判定。{advisory}"
        assert [w.zh for w in judged.warnings] == [advisory]


def test_negative_readings_are_real(exhaust: Exhaust, verdict: Verdict, quantity: Pick) -> None:
    judged = verdict("PF", exhaust({"co": -1}))
    assert quantity(judged, "high_idle_co").shown == "-0.01 %"
    assert judged.outcome is Outcome.PASS


def test_a_small_car_without_a_known_mass_counts_as_light_but_a_lorry_must_be_asked(
    exhaust: Exhaust, verdict: Verdict
) -> None:
    assert verdict("PF", exhaust(), total_mass_kg=None).outcome is Outcome.PASS
    asked = verdict("PF", exhaust(), vehicle_type="H31", total_mass_kg=None)
    assert asked.outcome is Outcome.UNKNOWN
    assert asked.reason is not None
    assert "total mass" in asked.reason.en


def test_every_value_of_the_exhaust_test_awaits_confirmation(exhaust: Exhaust, verdict: Verdict) -> None:
    for found in verdict("PF", exhaust()).quantities:
        assert (found.certainty, found.confirmed) == ("D", False)


@pytest.mark.parametrize(("closed_loop", "expected"), [(True, "fail"), (None, "fail"), (False, "pass")])
def test_lambda_counts_with_a_closed_loop_catalyst_or_where_that_is_not_known(
    closed_loop: bool | None, expected: str, exhaust: Exhaust, verdict: Verdict
) -> None:
    judged = verdict("PF", exhaust({"lambda": 1051}), closed_loop_catalyst=closed_loop)
    assert judged.outcome == expected
    assert ("high_idle_lambda" in [q.quantity for q in judged.quantities]) is (closed_loop is not False)
