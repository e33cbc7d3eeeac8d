"""Formulas of where a headlamp's beam points: offsets on a screen at 10 m, right and up positive."""

from fractions import Fraction

from station.rules.formulas.evidence import Evidence, Measured, invalid
from station.rules.formulas.formula import Formula
from station.rules.formulas.lamps import check_lit, lamp_value, lamp_warnings
from station.rules.formulas.scalars import SCALAR_UNITS

MM_IN_10_M = 10 * 1000
HEIGHT = "height"


def lamp_scalar(evidence: Evidence) -> Measured:
    """Return one value of the item's own lamp as it stands: an offset, or the height of its centre."""
    item, capture, name = evidence.item, evidence.own(), evidence.scalar
    check_lit(item, capture)
    value = _height_mm(evidence) if name == HEIGHT else _value(evidence, name)
    return Measured(value, f"{item}_{name}", lamp_warnings(item, capture, name, "lamp_value_suspect"))


def aim_percent(evidence: Evidence) -> Measured:
    """Return an offset in percent of the distance: 100 mm at 10 m are 1 %."""
    return _scaled(lamp_scalar(evidence), Fraction(100, MM_IN_10_M))


def share_of_lamp_height(evidence: Evidence) -> Measured:
    """Return an offset on a screen at 10 m as a share of the height of the lamp's centre above the ground.

    Raises:
        ProblemError: invalid, the height is not above zero.
    """
    return _scaled(lamp_scalar(evidence), 1 / _height_mm(evidence))


def _height_mm(evidence: Evidence) -> Fraction:
    height_mm = _value(evidence, HEIGHT)
    if height_mm <= 0:
        raise invalid("no_lamp_value", item=evidence.item, channel=HEIGHT)
    return height_mm


def _value(evidence: Evidence, name: str) -> Fraction:
    return lamp_value(evidence.item, evidence.own(), name, SCALAR_UNITS[name], "no_lamp_value")


def _scaled(measured: Measured, factor: Fraction) -> Measured:
    return Measured(measured.value * factor, measured.decided_by, measured.warnings)


FORMULAS = {
    "lamp_scalar": Formula(lamp_scalar, None, scalar=True),
    "aim_percent": Formula(aim_percent, "%", scalar=True, channel_unit="mm/10m"),
    "share_of_lamp_height": Formula(share_of_lamp_height, "1", scalar=True, channel_unit="mm/10m"),
}
