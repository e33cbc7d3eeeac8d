"""Brakes on rollers and plates, unladen and loaded, and the parking brake (standards-cn, section 2).

Certainty: rates B (plate 35 and 30, special vehicles, trailers loaded C), imbalance B, parking C, gravity C, the
interval of the rise D, a lock on the rollers D.
"""

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
    scalar,
    worst,
)
from tests.referee.cn_vehicle import (
    ARTICULATED_BUSES,
    THREE_WHEEL_MOTORCYCLES,
    is_car,
    is_light,
    is_motorcycle,
    is_trailer,
    place,
    row,
    same_for_all,
)

G = Fraction("9.8")  # 2.1: 0.98 daN a kilogram, C

# 2.2: whole vehicle, front axle, rear axle on rollers, rear axle on plates; None: a dash, nothing is asked.
RATES: dict[str, tuple[int | None, int | None, int | None, int | None]] = {
    "three_wheel": (None, None, 60, 60),
    "light": (60, 60, 20, 20),
    "other": (60, 60, 50, 35),
    "bus": (60, 60, 40, 30),
    "special": (50, 60, 50, 35),
    "articulated": (55, None, None, None),
    "trailer": (None, None, 55, 55),
    "motorcycle": (None, 60, 55, 55),
    "moped": (None, 60, 50, 50),
}

# 2.3: front, rear with a rate of at least 60 %, rear with less (of the axle load).
IMBALANCE = {"registration": (20, 24, 8), "in_use": (24, 30, 10)}

Forces = tuple[list[Decimal], ...]
SIDES = ("left", "right")


def sides_of(run: Json, single: bool) -> tuple[str, ...]:
    """Return the sides that were measured: a single wheel stands on either side, or between both."""
    there = tuple(side for side in SIDES if f"force_{side}" in run["curves"])
    return there if single and there else SIDES


def forces(run: Json, single: bool = False) -> Forces:
    """Return the forces of each side from the moment at which the driver was told to brake."""
    curves = [samples(run, f"force_{side}") for side in sides_of(run, single)]
    begin = run["marks"].get("brake")
    if None in curves or begin is None or run.get("lost", 0) > 0 or len({len(curve or ()) for curve in curves}) > 1:
        raise NoAnswerError(INVALID)
    counted = tuple([force for force in (curve or ())[begin:] if force is not None] for curve in curves)
    for curve, part in zip(curves, counted, strict=True):
        if len(part) < len(curve or ()) - begin or not part or max(part) <= 0:
            raise NoAnswerError(INVALID)
    return counted


def biggest(run: Json, single: bool = False) -> Fraction:
    """2.1: the maxima of both sides are taken separately over the whole run."""
    return sum((Fraction(max(side)) for side in forces(run, single)), Fraction(0))


def static_load(run: Json, single: bool = False) -> Fraction:
    """2.1: the static axle load is the sum of both static wheel loads, in kg."""
    loads = [scalar(run, f"load_{side}") for side in sides_of(run, single)]
    counted = [load for load in loads if load is not None and load > 0]
    if len(counted) < len(loads):
        raise NoAnswerError(INVALID)
    return sum(counted, Fraction(0))


def locked(run: Json) -> bool:
    """2.5: a wheel locked on the rollers; a plate has none."""
    return run.get("method") != "plate" and run.get("end_state", "normal") in (
        "left_locked",
        "right_locked",
        "both_locked",
    )


def unless_locked(said: Said, lock: bool) -> Said:
    """2.5: a rate that is too low after a lock is no evidence of bad brakes."""
    return said._replace(outcome=INVALID) if lock and said.outcome == FAIL else said


def widest_difference(run: Json) -> Fraction:
    """2.1: the largest difference at one instant, from the start of the rise until both have reached their maximum.

    A lock ends the record, so the other end of the interval (a wheel locks) is never the earlier one.
    """
    left, right = forces(run)
    if "rise" not in run["marks"]:
        raise NoAnswerError(INVALID)
    begin = run["marks"]["rise"] - run["marks"]["brake"]
    end = max(left.index(max(left)), right.index(max(right)))
    if not 0 <= begin <= end:
        raise NoAnswerError(INVALID)
    return Fraction(max(abs(a - b) for a, b in zip(left[begin : end + 1], right[begin : end + 1], strict=True)))


