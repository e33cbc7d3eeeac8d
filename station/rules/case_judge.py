"""Every item of a case, judged."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from station.model.base import Frozen
from station.model.capture import Capture
from station.model.codes import AXLE_ITEMS, PARKING_AXLE_ITEMS
from station.model.text import Text
from station.model.vehicle import Category
from station.model.verdict import ItemVerdict, Outcome, PackRef
from station.rules.case import Case
from station.rules.formulas import FORMULAS
from station.rules.judge import WORST_FIRST, judge
from station.rules.pack import Pack
from station.rules.schema import ItemEntry

PARKING = "B0"


class CaseVerdict(Frozen):
    """The verdicts on the items of a case, and the pack that judged.

    ``outcome`` is the worst of them, unknown where nothing was judged. ``unconfirmed`` counts the limits in use, one a
    quantity, that await confirmation or rest on something that does.
    """

    v: Literal[1] = 1
    outcome: Outcome
    pack: PackRef
    title: Text
    on: date
    category: Category
    unconfirmed: int
    items: tuple[ItemVerdict, ...]


def judge_case(pack: Pack, case: Case, item: str | None = None) -> CaseVerdict:
    """Judge the items that a case has runs of and those derived from them, or one item alone.

    Raises:
        PackError: a setting of the case that the pack does not have.
    """
    pack = pack.with_settings(case.settings)
    captures = case.captures()
    codes = (item,) if item else tuple(_codes(pack, case.vehicle.axles, captures))
    items = tuple(
        judge(pack, case.vehicle, case.category, case.on, code, captures, case.circumstances) for code in codes
    )
    return CaseVerdict(
        outcome=_worst([verdict.outcome for verdict in items]),
        pack=pack.ref,
        title=pack.title,
        on=case.on,
        category=case.category,
        unconfirmed=sum(not quantity.confirmed for verdict in items for quantity in verdict.quantities),
        items=items,
    )


def _worst(outcomes: list[Outcome]) -> Outcome:
    if outcomes and set(outcomes) <= {Outcome.NOT_APPLICABLE}:
        return Outcome.NOT_APPLICABLE
    # Of a vehicle, as its conclusion has it, a failed item comes first; of one item, that it does not count.
    if Outcome.FAIL in outcomes:
        return Outcome.FAIL
    return next((outcome for outcome in WORST_FIRST if outcome in outcomes), Outcome.UNKNOWN)


def _codes(pack: Pack, axles: int, captures: Mapping[str, Capture]) -> Iterator[str]:
    """Yield the items in the pack's order; then those that the pack does not know, which are unknown."""
    measured = {PARKING if code in PARKING_AXLE_ITEMS else code for code in captures}
    yield from (i.code for i in pack.items if i.code in measured or _is_derived(pack, i, axles, measured))
    known = {entry.code for entry in pack.items}
    yield from sorted(measured - known)


def _is_derived(pack: Pack, entry: ItemEntry, axles: int, measured: set[str]) -> bool:
    """Return whether an item needs no run of its own, and those of all axles, on which it rests, are there."""
    sources = {source for name in entry.quantities for source in FORMULAS[pack.quantity(name).formula].sources}
    return "axles" in sources and sources <= {"axles", "own"} and measured >= set(AXLE_ITEMS[:axles])
