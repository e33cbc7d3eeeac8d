"""Side slip (standards-cn, sections 1.3 and 4). Certainty: 5 m/km B, 10 of two- and three-wheelers C, its scope D."""

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
    scalar,
    worst,
)


def side_slip(case: Json, item: str) -> Answer:
    """A1: within 5.0 m/km either way, of vehicles with a dependent front suspension that are not twin-steered."""
    vehicle = case["vehicle"]
    suspension, steered = vehicle.get("front_suspension"), vehicle.get("steered_axles")
    if vehicle["vehicle_type"][0] in "BG" or suspension == "independent" or steered == 2:
        return Answer(NOT_APPLICABLE)
    if suspension is None or steered is None:
        return Answer(UNKNOWN)
    try:
        run = run_of(case, item)
        value = scalar(run, "slip_axle_1")
    except NoAnswerError as none:
        return none.answer
    if value is None or run.get("lost", 0) > 0:
        return Answer(INVALID)
    most = Fraction(10 if vehicle["vehicle_type"][0] in "MN" else 5)
    return worst({"side_slip": Said(PASS if abs(value) <= most else FAIL, value, most, None, -most)})
