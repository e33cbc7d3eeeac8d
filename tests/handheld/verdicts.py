"""Verdicts as the rules give them."""

from decimal import Decimal

from station.model.text import Text
from station.model.verdict import ItemVerdict, Outcome, QuantityVerdict
from tests.handheld.peer import PACK


def judged(item: str, outcome: str, *quantities: QuantityVerdict) -> ItemVerdict:
    """Return an item's verdict."""
    return ItemVerdict(item=item, outcome=Outcome(outcome), quantities=quantities, pack=PACK)


def quantity(name: str, zh: str, en: str, outcome: str, shown: str, limit_shown: str) -> QuantityVerdict:
    """Return one judged quantity."""
    value = Decimal(shown.split()[0])
    word = {"pass": ("符合", "meets"), "fail": ("不符合", "does not meet")}[outcome]
    return QuantityVerdict(
        quantity=name, name=Text(zh=zh, en=en), outcome=Outcome(outcome), value=value, unrounded=value, unit="%",
        shown=shown, limit=Decimal(60), comparison=">=", limit_shown=limit_shown, clause="GB 7258 7.10.2.1",
        source="two independent sources",
        certainty="B", confirmed=False, decided_by="peak",
        sentence=Text(zh=f"{zh} {shown}，{word[0]} {limit_shown}。", en=f"{en} {shown} {word[1]} {limit_shown}."),
    )  # fmt: skip