def axle(case: Json, item: str) -> Answer:
    """B1 to B5: one axle, unladen, on rollers or plates."""
    number, vehicle = int(item[1]), case["vehicle"]
    if number > vehicle["axles"]:
        return Answer(NOT_APPLICABLE)
    if number == 1 and vehicle["vehicle_type"][0] == "N":
        return unlimited(case, item)
    if vehicle["vehicle_type"] in ARTICULATED_BUSES:
        return articulated(case, item)
    try:
        run, single = run_of(case, item), single_wheel(vehicle, number)
        plate = run.get("method") == "plate"
        load = dynamic_load if plate and by_dynamic_load(vehicle) else static_load
        static_load(run, single)  # Each axle is weighed, whether its rate needs it or not.
        rate = 100 * biggest(run, single) / (G * load(run, single))
    except NoAnswerError as none:
        return none.answer
    where, kind = place(vehicle, number), same_for_all(vehicle, row)
    if where is None or kind is None:
        return Answer(UNKNOWN)
    said = {"axle_rate": unless_locked(at_least(rate, RATES[kind][1 if where == "front" else 2 + plate]), locked(run))}
    if not balanced(vehicle, number):
        return worst(said)
    try:
        return worst({**said, **imbalance(case, run, where, rate)})
    except NoAnswerError as none:
        return Answer(none.answer.outcome, said)


def unlimited(case: Json, item: str) -> Answer:
    """A dash in the table of rates, and no imbalance of a single wheel: measured and weighed is enough."""
    try:
        run = run_of(case, item)
        biggest(run, single=True)
        static_load(run, single=True)
    except NoAnswerError as none:
        return none.answer
    return Answer(PASS)


def loaded(case: Json, item: str) -> Answer:
    """L2 to L4 (2.2, 1.3): goods vehicles and trailers with at least three axles, all axles but the first and last."""
    number, vehicle = int(item[1]), case["vehicle"]
    if vehicle["vehicle_type"][0] not in "HBG" or vehicle["axles"] < 3 or number >= vehicle["axles"]:
        return Answer(NOT_APPLICABLE)
    try:
        run = run_of(case, item)
        rate = 100 * biggest(run) / (G * static_load(run))
        limit = 45 if is_trailer(vehicle) else 50
        said = {"loaded_rate": unless_locked(at_least(rate, limit), locked(run))}
        where = place(vehicle, number)
        if where is None or same_for_all(vehicle, row) is None:
            return worst({**said, "loaded_imbalance": Said(UNKNOWN, None)})
        return worst({**said, **{f"loaded_{name}": q for name, q in imbalance(case, run, where, rate).items()}})
    except NoAnswerError as none:
        return none.answer


def articulated(case: Json, item: str) -> Answer:
    """The table asks no rate of the axles of an articulated bus; that leaves the imbalance of the front axle."""
    if place(case["vehicle"], int(item[1])) is None:
        return Answer(UNKNOWN)
    try:
        run = run_of(case, item)
        static_load(run)
        return worst(imbalance(case, run, "front", Fraction(0)))
    except NoAnswerError as none:
        return none.answer


def imbalance(case: Json, run: Json, where: str, rate: Fraction) -> dict[str, Said]:
    """2.3: the imbalance, with the denominator and the limit that belong together; exactly 60 % is not less."""
    difference = widest_difference(run)
    left, right = forces(run)
    front_limit, rear_limit, load_limit = IMBALANCE["registration" if case_is_new(case) else "in_use"]
    if where == "front" or rate >= 60:
        of_force = 100 * difference / Fraction(max(max(left), max(right)))
        return {"imbalance": at_most(of_force, front_limit if where == "front" else rear_limit)}
    return {"imbalance_of_load": at_most(100 * difference / (G * static_load(run)), load_limit)}


