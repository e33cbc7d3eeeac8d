"""GB 3847-2018 by lug-down: every limit at its value and beside it, by altitude and day; what makes a run invalid."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.model.capture import Capture, Curve, Mark, Scalar
from station.model.quantity import Quantity, Unit
from station.model.vehicle import Circumstances, Vehicle
from station.model.verdict import ItemVerdict
from station.rules import Pack, PackError, judge, missing_facts, parse_pack, plan

Car = Callable[..., Vehicle]
Lug = Callable[..., ItemVerdict]
TODAY = date(2026, 11, 22)
ON_THE_BENCH = {"full_time_four_wheel_drive": False, "traction_control_always_on": False}
DIESEL = {"fuel": "B", "vehicle_type": "H21", "rated_power_kw": Decimal(100), **ON_THE_BENCH}
SCALARS: dict[str, tuple[Unit, str]] = {
    "ambient_temperature": ("degC", "25"),
    "roller_speed_at_max_power": ("km/h", "68.5"),
    "max_wheel_power": ("kW", "60"),
}
CURVES: dict[str, tuple[Unit, str]] = {"k": ("1/m", "0.001"), "no": ("1e-6 vol", "0.1"), "no2": ("1e-6 vol", "0.1")}
MARKS = {"lug_down": 0, "point_100": 20, "point_100_end": 44, "point_80": 60, "point_80_end": 84, "lug_down_end": 90}
POINTS = {"100": slice(26, 44), "80": slice(66, 84)}
"""The samples that count, two a second: 3 s after the point began, for 9 s."""


def lug_run(
    *,
    values: Mapping[str, str | None] | None = None,
    marks: Mapping[str, int | None] | None = None,
    without: str = "",
    quality: str = "g",
    lost: int = 0,
    times_us: tuple[int, ...] = (),
    **points: int | None,
) -> Capture:
    """A lug-down run: raw values at the points (``k_100``); all other samples are far above every limit."""
    known = {"k_100": 500, "k_80": 600, "no_80": 5000, "no2_80": 1000, **points}
    curves = []
    for channel, (unit, scale) in CURVES.items():
        raw: list[int | None] = [99_999] * 90
        for point, samples in POINTS.items():
            raw[samples] = [known.get(f"{channel}_{point}", 0)] * 18
        letters = "".join("m" if value is None else quality for value in raw)
        curves.append(Curve(channel=channel, unit=unit, scale=Decimal(scale), raw=tuple(raw), quality=letters))
    scalars = {name: (unit, (values or {}).get(name, usual)) for name, (unit, usual) in SCALARS.items()}
    return Capture(
        run="run-LD",
        item="LD",
        rig="bench-1",
        profile="reference",
        profile_sha256="0" * 64,
        period_us=500_000,
        first_sequence=0,
        samples=90,
        lost=lost,
        times_us=times_us,
        curves=tuple(curve for curve in curves if curve.channel not in without.split()),
        scalars=tuple(
            Scalar(channel=name, quantity=None if value is None else Quantity(value=Decimal(value), unit=unit))
            for name, (unit, value) in scalars.items()
            if name not in without.split()
        ),
        marks=tuple(Mark(name=n, index=i) for n, i in {**MARKS, **(marks or {})}.items() if i is not None),
    )


@pytest.fixture(scope="session")
def lug(pack: Pack, car: Car) -> Lug:
    def judged(
        run: Capture | None,
        *,
        on: date = TODAY,
        altitude: int | None = 50,
        settings: Mapping[str, str] | None = None,
        of: Pack = pack,
        **facts: Any,
    ) -> ItemVerdict:
        chosen = of.with_settings({"diesel_method": "lug_down", **(settings or {})})
        captures = {} if run is None else {"LD": run}
        vehicle = car(**{**DIESEL, **facts})
        return judge(chosen, vehicle, "in_use", on, "LD", captures, Circumstances(altitude_m=altitude))

    return judged


class Row(NamedTuple):
    """A limit: its quantity, how a run has a raw value of that, the raw value that just meets it; which way is bad."""

    quantity: str
    run: Callable[[int], Capture]
    at: int
    limit: str
    worse: int = 1
    missed: str = "fail"
    settings: Mapping[str, str] = {}
    on: date = TODAY


def _value(name: str, scale: str) -> Callable[[int], Capture]:
    return lambda raw: lug_run(values={name: str(raw * Decimal(scale))})


def _nox(raw: int) -> Capture:
    return lug_run(no_80=raw - 3_000, no2_80=3_000)


B = {"limit_set": "b"}
ROWS = {
    "lug-down-ambient": Row("lug_down_ambient", _value("ambient_temperature", "0.1"), 450, "45", missed="invalid"),
    "lug-down-length": Row(
        "lug_down_length", lambda n: lug_run(marks={"lug_down_end": n}), 600, "300", missed="invalid"
    ),
    "lug-down-speed": Row("lug_down_speed", _value("roller_speed_at_max_power", "0.1"), 1000, "100", missed="invalid"),
    "lug-down-power": Row("lug_down_power", _value("max_wheel_power", "0.1"), 400, "40", worse=-1),
    "lug-down-k-100-a": Row("lug_down_k_100", lambda k: lug_run(k_100=k), 1200, "1.2"),
    "lug-down-k-100-b": Row("lug_down_k_100", lambda k: lug_run(k_100=k), 700, "0.7", settings=B),
    "lug-down-k-80-a": Row("lug_down_k_80", lambda k: lug_run(k_80=k), 1200, "1.2"),
    "lug-down-k-80-b": Row("lug_down_k_80", lambda k: lug_run(k_80=k), 700, "0.7", settings=B),
    "lug-down-nox-a": Row("lug_down_nox", _nox, 15_000, "1500"),
    "lug-down-nox-b-until-2020": Row("lug_down_nox", _nox, 12_000, "1200", settings=B, on=date(2020, 6, 30)),
    "lug-down-nox-b": Row("lug_down_nox", _nox, 9_000, "900", settings=B, on=date(2020, 7, 1)),
}


def test_every_limit_has_a_row(pack: Pack) -> None:
    assert {e.id for e in pack.limits if pack.files["limit", e.id] == "lug-down.toml"} == ROWS.keys()


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_at_the_limit_and_one_step_beside(name: str, off: int, lug: Lug) -> None:
    row = ROWS[name]
    judged = lug(row.run(row.at + off * row.worse), settings=row.settings, on=row.on)
    assert judged.outcome == (row.missed if off > 0 else "pass")
    found = [q for q in judged.quantities if q.quantity == row.quantity]
    if off > 0 or row.missed == "fail":
        assert (found[0].outcome, found[0].limit) == (judged.outcome, Decimal(row.limit))
        assert (found[0].confirmed, found[0].certainty in "CD") == (False, True)


@pytest.mark.parametrize("name", ROWS)
def test_a_changed_limit_changes_the_verdict(name: str, lug: Lug, pack: Pack) -> None:
    row = ROWS[name]
    steps = {entry.id: entry.value for entry in pack.limits if entry.id == name and entry.value is not None}
    stricter = [
        e.model_copy(update={"value": steps[name] * (100 - row.worse) / 100}) for e in pack.limits if e.id in steps
    ]
    changed = replace(pack, limits=(*stricter, *(e for e in pack.limits if e.id != name)))
    run = row.run(row.at)
    assert lug(run, settings=row.settings, on=row.on).outcome == "pass"
    assert lug(run, settings=row.settings, on=row.on, of=changed).outcome == row.missed


def test_it_is_told_with_the_samples_that_decided(lug: Lug) -> None:
    judged = lug(lug_run(k_80=1201))
    found = {q.quantity: q for q in judged.quantities}
    assert list(found) == ["lug_down_power", "lug_down_k_100", "lug_down_k_80", "lug_down_nox"]
    assert found["lug_down_k_80"].sentence.zh == "80% 点光吸收系数 1.201 1/m，高于 1.20 1/m，不合格。"
    assert found["lug_down_k_80"].decided_by == "LD #66 (33000 ms) to #84 (42000 ms)"
    assert found["lug_down_nox"].sentence.en == "NOx at 80 % 600 ppm, at most 1500 ppm allowed: pass."
    assert found["lug_down_power"].shown == "60.0 %"
    assert (judged.runs, judged.reason) == (("run-LD",), None)


# -- altitude


@pytest.mark.parametrize(
    ("altitude", "limit"),
    [
        (-100, "1.2"),
        (0, "1.2"),
        (1500, "1.2"),
        (1501, "1.20025"),
        (2500, "1.45"),
        (3500, "1.7"),
        (4499, "1.94975"),
        (4500, "1.95"),
        (4501, "1.95"),
        (6000, "1.95"),
    ],
)
@pytest.mark.parametrize("point", ["100", "80"])
def test_high_up_more_smoke_is_allowed_up_to_a_point(altitude: int, limit: str, point: str, lug: Lug) -> None:
    below = int(Decimal(limit) * 1000)
    for raw, outcome in ((below, "pass"), (below + 1, "fail")):
        judged = lug(lug_run(k_100=raw) if point == "100" else lug_run(k_80=raw), altitude=altitude)
        assert judged.outcome == outcome
        assert [q.limit for q in judged.quantities if q.quantity == f"lug_down_k_{point}"] == [Decimal(limit)]


def test_without_the_altitude_the_limit_is_not_guessed(lug: Lug) -> None:
    judged = lug(lug_run(), altitude=None)
    assert judged.outcome == "unknown"
    assert judged.reason is not None
    assert "the station's altitude" in judged.reason.en


def test_nox_and_power_decide_without_the_altitude(lug: Lug) -> None:
    assert lug(lug_run(no_80=20_000), altitude=None).outcome == "fail"
    assert lug(lug_run(values={"max_wheel_power": "39.9"}), altitude=None).outcome == "fail"


# -- what makes a run invalid


@pytest.mark.parametrize(
    ("change", "en"),
    [
        ({"without": "k"}, "No data of k; check the instrument and repeat."),
        ({"without": "no2"}, "No data of NO2; check the instrument and repeat."),
        ({"without": "max_wheel_power"}, "No value of largest wheel power; check the equipment and repeat."),
        ({"values": {"max_wheel_power": "0"}}, "largest wheel power"),
        ({"values": {"roller_speed_at_max_power": "0"}}, "roller speed at the largest wheel power"),
        ({"values": {"roller_speed_at_max_power": "-70"}}, "roller speed at the largest wheel power"),
        ({"values": {"ambient_temperature": None}}, "check the equipment and repeat."),
        ({"k_100": None}, "k: 18 samples are not valid; check probe and instrument and repeat."),
        ({"quality": "i"}, "k: 18 samples are not valid; check probe and instrument and repeat."),
        ({"lost": 3}, "Smoke, lug-down: 3 samples were lost; check the line to the rig and repeat."),
        (
            {"marks": {"point_80": None}},
            "Smoke, lug-down: the record lacks the moment at which the 80 % point begins; repeat the test.",
        ),
        ({"marks": {"point_80_end": 83}}, "80 % point: held for 11.5 s, 12.0 s are needed; repeat the test."),
        ({"marks": {"point_80_end": 60}}, "The averaging window (samples 60 to 60) is not possible; repeat the test."),
        ({"values": {"ambient_temperature": "45.1"}}, "It is too hot for this test: stop"),
        ({"marks": {"lug_down_end": 601}}, "Full throttle lasted too long: let the engine cool and repeat."),
        ({"values": {"roller_speed_at_max_power": "100.1"}}, "The gear was too high: repeat in the next lower one."),
    ],
)
def test_what_cannot_be_used_is_invalid(change: dict[str, Any], en: str, lug: Lug) -> None:
    judged = lug(lug_run(**change))
    assert judged.outcome == "invalid"
    assert judged.reason is not None
    assert en in judged.reason.en


def test_a_run_in_another_unit_is_invalid(lug: Lug) -> None:
    run = lug_run()
    curves = tuple(c.model_copy(update={"unit": "%"}) if c.channel == "k" else c for c in run.curves)
    assert lug(run.model_copy(update={"curves": curves})).outcome == "invalid"


def test_suspect_samples_count_with_a_warning(lug: Lug) -> None:
    judged = lug(lug_run(quality="s"))
    assert judged.outcome == "pass"
    assert [w.en.split(":")[0] for w in judged.warnings] == ["k", "NO", "NO2"]


def test_the_mean_may_be_over_five_seconds(lug: Lug) -> None:
    short = {"point_80_end": 76, "point_100_end": 36}
    assert lug(lug_run(marks=short)).outcome == "invalid"
    judged = lug(lug_run(marks=short), settings={"lug_down_mean": "5"})
    assert judged.outcome == "pass"
    assert judged.quantities[1].decided_by == "LD #26 (13000 ms) to #36 (18000 ms)"
    one_less = {"point_80_end": 75, "point_100_end": 36}
    assert lug(lug_run(marks=one_less), settings={"lug_down_mean": "5"}).outcome == "invalid"


def test_a_point_that_is_held_longer_counts_as_long_as_any(lug: Lug) -> None:
    judged = lug(lug_run(marks={"point_100_end": 50, "point_80_end": 85}))
    assert judged.outcome == "pass"
    assert judged.quantities[1].decided_by == "LD #26 (13000 ms) to #44 (22000 ms)"


def test_more_than_two_channels_are_refused(edited: Callable[..., dict[str, bytes]]) -> None:
    with pytest.raises(PackError, match="lug_down_nox"):
        parse_pack(edited("lug-down.toml", 'channels = ["no", "no2"]', 'channels = ["no", "no2", "no"]'))


def test_a_point_without_any_sample_in_its_seconds_is_invalid(lug: Lug) -> None:
    gap = tuple(index * 500_000 + (20_000_000 if index > 20 else 0) for index in range(91))
    judged = lug(lug_run(times_us=gap))
    assert judged.outcome == "invalid"
    assert judged.reason is not None
    assert judged.reason.zh == "100% 点在应取值的时间内没有采样点，请检查仪器后重新检测。"


# -- facts


def test_without_the_rated_power_the_share_is_unknown_and_asked_for(lug: Lug, pack: Pack, car: Car) -> None:
    judged = lug(lug_run(), rated_power_kw=None)
    assert judged.outcome == "unknown"
    assert judged.reason is not None
    assert judged.reason.en == "Facts are missing (rated engine power); enter them at the desk."
    here = pack.with_settings({"diesel_method": "lug_down"})
    assert "rated_power_kw" in missing_facts(here, car(**{**DIESEL, "rated_power_kw": None}), "in_use")


@pytest.mark.parametrize(
    ("method", "facts", "items"),
    [
        ("free_acceleration", {}, ["FA"]),
        ("free_acceleration", {"full_time_four_wheel_drive": None, "traction_control_always_on": None}, ["FA"]),
        ("lug_down", {}, ["LD"]),
        ("lug_down", {"full_time_four_wheel_drive": True}, ["FA"]),
        ("lug_down", {"traction_control_always_on": True}, ["FA"]),
        ("lug_down", {"full_time_four_wheel_drive": True, "traction_control_always_on": None}, ["FA"]),
        ("lug_down", {"fuel": "D"}, ["LD"]),
        ("lug_down", {"fuel": "A"}, []),
        ("lug_down", {"vehicle_type": "H51"}, []),
        ("lug_down", {"vehicle_type": "N11"}, []),
        ("lug_down", {"vehicle_type": "H51", "full_time_four_wheel_drive": True}, []),
    ],
)
def test_which_of_the_two_a_vehicle_needs(
    method: str, facts: dict[str, Any], items: list[str], pack: Pack, car: Car
) -> None:
    here = pack.with_settings({"diesel_method": method})
    needed = plan(here, car(**{**DIESEL, **facts}), "in_use", TODAY)
    assert [item for item in needed if item in ("FA", "LD")] == items


def test_whether_it_can_be_run_on_the_bench_is_asked_where_it_matters(pack: Pack, car: Car) -> None:
    facts = {**DIESEL, "full_time_four_wheel_drive": None}
    asked = missing_facts(pack.with_settings({"diesel_method": "lug_down"}), car(**facts), "in_use")
    assert "full_time_four_wheel_drive" in asked
    of_free_acceleration = missing_facts(pack, car(**{**facts, "rated_power_kw": None}), "in_use")
    assert not {"full_time_four_wheel_drive", "rated_power_kw"} & set(of_free_acceleration)


def test_a_vehicle_that_measures_by_the_other_method_is_not_judged_by_this_one(lug: Lug) -> None:
    assert lug(lug_run(), full_time_four_wheel_drive=True).outcome == "not_applicable"
    assert lug(lug_run(), settings={"diesel_method": "free_acceleration"}).outcome == "not_applicable"
    assert lug(None).outcome == "unknown"


def test_the_day_before_the_standard_there_is_nothing_to_judge(lug: Lug) -> None:
    assert lug(lug_run(), on=date(2019, 4, 30)).outcome == "unknown"
    assert lug(lug_run(), on=date(2019, 5, 1)).outcome == "pass"


def test_a_ringelmann_level_is_judged_where_the_station_says_so(lug: Lug) -> None:
    def graded(level: str) -> Capture:
        run = lug_run()
        seen = Scalar(channel="ringelmann", quantity=Quantity(value=Decimal(level), unit="1"))
        return run.model_copy(update={"scalars": (*run.scalars, seen)})

    judged = {"ringelmann": "judged"}
    assert lug(graded("2")).outcome == "pass"
    assert lug(lug_run(), settings=judged).outcome == "invalid"
    assert lug(graded("1"), settings=judged).outcome == "pass"
    assert lug(graded("1.1"), settings=judged).outcome == "fail"


# -- properties

SMOKE = st.integers(0, 3_000)
ALTITUDES = st.integers(-500, 6_000)


@given(k=SMOKE, low=ALTITUDES, high=ALTITUDES)
def test_a_higher_station_never_fails_what_a_lower_one_passes(k: int, low: int, high: int, lug: Lug) -> None:
    low, high = sorted((low, high))
    if lug(lug_run(k_100=k), altitude=low).outcome == "pass":
        assert lug(lug_run(k_100=k), altitude=high).outcome == "pass"


@given(k_100=SMOKE, k_80=SMOKE)
def test_both_points_must_meet_the_limit(k_100: int, k_80: int, lug: Lug) -> None:
    judged = lug(lug_run(k_100=k_100, k_80=k_80))
    assert judged.outcome == ("pass" if max(k_100, k_80) <= 1200 else "fail")


def test_the_setting_names_its_choices(files: dict[str, bytes]) -> None:
    settings = {s.id: (s.value, s.choices) for s in parse_pack(files).settings}
    assert settings["diesel_method"] == ("free_acceleration", ("free_acceleration", "lug_down"))
    assert settings["lug_down_mean"] == ("9", ("5", "9"))
