"""Which limit applies to a quantity, what number it is, and whether a value meets it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import ge, gt, le, lt

from station.model.verdict import Severity
from station.rules.conditions import Facts, ask
from station.rules.pack import Pack
from station.rules.schema import LimitEntry

SEVERITIES: tuple[Severity | None, ...] = ("advisory", "minor", None, "major", "dangerous")
"""From the least to the worst; a limit without a severity fails the vehicle."""
HARMLESS: tuple[Severity | None, ...] = ("advisory", "minor")

_MEETS = {">=": ge, "<=": le, ">": gt, "<": lt}


@dataclass(frozen=True)
class Bound:
    """A limit that applies, with its numbers: ``low`` and ``high`` with ``within``, else ``value``."""

    entry: LimitEntry
    value: Fraction
    low: Fraction | None = None

    @property
    def numbers(self) -> tuple[Fraction, ...]:
        """Return every number of the limit."""
        return (self.value,) if self.low is None else (self.low, self.value)

    def met_by(self, value: Fraction) -> bool:
        """Return whether a value meets the limit."""
        if self.low is not None:
            return self.low <= value <= self.value
        return bool(_MEETS[self.entry.comparison](value, self.value))


@dataclass(frozen=True)
class Choice:
    """The limits that apply to a quantity, at most one of each severity; ``missing``: facts that leave one open."""

    bounds: tuple[Bound, ...]
    missing: frozenset[str] = frozenset()

    def worst_missed(self, value: Fraction) -> Bound | None:
        """Return the limit with the worst severity that a value misses."""
        missed = [bound for bound in self.bounds if not bound.met_by(value)]
        return max(missed, key=lambda bound: SEVERITIES.index(bound.entry.severity), default=None)


def limits_for(pack: Pack, quantity: str, facts: Facts, on: date) -> Choice:
    """Return the limits of a quantity that apply on a day, in the pack's order."""
    entries = [e for e in pack.limits_of(quantity) if e.in_force(on)]
    by_severity = {entry.severity: [e for e in entries if e.severity == entry.severity] for entry in entries}
    choices = [_chosen(group, facts) for group in by_severity.values()]
    bounds = tuple(bound for choice in choices for bound in choice.bounds)
    return Choice(bounds, frozenset().union(*(choice.missing for choice in choices)))


def _chosen(entries: Iterable[LimitEntry], facts: Facts) -> Choice:
    answers = [(entry, ask(entry.applies_if, facts)) for entry in entries]
    entry = next((entry for entry, answer in answers if answer.holds), None)
    if entry is None:
        return Choice((), frozenset().union(*(answer.missing for _, answer in answers)))
    return _resolved(entry, facts)


def _resolved(entry: LimitEntry, facts: Facts) -> Choice:
    wanted = [name for name in (entry.value_of, entry.raised_by and entry.raised_by.fact) if name]
    known = {name: value for name in wanted if isinstance(value := facts.values.get(name), Fraction)}
    if missing := [name for name in wanted if name not in known]:
        return Choice((), frozenset().union(*(facts.lacking(name) for name in missing)))
    if entry.low is not None and entry.high is not None:
        return Choice((Bound(entry, Fraction(entry.high), Fraction(entry.low)),))
    base = known[entry.value_of] if entry.value_of else Fraction(entry.value or 0)
    raised = entry.raised_by.of(known[entry.raised_by.fact]) if entry.raised_by else Fraction(0)
    return Choice((Bound(entry, base + Fraction(entry.plus or 0) + raised),))
