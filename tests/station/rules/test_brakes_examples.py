"""The examples of brake cases are judged as their names promise."""

from pathlib import Path

import pytest

import station.rules
from station.model.codes import AXLE_ITEMS, LOADED_AXLE_ITEMS
from station.rules import Pack, judge
from station.rules.case import Case

FOLDER = Path(station.rules.__file__).parent / "examples" / "cn-gb38900-2020"

EXAMPLES = {
    "B1": ["axle_rate", "imbalance"],
    "B1-plate": ["dynamic_rate", "imbalance"],
    "B1-motorcycle": ["wheel_rate"],
    "B2": ["axle_rate", "imbalance_of_load"],
    "B2-strong": ["axle_rate", "imbalance"],
    "B2-plate": ["dynamic_rate", "imbalance_of_load"],
    "B2-twin-steer": ["axle_rate", "imbalance"],
    "B3": ["axle_rate", "imbalance"],
    "B3-trailer": ["axle_rate", "imbalance"],
    "B4": ["axle_rate", "imbalance"],
    "B5": ["axle_rate", "imbalance_of_load"],
    "L2": ["loaded_rate", "loaded_imbalance_of_load"],
    "L3": ["loaded_rate", "loaded_imbalance_of_load"],
    "L4": ["loaded_rate", "loaded_imbalance"],
    "B0": ["parking_rate"],
    "B0-two-axles": ["parking_rate"],
    "BV": ["vehicle_rate"],
    "BV-special": ["vehicle_rate"],
}
LOCKED = "B1-locked"


def case(name: str) -> Case:
    return Case.model_validate_json((FOLDER / f"{name}.json").read_bytes())


@pytest.mark.parametrize(("name", "quantities"), EXAMPLES.items())
def test_an_example_passes_by_the_quantities_it_shows(name: str, quantities: list[str], pack: Pack) -> None:
    found = case(name)
    item = name.partition("-")[0]
    judged = judge(pack, found.vehicle, found.category, found.on, item, found.captures(), found.circumstances)
    assert (judged.outcome, judged.reason, judged.warnings) == ("pass", None, ())
    assert [q.quantity for q in judged.quantities] == quantities


def test_a_lock_with_too_little_force_is_the_invalid_example(pack: Pack) -> None:
    found = case(LOCKED)
    judged = judge(pack, found.vehicle, found.category, found.on, "B1", found.captures())
    assert judged.outcome == "invalid"
    assert judged.reason is not None
    assert "抱死" in judged.reason.zh


def test_every_brake_item_of_the_pack_has_an_example_and_every_example_a_test(pack: Pack) -> None:
    brakes = {*AXLE_ITEMS, *LOADED_AXLE_ITEMS, "B0", "BV"} & {item.code for item in pack.items}
    assert brakes <= EXAMPLES.keys()
    files = {path.stem for path in FOLDER.glob("*.json") if path.stem.partition("-")[0] in brakes}
    assert files == {*EXAMPLES, LOCKED}
