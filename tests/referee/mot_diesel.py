"""Diesel smoke in the MOT test (standards-eu-uk, section 5). Certainty: A; the 0.05 added to a plate value: C."""

from datetime import date
from fractions import Fraction
from typing import Any

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
    exact,
    run_of,
    samples,
    worst,
)
from tests.referee.cn_diesel import highest
from tests.referee.mot_brakes import first_used

VISUAL_ONLY, MIDDLE, NEW = date(1980, 1, 1), date(2008, 7, 1), date(2014, 1, 1)
PLATE_PLUS = Fraction("0.05")
FIRST_SHARE, MOST, MEAN_OF = 60, 6, 3


def limit_of(vehicle: Json) -> Fraction | None:
    """Return the limit in 1/m: the plate's first, else by the day of first use; None where a fact is missing."""
    plate, day = vehicle.get("smoke_plate_per_m"), first_used(vehicle)
    if plate is not None:
        return exact(plate) + PLATE_PLUS
    if day is None:
        return None
    if day >= MIDDLE:
        return Fraction("0.7") if day >= NEW else Fraction("1.5")
    turbo = vehicle.get("turbocharged")
    return None if turbo is None else Fraction(3) if turbo else Fraction("2.5")


def smoke(case: Json, item: str) -> Answer:
    """FA: one acceleration is enough where it stays at 60 % of the limit; else three consecutive ones of up to six."""
    vehicle = case["vehicle"]
    day = first_used(vehicle)
    if vehicle["fuel"] != "B":
        return Answer(NOT_APPLICABLE)
    if vehicle.get("smoke_plate_per_m") is None and day is not None and day < VISUAL_ONLY:
        return Answer(NOT_APPLICABLE)
    try:
        run, limit = run_of(case, item), limit_of(vehicle)
        if limit is None:
            return Answer(UNKNOWN)
        parts = accelerations(run)
        if run.get("lost", 0) > 0 or not parts:
            return Answer(INVALID)
        return judged(parts, limit)
    except NoAnswerError as none:
        return none.answer


def judged(parts: list[list[Any]], limit: Fraction) -> Answer:
    """Return the verdict by the first acceleration, or by the lowest mean of three consecutive ones."""
    share = 100 * highest(parts[0]) / limit
    if share <= FIRST_SHARE:
        return worst({"first_acceleration": Said(PASS, share, Fraction(FIRST_SHARE))})
    peaks = [highest(part) for part in parts[:MOST]]
    if len(peaks) < MEAN_OF:
        return Answer(INVALID)
    value = min(sum(peaks[i : i + MEAN_OF]) for i in range(len(peaks) - MEAN_OF + 1)) / MEAN_OF
    if value <= limit:
        return worst({"smoke": Said(PASS, Fraction(value), limit)})
    outcome = (
        Said(FAIL, Fraction(value), limit, "major") if len(peaks) == MOST else Said(INVALID, Fraction(value), limit)
    )
    return worst({"smoke": outcome})


def accelerations(run: Json) -> list[list[Any]]:
    """Return the samples of each acceleration that was completed."""
    curve = samples(run, "k")
    if curve is None:
        raise NoAnswerError(INVALID)
    found: list[list[Any]] = []
    while f"acceleration_{len(found) + 1}_end" in run["marks"]:
        name = f"acceleration_{len(found) + 1}"
        found.append(curve[run["marks"][name] : run["marks"][f"{name}_end"]])
    return found
