"""A rule pack in memory: entries that were checked, and the reference that verdicts carry."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Literal

from station.model.base import Frozen
from station.model.text import Catalogue, SaidValueError, Text
from station.model.verdict import Certainty, PackRef
from station.rules.pack_words import TEXTS
from station.rules.schema import (
    AxleLayout,
    Compare,
    ComparisonEntry,
    Constant,
    Entry,
    ItemEntry,
    LimitEntry,
    OverrideEntry,
    PeriodEntry,
    PointEntry,
    QuantityEntry,
    Setting,
    Step,
    VehicleClass,
)

Kind = Literal[
    "comparison",
    "setting",
    "constant",
    "class",
    "axle_layout",
    "item",
    "quantity",
    "limit",
    "override",
    "point",
    "period",
]


class PackError(SaidValueError):
    """A pack that cannot be used: the file, the entry and key, and what was expected there."""

    def __init__(self, file: str | Text, entry: str, expected: Text, line: int | None = None) -> None:
        place = file if isinstance(file, Text) else Text(zh=file, en=file)
        zh, en = (f"{entry}：", f"{entry}: ") if entry else ("", "")
        at = Text(zh=f"，第 {line} 行", en=f", line {line}") if line else Text(zh="", en="")
        super().__init__(Text(zh=f"{place.zh}{at.zh}：{zh}{expected.zh}", en=f"{place.en}{at.en}: {en}{expected.en}"))
        self.file = place.en
        self.entry = entry
        self.expected = expected.en
        self.line = line
        self._parts = (place, entry, expected)

    def at(self, line: int | None) -> "PackError":
        """Return the error with the line of its file."""
        return PackError(*self._parts, line=line)

    @classmethod
    def of(cls, file: str | Text, entry: str, case: str, /, **values: object) -> "PackError":
        """Return the error of one case of the catalogue."""
        return cls(file, entry, TEXTS.text(case, **values))


class Value(Frozen):
    """One thing that a pack claims, with how certain it is. ``value`` is text: ``>= 60.0 %``, a formula's name."""

    kind: Kind
    id: str
    file: str
    value: str
    clause: str
    clause_certainty: Certainty
    source: str
    certainty: Certainty
    confirmed: bool
    checked_by: str | None
    checked_on: date | None
    effective_from: date
    effective_to: date | None


@dataclass(frozen=True)
class Pack:
    """A checked rule pack. Made by ``parse_pack`` only."""

    ref: PackRef
    title: Text
    comparison: ComparisonEntry
    settings: tuple[Setting, ...]
    constants: tuple[Constant, ...]
    classes: tuple[VehicleClass, ...]
    layouts: tuple[AxleLayout, ...]
    items: tuple[ItemEntry, ...]
    quantities: tuple[QuantityEntry, ...]
    limits: tuple[LimitEntry, ...]
    overrides: tuple[OverrideEntry, ...]
    points: tuple[PointEntry, ...]
    periods: tuple[PeriodEntry, ...]
    texts: Catalogue
    files: dict[tuple[Kind, str], str]

    def item(self, code: str) -> ItemEntry | None:
        """Return an item, None if the pack does not know it."""
        return self._items.get(code)

    def quantity(self, name: str) -> QuantityEntry:
        """Return a quantity that the pack holds."""
        return self._quantities[name]

    def limits_of(self, quantity: str) -> tuple[LimitEntry, ...]:
        """Return the limits of a quantity, of all days."""
        return self._limits.get(quantity, ())

    @cached_property
    def _items(self) -> dict[str, ItemEntry]:
        return {item.code: item for item in self.items}

    @cached_property
    def _quantities(self) -> dict[str, QuantityEntry]:
        return {quantity.id: quantity for quantity in self.quantities}

    @cached_property
    def _limits(self) -> dict[str, tuple[LimitEntry, ...]]:
        named = {entry.quantity for entry in self.limits}
        return {name: tuple(e for e in self.limits if e.quantity == name) for name in named}

    def with_settings(self, chosen: Mapping[str, str]) -> "Pack":
        """Return the pack with other choices; the reference stays that of the files.

        Raises:
            PackError: no such setting, or not one of its choices.
        """
        known = {setting.id: setting for setting in self.settings}
        for name, value in chosen.items():
            if name not in known:
                raise PackError.of(self.ref.name, f"settings.{name}", "no_setting", known=", ".join(known))
            if value not in known[name].choices:
                choices = ", ".join(known[name].choices)
                raise PackError.of(self.ref.name, f"settings.{name}", "choice", value=value, choices=choices)
        settings = (s.model_copy(update={"value": chosen.get(s.id, s.value)}) for s in self.settings)
        return replace(self, settings=tuple(settings))

    def values(self) -> Iterator[Value]:
        """Return everything that the pack claims, in the order of its tables."""
        return (self._value(kind, name, text, entry) for kind, name, text, entry in self._claims())

    @property
    def unconfirmed(self) -> tuple[Value, ...]:
        """Return the values that await confirmation (certainty C or D)."""
        return tuple(value for value in self.values() if not value.confirmed)

    def _claims(self) -> Iterator[tuple[Kind, str, str, Entry]]:
        yield "comparison", "comparison", _compare_text(self.comparison), self.comparison
        yield from (("setting", s.id, s.value, s) for s in self.settings)
        yield from (("constant", c.id, f"{c.value} {c.unit}", c) for c in self.constants)
        yield from (("class", c.id, "", c) for c in self.classes)
        yield from (("axle_layout", a.id, ",".join(map(str, a.front)), a) for a in self.layouts)
        yield from (("item", i.code, ",".join(i.quantities), i) for i in self.items)
        yield from (("quantity", q.id, _quantity_text(q), q) for q in self.quantities)
        yield from (("limit", e.id, _limit_text(e), e) for e in self.limits)
        yield from (("override", o.id, o.outcome, o) for o in self.overrides)
        yield from (("point", p.id, f"{p.item} {p.number}".rstrip(), p) for p in self.points)
        yield from (("period", p.id, _period_text(p), p) for p in self.periods)

    def _value(self, kind: Kind, name: str, text: str, entry: Entry) -> Value:
        shared = entry.model_dump(include=set(Entry.model_fields) - {"note"})
        return Value(kind=kind, id=name, file=self.files[kind, name], value=text, confirmed=entry.confirmed, **shared)


def _compare_text(compare: Compare) -> str:
    digits = "" if compare.digits is None else f" to {compare.digits} digits"
    first = "" if compare.first_rounded is None else f", first rounded to {compare.first_rounded}"
    return f"{compare.mode}{digits}{first}"


def _quantity_text(entry: QuantityEntry) -> str:
    return f"{entry.formula}, {_compare_text(entry.compare)}" if entry.compare else entry.formula


def _limit_text(entry: LimitEntry) -> str:
    if entry.comparison == "within":
        return f"within {entry.low} to {entry.high} {entry.unit}"
    plus = "" if entry.plus is None else f" + {entry.plus}"
    raised = f", raised by {entry.raised_by.fact}" if entry.raised_by else ""
    return f"{entry.comparison} {entry.value_of or entry.value}{plus} {entry.unit}{raised}"


def _period_text(entry: PeriodEntry) -> str:
    years = ", ".join(map(str, entry.mark_only_years))
    return ", then ".join(map(_step_text, entry.steps)) + (f"; mark only in years {years}" if years else "")


def _step_text(step: Step) -> str:
    end = "" if step.to_year is None else f" to year {step.to_year}"
    return f"every {step.every_months} months{end}"
