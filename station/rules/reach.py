"""Entries of a pack that can never decide anything: nobody uses them, or their dates and conditions never meet."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from station.model.base import Frozen
from station.model.text import Text
from station.rules.conditions import Applies, exclude_each_other
from station.rules.facts import LETTER_FACTS
from station.rules.formulas import FORMULAS
from station.rules.pack import Kind, Pack
from station.rules.pack_words import TEXTS
from station.rules.schema import ItemEntry, LimitEntry, OverrideEntry, QuantityEntry

Conditional = ItemEntry | QuantityEntry | LimitEntry | OverrideEntry


class Unreachable(Frozen):
    """An entry that never decides, in which file, and why; the words say what to do."""

    kind: Kind
    id: str
    file: str
    why: Text


def unreachable(pack: Pack) -> Iterator[Unreachable]:
    """Yield every quantity, limit, override and constant of a pack that can never count."""
    for quantity in pack.quantities:
        yield from _found(pack, "quantity", quantity.id, _why(pack, quantity))
    for limit in pack.limits:
        why = _why(pack, pack.quantity(limit.quantity), limit) or _why_of_class(pack, limit.applies_if)
        yield from _found(pack, "limit", limit.id, why)
    for override in pack.overrides:
        why = _why(pack, pack.quantity(override.quantity), override) or _why_of_class(pack, override.applies_if)
        yield from _found(pack, "override", override.id, why)
    used = {entry.constants.get(name, name) for entry in pack.quantities for name in FORMULAS[entry.formula].constants}
    for constant in pack.constants:
        why = None if constant.known_as in used else TEXTS.text("no_formula_uses", name=constant.known_as)
        yield from _found(pack, "constant", constant.id, why)


def _found(pack: Pack, kind: Kind, name: str, why: Text | None) -> Iterator[Unreachable]:
    if why is not None:
        yield Unreachable(kind=kind, id=name, file=pack.files[kind, name], why=why)


def _why(pack: Pack, quantity: QuantityEntry, *more: LimitEntry | OverrideEntry) -> Text | None:
    """Return why no item comes to an entry of a quantity, or to the quantity itself."""
    items = [item for item in pack.items if quantity.id in item.quantities]
    if not items:
        return TEXTS.text("no_item_uses", name=quantity.id)
    if not any(_share_days((item, quantity, *more)) for item in items):
        return TEXTS.text("no_common_day", name=quantity.id)
    if not any(_may_apply_together((item, quantity, *more)) for item in items):
        return TEXTS.text("no_common_case", name=quantity.id)
    return None


def _share_days(entries: Sequence[Conditional]) -> bool:
    latest = max(entry.effective_from for entry in entries)
    return all(entry.in_force(latest) for entry in entries)


def _may_apply_together(entries: Sequence[Conditional]) -> bool:
    pairs = combinations([entry.applies_if for entry in entries], 2)
    return _share_days(entries) and not any(exclude_each_other(a, b, LETTER_FACTS) for a, b in pairs)


def _why_of_class(pack: Pack, applies_if: Applies) -> Text | None:
    """Return that a condition names classes whose own conditions contradict the rest of it."""
    if all(not _may_be_of_class(pack, (tests,)) for tests in applies_if) and applies_if:
        return TEXTS.text("no_class")
    return None


def _may_be_of_class(pack: Pack, alternative: Applies) -> bool:
    (tests,) = alternative
    test = tests.get("vehicle_class")
    if test is None or test.any is None:
        return True
    named = [entry for entry in pack.classes if entry.id in test.any]
    return any(not exclude_each_other(entry.applies_if, alternative, LETTER_FACTS) for entry in named)
