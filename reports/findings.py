"""What was found that is no plain pass, in words that band, tables and advice share."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reports.data import FINE, ReportData
from reports.words import Words
from station.model.facts import Defect, PointResult
from station.model.inspection import Checklist, ItemRecord
from station.model.verdict import QuantityVerdict

MOST_DECIMALS = 12


@dataclass(frozen=True)
class FailedPoint:
    """One point of a check-list that failed: its defects with their places, and with what the inspector wrote."""

    point: str
    defects: tuple[str, ...]
    noted: tuple[str, ...]


def bad_quantities(item: ItemRecord) -> tuple[QuantityVerdict, ...]:
    """Return the judged quantities of an item that are no plain pass."""
    return tuple(q for q in item.verdict.quantities if q.outcome not in FINE) if item.verdict else ()


def failed_points(data: ReportData, item: ItemRecord, words: Words) -> tuple[FailedPoint, ...]:
    """Return what an item's check-list found, point by point."""
    checklist = checklist_of(data, item)
    failed = [result for result in checklist.results if result.outcome == "fail"] if checklist else []
    return tuple(_failed(data, item, result, words) for result in failed)


def checklist_of(data: ReportData, item: ItemRecord) -> Checklist | None:
    """Return the check-list of an item in its attempt, None if it has none."""
    return data.inspection.checklist(item.code, item.attempt)


def point_name(data: ReportData, point: str, words: Words) -> str:
    """Return the name of a point."""
    return words.of(data.checklist_words.point(point))


def _failed(data: ReportData, item: ItemRecord, result: PointResult, words: Words) -> FailedPoint:
    name = f"{item.code}.{result.point}"
    notes = [data.notes.get((f"{name}.{number}", item.attempt)) for number in range(1, len(result.defects) + 1)]
    defects = [_defect(data, defect, result.point, words) for defect in result.defects]
    noted = [_noted(*found, words) for found in zip(defects, result.defects, notes, strict=True)]
    return FailedPoint(point_name(data, result.point, words), tuple(defects), tuple(noted))


def _defect(data: ReportData, defect: Defect, point: str, words: Words) -> str:
    name = words.of(data.checklist_words.defect(point, defect.code))
    return name + (words.say("finding.place", place=words.place(defect.location)) if defect.location else "")


def _noted(said: str, defect: Defect, note: str | None, words: Words) -> str:
    # A note may be of an earlier recording of the same point: the ledger says whether this defect has one.
    return said + (words.say("finding.note", note=words.raw(note)) if note and defect.note_commitment else "")


def point_line(point: FailedPoint, words: Words, *, notes: bool = True) -> str:
    """Return a failed point with its defects in one line."""
    defects = words.say("list.defects").join(point.noted if notes else point.defects)
    return words.say("finding.point", point=point.point, defects=defects)


def excepted(quantity: QuantityVerdict) -> bool:
    """Return whether a value missed its limit and passes all the same, by an exception of the rules."""
    value, limit, low = quantity.value, quantity.limit, quantity.limit_low
    if quantity.outcome not in FINE or value is None or limit is None:
        return False
    too_low = value < limit if quantity.comparison == ">=" else low is not None and value < low
    return too_low or (quantity.comparison in ("<=", "within") and value > limit)


def told(quantity: QuantityVerdict) -> str:
    """Return a quantity's value as people read it; a missed limit is told from it with as many decimals as it takes."""
    bounds = {quantity.limit, quantity.limit_low}
    number, _, unit = quantity.shown.partition(" ")
    exact = quantity.unrounded
    if quantity.outcome in FINE or exact is None or not number or Decimal(number) not in bounds:
        return quantity.shown or "—"
    return f"{next(_longer(exact, number, bounds))} {unit}".rstrip()


def _longer(exact: Decimal, number: str, bounds: set[Decimal | None]) -> Iterator[Decimal]:
    for digits in range(len(number.partition(".")[2]) + 1, MOST_DECIMALS):
        rounded = round(exact, digits)
        if rounded not in bounds:
            yield rounded
    yield exact


def why_of(data: ReportData, item: ItemRecord, words: Words) -> str:
    """Return in words why an item without a judged quantity stands as it does."""
    note = data.notes.get((item.code, item.attempt))
    if note:
        return words.raw(note)
    if item.verdict and item.verdict.reason:
        return words.of(item.verdict.reason)
    if item.reason:
        return words.code("reason", item.reason)
    return words.say(f"outcome.{item.outcome.value if item.outcome else 'not_done'}")
