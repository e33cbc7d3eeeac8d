"""What must hold between the entries of a pack."""

from collections.abc import Iterator
from itertools import combinations
from typing import get_args

from station.model.capture import Method
from station.model.codes import CHECKLIST_ITEMS
from station.model.text import LANGUAGES
from station.model.vehicle import Category
from station.rules.conditions import Applies, Requirement, exclude_each_other, names
from station.rules.facts import (
    DATE_FACTS,
    FLAG_FACTS,
    LETTER_FACTS,
    NUMBER_FACTS,
    OF_A_RUN,
    OF_AN_AXLE,
    OF_LOCKING,
    POSITIONS,
    WORD_FACTS,
)
from station.rules.formulas import FORMULAS, Formula
from station.rules.formulas.scalars import SCALAR_UNITS
from station.rules.formulas.windows import CHANNEL_UNITS
from station.rules.pack import Kind, Pack, PackError
from station.rules.schema import ItemEntry, LimitEntry, OverrideEntry, PointEntry, QuantityEntry
from station.rules.texts import check_words

KNOWN_FACTS = WORD_FACTS | LETTER_FACTS | FLAG_FACTS | NUMBER_FACTS | DATE_FACTS
_OF_MEASURING = OF_AN_AXLE | OF_A_RUN | OF_LOCKING
NOT_YET: dict[Kind, set[str]] = {
    "constant": OF_LOCKING,
    "class": {"vehicle_class"} | _OF_MEASURING,
    "axle_layout": _OF_MEASURING - {"axle"},
    "item": _OF_MEASURING,
    "quantity": OF_LOCKING,
    "limit": OF_LOCKING,
    "override": set(),
    "point": _OF_MEASURING,
    "period": _OF_MEASURING,
}
"""Facts that are not known when an entry of a kind is chosen."""


MAY_MEASURE: tuple[Kind, ...] = ("quantity", "limit", "override")
"""Kinds of entries whose conditions may name quantities that were computed before."""


def check(pack: Pack) -> None:
    """Check a pack as a whole.

    Raises:
        PackError: the first entry that does not fit the others.
    """
    _check_names(pack)
    for quantity in pack.quantities:
        _check_quantity(pack, quantity)
    for item in pack.items:
        _check_item(pack, item)
    _check_axles(pack)
    for limit in pack.limits:
        _check_limit(pack, limit)
    for override in pack.overrides:
        _check_override(pack, override)
    for point in pack.points:
        _check_point(pack, point)
    for kind, name, applies_if in _conditions(pack):
        _check_condition(pack, kind, name, applies_if)
    _check_overlaps(pack)


def _refuse(pack: Pack, kind: Kind, name: str, case: str, /, **values: object) -> PackError:
    return PackError.of(pack.files[kind, name], f"{kind} ({name})", case, **values)


def _check_names(pack: Pack) -> None:
    for setting in pack.settings:
        if setting.id in KNOWN_FACTS:
            raise _refuse(pack, "setting", setting.id, "no_fact_name")
    for quantity in pack.quantities:
        if quantity.id in KNOWN_FACTS | {setting.id for setting in pack.settings}:
            raise _refuse(pack, "quantity", quantity.id, "quantity_name")


def _check_quantity(pack: Pack, quantity: QuantityEntry) -> None:
    formula = FORMULAS.get(quantity.formula)
    if formula is None:
        raise _refuse(pack, "quantity", quantity.id, "formula", known=", ".join(FORMULAS))
    if formula.unit is not None and quantity.unit != formula.unit:
        raise _refuse(pack, "quantity", quantity.id, "formula_unit", formula=quantity.formula, unit=formula.unit)
    _check_window(pack, quantity, formula)
    _check_inputs(pack, quantity, formula)
    for language in LANGUAGES:
        entry = f"quantity ({quantity.id}): name.{language}"
        check_words(pack.files["quantity", quantity.id], entry, quantity.name.in_(language), {"axle"})


