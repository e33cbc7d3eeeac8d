"""Double idle of petrol and gas vehicles (standards-cn, section 5.1). Certainty of every number here: D."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.referee.answer import (
    FAIL,
    INVALID,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Answer,
    Json,
    NoAnswerError,
    Said,
    at_least,
    at_most,
    run_of,
    samples,
    worst,
)

IN_FORCE = date(2019, 5, 1)
WARM_C = 80
LEAST_CARBON = 6
WINDOW_S = 30
HIGH_IDLE = {"light": (2300, 2700), "heavy": (1600, 2000)}
LAMBDA = (Fraction("0.95"), Fraction("1.05"))
# Set of limits: idle CO and HC, high idle CO and HC.
LIMITS = {"a": ("0.6", 80, "0.3", 50), "b": ("0.4", 40, "0.3", 30)}
NEVER = "BCDNPY"
GAS = "EF"


def channel(run: Json, name: str) -> list[Decimal | None]:
    """Return a curve that the test cannot do without."""
    found = samples(run, name)
    if found is None:
        raise NoAnswerError(INVALID)
    return found


def mean(run: Json, name: str, begin: int, end: int) -> Fraction:
    """Return the average of the samples of a window; its end is the first one that is not in it."""
    window = channel(run, name)[begin:end]
    counted = [sample for sample in window if sample is not None]
    if not counted or len(counted) < len(window):
        raise NoAnswerError(INVALID)
    return Fraction(sum(counted)) / len(counted)


def double_idle(case: Json, item: str) -> Answer:
    """PF: high idle with lambda, idle; and whether the measurement counts."""
    vehicle = case["vehicle"]
    if date.fromisoformat(case["on"]) < IN_FORCE:
        return Answer(UNKNOWN)
    if vehicle["fuel"] in NEVER:
        return Answer(NOT_APPLICABLE)
    try:
        run = run_of(case, item)
        marks = [run["marks"].get(m) for m in ("high_idle_average", "high_idle_end", "idle_average", "idle_end")]
        if run.get("lost", 0) > 0 or any(mark is None for mark in marks):
            raise NoAnswerError(INVALID)
        return worst({**counts(run, vehicle, marks), **judged(case, run, marks)})
    except NoAnswerError as none:
        return none.answer


def counts(run: Json, vehicle: Json, marks: list[int]) -> dict[str, Said]:
    """Return what makes the measurement invalid; nothing where it counts."""
    period_s = Fraction(str(run.get("period_ms", 10))) / 1000
    said = {}
    for name, (begin, end) in {"high_idle": marks[:2], "idle": marks[2:]}.items():
        said[f"{name}_length"] = at_least((end - begin) * period_s, WINDOW_S)
        carbon = mean(run, "co", begin, end) + mean(run, "co2", begin, end)
        said[f"{name}_dilution"] = at_least(carbon, LEAST_CARBON)
    oil = samples(run, "oil_temperature")
    if oil is not None:
        said["oil_temperature"] = at_least(Fraction(min(t for t in oil if t is not None)), WARM_C)
    said |= speed_band(run, vehicle, marks)
    return {name: q._replace(outcome=INVALID) for name, q in said.items() if q.outcome == FAIL}


def speed_band(run: Json, vehicle: Json, marks: list[int]) -> dict[str, Said]:
    """2 500 or, of heavy vehicles, 1 800, each with 200 1/min on either side, throughout the averaging."""
    measured = channel(run, "engine_speed")[marks[0] : marks[1]]
    speeds = [speed for speed in measured if speed is not None]
    if not speeds or len(speeds) < len(measured):
        raise NoAnswerError(INVALID)
    low, high = HIGH_IDLE["light" if vehicle["total_mass_kg"] <= 3500 else "heavy"]
    return {
        "high_idle_lowest_speed": at_least(Fraction(min(speeds)), low),
        "high_idle_highest_speed": at_most(Fraction(max(speeds)), high),
    }


def judged(case: Json, run: Json, marks: list[int]) -> dict[str, Said]:
    """Return the gases against their limits; HC of gas vehicles is advisory."""
    idle_co, idle_hc, high_co, high_hc = LIMITS[case.get("settings", {}).get("limit_set", "a")]
    said = {
        "high_idle_co": at_most(mean(run, "co", *marks[:2]), high_co),
        "high_idle_hc": at_most(mean(run, "hc", *marks[:2]), high_hc),
        "idle_co": at_most(mean(run, "co", *marks[2:]), idle_co),
        "idle_hc": at_most(mean(run, "hc", *marks[2:]), idle_hc),
    }
    if case["vehicle"]["fuel"] in GAS:
        said |= {name: said[name]._replace(outcome=PASS) for name in ("high_idle_hc", "idle_hc")}
    return said | excess_air(case["vehicle"], run, marks)


def excess_air(vehicle: Json, run: Json, marks: list[int]) -> dict[str, Said]:
    """Lambda at high idle, of vehicles with a closed-loop three-way catalyst."""
    catalyst = vehicle.get("closed_loop_catalyst")
    if catalyst is False:
        return {}
    value = mean(run, "lambda", *marks[:2])
    inside = PASS if LAMBDA[0] <= value <= LAMBDA[1] else UNKNOWN if catalyst is None else FAIL
    return {"high_idle_lambda": Said(inside, value, LAMBDA[1])}


CYCLE_S = 195
# CO, HC and NOx in g/km.
SHORT_TRANSIENT = {"a": ("8.0", "1.6", "1.3"), "b": ("5.0", "1.0", "0.7")}


def short_transient(case: Json, item: str) -> Answer:
    """VM: the mass of each gas over the driven distance; rates in mg/s, the speed in km/h, each sample as long."""
    vehicle, settings = case["vehicle"], case.get("settings", {})
    if date.fromisoformat(case["on"]) < IN_FORCE:
        return Answer(UNKNOWN)
    if vehicle["fuel"] in NEVER or settings.get("petrol_method") != "short_transient":
        return Answer(NOT_APPLICABLE)
    try:
        run = run_of(case, item)
        begin, end = run["marks"].get("cycle"), run["marks"].get("cycle_end")
        if run.get("lost", 0) > 0 or begin is None or end is None:
            raise NoAnswerError(INVALID)
        said = per_km(run, begin, end, SHORT_TRANSIENT[settings.get("limit_set", "a")])
    except NoAnswerError as none:
        return none.answer
    length = (end - begin) * Fraction(str(run.get("period_ms", 10))) / 1000
    short = {} if length >= CYCLE_S else {"short_transient_length": Said(INVALID, length, Fraction(CYCLE_S))}
    return worst({**said, **short})


def per_km(run: Json, begin: int, end: int, limits: tuple[str, str, str]) -> dict[str, Said]:
    """Return the gases in g/km: mean mg/s by mean km/h, times 3.6."""
    speed = mean(run, "speed", begin, end)
    if speed <= 0:
        raise NoAnswerError(INVALID)
    rates = {gas: mean(run, f"{gas}_rate", begin, end) for gas in ("co", "hc", "nox")}
    return {
        f"short_transient_{gas}": at_most(rate * Fraction("3.6") / speed, limit)
        for (gas, rate), limit in zip(rates.items(), limits, strict=True)
    }
