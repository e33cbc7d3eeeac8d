"""Smoke of diesel vehicles: free acceleration and lug-down (standards-cn, section 5.2). Certainty of every number: D."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.referee.answer import (
    INVALID,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Answer,
    Json,
    NoAnswer,
    Said,
    at_most,
    run_of,
    samples,
    worst,
)

IN_FORCE = date(2019, 5, 1)
FREE_ACCELERATION = {"a": "1.2", "b": "0.7"}
MEASURED = 3


def free_acceleration(case: Json, item: str) -> Answer:
    """FA: the mean of the last three measured accelerations, each by its highest smoke; a spread is only a warning."""
    if date.fromisoformat(case["on"]) < IN_FORCE:
        return Answer(UNKNOWN)
    if not in_scope(case["vehicle"]):
        return Answer(NOT_APPLICABLE)
    try:
        run = run_of(case, item)
        peaks = accelerations(run)
        if run.get("lost", 0) > 0 or len(peaks) < MEASURED:
            raise NoAnswer(INVALID)
    except NoAnswer as none:
        return none.answer
    limit = FREE_ACCELERATION[case.get("settings", {}).get("limit_set", "a")]
    spread = Said(PASS, max(peaks) - min(peaks))
    return worst({"smoke": at_most(sum(peaks, Fraction(0)) / MEASURED, limit), "smoke_spread": spread})


def in_scope(vehicle: Json) -> bool:
    """5.2: diesel vehicles; not low-speed goods vehicles (H5), not three-wheelers; what has no engine has no smoke."""
    kind = vehicle["vehicle_type"]
    return vehicle["fuel"] == "B" and kind[0] not in "BGMN" and kind[:2] != "H5"


def accelerations(run: Json) -> list[Fraction]:
    """Return the highest smoke of each of the last three accelerations that were completed."""
    smoke = samples(run, "k")
    if smoke is None:
        raise NoAnswer(INVALID)
    found, number = [], 1
    while f"acceleration_{number}_end" in run["marks"]:
        found.append(smoke[run["marks"][f"acceleration_{number}"] : run["marks"][f"acceleration_{number}_end"]])
        number += 1
    return [highest(part) for part in found[-MEASURED:]]


def highest(part: list[Decimal | None]) -> Fraction:
    """Return the highest smoke of an acceleration that has no gap."""
    counted = [k for k in part if k is not None]
    if not counted or len(counted) < len(part):
        raise NoAnswer(INVALID)
    return Fraction(max(counted))
