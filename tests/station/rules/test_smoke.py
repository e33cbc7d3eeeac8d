from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from station.model.capture import Capture, Curve
from station.model.verdict import ItemVerdict, Outcome
from station.rules import PackError, parse_pack

Verdict = Callable[..., ItemVerdict]
Smoke = Callable[..., Capture]
Pick = Callable[[ItemVerdict, str], Any]
Edited = Callable[..., dict[str, bytes]]
DIESEL = {"fuel": "B", "rated_speed_per_min": 4_000}


@pytest.mark.parametrize(("limit_set", "limit"), [("a", 1200), ("b", 700)])
@pytest.mark.parametrize(("off", "outcome"), [(-1, "pass"), (0, "pass"), (1, "fail")])
def test_the_mean_of_the_three_maxima_at_the_limit_and_beside(
    limit_set: str,
    limit: int,
    off: int,
    outcome: str,
    edited: Edited,
    smoke: Smoke,
    verdict: Verdict,
    quantity: Pick,
) -> None:
    pack = parse_pack(edited("pack.toml", 'id = "limit_set"\nvalue = "a"', f'id = "limit_set"\nvalue = "{limit_set}"'))
    judged = verdict("FA", smoke((limit - 100, limit + 100 + off, limit)), pack=pack, **DIESEL)
    assert judged.outcome == outcome
    found = quantity(judged, "smoke")
    assert (found.outcome, found.limit, found.comparison) == (outcome, Decimal(limit) / 1000, "<=")
    assert (found.unit, found.certainty, found.confirmed) == ("1/m", "D", False)


def test_it_is_told_with_the_samples_that_decided(smoke: Smoke, verdict: Verdict, quantity: Pick) -> None:
    judged = verdict("FA", smoke((1300, 1250, 1201)), **DIESEL)
    found = quantity(judged, "smoke")
    assert found.sentence.zh == "光吸收系数 1.25 1/m，高于 1.20 1/m，不合格。"
    assert found.decided_by == "FA #10 (500 ms), FA #30 (1500 ms), FA #50 (2500 ms)"
    assert (judged.runs, judged.warnings) == (("run-FA",), ())


def test_only_the_last_three_count(smoke: Smoke, verdict: Verdict, quantity: Pick) -> None:
    judged = verdict("FA", smoke((3000, 3000, 400, 500, 600)), **DIESEL)
    assert (judged.outcome, quantity(judged, "smoke").shown) == (Outcome.PASS, "0.50 1/m")
    assert quantity(judged, "smoke").decided_by.startswith("FA #50")


def test_smoke_outside_the_accelerations_does_not_count(smoke: Smoke, verdict: Verdict, quantity: Pick) -> None:
    run = smoke((500, 500, 500))
    k = run.curves[0]
    raw = list(k.raw)
    raw[0] = raw[19] = raw[39] = 9000
    outside = run.model_copy(update={"curves": (k.model_copy(update={"raw": tuple(raw)}), *run.curves[1:])})
    assert quantity(verdict("FA", outside, **DIESEL), "smoke").shown == "0.50 1/m"


@pytest.mark.parametrize(("peaks", "warned"), [((500, 750, 600), False), ((500, 751, 600), True)])
def test_a_wide_spread_warns_and_decides_nothing(
    peaks: tuple[int, ...], warned: bool, smoke: Smoke, verdict: Verdict, quantity: Pick
) -> None:
    judged = verdict("FA", smoke(peaks), **DIESEL)
    assert (judged.outcome, quantity(judged, "smoke_spread").outcome) == (Outcome.PASS, Outcome.PASS)
    assert [w.zh for w in judged.warnings[:1]] == [
        "三次加速结果相差较大，建议检查取样探头后重测；不影响判定。"
    ] * warned


def test_a_wide_spread_does_not_save_a_failure(smoke: Smoke, verdict: Verdict) -> None:
    judged = verdict("FA", smoke((2000, 1000, 2000)), **DIESEL)
    assert (judged.outcome, len(judged.warnings)) == (Outcome.FAIL, 1)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_accelerations_are_invalid(count: int, smoke: Smoke, verdict: Verdict) -> None:
    judged = verdict("FA", smoke((500,) * count), **DIESEL)
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert judged.reason.zh == f"自由加速烟度只完成 {count} 次加速，需要 3 次，请重新检测。"


def test_an_acceleration_that_was_broken_off_does_not_count(smoke: Smoke, verdict: Verdict, quantity: Pick) -> None:
    whole = smoke((500, 500, 500, 3000))
    broken = whole.model_copy(update={"marks": tuple(m for m in whole.marks if m.name != "acceleration_4_end")})
    assert quantity(verdict("FA", broken, **DIESEL), "smoke").shown == "0.50 1/m"


# 75 % of 4 000 1/min
@pytest.mark.parametrize(("speed", "outcome"), [(2999, "invalid"), (3000, "pass"), (3001, "pass")])
def test_the_engine_must_have_been_fast_enough_each_time(
    speed: int, outcome: str, smoke: Smoke, verdict: Verdict
) -> None:
    judged = verdict("FA", smoke(speeds=(4500, speed, 4500)), **DIESEL)
    assert judged.outcome == outcome
    if outcome == "invalid":
        assert judged.reason is not None
        assert "请将油门踏板迅速踩到底并保持到断油转速，重新检测。" in judged.reason.zh


