"""What a verdict rests on: every entry of the pack that had a say, and which of them nobody has confirmed."""

from collections.abc import Iterator
from datetime import date

from station.rules.conditions import Applies, Facts, ask, names
from station.rules.facts import first_in_force
from station.rules.formulas import FORMULAS
from station.rules.pack import Pack
from station.rules.schema import Constant, Entry, ItemEntry, LimitEntry, OverrideEntry, QuantityEntry

Named = tuple[str, Entry]
"""A kind of entry with its id, and the entry."""


def unconfirmed(pack: Pack, item: ItemEntry, facts: Facts, on: date) -> tuple[str, ...]:
    """Return the entries in use that await confirmation (``limit rate-front``), once each.

    ``facts`` holds the value of each quantity that was computed, whether it was judged, checked or only looked at.
    """
    used = [*_of_item(pack, item, facts, on)]
    used += _behind(pack, [applies for _, entry in used if (applies := getattr(entry, "applies_if", ()))], facts, on)
    return tuple(dict.fromkeys(name for name, entry in used if not entry.confirmed))


def _of_item(pack: Pack, item: ItemEntry, facts: Facts, on: date) -> Iterator[Named]:
    yield f"item {item.code}", item
    yield "comparison", pack.comparison
    for name in item.quantities:
        if facts.values.get(name) is not None:
            yield from _of_quantity(pack, pack.quantity(name), facts, on)


def _of_quantity(pack: Pack, quantity: QuantityEntry, facts: Facts, on: date) -> Iterator[Named]:
    yield f"quantity {quantity.id}", quantity
    needed = {quantity.constants.get(name, name) for name in FORMULAS[quantity.formula].constants}
    limited = (quantity.id, *quantity.limits_of)
    rules: list[tuple[str, Constant | LimitEntry | OverrideEntry]] = [
        *((f"constant {entry.id}", entry) for entry in pack.constants if entry.known_as in needed),
        *((f"limit {entry.id}", entry) for name in limited for entry in pack.limits_of(name)),
        *((f"override {entry.id}", entry) for entry in pack.overrides if entry.quantity == quantity.id),
    ]
    for label, rule in rules:
        if rule.in_force(on) and ask(rule.applies_if, facts).holds:
            yield label, rule


def _behind(pack: Pack, conditions: list[Applies], facts: Facts, on: date) -> Iterator[Named]:
    """Yield what the conditions of entries in use test: settings, the vehicle's class, the layout of its axles."""
    tested = {fact for applies in conditions for fact, _ in names(applies)}
    yield from ((f"setting {s.id}", s) for s in pack.settings if s.id in tested and s.in_force(on))
    chosen = [e for e in pack.classes if e.id == facts.values.get("vehicle_class") and e.in_force(on)]
    yield from ((f"class {entry.id}", entry) for entry in chosen if "vehicle_class" in tested)
    layout, _ = first_in_force(pack.layouts, facts, on)
    if layout is not None and "axle_position" in tested:
        yield f"axle_layout {layout.id}", layout
