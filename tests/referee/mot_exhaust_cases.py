"""Random cases of the MOT test: headlamp aim, petrol, diesel smoke."""

from typing import Any

from tests.referee.answer import Json
from tests.referee.generator import Dice, number
from tests.referee.mot_cases import case, vehicle

OFFSETS = (0, -50, -125, -200, -275)


def aim(dice: Dice) -> tuple[Json, str]:
    """Make a case of one headlamp."""
    facts = vehicle(dice)
    facts["eu_category"] = "M1"
    if not dice.chance(3):
        facts["headlamp_pattern"] = dice.one_of(("european", "european", "british_american_1", "british_american_2"))
    values: dict[str, Any] = {}
    for lamp in ("H1", "H4"):
        values[f"{lamp}_height"] = {"unit": "mm", "value": dice.near((850,), 400, 1400)}
        for beam in ("low", "high"):
            values[f"{lamp}_{beam}_dy"] = {"unit": "mm/10m", "value": number(dice.near(OFFSETS_10, -3500, 500), 1)}
            values[f"{lamp}_{beam}_dx"] = {"unit": "mm/10m", "value": number(dice.near(OFFSETS_10, -3500, 500), 1)}
    if dice.chance(3):
        values.pop(dice.one_of(("H1_height", "H4_height")))
    run = {"covers": ["H4"], "values": values, "lost": dice.one_of((0,) * 40 + (1,))}
    made = case(facts, {"H1": run}, dice)
    made["on"] = dice.day(("2016-03-24",), "2016-03-20", "2027-01-01")
    return made, dice.one_of(("H1", "H4"))


OFFSETS_10 = tuple(10 * offset for offset in OFFSETS)
FIRST_USED = ("1975-08-01", "1986-08-01", "1992-08-01", "1994-08-01", "2002-09-01")
GASES = {"co": ("% vol", 3), "hc": ("ppm", 1), "lambda": ("1", 4)}


def petrol(dice: Dice) -> tuple[Json, str]:
    """Make a case of the petrol test: basic, and often the full catalyst test or HC again at a raised idle."""
    facts = vehicle(dice)
    facts |= {
        "fuel": dice.one_of("AAAAAAAEBO"),
        "first_registered": dice.day(FIRST_USED, "1970-01-01", "2026-01-01"),
        "persons": dice.near((6,), 1, 9),
        "total_mass_kg": dice.near((2500,), 700, 3500),
        "eu_category": dice.one_of(("M1", "M1", "M1", "N1")),
        "closed_loop_catalyst": True,
    }
    for name in ("persons", "total_mass_kg", "first_registered"):
        if dice.chance(3):
            del facts[name]
    phases = ["high_idle", "idle"]
    if dice.chance(60):
        phases += ["catalyst_high_idle", "catalyst_idle"]
    if dice.chance(60):
        phases.append("raised_idle")
    run = exhaust_run(dice, phases)
    return case(facts, {"PF": run}, dice), "PF"


