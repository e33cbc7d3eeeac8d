"""A pack for people: its entries one by one, what belongs to an item, and what differs between two packs."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from station.model.base import Frozen
from station.model.text import Text
from station.model.verdict import PackRef
from station.rules.conditions import Applies, Requirement
from station.rules.formulas import FORMULAS
from station.rules.pack import Kind, Pack, Value
from station.rules.schema import Entry

Key = tuple[Kind, str]
_KINDS: dict[Kind, str] = {
    "setting": "settings",
    "constant": "constants",
    "class": "classes",
    "axle_layout": "layouts",
    "item": "items",
    "quantity": "quantities",
    "limit": "limits",
    "override": "overrides",
    "point": "points",
    "period": "periods",
}


class Field(Frozen):
    """One key of an entry that two packs state differently; None: not stated."""

    name: str
    old: str | None
    new: str | None


class Change(Frozen):
    """An entry that both packs have, with what differs."""

    kind: Kind
    id: str
    fields: tuple[Field, ...]


class Difference(Frozen):
    """What differs between two packs, entry by entry: ``old`` is the first one."""

    v: Literal[1] = 1
    old: PackRef
    new: PackRef
    added: tuple[Value, ...]
    removed: tuple[Value, ...]
    changed: tuple[Change, ...]


def entries(pack: Pack) -> dict[Key, Entry]:
    """Return every entry of a pack by its kind and name."""
    found: dict[Key, Entry] = {("comparison", "comparison"): pack.comparison}
    for kind, field in _KINDS.items():
        for entry in getattr(pack, field):
            found[kind, entry.code if kind == "item" else entry.id] = entry
    return found


def entries_of_item(pack: Pack, code: str) -> set[Key]:
    """Return the entries on which an item's verdict can rest; of no such item, none."""
    item = pack.item(code)
    quantities = [pack.quantity(name) for name in item.quantities] if item else []
    names = {quantity.id for quantity in quantities}
    constants = {q.constants.get(name, name) for q in quantities for name in FORMULAS[q.formula].constants}
    keys: list[Iterable[Key]] = [
        [("item", code), ("comparison", "comparison")] if item else [],
        (("quantity", name) for name in names),
        (("constant", entry.id) for entry in pack.constants if entry.known_as in constants),
        (("limit", entry.id) for entry in pack.limits if entry.quantity in names),
        (("override", entry.id) for entry in pack.overrides if entry.quantity in names),
        (("point", entry.id) for entry in pack.points if entry.item == code),
    ]
    return {key for some in keys for key in some}


def applies_text(applies: Applies) -> str:
    """Return a condition as one line: ``vehicle_class = light | bus, axles <= 2``; alternatives divided by ``or``."""
    return " or ".join(", ".join(_tests(name, test) for name, test in tests.items()) for tests in applies)


def _tests(name: str, test: Requirement) -> str:
    said = [
        *([f"{name} = {_words(test.any)}"] if test.any is not None else []),
        *([f"{name} != {_words(test.none)}"] if test.none is not None else []),
        *(f"{name} {sign} {bound}" for sign, bound in _bounds(test) if bound is not None),
    ]
    return " and ".join(said) + (f" (missing: {str(test.missing).lower()})" if test.missing is not None else "")


def _bounds(test: Requirement) -> Iterator[tuple[str, object]]:
    yield from ((">=", test.min), ("<=", test.max), (">", test.above), ("<", test.below))
    yield from ((">=", test.since), ("<", test.before))


def _words(words: tuple[str | bool, ...]) -> str:
    return " | ".join(str(word).lower() if isinstance(word, bool) else word or '""' for word in words)


def difference(old: Pack, new: Pack) -> Difference:
    """Return what another pack, or another edition, says otherwise."""
    before, after = entries(old), entries(new)
    return Difference(
        old=old.ref,
        new=new.ref,
        added=tuple(value for value in new.values() if (value.kind, value.id) not in before),
        removed=tuple(value for value in old.values() if (value.kind, value.id) not in after),
        changed=tuple(_changes(before, after)),
    )


def _changes(before: dict[Key, Entry], after: dict[Key, Entry]) -> Iterator[Change]:
    for key, entry in before.items():
        if key in after and after[key] != entry:
            one, other = _flat(entry), _flat(after[key])
            fields = (Field(name=name, old=one[name], new=other[name]) for name in one if one[name] != other[name])
            yield Change(kind=key[0], id=key[1], fields=tuple(fields))


def _flat(entry: Entry) -> dict[str, str | None]:
    """Return each key of an entry as text."""
    return {name: _text(name, getattr(entry, name)) for name in type(entry).model_fields}


def _text(name: str, value: Any) -> str | None:
    if value is None or value == () or value == {}:
        return None
    return applies_text(value) if name.endswith("_if") else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, Text):
        return f"{value.zh} / {value.en}"
    if isinstance(value, Frozen):
        return ", ".join(f"{name} {_plain(inner)}" for name, inner in value if inner is not None)
    if isinstance(value, dict):
        return ", ".join(f"{name} = {inner}" for name, inner in value.items())
    return ", ".join(map(_plain, value)) if isinstance(value, tuple) else str(value)
