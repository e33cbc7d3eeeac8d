"""Brakes by Directive 2014/45/EU (standards-eu-uk, section 2.4). Certainty D throughout; 9.81 m/s2 is the design's."""

from datetime import date
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
    run_of,
    worst,
)
from tests.referee.mot_brakes import difference, efforts, first_used, weight

G = Fraction("9.81")
NEW = date(2012, 1, 1)
# Before 2012, and from 2012 on.
SERVICE = {"M1": (50, 58), "M2": (50, 50), "M3": (50, 50), "N1": (45, 50), "N2": (43, 50), "N3": (43, 50)}
PARKING = 16
IMBALANCE, IMBALANCE_DANGEROUS = 30, 50


def axle(case: Json, item: str) -> Answer:
    """Imbalance above 30 % is major, above 50 % on a steered axle dangerous; a wheel without force does not count."""
    number, vehicle = int(item[1]), case["vehicle"]
    if number > vehicle["axles"]:
        return Answer(NOT_APPLICABLE)
    try:
        left, right = efforts(run_of(case, item))
    except NoAnswerError as none:
        return none.answer
    value = difference(left, right)
    trailer = (vehicle.get("eu_category") or "")[:1] == "O"
    dangerous = not trailer and number <= (vehicle.get("steered_axles") or 1) and value > IMBALANCE_DANGEROUS
    limit = Fraction(IMBALANCE_DANGEROUS if dangerous else IMBALANCE)
    said = {"imbalance": Said(PASS, value, limit)}
    if value > IMBALANCE:
        said = {"imbalance": Said(FAIL, value, limit, "dangerous" if dangerous else "major")}
    if min(left, right) <= 0:
        said["wheel_force"] = Said(INVALID, min(left, right), Fraction(0))
    return worst(said)


def needed(value: Fraction, limit: int | None) -> Said:
    """Below the limit is major; "definitions as in GB": below half of it dangerous."""
    if limit is None:
        return Said(UNKNOWN, value)
    if value >= limit:
        return Said(PASS, value, Fraction(limit))
    half = Fraction(limit, 2)
    return Said(FAIL, value, half, "dangerous") if value < half else Said(FAIL, value, Fraction(limit), "major")


def service(case: Json, _item: str) -> Answer:
    """BV: all forces by the weight as presented; trailers have limits by type and date that the sheet does not part."""
    vehicle = case["vehicle"]
    try:
        runs = [run_of(case, f"B{number}") for number in range(1, vehicle["axles"] + 1)]
        value = 100 * sum(sum(efforts(run)) for run in runs) / (G * sum(weight(run) for run in runs))
        weakest = min(min(efforts(run)) for run in runs)
    except NoAnswerError as none:
        return none.answer
    said = {"service_efficiency": needed(value, service_limit(vehicle))}
    if weakest <= 0:
        said["wheel_force_of_all"] = Said(INVALID, weakest, Fraction(0))
    return worst(said)


def service_limit(vehicle: Json) -> int | None:
    """Return the limit by category and first registration; the date does not matter where both are one."""
    before, after = SERVICE.get(vehicle.get("eu_category") or "", (None, None))
    if before == after:
        return before
    day = first_used(vehicle)
    return None if day is None else after if day >= NEW else before


def parking(case: Json, _item: str) -> Answer:
    """B0: 16 % of the maximum mass."""
    total = case["vehicle"].get("total_mass_kg")
    try:
        left, right = efforts(run_of(case, "B0"))
    except NoAnswerError as none:
        return none.answer
    said = {} if total is None else {"parking_efficiency": needed(100 * (left + right) / (G * total), PARKING)}
    if min(left, right) <= 0:
        said["parking_wheel_force"] = Said(INVALID, min(left, right), Fraction(0))
    return worst(said) if said else Answer(UNKNOWN)