def test_without_a_rated_speed_the_engine_speed_is_not_judged(smoke: Smoke, verdict: Verdict) -> None:
    run = smoke(speeds=(1000, 1000, 1000), without="engine_speed")
    judged = verdict("FA", run, fuel="B", rated_speed_per_min=None)
    assert (judged.outcome, judged.warnings) == (Outcome.PASS, ())


def test_a_pack_that_needs_the_rated_speed_of_every_vehicle_asks_for_it(
    edited: Edited, smoke: Smoke, verdict: Verdict
) -> None:
    needed = edited("smoke.toml", "applies_if = { rated_speed_per_min = { min = 1, missing = false } }\n", "")
    judged = verdict("FA", smoke(), fuel="B", rated_speed_per_min=None, pack=parse_pack(needed))
    assert judged.outcome is Outcome.UNKNOWN
    assert judged.reason is not None
    assert judged.reason.en == "Facts are missing (rated engine speed); enter them at the desk."


@pytest.mark.parametrize(("oil", "outcome"), [(79, "invalid"), (80, "pass"), (81, "pass")])
def test_a_cold_engine_is_invalid(oil: int, outcome: str, smoke: Smoke, verdict: Verdict) -> None:
    assert verdict("FA", smoke(oil=oil), **DIESEL).outcome == outcome


def test_without_an_oil_probe_it_only_warns(smoke: Smoke, verdict: Verdict) -> None:
    judged = verdict("FA", smoke(without="oil_temperature"), **DIESEL)
    assert judged.outcome is Outcome.PASS
    assert [w.zh for w in judged.warnings] == ["没有机油温度的数据，请检查仪器后重新检测。请确认发动机已充分预热。"]


@pytest.mark.parametrize(
    ("change", "en"),
    [
        ({"without": "k"}, "No data of k; check the instrument and repeat."),
        ({"without": "engine_speed"}, "No data of engine speed; check the instrument and repeat."),
        ({"peaks": (500, None, 500)}, "k: 1 samples are not valid; check probe and instrument and repeat."),
        ({"lost": 2}, "Smoke, free acceleration: 2 samples were lost; check the line to the rig and repeat."),
    ],
)
def test_what_cannot_be_used_is_invalid(change: dict[str, Any], en: str, smoke: Smoke, verdict: Verdict) -> None:
    judged = verdict("FA", smoke(**change), **DIESEL)
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert judged.reason.en == en


def test_marks_in_the_wrong_order_are_invalid(smoke: Smoke, verdict: Verdict) -> None:
    marks = {f"acceleration_{n}{end}": 5 for n in (1, 2, 3) for end in ("", "_end")}
    judged = verdict("FA", smoke(marks=marks), **DIESEL)
    assert judged.outcome is Outcome.INVALID
    assert judged.reason is not None
    assert judged.reason.en == "The averaging window (samples 5 to 5) is not possible; repeat the test."


def test_another_unit_is_invalid(smoke: Smoke, verdict: Verdict) -> None:
    run = smoke()
    in_percent = Curve(**{**run.curves[0].model_dump(), "unit": "%"})
    judged = verdict("FA", run.model_copy(update={"curves": (in_percent, *run.curves[1:])}), **DIESEL)
    assert judged.outcome is Outcome.INVALID


def test_suspect_samples_count_with_a_warning(smoke: Smoke, verdict: Verdict) -> None:
    judged = verdict("FA", smoke(quality="s"), **DIESEL)
    assert judged.outcome is Outcome.PASS
    assert [w.en for w in judged.warnings] == [
        "engine speed: some samples are suspect; keep an eye on the instrument.",
        "k: some samples are suspect; keep an eye on the instrument.",
        "oil temperature: some samples are suspect; keep an eye on the instrument.",
    ]


def test_a_diesel_that_was_not_measured_is_unknown(verdict: Verdict) -> None:
    assert verdict("FA", **DIESEL).outcome is Outcome.UNKNOWN


SPEED = 'window = { channels = ["engine_speed"], begin = "acceleration_{n}", end = "acceleration_{n}_end", last = 3 }'


@pytest.mark.parametrize(
    ("old", "new", "entry", "expected"),
    [
        (
            SPEED,
            SPEED.replace(", last = 3", ""),
            "quantity 1 (smoke_speed): window",
            "{n} in begin and end together with",
        ),
        (SPEED, SPEED.replace("{n}_end", "1_end"), "quantity 1 (smoke_speed): window", "{n} in begin and end together"),
        (SPEED, SPEED.replace("3 }", "0 }"), "quantity 1 (smoke_speed): window.last", "greater than or equal to 1"),
        (SPEED, SPEED.replace("engine_speed", "k"), "quantity (smoke_speed)", "expected channels in 1/min of"),
        (
            SPEED,
            'window = { channels = ["engine_speed"], begin = "a", end = "b" }',
            "quantity (smoke_speed)",
            "least_maximum_of_rated_speed takes the last of several windows",
        ),
        (
            'begin = "acceleration_1", end = "acceleration_3_end" }',
            'begin = "acceleration_{n}", end = "acceleration_{n}_end", last = 1 }',
            "quantity (smoke_oil_temperature)",
            "window_minimum takes one window",
        ),
        (
            'id = "smoke_spread"\n',
            'id = "smoke_spread"\nauxiliary = true\n',
            "limit (smoke-spread)",
            "smoke_spread is auxiliary and takes no limit",
        ),
    ],
)
def test_a_bad_window_is_refused(old: str, new: str, entry: str, expected: str, edited: Edited) -> None:
    with pytest.raises(PackError) as refused:
        parse_pack(edited("smoke.toml", old, new))
    assert refused.value.entry == entry
    assert expected in refused.value.expected
