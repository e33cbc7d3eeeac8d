"""By which method a petrol vehicle is tested, and the examples of each."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import station.rules
from station.model.capture import Capture
from station.model.vehicle import Vehicle
from station.model.verdict import ItemVerdict
from station.rules import Pack, judge, missing_facts, plan
from station.rules.case import Case

Car = Callable[..., Vehicle]
Verdict = Callable[..., ItemVerdict]

TODAY = date(2026, 11, 22)
EXAMPLES = Path(station.rules.__file__).parent / "examples" / "cn-gb38900-2020"
ABLE = {"full_time_four_wheel_drive": False, "traction_control_always_on": False}
LOADED = {"asm": "WT", "short_transient": "VM"}

# Facts of the vehicle, and whether it is tested on the dynamometer where the place wants that.
ON_ROLLERS: list[tuple[dict[str, Any], bool]] = [
    ({**ABLE}, True),
    ({**ABLE, "total_mass_kg": 3500}, True),
    ({**ABLE, "total_mass_kg": 3501}, False),
    ({**ABLE, "total_mass_kg": None}, True),
    ({**ABLE, "vehicle_type": "H31", "total_mass_kg": 3500}, True),
    ({**ABLE, "vehicle_type": "H21", "total_mass_kg": 3501}, False),
    ({**ABLE, "vehicle_type": "M21", "total_mass_kg": 300}, False),
    ({**ABLE, "full_time_four_wheel_drive": True}, False),
    ({**ABLE, "traction_control_always_on": True}, False),
    ({**ABLE, "fuel": "E"}, True),
    ({**ABLE, "fuel": "AO"}, True),
]


@pytest.mark.parametrize(("facts", "on_rollers"), ON_ROLLERS)
def test_the_place_and_the_vehicle_choose_the_method(
    facts: dict[str, Any], on_rollers: bool, pack: Pack, car: Car
) -> None:
    for method, loaded in LOADED.items():
        items = plan(pack.with_settings({"petrol_method": method}), car(**facts), "in_use", TODAY)
        assert {"PF", "WT", "VM"} & set(items) == ({loaded} if on_rollers else {"PF"})
    assert {"PF", "WT", "VM"} & set(plan(pack, car(**facts), "in_use", TODAY)) == {"PF"}


@pytest.mark.parametrize("fuel", ["B", "BO", "C", "D"])
def test_vehicles_without_petrol_or_gas_have_none_of_them(fuel: str, pack: Pack, car: Car) -> None:
    for method in ("double_idle", *LOADED):
        items = plan(pack.with_settings({"petrol_method": method}), car(fuel=fuel, **ABLE), "in_use", TODAY)
        assert not {"PF", "WT", "VM"} & set(items)


@pytest.mark.parametrize("fact", sorted(ABLE))
def test_what_decides_the_method_is_asked_only_where_it_does(fact: str, pack: Pack, car: Car) -> None:
    known = {name: value for name, value in ABLE.items() if name != fact}
    for method, loaded in LOADED.items():
        chosen = pack.with_settings({"petrol_method": method})
        assert fact in missing_facts(chosen, car(**known), "in_use")
        assert {"PF", loaded} <= set(plan(chosen, car(**known), "in_use", TODAY))
    assert fact not in missing_facts(pack, car(**known), "in_use")


def test_another_method_than_the_vehicle_s_is_not_applicable(verdict: Verdict, pack: Pack) -> None:
    assert verdict("WT", **ABLE).outcome == "not_applicable"
    assert verdict("PF", pack=pack.with_settings({"petrol_method": "asm"}), **ABLE).outcome == "not_applicable"


@pytest.mark.parametrize(
    ("name", "item", "rows"), [("PF", "PF", 5), ("WT", "WT", 6), ("WT-fast-check", "WT", 3), ("VM", "VM", 3),
                               ("OBD", "OBD", 4)],
)  # fmt: skip
def test_the_examples_pass(name: str, item: str, rows: int, pack: Pack) -> None:
    case = Case.model_validate(json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"), parse_float=Decimal))
    captures: dict[str, Capture] = case.captures()
    found = judge(pack.with_settings(case.settings), case.vehicle, case.category, case.on, item, captures)
    assert (found.outcome, len(found.quantities)) == ("pass", rows)
    assert item in plan(pack.with_settings(case.settings), case.vehicle, case.category, case.on)
