"""Dice for random cases: numbers at and about the limits far more often than chance would have them."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from tests.referee.answer import Answer, Json

T = TypeVar("T")

WIDE_NOISE = 400_000


class Subject(NamedTuple):
    """One thing to prove: how to make a case of it, and the referee for its items."""

    make: Callable[["Dice"], tuple[Json, str]]
    judge: Callable[[Json, str], Answer]


class Dice(random.Random):
    """Random choices of this trade. The same seed and number make the same case."""

    @classmethod
    def of(cls, seed: int, number: int) -> "Dice":
        """Return the dice of one case."""
        return cls(seed * 1_000_003 + number)

    def chance(self, percent: float) -> bool:
        """Return True so often."""
        return self.random() * 100 < percent

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of them, each as likely."""
        return choices[int(self.random() * len(choices))]

    def near(self, limits: Sequence[int], low: int, high: int, step: int = 1) -> int:
        """Return a whole number: at a limit, one step beside it, or anywhere, a quarter of the time each way."""
        if self.chance(25):
            return self.randint(low, high)
        return self.one_of(limits) + step * self.one_of((-1, 0, 1))

    def day(self, borders: Sequence[str], first: str, last: str) -> str:
        """Return a date: a border, the day before, the day after, or any."""
        if self.chance(30):
            begin = date.fromisoformat(first)
            return (begin + timedelta(days=self.randint(0, (date.fromisoformat(last) - begin).days))).isoformat()
        return (date.fromisoformat(self.one_of(borders)) + timedelta(days=self.one_of((-1, 0, 0, 1)))).isoformat()


def number(whole: int, digits: int) -> int | float:
    """Return ``whole / 10**digits`` as JSON writes it; the decimal digits survive the way through a float."""
    value = Decimal(whole).scaleb(-digits)
    return int(value) if value == value.to_integral_value() else float(value)


class BrakeShape(NamedTuple):
    """What a brake run shall come to: the larger and the smaller maximum, a difference during the rise, in mN."""

    larger: int
    smaller: int
    difference: int


def rising(dice: Dice, shape: BrakeShape) -> tuple[list[int], list[int], dict[str, int]]:
    """Return larger and smaller side in mN, and the marks: noise, rise, both maxima, and what comes after them."""
    steps, lead, wait = dice.randint(3, 12), dice.randint(0, 3), dice.randint(0, 2)
    one = [shape.larger * i // steps for i in range(1, steps + 1)]
    two = [shape.smaller * i // steps for i in range(1, steps + 1)]
    _split(dice, one, two, shape)
    after = dice.randint(0, 4)
    one += [dice.randint(0, shape.larger) for _ in range(after)]
    two += [dice.randint(0, shape.smaller) for _ in range(after)]
    if dice.chance(20):
        # The maximum comes again later: the first time counts, so this difference does not.
        one, two = [*one, shape.larger], [*two, 0]
    head = [dice.randint(0, WIDE_NOISE) for _ in range(lead)], [dice.randint(0, WIDE_NOISE) for _ in range(lead)]
    calm = [min(shape.larger, dice.randint(0, 20_000)) for _ in range(wait)]
    rest = [min(shape.smaller, dice.randint(0, 20_000)) for _ in range(wait)]
    return [*head[0], *calm, *one], [*head[1], *rest, *two], {"brake": lead, "rise": lead + wait}


def _split(dice: Dice, one: list[int], two: list[int], shape: BrakeShape) -> None:
    """Put the wanted difference at one moment of the rise, if both sides can have it there."""
    low, high = shape.difference, min(shape.larger, shape.smaller + shape.difference)
    if low > high or len(one) < 2:
        return
    at = dice.randint(0, len(one) - 2)
    one[at] = dice.randint(low, high)
    two[at] = one[at] - shape.difference
    if dice.chance(30):
        # The larger side reaches its maximum first, the other one some samples later.
        delay = dice.randint(1, 3)
        one += [max(0, shape.smaller - dice.randint(0, 1000)) for _ in range(delay)]
        two[-1] = max(0, two[-1] - 1)
        two += [max(0, shape.smaller - 1)] * (delay - 1) + [shape.smaller]


UNIT_DIGITS = {"N": 3, "daN": 4, "10 N": 4, "kN": 6}


def brake_run(dice: Dice, shape: BrakeShape, loads: tuple[int, int]) -> dict[str, Any]:
    """Return a run on the rollers as a case has it; which side is the larger one is chance."""
    larger, smaller, marks = rising(dice, shape)
    sides = (larger, smaller) if dice.chance(50) else (smaller, larger)
    unit = dice.one_of(("N", "N", "daN", "10 N", "kN"))
    curves = {
        f"force_{side}": {"unit": unit, "values": [number(f, UNIT_DIGITS[unit]) for f in values]}
        for side, values in zip(("left", "right"), sides, strict=True)
    }
    values = {
        f"load_{side}": {"unit": "kg", "value": load} for side, load in zip(("left", "right"), loads, strict=True)
    }
    run: dict[str, Any] = {"curves": curves, "values": values, "marks": marks}
    if dice.chance(12):
        run["end_state"] = dice.one_of(("left_locked", "right_locked", "both_locked", "timeout"))
    return spoil(dice, run) if dice.chance(6) else run


def spoil(dice: Dice, run: dict[str, Any]) -> dict[str, Any]:
    """Return a run with one thing wrong in it, or one that looks wrong and does no harm."""
    curve = run["curves"][dice.one_of(sorted(run["curves"]))]
    at = dice.randrange(len(curve["values"]))
    letters = ["g"] * len(curve["values"])
    faults: tuple[Callable[[], object], ...] = (
        lambda: curve["values"].__setitem__(at, None),
        lambda: letters.__setitem__(at, dice.one_of("sim")),
        lambda: run.__setitem__("lost", dice.randint(1, 5)),
        lambda: run["marks"].pop(dice.one_of(sorted(run["marks"])), None),
        lambda: run["values"].pop(dice.one_of(sorted(run["values"])), None) if run["values"] else None,
        lambda: [v.__setitem__("value", dice.one_of((None, 0, -1))) for v in list(run["values"].values())[:1]],
        lambda: [
            v.__setitem__("quality", dice.one_of(("suspect", "invalid"))) for v in list(run["values"].values())[:1]
        ],
        lambda: curve.__setitem__("values", [0] * len(curve["values"])),
        lambda: run["curves"].pop(dice.one_of(sorted(run["curves"]))),
    )
    dice.one_of(faults)()
    if set(letters) != {"g"}:
        curve["quality"] = "".join(letters)
    return run
