"""What the engine makes of a pack: ways of comparing, dates, severities, limits that depend on facts, constants."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.model.capture import Capture
from station.model.vehicle import Circumstances
from station.model.verdict import ItemVerdict, Outcome
from station.rules import PackError, parse_pack
from station.rules.compare import compared, rounded
from station.rules.schema import Compare
from tests.station.rules.small import HEAD, ON, SLIP, SOURCE, car, entry, judged, limit, slip_of, small

AT_MOST_5 = limit('comparison = "<="\nvalue = 5.0')


def only(verdict: ItemVerdict) -> tuple[Outcome, str]:
    """Return the outcome of the one quantity and what people read of its value."""
    (quantity,) = verdict.quantities
    assert verdict.outcome is quantity.outcome
    return quantity.outcome, quantity.shown


# -- what is compared


@pytest.mark.parametrize(
    ("compare", "value", "outcome", "shown"),
    [
        ('mode = "unrounded"', "5.0", "pass", "5.0 m/km"),
        ('mode = "unrounded"', "5.0001", "fail", "5.0 m/km"),
        ('mode = "rounded"', "5.049", "pass", "5.0 m/km"),
        ('mode = "rounded"', "5.05", "pass", "5.0 m/km"),
        ('mode = "rounded"', "5.0501", "fail", "5.1 m/km"),
        ('mode = "rounded", ties = "away"', "5.05", "fail", "5.1 m/km"),
        ('mode = "rounded", ties = "away"', "5.0499", "pass", "5.0 m/km"),
        ('mode = "floor", digits = 0', "5.999", "pass", "5 m/km"),
        ('mode = "floor", digits = 0', "6", "fail", "6 m/km"),
        ('mode = "floor", digits = 0, first_rounded = 2', "5.995", "fail", "6 m/km"),
        ('mode = "ceil", digits = 0', "5", "pass", "5 m/km"),
        ('mode = "ceil", digits = 0', "5.001", "fail", "6 m/km"),
        ('mode = "ceil", digits = 0, first_rounded = 2', "5.001", "pass", "5 m/km"),
    ],
)
def test_what_is_compared_is_as_the_quantity_says(compare: str, value: str, outcome: str, shown: str) -> None:
    verdict = judged(small(AT_MOST_5, quantity=f"compare = {{ {compare} }}\n"), value)
    assert only(verdict) == (Outcome(outcome), shown)
    assert verdict.quantities[0].unrounded == Decimal(value)


@pytest.mark.parametrize(
    ("compare", "value", "disagree"),
    [
        ('mode = "unrounded"', "5.04", True),
        ('mode = "unrounded"', "5.06", False),
        ('mode = "floor", digits = 0', "5.2", True),
        ('mode = "ceil", digits = 0', "5.2", False),
        ('mode = "ceil", digits = 0', "4.2", False),
        ('mode = "rounded"', "5.04", True),
    ],
)
def test_a_warning_where_the_ways_of_comparing_would_disagree(compare: str, value: str, disagree: bool) -> None:
    verdict = judged(small(AT_MOST_5, quantity=f"compare = {{ {compare} }}\n"), value)
    assert ("would be judged differently" in " ".join(w.en for w in verdict.warnings)) == disagree
    assert ("判定不同" in " ".join(w.zh for w in verdict.warnings)) == disagree


@given(st.fractions(-100, 100), st.integers(0, 4))
def test_every_way_of_rounding_stays_within_its_step(value: Fraction, digits: int) -> None:
    step = Fraction(1, 10**digits)
    floor, ceil, even = (compared(value, Compare(mode=m, digits=digits), 1) for m in ("floor", "ceil", "rounded"))
    away = rounded(value, digits, "away")
    assert floor <= value <= ceil
    assert ceil - floor in (0, step)
    assert even in (floor, ceil)
    assert abs(away - value) <= step / 2
    assert abs(away) >= abs(even) or abs(even - value) < abs(away - value) or away == even


@pytest.mark.parametrize(("value", "away"), [("2.5", 3), ("-2.5", -3), ("1.5", 2), ("2.4", 2), ("-2.6", -3)])
def test_a_half_goes_away_from_zero_where_a_pack_says_so(value: str, away: int) -> None:
    assert rounded(Fraction(value), 0, "away") == away


def test_digits_of_what_is_not_rounded_are_refused() -> None:
    with pytest.raises(PackError, match="digits: only with"):
        small(AT_MOST_5, quantity='compare = { mode = "unrounded", digits = 1 }\n')


# -- limits


@pytest.mark.parametrize(
    ("comparison", "below", "at", "above"),
    [
        (">=", "fail", "pass", "pass"),
        (">", "fail", "fail", "pass"),
        ("<=", "pass", "pass", "fail"),
        ("<", "pass", "fail", "fail"),
    ],
)
def test_a_limit_says_whether_it_is_inclusive(comparison: str, below: str, at: str, above: str) -> None:
    pack = small(limit(f'comparison = "{comparison}"\nvalue = 5.0'))
    found = [only(judged(pack, value))[0].value for value in ("4.9999", "5.0", "5.0001")]
    assert found == [below, at, above]
    missed = next(v for v in ("4.9999", "5.0", "5.0001") if only(judged(pack, v))[0] is Outcome.FAIL)
    assert "5.0 m/km" in judged(pack, missed).quantities[0].sentence.en


def test_within_includes_both_ends() -> None:
    pack = small(limit('comparison = "within"\nlow = -5.0\nhigh = 5.0'))
    outcomes = [only(judged(pack, value))[0].value for value in ("-5.1", "-5.0", "0", "5.0", "5.1")]
    assert outcomes == ["fail", "pass", "pass", "pass", "fail"]
    assert judged(pack, "0").quantities[0].limit_shown == "-5.0 ~ 5.0 m/km"


def test_a_limit_is_chosen_by_the_day_of_inspection() -> None:
    old = limit('comparison = "<="\nvalue = 7.0', "old", SOURCE + "effective_to = 2024-12-31\n")
    new = limit('comparison = "<="\nvalue = 5.0', "new", SOURCE.replace("2020-01-01", "2025-01-01"))
    pack = small(old, new)
    outcomes = [judged(pack, "6", on).outcome for on in (date(2024, 12, 31), date(2025, 1, 1))]
    assert outcomes == [Outcome.PASS, Outcome.FAIL]
    assert judged(pack, "6", date(2019, 12, 31)).outcome is Outcome.UNKNOWN


def test_a_limit_is_chosen_by_the_date_of_first_registration_and_an_unknown_one_is_asked_for() -> None:
    pack = small(
        limit('comparison = "<="\nvalue = 7.0\napplies_if = { first_registered = { before = 2010-09-01 } }', "old"),
        limit('comparison = "<="\nvalue = 5.0\napplies_if = { first_registered = { since = 2010-09-01 } }', "new"),
    )
    for day, outcome in (("2010-08-31", "pass"), ("2010-09-01", "fail")):
        assert judged(pack, "6", vehicle=car(first_registered=day)).outcome == outcome
    unknown = judged(pack, "6")
    assert unknown.outcome is Outcome.UNKNOWN
    assert unknown.reason is not None
    assert "date of first registration" in unknown.reason.en
    assert "初次登记日期" in unknown.reason.zh


def test_two_limits_that_dates_do_not_keep_apart_are_refused() -> None:
    first = 'comparison = "<="\nvalue = 7.0\napplies_if = { first_registered = { before = 2010-09-01 } }'
    with pytest.raises(PackError, match="both can apply"):
        small(limit(first, "old"), limit(first.replace("before = 2010-09-01", "since = 2010-08-31"), "new"))


def test_the_day_of_inspection_is_a_fact() -> None:
    pack = small(limit('comparison = "<="\nvalue = 5.0\napplies_if = { inspected = { since = 2026-11-22 } }'))
    assert judged(pack, "5", ON).outcome is Outcome.PASS
    assert judged(pack, "5", date(2026, 11, 21)).outcome is Outcome.UNKNOWN


# -- severities


SEVERE = small(
    limit('comparison = "<="\nvalue = 3.0\nseverity = "advisory"', "note"),
    limit('comparison = "<="\nvalue = 4.0\nseverity = "minor"', "minor"),
    limit('comparison = "<="\nvalue = 5.0\nseverity = "major"', "major"),
    limit('comparison = "<="\nvalue = 8.0\nseverity = "dangerous"', "dangerous"),
)


@pytest.mark.parametrize(
    ("value", "outcome", "severity", "said"),
    [
        ("3", "pass", None, "pass"),
        ("3.1", "pass", "advisory", "Advisory"),
        ("4.1", "pass", "minor", "Minor"),
        ("5.1", "fail", "major", "Major"),
        ("8.1", "fail", "dangerous", "must not be driven"),
    ],
)
def test_the_worst_limit_that_is_missed_counts(value: str, outcome: str, severity: str | None, said: str) -> None:
    verdict = judged(SEVERE, value)
    assert verdict.outcome == outcome
    assert verdict.severity == verdict.quantities[0].severity == severity
    assert said in verdict.quantities[0].sentence.en


def test_a_failure_stands_where_a_worse_limit_is_open_but_a_pass_does_not() -> None:
    open_ = limit(
        'comparison = "<="\nvalue = 9.0\nseverity = "dangerous"\napplies_if = { persons = { min = 8 } }', "bus"
    )
    pack = small(limit('comparison = "<="\nvalue = 5.0\nseverity = "major"'), open_)
    assert judged(pack, "6").outcome is Outcome.FAIL
    assert judged(pack, "4").outcome is Outcome.UNKNOWN
    assert judged(pack, "4", vehicle=car(persons=5)).outcome is Outcome.PASS


def override(outcome: str, limits: str = "[]", condition: str = "{ persons = { min = 8 } }") -> str:
    text = '{ zh = "另有规定。", en = "By an exception." }'
    what = f'id = "o"\nquantity = "slip"\noutcome = "{outcome}"\nlimits = {limits}'
    return entry("override", f"{what}\ntext = {text}\napplies_if = {condition}")


def test_an_exception_says_what_a_miss_means() -> None:
    bus = car(persons=9)
    assert judged(small(AT_MOST_5, override("pass")), "6").outcome is Outcome.FAIL
    excused = judged(small(AT_MOST_5, override("pass")), "6", vehicle=bus)
    assert excused.outcome is Outcome.PASS
    assert "By an exception." in excused.quantities[0].sentence.en
    void = judged(small(AT_MOST_5, override("invalid")), "6", vehicle=bus)
    assert void.outcome is Outcome.INVALID


def test_an_excused_miss_does_not_read_as_a_pass() -> None:
    for outcome, en, zh in (
        ("pass", "this does not decide", "不据此判定"),
        ("invalid", "this measurement does not count", "本次测量无效"),
        ("unknown", "this alone cannot be judged", "不能仅据此判定"),
    ):
        (found,) = judged(small(AT_MOST_5, override(outcome)), "6", vehicle=car(persons=9)).quantities
        assert found.sentence.en == f"Side slip 6.0 m/km, above the allowed 5.0 m/km: {en}. By an exception."
        assert found.sentence.zh == f"侧滑量 6.0 m/km，高于 5.0 m/km，{zh}。另有规定。"


def test_an_exception_may_leave_a_sound_measurement_open() -> None:
    strict = limit('comparison = "<="\nvalue = 5.0\nseverity = "major"', "strict")
    remedy = 'remedy = { zh = "请重测。", en = "Repeat." }\n'
    open_ = judged(small(strict, override("unknown"), quantity=remedy), "6", vehicle=car(persons=9))
    assert (open_.outcome, open_.severity, open_.quantities[0].outcome) == ("unknown", None, "unknown")
    assert open_.reason == open_.quantities[0].sentence
    assert "Repeat" not in open_.reason.en


def test_an_exception_may_test_the_quantity_itself() -> None:
    pack = small(AT_MOST_5, override("unknown", condition="{ persons = { min = 8 }, slip = { max = 7 } }"))
    outcomes = [judged(pack, value, vehicle=car(persons=9)).outcome for value in ("5", "7", "7.0001")]
    assert outcomes == ["pass", "unknown", "fail"]
    in_tenths = small(
        AT_MOST_5,
        override("unknown", condition="{ slip = { max = 7 } }"),
        quantity='compare = { mode = "rounded" }\n',
    )
    assert [judged(in_tenths, value).outcome for value in ("7.04", "7.06")] == ["unknown", "fail"]


def test_an_exception_may_be_of_one_limit_only() -> None:
    strict = limit('comparison = "<="\nvalue = 5.0\nseverity = "major"', "strict")
    worse = limit('comparison = "<="\nvalue = 8.0\nseverity = "dangerous"', "worse")
    pack = small(strict, worse, override("pass", '["strict"]'))
    assert [judged(pack, value, vehicle=car(persons=9)).outcome for value in ("6", "9")] == ["pass", "fail"]
    assert judged(pack, "6", vehicle=car(persons=9)).severity is None
    with pytest.raises(PackError, match="slip has no limit other"):
        small(strict, override("pass", '["other"]'))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('scalar = "slip_axle_1"\n', "", "scalar_value needs the name of a single value"),
        ('"scalar_value"', '"side_slip"', "side_slip reads no single value"),
        ('"slip_axle_1"', '"load_left"', "expected a value in m/km of "),
    ],
)
def test_a_single_value_that_does_not_fit_its_formula_is_refused(old: str, new: str, told: str) -> None:
    text = HEAD + SLIP.replace(old, new) + SOURCE
    with pytest.raises(PackError, match=f"slip.*{told}"):
        parse_pack({"small.toml": text.encode()})


# -- limits that depend on facts


PLATE = small(limit('comparison = "<="\nvalue_of = "smoke_plate_per_m"\nplus = 0.05'))


def test_a_limit_may_stand_on_the_vehicle() -> None:
    plated = car(smoke_plate_per_m="0.24")
    assert [judged(PLATE, v, vehicle=plated).outcome for v in ("0.29", "0.2901")] == ["pass", "fail"]
    assert judged(PLATE, "0.29", vehicle=plated).quantities[0].limit == Decimal("0.29")
    assert judged(PLATE, "0.29", vehicle=plated).quantities[0].limit_shown == "≤ 0.29 m/km"
    unknown = judged(PLATE, "0.1")
    assert unknown.outcome is Outcome.UNKNOWN
    assert "smoke value on the vehicle's plate" in str(unknown.reason)


@pytest.mark.parametrize(
    ("altitude_m", "most"), [(0, "1.2"), (1500, "1.2"), (1900, "1.3"), (2500, "1.45"), (4500, "1.95"), (5999, "1.95")]
)
def test_a_limit_may_rise_with_the_altitude(altitude_m: int, most: str) -> None:
    raised = "raised_by = { fact = 'altitude_m', above = 1500, per = 1000, add = 0.25, most = 0.75 }"
    pack = small(limit(f'comparison = "<="\nvalue = 1.2\n{raised}'))
    here = Circumstances(altitude_m=altitude_m)
    more = str(Decimal(most) + Decimal("0.0001"))
    assert [judged(pack, v, here=here).outcome for v in (most, more)] == ["pass", "fail"]
    assert judged(pack, most).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('comparison = "<="\nvalue = 1\nvalue_of = "smoke_plate_per_m"', "value or value_of"),
        ('comparison = "<="', "value or value_of"),
        ('comparison = "within"\nlow = 1\nhigh = 2\nvalue_of = "axles"', "low and high with within"),
        ('comparison = "<="\nvalue = 1\nplus = 1', "plus stands with value_of only"),
        ('comparison = "<="\nvalue_of = "fuel"', "expected a fact that is a number, not fuel"),
        (
            'comparison = "<="\nvalue = 1\nraised_by = { fact = "height", above = 1, per = 1, add = 1, most = 1 }',
            "expected a fact that is a number, not height",
        ),
        (
            'comparison = "within"\nlow = 1\nhigh = 2\n'
            'raised_by = { fact = "altitude_m", above = 1, per = 1, add = 1, most = 1 }',
            "raised_by not with within",
        ),
        ('comparison = "<="\nvalue = 1\napplies_if = { produced = ["2010"] }', "expected since or before"),
        ('comparison = "<="\nvalue = 1\napplies_if = { persons = { since = 2010-01-01 } }', "expected min, max"),
    ],
)
def test_a_limit_that_cannot_be_is_refused(body: str, said: str) -> None:
    with pytest.raises(PackError) as refused:
        small(limit(body))
    assert said in str(refused.value)


# -- measurements


def test_a_value_that_is_missing_suspect_or_in_another_unit() -> None:
    pack = small(AT_MOST_5)
    for capture, said in ((slip_of(None), "No value of"), (slip_of("1", "mm"), "expected m/km")):
        verdict = judged(pack, None, captures={"A1": capture})
        assert verdict.outcome is Outcome.INVALID
        assert said in str(verdict.reason)
    assert judged(pack, None, captures={}).outcome is Outcome.UNKNOWN


def test_a_suspect_value_is_judged_and_said() -> None:
    capture = slip_of("1")
    suspect = capture.scalars[0].model_copy(update={"quality": "suspect"})
    verdict = judged(small(AT_MOST_5), None, captures={"A1": _with(capture, scalars=(suspect,))})
    assert verdict.outcome is Outcome.PASS
    assert "suspect" in str(verdict.warnings)


def test_lost_samples_do_not_count() -> None:
    verdict = judged(small(AT_MOST_5), None, captures={"A1": _with(slip_of("1"), lost=1)})
    assert verdict.outcome is Outcome.INVALID


def test_how_a_run_measured_is_a_fact() -> None:
    pack = small(limit('comparison = "<="\nvalue = 5.0\napplies_if = { method = ["plate"] }'))
    assert judged(pack, None, captures={"A1": slip_of("1", method="plate")}).outcome is Outcome.PASS
    assert judged(pack, "1").outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('limits_of = ["slip"]\n', "uses no limits"),
        ('constants = { g = "gravity" }\n', "does not use the constant g"),
        ('window = { begin = "a", end = "b" }\n', "takes no window"),
    ],
)
def test_a_quantity_that_gives_what_its_formula_does_not_take_is_refused(more: str, said: str) -> None:
    with pytest.raises(PackError, match=said):
        small(AT_MOST_5, quantity=more)


def test_settings_may_be_chosen_otherwise() -> None:
    setting = entry("setting", 'id = "limit_set"\nvalue = "a"\nchoices = ["a", "b"]')
    pack = small(limit('comparison = "<="\nvalue = 5.0\napplies_if = { limit_set = ["b"] }'), setting)
    assert judged(pack, "1").outcome is Outcome.UNKNOWN
    assert judged(pack.with_settings({"limit_set": "b"}), "1").outcome is Outcome.PASS
    for wrong, said in (({"limit": "b"}, "no such setting"), ({"limit_set": "c"}, "not one of the choices")):
        with pytest.raises(PackError, match=said):
            pack.with_settings(wrong)


def _with(capture: Capture, **changes: object) -> Capture:
    return capture.model_copy(update=changes)
