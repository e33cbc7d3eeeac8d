"""What the referee says about one item of one case, and the numbers of a case as it reads them: exact, never floats."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

Json = dict[str, Any]

PASS, FAIL, INVALID, UNKNOWN, NOT_APPLICABLE = "pass", "fail", "invalid", "unknown", "not_applicable"
WORST_FIRST = (INVALID, FAIL, UNKNOWN, PASS, NOT_APPLICABLE)

NEWTONS = {"N": Decimal(1), "daN": Decimal(10), "10 N": Decimal(10), "kN": Decimal(1000), "kgf": Decimal("9.80665")}
FACTORS: dict[str, int] = {"t": 1000, "kcd": 1000, "cm": 10}


class Said(NamedTuple):
    """One quantity: outcome, exact value, limit (None: none is known, or several may be), and how bad the miss is."""

    outcome: str
    value: Fraction | None
    limit: Fraction | None = None
    severity: str | None = None
    low: Fraction | None = None


class Answer(NamedTuple):
    """The verdict of an item, and every quantity by the id that the engine gives it."""

    outcome: str
    quantities: Mapping[str, Said] = MappingProxyType({})
    severity: str | None = None


class NoAnswerError(Exception):
    """The evidence does not serve: the outcome of the item, without a value."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.answer = Answer(outcome)


def worst(quantities: dict[str, Said]) -> Answer:
    """Return the answer of an item: one measurement that does not count spoils all, then one failure, one unknown."""
    said = {q.outcome for q in quantities.values()}
    outcome = next((o for o in WORST_FIRST if o in said), NOT_APPLICABLE)
    severities = {q.severity for q in quantities.values()} if outcome != INVALID else set()
    return Answer(outcome, quantities, next((s for s in ("dangerous", "major", "advisory") if s in severities), None))


def exact(number: float | int | str | Decimal) -> Fraction:
    """Return the number that was written, digit by digit."""
    return Fraction(str(number))


def at_least(value: Fraction, limit: Fraction | int | str | None) -> Said:
    """Judge ``value >= limit``; without a limit nobody knows."""
    if limit is None:
        return Said(UNKNOWN, value)
    return Said(PASS if value >= Fraction(limit) else FAIL, value, Fraction(limit))


def at_most(value: Fraction, limit: Fraction | int | str | None) -> Said:
    """Judge ``value <= limit``; without a limit nobody knows."""
    if limit is None:
        return Said(UNKNOWN, value)
    return Said(PASS if value <= Fraction(limit) else FAIL, value, Fraction(limit))


def run_of(case: Json, item: str) -> Json:
    """Return the run of an item; not measured: unknown."""
    for name, run in case["items"].items():
        if name == item or item in run.get("covers", ()):
            found: Json = run
            return found
    raise NoAnswerError(UNKNOWN)


def scalar(run: Json, name: str) -> Fraction | None:
    """Return one value of a run, None if it has none that counts; masses in kg, the others in their own unit."""
    held = run.get("values", {}).get(name)
    if held is None or held["value"] is None or held.get("quality", "good") in ("invalid", "missing"):
        return None
    return exact(held["value"]) * exact(FACTORS.get(held["unit"], 1))


def samples(run: Json, name: str) -> list[Decimal | None] | None:
    """Return the samples of a curve in N (forces) or their own unit; None in place of each that does not count."""
    curve = run.get("curves", {}).get(name)
    if curve is None:
        return None
    factor = NEWTONS.get(curve["unit"], Decimal(1))
    letters = curve.get("quality") or "g" * len(curve["values"])
    return [
        None if value is None or letter in "im" else Decimal(str(value)) * factor
        for value, letter in zip(curve["values"], letters, strict=True)
    ]
