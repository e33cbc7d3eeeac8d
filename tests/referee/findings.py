"""Where engine and referee differ and it is known why (docs/reference/referee.md); whatever differs elsewhere fails.

A finding names cases by their facts alone, so it hides nothing else. When it is settled its line goes.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.referee.answer import Answer, Json


class Seen(NamedTuple):
    """What a finding looks at."""

    case: Json
    item: str
    answer: Answer
    engine: str

    @property
    def vehicle(self) -> dict[str, Any]:
        """Return the vehicle of the case."""
        facts: dict[str, Any] = self.case["vehicle"]
        return facts


def _short_window(seen: Seen) -> bool:
    run = seen.case["items"].get("PF", {"marks": {}})
    marks, period = run["marks"], run.get("period_ms", 10)
    ends = ("high_idle_average", "high_idle_end"), ("idle_average", "idle_end")
    lengths = [(marks.get(end, 0) - marks.get(begin, 0)) * period for begin, end in ends]
    return seen.item == "PF" and any(29000 <= length < 30000 for length in lengths)


def _short_cycle(seen: Seen) -> bool:
    run = seen.case["items"].get("VM", {"marks": {}})
    length = (run["marks"].get("cycle_end", 0) - run["marks"].get("cycle", 0)) * run.get("period_ms", 10)
    return seen.item == "VM" and 194_000 <= length < 195_000


def _small_car(seen: Seen) -> bool:
    return seen.vehicle["vehicle_type"][:2] in ("K3", "K4") and seen.vehicle.get("persons") is None


FINDINGS: dict[str, dict[str, Callable[[Seen], bool]]] = {
    "cn-gb38900-2020": {
        "top speed not known": lambda seen: seen.item[0] == "H" and seen.vehicle.get("top_speed_kmh") is None,
        "persons of a small car not known": lambda seen: seen.item[0] in "BR" and _small_car(seen),
        "averaging of 29 to 30 s": _short_window,
        "cycle of 194 to 195 s": _short_cycle,
        "suspension or steered axles not known": lambda seen: (
            seen.item == "A1" and None in (seen.vehicle.get("front_suspension"), seen.vehicle.get("steered_axles"))
        ),
    },
}


FACTS = (
    *("persons", "total_mass_kg", "curb_mass_kg", "steered_axles", "rated_power_kw", "turbocharged", "eu_category"),
    *("first_registered", "single_circuit_brakes", "headlamp_pattern"),
)
BOTH = "a fact and a measurement are missing: which of them is named"


def _both_missing(seen: Seen) -> bool:
    lacking = any(seen.vehicle.get(fact) is None for fact in FACTS)
    return lacking and {seen.engine, seen.answer.outcome} == {"invalid", "unknown"}


def finding(pack: str, seen: Seen) -> str | None:
    """Return the finding that a case belongs to."""
    found = next((name for name, fits in FINDINGS.get(pack, {}).items() if fits(seen)), None)
    return found or (BOTH if _both_missing(seen) else None)
