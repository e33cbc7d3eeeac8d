from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from station.model.capture import Capture, Scalar
from station.model.quantity import Quality, Quantity, Unit
from station.model.verdict import ItemVerdict, Outcome
from station.rules import parse_pack

Verdict = Callable[..., ItemVerdict]
Lamps = Callable[..., Capture]
Pick = Callable[[ItemVerdict, str], Any]
Edited = Callable[..., dict[str, bytes]]

ULP = Decimal("0.000000001")
THREE_WHEEL = {"vehicle_type": "N11"}
SLOW = {"vehicle_type": "H51", "total_mass_kg": 3000}
LORRY = {"vehicle_type": "H11", "total_mass_kg": 18_000}
MOTORCYCLE = {"vehicle_type": "M21", "total_mass_kg": 300}
MOPED = {"vehicle_type": "M22", "total_mass_kg": 200}

# Which row of the table, its vehicles, lamp system, least intensity before registration, in use.
MINIMA: list[tuple[str, tuple[dict[str, Any], ...], str, int, int]] = [
    ("three-wheel", (THREE_WHEEL,), "1", 8_000, 6_000),
    ("three-wheel", (THREE_WHEEL,), "2", 6_000, 5_000),
    ("slow", (SLOW, {**SLOW, "top_speed_kmh": 69}, {"top_speed_kmh": 69}), "2", 10_000, 8_000),
    ("slow", (SLOW, {**LORRY, "top_speed_kmh": 69}), "4", 8_000, 6_000),
    ("other", ({}, LORRY, {"top_speed_kmh": 70}, {**SLOW, "top_speed_kmh": 70}), "2", 18_000, 15_000),
    ("other", ({}, LORRY, {"top_speed_kmh": 180}, {**SLOW, "top_speed_kmh": 70}), "4", 15_000, 12_000),
    ("other", tuple({**LORRY, "vehicle_type": kind} for kind in ("Q11", "Z12", "D11")), "2", 18_000, 15_000),
    ("motorcycle", (MOTORCYCLE, {**MOTORCYCLE, "vehicle_type": "M11"}), "1", 10_000, 8_000),
    ("motorcycle", (MOTORCYCLE, {**MOTORCYCLE, "vehicle_type": "M15"}), "2", 8_000, 6_000),
    ("moped", (MOPED,), "1", 4_000, 3_000),
    ("moped", (MOPED, {**MOPED, "vehicle_type": "M12"}), "2", 3_000, 2_500),
]
SYSTEMS = {"1": ("H1",), "2": ("H1", "H4"), "4": ("H1", "H2", "H3", "H4")}
SUMS = {"high-beam-sum", "high-beam-sum-of-one"}


def test_every_limit_has_its_row(limits_in: Callable[..., dict[str, Any]]) -> None:
    rows = {f"high-beam-{kind}-{system}-{when}" for kind, _, system, *_ in MINIMA for when in ("new", "in-use")}
    assert rows | SUMS == set(limits_in("cn-gb38900-2020", "lamps.toml"))


@pytest.mark.parametrize(("kind", "vehicles", "system", "new", "in_use"), MINIMA)
@pytest.mark.parametrize("category", ["registration", "in_use"])
def test_the_least_intensity_and_one_unit_in_the_last_place_either_side(
    kind: str,
    vehicles: tuple[dict[str, Any], ...],
    system: str,
    new: int,
    in_use: int,
    category: str,
    limits_in: Callable[..., dict[str, Any]],
    lamps: Lamps,
    verdict: Verdict,
    quantity: Pick,
) -> None:
    least = Decimal(new if category == "registration" else in_use)
    name = f"high-beam-{kind}-{system}-{'new' if category == 'registration' else 'in-use'}"
    certainty = limits_in("cn-gb38900-2020", "lamps.toml")[name]["certainty"]
    runs = [
        (lamps(**dict.fromkeys(SYSTEMS[system], cd)), outcome)
        for cd, outcome in ((least - ULP, "fail"), (least, "pass"), (least + ULP, "pass"))
    ]
    for facts, (run, outcome), item in product(vehicles, runs, SYSTEMS[system]):
        judged = verdict(item, run, category=category, lamp_system=system, **facts)
        assert (judged.outcome, judged.runs) == (outcome, ("run-lamps",))
        found = quantity(judged, "high_beam")
        assert (found.limit, found.comparison, found.unit, found.confirmed) == (least, ">=", "cd", False)
        assert (found.decided_by, found.certainty) == (f"{item}_intensity", certainty)