def exhaust_run(dice: Dice, phases: list[str]) -> dict[str, Any]:
    """Return a run of some phases, each of a few samples."""
    marks: dict[str, int] = {}
    curves: dict[str, list[Any]] = {name: [] for name in (*GASES, "engine_speed")}
    count = dice.randint(3, 5)
    for phase in phases:
        marks[f"{phase}_average"] = len(curves["co"])
        for name, (_, digits) in GASES.items():
            curves[name] += [number(value, digits) for value in readings(dice, name, phase, count)]
        curves["engine_speed"] += speeds(dice, phase, count)
        marks[f"{phase}_end"] = len(curves["co"])
    units = {**{name: unit for name, (unit, _) in GASES.items()}, "engine_speed": "1/min"}
    made: dict[str, Any] = {name: {"unit": units[name], "values": values} for name, values in curves.items()}
    if dice.chance(2):
        name = dice.one_of(sorted(GASES))
        made[name]["values"][dice.randrange(len(made[name]["values"]))] = None
    period = dice.one_of((5000 // count + 1, 5000 // count, 2000))
    residue = dice.one_of((5, 5, 5, 5, 5, 19.9, 20))
    oil = {"unit": "degC", "values": [88] * len(curves["co"])}
    values = {"hc_residue": {"unit": "ppm", "value": residue}}
    return {"period_ms": period, "curves": {**made, "oil_temperature": oil}, "marks": marks, "values": values}


def readings(dice: Dice, gas: str, phase: str, count: int) -> list[int]:
    """Return readings about a mean at a limit, between two readings that the analyser can show, or anywhere."""
    limits = {
        "co": (200, 300, 500, 204, 205, 305, 3500, 4500),
        "hc": (2000, 2005, 12000, 12005),
        "lambda": (9700, 10300, 9695, 10305),
    }
    mean = dice.near(limits[gas], 0, 15000) if dice.chance(55) else {"co": 100, "hc": 500, "lambda": 10000}[gas]
    spread = dice.randint(0, mean)
    return ([mean - spread, mean + spread] * count)[: count - count % 2] + [mean] * (count % 2)


def speeds(dice: Dice, phase: str, count: int) -> list[int]:
    """Return engine speeds in the band of the phase, seldom just outside."""
    low, high = (2500, 3000) if phase.endswith("high_idle") else (450, 1500)
    if phase == "raised_idle":
        low, high = 1900, 2100
    found = [dice.randint(low, high) for _ in range(count)]
    found[0] = dice.one_of((low, high, low, high, found[0]))
    if dice.chance(3):
        found[0] = dice.one_of((low - 1, high + 1))
    return found


def smoke(dice: Dice) -> tuple[Json, str]:
    """Make a case of the free acceleration test: one to seven accelerations."""
    facts = vehicle(dice)
    facts |= {
        "fuel": dice.one_of("BBBBBBBBA"),
        "first_registered": dice.day(("1980-01-01", "2008-07-01", "2014-01-01"), "1975-01-01", "2026-01-01"),
        "turbocharged": dice.chance(50),
        "particulate_filter": False,
    }
    if dice.chance(30):
        facts["smoke_plate_per_m"] = number(dice.near((24, 65, 70, 145), 10, 350), 2)
    for name in ("turbocharged", "first_registered"):
        if dice.chance(4):
            del facts[name]
    limit = dice.one_of((700, 1500, 2500, 3000, 290))
    if "smoke_plate_per_m" in facts:
        limit = round(1000 * facts["smoke_plate_per_m"]) + 50
    count = dice.one_of((1, 2, 3, 3, 4, 5, 6, 6, 7))
    peaks = [limit * 6 // 10 + dice.one_of((0, 1, -1, 500, dice.randint(-200, 900))) for _ in range(count)]
    if count >= 3 and dice.chance(70):
        peaks = [limit + dice.randint(0, 300) for _ in range(count)]
        at = dice.randint(0, count - 3)
        first, second = limit + dice.randint(-90, 90), limit + dice.randint(-90, 90)
        peaks[at : at + 3] = [first, second, 3 * limit - first - second + dice.one_of((0, 0, 1, -1, 3))]
    return case(facts, {"FA": smoke_run(dice, [max(0, peak) for peak in peaks])}, dice), "FA"


def smoke_run(dice: Dice, peaks: list[int]) -> dict[str, Any]:
    """Return a run with these peaks in 0.001 1/m."""
    values: list[Any] = []
    marks = {}
    for n, peak in enumerate(peaks, 1):
        values += [number(dice.randint(0, 5000), 3) for _ in range(dice.randint(0, 2))]
        marks[f"acceleration_{n}"] = len(values)
        values += [number(dice.randint(0, peak), 3) for _ in range(dice.randint(0, 2))] + [number(peak, 3)]
        marks[f"acceleration_{n}_end"] = len(values)
    if dice.chance(2):
        values[dice.randrange(len(values))] = None
    curves = {
        "k": {"unit": "1/m", "values": [*values, 0]},
        "engine_speed": {"unit": "1/min", "values": [4000] * (len(values) + 1)},
        "oil_temperature": {"unit": "degC", "values": [86] * (len(values) + 1)},
    }
    return {"period_ms": 200, "curves": curves, "marks": marks, "lost": dice.one_of((0,) * 40 + (1,))}
