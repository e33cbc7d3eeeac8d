"""Random cases of the Chinese pack: vehicles, and runs of every item that the referee knows."""

from typing import Any

from tests.referee.answer import Json
from tests.referee.generator import BrakeShape, Dice, brake_run

TYPES = (
    *("K33",) * 4,
    *("K31", "K32", "K21", "K11", "K24", "K14", "K41"),
    *("H11", "H21", "H31", "H12", "H51", "Q11", "Q31"),
    *("Z11", "Z21", "Z31", "Z51", "Z71"),
    *("B11", "B12", "G11", "M21", "M22", "M11", "M12", "M13", "M15", "N11"),
)
ON = ("2021-01-01", "2024-06-01", "2026-11-22")


def vehicle(dice: Dice) -> dict[str, Any]:
    """Return a vehicle; facts that select limits are at their borders more often than not, and sometimes missing."""
    kind = dice.one_of(TYPES)
    curb = 5 * dice.randint(100, 3000)
    total = dice.one_of((dice.near((3500,), 600, 30000), curb * 6 // 5 + dice.randint(-1, 1), dice.randint(600, 30000)))
    if total < curb:  # of the two one would be a mistake
        curb = total - dice.randint(0, total // 2)
    axles = dice.one_of((2, 2, 2, 3, 4, 5)) if kind[0] in "HZQB" else 3 if kind in ("K11", "K14", "K24") else 2
    facts: dict[str, Any] = {
        "plate_type": "02",
        "vehicle_type": kind,
        "use_character": "A",
        "fuel": "B" if kind[0] in "HZQ" else "A",
        "first_registered": "2018-03-01",
        "produced": "2018-01-01",
        "total_mass_kg": total,
        "curb_mass_kg": curb,
        "persons": dice.near((9,), 1, 60) if kind[0] == "K" else dice.randint(1, 3),
        "axles": axles,
        "steered_axles": dice.one_of((1, 1, 2)),
        "electronic_parking_brake": dice.chance(5),
        "lamp_system": dice.one_of("2222441"),
        "top_speed_kmh": dice.near((70,), 30, 200),
        "front_suspension": dice.one_of(("independent", "dependent")),
    }
    for name in (
        "total_mass_kg",
        "curb_mass_kg",
        "persons",
        "steered_axles",
        "electronic_parking_brake",
        "top_speed_kmh",
    ):
        if dice.chance(4):
            del facts[name]
    return facts


def case(facts: dict[str, Any], items: Json, dice: Dice, on: str = "") -> Json:
    """Return a case on some day of the pack's."""
    category = dice.one_of(("registration", "in_use", "in_use"))
    return {"v": 1, "on": on or dice.one_of(ON), "category": category, "vehicle": facts, "items": items}


RATES = (60, 60, 50, 40, 55, 20, 45, 35, 30)
IMBALANCES = (8, 10, 20, 24, 30)


def shaped(dice: Dice, load: int, percent: int) -> BrakeShape:
    """Return forces that come to so many percent of the load, or just beside, and to an imbalance likewise."""
    total = 98 * load * percent + dice.one_of((0, 0, 1, -1, 1000, -1000, dice.randint(-300_000, 300_000)))
    total = max(total, 400)
    larger = total * dice.randint(500, 565) // 1000 // 100 * 100
    larger = max(larger, total - larger)
    wanted = dice.one_of(IMBALANCES)
    base = 98 * load if percent < 60 and dice.chance(70) else larger // 100
    difference = wanted * base + dice.one_of((0, 0, 1, -1, dice.randint(-200_000, 200_000)))
    return BrakeShape(larger, max(1, total - larger), max(0, difference))


def axle_run(dice: Dice, rates: tuple[int, ...] = RATES, alike: bool = False) -> dict[str, Any]:
    """Return one axle on the rollers; ``alike``: with the same load on both sides."""
    left = dice.randint(100, 4000)
    loads = left, left if alike else dice.randint(100, 4000)
    return brake_run(dice, shaped(dice, sum(loads), dice.one_of(rates)), loads)


def axle(dice: Dice) -> tuple[Json, str]:
    """Make a case of B1 to B5 on rollers."""
    facts = vehicle(dice)
    item = f"B{dice.randint(1, min(5, facts['axles'] + dice.chance(5)))}"
    # One side of a three-wheeler is a wheel of its own: above 200 % the engine takes it for a mix-up of units.
    run = axle_run(dice, alike=facts["vehicle_type"][0] == "N")
    if facts["vehicle_type"][0] in "MN" and dice.chance(30):
        side = dice.one_of(("left", "right"))
        run["curves"].pop(f"force_{side}", None)
        run["values"].pop(f"load_{side}", None)
    return case(facts, {} if dice.chance(1) else {item: run}, dice), item


def plate(dice: Dice) -> tuple[Json, str]:
    """Make a case of an axle on plates: the rate is near a limit by the dynamic loads, or by the static ones."""
    facts = vehicle(dice)
    while facts["vehicle_type"][0] in "MN":
        facts = vehicle(dice)
    loads = dice.randint(100, 4000), dice.randint(100, 4000)
    # Static and dynamic loads of one axle are alike; the engine takes a rate above 200 % for a mix-up of units.
    dynamic = loads[0] * dice.randint(70, 150) // 100, loads[1] * dice.randint(70, 150) // 100
    run = brake_run(dice, shaped(dice, sum(dynamic if dice.chance(60) else loads), dice.one_of(RATES)), loads)
    run["method"] = "plate"
    for side, load in zip(("left", "right"), dynamic, strict=True):
        force = run["curves"].get(f"force_{side}", {"values": [0]})["values"]
        run["curves"][f"load_{side}"] = {
            "unit": "kg",
            "values": weights(dice, force, run["marks"].get("brake", 0), load),
        }
    item = f"B{dice.randint(1, facts['axles'])}"
    return case(facts, {item: run}, dice), item


def weights(dice: Dice, force: list[Any], begin: int, load: int) -> list[Any]:
    """Return dynamic loads of one wheel: ``load`` when its force is largest, anything else otherwise."""
    counted = [-1 if f is None else f for f in force[begin:]]
    values: list[Any] = [dice.randint(50, 5000) for _ in force]
    if counted:
        values[begin + counted.index(max(counted))] = load
    if dice.chance(2):
        values[dice.randrange(len(values))] = dice.one_of((None, 0))
    return values


def loaded(dice: Dice) -> tuple[Json, str]:
    """Make a case of an axle under load."""
    facts = vehicle(dice)
    if dice.chance(85):
        facts |= {"vehicle_type": dice.one_of(("H11", "H12", "B11", "G11", "H21")), "axles": dice.one_of((3, 4, 5))}
    item = f"L{dice.randint(2, 4)}"
    run = {**axle_run(dice, (50, 50, 45, 45, 60)), "method": "loaded"}
    return case(facts, {item: run}, dice), item


def whole(dice: Dice) -> tuple[Json, str]:
    """Make a case of BV or B0: all axles, and the parking brake; both rates are of the sum of the loads."""
    facts = vehicle(dice)
    axles, item = facts["axles"], dice.one_of(("BV", "B0"))
    loads = [(dice.randint(100, 2000), dice.randint(100, 2000)) for _ in range(axles)]
    percents = [dice.randint(40, 70) for _ in range(axles)]
    total = sum(map(sum, loads))
    wanted = 98 * total * dice.one_of((60, 60, 50, 55)) + dice.one_of((0, 0, 1, -1, dice.randint(-500_000, 500_000)))
    forces = [98 * sum(load) * percent for load, percent in zip(loads, percents, strict=True)]
    forces[-1] = max(1000, wanted - sum(forces[:-1]))
    items = {
        f"B{i}": brake_run(dice, BrakeShape(force - force // 2, force // 2, 0), load)
        for i, (force, load) in enumerate(zip(forces, loads, strict=True), 1)
    }
    if facts["vehicle_type"][0] == "N" and dice.chance(50):
        side = dice.one_of(("left", "right"))
        items["B1"]["curves"].pop(f"force_{side}", None)
        items["B1"]["values"].pop(f"load_{side}", None)
    if item == "B0":
        items |= parking_runs(dice, facts, total)
    if dice.chance(15):
        items = {name: {**run, "method": "plate"} for name, run in items.items()}
    if dice.chance(1):
        items.pop(dice.one_of(sorted(items)))
    return case(facts, items, dice), item


def parking_runs(dice: Dice, facts: dict[str, Any], total: int) -> dict[str, Any]:
    """Return the parking brake of one axle, or of the two last ones where they have one each."""
    wanted = 98 * total * dice.one_of((20, 20, 15)) + dice.one_of((0, 0, 1, -1, dice.randint(-300_000, 300_000)))
    facts["parking_axles"] = [facts["axles"]]
    if facts["axles"] > 2 and dice.chance(50):
        facts["parking_axles"] = [facts["axles"] - 1, facts["axles"]]
        first = wanted // dice.randint(2, 4)
        return {f"B0{facts['axles'] - 1}": held(dice, first), f"B0{facts['axles']}": held(dice, wanted - first)}
    return {"B0": held(dice, wanted)}


def held(dice: Dice, force: int) -> dict[str, Any]:
    """Return one parking axle of a force."""
    return brake_run(dice, BrakeShape(force - force // 2, force // 2, 0), (300, 300))


CANDELAS = (8000, 6000, 5000, 10000, 18000, 15000, 15000, 12000, 12000, 4000, 3000, 2500)


def lamps(dice: Dice) -> tuple[Json, str]:
    """Make a case of one headlamp: all lamps in one run."""
    facts = vehicle(dice)
    item = dice.one_of(("H1", "H4", "H1", "H4", "H2", "H3"))
    bright = dice.chance(10)
    step = dice.one_of((1, 100))
    measured = [
        dice.near((107500, 215000), 50000, 300000) if bright else dice.near(CANDELAS, 0, 40000, step) for _ in range(4)
    ]
    if dice.chance(20):
        measured[3] = 430000 - sum(measured[:3] if facts["lamp_system"] == "4" else measured[:1]) + dice.randint(-1, 1)
    values = {
        f"H{i}_intensity": {"unit": "cd", "value": max(0, cd)} for i, cd in enumerate(measured, 1) if not dice.chance(1)
    }
    run: dict[str, Any] = {"covers": ["H2", "H3", "H4"], "values": values, "curves": {}, "marks": {}}
    if dice.chance(2):
        run["lost"] = 1
    if dice.chance(2) and values:
        values[dice.one_of(sorted(values))]["value"] = None
    return case(facts, {"H1": run}, dice), item
