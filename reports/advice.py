"""Advice (建议) for the owner: what is wrong in words that need no trade, and what happens next."""

from collections.abc import Iterator, Sequence

from reportlab.platypus import Flowable

from reports.data import FINE, ReportData
from reports.findings import bad_quantities, failed_points, point_line, told, why_of
from reports.style import paragraph
from reports.words import Words
from station.model.inspection import ItemRecord
from station.model.verdict import Outcome, QuantityVerdict

SIGNS = "≥≤ "


def advice(data: ReportData, words: Words) -> list[Flowable]:
    """Return a sentence for each item that is no plain pass, then what the owner does now."""
    bad = [item for item in data.deciding() if item.outcome not in FINE]
    failed = [item for item in bad if item.outcome is Outcome.FAIL]
    lines = [*(line for item in failed for line in _failed(data, item, words))]
    lines += _not_judged(data, [item for item in bad if item not in failed], words)
    said = [paragraph(f"· {line}", words.language, 8.4) for line in lines]
    return [*said, paragraph(_next(data, failed, bad, words), words.language, 8.4, bold=bool(bad))]


def _failed(data: ReportData, item: ItemRecord, words: Words) -> Iterator[str]:
    name = words.item(item.code)
    bad, points = bad_quantities(item), failed_points(data, item, words)
    yield from (_quantity(name, quantity, words) for quantity in bad)
    yield from (words.say("plain.point", found=point_line(point, words)) for point in points)
    if not bad and not points:
        yield words.say("plain.item", item=name, why=why_of(data, item, words))


def _not_judged(data: ReportData, items: Sequence[ItemRecord], words: Words) -> Iterator[str]:
    """Yield each reason once, with the names of all the items that have no result for it."""
    named: dict[str, list[str]] = {}
    for item in items:
        named.setdefault(why_of(data, item, words), []).append(words.item(item.code))
    for why, names in named.items():
        yield words.say("plain.not_judged", item=words.say("list.comma").join(names), why=why)


def _quantity(item: str, quantity: QuantityVerdict, words: Words) -> str:
    return words.one_of(
        f"plain.{quantity.quantity}",
        "plain.other",
        item=item,
        quantity=words.of(quantity.name),
        shown=words.unbroken(told(quantity)),
        limit=words.unbroken(quantity.limit_shown.lstrip(SIGNS)),
    )


def _next(data: ReportData, failed: Sequence[ItemRecord], bad: Sequence[ItemRecord], words: Words) -> str:
    key = "next.failed" if failed else "next.not_judged" if bad else "next.passed"
    return words.say(key, serial=words.raw(data.inspection.serial))
