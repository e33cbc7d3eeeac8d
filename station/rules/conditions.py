"""When an entry of a pack applies: tests on facts, with three answers, since a fact may be missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, StrictBool, StrictStr, model_validator

from station.model.base import Frozen
from station.model.text import SaidValueError
from station.rules.pack_words import TEXTS

FactValue = str | bool | Fraction | date | tuple[str, ...] | None


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise SaidValueError(TEXTS.text("number", found=repr(value)))
    return Decimal(value)


Number = Annotated[Decimal, BeforeValidator(_number)]


@dataclass(frozen=True)
class _Words:
    """Words and flags to compare with: whole ones, and beginnings."""

    whole: frozenset[tuple[type, str | bool]]
    beginnings: tuple[str, ...]

    @classmethod
    def of(cls, patterns: tuple[str | bool, ...]) -> "_Words":
        beginnings = tuple(p[:-1] for p in patterns if isinstance(p, str) and p.endswith("*"))
        whole = frozenset((type(p), p) for p in patterns if not (isinstance(p, str) and p.endswith("*")))
        return cls(whole, beginnings)

    def some(self, found: tuple[str | bool, ...]) -> bool:
        """Return whether one of the values is among them; a flag is never a word."""
        return any((type(v), v) in self.whole or (isinstance(v, str) and v.startswith(self.beginnings)) for v in found)


class Requirement(Frozen):
    """The test of one fact. In TOML a bare list means ``any``; words may end in ``*``.

    Dates: ``since`` is the first day, ``before`` the first day no more. ``missing`` says what holds when the fact is
    missing; without it the answer is unknown.
    """

    any: tuple[StrictStr | StrictBool, ...] | None = None
    none: tuple[StrictStr | StrictBool, ...] | None = None
    min: Number | None = None
    max: Number | None = None
    above: Number | None = None
    below: Number | None = None
    since: date | None = None
    before: date | None = None
    missing: StrictBool | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare_list(cls, value: Any) -> Any:
        return {"any": value} if isinstance(value, list) else value

    @model_validator(mode="after")
    def _tests_one_kind(self) -> "Requirement":
        if [self.is_range, self.is_words, self.is_dates].count(True) != 1:
            raise SaidValueError(TEXTS.text("requirement"))
        return self

    @property
    def is_range(self) -> bool:
        """Return whether numbers are tested."""
        return any(b is not None for b in (self.min, self.max, self.above, self.below))

    @property
    def is_words(self) -> bool:
        """Return whether words or flags are tested."""
        return self.any is not None or self.none is not None

    @property
    def is_dates(self) -> bool:
        """Return whether dates are tested."""
        return self.since is not None or self.before is not None

    def words(self) -> tuple[str | bool, ...]:
        """Return every word or flag that the test names."""
        return (self.any or ()) + (self.none or ())

    def holds(self, value: FactValue) -> bool | None:
        """Return whether a fact passes; None when it is missing and the test does not say what then."""
        if value is None:
            return self.missing
        if isinstance(value, Fraction):
            return self._in_range(value)
        if isinstance(value, date):
            return (self.since is None or value >= self.since) and (self.before is None or value < self.before)
        found = value if isinstance(value, tuple) else (value,)
        if self.any is not None and not self._any.some(found):
            return False
        return self.none is None or not self._none.some(found)

    @cached_property
    def _any(self) -> "_Words":
        return _Words.of(self.any or ())

    @cached_property
    def _none(self) -> "_Words":
        return _Words.of(self.none or ())

    def _in_range(self, value: Fraction) -> bool:
        return (
            (self.min is None or value >= Fraction(self.min))
            and (self.max is None or value <= Fraction(self.max))
            and (self.above is None or value > Fraction(self.above))
            and (self.below is None or value < Fraction(self.below))
        )


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


Applies = Annotated[tuple[dict[str, Requirement], ...], BeforeValidator(_one_or_more)]
"""Any of several sets of tests; within a set all must hold. Empty: always."""


@dataclass(frozen=True)
class Answer:
    """Whether a condition holds; None (unknown) names the facts that are missing."""

    holds: bool | None
    missing: frozenset[str] = frozenset()


YES, NO = Answer(True), Answer(False)


@dataclass(frozen=True)
class Facts:
    """What is known. ``because`` names, for a derived fact that is missing, the facts that it would need."""

    values: Mapping[str, FactValue]
    because: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def plus(self, name: str, value: FactValue, because: frozenset[str] = frozenset()) -> "Facts":
        """Return the facts with one more."""
        return Facts({**self.values, name: value}, {**self.because, name: because} if because else self.because)

    def lacking(self, name: str) -> frozenset[str]:
        """Return the facts to ask for when this one is missing."""
        return self.because.get(name, frozenset({name}))


def ask(applies: tuple[dict[str, Requirement], ...], facts: Facts) -> Answer:
    """Return whether any of the alternatives holds."""
    missing: set[str] = set()
    open_ = False
    for tests in applies:
        answer = _ask_all(tests, facts)
        if answer.holds:
            return YES
        open_ = open_ or answer.holds is None
        missing |= answer.missing
    if applies and not open_:
        return NO
    return Answer(None, frozenset(missing)) if applies else YES


def _ask_all(tests: Mapping[str, Requirement], facts: Facts) -> Answer:
    open_ = []
    for name, test in tests.items():
        holds = test.holds(facts.values.get(name))
        if holds is False:
            return NO
        if holds is None:
            open_.append(name)
    missing = frozenset().union(*map(facts.lacking, open_))
    return Answer(None, missing) if missing else YES


def names(applies: tuple[dict[str, Requirement], ...]) -> Iterable[tuple[str, Requirement]]:
    """Return every fact that a condition tests, with its test."""
    return ((name, test) for tests in applies for name, test in tests.items())


def exclude_each_other(
    one: tuple[dict[str, Requirement], ...], other: tuple[dict[str, Requirement], ...], many: set[str]
) -> bool:
    """Return whether two conditions provably never hold together; ``many`` names facts with several values."""
    return all(_exclude(a, b, many) for a in one or ({},) for b in other or ({},))


def _exclude(one: Mapping[str, Requirement], other: Mapping[str, Requirement], many: set[str]) -> bool:
    return any(_apart(one[name], other[name], name in many) for name in one.keys() & other.keys())


def _apart(one: Requirement, other: Requirement, many: bool) -> bool:
    if one.missing and other.missing:
        return False
    if one.is_range and other.is_range:
        return _below(one, other) or _below(other, one)
    if one.is_dates and other.is_dates:
        return _earlier(one, other) or _earlier(other, one)
    if one.any is not None and other.any is not None and not many and not _overlap(one.any, other.any):
        return True
    return _ruled_out(one, other) or _ruled_out(other, one)


def _below(lower: Requirement, upper: Requirement) -> bool:
    tops = [(t, False) for t in (lower.max,) if t is not None] + [(t, True) for t in (lower.below,) if t is not None]
    feet = [(f, False) for f in (upper.min,) if f is not None] + [(f, True) for f in (upper.above,) if f is not None]
    return any(
        top < foot or (top == foot and (open_top or open_foot)) for top, open_top in tops for foot, open_foot in feet
    )


def _earlier(one: Requirement, other: Requirement) -> bool:
    return one.before is not None and other.since is not None and one.before <= other.since


def _ruled_out(one: Requirement, other: Requirement) -> bool:
    return (
        one.any is not None and other.none is not None and all(any(_covers(n, a) for n in other.none) for a in one.any)
    )


def _overlap(one: tuple[str | bool, ...], other: tuple[str | bool, ...]) -> bool:
    return any(_covers(a, b) or _covers(b, a) for a in one for b in other)


def _covers(pattern: str | bool, word: str | bool) -> bool:
    if isinstance(pattern, str) and isinstance(word, str) and pattern.endswith("*"):
        return word.startswith(pattern[:-1])
    return pattern is word if isinstance(pattern, bool) else pattern == word
