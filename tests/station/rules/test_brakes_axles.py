"""Which axles and which vehicles the limits of the brakes are for."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from station.model.capture import Capture
from station.model.codes import AXLE_ITEMS, LOADED_AXLE_ITEMS
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict, Outcome, QuantityVerdict
from station.rules import Pack, missing_facts, plan

Verdict = Callable[..., ItemVerdict]
Brakes = Callable[..., Capture]
Car = Callable[..., Vehicle]
TODAY = date(2026, 11, 22)

BUS = {"vehicle_type": "K11", "persons": 40, "total_mass_kg": 15_000, "curb_mass_kg": 10_000}
LORRY = {"vehicle_type": "H11", "persons": 2, "total_mass_kg": 31_000, "curb_mass_kg": 12_000, "fuel": "B"}
CRANE = {"vehicle_type": "Z11", "persons": 2, "curb_mass_kg": 10_000}
TRAILER = {"vehicle_type": "B11", "persons": None, "total_mass_kg": 30_000, "curb_mass_kg": 7_000, "fuel": "Y"}
ARTICULATED = {"vehicle_type": "K24", "persons": 90, "total_mass_kg": 25_000, "curb_mass_kg": 15_000, "axles": 3}

STRONG = 40_000


def run(brakes: Brakes, item: str, **more: Any) -> Capture:
    """A run with 81.6 % and no imbalance."""
    return brakes(item, [0, STRONG], [0, STRONG], **more)


def limits(judged: ItemVerdict) -> list[tuple[str, int]]:
    return [(q.quantity, int(q.limit)) for q in judged.quantities if q.limit is not None]


FRONT, REAR = [("axle_rate", 60), ("imbalance", 24)], [("axle_rate", 50), ("imbalance", 30)]
REAR_OF_A_BUS = [("axle_rate", 40), ("imbalance", 30)]
REAR_OF_A_CAR = [("axle_rate", 20), ("imbalance", 30)]
OF_A_TRAILER = [("axle_rate", 55), ("imbalance", 30)]

POSITIONS: list[tuple[dict[str, Any], list[list[tuple[str, int]]]]] = [
    ({"axles": 1}, [FRONT]),
    ({"axles": 2}, [FRONT, REAR_OF_A_CAR]),
    # Four-wheel steering does not make a rear axle a front axle.
    ({"axles": 2, "steered_axles": 2}, [FRONT, REAR_OF_A_CAR]),
    ({"axles": 3, "steered_axles": 1}, [FRONT, REAR_OF_A_CAR, REAR_OF_A_CAR]),
    ({**BUS, "axles": 3, "steered_axles": 1}, [FRONT, REAR_OF_A_BUS, REAR_OF_A_BUS]),
    ({**LORRY, "axles": 3, "steered_axles": 1}, [FRONT, REAR, REAR]),
    ({**LORRY, "axles": 3, "steered_axles": 2}, [FRONT, FRONT, REAR]),
    ({**LORRY, "axles": 4, "steered_axles": 2}, [FRONT, FRONT, REAR, REAR]),
    ({**LORRY, "axles": 5, "steered_axles": 2}, [FRONT, FRONT, REAR, REAR, REAR]),
    ({**LORRY, "axles": 5, "steered_axles": 3}, [FRONT, FRONT, REAR, REAR, REAR]),
    ({**TRAILER, "axles": 1}, [OF_A_TRAILER]),
    ({**TRAILER, "axles": 2}, [OF_A_TRAILER] * 2),
    ({**TRAILER, "axles": 3}, [OF_A_TRAILER] * 3),
    ({**TRAILER, "axles": 3, "steered_axles": 2}, [OF_A_TRAILER] * 3),
    ({**TRAILER, "vehicle_type": "G11", "axles": 4}, [OF_A_TRAILER] * 4),
]


@pytest.mark.parametrize(("facts", "expected"), POSITIONS)
def test_front_and_rear_axles(
    facts: dict[str, Any], expected: list[list[tuple[str, int]]], brakes: Brakes, verdict: Verdict
) -> None:
    items = [f"B{number}" for number in range(1, facts["axles"] + 1)]
    judged = [verdict(item, run(brakes, item), **facts) for item in items]
    assert [limits(one) for one in judged] == expected
    assert {one.outcome for one in judged} == {Outcome.PASS}
    no_more = [item for item in AXLE_ITEMS if item not in items]
    assert {verdict(item, **facts).outcome for item in no_more} <= {Outcome.NOT_APPLICABLE}


@pytest.mark.parametrize("item", ["B1", "B2", "B3"])
def test_without_the_steered_axles_a_long_vehicle_is_unknown(item: str, brakes: Brakes, verdict: Verdict) -> None:
    judged = verdict(item, run(brakes, item), **LORRY, axles=3)
    assert judged.outcome is Outcome.UNKNOWN
    assert judged.reason is not None
    assert "缺少转向轴数" in judged.reason.zh
    assert [q.outcome for q in judged.quantities] == [Outcome.UNKNOWN]


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({**LORRY, "axles": 3}, ("steered_axles",)),
        ({**LORRY, "axles": 3, "steered_axles": 1}, ()),
        ({**LORRY, "axles": 2}, ()),
        ({**TRAILER, "axles": 3}, ()),
        ({**CRANE, "total_mass_kg": 12_000, "curb_mass_kg": None}, ("curb_mass_kg",)),
    ],
)
def test_the_desk_asks_for_what_places_the_axles(
    facts: dict[str, Any], missing: tuple[str, ...], pack: Pack, car: Car
) -> None:
    asked = set(missing_facts(pack, car(**facts), "in_use"))
    assert asked & {"steered_axles", "total_mass_kg", "curb_mass_kg", "persons"} == set(missing)


CLASSES: list[tuple[dict[str, Any], str, list[tuple[str, int]]]] = [
    ({"vehicle_type": "K21", "persons": 9, "total_mass_kg": 3501}, "B2", REAR_OF_A_CAR),
    ({"vehicle_type": "K21", "persons": 10, "total_mass_kg": 3501}, "B2", REAR_OF_A_BUS),
    ({"vehicle_type": "K21", "persons": 10, "total_mass_kg": 3500}, "B2", REAR_OF_A_CAR),
    ({"vehicle_type": "H21", "total_mass_kg": 3500}, "B2", REAR_OF_A_CAR),
    ({"vehicle_type": "H21", "total_mass_kg": 3501}, "B2", REAR),
    ({"vehicle_type": "Q11", "total_mass_kg": 3501}, "B2", REAR),
    ({**CRANE, "total_mass_kg": 3500}, "B2", REAR_OF_A_CAR),
    ({**CRANE, "total_mass_kg": 12_000}, "B2", REAR),
    ({**CRANE, "total_mass_kg": 12_001}, "B2", REAR),
    ({**CRANE, "total_mass_kg": 12_000}, "BV", [("vehicle_rate", 50)]),
    ({**CRANE, "total_mass_kg": 12_001}, "BV", [("vehicle_rate", 60)]),
    ({**LORRY, "total_mass_kg": 12_000}, "BV", [("vehicle_rate", 60)]),
    ({**ARTICULATED, "axles": 2}, "BV", [("vehicle_rate", 55)]),
    ({**ARTICULATED, "vehicle_type": "K14", "axles": 2}, "BV", [("vehicle_rate", 55)]),
    (ARTICULATED, "B1", [("imbalance", 24)]),
]


@pytest.mark.parametrize(("facts", "item", "expected"), CLASSES)
def test_classes_of_vehicles_at_their_bounds(
    facts: dict[str, Any], item: str, expected: list[tuple[str, int]], brakes: Brakes, verdict: Verdict
) -> None:
    judged = verdict(item, run(brakes, "B1"), run(brakes, "B2"), **facts)
    assert limits(judged) == expected


def test_what_is_special_is_less_certain(brakes: Brakes, verdict: Verdict) -> None:
    def whole(total_mass_kg: int) -> QuantityVerdict:
        runs = run(brakes, "B1"), run(brakes, "B2")
        return verdict("BV", *runs, **CRANE, total_mass_kg=total_mass_kg).quantities[0]

    assert [whole(mass).certainty for mass in (12_000, 12_001)] == ["C", "B"]


@pytest.mark.parametrize("item", ["B2", "B3"])
def test_the_middle_of_an_articulated_bus_is_open(item: str, brakes: Brakes, verdict: Verdict) -> None:
    judged = verdict(item, run(brakes, item), **ARTICULATED)
    assert (judged.outcome, judged.quantities) == (Outcome.UNKNOWN, ())
    assert judged.reason is not None
    assert judged.reason.zh == "缺少车轴的前后位置，无法判定，请在登录窗口补录。"


def test_the_whole_of_a_long_vehicle_is_over_all_its_axles(brakes: Brakes, verdict: Verdict) -> None:
    # 2000, 2000, 3000 and 3000 kg: 980,000 raw are 100 %.
    loads = {1: 1000, 2: 1000, 3: 1500, 4: 1500}
    runs = [brakes(f"B{n}", [0, 60_000], [40_000 + n, 0], load=(kg, kg)) for n, kg in loads.items()]
    judged = verdict("BV", *runs, **LORRY, axles=4, steered_axles=2)
    (found,) = judged.quantities
    assert found.unrounded == Decimal(400_010) / Decimal(9800)
    assert judged.runs == ("run-B1", "run-B2", "run-B3", "run-B4")
    assert found.decided_by.count(";") == 3


PARKING: list[tuple[tuple[int, ...], list[str]]] = [
    ((2,), ["B0"]),
    ((2, 3), ["B02", "B03"]),
    ((3, 4), ["B03", "B04"]),
    ((1, 2, 3, 4), ["B01", "B02", "B03", "B04"]),
]


@pytest.mark.parametrize(("axles", "items"), PARKING)
def test_parking_brakes_of_several_axles_add_up(
    axles: tuple[int, ...], items: list[str], brakes: Brakes, verdict: Verdict
) -> None:
    # Four axles of 1000 kg: 392,000 raw are 100 %, 78,400 are 20 %.
    facts = {**LORRY, "axles": 4, "steered_axles": 2, "parking_axles": axles}
    service = [brakes(f"B{n}", [1], [1]) for n in range(1, 5)]
    for total, expected in ((78_400, "pass"), (78_401, "pass"), (78_399, "fail")):
        share, rest = divmod(total, len(items))
        parking = [brakes(item, [1000], [share - 1000]) for item in items[1:]]
        first = brakes(items[0], [1000], [share + rest - 1000])
        judged = verdict("B0", first, *parking, *service, **facts)
        assert judged.outcome == expected
        assert [run in judged.runs for run in (f"run-{item}" for item in items)] == [True] * len(items)
        assert judged.quantities[0].decided_by.count(";") == len(items) - 1
    one_short = verdict("B0", *service, *(brakes(item, [9], [9]) for item in items[1:]), **facts)
    assert one_short.outcome is Outcome.UNKNOWN
    assert one_short.reason is not None
    named = "驻车制动" if len(axles) == 1 else f"第 {axles[0]} 轴驻车制动"
    assert one_short.reason.zh.startswith(f"缺少{named}的测量数据")


@pytest.mark.parametrize(
    ("total", "curb", "limit"), [(12_000, 10_000, 20), (11_999, 10_000, 15), (12_001, 10_000, 20), (None, 10_000, 20)]
)
def test_the_parking_brake_of_a_vehicle_that_carries_little(
    total: int | None, curb: int, limit: int, brakes: Brakes, verdict: Verdict
) -> None:
    runs = run(brakes, "B1"), run(brakes, "B2"), run(brakes, "B0")
    judged = verdict("B0", *runs, total_mass_kg=total, curb_mass_kg=curb)
    assert limits(judged) == [("parking_rate", limit)]


def test_a_parking_brake_of_which_nobody_said_how_it_works_is_unknown(brakes: Brakes, verdict: Verdict) -> None:
    runs = run(brakes, "B1"), run(brakes, "B2"), run(brakes, "B0")
    judged = verdict("B0", *runs, electronic_parking_brake=None)
    assert (judged.outcome, judged.quantities) == (Outcome.UNKNOWN, ())
    assert judged.reason is not None
    assert "是否电子驻车" in judged.reason.zh


@pytest.mark.parametrize("facts", [{"electronic_parking_brake": True}, TRAILER, {"vehicle_type": "M21"}])
def test_no_parking_brake_is_measured_where_there_is_none(
    facts: dict[str, Any], brakes: Brakes, verdict: Verdict
) -> None:
    runs = run(brakes, "B1"), run(brakes, "B2"), brakes("B0", [1], [1])
    assert verdict("B0", *runs, **facts).outcome is Outcome.NOT_APPLICABLE


LOADED: list[tuple[dict[str, Any], str]] = [
    ({**LORRY, "axles": 2}, ""),
    ({**LORRY, "axles": 3, "steered_axles": 1}, "L2"),
    ({**LORRY, "axles": 4, "steered_axles": 2}, "L2 L3"),
    ({**LORRY, "axles": 5, "steered_axles": 2}, "L2 L3 L4"),
    ({**TRAILER, "axles": 2}, ""),
    ({**TRAILER, "axles": 3}, "L2"),
    ({**TRAILER, "vehicle_type": "G11", "axles": 4}, "L2 L3"),
    ({**BUS, "axles": 3, "steered_axles": 1}, ""),
    ({**CRANE, "total_mass_kg": 20_000, "axles": 3, "steered_axles": 1}, ""),
    ({"axles": 3}, ""),
]


@pytest.mark.parametrize(("facts", "items"), LOADED)
def test_loaded_are_all_axles_but_the_first_and_the_last(
    facts: dict[str, Any], items: str, pack: Pack, car: Car
) -> None:
    planned = plan(pack, car(**facts), "in_use", TODAY)
    assert [item for item in planned if item in LOADED_AXLE_ITEMS] == items.split()
    assert [item for item in planned if item in AXLE_ITEMS] == [f"B{n + 1}" for n in range(facts["axles"])]
