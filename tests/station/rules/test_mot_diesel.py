"""MOT class 4, diesel: the limit by plate, day and charging; the first acceleration, three, and up to six."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

import station.rules
from station.model.capture import Capture, Mark, Scalar
from station.model.quantity import Quantity
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict
from station.rules import Pack, PackError, judge, missing_facts, parse_pack, plan
from station.rules.conditions import names

Car = Callable[..., Vehicle]
Mot = Callable[..., ItemVerdict]
Smoke = Callable[..., Capture]
TODAY = date(2026, 11, 22)
FOLDER = Path(station.rules.__file__).parent / "packs" / "gb-mot-class4-2025"
DIESEL: dict[str, Any] = {"fuel": "B", "eu_category": "M1", "first_registered": date(2014, 1, 1)}
OLD, MIDDLE, YOUNG = date(2008, 6, 30), date(2008, 7, 1), date(2014, 1, 1)


@pytest.fixture(scope="session")
def mot() -> Pack:
    return parse_pack({path.name: path.read_bytes() for path in FOLDER.glob("*.toml")})


@pytest.fixture(scope="session")
def judged(mot: Pack, car: Car) -> Mot:
    def judge_diesel(run: Capture | None, *, of: Pack = mot, on: date = TODAY, **facts: Any) -> ItemVerdict:
        captures = {} if run is None else {"FA": run}
        return judge(of, car(**{**DIESEL, **facts}), "in_use", on, "FA", captures)

    return judge_diesel


def only(verdict: ItemVerdict, name: str) -> Any:
    (found,) = verdict.quantities
    assert found.quantity == name
    return found


def stopped(run: Capture) -> Capture:
    return run.model_copy(update={"marks": (*run.marks, Mark(name="stopped_1", index=run.samples - 1))})


def watched(run: Capture, seen: str | None) -> Capture:
    quantity = None if seen is None else Quantity(value=Decimal(seen), unit="1")
    return run.model_copy(update={"scalars": (Scalar(channel="visible_smoke", quantity=quantity),)})


class Row(NamedTuple):
    """A limit of smoke: the facts that select it, and its value in thousandths of 1/m."""

    at: int
    facts: dict[str, Any]


ROWS = {
    "smoke-plate": Row(290, {"smoke_plate_per_m": Decimal("0.24")}),
    "smoke-1980": Row(2_500, {"first_registered": OLD, "turbocharged": False}),
    "smoke-1980-turbocharged": Row(3_000, {"first_registered": OLD, "turbocharged": True}),
    "smoke-2008": Row(1_500, {"first_registered": MIDDLE}),
    "smoke-2014": Row(700, {"first_registered": YOUNG}),
}
ELSEWHERE = {"smoke-oil-temperature", "first-acceleration", "filter-smoke"}
"""Limits of other things than the mean: below."""


def test_every_limit_has_a_row(mot: Pack) -> None:
    own = {entry.id for entry in mot.limits if mot.files["limit", entry.id] == "diesel.toml"}
    assert own == ROWS.keys() | ELSEWHERE
    assert {e.severity for e in mot.limits if e.id in own and not mot.quantity(e.quantity).validity} == {"major"}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_the_mean_at_the_limit_and_one_step_beside(name: str, off: int, smoke: Smoke, judged: Mot) -> None:
    at, facts = ROWS[name]
    verdict = judged(smoke((at, at + 3 * off, at) + (at + off,) * 3), **facts)
    found = only(verdict, "smoke")
    assert (verdict.outcome, found.limit) == ("fail" if off > 0 else "pass", Decimal(at) / 1000)
    assert (verdict.severity, found.certainty) == ("major" if off > 0 else None, "C" if name == "smoke-plate" else "A")


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_the_first_acceleration_at_three_fifths_of_the_limit(name: str, off: int, smoke: Smoke, judged: Mot) -> None:
    at, facts = ROWS[name]
    verdict = judged(smoke((at * 3 // 5 + off,)), **facts)
    if off > 0:
        assert verdict.outcome == "invalid"
        assert verdict.reason is not None
        assert "only 1 of 3 accelerations" in verdict.reason.en
    else:
        found = only(verdict, "first_acceleration")
        assert (verdict.outcome, found.limit) == ("pass", 60)


@pytest.mark.parametrize("name", ROWS)
def test_a_changed_limit_changes_the_verdict(name: str, mot: Pack, smoke: Smoke, judged: Mot) -> None:
    at, facts = ROWS[name]
    (entry,) = (e for e in mot.limits if e.id == name)
    field = "plus" if entry.value is None else "value"
    stricter = entry.model_copy(update={field: (getattr(entry, field)) * Decimal("0.9")})
    changed = replace(mot, limits=(stricter, *(e for e in mot.limits if e.id != name)))
    run = smoke((at,) * 6)
    assert judged(run, **facts).outcome == "pass"
    assert judged(run, of=changed, **facts).outcome == "fail"


def test_the_share_of_the_first_one_stands_once_in_conditions_and_once_as_limit(
    mot: Pack, smoke: Smoke, judged: Mot
) -> None:
    (limit,) = (e for e in mot.limits if e.id == "first-acceleration")
    bounds = {t.max or t.above for q in mot.quantities for fact, t in names(q.applies_if) if fact == "first_share"}
    assert bounds == {limit.value}
    stricter = limit.model_copy(update={"value": Decimal(59)})
    changed = replace(mot, limits=(stricter, *(e for e in mot.limits if e is not limit)))
    assert judged(smoke((420,)), of=changed).outcome == "invalid"


# -- the day of first use, the plate, charging


@pytest.mark.parametrize(
    ("first", "turbocharged", "limit"),
    [
        (date(1980, 1, 1), False, "2.5"),
        (date(1980, 1, 1), True, "3.0"),
        (date(2008, 6, 30), False, "2.5"),
        (date(2008, 6, 30), True, "3.0"),
        (date(2008, 7, 1), True, "1.5"),
        (date(2008, 7, 1), None, "1.5"),
        (date(2013, 12, 31), None, "1.5"),
        (date(2014, 1, 1), None, "0.7"),
        (date(2014, 1, 1), False, "0.7"),
    ],
)
def test_the_day_of_first_use_selects_the_limit(
    first: date, turbocharged: bool | None, limit: str, smoke: Smoke, judged: Mot
) -> None:
    verdict = judged(smoke((5_000,) * 6), first_registered=first, turbocharged=turbocharged)
    assert only(verdict, "smoke").limit == Decimal(limit)


@pytest.mark.parametrize("first", [date(1979, 12, 31), date(1980, 1, 1), OLD, MIDDLE, YOUNG, None])
def test_a_plate_value_goes_before_the_day(first: date | None, smoke: Smoke, judged: Mot) -> None:
    verdict = judged(smoke((1_500,) * 3), first_registered=first, smoke_plate_per_m=Decimal("1.85"))
    assert (verdict.outcome, only(verdict, "smoke").limit) == ("pass", Decimal("1.90"))


def test_before_1980_without_a_plate_it_is_looked_at_only(mot: Pack, car: Car, smoke: Smoke, judged: Mot) -> None:
    verdict = judged(smoke(), first_registered=date(1979, 12, 31))
    assert (verdict.outcome, verdict.quantities) == ("not_applicable", ())
    vehicle = car(**{**DIESEL, "first_registered": date(1979, 12, 31)})
    assert "FA" not in plan(mot, vehicle, "in_use", TODAY)


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"first_registered": OLD}, "whether the engine is turbocharged"),
        ({"first_registered": None, "turbocharged": True}, "date of first registration"),
        ({"first_registered": None}, "date of first registration"),
    ],
)
def test_what_the_limit_depends_on_is_asked_for(
    facts: dict[str, Any], named: str, smoke: Smoke, judged: Mot, mot: Pack, car: Car
) -> None:
    verdict = judged(smoke((100,)), **facts)
    assert verdict.outcome == "unknown"
    assert verdict.reason is not None
    assert named in verdict.reason.en
    asked = missing_facts(mot, car(**{**DIESEL, **facts}), "in_use")
    assert {"turbocharged", "first_registered"} & set(asked)


@pytest.mark.parametrize(("on", "outcome"), [(date(2024, 12, 31), "unknown"), (date(2025, 1, 1), "pass")])
def test_the_manual_begins_on_its_day(on: date, outcome: str, smoke: Smoke, judged: Mot) -> None:
    assert judged(smoke((100,)), on=on).outcome == outcome


@pytest.mark.parametrize(("fuel", "needed"), [("B", True), ("D", True), ("BO", True), ("A", False), ("C", False)])
def test_which_vehicles_are_tested(fuel: str, needed: bool, mot: Pack, car: Car) -> None:
    assert ("FA" in plan(mot, car(**{**DIESEL, "fuel": fuel}), "in_use", TODAY)) is needed


# -- up to six accelerations; the limit is 0.7


@pytest.mark.parametrize(
    ("peaks", "outcome", "shown", "decided"),
    [
        ((700, 700, 700), "pass", "0.70 1/m", "#10"),
        ((900, 600, 600), "pass", "0.70 1/m", "#10"),
        ((900, 600, 601), "invalid", "0.70 1/m", "#10"),
        ((900, 900, 600, 600), "pass", "0.70 1/m", "#30"),
        ((900, 900, 900, 600, 600), "pass", "0.70 1/m", "#50"),
        ((900, 900, 900, 900, 600, 600), "pass", "0.70 1/m", "#70"),
        ((900, 900, 900, 900, 600, 601), "fail", "0.70 1/m", "#70"),
        ((900, 600, 600, 900, 900, 900), "pass", "0.70 1/m", "#10"),
        ((900, 900, 600, 900, 900, 600), "fail", "0.80 1/m", "#10"),
        ((900, 600, 900, 600, 900, 600), "pass", "0.70 1/m", "#30"),
        ((900, 900, 900, 900, 900, 900, 100, 100), "fail", "0.90 1/m", "#10"),
    ],
)
def test_any_three_consecutive_ones_of_six_may_pass(
    peaks: Sequence[int], outcome: str, shown: str, decided: str, smoke: Smoke, judged: Mot
) -> None:
    verdict = judged(smoke(peaks))
    found = only(verdict, "smoke")
    assert (verdict.outcome, found.shown) == (outcome, shown)
    assert found.decided_by.startswith(f"FA {decided} ")


def test_less_than_six_that_do_not_pass_decide_nothing(smoke: Smoke, judged: Mot) -> None:
    verdict = judged(smoke((900, 900, 900)))
    assert verdict.outcome == "invalid"
    assert verdict.reason is not None
    assert verdict.reason.en.endswith(
        "Up to six accelerations may be made, and any three consecutive ones may pass: go on."
    )
    assert judged(smoke((900,) * 5)).outcome == "invalid"
    assert judged(smoke((900,) * 6)).outcome == "fail"


def test_the_first_one_passes_at_once_whatever_follows(smoke: Smoke, judged: Mot) -> None:
    verdict = judged(smoke((420, 900, 900)))
    assert (verdict.outcome, verdict.warnings) == ("pass", ())
    found = only(verdict, "first_acceleration")
    assert found.sentence.en == "Smoke of the first acceleration, of the limit 60.0 %, at most 60.0 % allowed: pass."
    assert found.decided_by == "FA #10 (500 ms)"


def test_a_share_that_rounding_would_pass_is_told(smoke: Smoke, judged: Mot) -> None:
    facts = {"first_registered": OLD, "turbocharged": True}
    verdict = judged(smoke((1_801, 1_801, 1_801)), **facts)
    assert (verdict.outcome, only(verdict, "smoke").shown) == ("pass", "1.80 1/m")
    assert [w.en for w in verdict.warnings] == [
        "Rounding would select another branch of the rule; the unrounded value counts here."
    ]


@pytest.mark.parametrize(
    ("first", "outcome", "said"),
    [
        (420, "pass", "at most 60.0 % allowed: pass."),
        (421, "invalid", "the test must go on"),
        (700, "invalid", "the test must go on"),
        (701, "fail", "above the allowed 60.0 %: fail. Major defect."),
        (9_000, "fail", "1285.7 %, above the allowed 60.0 %: fail. Major defect."),
    ],
)
def test_the_tester_may_stop_when_the_first_is_above_the_limit(
    first: int, outcome: str, said: str, smoke: Smoke, judged: Mot
) -> None:
    verdict = judged(stopped(smoke((first,))))
    assert verdict.outcome == outcome
    assert said in only(verdict, "first_acceleration").sentence.en


# -- validity


@pytest.mark.parametrize(("oil", "outcome"), [(79, "invalid"), (80, "pass"), (81, "pass")])
def test_a_cold_engine_is_invalid(oil: int, outcome: str, smoke: Smoke, judged: Mot) -> None:
    verdict = judged(smoke((100,), oil=oil))
    assert verdict.outcome == outcome
    assert judged(smoke((900,) * 6, oil=oil)).outcome == ("invalid" if oil < 80 else "fail")


def test_without_an_oil_probe_it_only_warns(smoke: Smoke, judged: Mot) -> None:
    verdict = judged(smoke((100,), without="oil_temperature"))
    assert verdict.outcome == "pass"
    assert verdict.warnings[0].en.endswith("Make sure that the engine is warm.")


@pytest.mark.parametrize(
    "change",
    [{"without": "k"}, {"peaks": (None,)}, {"peaks": (500, None, 500)}, {"peaks": ()}, {"lost": 1}, {"quality": "i"}],
)
def test_what_cannot_be_used_is_invalid(change: dict[str, Any], smoke: Smoke, judged: Mot) -> None:
    assert judged(smoke(**{"peaks": (100,), **change})).outcome == "invalid"


def test_suspect_samples_count_with_a_warning(smoke: Smoke, judged: Mot) -> None:
    verdict = judged(smoke((600, 600, 600), quality="s"))
    assert verdict.outcome == "pass"
    assert any(w.en.startswith("k: some samples are suspect") for w in verdict.warnings)


def test_not_measured_is_unknown(judged: Mot) -> None:
    assert judged(None).outcome == "unknown"


@pytest.mark.parametrize("value", ["0", "-1"])
def test_a_limit_that_is_not_above_zero_gives_no_share(value: str, mot: Pack, smoke: Smoke, judged: Mot) -> None:
    limits = tuple(e.model_copy(update={"value": Decimal(value)}) if e.id == "smoke-2014" else e for e in mot.limits)
    verdict = judged(smoke((100,)), of=replace(mot, limits=limits))
    assert verdict.outcome == "invalid"
    assert verdict.reason is not None
    assert "the limit is not above zero" in verdict.reason.en


def test_a_limit_that_fails_nobody_gives_no_share(mot: Pack, smoke: Smoke, judged: Mot) -> None:
    harmless = tuple(e.model_copy(update={"severity": "advisory"}) if e.id == "smoke-2014" else e for e in mot.limits)
    assert judged(smoke((100,)), of=replace(mot, limits=harmless)).outcome == "invalid"


@pytest.mark.parametrize("name", ["first_share", "first_acceleration", "smoke"])
def test_two_channels_are_refused(name: str) -> None:
    files = {path.name: path.read_bytes() for path in FOLDER.glob("*.toml")}
    head, found, tail = files["diesel.toml"].decode().partition(f'id = "{name}"\n')
    two = (head + found + tail.replace('channels = ["k"]', 'channels = ["k", "k"]', 1)).encode()
    with pytest.raises(PackError, match=f"{name}.*channel"):
        parse_pack({**files, "diesel.toml": two})


def test_a_channel_of_what_is_only_counted_is_refused() -> None:
    files = {path.name: path.read_bytes() for path in FOLDER.glob("*.toml")}
    window = b'window = { begin = "acceleration_{n}"'
    assert files["diesel.toml"].count(window) == 1
    more = files["diesel.toml"].replace(window, b'window = { channels = ["k"], begin = "acceleration_{n}"')
    with pytest.raises(PackError, match=r"accelerations.*channel"):
        parse_pack({**files, "diesel.toml": more})


# -- visible smoke despite a filter


@pytest.mark.parametrize(
    ("filtered", "seen", "outcome"),
    [(True, "0", "pass"), (True, "1", "fail"), (False, "1", "pass"), (None, "1", "pass"), (True, None, "pass")],
)
def test_visible_smoke_of_a_vehicle_with_a_filter_fails_whatever_the_meter_says(
    filtered: bool | None, seen: str | None, outcome: str, smoke: Smoke, judged: Mot
) -> None:
    verdict = judged(watched(smoke((100,)), seen), particulate_filter=filtered)
    assert verdict.outcome == outcome
    assert verdict.severity == ("major" if outcome == "fail" else None)
    assert bool(verdict.warnings) == (seen is None)


# -- properties

PEAKS = st.lists(st.integers(421, 1_200), min_size=3, max_size=8)


@given(peaks=PEAKS)
def test_it_is_the_best_three_in_a_row_of_the_first_six(peaks: list[int], smoke: Smoke, judged: Mot) -> None:
    found = only(judged(smoke(peaks)), "smoke")
    threes = [peaks[n : n + 3] for n in range(min(len(peaks), 6) - 2)]
    best = min(Fraction(sum(three), 3000) for three in threes)
    assert abs(Fraction(found.unrounded) - best) < Fraction(1, 10**20)
    assert (found.outcome == "pass") == (best <= Fraction(7, 10))
    assert (found.outcome == "fail") == (best > Fraction(7, 10) and len(peaks) >= 6)


@given(peaks=PEAKS, more=st.integers(421, 1_200))
def test_one_more_acceleration_never_takes_a_pass_away(peaks: list[int], more: int, smoke: Smoke, judged: Mot) -> None:
    if judged(smoke(peaks)).outcome == "pass":
        assert judged(smoke([*peaks, more])).outcome == "pass"


@given(peaks=PEAKS, which=st.integers(0, 7), by=st.integers(1, 500))
def test_more_smoke_never_turns_a_failure_into_a_pass(
    peaks: list[int], which: int, by: int, smoke: Smoke, judged: Mot
) -> None:
    worse = [peak + by * (number == which % len(peaks)) for number, peak in enumerate(peaks)]
    if judged(smoke(peaks)).outcome == "fail":
        assert judged(smoke(worse)).outcome == "fail"


@given(peaks=PEAKS)
def test_turbocharged_old_engines_are_allowed_more(peaks: list[int], smoke: Smoke, judged: Mot) -> None:
    scaled = [4 * peak for peak in peaks]
    if judged(smoke(scaled), first_registered=OLD, turbocharged=False).outcome == "pass":
        assert judged(smoke(scaled), first_registered=OLD, turbocharged=True).outcome == "pass"
