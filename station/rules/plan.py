"""Which items a vehicle needs, what must be asked first, and what a retest repeats."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from station.model.codes import LAMP_ITEMS
from station.model.vehicle import Category, Vehicle
from station.rules.conditions import Applies, Facts, ask
from station.rules.facts import VEHICLE_FACTS, facts_of
from station.rules.formulas import FORMULAS
from station.rules.pack import Pack
from station.rules.schema import ItemEntry, PointEntry

_AXLE_ITEM = re.compile(r"B[1-9]")
_WHOLE_VEHICLE = "BV"


def plan(
    pack: Pack, vehicle: Vehicle, category: Category, today: date, elsewhere: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the codes of the items that the vehicle needs, in order, but for those that are measured ``elsewhere``.

    An item of which a missing fact leaves open whether it applies is in the plan: leaving it out could pass a vehicle.
    """
    facts = facts_of(pack, vehicle, category, today)
    needed = [item.code for item in pack.items if item.in_force(today) and _may_apply(item, facts)]
    return tuple(code for code in needed if code not in elsewhere)


def points(pack: Pack, vehicle: Vehicle, category: Category, today: date) -> dict[str, tuple[str, ...]]:
    """Return the check-list of each item of the plan that has one: the ids of the points that the vehicle needs.

    A point of which a missing fact leaves open whether it applies is in the list: the inspector can say that it does
    not apply.
    """
    facts = facts_of(pack, vehicle, category, today)
    needed = [point for point in pack.points if point.in_force(today) and _may_apply(point, facts)]
    items = {point.item for point in needed}
    return {
        code: tuple(point.id for point in needed if point.item == code)
        for code in plan(pack, vehicle, category, today)
        if code in items
    }


def missing_facts(pack: Pack, vehicle: Vehicle, category: Category, elsewhere: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names of the vehicle's facts that leave open which items or limits apply: to be asked at the desk.

    Where one of several facts would be enough, all of them are named. Items measured ``elsewhere`` ask nothing.
    """
    facts = facts_of(pack, vehicle, category, None)
    items = [item for item in pack.items if item.code not in elsewhere and _may_apply(item, facts)]
    answers = (ask(applies, facts) for applies in _conditions(pack, items))
    missing = frozenset().union(*(answer.missing for answer in answers), _calculated_with(pack, items, facts))
    return tuple(name for name in Vehicle.model_fields if name in missing & VEHICLE_FACTS)


def retest_items(failed: Collection[str], plan: Sequence[str]) -> tuple[str, ...]:
    """Return the items of a plan that a retest (复检) measures again after these have failed.

    The whole-vehicle rate is derived from the axles: it is judged again with any axle, and repeats all axles when it
    failed alone. A parking brake that failed is repeated alone. One run measures all headlamps: with one, all are
    repeated, and so is what is judged of them together.
    """
    axles = {code for code in plan if _AXLE_ITEM.fullmatch(code)}
    again = set(failed)
    if again & axles:
        again.add(_WHOLE_VEHICLE)
    elif _WHOLE_VEHICLE in again:
        again |= axles
    lamps = {code for code in plan if code in LAMP_ITEMS}
    if again & lamps:
        again |= lamps
    return tuple(code for code in plan if code in again)


def _may_apply(entry: ItemEntry | PointEntry, facts: Facts) -> bool:
    return ask(entry.applies_if, facts).holds is not False


def _calculated_with(pack: Pack, items: Sequence[ItemEntry], facts: Facts) -> frozenset[str]:
    """Return the missing facts that formulas need, of quantities that are sure to be computed."""
    quantities = [pack.quantity(name) for item in items for name in item.quantities]
    sure = [quantity for quantity in quantities if ask(quantity.applies_if, facts).holds]
    wanted = {fact for quantity in sure for fact in FORMULAS[quantity.formula].facts}
    return frozenset(fact for fact in wanted if facts.values.get(fact) is None)


def _conditions(pack: Pack, items: Sequence[ItemEntry]) -> Iterator[Applies]:
    quantities = {name for item in items for name in item.quantities}
    yield from (item.applies_if for item in items)
    yield from (pack.quantity(name).applies_if for name in quantities)
    yield from (limit.applies_if for limit in pack.limits if limit.quantity in quantities)
