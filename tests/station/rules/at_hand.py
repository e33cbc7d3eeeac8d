"""Runs and evidence for tests of formulas alone, and what a formula told of them."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from station.model.capture import Capture, Curve, Mark, Scalar
from station.model.quantity import Quantity, Unit
from station.rules.formulas.evidence import Evidence, Measured, ProblemError

Values = Mapping[str, tuple[Unit, str]]
Curves = Mapping[str, tuple[Unit, tuple[int | None, ...], str]]


def run(item: str, curves: Curves | None = None, values: Values | None = None, **more: Any) -> Capture:
    """A run: curves of whole numbers with their quality (one letter: of every sample), single values, marks."""
    marks = more.pop("marks", {"brake": 0})
    suspect = more.pop("suspect", ())
    return Capture(
        run="run-1",
        item=item,
        rig="rig-1",
        profile="reference",
        profile_sha256="0" * 64,
        period_us=more.pop("period_us", 10_000),
        first_sequence=0,
        samples=4,
        lost=0,
        curves=tuple(
            Curve(channel=name, unit=unit, scale=Decimal(1), raw=raw, quality=letters * (len(raw) // len(letters)))
            for name, (unit, raw, letters) in (curves or {}).items()
        ),
        scalars=tuple(
            Scalar(
                channel=name,
                quantity=Quantity(value=Decimal(value), unit=unit),
                quality="suspect" if name in suspect else "good",
            )
            for name, (unit, value) in (values or {}).items()
        ),
        marks=tuple(Mark(name=name, index=index) for name, index in marks.items()),
        **more,
    )


def of(item: str, *runs: Capture, axle: int = 0, **more: Any) -> Evidence:
    """The evidence of an item: these runs, two axles of which both park."""
    known: dict[str, Any] = {
        "axle_items": ("B1", "B2"),
        "parking_axles": (1, 2),
        "lamp_items": ("H1", "H4"),
        "facts": {"total_mass_kg": Fraction(2000), "rated_power_kw": Fraction(100)},
        "captures": {capture.item: capture for capture in runs},
        "constants": {"g": Fraction(10)},
    }
    return Evidence(item, axle, **{**known, **more})


Told = tuple[Fraction | int, str, tuple[tuple[str, Mapping[str, object]], ...]]


def told(measured: Measured) -> Told:
    assert type(measured.value) is Fraction
    return measured.value, measured.decided_by, measured.warnings


def problem(formula: Callable[[Evidence], Measured], evidence: Evidence) -> tuple[str, str, dict[str, object]]:
    with pytest.raises(ProblemError) as found:
        formula(evidence)
    assert str(found.value) == f"{found.value.outcome}: {found.value.key} {found.value.words}"
    return found.value.outcome.value, found.value.key, found.value.words