def case_is_new(case: Json) -> bool:
    """2.3: the limits of registration, which those of three-wheeled goods vehicles (N11: 24/8) are, too."""
    return case.get("category") == "registration" or str(case["vehicle"]["vehicle_type"])[0] == "N"


def balanced(vehicle: Json, number: int) -> bool:
    """2.3: of motorcycles only the rear axle of those with three wheels."""
    return not is_motorcycle(vehicle) or (vehicle["vehicle_type"] in THREE_WHEEL_MOTORCYCLES and number > 1)


def single_wheel(vehicle: Json, number: int) -> bool:
    """7.2: the front wheel of a motorcycle or moped; the rear wheel of those with two wheels (M2)."""
    kind = str(vehicle["vehicle_type"])
    return kind[0] == "M" and (number == 1 or kind[1] == "2")


def by_dynamic_load(vehicle: Json) -> bool:
    """2.1: on plates cars and vehicles up to 3 500 kg by dynamic wheel loads, each when its force is largest."""
    dynamic = same_for_all(vehicle, lambda v: is_car(v) or is_light(v))
    if dynamic is None:
        raise NoAnswerError(UNKNOWN)
    return dynamic


def dynamic_load(run: Json, single: bool) -> Fraction:
    """Return the sum of the wheel loads, each at the moment at which the force of its wheel is largest."""
    total = Fraction(0)
    for side, force in zip(sides_of(run, single), forces(run, single), strict=True):
        load = samples(run, f"load_{side}")
        at = None if load is None else load[run["marks"]["brake"] + force.index(max(force))]
        if at is None or at <= 0:
            raise NoAnswerError(INVALID)
        total += Fraction(at)
    return total


def vehicle_rate(case: Json, _item: str) -> Answer:
    """BV: all axles by the sum of the static axle loads."""
    vehicle = case["vehicle"]
    if vehicle["vehicle_type"][0] in "BGMN":
        return Answer(NOT_APPLICABLE)
    kind = same_for_all(vehicle, row)
    try:
        runs = [run_of(case, f"B{number}") for number in range(1, vehicle["axles"] + 1)]
        rate = 100 * sum(biggest(run) for run in runs) / (G * sum(static_load(run) for run in runs))
    except NoAnswerError as none:
        return none.answer
    if kind is None:
        return Answer(UNKNOWN)
    return worst({"vehicle_rate": unless_locked(at_least(rate, RATES[kind][0]), any(locked(run) for run in runs))})


def parking(case: Json, _item: str) -> Answer:
    """B0 (2.4): 20 %, or 15 % where the total mass is below 1.2 times the curb mass; of the whole vehicle's load."""
    vehicle = case["vehicle"]
    electronic = vehicle.get("electronic_parking_brake")
    if is_motorcycle(vehicle) or is_trailer(vehicle) or electronic:
        return Answer(NOT_APPLICABLE)
    if electronic is None:
        return Answer(UNKNOWN)
    try:
        axles = [run_of(case, f"B{number}") for number in range(1, vehicle["axles"] + 1)]
        runs = parking_runs(case)
        alone = vehicle["vehicle_type"][0] == "N"  # the front wheel stands on one side
        load = sum(static_load(run, single=alone and number == 1) for number, run in enumerate(axles, 1))
        rate = 100 * sum(biggest(run) for run in runs) / (G * load)
    except NoAnswerError as none:
        return none.answer
    total, curb = vehicle.get("total_mass_kg"), vehicle.get("curb_mass_kg")
    lighter = total is not None and curb is not None and total < Fraction("1.2") * curb
    said = unless_locked(at_least(rate, 15 if lighter else 20), any(locked(run) for run in runs))
    return worst({"parking_rate": said})


def parking_runs(case: Json) -> list[Json]:
    """Return the runs of all parking axles: one run under B0, or one for each axle where there are several."""
    axles = case["vehicle"].get("parking_axles", (2,))
    return [run_of(case, f"B0{number}") for number in axles] if len(axles) > 1 else [run_of(case, "B0")]
