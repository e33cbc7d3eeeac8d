"""One computed quantity against its limit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from station.model.text import Text
from station.model.verdict import Outcome, QuantityVerdict
from station.rules.conditions import Facts, ask
from station.rules.formulas import FORMULAS
from station.rules.formulas.evidence import Measured
from station.rules.pack import Pack
from station.rules.schema import Entry, LimitEntry, Mode, OverrideEntry, QuantityEntry
from station.rules.wording import (
    decimal,
    joined,
    limit_texts,
    name_of,
    number,
    rounded,
    say,
    sentence_key,
    telling,
    with_unit,
)


@dataclass(frozen=True)
class Weighed:
    """What came of it; ``reason`` when the measurement does not count or nothing can be said."""

    verdict: QuantityVerdict
    reason: Text | None = None
    warnings: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Weighing:
    """A computed quantity and everything that its verdict depends on."""

    pack: Pack
    on: date
    quantity: QuantityEntry
    measured: Measured
    facts: Facts

    @property
    def name(self) -> Text:
        """Return the quantity's name, with the axle's position."""
        return name_of(self.pack, self.quantity, self.facts.values["axle_position"])

    def value(self, mode: Mode) -> Fraction:
        """Return what is compared in a comparison mode."""
        exact = self.measured.value
        return rounded(exact, self.quantity.decimals) if mode == "rounded" else exact

    def weigh(self) -> Weighed:
        """Compare with the limit that applies."""
        answers = [(limit, ask(limit.applies_if, self.facts)) for limit in self._limits()]
        limit = next((limit for limit, answer in answers if answer.holds), None)
        if limit is None:
            return self._without_limit(frozenset().union(*(answer.missing for _, answer in answers)))
        mode = self.pack.comparison.mode
        met, met_otherwise = (meets(limit, self.value(m)) for m in (mode, other_mode(mode)))
        weighed = self._met(limit) if met else self._missed(limit)
        return weighed if met == met_otherwise else self._warned(weighed, mode)

    def _limits(self) -> list[LimitEntry]:
        return [e for e in self.pack.limits if e.quantity == self.quantity.id and e.in_force(self.on)]

    def _met(self, limit: LimitEntry) -> Weighed:
        shown = number(self.measured.value, self.quantity.decimals)
        return Weighed(self._verdict(limit, Outcome.PASS, self._sentence(limit, True, shown, Outcome.PASS)))

    def _missed(self, limit: LimitEntry) -> Weighed:
        override = self._override()
        outcome = self._outcome_of_a_miss(override)
        shown = telling(self.measured.value, bounds(limit), self.quantity.decimals)
        sentence = joined(self._sentence(limit, False, shown, outcome), override.text if override else None)
        verdict = self._verdict(limit, outcome, sentence, override)
        if outcome is Outcome.INVALID:
            return Weighed(verdict, joined(sentence, self.quantity.remedy))
        return Weighed(verdict, warnings=(override.text,) if override else ())

    def _override(self) -> OverrideEntry | None:
        candidates = (o for o in self.pack.overrides if o.quantity == self.quantity.id and o.in_force(self.on))
        return next((o for o in candidates if ask(o.applies_if, self.facts).holds), None)

    def _outcome_of_a_miss(self, override: OverrideEntry | None) -> Outcome:
        if override is not None:
            return Outcome(override.outcome)
        return Outcome.INVALID if self.quantity.validity else Outcome.FAIL

    def _sentence(self, limit: LimitEntry, met: bool, shown: str, outcome: Outcome) -> Text:
        words = {
            "name": self.name,
            "value": with_unit(shown, self.quantity.unit),
            "limit": limit_texts(limit, self.quantity.decimals)[0],
            "outcome": outcome,
        }
        return say(self.pack, sentence_key(met, limit.comparison), words)

    def _verdict(
        self, limit: LimitEntry, outcome: Outcome, sentence: Text, override: OverrideEntry | None = None
    ) -> QuantityVerdict:
        return self._plain(outcome, sentence).model_copy(
            update={
                "limit": limit.high if limit.comparison == "within" else limit.value,
                "limit_low": limit.low,
                "comparison": limit.comparison,
                "limit_shown": limit_texts(limit, self.quantity.decimals)[1],
                "clause": limit.clause,
                "source": limit.source,
                "certainty": limit.certainty,
                "confirmed": all(entry.confirmed for entry in self._in_use(limit, override)),
            }
        )

    def _in_use(self, limit: LimitEntry, override: OverrideEntry | None) -> Iterable[Entry]:
        needed = FORMULAS[self.quantity.formula].constants
        constants = [constant for constant in self.pack.constants if constant.id in needed]
        return (limit, self.quantity, self.pack.comparison, *constants, *([override] if override else []))

    def _plain(self, outcome: Outcome, sentence: Text) -> QuantityVerdict:
        shown = number(self.measured.value, self.quantity.decimals)
        return QuantityVerdict(
            quantity=self.quantity.id,
            name=self.name,
            outcome=outcome,
            value=decimal(self.value(self.pack.comparison.mode)),
            unrounded=decimal(self.measured.value),
            unit=self.quantity.unit,
            shown=with_unit(shown, self.quantity.unit),
            limit=None,
            comparison="none",
            limit_shown="—",
            clause=self.quantity.clause,
            source=self.quantity.source,
            certainty=self.quantity.certainty,
            confirmed=False,
            decided_by=self.measured.decided_by,
            sentence=sentence,
        )

    def _without_limit(self, missing: frozenset[str]) -> Weighed:
        words = {"name": self.name, "facts": missing}
        reason = say(self.pack, "limit_needs_facts" if missing else "no_limit", words)
        return Weighed(self._plain(Outcome.UNKNOWN, reason), reason)

    def _warned(self, weighed: Weighed, mode: Mode) -> Weighed:
        words = {
            "name": self.name,
            "value": telling(self.measured.value, [self.value("rounded")], self.quantity.decimals),
            "rounded": number(self.measured.value, self.quantity.decimals),
            "mode": mode,
        }
        return Weighed(weighed.verdict, weighed.reason, (*weighed.warnings, say(self.pack, "modes_disagree", words)))


def other_mode(mode: Mode) -> Mode:
    """Return the comparison mode that is not in use."""
    return "rounded" if mode == "unrounded" else "unrounded"


def bounds(limit: LimitEntry) -> list[Fraction]:
    """Return the numbers of a limit."""
    return [Fraction(bound) for bound in (limit.value, limit.low, limit.high) if bound is not None]


def meets(limit: LimitEntry, value: Fraction) -> bool:
    """Return whether a value meets a limit; the limit itself always does."""
    least = limit.value if limit.comparison == ">=" else limit.low
    most = limit.value if limit.comparison == "<=" else limit.high
    return (least is None or value >= Fraction(least)) and (most is None or value <= Fraction(most))
