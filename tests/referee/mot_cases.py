"""Random cases of the packs of Great Britain and of the European directive: brakes."""

from decimal import Decimal
from typing import Any

from tests.referee.answer import Json
from tests.referee.generator import Dice, number, spoil

BRAKES = {"B1", "B2", "B3", "B0"}
BORDERS = ("2010-09-01", "1968-01-01", "1915-01-01", "2012-01-01")


def vehicle(dice: Dice) -> dict[str, Any]:
    """Return a vehicle; a fact is missing now and then."""
    kind = dice.one_of(("M1", "M1", "M1", "N1", "M2", "M3", "N2", "O2"))
    facts: dict[str, Any] = {
        "plate_type": "",
        "vehicle_type": "K33" if kind[0] == "M" else "H31",
        "use_character": "A",
        "fuel": "A",
        "eu_category": kind,
        "first_registered": dice.day(BORDERS, "1905-01-01", "2026-01-01"),
        "total_mass_kg": dice.near((3000,), 700, 3500) if kind == "N1" else dice.randint(700, 20000),
        "persons": 5,
        "axles": dice.one_of((2, 2, 2, 3)),
        "steered_axles": dice.one_of((1, 1, 2)),
        "single_circuit_brakes": dice.chance(25),
    }
    for name in ("eu_category", "first_registered", "total_mass_kg", "steered_axles", "single_circuit_brakes"):
        if dice.chance(3):
            del facts[name]
    return facts


def run(dice: Dice, left: Decimal, right: Decimal, unit: str, loads: tuple[int, int]) -> dict[str, Any]:
    """Return a run with these largest forces, in ``unit``; before the mark there is noise that does not count."""
    steps, lead = dice.randint(2, 8), dice.randint(0, 2)
    sides = {}
    for side, most in (("left", left), ("right", right)):
        below = [dice.randint(0, int(most)) for _ in range(steps)]
        noise = [dice.randint(0, 3000) for _ in range(lead)]
        digits = max(0, -int(most.normalize().as_tuple().exponent))
        peak = number(int(most.scaleb(digits)), digits)
        sides[f"force_{side}"] = {"unit": unit, "values": [*noise, *sorted(below), peak, *below[:2]]}
    values = {
        f"load_{side}": {"unit": "kg", "value": load} for side, load in zip(("left", "right"), loads, strict=True)
    }
    made: dict[str, Any] = {"period_ms": 100, "curves": sides, "values": values, "marks": {"brake": lead, "rise": lead}}
    if dice.chance(25):
        made["end_state"] = dice.one_of(("left_locked", "right_locked", "both_locked", "timeout"))
    return spoil(dice, made) if dice.chance(4) else made


def case(facts: dict[str, Any], items: Json, dice: Dice) -> Json:
    """Return a case on a day of both editions, one in ten on plates."""
    if dice.chance(10):
        items = {name: {"method": "plate", **run} for name, run in items.items()} if items.keys() <= BRAKES else items
    return {"v": 1, "on": dice.one_of(("2025-06-01", "2026-11-22")), "vehicle": facts, "items": items}


def pair(dice: Dice) -> tuple[int, int]:
    """Return whole efforts: nothing, little, or an imbalance near 30 or 50 %."""
    larger = dice.one_of((0, dice.near((40,), 1, 60), 10 * dice.randint(4, 60), dice.randint(41, 2000)))
    percent = dice.one_of((30, 30, 50, dice.randint(0, 100)))
    smaller = larger * (100 - percent) // 100 + dice.one_of((0, 0, 1, -1))
    return larger, min(larger, max(0, smaller))


def axle(dice: Dice) -> tuple[Json, str]:
    """Make a case of one axle."""
    facts = vehicle(dice)
    efforts = pair(dice)
    left, right = efforts if dice.chance(50) else efforts[::-1]
    item = f"B{dice.randint(1, facts['axles'])}"
    made = run(dice, Decimal(left), Decimal(right), dice.one_of(("kgf", "kgf", "N")), (400, 410))
    return case(facts, {item: made}, dice), item


def service_in(limits: tuple[int, ...], unit: str, newtons: str, dice: Dice) -> tuple[Json, str]:
    """Make a case of the service brake of all axles, near a limit or near half of it."""
    facts = vehicle(dice)
    loads = [(dice.randint(100, 900), dice.randint(100, 900)) for _ in range(facts["axles"])]
    efforts = spread(dice, sum(map(sum, loads)), limits, newtons, facts["axles"])
    items = {
        f"B{i}": run(dice, *effort, unit, load) for i, (effort, load) in enumerate(zip(efforts, loads, strict=True), 1)
    }
    if dice.chance(1):
        items.pop("B1")
    return case(facts, items, dice), "BV"


def spread(dice: Dice, mass: int, limits: tuple[int, ...], newtons: str, axles: int) -> list[tuple[Decimal, Decimal]]:
    """Return forces of the wheels of all axles that come to a limit, to half of it, or just beside."""
    percent = Decimal(dice.one_of(limits)) / (2 if dice.chance(25) else 1)
    exact = Decimal(mass) * percent / 100 * Decimal(newtons)
    step = Decimal(1) if newtons == "1" else Decimal("0.001")
    total = exact.quantize(step) + step * dice.one_of((0, 0, 1, -1, 2, dice.randint(-50, 50)))
    share = max(step, (total / (2 * axles)).quantize(step) - step * dice.randint(0, 3))
    forces = [share] * (2 * axles - 1)
    forces.append(max(Decimal(0), total - sum(forces)))
    if dice.chance(3):
        forces[0] = Decimal(0)
    return [(forces[2 * i], forces[2 * i + 1]) for i in range(axles)]


def mot_service(dice: Dice) -> tuple[Json, str]:
    """Make a case of the MOT test's service brake."""
    if dice.chance(15):
        tenths = dice.near((580, 500, 290, 250, 450, 225), 0, 1000)
        value = {"efficiency": {"unit": "%", "value": number(max(0, tenths), 1)}}
        return case(vehicle(dice), {"BV": {"method": "decelerometer", "values": value}}, dice), "BV"
    return service_in((58, 58, 50, 50, 45), "kgf", "1", dice)


def eu_service(dice: Dice) -> tuple[Json, str]:
    """Make a case of the directive's service brake."""
    return service_in((58, 50, 50, 45, 43), "N", "9.81", dice)


def mot_parking(dice: Dice) -> tuple[Json, str]:
    """Make a case of the MOT test's parking brake: all axles for the weight."""
    made, _ = service_in((58,), "kgf", "1", dice)
    axles = [made["items"][name] for name in made["items"]]
    mass = sum(int(v["value"] or 1) for axle in axles for v in axle["values"].values())
    ((left, right),) = spread(dice, max(1, mass), (16, 16, 25), "1", 1)
    if dice.chance(40):
        larger, smaller = pair(dice)
        left, right = Decimal(larger), Decimal(smaller)
    made["items"]["B0"] = run(dice, left, right, "kgf", (300, 300))
    return made, "B0"


def eu_parking(dice: Dice) -> tuple[Json, str]:
    """Make a case of the directive's parking brake."""
    facts = vehicle(dice)
    ((left, right),) = spread(dice, facts.get("total_mass_kg", 1000), (16,), "9.81", 1)
    return case(facts, {"B0": run(dice, left, right, "N", (300, 300))}, dice), "B0"
