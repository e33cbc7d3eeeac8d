"""The optional pack: speedometer, and where the headlamps point. Every limit of its files."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from station.line.packs import load_pack
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict, Outcome
from station.rules import missing_facts, plan

PACK = "cn-gb7258-optional-2017"
FILES = ("speedometer.toml", "beams.toml")
Verdict = Callable[..., ItemVerdict]

CAR = {"vehicle_type": "K33", "high_beam_adjustable": True}
FOUR = {**CAR, "lamp_system": "4"}
LORRY = {"vehicle_type": "H11", "high_beam_adjustable": True}
MOTORCYCLE = {"vehicle_type": "M21", "high_beam_adjustable": True, "lamp_system": "1"}
THREE_WHEEL = {"vehicle_type": "N11", "high_beam_adjustable": True, "lamp_system": "1"}

STRAIGHT = {"height": 700, "low_dx": 0, "low_dy": -200, "high_dx": 0, "high_dy": 0}


def vehicle_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"plate_type": "02", "use_character": "A", "fuel": "A", **facts}


def aimed(item: str, facts: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A case of one lamp; offsets in mm/10m, the height in mm, as far as they are not tables of their own."""
    units = {name: "mm" if name == "height" else "mm/10m" for name in STRAIGHT}
    read = {n: v if isinstance(v, dict) else {"unit": units[n], "value": v} for n, v in {**STRAIGHT, **more}.items()}
    run = {"values": {f"{item}_{name}": value for name, value in read.items()}}
    return {"v": 1, "on": "2026-11-22", "vehicle": vehicle_of(facts), "items": {item: run}}


def at_speed(facts: Mapping[str, Any], true_speed: Any) -> dict[str, Any]:
    run = {"values": {"true_speed": {"unit": "km/h", "value": true_speed}}}
    return {"v": 1, "on": "2026-11-22", "vehicle": vehicle_of(facts), "items": {"S1": run}}


class Row(NamedTuple):
    limit: str
    numbers: tuple[str, ...]
    items: tuple[str, ...]
    channel: str
    vehicles: tuple[Mapping[str, Any], ...] = (FOUR,)
    others: Mapping[str, Any] = {}
    each: int = 1
    """How much of the channel is one of the limit."""


OUTER, LEFT, RIGHT = ("H1", "H4"), ("H1", "H2"), ("H3", "H4")
ROWS = [
    Row("true-speed-at-40", ("32.8", "40.0"), ("S1",), "", (CAR, LORRY)),
    Row("true-speed-at-30", ("23.6", "30.0"), ("S1",), "", (MOTORCYCLE, THREE_WHEEL)),
    Row("low-beam-drop-low-lamp", ("-300", "-50"), OUTER, "low_dy", (CAR, FOUR, LORRY), {"height": 1000}),
    Row("low-beam-drop-low-lamp", ("-300", "-50"), ("H1",), "low_dy", (MOTORCYCLE,), {"height": 1}),
    Row("low-beam-drop-high-lamp", ("-350", "-100"), OUTER, "low_dy", (CAR, LORRY), {"height": Decimal("1000.001")}),
    Row("low-beam-sideways", ("-170", "350"), OUTER, "low_dx", (CAR, FOUR)),
    Row("high-beam-top", ("100",), (*LEFT, *RIGHT), "high_dy"),
    Row("high-beam-top", ("100",), ("H1",), "high_dy", (CAR, MOTORCYCLE)),
    Row("high-beam-drop", ("-0.2",), (*LEFT, *RIGHT), "high_dy", (FOUR,), {"height": 700}, 700),
    Row("high-beam-drop", ("-0.2",), OUTER, "high_dy", (LORRY,), {"height": 1200}, 1200),
    Row("high-beam-left", ("-170", "350"), LEFT, "high_dx"),
    Row("high-beam-right", ("-350", "350"), RIGHT, "high_dx"),
]


def test_every_limit_has_its_row(limits_in: Callable[..., dict[str, Any]]) -> None:
    assert {row.limit for row in ROWS} == set(limits_in(PACK, *FILES))
    assert {row.limit for row in ROWS} == {limit.id for limit in load_pack(PACK).limits}


@pytest.mark.parametrize("row", ROWS, ids=[row.limit for row in ROWS])
def test_a_limit_and_one_unit_in_the_last_place_either_side(
    row: Row, limits_in: Callable[..., dict[str, Any]], holds_at_its_edges: Callable[..., None]
) -> None:
    limit = limits_in(PACK, *FILES)[row.limit]
    for facts in row.vehicles:
        for item in row.items:

            def measured(value: Decimal, facts: Mapping[str, Any] = facts, item: str = item) -> dict[str, Any]:
                if item == "S1":
                    return at_speed(facts, value)
                return aimed(item, facts, **{**row.others, row.channel: value * row.each})

            holds_at_its_edges(PACK, limit, row.numbers, item, measured)


@pytest.mark.parametrize(("on", "outcome"), [("2017-12-31", "unknown"), ("2018-01-01", "pass")])
@pytest.mark.parametrize("item", ["S1", "H1", "H4"])
def test_the_pack_begins_on_its_day(on: str, outcome: str, item: str, case_verdict: Verdict) -> None:
    made = at_speed(CAR, 36) if item == "S1" else aimed(item, CAR)
    assert case_verdict(PACK, item, {**made, "on": on}).outcome == outcome


