"""The entries of a rule pack, as they stand in its TOML files."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Literal

from pydantic import Field, StrictBool, StrictStr, model_validator

from station.model.base import Frozen
from station.model.quantity import Unit
from station.model.text import SaidValueError, Text
from station.model.verdict import Certainty, Comparison, Severity
from station.rules.conditions import Applies, Number
from station.rules.pack_words import TEXTS

Mode = Literal["unrounded", "rounded", "floor", "ceil"]
CODE = r"^[a-z][a-z0-9_]*$"
CONFIRMED: tuple[Certainty, ...] = ("A", "B")
"""Certainty marks of values that need no further confirmation (A the text itself, B two independent sources)."""


class Entry(Frozen):
    """Where a value comes from, how certain it is, and when it is in force (both days inclusive)."""

    clause: StrictStr
    clause_certainty: Certainty
    source: StrictStr
    certainty: Certainty
    checked_by: StrictStr | None = None
    checked_on: date | None = None
    effective_from: date
    effective_to: date | None = None
    note: StrictStr = ""

    @model_validator(mode="after")
    def _complete(self) -> "Entry":
        if (self.checked_by is None) != (self.checked_on is None):
            raise SaidValueError(TEXTS.text("checked"))
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise SaidValueError(TEXTS.text("dates", begin=self.effective_from, end=self.effective_to))
        return self

    def in_force(self, on: date | None) -> bool:
        """Return whether the entry is in force on a day; with None, whether it ever is."""
        return on is None or (self.effective_from <= on and (self.effective_to is None or on <= self.effective_to))

    @property
    def confirmed(self) -> bool:
        """Return whether the value is certain enough for an official report."""
        return self.certainty in CONFIRMED


class Head(Frozen):
    """``[pack]``: what the pack calls itself."""

    name: StrictStr = Field(pattern=r"^[a-z0-9-]+$")
    edition: StrictStr = Field(min_length=1)
    title: Text


class Compare(Frozen):
    """What is compared with a limit: the unrounded value, or one with ``digits`` decimals (None: as many as are shown).

    ``rounded`` is half to even (GB/T 8170) unless ``ties`` says that halves go away from zero. ``first_rounded``: so
    many decimals before anything else, which keeps a floor from falling for the last digit of a division.
    """

    mode: Mode
    digits: int | None = Field(default=None, ge=0, le=6)
    first_rounded: int | None = Field(default=None, ge=0, le=9)
    ties: Literal["even", "away"] = "even"

    @model_validator(mode="after")
    def _digits_of_what_is_rounded(self) -> "Compare":
        if self.mode == "unrounded" and self.digits is not None:
            raise SaidValueError(TEXTS.text("digits"))
        return self


class ComparisonEntry(Compare, Entry):
    """``[comparison]``: what is compared where a quantity does not say anything else."""


class Setting(Entry):
    """``[[setting]]``: a choice that the authority of the place makes; conditions may name it."""

    id: StrictStr
    value: StrictStr
    choices: tuple[StrictStr, ...]

    @model_validator(mode="after")
    def _one_of_the_choices(self) -> "Setting":
        if self.value not in self.choices:
            raise SaidValueError(TEXTS.text("choice", value=self.value, choices=", ".join(self.choices)))
        return self


class Constant(Entry):
    """``[[constant]]``: a number that formulas use, under its ``name`` (its id, unless several go by one name).

    Of several by one name the first one counts that is in force and applies.
    """

    id: StrictStr
    name: StrictStr = ""
    value: Number = Field(gt=0)
    unit: Unit
    applies_if: Applies = ()

    @property
    def known_as(self) -> str:
        """Return the name by which formulas ask for it."""
        return self.name or self.id


class VehicleClass(Entry):
    """``[[class]]``: a class of vehicles; the first one that applies is the vehicle's."""

    id: StrictStr
    applies_if: Applies = ()


class AxleLayout(Entry):
    """``[[axle_layout]]``: which axles are front axles (前轴), all others are rear; the first layout that applies."""

    id: StrictStr
    front: tuple[int, ...]
    applies_if: Applies = ()


class ItemEntry(Entry):
    """``[[item]]``: an item of the inspection, and the quantities that decide it, in order (none: a person does)."""

    code: StrictStr
    name: Text
    axle: int | None = Field(default=None, ge=1)
    quantities: tuple[StrictStr, ...] = ()
    applies_if: Applies = ()


