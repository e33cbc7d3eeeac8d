"""From captures to a verdict that explains itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from station.model.capture import Capture
from station.model.codes import AXLE_ITEMS, LAMP_ITEMS, PARKING_AXLE_ITEMS
from station.model.text import Text
from station.model.vehicle import Category, Circumstances, Vehicle
from station.model.verdict import ItemVerdict, Outcome, QuantityVerdict, Severity
from station.rules.conditions import Facts, ask
from station.rules.facts import facts_of, first_in_force, with_axle
from station.rules.formulas import FORMULAS, Source
from station.rules.formulas.brakes import locking_facts
from station.rules.formulas.evidence import Evidence, Measured, ProblemError
from station.rules.in_use import unconfirmed
from station.rules.limits import HARMLESS, SEVERITIES, limits_for
from station.rules.pack import Pack
from station.rules.schema import ItemEntry, QuantityEntry
from station.rules.weigh import Weighing
from station.rules.wording import joined, say

WORST_FIRST = (Outcome.INVALID, Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS)
"""A measurement that does not count cannot fail a vehicle; a failure stands even where another value is unknown."""


def judge(
    pack: Pack,
    vehicle: Vehicle,
    category: Category,
    on: date,
    item: str,
    captures: Mapping[str, Capture],
    circumstances: Circumstances | None = None,
) -> ItemVerdict:
    """Return the verdict on one item of a vehicle, inspected on a day, from the captures so far (by item code).

    Most items need their own capture; BV those of all axles, B0 its own and the loads of all axles; where the pack adds
    up or pairs headlamps, those of all lamps. One capture may stand under several items.
    """
    entry = pack.item(item)
    if entry is None or not entry.in_force(on):
        return _without_quantities(pack, item, Outcome.UNKNOWN, "no_item")
    facts = facts_of(pack, vehicle, category, on, circumstances)
    if ask(entry.applies_if, facts).holds is False:
        return _without_quantities(pack, item, Outcome.NOT_APPLICABLE, "not_applicable")
    if not entry.quantities:
        return _without_quantities(pack, item, Outcome.UNKNOWN, "by_a_person")
    case = _Case(pack, entry, on, _evidence(pack, vehicle, entry, facts, on, captures))
    return case.judge(with_axle(pack, facts, entry.axle, on))


def _without_quantities(pack: Pack, item: str, outcome: Outcome, key: str) -> ItemVerdict:
    return ItemVerdict(item=item, outcome=outcome, quantities=(), pack=pack.ref, reason=say(pack, key, {"item": item}))


def _evidence(
    pack: Pack, vehicle: Vehicle, entry: ItemEntry, facts: Facts, on: date, captures: Mapping[str, Capture]
) -> Evidence:
    in_force = [item for item in pack.items if item.in_force(on)]
    by_axle = {item.axle: item.code for item in in_force if item.code in AXLE_ITEMS}
    lamps = [item for item in in_force if item.code in LAMP_ITEMS]
    return Evidence(
        item=entry.code,
        axle=entry.axle or 0,
        axle_items=tuple(by_axle.get(axle) for axle in range(1, vehicle.axles + 1)),
        parking_axles=vehicle.parking_axles,
        lamp_items=tuple(item.code for item in lamps if ask(item.applies_if, facts).holds is not False),
        facts=facts.values,
        captures=captures,
    )


@dataclass
class _Case:
    """One item on its way to a verdict."""

    pack: Pack
    entry: ItemEntry
    on: date
    evidence: Evidence
    verdicts: list[QuantityVerdict] = field(default_factory=list)
    reasons: list[tuple[Outcome, Text]] = field(default_factory=list)
    warnings: list[Text] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)

    def judge(self, facts: Facts) -> ItemVerdict:
        """Judge every quantity in order: a quantity may decide which later ones apply."""
        facts = facts.plus("method", self._method())
        otherwise = facts
        try:
            for name in self.entry.quantities:
                facts, otherwise = self._step(self.pack.quantity(name), facts, otherwise)
        except ProblemError as problem:
            self.reasons.append((problem.outcome, say(self.pack, problem.key, problem.words)))
        return self._verdict(facts)

    def _method(self) -> str:
        """Return how the item was measured: its own run, else the first one of those whose forces it takes."""
        forces: list[Source] = [FORMULAS[self.pack.quantity(name).formula].forces for name in self.entry.quantities]
        found = (capture for source in ("own", *forces) for capture in self._captures(source))
        return next((capture.method for capture in found), "")

    def _step(self, quantity: QuantityEntry, facts: Facts, otherwise: Facts) -> tuple[Facts, Facts]:
        """Judge one quantity; return the facts with its value, as it is compared and in the other mode."""
        if not self._applies(quantity, facts, otherwise):
            return facts, otherwise
        measured = self._measure(quantity, facts)
        if measured is None:
            return facts, otherwise
        self.warnings += [say(self.pack, key, words) for key, words in measured.warnings]
        locking = locking_facts(facts, self._captures(FORMULAS[quantity.formula].forces))
        weighing = Weighing(self.pack, self.on, quantity, measured, locking)
        if not quantity.auxiliary:
            self._weigh(weighing)
        return facts.plus(quantity.id, weighing.value), otherwise.plus(quantity.id, weighing.other_value)

    def _applies(self, quantity: QuantityEntry, facts: Facts, otherwise: Facts) -> bool:
        if not quantity.in_force(self.on):
            return False
        answer = ask(quantity.applies_if, facts)
        if answer.holds is None:
            raise ProblemError(Outcome.UNKNOWN, "missing_facts", facts=answer.missing)
        if answer.holds and not ask(quantity.applies_if, otherwise).holds:
            self.warnings.append(say(self.pack, "branch_disagrees", {"mode": self.pack.comparison.mode}))
        return answer.holds

    def _measure(self, quantity: QuantityEntry, facts: Facts) -> Measured | None:
        formula = FORMULAS[quantity.formula]
        self.runs += [c.run for source in sorted(formula.sources) for c in self._captures(source)]
        evidence = replace(
            self.evidence,
            constants={name: self._constant(quantity.constants.get(name, name), facts) for name in formula.constants},
            limits={name: found for name in quantity.limits_of if (found := self._limit(name, facts)) is not None},
            windows={name: window for name in quantity.limits_of if (window := self.pack.quantity(name).window)},
            unit=quantity.unit,
            scalar=quantity.scalar or "",
            window=quantity.window or self.evidence.window,
        )
        try:
            return formula.compute(evidence)
        except ProblemError as problem:
            if not quantity.optional or problem.outcome is not Outcome.INVALID:
                raise
            self.warnings.append(joined(say(self.pack, problem.key, problem.words), quantity.remedy))
            return None

    def _constant(self, name: str, facts: Facts) -> Fraction:
        entry, missing = first_in_force([c for c in self.pack.constants if c.known_as == name], facts, self.on)
        if entry is None:
            key = "missing_facts" if missing else "no_constant"
            raise ProblemError(Outcome.UNKNOWN, key, **({"facts": missing} if missing else {"name": name}))
        return Fraction(entry.value)

    def _limit(self, name: str, facts: Facts) -> Fraction | None:
        """Return the limit of another quantity; None: missing it would not fail the vehicle."""
        choice = limits_for(self.pack, name, facts, self.on)
        if choice.bounds and not choice.missing and all(b.entry.severity in HARMLESS for b in choice.bounds):
            return None
        if len(choice.bounds) != 1:
            key = "limit_needs_facts" if choice.missing else "no_limit"
            words = {"name": self.pack.quantity(name).name, "facts": choice.missing}
            raise ProblemError(Outcome.UNKNOWN, key, **words)
        return choice.bounds[0].value

    def _weigh(self, weighing: Weighing) -> None:
        weighed = weighing.weigh()
        self.warnings += weighed.warnings
        if weighed.reason is not None:
            self.reasons.append((weighed.verdict.outcome, weighed.reason))
        if not (weighing.quantity.validity and weighed.verdict.outcome is Outcome.PASS):
            self.verdicts.append(weighed.verdict)

    def _captures(self, source: Source) -> list[Capture]:
        items = {
            "own": (self.entry.code,),
            "axles": self.evidence.axle_items,
            "lamps": self.evidence.lamp_items,
            "parking": (self.entry.code, *PARKING_AXLE_ITEMS),
        }
        found = (self.evidence.captures.get(item or "") for item in items[source])
        return [capture for capture in found if capture is not None]

    def _verdict(self, facts: Facts) -> ItemVerdict:
        outcomes = [v.outcome for v in self.verdicts] + [outcome for outcome, _ in self.reasons]
        worst = next((outcome for outcome in WORST_FIRST if outcome in outcomes), Outcome.UNKNOWN)
        reason = next((text for outcome, text in self.reasons if outcome is worst), None)
        if not outcomes:
            reason = say(self.pack, "nothing_judged", {"item": self.entry.code})
        return ItemVerdict(
            item=self.entry.code,
            outcome=worst,
            quantities=tuple(self.verdicts),
            pack=self.pack.ref,
            reason=reason,
            warnings=tuple(dict.fromkeys(self.warnings)),
            runs=tuple(dict.fromkeys(self.runs)),
            severity=self._severity() if worst is not Outcome.INVALID else None,
            unconfirmed=unconfirmed(self.pack, self.entry, self._with_locks(facts), self.on),
        )

    def _with_locks(self, facts: Facts) -> Facts:
        source = FORMULAS[self.pack.quantity(self.entry.quantities[0]).formula].forces
        return locking_facts(facts, self._captures(source))

    def _severity(self) -> Severity | None:
        """Return the worst severity of the quantities; of a measurement that does not count nothing is said."""
        found = [verdict.severity for verdict in self.verdicts if verdict.severity]
        return max(found, key=SEVERITIES.index, default=None)
