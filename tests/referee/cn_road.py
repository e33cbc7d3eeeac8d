"""Brakes on the road (standards-cn, section 2.7). Certainty: D throughout."""

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
    scalar,
    worst,
)
from tests.referee.cn_vehicle import is_car, is_light, same_for_all

# Speed in km/h, distance in m, MFDD in m/s2, width of the lane in m; all unladen.
LIMITS = {"car": (50, "19.0", "6.2", "2.5"), "light": (50, "21.0", "5.6", "2.5"), "other": (30, "9.0", "5.4", "3.0")}


def row(vehicle: Json) -> str:
    """Return the row: cars of at most 9 persons, others of at most 3 500 kg, others."""
    return "car" if is_car(vehicle) else "light" if is_light(vehicle) else "other"


def road(case: Json, item: str) -> Answer:
    """R1: where permanent four-wheel drive goes on the road; distance or MFDD is enough, and the lane must be kept."""
    vehicle, settings = case["vehicle"], case.get("settings", {})
    goes = settings.get("four_wheel_drive_brakes") == "road" and vehicle["full_time_four_wheel_drive"]
    if not goes or vehicle["vehicle_type"][0] in "BG":
        return Answer(NOT_APPLICABLE)
    try:
        run, kind = run_of(case, item), same_for_all(vehicle, row)
        speed, lane = scalar(run, "initial_speed"), scalar(run, "lane_width")
    except NoAnswerError as none:
        return none.answer
    if kind is None or vehicle["vehicle_type"][0] in "MN":
        return Answer(UNKNOWN)
    limits = LIMITS[kind]
    said = one_is_enough(scalar(run, "distance"), scalar(run, "mfdd"), limits)
    if speed is None or lane is None or not said:
        return Answer(INVALID)
    if speed < limits[0]:
        said["road_speed"] = Said(INVALID, speed, Fraction(limits[0]))
    return worst({**said, "road_lane": at_most(lane, limits[3])})


def one_is_enough(
    distance: Fraction | None, mfdd: Fraction | None, limits: tuple[int, str, str, str]
) -> dict[str, Said]:
    """Return distance and MFDD, as far as there are; where one is met the other is not held against the vehicle."""
    said: dict[str, Said] = {}
    if distance is not None:
        said["road_distance"] = at_most(distance, limits[1])
    if mfdd is not None:
        said["road_mfdd"] = at_least(mfdd, limits[2])
    if any(q.outcome == PASS for q in said.values()):
        return {name: q._replace(outcome=PASS) for name, q in said.items()}
    return {name: q._replace(outcome=FAIL) for name, q in said.items()}
