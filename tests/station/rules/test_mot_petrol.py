"""MOT class 4, petrol: every limit at its value and beside it, days of first use, and what a failed basic test is."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

import station.rules
from station.model.capture import Capture, Curve, Mark, Scalar
from station.model.quantity import Quantity, Unit
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict
from station.rules import Pack, judge, missing_facts, parse_pack, plan
from station.rules.conditions import names
from station.rules.schema import LimitEntry

Car = Callable[..., Vehicle]
Mot = Callable[..., ItemVerdict]
Readings = Mapping[str, int | None]
TODAY = date(2026, 11, 22)
FOLDER = Path(station.rules.__file__).parent / "packs" / "gb-mot-class4-2025"
PETROL: dict[str, Any] = {
    "fuel": "A",
    "eu_category": "M1",
    "first_registered": date(2015, 1, 1),
    "closed_loop_catalyst": True,
}
CURVES: dict[str, tuple[Unit, str]] = {
    "co": ("% vol", "0.001"),
    "hc": ("1e-6 vol", "0.1"),
    "lambda": ("1", "0.0001"),
    "engine_speed": ("1/min", "1"),
}
STEADY = {"co": 50, "hc": 200, "lambda": 10_000, "engine_speed": 800}
WINDOWS = {"idle": 0, "high_idle": 10, "raised_idle": 20, "catalyst_high_idle": 30, "catalyst_idle": 40}
"""Where each window begins, one sample a second; it lasts 5 s."""


def petrol_run(
    also: Mapping[str, Readings] | None = None,
    *,
    hang_up: str | None = "5",
    marks: Mapping[str, int] | None = None,
    lost: int = 0,
    without: str = "",
    **readings: Readings,
) -> Capture:
    """An exhaust run: raw readings by window; windows of the basic test are always there, the others where named."""
    raws: dict[str, list[int | None]] = {channel: [99_999] * 50 for channel in CURVES}
    usual = {"idle": {}, "high_idle": {"engine_speed": 2_700}}
    windows: dict[str, Readings] = {**usual, **(also or {}), **readings}
    for window in windows:
        begin = WINDOWS[window]
        for channel, steady in {**STEADY, **usual.get(window, {}), **windows[window]}.items():
            raws[channel][begin : begin + 5] = [steady] * 5
    spans = {f"{w}{end}": WINDOWS[w] + at for w in windows for end, at in (("_average", 0), ("_end", 5))}
    residue = None if hang_up is None else Quantity(value=Decimal(hang_up), unit="1e-6 vol")
    return Capture(
        run="run-PF",
        item="PF",
        rig="gas-1",
        profile="reference",
        profile_sha256="0" * 64,
        period_us=1_000_000,
        first_sequence=0,
        samples=50,
        lost=lost,
        curves=tuple(
            Curve(
                channel=channel,
                unit=CURVES[channel][0],
                scale=Decimal(CURVES[channel][1]),
                raw=tuple(raw),
                quality="".join("m" if value is None else "g" for value in raw),
            )
            for channel, raw in raws.items()
            if channel not in without.split()
        ),
        scalars=(Scalar(channel="hc_residue", quantity=residue),),
        marks=tuple(Mark(name=name, index=index) for name, index in {**spans, **(marks or {})}.items()),
    )


@pytest.fixture(scope="session")
def mot() -> Pack:
    return parse_pack({path.name: path.read_bytes() for path in FOLDER.glob("*.toml")})


@pytest.fixture(scope="session")
def judged(mot: Pack, car: Car) -> Mot:
    def judge_petrol(run: Capture | None, *, of: Pack = mot, on: date = TODAY, **facts: Any) -> ItemVerdict:
        captures = {} if run is None else {"PF": run}
        return judge(of, car(**{**PETROL, **facts}), "in_use", on, "PF", captures)

    return judge_petrol


def shown(verdict: ItemVerdict) -> list[str]:
    return [quantity.quantity for quantity in verdict.quantities]


BASIC = ["basic_co", "basic_hc", "basic_lambda", "basic_idle_co"]
CATALYST = ["catalyst_co", "catalyst_hc", "catalyst_lambda", "catalyst_idle_co"]
OLD = ["old_idle_co", "old_idle_hc"]


class Row(NamedTuple):
    """A limit: what is read where, the raw value that just meets it, the step to the next one, what a miss is."""

    window: str
    channel: str
    at: int
    worse: int
    missed: str
    first: date = date(2015, 1, 1)


CO, HC, LAMBDA = 10, 10, 10
"""The steps of what is compared, in raw units: 0.01 %, 1 ppm, 0.001."""
OLDEST, OLDER, YOUNG = date(1975, 8, 1), date(1986, 8, 1), date(2002, 8, 31)
ROWS: dict[str, tuple[Row, ...]] = {
    "idle-lowest-speed": (Row("idle", "engine_speed", 450, -1, "invalid"),),
    "idle-highest-speed": (Row("idle", "engine_speed", 1500, 1, "invalid"),),
    "fast-idle-lowest-speed": (Row("high_idle", "engine_speed", 2500, -1, "invalid"),),
    "fast-idle-highest-speed": (Row("high_idle", "engine_speed", 3000, 1, "invalid"),),
    "old-idle-co-1975": (Row("idle", "co", 4_500, CO, "fail", OLDEST),),
    "old-idle-co-1986": (Row("idle", "co", 3_500, CO, "fail", OLDER),),
    "old-idle-hc": (Row("idle", "hc", 12_000, HC, "raised", OLDER),),
    "old-raised-hc": (Row("raised_idle", "hc", 12_000, HC, "fail", OLDER),),
    "basic-co": (Row("high_idle", "co", 200, CO, "goes on"),),
    "basic-hc": (Row("high_idle", "hc", 2_000, HC, "goes on"),),
    "basic-lambda": (
        Row("high_idle", "lambda", 9_700, -LAMBDA, "goes on"),
        Row("high_idle", "lambda", 10_300, LAMBDA, "goes on"),
    ),
    "basic-idle-co": (Row("idle", "co", 300, CO, "goes on"),),
    "catalyst-co-1992": (Row("catalyst_high_idle", "co", 300, CO, "fail", YOUNG),),
    "catalyst-co-2002": (Row("catalyst_high_idle", "co", 200, CO, "fail"),),
    "catalyst-hc": (Row("catalyst_high_idle", "hc", 2_000, HC, "fail"),),
    "catalyst-lambda": (
        Row("catalyst_high_idle", "lambda", 9_700, -LAMBDA, "fail"),
        Row("catalyst_high_idle", "lambda", 10_300, LAMBDA, "fail"),
    ),
    "catalyst-idle-co-1992": (Row("catalyst_idle", "co", 500, CO, "fail", YOUNG),),
    "catalyst-idle-co-2002": (Row("catalyst_idle", "co", 300, CO, "fail"),),
}
ELSEWHERE = {"hc-residue", "idle-length", "fast-idle-length"}
"""Limits of other things than a channel: below."""
CASES = [(name, row) for name, rows in ROWS.items() for row in rows]


def run_for(row: Row, raw: int) -> Capture:
    """Return a run with one reading, and with the windows that such a reading needs beside its own."""
    beside: dict[str, dict[str, int]] = {}
    if row.window.startswith("catalyst"):
        beside = {"high_idle": {"engine_speed": 2_700, "co": 5_000}, "catalyst_high_idle": {}, "catalyst_idle": {}}
    if row.window == "raised_idle":
        beside = {"idle": {"hc": 12_010}}
    if row.window == "high_idle":
        beside = {"high_idle": {"engine_speed": 2_700}}
    return petrol_run({**beside, row.window: {**beside.get(row.window, {}), row.channel: raw}})


def test_every_limit_has_a_row(mot: Pack) -> None:
    own = {entry.id for entry in mot.limits if mot.files["limit", entry.id] == "petrol.toml"}
    assert own == ROWS.keys() | ELSEWHERE
    assert {e.severity for e in mot.limits if e.id in own and not mot.quantity(e.quantity).validity} == {"major"}


@pytest.mark.parametrize(("name", "row"), CASES)
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_at_the_limit_and_one_step_beside(name: str, row: Row, off: int, judged: Mot) -> None:
    verdict = judged(run_for(row, row.at + off * row.worse), first_registered=row.first)
    if off <= 0:
        assert (verdict.outcome, verdict.severity) == ("pass", None)
    elif row.missed in ("fail", "invalid"):
        assert verdict.outcome == row.missed
    else:
        # Without the windows of the next test nothing is decided: neither failed nor passed.
        assert verdict.outcome == "invalid"
    if off > 0 and row.missed == "fail":
        assert verdict.severity == "major"


@pytest.mark.parametrize(("name", "row"), CASES)
def test_a_changed_limit_changes_the_verdict(name: str, row: Row, mot: Pack, judged: Mot) -> None:
    """Also where the limit stands in conditions as well: a change in one place only never passes a vehicle."""
    (entry,) = (e for e in mot.limits if e.id == name)
    changed = replace(mot, limits=tuple(_stricter(e, row.worse) if e.id == name else e for e in mot.limits))
    run = run_for(row, row.at)
    assert entry != _stricter(entry, row.worse)
    assert judged(run, first_registered=row.first).outcome == "pass"
    assert judged(run, first_registered=row.first, of=changed).outcome in ("fail", "invalid")


def _stricter(entry: LimitEntry, worse: int) -> LimitEntry:
    if entry.value is not None:
        return entry.model_copy(update={"value": entry.value * (Decimal("0.9") if worse > 0 else Decimal("1.1"))})
    return entry.model_copy(
        update={"high" if worse > 0 else "low": Decimal(1) + Decimal(worse).copy_sign(worse) / 10_000}
    )


def test_the_numbers_of_conditions_are_those_of_the_limits(mot: Pack) -> None:
    bounds = {
        "basic_co_read": "basic_co",
        "basic_hc_read": "basic_hc",
        "basic_lambda_read": "basic_lambda",
        "basic_idle_co_read": "basic_idle_co",
        "old_idle_co": "old_idle_co",
        "old_idle_hc_read": "old_idle_hc",
    }
    conditions = [entry.applies_if for entry in mot.quantities] + [entry.applies_if for entry in mot.overrides]
    tests = [(fact, test) for applies in conditions for fact, test in names(applies) if fact in bounds]
    assert {fact for fact, _ in tests} == bounds.keys()
    for fact, test in tests:
        limits = [entry for entry in mot.limits if entry.quantity == bounds[fact]]
        allowed = {number for e in limits for number in (e.value, e.low, e.high) if number is not None}
        assert {n for n in (test.min, test.max, test.above, test.below) if n is not None} <= allowed


# -- what an analyser shows is compared


@pytest.mark.parametrize(
    ("channel", "raw", "outcome"),
    [
        ("co", 200, "pass"),
        ("co", 204, "pass"),
        ("co", 205, "invalid"),
        ("co", 206, "invalid"),
        ("hc", 2_004, "pass"),
        ("hc", 2_005, "invalid"),
        ("lambda", 9_700, "pass"),
        ("lambda", 9_695, "pass"),
        ("lambda", 9_694, "invalid"),
        ("lambda", 10_300, "pass"),
        ("lambda", 10_304, "pass"),
        ("lambda", 10_305, "invalid"),
    ],
)
def test_readings_are_compared_as_the_analyser_shows_them(channel: str, raw: int, outcome: str, judged: Mot) -> None:
    verdict = judged(petrol_run(high_idle={"engine_speed": 2_700, channel: raw}))
    assert verdict.outcome == outcome


def test_a_reading_that_rounding_saves_is_told(judged: Mot) -> None:
    verdict = judged(petrol_run(high_idle={"engine_speed": 2_700, "co": 204}))
    assert [q.shown for q in verdict.quantities] == ["0.20 %", "20 ppm", "1.000", "0.05 %"]
    assert "would be judged differently" in verdict.warnings[0].en


# -- days of first use


@pytest.mark.parametrize(
    ("first", "quantities"),
    [
        (date(1975, 8, 1), OLD),
        (date(1992, 7, 31), OLD),
        (date(1992, 8, 1), BASIC),
        (date(1994, 7, 31), BASIC),
        (date(1994, 8, 1), BASIC),
        (date(2026, 1, 1), BASIC),
    ],
)
def test_the_day_of_first_use_selects_the_test(first: date, quantities: list[str], judged: Mot) -> None:
    verdict = judged(petrol_run(), first_registered=first)
    assert (verdict.outcome, shown(verdict)) == ("pass", quantities)


@pytest.mark.parametrize(
    "facts",
    [
        {"persons": 7},
        {"persons": None},
        {"total_mass_kg": 2_501},
        {"total_mass_kg": None},
        {"eu_category": "N1"},
        {"eu_category": None},
        {"persons": None, "total_mass_kg": None, "eu_category": None},
    ],
)
def test_what_is_not_known_to_be_a_passenger_car_is_none(facts: dict[str, Any], judged: Mot) -> None:
    for first, quantities in ((date(1992, 8, 1), OLD), (date(1994, 7, 31), OLD), (date(1994, 8, 1), BASIC)):
        assert shown(judged(petrol_run(), first_registered=first, **facts)) == quantities


@pytest.mark.parametrize("facts", [{"persons": 6}, {"total_mass_kg": 2_500}, {"persons": 1}])
def test_a_passenger_car_has_at_most_five_seats_beside_the_drivers(facts: dict[str, Any], judged: Mot) -> None:
    assert shown(judged(petrol_run(), first_registered=date(1992, 8, 1), **facts)) == BASIC


def test_a_vehicle_of_before_1975_is_looked_at_only(judged: Mot) -> None:
    verdict = judged(petrol_run(), first_registered=date(1975, 7, 31))
    assert (verdict.outcome, verdict.quantities) == ("not_applicable", ())


@pytest.mark.parametrize(
    ("first", "co", "outcome"),
    [
        (date(1975, 8, 1), 4_500, "pass"),
        (date(1986, 7, 31), 4_500, "pass"),
        (date(1986, 7, 31), 4_510, "fail"),
        (date(1986, 8, 1), 3_510, "fail"),
        (date(1986, 8, 1), 3_500, "pass"),
    ],
)
def test_co_of_old_vehicles_by_the_day(first: date, co: int, outcome: str, judged: Mot) -> None:
    assert judged(petrol_run(idle={"co": co}), first_registered=first).outcome == outcome


@pytest.mark.parametrize(
    ("first", "fast", "idle", "outcome"),
    [
        (date(2002, 8, 31), 300, 500, "pass"),
        (date(2002, 8, 31), 310, 500, "fail"),
        (date(2002, 9, 1), 200, 300, "pass"),
        (date(2002, 9, 1), 210, 300, "fail"),
        (date(2002, 9, 1), 200, 310, "fail"),
    ],
)
def test_the_full_test_has_its_limits_by_the_day(first: date, fast: int, idle: int, outcome: str, judged: Mot) -> None:
    run = petrol_run(
        high_idle={"engine_speed": 2_700, "co": 1_000}, catalyst_high_idle={"co": fast}, catalyst_idle={"co": idle}
    )
    assert judged(run, first_registered=first).outcome == outcome


def test_without_a_day_of_first_use_it_is_asked_for(judged: Mot, mot: Pack, car: Car) -> None:
    verdict = judged(petrol_run(), first_registered=None)
    assert verdict.outcome == "unknown"
    assert verdict.reason is not None
    assert "date of first registration" in verdict.reason.en
    assert "first_registered" in missing_facts(mot, car(**{**PETROL, "first_registered": None}), "in_use")


@pytest.mark.parametrize(("on", "outcome"), [(date(2024, 12, 31), "unknown"), (date(2025, 1, 1), "pass")])
def test_the_manual_begins_on_its_day(on: date, outcome: str, judged: Mot) -> None:
    assert judged(petrol_run(), on=on).outcome == outcome


# -- a failed basic test is no failed MOT


def test_a_failed_basic_test_that_the_full_test_saves(judged: Mot) -> None:
    run = petrol_run(high_idle={"engine_speed": 2_700, "co": 900}, catalyst_high_idle={}, catalyst_idle={})
    verdict = judged(run)
    assert (verdict.outcome, verdict.severity, shown(verdict)) == ("pass", None, [*BASIC, *CATALYST])
    assert [q.outcome for q in verdict.quantities] == ["pass"] * 8
    assert verdict.quantities[0].sentence.en == (
        "Basic test, fast idle CO 0.90 %, above the allowed 0.20 %: this does not decide. "
        "The basic test is not met, which is no failure: the full catalyst test decides."
    )


def test_a_failed_basic_test_without_the_full_test_decides_nothing(judged: Mot) -> None:
    verdict = judged(petrol_run(idle={"co": 310}))
    assert verdict.outcome == "invalid"
    assert verdict.reason is not None
    assert "at which the full catalyst test begins (fast idle)" in verdict.reason.en
    assert "“催化器检测高怠速开始”" in verdict.reason.zh


@pytest.mark.parametrize("catalyst", [None, False])
def test_without_a_known_catalyst_the_full_test_has_no_limits(catalyst: bool | None, judged: Mot) -> None:
    run = petrol_run(idle={"co": 310}, catalyst_high_idle={}, catalyst_idle={})
    verdict = judged(run, closed_loop_catalyst=catalyst)
    assert verdict.outcome == "unknown"
    assert verdict.reason is not None
    assert ("catalyst" in verdict.reason.en) == (catalyst is None) or "no limit" in verdict.reason.en
    assert judged(petrol_run(), closed_loop_catalyst=catalyst).outcome == "pass"


# -- HC of old vehicles


def test_hc_of_an_old_vehicle_may_be_met_at_2000(judged: Mot) -> None:
    verdict = judged(petrol_run(idle={"hc": 20_000}, raised_idle={"hc": 11_990}), first_registered=OLDER)
    assert (verdict.outcome, shown(verdict)) == ("pass", [*OLD, "old_raised_hc"])
    assert "HC at about 2000 r/min decides" in verdict.warnings[-1].en


@pytest.mark.parametrize(("first", "co"), [(OLDEST, 4_510), (OLDER, 3_510)])
def test_not_where_co_is_missed_at_idle(first: date, co: int, judged: Mot) -> None:
    verdict = judged(petrol_run(idle={"hc": 20_000, "co": co}, raised_idle={"hc": 100}), first_registered=first)
    assert (verdict.outcome, shown(verdict)) == ("fail", OLD)


def test_hc_that_was_not_read_again_decides_nothing(judged: Mot) -> None:
    verdict = judged(petrol_run(idle={"hc": 12_010}), first_registered=OLDEST)
    assert verdict.outcome == "invalid"
    assert verdict.reason is not None
    assert "HC is read again at about 2000 r/min" in verdict.reason.en


# -- which vehicles


@pytest.mark.parametrize(
    ("fuel", "needed"),
    [
        ("A", True),
        ("F", True),
        ("AE", True),
        ("M", True),
        ("O", False),
        ("AC", False),
        ("AO", False),
        ("B", False),
        ("C", False),
    ],
)
def test_which_vehicles_have_a_tailpipe_test(fuel: str, needed: bool, mot: Pack, car: Car, judged: Mot) -> None:
    assert ("PF" in plan(mot, car(**{**PETROL, "fuel": fuel}), "in_use", TODAY)) is needed
    assert (judged(petrol_run(), fuel=fuel).outcome == "not_applicable") is not needed


@pytest.mark.parametrize(("first", "run"), [(OLDER, {}), (date(2015, 1, 1), {})])
def test_hc_of_lpg_cannot_be_judged_here(first: date, run: dict[str, Any], judged: Mot) -> None:
    assert judged(petrol_run(**run), first_registered=first, fuel="F").outcome == "unknown"
    assert judged(petrol_run(idle={"co": 9_000}), first_registered=OLDER, fuel="F").outcome == "fail"


# -- validity


@pytest.mark.parametrize(
    ("residue", "outcome"), [("19", "pass"), ("19.9", "pass"), ("20", "invalid"), ("21", "invalid")]
)
def test_residual_hc(residue: str, outcome: str, judged: Mot) -> None:
    assert judged(petrol_run(hang_up=residue)).outcome == outcome


def test_without_residual_hc_it_only_warns(judged: Mot) -> None:
    verdict = judged(petrol_run(hang_up=None))
    assert verdict.outcome == "pass"
    assert verdict.warnings[0].en.startswith("No value of residual HC")


@pytest.mark.parametrize(("mark", "begin"), [("idle_end", 0), ("high_idle_end", 10)])
@pytest.mark.parametrize(("length", "outcome"), [(4, "invalid"), (5, "pass")])
def test_a_reading_is_held(mark: str, begin: int, length: int, outcome: str, judged: Mot) -> None:
    assert judged(petrol_run(marks={mark: begin + length})).outcome == outcome


@pytest.mark.parametrize(
    "change",
    [
        {"without": "co"},
        {"without": "engine_speed"},
        {"lost": 1},
        {"idle": {"co": None}},
        {"high_idle": {"engine_speed": 2_700, "lambda": None}},
    ],
)
def test_what_cannot_be_used_is_invalid(change: dict[str, Any], judged: Mot) -> None:
    assert judged(petrol_run(**change)).outcome == "invalid"


def test_not_measured_is_unknown(judged: Mot) -> None:
    assert judged(None).outcome == "unknown"


# -- properties

DAYS = st.dates(date(1960, 1, 1), date(2026, 11, 21))
RAW_CO = st.integers(0, 6_000)


@given(day=DAYS, fast=RAW_CO, idle=RAW_CO, full=RAW_CO)
def test_more_co_never_turns_a_failure_into_a_pass(day: date, fast: int, idle: int, full: int, judged: Mot) -> None:
    def outcome(more: int) -> str:
        high = {"engine_speed": 2_700, "co": fast + more}
        cat = {"catalyst_high_idle": {"co": full + more}, "catalyst_idle": {"co": full + more}}
        return judged(petrol_run(idle={"co": idle + more}, high_idle=high, also=cat), first_registered=day).outcome

    if outcome(0) == "fail":
        assert outcome(100) == "fail"


@given(day=DAYS, raw=RAW_CO)
def test_a_younger_vehicle_is_never_allowed_more_co(day: date, raw: int, judged: Mot) -> None:
    readings: dict[str, Readings] = {w: {"co": raw} for w in WINDOWS if w != "high_idle"}
    run = petrol_run(high_idle={"engine_speed": 2_700, "co": raw}, also=readings)
    later = judged(run, first_registered=day + timedelta(days=1)).outcome
    if later == "pass":
        assert judged(run, first_registered=day).outcome in ("pass", "not_applicable")