@pytest.mark.parametrize(
    ("facts", "items"),
    [
        (CAR, "H1 H4 S1"),
        (FOUR, "H1 H2 H3 H4 S1"),
        ({**FOUR, "high_beam_adjustable": False}, "H1 H4 S1"),
        ({**FOUR, "high_beam_adjustable": None}, "H1 H2 H3 H4 S1"),
        (MOTORCYCLE, "H1 S1"),
        ({"vehicle_type": "B11"}, ""),
    ],
)
def test_what_a_vehicle_may_have_tested(facts: dict[str, Any], items: str) -> None:
    vehicle = Vehicle.model_validate(vehicle_of(facts))
    assert " ".join(plan(load_pack(PACK), vehicle, "in_use", date(2026, 11, 22))) == items


def test_the_desk_asks_whether_the_high_beam_is_adjusted_alone() -> None:
    pack, facts = load_pack(PACK), vehicle_of({"vehicle_type": "K33"})
    assert missing_facts(pack, Vehicle.model_validate(facts), "in_use") == ("high_beam_adjustable",)
    told = Vehicle.model_validate({**facts, "high_beam_adjustable": False})
    assert missing_facts(pack, told, "in_use") == ()


def test_a_high_beam_that_is_not_adjusted_alone_is_not_judged(case_verdict: Verdict) -> None:
    facts = {**CAR, "high_beam_adjustable": False}
    judged = case_verdict(PACK, "H1", aimed("H1", facts, high_dx=9999, high_dy=-9999))
    assert (judged.outcome, [q.quantity for q in judged.quantities]) == (
        Outcome.PASS,
        ["low_beam_drop", "low_beam_sideways"],
    )
    unknown = case_verdict(PACK, "H1", aimed("H1", {**CAR, "high_beam_adjustable": None}))
    assert unknown.outcome is Outcome.UNKNOWN
    assert unknown.reason is not None
    assert unknown.reason.zh == "缺少远光灯是否可单独调整，无法判定，请在登录窗口补录。"


def test_one_lamp_has_no_sideways_limit(case_verdict: Verdict) -> None:
    alone = {**MOTORCYCLE, "high_beam_adjustable": False}
    assert case_verdict(PACK, "H1", aimed("H1", alone, low_dx=9999)).outcome is Outcome.PASS
    assert case_verdict(PACK, "H1", aimed("H1", MOTORCYCLE)).outcome is Outcome.UNKNOWN


def test_a_beam_in_words(case_verdict: Verdict) -> None:
    judged = case_verdict(PACK, "H4", aimed("H4", CAR, low_dy=-40, high_dx=351))
    said = {q.quantity: q.sentence for q in judged.quantities}
    assert said["low_beam_drop"].zh == "近光垂直偏移（上为正） -40 mm/10m，超出 -300 ~ -50 mm/10m 范围，不合格。"
    assert said["high_beam_right"].en == (
        "High beam of a right lamp, sideways offset (right positive) 351 mm/10m, outside -350 ~ 350 mm/10m: fail."
    )
    assert judged.quantities[0].decided_by == "H4_low_dy"


@pytest.mark.parametrize(
    ("channel", "value", "outcome", "zh"),
    [
        (
            "low_dy",
            {"unit": "mm/10m", "value": None},
            "invalid",
            "左外灯没有近光垂直偏移数据，请确认车辆停正、灯罩清洁后重新检测前照灯。",
        ),
        (
            "low_dx",
            {"unit": "mm/10m", "value": 0, "quality": "invalid"},
            "invalid",
            "左外灯没有近光水平偏移数据，请确认车辆停正、灯罩清洁后重新检测前照灯。",
        ),
        ("high_dx", {"unit": "mm", "value": 0}, "invalid", "左外灯的数据单位为 mm，应为 mm/10m，请检查设备配置。"),
        ("height", 0, "invalid", "左外灯没有高度数据，请确认车辆停正、灯罩清洁后重新检测前照灯。"),
        ("height", -1, "invalid", "左外灯没有高度数据，请确认车辆停正、灯罩清洁后重新检测前照灯。"),
        (
            "high_dy",
            {"unit": "mm/10m", "value": 0, "quality": "suspect"},
            "pass",
            "左外灯的远光垂直偏移数据可疑，请留意检测仪状态。",
        ),
    ],
)
def test_a_position_that_cannot_count(channel: str, value: Any, outcome: str, zh: str, case_verdict: Verdict) -> None:
    judged = case_verdict(PACK, "H1", aimed("H1", CAR, **{channel: value}))
    said = judged.warnings if judged.reason is None else (judged.reason,)
    assert (judged.outcome, [text.zh for text in said]) == (outcome, [zh])


def test_a_dark_lamp_fails(case_verdict: Verdict) -> None:
    made = aimed("H1", CAR)
    made["items"]["H1"]["marks"] = {"no_lamp_H1": 0}
    judged = case_verdict(PACK, "H1", made)
    assert (judged.outcome, judged.quantities) == (Outcome.FAIL, ())


def test_lost_samples_make_the_aim_invalid(case_verdict: Verdict) -> None:
    made = aimed("H1", CAR)
    made["items"]["H1"]["lost"] = 1
    assert case_verdict(PACK, "H1", made).outcome is Outcome.INVALID
