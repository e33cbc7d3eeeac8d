"""High-beam intensity of headlamps (standards-cn, section 3.1).

Certainty: in use C, new C with a doubt (D), the four-lamp rule D, the sum C. A dash in the table is no limit: unknown.
"""

from fractions import Fraction

from tests.referee.answer import (
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
from tests.referee.cn_vehicle import MOPEDS

# For lamp systems 1, 2 and 4 in cd: new, in use.
INTENSITY: dict[str, dict[str, tuple[int | None, int | None, int | None]]] = {
    "three_wheel": {"registration": (8000, 6000, None), "in_use": (6000, 5000, None)},
    "slow": {"registration": (None, 10000, 8000), "in_use": (None, 8000, 6000)},
    "other": {"registration": (None, 18000, 15000), "in_use": (None, 15000, 12000)},
    "motorcycle": {"registration": (10000, 8000, None), "in_use": (8000, 6000, None)},
    "moped": {"registration": (4000, 3000, None), "in_use": (3000, 2500, None)},
}
LAMPS = {"1": ("H1",), "2": ("H1", "H4"), "4": ("H1", "H2", "H3", "H4")}
SUM_CD = 430000
PAIRS = (("H1", "H4"), ("H2", "H3"))


def rows(vehicle: Json) -> tuple[str, ...]:
    """Return the row of the table, or both where the top speed that parts them is not known."""
    kind, speed = vehicle["vehicle_type"], vehicle.get("top_speed_kmh")
    if kind[0] == "N":
        return ("three_wheel",)
    if kind[0] == "M":
        return ("moped",) if kind in MOPEDS else ("motorcycle",)
    if speed is None:
        return ("slow", "other")
    return ("slow",) if speed < 70 else ("other",)


def limits_for(case: Json, system: str) -> list[int | None]:
    """Return the minimum of one lamp in cd for a lamp system, in each row that may be the vehicle's."""
    category = case.get("category", "in_use")
    return [INTENSITY[row][category][("1", "2", "4").index(system)] for row in rows(case["vehicle"])]


def intensity(run: Json, lamp: str) -> Fraction:
    """Return what was measured; nothing, or less than nothing, does not count."""
    found = scalar(run, f"{lamp}_intensity")
    if found is None or found < 0:
        raise NoAnswerError(INVALID)
    return found


def headlamp(case: Json, item: str) -> Answer:
    """H1 to H4; the sum stands with the last lamp of the vehicle."""
    vehicle = case["vehicle"]
    system = vehicle.get("lamp_system", "2")
    lamps = LAMPS[system]
    if vehicle["vehicle_type"][0] in "BG" or item not in lamps:
        return Answer(NOT_APPLICABLE)
    try:
        run = run_of(case, item)
        if run.get("lost", 0) > 0:
            return Answer(INVALID)
        said = {"high_beam": one_lamp(case, run, item, system)}
        if item == lamps[-1]:
            total = sum((intensity(run, lamp) for lamp in lamps), Fraction(0))
            said["high_beam_sum"] = at_most(total, SUM_CD)
    except NoAnswerError as none:
        return none.answer
    return worst(said)


def one_lamp(case: Json, run: Json, item: str, system: str) -> Said:
    """Judge one lamp in each row that may be the vehicle's; where the rows disagree nobody knows."""
    if system == "4":
        # All four decide: two symmetrical ones can stand in for the others.
        for lamp in LAMPS["4"]:
            intensity(run, lamp)
    answers = [
        one_row(run, item, limit, two if system == "4" else None)
        for limit, two in zip(limits_for(case, system), limits_for(case, "2"), strict=True)
    ]
    if len({said.outcome for said in answers}) == 1:
        return answers[0] if len(answers) == 1 else answers[0]._replace(limit=None)
    return Said(UNKNOWN, answers[0].value)


def one_row(run: Json, item: str, limit: int | None, two: int | None) -> Said:
    """Judge one lamp; of four, two symmetrical ones that meet the two-lamp minimum are enough for all.

    Where the table has no minimum for four lamps there is nothing that this could stand in for.
    """
    said = at_least(intensity(run, item), limit)
    if limit is None or two is None:
        return said
    if any(all(intensity(run, lamp) >= two for lamp in pair) for pair in PAIRS):
        return said._replace(outcome=PASS)
    return said