@pytest.mark.parametrize(("on", "outcome"), [(date(2020, 12, 31), "unknown"), (date(2021, 1, 1), "pass")])
def test_headlamps_are_judged_from_their_day_on(on: date, outcome: str, lamps: Lamps, verdict: Verdict) -> None:
    run = lamps(**dict.fromkeys(SYSTEMS["4"], 50_000))
    assert {verdict(item, run, on=on, lamp_system="4").outcome for item in run.items} == {outcome}


def test_a_pass_and_a_failure_in_words(lamps: Lamps, verdict: Verdict, quantity: Pick) -> None:
    run = lamps(H1=15_000, H4=14_999)
    assert quantity(verdict("H1", run), "high_beam").sentence.zh == "远光发光强度 15000 cd，不低于 15000 cd，合格。"
    missed = quantity(verdict("H4", run), "high_beam")
    assert missed.sentence.en == "High-beam intensity 14999 cd, below the required 15000 cd: fail."


@pytest.mark.parametrize(
    ("facts", "system"), [({}, "1"), (THREE_WHEEL, "4"), (MOTORCYCLE, "4"), ({"vehicle_type": "X99"}, "2")]
)
def test_a_lamp_system_without_a_row_in_the_table_is_unknown(
    facts: dict[str, Any], system: str, lamps: Lamps, verdict: Verdict
) -> None:
    run = lamps(**dict.fromkeys(SYSTEMS[system], 50_000))
    assert verdict("H1", run, lamp_system=system, **facts).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("system", ["2", "4"])
def test_the_sum_of_all_high_beams_is_judged_with_the_last_lamp(
    system: str, lamps: Lamps, verdict: Verdict, quantity: Pick
) -> None:
    others = dict.fromkeys(SYSTEMS[system][:-1], 100_000)
    rest = 430_000 - sum(others.values())
    for cd, outcome in ((Decimal(rest), "pass"), (rest + ULP, "fail"), (rest - ULP, "pass")):
        run = lamps(**others, H4=cd)
        judged = verdict("H4", run, lamp_system=system)
        assert judged.outcome == outcome
        total = quantity(judged, "high_beam_sum")
        assert (total.outcome, total.limit_shown) == (outcome, "≤ 430000 cd")
        assert total.decided_by == ", ".join(f"{item}_intensity" for item in run.items)
        assert [q.quantity for q in verdict("H1", run, lamp_system=system).quantities] == ["high_beam"]


@pytest.mark.parametrize("facts", [MOTORCYCLE, MOPED, THREE_WHEEL])
def test_the_sum_of_one_lamp_is_judged_with_it(
    facts: dict[str, Any], lamps: Lamps, verdict: Verdict, quantity: Pick
) -> None:
    for cd, outcome in ((430_000 - ULP, "pass"), (Decimal(430_000), "pass"), (430_000 + ULP, "fail")):
        judged = verdict("H1", lamps(H1=cd), lamp_system="1", **facts)
        assert judged.outcome == outcome
        total = quantity(judged, "high_beam_sum_of_one")
        assert (total.outcome, total.limit_shown) == (outcome, "≤ 430000 cd")


def test_the_sum_takes_each_lamp_from_its_latest_run(lamps: Lamps, verdict: Verdict, quantity: Pick) -> None:
    both, again = lamps(H1=20_000, H4=10_000), lamps(H4=30_000).model_copy(update={"run": "run-again"})
    judged = verdict("H4", both, again)
    assert quantity(judged, "high_beam_sum").shown == "50000 cd"
    assert judged.runs == ("run-again", "run-lamps")


