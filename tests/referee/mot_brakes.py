"""Brakes in the MOT test, class 4 (standards-eu-uk, section 2). Certainty: A, but for what the docstrings say."""

from datetime import date
from fractions import Fraction
from math import ceil, floor

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
    scalar,
    worst,
)

KGF = Fraction("9.80665")
EDITION = date(2025, 1, 1)
CAR_OF_58 = date(2010, 9, 1)
BUS_OF_50 = date(1968, 1, 1)
ANY_FIGURE = date(1915, 1, 1)
CLASS_4_GOODS_KG = 3000
CATEGORIES = ("M1", "M2", "M3", "N1")
PARKING, SINGLE_LINE, LEAST_OF_TWO_MEANS = 16, 25, 25
IMBALANCE, IMBALANCE_DANGEROUS = 30, 50
LITTLE_EFFORT_KGF = 40
SIDES = ("left", "right")


def thousandths(value: Fraction) -> Fraction:
    """2.1: ``round(..., 3)`` of the official service; the sheet does not say where a tie goes: up."""
    return Fraction(floor(value * 1000 + Fraction(1, 2)), 1000)


def efforts(run: Json) -> tuple[Fraction, Fraction]:
    """Return the largest effort of each wheel in N, from the moment at which the driver was told to brake."""
    found = []
    begin = run["marks"].get("brake")
    curves = [samples(run, f"force_{side}") for side in SIDES]
    if begin is None or run.get("lost", 0) > 0 or None in curves or len(curves[0] or ()) != len(curves[1] or ()):
        raise NoAnswerError(INVALID)
    for curve in curves:
        part = (curve or [])[begin:]
        counted = [force for force in part if force is not None]
        if not counted or len(counted) < len(part):
            raise NoAnswerError(INVALID)
        found.append(Fraction(max(counted)))
    return found[0], found[1]


def weight(run: Json) -> Fraction:
    """1: the weight that the tester shows, in kg."""
    loads = [scalar(run, f"load_{side}") for side in SIDES]
    counted = [load for load in loads if load is not None and load > 0]
    if len(counted) < 2:
        raise NoAnswerError(INVALID)
    return sum(counted, Fraction(0))


def locked_sides(run: Json) -> set[str]:
    """Return which wheels locked on the rollers; on plates none is excused."""
    if run.get("method") == "plate":
        return set()
    ends = {"left_locked": {"left"}, "right_locked": {"right"}, "both_locked": {"left", "right"}}
    return ends.get(run.get("end_state", "normal"), set())


def before_1968(said: Said, vehicle: Json) -> Said:
    """2.2: of two means of braking 30 % and 25 % are enough; whether the vehicle has two is not said here."""
    day = first_used(vehicle)
    if (
        said.outcome == FAIL
        and day is not None
        and day < BUS_OF_50
        and floor(thousandths(said.value or Fraction(0))) >= 25
    ):
        return said._replace(outcome=UNKNOWN, severity=None)
    return said


def needed(value: Fraction, limit: int | None, met_by_lock: bool = False) -> Said:
    """2.1, 2.3: an efficiency, rounded down; major below the limit, dangerous below half of it."""
    if limit is None:
        return Said(UNKNOWN, value)
    whole = floor(thousandths(value))
    half = Fraction(limit, 2)
    missed = half if whole < half else Fraction(limit)
    if met_by_lock or whole >= limit:
        return Said(PASS, value, missed)
    return Said(FAIL, value, missed, "dangerous" if whole < half else "major")


def difference(left: Fraction, right: Fraction) -> Fraction:
    """2.1: of the larger effort; of nothing on either side there is no imbalance."""
    larger = max(left, right)
    return 100 * abs(left - right) / larger if larger > 0 else Fraction(0)


def balance(run: Json, steered: bool) -> Said:
    """2.1, 2.3: rounded up; disregarded where the lower wheel locked, or the higher effort is at most 40 kgf."""
    left, right = efforts(run)
    value = difference(left, right)
    whole = ceil(thousandths(value))
    dangerous = steered and whole > IMBALANCE_DANGEROUS
    limit = Fraction(IMBALANCE_DANGEROUS if dangerous else IMBALANCE)
    lower = {side for side, effort in zip(SIDES, (left, right), strict=True) if effort == min(left, right)}
    disregarded = max(left, right) <= LITTLE_EFFORT_KGF * KGF or bool(lower & locked_sides(run))
    if whole <= IMBALANCE or disregarded:
        return Said(PASS, value, limit)
    return Said(FAIL, value, limit, "dangerous" if dangerous else "major")


