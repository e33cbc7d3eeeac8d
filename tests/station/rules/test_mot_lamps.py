"""Headlamp aim of the MOT test: every limit, the height at which they part, and the day on which one was widened."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from station.model.verdict import ItemVerdict, Outcome

PACK = "gb-mot-class4-2025"
Verdict = Callable[..., ItemVerdict]
Pick = Callable[[ItemVerdict, str], Any]

CAR = {"eu_category": "M1", "vehicle_type": "K33"}
VAN = {"eu_category": "N1", "vehicle_type": "H31", "total_mass_kg": 3000}
EUROPEAN, MARKED_1, MARKED_2 = "european", "british_american_1", "british_american_2"
TODAY, BEFORE, WIDENED = "2026-11-22", "2016-03-23", "2016-03-24"
LOW, HIGH = Decimal(850), Decimal("850.001")
STRAIGHT: dict[str, Any] = {"low_dx": -100, "low_dy": -150, "high_dx": -100, "high_dy": -150}


def aimed(pattern: str | None, on: str = TODAY, facts: Mapping[str, Any] = CAR, **more: Any) -> dict[str, Any]:
    """A case of both lamps, alike: offsets in mm/10m, of which 100 are one percent; the height in mm."""
    read = {"height": LOW, **STRAIGHT, **more}
    values = {
        f"{item}_{name}": {"unit": "mm" if name == "height" else "mm/10m", "value": value}
        for item in ("H1", "H4")
        for name, value in read.items()
    }
    vehicle = {"plate_type": "", "use_character": "A", "fuel": "A", "headlamp_pattern": pattern, **facts}
    return {"v": 1, "on": on, "vehicle": vehicle, "items": {"H1": {"values": values, "covers": ["H4"]}}}


class Row(NamedTuple):
    limit: str
    numbers: tuple[str, str]
    pattern: str
    channel: str
    heights: tuple[Decimal, ...]
    days: tuple[str, ...] = (TODAY, BEFORE, "2012-01-01")


ROWS = [
    Row("european-aim-until-2016", ("-2.0", "-0.5"), EUROPEAN, "low_dy", (LOW, Decimal(500)), (BEFORE, "2012-01-01")),
    Row("european-aim", ("-2.75", "-0.5"), EUROPEAN, "low_dy", (LOW, Decimal(500)), (WIDENED, TODAY)),
    Row("european-aim-high-lamp", ("-2.75", "-1.25"), EUROPEAN, "low_dy", (HIGH, Decimal(1200))),
    Row("main-beam-aim", ("-2.0", "0"), MARKED_1, "high_dy", (LOW, Decimal(500))),
    Row("main-beam-aim-high-lamp", ("-2.75", "0"), MARKED_1, "high_dy", (HIGH, Decimal(1200))),
    Row("main-beam-sideways", ("-2.0", "0"), MARKED_1, "high_dx", (LOW, HIGH)),
    Row("dipped-beam-aim", ("-2.75", "0"), MARKED_2, "low_dy", (LOW, HIGH)),
    Row("dipped-beam-sideways", ("-2.0", "0"), MARKED_2, "low_dx", (LOW, HIGH)),
]


def test_every_limit_has_its_row(limits_in: Callable[..., dict[str, Any]]) -> None:
    assert {row.limit for row in ROWS} == set(limits_in(PACK, "lamps.toml"))


@pytest.mark.parametrize("row", ROWS, ids=[row.limit for row in ROWS])
@pytest.mark.parametrize("item", ["H1", "H4"])
def test_a_limit_and_one_unit_in_the_last_place_either_side(
    row: Row, item: str, limits_in: Callable[..., dict[str, Any]], holds_at_its_edges: Callable[..., None]
) -> None:
    limit = limits_in(PACK, "lamps.toml")[row.limit]
    for day in row.days:
        for height in row.heights:

            def measured(percent: Decimal, day: str = day, height: Decimal = height) -> dict[str, Any]:
                offset = dict[str, Any]({row.channel: percent * 100})
                return aimed(row.pattern, day, height=height, **offset)

            holds_at_its_edges(PACK, limit, row.numbers, item, measured)


@pytest.mark.parametrize(("on", "outcome"), [("2011-12-31", "unknown"), ("2012-01-01", "pass")])
@pytest.mark.parametrize("pattern", [EUROPEAN, MARKED_1, MARKED_2])
def test_the_pack_begins_on_its_day(on: str, outcome: str, pattern: str, case_verdict: Verdict) -> None:
    assert case_verdict(PACK, "H1", aimed(pattern, on)).outcome == outcome


@pytest.mark.parametrize(
    ("on", "height", "outcome"),
    [(BEFORE, LOW, "fail"), (WIDENED, LOW, "pass"), (BEFORE, HIGH, "pass"), (WIDENED, HIGH, "pass")],
)
def test_the_same_lamp_on_the_day_before_and_on_the_day(
    on: str, height: Decimal, outcome: str, case_verdict: Verdict
) -> None:
    assert case_verdict(PACK, "H1", aimed(EUROPEAN, on, height=height, low_dy=-250)).outcome == outcome


def test_a_missed_limit_is_major_and_said(case_verdict: Verdict, quantity: Pick) -> None:
    judged = case_verdict(PACK, "H4", aimed(EUROPEAN, low_dy=-276))
    assert (judged.outcome, judged.severity) == (Outcome.FAIL, "major")
    found = quantity(judged, "european_aim")
    assert found.sentence.zh == "近光明暗截止线倾斜度 -2.76 %，超出 -2.75 ~ -0.50 % 范围，不合格。严重缺陷。"
    assert found.decided_by == "H4_low_dy"


@pytest.mark.parametrize("facts", [CAR, VAN, {**CAR, "eu_category": "M2", "persons": 13}])
def test_vehicles_of_class_4_have_their_headlamps_tested(facts: dict[str, Any], case_verdict: Verdict) -> None:
    assert case_verdict(PACK, "H1", aimed(MARKED_2, facts=facts)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("facts", "outcome"), [({**VAN, "total_mass_kg": 3001}, "not_applicable"), ({"vehicle_type": "K33"}, "pass")]
)
def test_others_are_not_and_an_unknown_class_is(facts: dict[str, Any], outcome: str, case_verdict: Verdict) -> None:
    assert case_verdict(PACK, "H1", aimed(EUROPEAN, facts=facts)).outcome == outcome


def test_without_a_pattern_nothing_can_be_said(case_verdict: Verdict) -> None:
    judged = case_verdict(PACK, "H1", aimed(None))
    assert judged.outcome is Outcome.UNKNOWN
    assert judged.reason is not None
    assert judged.reason.en == "Facts are missing (headlamp beam pattern); enter them at the desk."


@pytest.mark.parametrize("pattern", [EUROPEAN, MARKED_1, MARKED_2])
def test_only_the_values_of_its_pattern_count(pattern: str, case_verdict: Verdict) -> None:
    used = {EUROPEAN: {"low_dy"}, MARKED_1: {"high_dx", "high_dy"}, MARKED_2: {"low_dx", "low_dy"}}[pattern]
    unused: dict[str, Any] = dict.fromkeys(STRAIGHT.keys() - used, 9000)
    assert case_verdict(PACK, "H1", aimed(pattern, **unused)).outcome is Outcome.PASS
    for name in used:
        nothing, far_off = dict[str, Any]({name: None}), dict[str, Any]({name: 9000})
        assert case_verdict(PACK, "H1", aimed(pattern, **nothing)).outcome is Outcome.INVALID
        assert case_verdict(PACK, "H1", aimed(pattern, **far_off)).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("height", "outcome"), [(None, "invalid"), (-1, "invalid"), (0, "invalid"), (Decimal("0.001"), "pass")]
)
def test_a_lamp_without_a_height_is_invalid(height: Any, outcome: str, case_verdict: Verdict) -> None:
    assert case_verdict(PACK, "H1", aimed(EUROPEAN, height=height)).outcome == outcome
