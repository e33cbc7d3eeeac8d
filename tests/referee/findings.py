"""Where engine and referee differ and it is known why (docs/reference/referee.md); whatever differs elsewhere fails.

A finding names cases by their facts alone, so it hides nothing else. When it is settled its line goes.
"""

from collections.abc import Callable

from tests.referee.answer import Json

Matches = Callable[[Json, Json, str], bool]


def _three_wheeler_front(_case: Json, vehicle: Json, item: str) -> bool:
    return item == "B1" and vehicle["vehicle_type"][0] == "N"


def _three_wheeler_in_use(case: Json, vehicle: Json, item: str) -> bool:
    return item == "B2" and vehicle["vehicle_type"][0] == "N" and case["category"] == "in_use"


def _parking_brake_not_known(_case: Json, vehicle: Json, item: str) -> bool:
    return item == "B0" and vehicle.get("electronic_parking_brake") is None


def _top_speed_not_known(_case: Json, vehicle: Json, item: str) -> bool:
    return item[0] == "H" and vehicle.get("top_speed_kmh") is None


def _persons_not_known(_case: Json, vehicle: Json, item: str) -> bool:
    return item[0] == "B" and vehicle["vehicle_type"][:2] in ("K3", "K4") and vehicle.get("persons") is None


def _short_window(case: Json, _vehicle: Json, item: str) -> bool:
    run = case["items"].get("PF", {"marks": {}})
    marks, period = run["marks"], run.get("period_ms", 10)
    ends = ("high_idle_average", "high_idle_end"), ("idle_average", "idle_end")
    return item == "PF" and any(
        29000 <= (marks.get(end, 0) - marks.get(begin, 0)) * period < 30000 for begin, end in ends
    )


CHINA: dict[str, Matches] = {
    "N11, front axle": _three_wheeler_front,
    "N11, imbalance in use": _three_wheeler_in_use,
    "electronic parking brake not known": _parking_brake_not_known,
    "top speed not known": _top_speed_not_known,
    "persons of a small car not known": _persons_not_known,
    "averaging of 29 to 30 s": _short_window,
}


def _noise_before_braking(_case: Json, _vehicle: Json, item: str) -> bool:
    run = _case["items"].get(item, {})
    begin = run.get("marks", {}).get("brake", 0)
    if item[0] != "B" or item == "BV" or not run.get("end_state", "").endswith("locked") or not begin:
        return False
    whole, part = [], []
    for side in ("left", "right"):
        values = [f or 0 for f in run["curves"].get(f"force_{side}", {"values": [0]})["values"]]
        whole.append(max(values))
        part.append(max(values[begin:], default=0))
    return (whole[0] < whole[1]) != (part[0] < part[1]) or (whole[0] > whole[1]) != (part[0] > part[1])


def _before_1968(_case: Json, vehicle: Json, item: str) -> bool:
    return item == "BV" and vehicle.get("first_registered", "9") < "1968-01-01"


BRITAIN: dict[str, Matches] = {
    "the lower wheel by forces before braking": _noise_before_braking,
    "first used before 1968": _before_1968,
}
FINDINGS: dict[str, dict[str, Matches]] = {"cn-gb38900-2020": CHINA, "gb-mot-class4-2025": BRITAIN}


def finding(pack: str, case: Json, item: str) -> str | None:
    """Return the finding that a case belongs to."""
    return next((name for name, fits in FINDINGS.get(pack, {}).items() if fits(case, case["vehicle"], item)), None)
