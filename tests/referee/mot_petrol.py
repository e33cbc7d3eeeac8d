"""Petrol emissions in the MOT test (standards-eu-uk, section 4).

Certainty: basic test A, old vehicles B, dates of the catalyst test D.

Readings are compared as the analyser shows them: CO to 0.01 %, HC to 1 ppm, lambda to 0.001; ties go up (not said).
"""

from datetime import date
from fractions import Fraction
from math import floor

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
    run_of,
    samples,
    scalar,
    worst,
)
from tests.referee.cn_petrol import mean
from tests.referee.mot_brakes import first_used

VISUAL_ONLY, OLD, CARS, OTHERS, TIGHTER = (
    date(1975, 8, 1),
    date(1986, 8, 1),
    date(1992, 8, 1),
    date(1994, 8, 1),
    date(2002, 9, 1),
)
STEPS = {"co": Fraction("0.01"), "hc": Fraction(1), "lambda": Fraction("0.001")}
LAMBDA = (Fraction("0.97"), Fraction("1.03"))
HC_OLD, HC = 1200, 200
HELD_S, RESIDUE = 5, 20
FAST_IDLE, IDLE = (2500, 3000), (450, 1500)


def shown(value: Fraction, gas: str) -> Fraction:
    """Return a reading as the analyser shows it."""
    step = STEPS[gas]
    return floor(value / step + Fraction(1, 2)) * step


def below(run: Json, gas: str, phase: tuple[int, int], limit: str | int) -> Said:
    """Judge the mean of a phase, as shown, against a maximum."""
    value = mean(run, gas, *phase)
    if shown(value, gas) <= Fraction(limit):
        return Said(PASS, value, Fraction(limit))
    return Said(FAIL, value, Fraction(limit), "major")


def excess_air(run: Json, phase: tuple[int, int]) -> Said:
    """Judge lambda at fast idle."""
    value = mean(run, "lambda", *phase)
    if LAMBDA[0] <= shown(value, "lambda") <= LAMBDA[1]:
        return Said(PASS, value, LAMBDA[1], None, LAMBDA[0])
    return Said(FAIL, value, LAMBDA[1], "major", LAMBDA[0])


def phase_of(run: Json, name: str) -> tuple[int, int]:
    """Return begin and end of a phase."""
    begin, end = run["marks"].get(f"{name}_average"), run["marks"].get(f"{name}_end")
    if begin is None or end is None:
        raise NoAnswerError(INVALID)
    return begin, end


def is_passenger_car(vehicle: Json) -> bool:
    """4: at most 5 seats beside the driver, at most 2 500 kg, not goods; what is not known is none."""
    persons, total = vehicle.get("persons"), vehicle.get("total_mass_kg")
    return vehicle.get("eu_category") == "M1" and (persons or 99) <= 6 and (total or 9999) <= 2500


def petrol(case: Json, item: str) -> Answer:
    """PF by the day of first use."""
    vehicle = case["vehicle"]
    day = first_used(vehicle)
    if vehicle["fuel"] not in "AE" or (day is not None and day < VISUAL_ONLY):
        return Answer(NOT_APPLICABLE)
    try:
        run = run_of(case, item)
        if run.get("lost", 0) > 0 or (day is None and unheld(run)):
            return Answer(INVALID)
        if day is None:
            return Answer(UNKNOWN)
        if day < (CARS if is_passenger_car(vehicle) else OTHERS):
            return old(run, day)
        return modern(run, day)
    except NoAnswerError as none:
        return none.answer


def old(run: Json, day: date) -> Answer:
    """Without a catalyst test: CO and HC at idle; where only HC fails, HC at about 2 000 1/min is enough."""
    idle = phase_of(run, "idle")
    said = {"old_idle_co": below(run, "co", idle, "4.5" if day < OLD else "3.5")}
    said["old_idle_hc"] = below(run, "hc", idle, HC_OLD)
    said |= unheld(run)
    if said["old_idle_co"].outcome == PASS and said["old_idle_hc"].outcome == FAIL:
        said["old_idle_hc"] = said["old_idle_hc"]._replace(outcome=PASS, severity=None)
        try:
            said["old_raised_hc"] = below(run, "hc", phase_of(run, "raised_idle"), HC_OLD)
        except NoAnswerError:
            return Answer(INVALID, said)
    return worst(said)


def modern(run: Json, day: date) -> Answer:
    """The basic test; where it is not met, which is no failure, the full catalyst test."""
    fast, idle = phase_of(run, "high_idle"), phase_of(run, "idle")
    said = {
        "basic_co": below(run, "co", fast, "0.2"),
        "basic_hc": below(run, "hc", fast, HC),
        "basic_lambda": excess_air(run, fast),
        "basic_idle_co": below(run, "co", idle, "0.3"),
    }
    validity = counts(run, {"high_idle": FAST_IDLE, "idle": IDLE})
    if all(q.outcome == PASS for q in said.values()):
        return worst({**said, **validity})
    said = {name: q._replace(outcome=PASS, severity=None) for name, q in said.items()}
    try:
        return worst({**said, **validity, **catalyst(run, day)})
    except NoAnswerError:
        return Answer(INVALID, {**said, **validity})


def unheld(run: Json) -> dict[str, Said]:
    """Return what spoils the reading at idle of any vehicle; the band of its speed belongs to the basic test."""
    return {name: q for name, q in counts(run, {"idle": IDLE}).items() if not name.endswith("_speed")}


def catalyst(run: Json, day: date) -> dict[str, Said]:
    """Return the full catalyst test by the default limits."""
    fast, idle = phase_of(run, "catalyst_high_idle"), phase_of(run, "catalyst_idle")
    fast_co, idle_co = ("0.3", "0.5") if day < TIGHTER else ("0.2", "0.3")
    return {
        "catalyst_co": below(run, "co", fast, fast_co),
        "catalyst_hc": below(run, "hc", fast, HC),
        "catalyst_lambda": excess_air(run, fast),
        "catalyst_idle_co": below(run, "co", idle, idle_co),
    }


def counts(run: Json, speeds: dict[str, tuple[int, int]]) -> dict[str, Said]:
    """Return what makes the measurement invalid: held less than 5 s, speed out of its band, HC left in the line."""
    said = {}
    period_s = Fraction(str(run.get("period_ms", 10))) / 1000
    for name, (low, high) in speeds.items():
        begin, end = phase_of(run, name)
        label = {"high_idle": "fast_idle", "idle": "idle"}[name]
        held = (end - begin) * period_s
        turning = [s for s in (samples(run, "engine_speed") or [])[begin:end] if s is not None]
        said[f"{label}_length"] = (held, Fraction(HELD_S), held >= HELD_S)
        said[f"{label}_lowest_speed"] = (Fraction(min(turning)), Fraction(low), min(turning) >= low)
        said[f"{label}_highest_speed"] = (Fraction(max(turning)), Fraction(high), max(turning) <= high)
    return {name: Said(INVALID, value, limit) for name, (value, limit, good) in said.items() if not good} | residue(run)


def residue(run: Json) -> dict[str, Said]:
    """Return the HC left in the sampling line before the test, where it is too much."""
    left = scalar(run, "hc_residue")
    return {} if left is None or left < RESIDUE else {"hc_residue": Said(INVALID, left, Fraction(RESIDUE))}
