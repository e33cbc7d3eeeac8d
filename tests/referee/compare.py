"""Holds the engine's verdict against the referee's answer, case by case, and counts."""

import json
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cache

from station.line.packs import load_pack
from station.model.verdict import ItemVerdict, QuantityVerdict
from station.rules import Pack, judge
from station.rules.case import Case
from tests.referee.answer import Answer, Json, Said
from tests.referee.findings import Seen, finding
from tests.referee.generator import Dice
from tests.referee.subjects import SUBJECTS

# The engine divides with 28 digits, the referee exactly.
SLACK = Fraction(1, 10**20)
# One wheel or lamp has an id of its own in the pack; the rule is the same.
ALIASES = {
    "wheel_rate": "axle_rate",
    "dynamic_rate": "axle_rate",
    "three_wheel_parking_rate": "parking_rate",
    "high_beam_sum_of_one": "high_beam_sum",
}


@dataclass
class Tally:
    """What some cases came to.

    ``different``: how many cases of each kind of disagreement, with an example each; ``known``: of each known finding.
    """

    cases: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    at_limit: int = 0
    near_limit: int = 0
    known: Counter[str] = field(default_factory=Counter)
    different: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Take the counts of other cases."""
        self.cases += other.cases
        self.outcomes += other.outcomes
        self.at_limit += other.at_limit
        self.near_limit += other.near_limit
        self.known += other.known
        self.different += other.different
        self.examples = {**other.examples, **self.examples}


@cache
def pack_of(name: str, settings: tuple[tuple[str, str], ...] = ()) -> Pack:
    """Return a pack, parsed once a process."""
    pack = load_pack(name)
    return pack.with_settings(dict(settings)) if settings else pack


def engine(name: str, case: Json, item: str) -> ItemVerdict:
    """Return what the engine says of one item of a case."""
    read = Case.model_validate_json(json.dumps(case))
    pack = pack_of(name, tuple(sorted(read.settings.items())))
    return judge(pack, read.vehicle, read.category, read.on, item, read.captures(), read.circumstances)


def differences(verdict: ItemVerdict, answer: Answer) -> list[str]:
    """Return in what the two differ, without the numbers, so that like cases count as one kind.

    Where a measurement does not count either may stop early, or go on and show more.
    """
    found = []
    if verdict.outcome.value != answer.outcome:
        found.append(f"outcome: engine {verdict.outcome.value}, referee {answer.outcome}")
    if verdict.severity != answer.severity:
        found.append(f"severity: engine {verdict.severity}, referee {answer.severity}")
    theirs = {ALIASES.get(q.quantity, q.quantity): q for q in verdict.quantities}
    for name, ours in answer.quantities.items():
        if name not in theirs and (ours.value is None or answer.outcome == "invalid"):
            continue
        if name not in theirs:
            found.append(f"{name}: not in the engine's verdict, referee {ours.outcome}")
        else:
            found += _quantity(name, theirs[name], ours)
    if answer.quantities and answer.outcome != "invalid":
        found += [f"{name}: only in the engine's verdict" for name in theirs.keys() - answer.quantities.keys()]
    return found


def _quantity(name: str, theirs: QuantityVerdict, ours: Said) -> list[str]:
    outcome, value, limit = theirs.outcome.value, theirs.unrounded, theirs.limit
    found = []
    if outcome != ours.outcome:
        found.append(f"{name}: engine {outcome}, referee {ours.outcome}")
    if not _same(value, ours.value):
        found.append(f"{name}: another value")
    if ours.low is not None and not _same(theirs.limit_low, ours.low):
        found.append(f"{name}: another lower limit")
    if ours.limit is not None and not _same(limit, ours.limit):
        found.append(f"{name}: another limit")
    return found


def _same(theirs: Decimal | None, ours: Fraction | None) -> bool:
    if theirs is None or ours is None:
        return theirs is None and ours is None
    return abs(Fraction(theirs) - ours) <= SLACK * (1 + abs(ours))


def one(name: str, seed: int, number: int, tally: Tally) -> None:
    """Make one case, judge it twice and count."""
    dice = Dice.of(seed, number)
    subjects = SUBJECTS[name]
    subject = subjects[number % len(subjects)]
    case, item = subject.make(dice)
    answer = subject.judge(case, item)
    verdict = engine(name, case, item)
    tally.cases[item] += 1
    tally.outcomes[answer.outcome] += 1
    for said in answer.quantities.values():
        if said.limit is not None and said.value is not None:
            tally.at_limit += said.value == said.limit
            tally.near_limit += 0 < abs(said.value - said.limit) <= abs(said.limit) / 1000
    different = differences(verdict, answer)
    known = finding(name, Seen(case, item, answer, verdict.outcome.value)) if different else None
    if known:
        tally.known[known] += 1
    elif different:
        kind = f"{item}: " + "; ".join(different)
        tally.different[kind] += 1
        tally.examples.setdefault(kind, told(seed, number, case, verdict, answer))


def told(seed: int, number: int, case: Json, verdict: ItemVerdict, answer: Answer) -> str:
    """Return the whole case and both answers."""
    theirs = [
        f"  engine  {verdict.outcome.value} {verdict.severity or ''} {verdict.reason.en if verdict.reason else ''}"
    ]
    theirs += [
        f"    {q.quantity}: {q.outcome.value} {q.unrounded} ({q.comparison} {q.limit}) {q.sentence.en}"
        for q in verdict.quantities
    ]
    ours = [f"  referee {answer.outcome} {answer.severity or ''}"]
    ours += [
        f"    {name}: {q.outcome} {float(q.value) if q.value is not None else None} ({q.limit})"
        for name, q in answer.quantities.items()
    ]
    return "\n".join([f"  seed {seed}, case {number}", f"  {json.dumps(case)}", *theirs, *ours])


def some(name: str, seed: int, first: int, last: int) -> Tally:
    """Judge the cases ``first`` up to and without ``last``."""
    tally = Tally()
    for number in range(first, last):
        one(name, seed, number, tally)
    return tally


def many(name: str, seed: int, count: int, part: int = 2000) -> Tally:
    """Judge so many cases on every processor."""
    total = Tally()
    starts = range(0, count, part)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        ends = [min(start + part, count) for start in starts]
        for tally in pool.map(some, [name] * len(starts), [seed] * len(starts), starts, ends):
            total.add(tally)
    return total


def certainties(name: str) -> str:
    """Return how many values of a pack stand at each certainty."""
    marks = Counter[str](value.certainty for value in pack_of(name).values())
    return ", ".join(f"{mark} {marks[mark]}" for mark in "ABCD")


def summary(name: str, seed: int, tally: Tally, seconds: float) -> str:
    """Return what a proof prints: the agreement, and beside it how sure the values are."""
    count = sum(tally.cases.values())
    lines = [
        f"{name}: seed {seed}, {count} cases, {sum(tally.different.values())} disagreements, "
        f"{count / seconds:.0f} cases/s on {os.cpu_count()} processors",
        f"  items: {', '.join(f'{item} {n}' for item, n in sorted(tally.cases.items()))}",
        f"  outcomes: {', '.join(f'{outcome} {n}' for outcome, n in tally.outcomes.most_common())}",
        f"  exactly at a limit: {tally.at_limit}; within a thousandth of it: {tally.near_limit}",
        f"  certainty of the pack's values: {certainties(name)}",
    ]
    lines += [f"  known finding, {n} times: {what}" for what, n in tally.known.most_common()]
    for kind, n in tally.different.most_common():
        lines += [f"  DISAGREE {n} times: {kind}", tally.examples[kind]]
    return "\n".join(lines)