# four lamps in use: 12 000 cd each, or a symmetrical pair with 15 000 cd each
@pytest.mark.parametrize(
    ("category", "facts", "intensities", "failing"),
    [
        ("in_use", {}, (15_000, 100, 11_999, 15_000), ""),
        ("in_use", {}, (11_999, 15_000, 15_000, 100), ""),
        ("in_use", {}, (15_000, 100, 11_999, 14_999), "H2 H3"),
        ("in_use", {}, (15_000, 11_999, 15_000, 11_999), "H2 H4"),
        ("in_use", {}, (11_999, 12_000, 12_000, 12_000), "H1"),
        ("registration", {}, (18_000, 14_999, 1, 18_000), ""),
        ("registration", {}, (18_000, 14_999, 1, 17_999), "H2 H3"),
        ("in_use", SLOW, (8_000, 5_999, 1, 8_000), ""),
        ("in_use", SLOW, (8_000, 5_999, 1, 7_999), "H2 H3"),
        ("registration", SLOW, (7_999, 10_000, 10_000, 1), ""),
        ("registration", SLOW, (7_999, 10_000, 9_999, 1), "H1 H4"),
        ("in_use", {"top_speed_kmh": 69}, (8_000, 5_999, 1, 8_000), ""),
        ("in_use", {**SLOW, "top_speed_kmh": 70}, (8_000, 5_999, 1, 8_000), "H1 H2 H3 H4"),
        ("in_use", {**SLOW, "top_speed_kmh": 70}, (15_000, 5_999, 1, 15_000), ""),
    ],
)
def test_two_symmetrical_lamps_of_four_that_meet_the_minimum_for_two_pass_the_vehicle(
    category: str, facts: dict[str, Any], intensities: tuple[int, ...], failing: str, lamps: Lamps, verdict: Verdict
) -> None:
    run = lamps(**dict(zip(SYSTEMS["4"], intensities, strict=True)))
    judged = {item: verdict(item, run, category=category, lamp_system="4", **facts) for item in run.items}
    assert " ".join(item for item, v in judged.items() if v.outcome is not Outcome.PASS) == failing
    assert {v.outcome for v in judged.values()} <= {Outcome.PASS, Outcome.FAIL}


def test_the_four_lamp_rule_is_told(lamps: Lamps, verdict: Verdict, quantity: Pick) -> None:
    judged = verdict("H2", lamps(H1=15_000, H2=9_000, H3=12_000, H4=15_000), lamp_system="4")
    assert [w.zh for w in judged.warnings] == ["四灯制中一对对称的灯已达到两灯制要求，按合格处理。"]
    assert [q.quantity for q in judged.quantities] == ["high_beam"]
    assert quantity(judged, "high_beam").sentence.en == (
        "High-beam intensity 9000 cd, below the required 12000 cd: this does not decide. "
        "Of four lamps, two symmetrical ones meet the requirement for two: it passes."
    )


def test_two_lamps_know_no_such_rule(lamps: Lamps, verdict: Verdict) -> None:
    assert verdict("H1", lamps(H1=14_999, H4=50_000)).outcome is Outcome.FAIL


@pytest.mark.parametrize("system", ["2", "4"])
def test_a_dark_lamp_fails_and_the_others_are_judged(system: str, lamps: Lamps, verdict: Verdict) -> None:
    run = lamps(dark="H1", **dict.fromkeys(SYSTEMS[system], 20_000))
    judged = {item: verdict(item, run, lamp_system=system) for item in run.items}
    assert [item for item, v in judged.items() if v.outcome is Outcome.FAIL] == ["H1"]
    assert {v.outcome for v in judged.values()} == {Outcome.FAIL, Outcome.PASS}
    reason = judged["H1"].reason
    assert reason is not None
    assert reason.zh == "左外灯：检测仪没有找到该灯的远光，不合格；请检修灯光后复检。"


def test_a_dark_lamp_adds_nothing_to_the_sum(lamps: Lamps, verdict: Verdict, quantity: Pick) -> None:
    judged = verdict("H4", lamps(dark="H1", H1=None, H4=20_000))
    assert quantity(judged, "high_beam_sum").shown == "20000 cd"


def test_a_lamp_without_a_reading_is_invalid_and_the_remedy_said(lamps: Lamps, verdict: Verdict) -> None:
    judged = verdict("H1", lamps(H1=None, H4=20_000))
    assert (judged.outcome, judged.quantities) == (Outcome.INVALID, ())
    assert judged.reason is not None
    assert judged.reason.zh == "左外灯没有远光发光强度数据，请确认车辆停正、灯罩清洁后重新检测前照灯。"
    last = verdict("H4", lamps(H1=None, H4=20_000))
    assert last.outcome is Outcome.INVALID, "the sum of the lamps is open as well"
    assert last.reason == judged.reason


