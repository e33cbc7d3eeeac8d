"""Random cases of the Chinese pack: double idle, free acceleration, lug-down, side slip."""

from typing import Any

from tests.referee.answer import Json
from tests.referee.cn_cases import case, vehicle
from tests.referee.generator import Dice, number

GASES = {"co": ("% vol", 3), "hc": ("ppm", 1), "co2": ("% vol", 3), "lambda": ("1", 4)}


def window(dice: Dice, count: int, mean: int) -> list[int]:
    """Return samples whose mean is exactly this, and none of which is negative."""
    values = []
    for _ in range(count // 2):
        spread = dice.randint(0, max(0, mean))
        values += [mean - spread, mean + spread]
    return values + [mean] * (count % 2)


def exhaust(dice: Dice) -> tuple[Json, str]:
    """Make a case of the double idle test: few samples, each of several seconds."""
    facts = vehicle(dice)
    facts["fuel"] = dice.one_of("AAAAAAEFBC")
    facts["closed_loop_catalyst"] = dice.one_of((True, True, True, False))
    facts["total_mass_kg"] = dice.near((3500,), 600, 30000)
    count, lead = dice.randint(3, 6), dice.randint(0, 2)
    settle = dice.randint(0, 2)
    period = dice.near((30000 // count,), 29000 // count, 60000 // count) if dice.chance(20) else 30000 // count + 1
    marks = {"high_idle_average": lead, "high_idle_end": lead + count}
    marks |= {"idle_average": lead + count + settle, "idle_end": lead + 2 * count + settle}
    curves = {name: gas(dice, name, (lead, count, settle)) for name in GASES}
    middle = 2500 if facts["total_mass_kg"] <= 3500 else 1800
    if dice.chance(10):
        middle = 4300 - middle
    speeds = [middle + dice.one_of((0, 0, 0, 0, 0, 200, -200, 201, -201)) for _ in range(count)]
    speeds = [700] * lead + speeds + [800] * (settle + count)
    curves["engine_speed"] = {"unit": "1/min", "values": speeds}
    if dice.chance(90):
        oil = dice.one_of((85, 85, 90, 80, 80, 79.9))
        curves["oil_temperature"] = {"unit": "degC", "values": [oil] * len(speeds)}
    run = {"period_ms": period, "curves": curves, "marks": marks, "values": {}}
    if dice.chance(3):
        run = spoil_exhaust(dice, run)
    made = case(facts, {"PF": run}, dice, dice.day(("2019-05-01", "2021-01-01"), "2021-01-02", "2027-01-01"))
    made["settings"] = {"limit_set": dice.one_of("aab")}
    return made, "PF"


def gas(dice: Dice, name: str, shape: tuple[int, int, int]) -> Json:
    """Return one gas whose means in both windows are at a limit or beside it."""
    limits = {"co": (300, 600, 400), "hc": (500, 300, 800, 400), "co2": (6000, 5700, 14000), "lambda": (9500, 10500)}
    lead, count, settle = shape
    unit, digits = GASES[name]
    low = dice.chance(50)
    means = [
        max(0, dice.near(limits[name], 0, 2 * limits[name][0]) - (low and name in ("co", "hc")) * 250) for _ in "12"
    ]
    if name in ("co2", "lambda") and low:
        means = [14000 if name == "co2" else 10000] * 2
    noise = [dice.randint(0, 20000) for _ in range(lead + settle)]
    values = noise[:lead] + window(dice, count, means[0]) + noise[lead:] + window(dice, count, means[1])
    return {"unit": unit, "values": [number(value, digits) for value in values]}


def spoil_exhaust(dice: Dice, run: dict[str, Any]) -> dict[str, Any]:
    """Return a run with one thing wrong in it."""
    name = dice.one_of(sorted(run["curves"]))
    values = run["curves"][name]["values"]
    what = dice.randrange(4)
    if what == 0:
        values[dice.randrange(len(values))] = None
    elif what == 1:
        run["lost"] = 1
    elif what == 2:
        run["marks"].pop(dice.one_of(sorted(run["marks"])))
    elif name != "oil_temperature":
        run["curves"].pop(name)
    return run


def smoke(dice: Dice) -> tuple[Json, str]:
    """Make a case of the free acceleration test; the engine always reaches its rated speed."""
    facts = vehicle(dice)
    facts |= {"fuel": dice.one_of("BBBBBBBA"), "rated_speed_per_min": 3000}
    count = dice.one_of((2, 3, 3, 3, 3, 4, 5))
    limit = dice.one_of((1200, 700))
    total = 3 * limit + dice.one_of((0, 0, 1, -1, 3, -3, dice.randint(-600, 600)))
    first, second = dice.randint(0, total // 2), dice.randint(0, total // 2)
    if dice.chance(50):
        first, second = total // 3 + dice.randint(-100, 100), total // 3 + dice.randint(-100, 100)
    peaks = [dice.randint(0, 4000) for _ in range(count)][:-3] + [first, second, total - first - second][-count:]
    values: list[Any] = []
    marks = {}
    for n, peak in enumerate(peaks, 1):
        values += [dice.randint(0, 5000) for _ in range(dice.randint(0, 2))]
        part = [dice.randint(0, peak) for _ in range(dice.randint(0, 3))] + [peak]
        marks[f"acceleration_{n}"] = len(values)
        marks[f"acceleration_{n}_end"] = len(values) + len(part)
        values += part
    values.append(dice.randint(0, 5000))
    ks: list[Any] = [number(value, 3) for value in values]
    if dice.chance(2):
        ks[dice.randrange(len(ks))] = None
    curves = {
        "k": {"unit": "1/m", "values": ks},
        "engine_speed": {"unit": "1/min", "values": [3000] * len(ks)},
        "oil_temperature": {"unit": "degC", "values": [85] * len(ks)},
    }
    run = {"period_ms": 50, "curves": curves, "marks": marks, "values": {}, "lost": dice.one_of((0,) * 30 + (1,))}
    made = case(facts, {"FA": run}, dice, dice.day(("2019-05-01", "2021-01-01"), "2021-01-02", "2027-01-01"))
    made["settings"] = {"limit_set": dice.one_of("aab")}
    return made, "FA"


def lug_down(dice: Dice) -> tuple[Json, str]:
    """Make a case of the lug-down test; a sample is half a second or more."""
    facts = vehicle(dice)
    rated = dice.randint(30, 400)
    facts |= {"fuel": dice.one_of("BBBBBBBBA"), "rated_speed_per_min": 3000, "rated_power_kw": rated}
    facts |= {"full_time_four_wheel_drive": False, "traction_control_always_on": False}
    altitude = dice.near((1500, 2500, 4500), 0, 5500)
    seconds = dice.one_of((5, 9))
    limit_set, period = dice.one_of("aab"), dice.one_of((500, 1000))
    length = (3 + seconds) * 1000 // period + dice.one_of((0, 0, 0, 1, 3, -1) if dice.chance(20) else (0, 1, 2))
    gap = dice.randint(0, 2)
    marks = {"lug_down": 0, "point_100": gap, "point_100_end": gap + length}
    marks |= {"point_80": 2 * gap + length, "point_80_end": 2 * gap + 2 * length, "lug_down_end": 2 * gap + 2 * length}
    smoke_limit = (120000 if limit_set == "a" else 70000) + min(75000, max(0, altitude - 1500) * 25)
    curves = {
        "k": ("1/m", 5, smoke_limit),
        "no": ("ppm", 1, dice.one_of((15000, 12000, 9000))),
        "no2": ("ppm", 1, 0),
        "engine_speed": ("1/min", 0, 0),
    }
    made = {
        name: lug_curve(dice, unit, digits, limit, marks, (period, seconds))
        for name, (unit, digits, limit) in curves.items()
    }
    values = {
        "max_wheel_power": {"unit": "kW", "value": number(rated * 400 + dice.one_of((0, 1, -1, 9000)), 3)},
        "roller_speed_at_max_power": {"unit": "km/h", "value": number(dice.near((1000,), 500, 1000), 1)},
        "ambient_temperature": {"unit": "degC", "value": number(dice.near((450,), 0, 440), 1)},
    }
    if dice.chance(3):
        values.pop(dice.one_of(sorted(values)))
    if dice.chance(3):
        facts.pop("rated_power_kw")
    run = {"period_ms": period, "curves": made, "marks": marks, "values": values, "lost": dice.one_of((0,) * 40 + (1,))}
    days = ("2020-07-01", "2019-05-01", "2021-01-01", "2024-06-01")
    found = case(facts, {"LD": run}, dice, dice.day(days, "2019-05-01", "2027-01-01"))
    method = "free_acceleration" if dice.chance(3) else "lug_down"
    found["settings"] = {"limit_set": limit_set, "diesel_method": method, "lug_down_mean": str(seconds)}
    found["circumstances"] = {} if dice.chance(3) else {"altitude_m": altitude}
    return found, "LD"


def lug_curve(dice: Dice, unit: str, digits: int, limit: int, marks: dict[str, int], timing: tuple[int, int]) -> Json:
    """Return one channel whose means in both windows are at a limit, beside it, or far below; noise elsewhere."""
    period, seconds = timing
    count = seconds * 1000 // period
    values = [dice.randint(0, 3 * limit + 10) for _ in range(marks["lug_down_end"])]
    for point in ("point_100", "point_80"):
        mean = limit + dice.one_of((0, 0, 1, -1, -limit // 2, -limit // 3)) if limit else 0
        first = marks[point] + 3000 // period
        values[first : first + count] = window(dice, count, mean)[: max(0, len(values) - first)]
    return {"unit": unit, "values": [number(value, digits) for value in values]}


def side_slip(dice: Dice) -> tuple[Json, str]:
    """Make a case of the side slip of the first axle."""
    facts = vehicle(dice)
    facts["front_suspension"] = dice.one_of(("dependent",) * 8 + ("independent",))
    if facts["vehicle_type"][0] in "MN":
        facts["steered_axles"] = 1
    if dice.chance(3):
        facts.pop("front_suspension")
    hundredths = dice.one_of((1, -1)) * max(0, dice.near((500, 1000), 0, 1500))
    run: dict[str, Any] = {"values": {"slip_axle_1": {"unit": "m/km", "value": number(hundredths, 2)}}}
    if dice.chance(3):
        run["values"]["slip_axle_1"]["value"] = None
    return case(facts, {} if dice.chance(1) else {"A1": run}, dice), "A1"


def short_transient(dice: Dice) -> tuple[Json, str]:
    """Make a case of the short transient test: few samples, each of many seconds."""
    facts = vehicle(dice)
    facts |= {"vehicle_type": dice.one_of(("K31", "K33", "K41", "H31")), "fuel": dice.one_of("AAAAAAAAB")}
    facts |= {"full_time_four_wheel_drive": False, "traction_control_always_on": False, "closed_loop_catalyst": True}
    facts["total_mass_kg"] = dice.randint(800, 3500)
    count = dice.randint(5, 20)
    speed = 9 * dice.randint(1, 20)
    limits = dice.one_of(((80, 16, 13), (50, 10, 7)))
    curves: dict[str, Any] = {"speed": {"unit": "km/h", "values": window(dice, count, speed)}}
    for gas, limit in zip(("co", "hc", "nox"), limits, strict=True):
        # A limit in 0.1 g/km at a speed in km/h is a rate in mg/s times 36; of nine km/h this is whole.
        rate = limit * speed * 1000 // 36 + dice.one_of((0, 0, 1, -1, -dice.randint(0, 2_000)))
        curves[f"{gas}_rate"] = {"unit": "mg/s", "values": [number(v, 3) for v in window(dice, count, rate)]}
    period = 195_000 // count + dice.one_of((1, 1, 1, 1, 0, -50))
    run = {"period_ms": period, "curves": curves, "marks": {"cycle": 0, "cycle_end": count}, "values": {}}
    if dice.chance(3):
        curves["co_rate"]["values"][0] = None
    made = case(facts, {"VM": run}, dice)
    made["settings"] = {
        "limit_set": dice.one_of("aab"),
        "petrol_method": dice.one_of(("short_transient",) * 20 + ("asm",)),
    }
    return made, "VM"


def road(dice: Dice) -> tuple[Json, str]:
    """Make a case of the brakes on the road."""
    facts = vehicle(dice)
    facts |= {"full_time_four_wheel_drive": not dice.chance(3), "traction_control_always_on": False}
    values = {
        "initial_speed": ("km/h", number(dice.near((500, 300), 250, 600), 1)),
        "mfdd": ("m/s2", number(dice.near((620, 560, 540), 400, 800), 2)),
        "distance": ("m", number(dice.near((1900, 2100, 900), 500, 2500), 2)),
        "lane_width": ("m", number(dice.near((250, 300), 180, 310), 2)),
    }
    there = {name: {"unit": unit, "value": value} for name, (unit, value) in values.items() if not dice.chance(3)}
    made = case(facts, {"R1": {"values": there}}, dice)
    made["settings"] = {"four_wheel_drive_brakes": dice.one_of(("road",) * 20 + ("plate",))}
    return made, "R1"


ASM_LIMITS = {"a": (500, 900, 7000), "b": (350, 470, 4200)}


def steady_state(dice: Dice) -> tuple[Json, str]:
    """Make a case of the steady-state test: samples of 2.5 or 5 s, a level of smoke in each stage, a better while."""
    facts = vehicle(dice)
    facts |= {"vehicle_type": dice.one_of(("K31", "K33", "K41", "H31")), "fuel": dice.one_of("AAAAAAAAAEFB")}
    facts |= {"full_time_four_wheel_drive": False, "traction_control_always_on": False, "closed_loop_catalyst": True}
    facts["total_mass_kg"] = dice.randint(800, 3500)
    period, limit_set = dice.one_of((2500, 5000, 5000, 5000)), dice.one_of("aab")
    length = 90_000 // period
    marks = {"stable_5025": 1, "end_5025": 1 + length, "stable_2540": 3 + length, "end_2540": 3 + 2 * length}
    count = 4 + 2 * length
    carbon = [dice.randint(9000, 15000) for _ in range(count)]
    curves: dict[str, list[int]] = {"co2": carbon, "co": [], "hc": [], "no": []}
    level = dice.one_of((20, 45, 48, 90, 95, 100, 110, 300, 470))
    dip, width = dice.randint(0, count), dice.randint(1, 12)
    for at in range(count):
        share = level if not dip <= at < dip + width else dice.one_of((10, 40, 60))
        for gas, limit in zip(("co", "hc", "no"), ASM_LIMITS[limit_set], strict=True):
            curves[gas].append(limit * share * carbon[at] // 1_600_000 + dice.randint(0, 5))
    units = {"co2": ("% vol", 3), "co": ("% vol", 3), "hc": ("ppm", 1), "no": ("ppm", 1)}
    made: dict[str, Any] = {
        gas: {"unit": units[gas][0], "values": [number(v, units[gas][1]) for v in values]}
        for gas, values in curves.items()
    }
    made["o2"] = {"unit": "% vol", "values": [0.4] * count}
    speeds = [25 if at < marks["end_5025"] else 40 for at in range(count)]
    made["speed"] = {"unit": "km/h", "values": speeds}
    weather = {"temperature": ("degC", dice.near((300,), -50, 400), 1), "humidity": ("%", dice.randint(100, 950), 1)}
    weather["pressure"] = ("kPa", dice.randint(800, 1040), 1)
    values = {f"ambient_{name}": {"unit": u, "value": number(v, d)} for name, (u, v, d) in weather.items()}
    if dice.chance(2):
        values.pop(dice.one_of(sorted(values)))
    found = case(facts, {"WT": {"period_ms": period, "curves": made, "marks": marks, "values": values}}, dice)
    found["settings"] = {"limit_set": limit_set, "petrol_method": dice.one_of(("asm",) * 20 + ("double_idle",))}
    return found, "WT"