def _check_inputs(pack: Pack, quantity: QuantityEntry, formula: Formula) -> None:
    wanted = {quantity.constants.get(name, name) for name in formula.constants}
    absent = wanted - {constant.known_as for constant in pack.constants}
    if absent:
        names = ", ".join(sorted(absent))
        raise _refuse(pack, "quantity", quantity.id, "constants", formula=quantity.formula, names=names)
    unused = sorted(quantity.constants.keys() - set(formula.constants))
    if unused:
        raise _refuse(pack, "quantity", quantity.id, "constants_unused", formula=quantity.formula, names=unused[0])
    if bool(quantity.limits_of) != formula.limits:
        needed = "limits_of" if formula.limits else "no_limits_of"
        raise _refuse(pack, "quantity", quantity.id, needed, formula=quantity.formula)
    for name in quantity.limits_of:
        _check_known_quantity(pack, "quantity", quantity.id, name)
    _check_scalar(pack, quantity, formula)


def _check_scalar(pack: Pack, quantity: QuantityEntry, formula: Formula) -> None:
    if (quantity.scalar is not None) != formula.scalar:
        needed = "scalar" if formula.scalar else "no_scalar"
        raise _refuse(pack, "quantity", quantity.id, needed, formula=quantity.formula)
    unit = formula.channel_unit or quantity.unit
    if quantity.scalar is not None and SCALAR_UNITS.get(quantity.scalar) != unit:
        known = ", ".join(f"{name} ({unit})" for name, unit in SCALAR_UNITS.items())
        raise _refuse(pack, "quantity", quantity.id, "scalar_unit", unit=unit, known=known)


def _check_window(pack: Pack, quantity: QuantityEntry, formula: Formula) -> None:
    if (quantity.window is None) != (formula.channels is None):
        wanted = "no_window" if formula.channels is None else "window"
        raise _refuse(pack, "quantity", quantity.id, wanted, formula=quantity.formula)
    if quantity.window is None or formula.channels is None:
        return
    if (quantity.window.last is not None) != formula.repeats:
        wanted = "last_of_several" if formula.repeats else "one_window"
        raise _refuse(pack, "quantity", quantity.id, wanted, formula=quantity.formula)
    unit = formula.channel_unit or quantity.unit
    fewest, most = formula.channels
    if not fewest <= len(quantity.window.channels) <= most:
        raise _refuse(pack, "quantity", quantity.id, "channel_count", fewest=fewest, most=most)
    for channel in quantity.window.channels:
        if CHANNEL_UNITS.get(channel) != unit:
            known = ", ".join(f"{name} ({unit})" for name, unit in CHANNEL_UNITS.items())
            raise _refuse(pack, "quantity", quantity.id, "channel_unit", unit=unit, known=known)


def _check_item(pack: Pack, item: ItemEntry) -> None:
    known = {quantity.id for quantity in pack.quantities}
    done: set[str] = set()
    for name in item.quantities:
        if name not in known:
            raise _refuse(pack, "item", item.code, "item_quantity", name=name)
        quantity = pack.quantity(name)
        later = {fact for fact, _ in names(quantity.applies_if)} & known - done
        if later:
            raise _refuse(pack, "item", item.code, "item_order", name=name, names=", ".join(sorted(later)))
        if FORMULAS[quantity.formula].needs_axle and item.axle is None:
            raise _refuse(pack, "item", item.code, "item_axle", formula=quantity.formula)
        done.add(name)


def _check_axles(pack: Pack) -> None:
    for one, other in combinations([item for item in pack.items if item.axle is not None], 2):
        if one.axle == other.axle and one.code[0] == other.code[0]:
            raise _refuse(pack, "item", other.code, "axle_twice", item=one.code, axle=one.axle)


def _check_limit(pack: Pack, limit: LimitEntry) -> None:
    _check_known_quantity(pack, "limit", limit.id, limit.quantity)
    quantity = pack.quantity(limit.quantity)
    if limit.unit != quantity.unit:
        units = {"expected": quantity.unit, "unit": limit.unit}
        raise _refuse(pack, "limit", limit.id, "limit_unit", quantity=limit.quantity, **units)
    if quantity.auxiliary:
        raise _refuse(pack, "limit", limit.id, "auxiliary", quantity=limit.quantity)
    for fact in (limit.value_of, limit.raised_by.fact if limit.raised_by else None):
        if fact is not None and fact not in NUMBER_FACTS - OF_LOCKING:
            raise _refuse(pack, "limit", limit.id, "limit_fact", fact=fact)


def _check_override(pack: Pack, override: OverrideEntry) -> None:
    _check_known_quantity(pack, "override", override.id, override.quantity)
    own = {limit.id for limit in pack.limits if limit.quantity == override.quantity}
    foreign = sorted(set(override.limits) - own)
    if foreign:
        raise _refuse(pack, "override", override.id, "override_limit", name=foreign[0], quantity=override.quantity)