@pytest.mark.parametrize(("cd", "outcome"), [(-ULP, "invalid"), (Decimal(0), "fail")])
def test_less_than_no_light_is_no_reading(cd: Decimal, outcome: str, lamps: Lamps, verdict: Verdict) -> None:
    assert verdict("H1", lamps(H1=cd, H4=20_000)).outcome == outcome
    assert verdict("H4", lamps(H1=cd, H4=20_000)).outcome == ("pass" if outcome == "fail" else "invalid")


def test_of_four_lamps_one_without_a_reading_leaves_all_open(lamps: Lamps, verdict: Verdict) -> None:
    run = lamps(H1=20_000, H2=20_000, H3=None, H4=20_000)
    assert {verdict(item, run, lamp_system="4").outcome for item in run.items} == {Outcome.INVALID}


@pytest.mark.parametrize(
    ("unit", "quality", "outcome", "en"),
    [
        ("cd", "good", "pass", None),
        ("cd", "suspect", "pass", "Headlamp, left outer: the intensity is suspect; keep an eye on the tester."),
        ("cd", "invalid", "invalid", "no high-beam intensity"),
        ("cd", "missing", "invalid", "no high-beam intensity"),
        ("kg", "good", "invalid", "Headlamp, left outer: the data are in kg, expected cd"),
    ],
)
def test_a_reading_counts_by_unit_and_quality(
    unit: Unit, quality: Quality, outcome: str, en: str | None, lamps: Lamps, verdict: Verdict
) -> None:
    read = Scalar(channel="H1_intensity", quantity=Quantity(value=Decimal(20_000), unit=unit), quality=quality)
    judged = verdict("H1", lamps(H1=None, H4=20_000, scalars={"H1_intensity": read}))
    assert judged.outcome == outcome
    said = [*judged.warnings, *([judged.reason] if judged.reason else [])]
    assert [en in text.en for text in said if en] == ([True] if en else [])
    assert bool(said) is bool(en)


def test_a_scalar_without_a_value_is_no_reading(lamps: Lamps, verdict: Verdict) -> None:
    empty = Scalar(channel="H1_intensity", quantity=None)
    assert verdict("H1", lamps(H1=None, scalars={"H1_intensity": empty})).outcome is Outcome.INVALID


def test_lost_samples_make_every_lamp_invalid(lamps: Lamps, verdict: Verdict) -> None:
    run = lamps(dark="H1", H1=None, H4=20_000).model_copy(update={"lost": 1})
    assert [verdict(item, run).outcome for item in run.items] == [Outcome.INVALID, Outcome.INVALID]


def test_a_lamp_that_was_not_measured_is_unknown(lamps: Lamps, verdict: Verdict) -> None:
    assert verdict("H1").outcome is Outcome.UNKNOWN
    judged = verdict("H4", lamps(H4=20_000))
    assert judged.outcome is Outcome.UNKNOWN
    assert judged.reason is not None
    assert judged.reason.zh == "缺少左外灯的测量数据，请先完成该项检测。"


def test_without_a_pair_the_better_pair_gives_nothing(edited: Edited, lamps: Lamps, verdict: Verdict) -> None:
    always = parse_pack(
        edited("lamps.toml", 'auxiliary = true\napplies_if = { lamp_system = ["4"] }', "auxiliary = true")
    )
    judged = verdict("H1", lamps(H1=8_000), lamp_system="1", pack=always, **MOTORCYCLE)
    assert judged.outcome is Outcome.PASS


def test_limits_and_formula_belong_to_the_pack(edited: Edited, lamps: Lamps, verdict: Verdict) -> None:
    limit = 'quantity = "high_beam_sum"\ncomparison = "<="\nvalue = '
    less = parse_pack(edited("lamps.toml", f"{limit}430000", f"{limit}29999"))
    assert verdict("H4", lamps(H1=15_000, H4=15_000), pack=less).outcome is Outcome.FAIL
    no_rule = edited(
        "lamps.toml", 'id = "four-lamps-other-in-use"\nquantity = "high_beam"', 'id = "x"\nquantity = "high_beam_sum"'
    )
    run = lamps(H1=15_000, H2=1, H3=1, H4=15_000)
    assert verdict("H2", run, lamp_system="4", pack=parse_pack(no_rule)).outcome is Outcome.FAIL
