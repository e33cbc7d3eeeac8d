"""Formulas over single values of a run: side slip, dimensions, masses, speeds, what on-board diagnostics said."""

from fractions import Fraction

from station.model.quantity import Unit
from station.rules.formulas.evidence import Evidence, Measured, check_not_lost, invalid
from station.rules.formulas.formula import Formula

SCALAR_UNITS: dict[str, Unit] = {}
"""The single values that a pack may name, and their units."""


def scalar_value(evidence: Evidence) -> Measured:
    """Return one value of the run as it stands."""
    return Measured(scalar(evidence, evidence.scalar), f"{evidence.item} {evidence.scalar}", suspect(evidence))


def scalar(evidence: Evidence, name: str) -> Fraction:
    """Return one value of the item's own run, in the quantity's unit.

    Raises:
        ProblemError: invalid, the run has none or it is in another unit.
    """
    capture = evidence.own()
    check_not_lost(capture)
    found = capture.scalar(name)
    if found is None or found.quantity is None or found.quality in ("invalid", "missing"):
        raise invalid("no_value", channel=name)
    if found.quantity.unit != SCALAR_UNITS[name]:
        raise invalid("channel_wrong_unit", channel=name, unit=found.quantity.unit, expected=SCALAR_UNITS[name])
    return Fraction(found.quantity.value)


def suspect(evidence: Evidence) -> tuple[tuple[str, dict[str, object]], ...]:
    """Return a warning if the value is suspect."""
    found = evidence.own().scalar(evidence.scalar)
    return (("channel_suspect", {"channel": evidence.scalar}),) if found and found.quality == "suspect" else ()


FORMULAS = {"scalar_value": Formula(scalar_value, None, scalar=True)}