class Window(Frozen):
    """The channels that a window formula reads, from the mark ``begin`` up to, not including, the mark ``end``.

    Where a run repeats a window, ``{n}`` in both marks stands for its number, and the ``last`` ones count.
    """

    channels: tuple[StrictStr, ...] = ()
    begin: StrictStr
    end: StrictStr
    last: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _numbered(self) -> "Window":
        if any(("{n}" in mark) != (self.last is not None) for mark in (self.begin, self.end)):
            raise SaidValueError(TEXTS.text("numbered"))
        return self


class QuantityEntry(Entry):
    """``[[quantity]]``: what is computed, by which formula of the closed set, and how it is shown.

    ``validity``: a limit that is missed makes the measurement invalid, not the vehicle fail. ``optional``: without its
    channel it only warns. ``remedy`` says what to do in both cases. ``auxiliary``: computed for the conditions of
    others only, neither judged nor shown. ``constants``: by which name the pack has a constant that the formula calls
    otherwise. ``limits_of``: the quantities with whose limits the formula calculates. ``scalar``: the single value of
    the run that it reads. ``compare``: what is compared, where it is not as in the pack's ``[comparison]``.
    """

    id: StrictStr
    name: Text
    formula: StrictStr
    unit: Unit
    decimals: int = Field(ge=0, le=6)
    window: Window | None = None
    scalar: StrictStr | None = None
    constants: dict[str, StrictStr] = Field(default_factory=dict)
    limits_of: tuple[StrictStr, ...] = ()
    compare: Compare | None = None
    validity: StrictBool = False
    optional: StrictBool = False
    auxiliary: StrictBool = False
    remedy: Text | None = None
    applies_if: Applies = ()


class Raise(Frozen):
    """How a limit grows with a fact: by ``add`` for each ``per`` of it above ``above``, at most by ``most``."""

    fact: StrictStr
    above: Number
    per: Number = Field(gt=0)
    add: Number
    most: Number

    def of(self, value: Fraction) -> Fraction:
        """Return by how much the limit grows."""
        over = max(Fraction(0), value - Fraction(self.above))
        return min(Fraction(self.most), over * Fraction(self.add) / Fraction(self.per))


class LimitEntry(Entry):
    """``[[limit]]``: ``value`` for ``>=``, ``<=``, ``>``, ``<``; ``low`` and ``high`` for ``within``, both inclusive.

    Instead of ``value``, ``value_of`` names a fact whose value is the limit (the maker's own, on a plate); ``plus`` is
    added to it. ``raised_by`` a fact: the altitude. ``severity``: what missing it means; of several limits of a
    quantity the worst one that was missed counts. Without one, and from major on, the vehicle fails.
    """

    id: StrictStr
    quantity: StrictStr
    comparison: Comparison
    value: Number | None = None
    value_of: StrictStr | None = None
    plus: Number | None = None
    raised_by: Raise | None = None
    severity: Severity | None = None
    low: Number | None = None
    high: Number | None = None
    unit: Unit
    applies_if: Applies = ()

    @model_validator(mode="after")
    def _bounds(self) -> "LimitEntry":
        one = (self.value is not None) != (self.value_of is not None)
        given = (one, self.low is not None, self.high is not None)
        if given != ((False, True, True) if self.comparison == "within" else (True, False, False)):
            raise SaidValueError(TEXTS.text("bounds"))
        if (self.plus is not None and self.value_of is None) or (self.raised_by and self.comparison == "within"):
            raise SaidValueError(TEXTS.text("plus"))
        if self.low is not None and self.high is not None and self.low > self.high:
            raise SaidValueError(TEXTS.text("low_high", low=self.low, high=self.high))
        return self


class OverrideEntry(Entry):
    """``[[override]]``: what a missed limit means instead of a failure, when the condition holds.

    ``unknown``: the measurement counts, but no fact tells what it means. ``limits``: of these limits only; empty: of
    every limit of the quantity. The condition may test the quantity itself.
    """

    id: StrictStr
    quantity: StrictStr
    outcome: Literal["invalid", "pass", "unknown"]
    limits: tuple[StrictStr, ...] = ()
    text: Text
    applies_if: Applies


class DefectEntry(Frozen):
    """What an inspector may find wrong at a point, in the trade's words."""

    code: StrictStr = Field(pattern=CODE)
    name: Text


