"""Formulas of the headlamp tester: intensities of high beams in cd, of one lamp, of all, of symmetrical pairs."""

from fractions import Fraction

from station.model.capture import Capture
from station.model.verdict import Outcome
from station.rules.formulas.evidence import Evidence, Measured, ProblemError, Words, check_not_lost, invalid
from station.rules.formulas.formula import Formula
from station.rules.formulas.scalars import is_suspect, usable

PAIRS: tuple[tuple[str, ...], ...] = (("H1", "H4"), ("H2", "H3"))
"""The lamps that stand symmetrically: the outer two, the inner two."""


def lamp_intensity(evidence: Evidence) -> Measured:
    """High-beam intensity (远光发光强度) of the item's own lamp; a lamp that gave no light fails."""
    item, capture = evidence.item, evidence.own()
    check_lit(item, capture)
    warnings = lamp_warnings(item, capture, "intensity", "lamp_suspect")
    return Measured(_intensity(item, capture), _channel(item), warnings)


def intensity_of_all_lamps(evidence: Evidence) -> Measured:
    """Sum of the high beams of every lamp of the vehicle; a lamp that gave no light adds nothing."""
    lamps = dict(evidence.lamps())
    total = sum((_light(item, capture) for item, capture in lamps.items()), Fraction(0))
    return Measured(total, ", ".join(_channel(item) for item in lamps))


def intensity_of_better_pair(evidence: Evidence) -> Measured:
    """The weaker high beam of the better one of the symmetrical pairs: what two lamps alone surely give; else 0."""
    light = {item: _light(item, capture) for item, capture in evidence.lamps()}
    pairs = [(min(light[item] for item in pair), pair) for pair in PAIRS if light.keys() >= set(pair)]
    intensity, best = max(pairs, default=(Fraction(0), ()))
    return Measured(intensity, ", ".join(_channel(item) for item in best))


def check_lit(item: str, capture: Capture) -> None:
    """Check that the tester found the lamp.

    Raises:
        ProblemError: invalid, samples were lost; fail, there was no light.
    """
    check_not_lost(capture)
    if _is_dark(item, capture):
        raise ProblemError(Outcome.FAIL, "no_lamp", item=item)


def lamp_value(item: str, capture: Capture, name: str, unit: str, missing: str) -> Fraction:
    """Return one value of a lamp (``intensity``, ``low_dy``); ``missing`` is the text that says there is none.

    Raises:
        ProblemError: invalid, the tester gave none or it is in another unit.
    """
    found = usable(capture, f"{item}_{name}")
    if found is None:
        raise invalid(missing, item=item, channel=name)
    if found.unit != unit:
        raise invalid("lamp_wrong_unit", item=item, unit=found.unit, expected=unit)
    return Fraction(found.value)


def lamp_warnings(item: str, capture: Capture, name: str, key: str) -> tuple[tuple[str, Words], ...]:
    """Return a warning, by its text's key, if a value of a lamp is suspect."""
    return ((key, {"item": item, "channel": name}),) if is_suspect(capture, f"{item}_{name}") else ()


def _light(item: str, capture: Capture) -> Fraction:
    check_not_lost(capture)
    return Fraction(0) if _is_dark(item, capture) else _intensity(item, capture)


def _is_dark(item: str, capture: Capture) -> bool:
    found = usable(capture, _channel(item))
    return capture.mark(f"no_lamp_{item}") is not None or (found is not None and found.value == 0)


def _intensity(item: str, capture: Capture) -> Fraction:
    intensity_cd = lamp_value(item, capture, "intensity", "cd", "no_lamp_reading")
    if intensity_cd < 0:
        raise invalid("no_lamp_reading", item=item)
    return intensity_cd


def _channel(item: str) -> str:
    return f"{item}_intensity"


FORMULAS = {
    "lamp_intensity": Formula(lamp_intensity, "cd"),
    "intensity_of_all_lamps": Formula(intensity_of_all_lamps, "cd", forces="lamps"),
    "intensity_of_better_pair": Formula(intensity_of_better_pair, "cd", forces="lamps"),
}
