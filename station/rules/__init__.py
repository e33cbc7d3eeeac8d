"""Rules as data: packs of limits in, explained verdicts out. Pure: no file, clock or socket."""

from station.rules.judge import judge
from station.rules.pack import Pack, PackError, Value
from station.rules.parse import parse_pack
from station.rules.periods import Due, next_due
from station.rules.plan import missing_facts, plan, points, retest_items
from station.rules.wording import named_facts

__all__ = [
    "Due",
    "Pack",
    "PackError",
    "Value",
    "judge",
    "missing_facts",
    "named_facts",
    "next_due",
    "parse_pack",
    "plan",
    "points",
    "retest_items",
]
