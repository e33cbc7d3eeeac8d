"""One computed quantity against its limits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from station.model.text import Text
from station.model.verdict import Outcome, QuantityVerdict
from station.rules.compare import compared, digits_of, otherwise
from station.rules.conditions import Facts, ask
from station.rules.formulas import FORMULAS
from station.rules.formulas.evidence import Measured
from station.rules.limits import HARMLESS, Bound, limits_for
from station.rules.pack import Pack
from station.rules.schema import Compare, Entry, OverrideEntry, QuantityEntry
from station.rules.wording import (
    decimal,
    joined,
    limit_texts,
    name_of,
    number,
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

    @property
    def compare(self) -> Compare:
        """Return what is compared: as the quantity says, else as the pack does."""
        return self.quantity.compare or self.pack.comparison

    @property
    def value(self) -> Fraction:
        """Return what is compared with a limit."""
        return compared(self.measured.value, self.compare, self.quantity.decimals)

    @property
    def other_value(self) -> Fraction:
        """Return what would be compared in the mode that is not in use."""
        return compared(self.measured.value, otherwise(self.compare), self.quantity.decimals)

    def weigh(self) -> Weighed:
        """Compare with the limits that apply: the worst one that is missed decides."""
        choice = limits_for(self.pack, self.quantity.id, self.facts, self.on)
        missed, missed_otherwise = choice.worst_missed(self.value), choice.worst_missed(self.other_value)
        fails = missed is not None and missed.entry.severity not in HARMLESS
        if not choice.bounds or (choice.missing and not fails):
            return self._without_limit(choice.missing)
        weighed = self._met(choice.bounds[0]) if missed is None else self._missed(missed)
        return weighed if missed == missed_otherwise else self._warned(weighed)

    def _met(self, bound: Bound) -> Weighed:
        return Weighed(self._verdict(bound, Outcome.PASS, self._sentence(bound, True, self._shown, Outcome.PASS)))

    def _missed(self, bound: Bound) -> Weighed:
        override = self._override(bound)
        outcome = self._outcome_of_a_miss(bound, override)
        shown = telling(self._to_show, bound.numbers, self._decimals)
        # Where an override says what missing the limit means, it is no defect of the limit's severity.
        severity = None if override else bound.entry.severity
        grade = say(self.pack, f"severity_{severity}", {}) if severity else None
        # A limit that is missed and excused does not read "below 50 %: pass".
        word = "excused" if override and outcome is Outcome.PASS else outcome
        sentence = joined(self._sentence(bound, False, shown, word), override.text if override else grade)
        verdict = self._verdict(bound, outcome, sentence, override).model_copy(update={"severity": severity})
        if outcome in (Outcome.INVALID, Outcome.UNKNOWN):
            return Weighed(verdict, joined(sentence, self.quantity.remedy if outcome is Outcome.INVALID else None))
        return Weighed(verdict, warnings=(override.text,) if override else ())

    def _override(self, bound: Bound) -> OverrideEntry | None:
        candidates = (o for o in self.pack.overrides if o.quantity == self.quantity.id and o.in_force(self.on))
        concerned = (o for o in candidates if not o.limits or bound.entry.id in o.limits)
        facts = self.facts.plus(self.quantity.id, self.value)
        return next((o for o in concerned if ask(o.applies_if, facts).holds), None)

    def _outcome_of_a_miss(self, bound: Bound, override: OverrideEntry | None) -> Outcome:
        if override is not None:
            return Outcome(override.outcome)
        if self.quantity.validity:
            return Outcome.INVALID
        return Outcome.PASS if bound.entry.severity in HARMLESS else Outcome.FAIL

    def _sentence(self, bound: Bound, met: bool, shown: str, outcome: str) -> Text:
        words = {
            "name": self.name,
            "value": with_unit(shown, self.quantity.unit),
            "limit": limit_texts(bound, self.quantity.decimals)[0],
            "outcome": outcome,
        }
        return say(self.pack, sentence_key(met, bound.entry.comparison), words)

    def _verdict(
        self, bound: Bound, outcome: Outcome, sentence: Text, override: OverrideEntry | None = None
    ) -> QuantityVerdict:
        limit = bound.entry
        return self._plain(outcome, sentence).model_copy(
            update={
                "limit": decimal(bound.value),
                "limit_low": limit.low,
                "comparison": limit.comparison,
                "limit_shown": limit_texts(bound, self.quantity.decimals)[1],
                "clause": limit.clause,
                "source": limit.source,
                "certainty": limit.certainty,
                "confirmed": all(entry.confirmed for entry in self._in_use(bound, override)),
            }
        )

    def _in_use(self, bound: Bound, override: OverrideEntry | None) -> Iterable[Entry]:
        needed = {self.quantity.constants.get(n, n) for n in FORMULAS[self.quantity.formula].constants}
        constants = [constant for constant in self.pack.constants if constant.known_as in needed]
        return (bound.entry, self.quantity, self.pack.comparison, *constants, *([override] if override else []))

    def _plain(self, outcome: Outcome, sentence: Text) -> QuantityVerdict:
        return QuantityVerdict(
            quantity=self.quantity.id,
            name=self.name,
            outcome=outcome,
            value=decimal(self.value),
            unrounded=decimal(self.measured.value),
            unit=self.quantity.unit,
            shown=with_unit(self._shown, self.quantity.unit),
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

    @property
    def _to_show(self) -> Fraction:
        """What people read is what was compared, where that was rounded."""
        return self.measured.value if self.compare.mode == "unrounded" else self.value

    @property
    def _decimals(self) -> int:
        return (
            self.quantity.decimals
            if self.compare.mode == "unrounded"
            else digits_of(self.compare, self.quantity.decimals)
        )

    @property
    def _shown(self) -> str:
        return number(self._to_show, self._decimals)

    def _without_limit(self, missing: frozenset[str]) -> Weighed:
        words = {"name": self.name, "facts": missing}
        reason = say(self.pack, "limit_needs_facts" if missing else "no_limit", words)
        return Weighed(self._plain(Outcome.UNKNOWN, reason), reason)

    def _warned(self, weighed: Weighed) -> Weighed:
        unrounded = self.measured.value
        changed = self.other_value if self.compare.mode == "unrounded" else self.value
        words = {
            "name": self.name,
            "value": telling(unrounded, (changed,), self.quantity.decimals),
            "rounded": number(changed, max(self._decimals, 0)),
            "mode": self.compare.mode,
        }
        return Weighed(weighed.verdict, weighed.reason, (*weighed.warnings, say(self.pack, "modes_disagree", words)))