def _check_point(pack: Pack, point: PointEntry) -> None:
    item = pack.item(point.item)
    if item is None or item.quantities or item.code not in CHECKLIST_ITEMS:
        allowed = ", ".join(item.code for item in pack.items if item.code in CHECKLIST_ITEMS)
        raise _refuse(pack, "point", point.id, "checklist_item", allowed=allowed)


def _check_known_quantity(pack: Pack, kind: Kind, name: str, quantity: str) -> None:
    if quantity not in {known.id for known in pack.quantities}:
        raise _refuse(pack, kind, name, "quantity", quantity=quantity)


def _conditions(pack: Pack) -> Iterator[tuple[Kind, str, Applies]]:
    yield from (("constant", entry.id, entry.applies_if) for entry in pack.constants)
    yield from (("class", entry.id, entry.applies_if) for entry in pack.classes)
    yield from (("axle_layout", entry.id, entry.applies_if) for entry in pack.layouts)
    yield from (("item", entry.code, entry.applies_if) for entry in pack.items)
    yield from (("quantity", entry.id, entry.applies_if) for entry in pack.quantities)
    yield from (("limit", entry.id, entry.applies_if) for entry in pack.limits)
    yield from (("override", entry.id, entry.applies_if) for entry in pack.overrides)
    yield from (("point", entry.id, entry.applies_if) for entry in pack.points)
    for entry in pack.periods:
        yield from (("period", entry.id, a) for a in (entry.applies_if, entry.mark_only_if, entry.emissions_if))


def _check_condition(pack: Pack, kind: Kind, name: str, applies_if: Applies) -> None:
    measured = {quantity.id for quantity in pack.quantities} if kind in MAY_MEASURE else set()
    words = _closed_words(pack)
    known = (KNOWN_FACTS - NOT_YET[kind]) | measured | {setting.id for setting in pack.settings}
    for fact, requirement in names(applies_if):
        if fact not in known:
            raise _refuse(pack, kind, name, "condition_fact", fact=fact)
        kind_of_fact = "number" if fact in NUMBER_FACTS | measured else "date" if fact in DATE_FACTS else "word"
        problem = _wrong_kind(fact, requirement, kind_of_fact) or _wrong_word(requirement, words.get(fact))
        if problem:
            raise _refuse(pack, kind, name, problem, fact=fact, allowed=", ".join(words.get(fact, ())))


def _wrong_kind(fact: str, requirement: Requirement, kind: str) -> str | None:
    tests = "number" if requirement.is_range else "date" if requirement.is_dates else "word"
    if tests != kind:
        return {"number": "condition_range", "date": "condition_dates", "word": "condition_words"}[kind]
    if any(isinstance(word, bool) != (fact in FLAG_FACTS) for word in requirement.words()):
        return "condition_flag" if fact in FLAG_FACTS else "condition_word"
    return None


def _wrong_word(requirement: Requirement, allowed: tuple[str, ...] | None) -> str | None:
    if allowed is None or set(requirement.words()) <= set(allowed):
        return None
    return "condition_choice"


def _closed_words(pack: Pack) -> dict[str, tuple[str, ...]]:
    return {
        "category": get_args(Category),
        "axle_position": POSITIONS,
        "method": get_args(Method),
        "vehicle_class": tuple(entry.id for entry in pack.classes),
        **{setting.id: setting.choices for setting in pack.settings},
    }


def _check_overlaps(pack: Pack) -> None:
    """Refuse two limits of a quantity, equally severe, of which both could apply on a day."""
    for one, other in combinations(pack.limits, 2):
        if _rivals(one, other) and _days_overlap(one, other) and not _apart(one, other):
            raise _refuse(pack, "limit", other.id, "overlap", other=one.id)


def _rivals(one: LimitEntry, other: LimitEntry) -> bool:
    return (one.quantity, one.severity) == (other.quantity, other.severity)


def _apart(one: LimitEntry, other: LimitEntry) -> bool:
    return exclude_each_other(one.applies_if, other.applies_if, LETTER_FACTS)


def _days_overlap(one: LimitEntry, other: LimitEntry) -> bool:
    return one.in_force(other.effective_from) or other.in_force(one.effective_from)
