"""A case: one vehicle, one day, and what was measured, as JSON that a person can write."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StrictStr, model_validator

from station.model.base import Frozen
from station.model.capture import Capture, Curve, EndState, Mark, Method, Scalar
from station.model.quantity import Quality, Quantity
from station.model.text import SaidValueError
from station.model.units import factor_of, in_model_units
from station.model.vehicle import Category, Circumstances, Vehicle
from station.rules.bounds import LARGEST, MOST_DECIMALS, MOST_SAMPLES
from station.rules.case_words import TEXTS


def _plain_number(value: object) -> object:
    """Refuse what JSON readers let pass for a number: true, and NaN; floats keep the digits that were written."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise SaidValueError(TEXTS.text("number", found=repr(value)))
    number = Decimal(str(value))
    if not number.is_finite():
        raise SaidValueError(TEXTS.text("finite"))
    if abs(number) > LARGEST or -int(number.as_tuple().exponent) > MOST_DECIMALS:
        raise SaidValueError(TEXTS.text("digits"))
    return number


Number = Annotated[Decimal, BeforeValidator(_plain_number)]


class CaseCurve(Frozen):
    """Samples of a channel with their unit; ``null``: the rig gave no number. ``quality``: a letter a sample, or g."""

    unit: StrictStr
    values: tuple[Number | None, ...] = Field(min_length=1, max_length=MOST_SAMPLES)
    quality: StrictStr = Field(default="", pattern="^[gsim]*$")

    @model_validator(mode="after")
    def _known(self) -> "CaseCurve":
        factor_of(self.unit)
        if self.quality and len(self.quality) != len(self.values):
            counts = f"{len(self.quality)} / {len(self.values)}"
            raise SaidValueError(TEXTS.text("lengths", counts=counts))
        return self


class CaseValue(Frozen):
    """One value with its unit: a force without a unit is refused."""

    unit: StrictStr
    value: Number | None
    quality: Quality = "good"

    @model_validator(mode="after")
    def _known(self) -> "CaseValue":
        factor_of(self.unit)
        return self


class CaseItem(Frozen):
    """What one run measured. Channels and marks are those of ``Capture``."""

    method: Method = ""
    period_ms: Number = Field(default=Decimal(10), gt=0, le=MOST_SAMPLES)
    curves: dict[str, CaseCurve] = Field(default_factory=dict)
    values: dict[str, CaseValue] = Field(default_factory=dict)
    marks: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    end_state: EndState = "normal"
    lost: int = Field(default=0, ge=0)
    covers: tuple[StrictStr, ...] = ()


class Case(Frozen):
    """Everything that a verdict depends on, beside the rule pack. ``settings`` stand for those of the pack."""

    v: Literal[1]
    on: date
    category: Category = "in_use"
    vehicle: Vehicle
    circumstances: Circumstances = Circumstances()
    settings: dict[str, StrictStr] = Field(default_factory=dict)
    items: dict[str, CaseItem]

    def captures(self) -> dict[str, Capture]:
        """Return what was measured as the engine takes it, under every item that a run covers."""
        runs = [_capture(item, run) for item, run in self.items.items()]
        return {item: run for run in runs for item in run.items}


def _capture(item: str, run: CaseItem) -> Capture:
    lengths = {len(curve.values) for curve in run.curves.values()}
    return Capture(
        run=f"case-{item}",
        item=item,
        covers=run.covers,
        rig="case",
        profile="case",
        profile_sha256="",
        period_us=int(run.period_ms * 1000),
        first_sequence=0,
        samples=max(lengths, default=0),
        lost=run.lost,
        curves=tuple(_curve(name, curve) for name, curve in run.curves.items()),
        scalars=tuple(_scalar(name, value) for name, value in run.values.items()),
        marks=tuple(Mark(name=name, index=index) for name, index in run.marks.items()),
        end_state=run.end_state,
        method=run.method,
    )


def _curve(name: str, curve: CaseCurve) -> Curve:
    """Return the samples as whole numbers of a step that holds them all exactly."""
    unit, factor = factor_of(curve.unit)
    values = [None if value is None else Fraction(value) * Fraction(factor) for value in curve.values]
    digits = _decimals(factor) + max((_decimals(value) for value in curve.values if value is not None), default=0)
    raw = tuple(None if value is None else int(value * 10**digits) for value in values)
    quality = curve.quality or "".join("m" if value is None else "g" for value in values)
    return Curve(channel=name, unit=unit, scale=Decimal(1).scaleb(-digits), raw=raw, quality=quality)


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))


def _scalar(name: str, value: CaseValue) -> Scalar:
    quantity: Quantity | None = None if value.value is None else in_model_units(value.value, value.unit)
    return Scalar(channel=name, quantity=quantity, quality=value.quality)
