"""What makes a case unbelievable: channels and units that cannot be, and numbers that only a wrong unit explains."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from station.model.text import Text
from station.model.units import factor_of
from station.rules.bounds import MOST_N_PER_KG, N_PER_KG_OF_WEIGHT, RANGES
from station.rules.case import Case, CaseItem
from station.rules.case_words import TEXTS
from station.rules.channels import SIDES, UNITS, near
from station.rules.json_places import Path

Numbers = Iterable[tuple[Path, Decimal | None]]
"""Where below a channel a number stands, and the number."""


def doubts(case: Case) -> Iterator[tuple[Path, Text]]:
    """Yield what cannot be in a case: where it stands, and what is wrong there."""
    for code, run in case.items.items():
        for name, curve in run.curves.items():
            path: Path = ("items", code, "curves", name)
            samples: Numbers = ((("values", index), value) for index, value in enumerate(curve.values))
            yield from _doubts_of(path, name, curve.unit, samples)
        for name, single in run.values.items():
            yield from _doubts_of(("items", code, "values", name), name, single.unit, [(("value",), single.value)])
        yield from _of_braking(("items", code), run)


def _doubts_of(path: Path, name: str, unit: str, numbers: Numbers) -> Iterator[tuple[Path, Text]]:
    wanted, (found, factor) = UNITS.get(name), factor_of(unit)
    if wanted is None:
        closest = near(name)
        hint = TEXTS.text("channel_near", near=closest) if closest else TEXTS.text("channel_see")
        yield path, TEXTS.text("channel", name=name, near=hint)
    elif found != wanted:
        yield (*path, "unit"), TEXTS.text("unit", name=name, expected=wanted, unit=unit)
    elif found in RANGES:
        low, high = (bound / factor for bound in RANGES[found])
        for place, value in numbers:
            if value is not None and not low <= value <= high:
                case, bound = ("below", low) if value < low else ("above", high)
                words = {"value": f"{value:f}", "bound": f"{bound.normalize():f}", "unit": unit}
                yield (*path, *place), TEXTS.text(case, **words)


def _of_braking(path: Path, run: CaseItem) -> Iterator[tuple[Path, Text]]:
    """Compare the largest forces of both wheels with what stands on them, where the run has both."""
    force, load = _sum_of_sides(run, "force"), _sum_of_sides(run, "load")
    if force is not None and load and force > load * MOST_N_PER_KG:
        yield path, TEXTS.text("ratio", percent=round(100 * force / (load * N_PER_KG_OF_WEIGHT)))


def _sum_of_sides(run: CaseItem, what: str) -> Fraction | None:
    total = Fraction(0)
    for side in SIDES:
        found = _readings(run, f"{what}_{side}")
        if not found:
            return None
        total += max(found)
    return total


def _readings(run: CaseItem, name: str) -> list[Fraction]:
    """Return every number of a channel, in its model's unit."""
    curve, single = run.curves.get(name), run.values.get(name)
    given = [(curve.unit, value) for value in curve.values] if curve else []
    given += [(single.unit, single.value)] if single else []
    return [Fraction(value) * Fraction(factor_of(unit)[1]) for unit, value in given if value is not None]