def axle(case: Json, item: str) -> Answer:
    """1.2.1: each wheel records an effort (none at all: dangerous), and the two of an axle do not differ too much."""
    number, vehicle = int(item[1]), case["vehicle"]
    if number > vehicle["axles"]:
        return Answer(NOT_APPLICABLE)
    try:
        run = run_of(case, item)
        weaker = min(efforts(run))
        if class_4(vehicle) not in CATEGORIES:
            return Answer(UNKNOWN)
        recorded = Said(PASS, weaker, Fraction(0)) if weaker > 0 else Said(FAIL, weaker, Fraction(0), "dangerous")
        return worst(
            {"wheel_effort": recorded, "imbalance": balance(run, number <= (vehicle.get("steered_axles") or 1))}
        )
    except NoAnswerError as none:
        return none.answer


def first_used(vehicle: Json) -> date | None:
    """Return the date that selects almost every limit."""
    day = vehicle.get("first_registered")
    return date.fromisoformat(day) if day else None


def class_4(vehicle: Json) -> str | None:
    """1: return the EU category of a vehicle of class 4; goods vehicles only up to 3 000 kg. None: not known."""
    kind, total = vehicle.get("eu_category"), vehicle.get("total_mass_kg")
    if kind == "N1" and total is None:
        return None
    return "class 7" if kind == "N1" and (total or 0) > CLASS_4_GOODS_KG else kind


def service_limit(vehicle: Json) -> int | None:
    """2.2: cars by 1 September 2010, buses by 1968, vans 50; before 1915 no figure."""
    kind, day = class_4(vehicle), first_used(vehicle)
    if day is None or day < ANY_FIGURE:
        return None
    if kind == "M1":
        return 58 if day >= CAR_OF_58 else 50
    if kind in ("M2", "M3"):
        return 50 if day >= BUS_OF_50 else 45
    return 50 if kind == "N1" else None


def parking_limit(vehicle: Json) -> int | None:
    """2.2: 16, or 25 on a single line; no figure before 1915, nor for buses before 1968."""
    kind, day, single = class_4(vehicle), first_used(vehicle), vehicle.get("single_circuit_brakes")
    if day is None or day < ANY_FIGURE or single is None or kind not in CATEGORIES:
        return None
    if kind in ("M2", "M3") and day < BUS_OF_50:
        return None
    return SINGLE_LINE if single else PARKING


def share_locked(runs: list[Json]) -> bool:
    """2.1: more than half of the wheels of the system locked; exactly half does not do."""
    return Fraction(100 * sum(len(locked_sides(run)) for run in runs), 2 * len(runs)) > 50


def service(case: Json, item: str) -> Answer:
    """BV: efficiency of the whole vehicle, from the rollers or, directly, from a decelerometer."""
    vehicle = case["vehicle"]
    try:
        if "BV" in case["items"]:
            said = needed(by_decelerometer(case["items"]["BV"]), service_limit(vehicle))
            return worst({"service_efficiency": before_1968(said, vehicle)})
        runs = [run_of(case, f"B{number}") for number in range(1, vehicle["axles"] + 1)]
        value = 100 * sum(sum(efforts(run)) for run in runs) / (KGF * sum(weight(run) for run in runs))
    except NoAnswerError as none:
        return none.answer
    said = needed(value, service_limit(vehicle), share_locked(runs))
    return worst({"service_efficiency": before_1968(said, vehicle)})


def by_decelerometer(run: Json) -> Fraction:
    """2.3: the instrument gives the efficiency itself."""
    held = run["values"].get("efficiency")
    if held is None or held["value"] is None or run.get("lost", 0) > 0:
        raise NoAnswerError(INVALID)
    return exact(held["value"])


def parking(case: Json, _item: str) -> Answer:
    """B0: by the weight of the whole vehicle; on a single line it is the secondary brake, and its imbalance counts."""
    vehicle = case["vehicle"]
    limit = parking_limit(vehicle)
    try:
        axles = [run_of(case, f"B{number}") for number in range(1, vehicle["axles"] + 1)]
        run = run_of(case, "B0")
        value = 100 * sum(efforts(run)) / (KGF * sum(weight(axle) for axle in axles))
        said = {"parking_efficiency": needed(value, limit, share_locked([run]))}
        if vehicle.get("single_circuit_brakes"):
            known = class_4(vehicle) in CATEGORIES
            imbalance = balance(run, steered=False)
            said["parking_imbalance"] = imbalance if known else Said(UNKNOWN, imbalance.value)
    except NoAnswerError as none:
        return none.answer
    return worst(said)
