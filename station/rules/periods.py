"""When a vehicle's next inspection is due (检验周期), on-line (上线检验) or for the mark alone (检验标志)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from itertools import takewhile
from typing import Literal

from station.model.base import Frozen
from station.model.text import Text
from station.model.vehicle import Vehicle
from station.model.verdict import Certainty, PackRef
from station.rules.conditions import Answer, Facts, ask
from station.rules.facts import facts_of, first_in_force
from station.rules.pack import Pack
from station.rules.schema import PeriodEntry
from station.rules.wording import joined, say

_LAST_MONTH = date.max.year * 12
"""Months are counted from the year 0."""


class Dates(Frozen):
    """The days that matter, and what is done on them; what cannot be told is None."""

    due: date | None = None
    window_from: date | None = None
    was_due: date | None = None
    on_line: bool | None = None
    emissions: bool | None = None
    on_line_due: date | None = None
    emissions_due: date | None = None


class Due(Dates):
    """When a vehicle is next due, under the rules that are in force on the due day.

    ``due`` is the last day, ``window_from`` the first on which it can be done. Of an overdue inspection ``was_due``
    says since when, and ``due`` is the day of asking. ``on_line``: the vehicle is inspected; False: it only gets its
    mark. ``emissions``: its exhaust is tested then. ``on_line_due`` and ``emissions_due``: the last days of the next
    on-line inspection and of the next exhaust test. What cannot be told is None; ``missing`` names facts to ask for.
    ``period``, ``name``, ``clause``, ``source``, ``certainty`` and ``confirmed`` are those of the pack's entry.
    """

    v: Literal[1] = 1
    missing: tuple[str, ...] = ()
    period: str | None = None
    name: Text | None = None
    clause: str | None = None
    source: str | None = None
    certainty: Certainty | None = None
    confirmed: bool = False
    sentence: Text
    pack: PackRef


@dataclass(frozen=True)
class _Term:
    """One due day of a calendar."""

    entry: PeriodEntry
    due: date
    window_from: date
    on_line: Answer
    exhaust: Answer

    @property
    def missing(self) -> frozenset[str]:
        return self.on_line.missing | (self.exhaust.missing if self.on_line.holds is not False else frozenset())


def next_due(pack: Pack, vehicle: Vehicle, on: date, last: date | None = None) -> Due:
    """Return when a vehicle is next due, as seen on a day.

    ``last``: when it was last inspected or got its mark, in or after the window of what was due then; an inspection
    that was due since is overdue, and due on the day of asking. None: everything before ``on`` was done in time.
    """
    entry, missing = first_in_force(pack.periods, facts_of(pack, vehicle, "in_use", on), on)
    if entry is None or vehicle.first_registered is None:
        lacking = missing if entry is None else frozenset({"first_registered"})
        return _unknown(pack, "period_missing" if lacking else "period_none", lacking)
    begin = on if last is None else max(last, min(known.effective_from for known in pack.periods))
    calendar = _Calendar(pack, vehicle, vehicle.first_registered, begin, last)
    first = next(calendar.terms(), None)
    if first is None:
        return _unknown(pack, "period_none", missing)
    terms = [first]
    if first.due < on:
        terms = list(takewhile(lambda term: term.window_from <= on, calendar.terms()))
    return _due(pack, terms, on, _next_on_line(calendar.terms()))


@dataclass(frozen=True)
class _Calendar:
    """The due days of a vehicle from a day on, each under the rules that are in force on it."""

    pack: Pack
    vehicle: Vehicle
    registered: date
    begin: date
    last: date | None

    def terms(self) -> Iterator[_Term]:
        """Return those that the last inspection did not cover, up to a day on which nothing is in force."""
        return (term for term in self._every() if self.last is None or term.window_from > self.last)

    def _every(self) -> Iterator[_Term]:
        day: date | None = self.begin
        while day is not None:
            facts = facts_of(self.pack, self.vehicle, "in_use", day)
            entry, _ = first_in_force(self.pack.periods, facts, day)
            if entry is None:
                return
            yield from (term for term in self._under(entry, facts) if term.due >= day)
            day = None if entry.effective_to is None else entry.effective_to + timedelta(days=1)

    def _under(self, entry: PeriodEntry, facts: Facts) -> Iterator[_Term]:
        registered = self.registered.year * 12 + self.registered.month - 1
        for months in entry.months(_LAST_MONTH - registered):
            due = _first_day(registered + months + 1) - timedelta(days=1)
            if entry.effective_to is not None and due > entry.effective_to:
                return
            window_from = _first_day(registered + months - entry.book_months_before)
            on_line = self._on_line(entry, facts, months)
            yield _Term(entry, due, window_from, on_line, ask(entry.emissions_if, facts))

    def _on_line(self, entry: PeriodEntry, facts: Facts, months: int) -> Answer:
        """Return whether the vehicle itself is inspected, and not only its mark issued."""
        if months % 12 or months // 12 not in entry.mark_only_years:
            return Answer(True)
        allowed, stored = ask(entry.mark_only_if, facts), self._stored(entry.registered_within_years)
        if allowed.holds is False or stored.holds:
            return Answer(True)
        missing = allowed.missing | stored.missing
        return Answer(None if missing else False, missing)

    def _stored(self, years: int | None) -> Answer:
        """Return whether it was first registered more than so many years after it was made."""
        made, registered = self.vehicle.produced, self.registered
        if years is None:
            return Answer(False)
        if made is None:
            return Answer(None, frozenset({"produced"}))
        return Answer((registered.year - years, registered.month, registered.day) > (made.year, made.month, made.day))


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _next_on_line(terms: Iterable[_Term]) -> _Term | None:
    """Return the first term that is on-line; None if that of an earlier one cannot be told, or there is none."""
    first = next((term for term in terms if term.on_line.holds is not False), None)
    return first if first and first.on_line.holds else None


def _any(answers: Iterable[bool | None]) -> bool | None:
    """Return whether any holds, None where one that is not known could."""
    found = list(answers)
    return True if True in found else None if None in found else False


def _due(pack: Pack, terms: list[_Term], on: date, on_line: _Term | None) -> Due:
    first = terms[0]
    entry, missing = first.entry, frozenset[str]().union(*(term.missing for term in terms))
    due, inspected = max(first.due, on), _any(term.on_line.holds for term in terms)
    # What is overdue draws an on-line inspection whose window is open to the same day.
    on_line_due = due if inspected else max(on_line.due, on) if on_line else None
    dates = Dates(
        due=due,
        window_from=first.window_from,
        was_due=first.due if first.due < on else None,
        on_line=inspected,
        emissions=_any(_tested(term) for term in terms),
        on_line_due=on_line_due,
        emissions_due=on_line_due if on_line and on_line.exhaust.holds else None,
    )
    return Due(
        **dates.model_dump(),
        missing=_ordered(missing),
        period=entry.id,
        **entry.model_dump(include={"name", "clause", "source", "certainty"}),
        confirmed=entry.confirmed,
        sentence=_sentence(pack, entry, dates, missing),
        pack=pack.ref,
    )


def _unknown(pack: Pack, key: str, missing: frozenset[str]) -> Due:
    return Due(missing=_ordered(missing), sentence=say(pack, key, {"facts": missing}), pack=pack.ref)


def _ordered(missing: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in Vehicle.model_fields if name in missing)


def _tested(term: _Term) -> bool | None:
    """Return whether the exhaust is tested: never where only the mark is issued."""
    held = (term.on_line.holds, term.exhaust.holds)
    return False if False in held else None if None in held else True


def _sentence(pack: Pack, entry: PeriodEntry, dates: Dates, missing: frozenset[str]) -> Text:
    words = {**dates.model_dump(), "name": entry.name, "facts": missing}
    said = [say(pack, key, words) for key in _keys(dates)]
    caveat = [entry.caveat] if entry.caveat and not dates.on_line else []
    unconfirmed = [] if entry.confirmed else [say(pack, "period_unconfirmed", {})]
    return reduce(joined, [*said, *caveat, *unconfirmed])


def _keys(dates: Dates) -> Iterator[str]:
    """Return what to say of the dates, in order."""
    kind = {True: "on_line", False: "mark_only", None: "open"}[dates.on_line]
    yield from ("period_overdue", f"period_{kind}_now") if dates.was_due else (f"period_{kind}",)
    if dates.on_line:
        yield {True: "period_exhaust", False: "period_no_exhaust", None: "period_exhaust_open"}[dates.emissions]
    elif dates.on_line_due:
        yield "period_next_on_line"
