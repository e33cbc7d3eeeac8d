"""The short transient test: masses over the driven distance."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.model.capture import Capture, Curve, Mark
from station.model.quantity import Unit
from station.model.verdict import ItemVerdict, Outcome
from station.rules import Pack, parse_pack

Verdict = Callable[..., ItemVerdict]
Pick = Callable[[ItemVerdict, str], Any]

CHANNELS: dict[str, tuple[Unit, str]] = {
    "speed": ("km/h", "0.1"),
    "co_rate": ("g/s", "0.0001"),
    "hc_rate": ("g/s", "0.0001"),
    "nox_rate": ("g/s", "0.0001"),
}
METHOD = {"petrol_method": "short_transient"}


def drive(
    changed: Mapping[str, int | Sequence[int]] | None = None,
    *,
    seconds: int = 195,
    marks: Mapping[str, int] | None = None,
    without: str = "",
    bad: str = "",
    unit: Unit = "g/s",
) -> Capture:
    """A cycle at 36 km/h, one sample a second: a rate of so many ten-thousandths of a gram is as many of 1/100 g/km."""
    known = {"speed": 360, "co_rate": 0, "hc_rate": 0, "nox_rate": 0, **(changed or {})}
    curves = []
    for name, (usual, scale) in CHANNELS.items():
        found = known[name]
        values = [found] * seconds if isinstance(found, int) else list(found)
        quality = "i" * (name == bad) + "g" * (len(values) - (name == bad))
        of_unit = unit if name == "co_rate" else usual
        curves.append(Curve(channel=name, unit=of_unit, scale=Decimal(scale), raw=tuple(values), quality=quality))
    framed = {"cycle": 0, "cycle_end": seconds} if marks is None else marks
    return Capture(
        run="run-VM",
        item="VM",
        rig="vmas-1",
        profile="reference",
        profile_sha256="0" * 64,
        period_us=1_000_000,
        first_sequence=0,
        samples=seconds,
        lost=0,
        curves=tuple(curve for curve in curves if curve.channel != without),
        marks=tuple(Mark(name=name, index=index) for name, index in framed.items()),
    )


@pytest.fixture(scope="module")
def judged(verdict: Verdict, pack: Pack) -> Verdict:
    """Judge a run of a light petrol car that can be run on the dynamometer."""

    def judge(*captures: Capture, limit_set: str = "a", **facts: Any) -> ItemVerdict:
        chosen = facts.pop("pack", pack).with_settings({**METHOD, "limit_set": limit_set})
        able = {"full_time_four_wheel_drive": False, "traction_control_always_on": False}
        return verdict("VM", *captures, pack=chosen, **{**able, **facts})

    return judge


# Pollutant, limits a and b in hundredths of g/km.
LIMITS = [("co", 800, 500), ("hc", 160, 100), ("nox", 130, 70)]


@pytest.mark.parametrize(("name", "a", "b"), LIMITS)
def test_masses_at_the_limit_and_either_side(name: str, a: int, b: int, judged: Verdict, quantity: Pick) -> None:
    for limit, limit_set in ((a, "a"), (b, "b")):
        for raw, expected in ((limit - 1, "pass"), (limit, "pass"), (limit + 1, "fail")):
            found = judged(drive({f"{name}_rate": raw}), limit_set=limit_set)
            row = quantity(found, f"short_transient_{name}")
            assert found.outcome == row.outcome == expected, raw
            assert (row.value, row.limit) == (Decimal(raw) / 100, Decimal(limit) / 100)


def test_a_failure_names_value_limit_and_seconds(judged: Verdict, quantity: Pick) -> None:
    row = quantity(judged(drive({"hc_rate": 170})), "short_transient_hc")
    assert row.sentence.zh == "简易瞬态 HC 1.70 g/km，高于 1.60 g/km，不合格。"
    assert row.sentence.en == "Short transient HC 1.70 g/km, above the allowed 1.60 g/km: fail."
    assert row.decided_by == "VM #0 (0 ms) to #195 (195000 ms)"
    assert (row.certainty, row.confirmed) == ("D", False)


@pytest.mark.parametrize(("fuel", "expected"), [("E", "pass"), ("F", "pass"), ("A", "fail"), ("AF", "fail")])
def test_hc_of_gas_vehicles_is_advisory(fuel: str, expected: str, judged: Verdict) -> None:
    assert judged(drive({"hc_rate": 161}), fuel=fuel).outcome == expected


def test_the_whole_cycle_must_be_driven(judged: Verdict) -> None:
    for seconds, expected in ((195, "pass"), (194, "pass"), (193, "invalid")):
        found = judged(drive(seconds=seconds))
        assert found.outcome == expected
    assert found.reason is not None
    assert found.reason.zh == ("简易瞬态工况时间 193.0 s，低于 194.0 s，本次测量无效。请按工况曲线完整行驶，重新检测。")


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"changed": {"speed": 0}}, "the roller speed is zero, so no distance was driven"),
    ({"changed": {"speed": -1}}, "so no distance was driven"),
    ({"without": "speed"}, "No data of roller speed"),
    ({"without": "nox_rate"}, "No data of NOx mass rate"),
    ({"bad": "hc_rate"}, "HC mass rate: 1 samples are not valid"),
    ({"bad": "speed"}, "roller speed: 1 samples are not valid"),
    ({"unit": "g/km"}, "CO mass rate: the data are in g/km, expected g/s"),
    ({"marks": {"cycle": 0}}, "lacks the moment cycle_end"),
    ({"marks": {"cycle": 195, "cycle_end": 195}}, "is not possible"),
]


@pytest.mark.parametrize(("broken", "en"), BROKEN)
def test_what_cannot_count_is_invalid_and_says_why(broken: dict[str, Any], en: str, judged: Verdict) -> None:
    found = judged(drive(**broken))
    assert found.outcome is Outcome.INVALID
    assert found.reason is not None
    assert en in found.reason.en


def test_lost_samples_and_no_run(judged: Verdict) -> None:
    assert judged(drive().model_copy(update={"lost": 1})).outcome is Outcome.INVALID
    assert judged().outcome is Outcome.UNKNOWN


def test_a_sample_stands_until_the_next_one(judged: Verdict, quantity: Pick) -> None:
    rates = [100] * 100 + [200] * 95
    times = tuple(1_000_000 * n if n <= 100 else 1_000_000 * (2 * n - 100) for n in range(195))
    found = judged(drive({"co_rate": rates}).model_copy(update={"times_us": times}))
    row = quantity(found, "short_transient_co")
    # The last sample stands for a period only, all others of the second half for two seconds.
    assert abs(Fraction(row.unrounded) - Fraction(100 * 100 + 200 * 189, 100 * 289)) < Fraction(1, 10**20)


def test_a_limit_belongs_to_the_pack(files: dict[str, bytes], judged: Verdict) -> None:
    text = files["short-transient.toml"].decode()
    assert text.count("value = 8.0\n") == 1
    other = parse_pack({**files, "short-transient.toml": text.replace("value = 8.0\n", "value = 4.9\n").encode()})
    assert (judged(drive({"co_rate": 500})).outcome, judged(drive({"co_rate": 500}), pack=other).outcome) == (
        "pass",
        "fail",
    )


SAMPLES = st.lists(st.tuples(st.integers(1, 1200), st.integers(0, 3000)), min_size=195, max_size=195)


@settings(max_examples=50, deadline=None)
@given(samples=SAMPLES, times=st.integers(2, 5))
def test_driving_faster_and_emitting_more_alike_changes_nothing(
    samples: list[tuple[int, int]], times: int, judged: Verdict, quantity: Pick
) -> None:
    speeds, rates = [speed for speed, _ in samples], [rate for _, rate in samples]
    row, alike, more = (
        quantity(
            judged(drive({"speed": [n * v for v in speeds], "co_rate": [m * r for r in rates]})), "short_transient_co"
        )
        for n, m in ((1, 1), (times, times), (1, times))
    )
    grams_per_km = Fraction(sum(rates), 10_000) * 3600 / Fraction(sum(speeds), 10)
    assert abs(Fraction(row.unrounded) - grams_per_km) < Fraction(1, 10**20)
    assert alike.unrounded == row.unrounded
    assert abs(Fraction(more.unrounded) - times * grams_per_km) < Fraction(1, 10**20)
