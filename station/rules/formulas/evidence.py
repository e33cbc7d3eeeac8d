"""What a formula gets and gives, and the checks that every reading passes first."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar, cast

from station.model.capture import Capture, Curve
from station.model.quantity import QUALITY_LETTERS
from station.model.verdict import Outcome
from station.rules.conditions import FactValue
from station.rules.schema import Window

Words = Mapping[str, object]
T = TypeVar("T")

USABLE = frozenset(letter for letter, quality in QUALITY_LETTERS.items() if quality in ("good", "suspect"))
SUSPECT = "s"


class ProblemError(Exception):
    """Nothing can be computed: the outcome that this has, and the key of the text that says why and what to do."""

    def __init__(self, outcome: Outcome, key: str, **words: object) -> None:
        super().__init__(f"{outcome}: {key} {words}")
        self.outcome = outcome
        self.key = key
        self.words = words


def invalid(key: str, **words: object) -> ProblemError:
    """Return the problem of a measurement that does not count."""
    return ProblemError(Outcome.INVALID, key, **words)


@dataclass(frozen=True)
class Measured:
    """What a formula computed, exactly, which sample or window decided, and warnings (text key, words)."""

    value: Fraction
    decided_by: str
    warnings: tuple[tuple[str, Words], ...] = ()


@dataclass(frozen=True)
class Evidence:
    """The captures of an item: its own, those of the axles in order, and those of all headlamps of the vehicle.

    ``axle`` is 0 for an item of no single axle; an axle for which the pack has no item stands as None. ``facts``: of
    the vehicle and the inspection. ``constants``: of the pack, by the formula's own names. ``limits``: the limits that
    apply to the quantities in ``limits_of`` and can fail a vehicle, by their names, and ``windows`` the windows of
    those quantities; ``window`` and ``scalar``: of the quantity.
    """

    item: str
    axle: int
    axle_items: tuple[str | None, ...]
    parking_axles: tuple[int, ...]
    lamp_items: tuple[str, ...]
    facts: Mapping[str, FactValue]
    captures: Mapping[str, Capture]
    constants: Mapping[str, Fraction] = field(default_factory=dict)
    limits: Mapping[str, Fraction] = field(default_factory=dict)
    windows: Mapping[str, Window] = field(default_factory=dict)
    unit: str = ""
    scalar: str = ""
    window: Window = field(default_factory=lambda: Window(begin="", end=""))
    memo: dict[Hashable, Any] = field(default_factory=dict, compare=False)

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what a computation gives that several quantities of the item have in common; it is done once."""
        found: T | None = self.memo.get(key)
        if found is None:
            found = self.memo[key] = compute()
        return found

    def number(self, fact: str) -> Fraction:
        """Return a fact of the vehicle that is a number.

        Raises:
            ProblemError: unknown, it is missing.
        """
        value = self.facts.get(fact)
        if not isinstance(value, Fraction):
            raise ProblemError(Outcome.UNKNOWN, "missing_facts", facts=frozenset({fact}))
        return value

    def own(self) -> Capture:
        """Return the item's own capture.

        Raises:
            ProblemError: unknown, there is none.
        """
        return self._capture(self.item)

    def axles(self) -> tuple[tuple[int, Capture], ...]:
        """Return the number and the capture of every axle.

        Raises:
            ProblemError: unknown, one has none.
        """
        return tuple((number, self._of_axle(number, item)) for number, item in enumerate(self.axle_items, start=1))

    def parking(self) -> tuple[tuple[int, Capture], ...]:
        """Return the number of every parking axle and the capture of its parking run, B0 where it is the only one.

        Raises:
            ProblemError: unknown, one has none, or no axle is known to have a parking brake.
        """
        if not self.parking_axles:
            raise ProblemError(Outcome.UNKNOWN, "no_parking_axle")
        if len(self.parking_axles) == 1:
            return ((self.parking_axles[0], self.own()),)
        return tuple((axle, self._parked(axle)) for axle in self.parking_axles)

    def lamps(self) -> tuple[tuple[str, Capture], ...]:
        """Return the item and the capture of every headlamp.

        Raises:
            ProblemError: unknown, one has none.
        """
        return tuple((item, self._capture(item)) for item in self.lamp_items)

    def _of_axle(self, number: int, item: str | None) -> Capture:
        if item is None:
            raise ProblemError(Outcome.UNKNOWN, "no_axle_item", axle=number)
        return self._capture(item)

    def _parked(self, axle: int) -> Capture:
        capture = self.captures.get(f"{self.item}{axle}")
        if capture is None:
            raise ProblemError(Outcome.UNKNOWN, "axle_not_parked", axle=axle)
        return capture

    def _capture(self, item: str) -> Capture:
        capture = self.captures.get(item)
        if capture is None:
            raise ProblemError(Outcome.UNKNOWN, "not_measured", item=item)
        return capture


@dataclass(frozen=True)
class Readings:
    """The values of one channel from a sample on, as whole numbers of ``step``."""

    begin: int
    numbers: tuple[int, ...]
    step: Fraction
    suspect: bool


def readings(curve: Curve, unit: str, begin: int, end: int, **words: object) -> Readings:
    """Return the samples of a curve in a window, all of them usable; ``words`` name the wheel or the channel.

    Raises:
        ProblemError: invalid, the unit is another one or a sample is invalid or missing.
    """
    kind = "channel" if "channel" in words else "wheel"
    if curve.unit != unit:
        raise invalid(f"{kind}_wrong_unit", unit=curve.unit, expected=unit, **words)
    raw, letters = curve.raw[begin:end], curve.quality[begin:end]
    if None in raw or not USABLE.issuperset(letters):
        usable = [number is not None and letter in USABLE for number, letter in zip(raw, letters, strict=True)]
        raise invalid(f"{kind}_bad_samples", count=usable.count(False), **words)
    # No sample is None: it was looked at above.
    return Readings(begin, cast("tuple[int, ...]", raw), Fraction(curve.scale), SUSPECT in letters)


def check_not_lost(capture: Capture) -> None:
    """Check that every sample which the rig took was read.

    Raises:
        ProblemError: invalid, samples were lost.
    """
    if capture.lost > 0:
        raise invalid("lost_samples", count=capture.lost, item=capture.item)


def mark(capture: Capture, name: str) -> int:
    """Return the sample index of a mark.

    Raises:
        ProblemError: invalid, the run has no such mark.
    """
    index = capture.mark(name)
    if index is None or index < 0:
        raise invalid("no_mark", mark=name, item=capture.item)
    return index


def moment(capture: Capture, index: int) -> str:
    """Return a sample's number and its time since the first sample: ``#130 (1300 ms)``."""
    return f"#{index} ({capture.at_us(index) // 1000} ms)"