class PointEntry(Entry):
    """``[[point]]``: one point of an item's check-list, for the vehicles that its condition names.

    ``number`` is the point's number in GB 21861 forms, empty where they had none. ``photo``: one must be taken, under
    the platform's ``photo_code``; a code alone says under which one a photo may be.
    """

    id: StrictStr = Field(pattern=CODE)
    item: StrictStr
    group: Literal["identity", "exterior", "safety", "chassis", "underbody"]
    number: StrictStr = Field(default="", pattern=r"^[0-9]{0,2}$")
    name: Text
    hint: Text | None = None
    photo: StrictBool = False
    photo_code: StrictStr = ""
    defects: tuple[DefectEntry, ...] = Field(min_length=1)
    applies_if: Applies = ()

    @model_validator(mode="after")
    def _codes(self) -> "PointEntry":
        codes = [defect.code for defect in self.defects]
        if len(set(codes)) < len(codes):
            raise SaidValueError(TEXTS.text("defect_codes", codes=", ".join(codes)))
        if self.photo and not self.photo_code:
            raise SaidValueError(TEXTS.text("photo_code"))
        return self


class Step(Frozen):
    """One part of a calendar: every so many months, up to the year ``to_year`` after first registration (none: on)."""

    every_months: int = Field(ge=1)
    to_year: int | None = Field(default=None, ge=1, le=100)


class PeriodEntry(Entry):
    """``[[period]]``: when inspections are due (检验周期); the first one in force that applies is the vehicle's.

    ``steps`` count from first registration. In ``mark_only_years`` after it no inspection is needed, only the mark
    (检验标志), for vehicles that fulfil ``mark_only_if`` and were first registered at most ``registered_within_years``
    after they were made. A due month can be booked from ``book_months_before`` on. ``emissions_if``: with an on-line
    inspection the exhaust is tested. ``caveat``: what no fact tells and a person must know of mark-only years.
    """

    id: StrictStr
    name: Text
    steps: tuple[Step, ...] = Field(min_length=1)
    mark_only_years: tuple[int, ...] = ()
    mark_only_if: Applies = ()
    registered_within_years: int | None = Field(default=None, ge=0)
    book_months_before: int = Field(ge=0, le=12)
    emissions_if: Applies = ()
    caveat: Text | None = None
    applies_if: Applies = ()

    @model_validator(mode="after")
    def _whole_calendar(self) -> "PeriodEntry":
        years = [step.to_year for step in self.steps[:-1] if step.to_year is not None]
        if self.steps[-1].to_year is not None or len(years) < len(self.steps) - 1 or sorted(set(years)) != years:
            raise SaidValueError(TEXTS.text("steps"))
        for begin, step in zip([0, *years], self.steps[:-1], strict=False):
            if ((step.to_year or 0) - begin) * 12 % step.every_months:
                raise SaidValueError(TEXTS.text("step_months", months=step.every_months, year=step.to_year))
        last = years[-1] if years else 0
        strange = set(self.mark_only_years) - {months // 12 for months in self.months(last * 12) if months % 12 == 0}
        if strange:
            raise SaidValueError(TEXTS.text("mark_only_years", years=", ".join(map(str, sorted(strange)))))
        return self

    def months(self, most: int) -> Iterator[int]:
        """Return after how many months from first registration inspections are due, up to ``most``."""
        month = 0
        for step in self.steps:
            end = most if step.to_year is None else min(most, step.to_year * 12)
            while month + step.every_months <= end:
                month += step.every_months
                yield month


class Texts(Frozen):
    """``[texts.zh]`` and ``[texts.en]``: the sentences and words that a pack says otherwise than all packs."""

    zh: dict[str, StrictStr]
    en: dict[str, StrictStr]


class PackFile(Frozen):
    """One file of a pack: any of the tables; a pack is all its files together."""

    pack: Head | None = None
    comparison: ComparisonEntry | None = None
    setting: tuple[Setting, ...] = ()
    constant: tuple[Constant, ...] = ()
    class_: tuple[VehicleClass, ...] = Field(default=(), alias="class")
    axle_layout: tuple[AxleLayout, ...] = ()
    item: tuple[ItemEntry, ...] = ()
    quantity: tuple[QuantityEntry, ...] = ()
    limit: tuple[LimitEntry, ...] = ()
    override: tuple[OverrideEntry, ...] = ()
    point: tuple[PointEntry, ...] = ()
    period: tuple[PeriodEntry, ...] = ()
    texts: Texts | None = None
