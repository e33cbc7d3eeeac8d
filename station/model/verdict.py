"""What the rules say about a measurement, and why."""

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from station.model.base import Frozen
from station.model.quantity import Unit
from station.model.text import Text

Certainty = Literal["A", "B", "C", "D"]

Severity = Literal["advisory", "minor", "major", "dangerous"]
"""How bad a missed limit is, where a pack says so; the first two do not fail a vehicle."""

Comparison = Literal[">=", "<=", ">", "<", "within"]


class Outcome(StrEnum):
    """The five things a rule can say. Unknown is never a pass."""

    PASS = "pass"
    FAIL = "fail"
    INVALID = "invalid"
    """The measurement does not count."""
    UNKNOWN = "unknown"
    """The pack cannot say: a fact, a limit or a measurement is missing."""
    NOT_APPLICABLE = "not_applicable"


class PackRef(Frozen):
    """The rule pack that judged, exactly."""

    name: str
    edition: str
    sha256: str


class QuantityVerdict(Frozen):
    """One judged quantity.

    ``value`` is compared, in the pack's comparison mode; ``unrounded`` was computed; ``shown`` is what people read.
    ``decided_by`` names the sample, window or run that decided. ``severity``: of the missed limit, where it has one.
    """

    quantity: str
    name: Text
    outcome: Outcome
    value: Decimal | None
    unrounded: Decimal | None
    unit: Unit
    shown: str
    limit: Decimal | None
    comparison: Comparison | Literal["none"]
    limit_low: Decimal | None = None
    limit_shown: str
    clause: str
    source: str
    certainty: Certainty
    confirmed: bool
    decided_by: str
    sentence: Text
    severity: Severity | None = None


class ItemVerdict(Frozen):
    """The verdict of one item: the worst of its quantities, with the reason when nothing could be computed.

    ``severity`` is the worst of the quantities'. ``unconfirmed``: every entry of the pack in use that awaits
    confirmation, also of checks that were met and of the classes and settings that chose a limit.
    """

    item: str
    outcome: Outcome
    quantities: tuple[QuantityVerdict, ...]
    pack: PackRef
    reason: Text | None = None
    warnings: tuple[Text, ...] = ()
    runs: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    severity: Severity | None = None
