"""Which items a vehicle needs, what must be asked first, and what a retest repeats."""

from collections.abc import Collection, Sequence
from datetime import date

from station.model.codes import AXLE_ITEMS, LAMP_ITEMS
from station.model.vehicle import Category, Vehicle
from station.rules.conditions import Facts, ask
from station.rules.facts import VEHICLE_FACTS, facts_of, first_in_force, with_axle
from station.rules.formulas import FORMULAS
from station.rules.pack import Pack
from station.rules.schema import ItemEntry, LimitEntry, PointEntry, QuantityEntry

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
    missing = frozenset().union(*(_open_facts(pack, item, facts) for item in items))
    return tuple(name for name in Vehicle.model_fields if name in missing & VEHICLE_FACTS)


def retest_items(failed: Collection[str], plan: Sequence[str]) -> tuple[str, ...]:
    """Return the items of a plan that a retest (复检) measures again after these have failed.

    The whole-vehicle rate is derived from the axles: it is judged again with any axle, and repeats all axles when it
    failed alone. A parking brake that failed is repeated alone. One run measures all headlamps: with one, all are
    repeated, and so is what is judged of them together.
    """
    axles = set(plan) & set(AXLE_ITEMS)
    again = set(failed)
    if again & axles:
        again.add(_WHOLE_VEHICLE)
    elif _WHOLE_VEHICLE in again:
        again |= axles
    lamps = set(plan) & set(LAMP_ITEMS)
    if again & lamps:
        again |= lamps
    return tuple(code for code in plan if code in again)


def _may_apply(entry: ItemEntry | PointEntry | QuantityEntry, facts: Facts) -> bool:
    return ask(entry.applies_if, facts).holds is not False


def _open_facts(pack: Pack, item: ItemEntry, facts: Facts) -> frozenset[str]:
    """Return the missing facts that an item needs: whether it applies, and those of what it measures."""
    there = with_axle(pack, facts, item.axle, None)
    quantities = [quantity for name in item.quantities if _may_apply(quantity := pack.quantity(name), there)]
    return ask(item.applies_if, facts).missing.union(*(_of_quantity(pack, quantity, there) for quantity in quantities))


def _of_quantity(pack: Pack, quantity: QuantityEntry, facts: Facts) -> frozenset[str]:
    """Return the missing facts that a quantity needs: whether it counts, how it is computed, which limit it has."""
    whether = ask(quantity.applies_if, facts)
    computed = _calculated_with(pack, quantity, facts) if whether.holds else frozenset[str]()
    return whether.missing | computed | _open_limits(pack, quantity, facts)


def _open_limits(pack: Pack, quantity: QuantityEntry, facts: Facts) -> frozenset[str]:
    """Return the missing facts that leave open which limit a quantity has, or which number that is."""
    limits = [limit for limit in pack.limits if limit.quantity == quantity.id]
    groups = [[limit for limit in limits if limit.severity == severity] for severity in {e.severity for e in limits}]
    return frozenset().union(*(_open_limit(group, facts) for group in groups))


def _open_limit(limits: Sequence[LimitEntry], facts: Facts) -> frozenset[str]:
    asked = [(limit, ask(limit.applies_if, facts)) for limit in limits]
    sure = [limit for limit, answer in asked if answer.holds]
    wanted = {name for limit in sure for name in (limit.value_of, limit.raised_by and limit.raised_by.fact) if name}
    unknown = frozenset().union(*(facts.lacking(name) for name in wanted if facts.values.get(name) is None))
    # A limit that has ended decides nothing today, whatever it was: the facts of the others are still asked for.
    settled = any(limit.effective_to is None for limit in sure)
    return unknown if settled else unknown.union(*(answer.missing for _, answer in asked))


def _calculated_with(pack: Pack, quantity: QuantityEntry, facts: Facts) -> frozenset[str]:
    """Return the missing facts that a quantity's formula needs, for itself or to know the pack's constants."""
    formula = FORMULAS[quantity.formula]
    names = {quantity.constants.get(name, name) for name in formula.constants}
    found = (first_in_force([c for c in pack.constants if c.known_as == name], facts, None) for name in names)
    missing = frozenset(fact for fact in formula.facts if facts.values.get(fact) is None)
    return missing.union(*(lacking for _, lacking in found))
