"""Smoke of diesel vehicles: free acceleration and lug-down (standards-cn, section 5.2). Certainty: D throughout."""

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
    exact,
    run_of,
    samples,
    scalar,
    worst,
)
from tests.referee.cn_petrol import mean

IN_FORCE = date(2019, 5, 1)
NOX_TIGHTER = date(2020, 7, 1)
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
            raise NoAnswerError(INVALID)
    except NoAnswerError as none:
        return none.answer
    limit = FREE_ACCELERATION[case.get("settings", {}).get("limit_set", "a")]
    spread = Said(PASS, max(peaks) - min(peaks))
    return worst({"smoke": at_most(sum(peaks, Fraction(0)) / MEASURED, limit), "smoke_spread": spread})


def lug_down(case: Json, item: str) -> Answer:
    """LD: smoke at 100 and 80 % of the speed of the largest power, NOx at 80 %, and the largest power itself."""
    vehicle = case["vehicle"]
    chosen = case.get("settings", {}).get("diesel_method") == "lug_down"
    if date.fromisoformat(case["on"]) < IN_FORCE:
        return Answer(UNKNOWN)
    if not in_scope(vehicle) or not chosen:
        return Answer(NOT_APPLICABLE)
    try:
        run = run_of(case, item)
        if run.get("lost", 0) > 0:
            return Answer(INVALID)
        said, rated = too_hot_or_fast(run), vehicle.get("rated_power_kw")
        power = needed_value(run, "max_wheel_power")
        if rated is None:
            return Answer(INVALID if said else UNKNOWN)
        return worst({**said, "lug_down_power": at_least(100 * power / exact(rated), 40), **at_points(case, run)})
    except NoAnswerError as none:
        return none.answer


def too_hot_or_fast(run: Json) -> dict[str, Said]:
    """Return what makes the measurement invalid: above 45 degrees (C), or above 100 km/h at the largest power."""
    said = {
        "lug_down_speed": at_most(needed_value(run, "roller_speed_at_max_power"), 100),
        "lug_down_ambient": at_most(needed_value(run, "ambient_temperature"), 45),
    }
    return {name: q._replace(outcome=INVALID) for name, q in said.items() if q.outcome == FAIL}


def needed_value(run: Json, name: str) -> Fraction:
    """Return a value that the test cannot do without."""
    found = scalar(run, name)
    if found is None:
        raise NoAnswerError(INVALID)
    return found


def at_points(case: Json, run: Json) -> dict[str, Said]:
    """Return smoke and NOx of both points, each the mean of 5 or 9 s that follow 3 s of steady running."""
    settings, seconds = case.get("settings", {}), int(case.get("settings", {}).get("lug_down_mean", "9"))
    limit_set = settings.get("limit_set", "a")
    windows = {point: window(run, point, seconds) for point in ("100", "80")}
    limit = smoke_limit(limit_set, case.get("circumstances", {}).get("altitude_m"))
    nox = mean(run, "no", *windows["80"]) + mean(run, "no2", *windows["80"])
    tight = date.fromisoformat(case["on"]) >= NOX_TIGHTER
    most = 1500 if limit_set == "a" else 900 if tight else 1200
    said = {f"lug_down_k_{point}": at_most(mean(run, "k", *windows[point]), limit) for point in windows}
    return {**said, "lug_down_nox": at_most(nox, most)}


def smoke_limit(limit_set: str, altitude_m: int | None) -> Fraction | None:
    """Above 1 500 m the limit rises by 0.25 for each 1 000 m, in proportion, by 0.75 at most."""
    if altitude_m is None:
        return None
    rise = Fraction(max(0, altitude_m - 1500), 1000) * Fraction("0.25")
    return Fraction(FREE_ACCELERATION[limit_set]) + min(rise, Fraction("0.75"))


def window(run: Json, point: str, seconds: int) -> tuple[int, int]:
    """Return the samples of the mean at a point; a point that was not held so long does not count."""
    begin, end = run["marks"].get(f"point_{point}"), run["marks"].get(f"point_{point}_end")
    if begin is None or end is None:
        raise NoAnswerError(INVALID)
    period_s = Fraction(str(run["period_ms"])) / 1000
    first, last = begin + int(3 / period_s), begin + int((3 + seconds) / period_s)
    if last > end:
        raise NoAnswerError(INVALID)
    return first, last


def in_scope(vehicle: Json) -> bool:
    """5.2: diesel vehicles; not low-speed goods vehicles (H5), not three-wheelers; what has no engine has no smoke."""
    kind = vehicle["vehicle_type"]
    return vehicle["fuel"] == "B" and kind[0] not in "BGMN" and kind[:2] != "H5"


def accelerations(run: Json) -> list[Fraction]:
    """Return the highest smoke of each of the last three accelerations that were completed."""
    smoke = samples(run, "k")
    if smoke is None:
        raise NoAnswerError(INVALID)
    found, number = [], 1
    while f"acceleration_{number}_end" in run["marks"]:
        found.append(smoke[run["marks"][f"acceleration_{number}"] : run["marks"][f"acceleration_{number}_end"]])
        number += 1
    return [highest(part) for part in found[-MEASURED:]]


def highest(part: list[Decimal | None]) -> Fraction:
    """Return the highest smoke of an acceleration that has no gap."""
    counted = [k for k in part if k is not None]
    if not counted or len(counted) < len(part):
        raise NoAnswerError(INVALID)
    return Fraction(max(counted))
