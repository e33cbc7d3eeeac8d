"""Lambda (过量空气系数) from the gases themselves, for analysers that do not state it: Brettschneider's formula."""

from collections.abc import Mapping
from fractions import Fraction

from station.rules.formulas.evidence import Evidence, Measured, Words, check_not_lost, invalid, moment
from station.rules.formulas.formula import Formula
from station.rules.formulas.windows import CHANNEL_UNITS, channel_readings, span, suspects

NEEDED = ("co", "co2", "o2", "hc")
IN_PPM = "no"
"""Counted where the run has it: few analysers of idling engines do, and its share is small."""
CONSTANTS = ("lambda_hydrogen", "lambda_oxygen", "lambda_hexane", "lambda_water_gas")
HYDROGEN_PER_O2, OXYGEN_PER_O2 = 4, 2
"""How many atoms of the fuel a molecule of oxygen is worth: it burns four of hydrogen, and is two of oxygen."""


def lambda_of_gases(evidence: Evidence) -> Measured:
    """Mean over the window of what each sample's gases give.

    Raises:
        ProblemError: invalid, a channel or a mark is missing, samples cannot be used, or there is no exhaust.
    """
    capture = evidence.own()
    check_not_lost(capture)
    begin, end = span(capture, evidence.window.begin, evidence.window.end)
    names = NEEDED if capture.curve(IN_PPM) is None else (*NEEDED, IN_PPM)
    found = [channel_readings(capture, name, CHANNEL_UNITS[name], begin, end) for name in names]
    rows = zip(*([number * one.step for number in one.numbers] for one in found), strict=True)
    values = [_lambda(evidence, dict(zip(names, row, strict=True))) for row in rows]
    warnings: list[tuple[str, Words]] = [*suspects(names, found)]
    if IN_PPM not in names:
        warnings.append(("lambda_without_no", {"item": evidence.item}))
    decided_by = f"{evidence.item} {moment(capture, begin)} to {moment(capture, end)}"
    return Measured(sum(values, Fraction(0)) / len(values), decided_by, tuple(warnings))


def _lambda(evidence: Evidence, gas: Mapping[str, Fraction]) -> Fraction:
    """Return lambda of one sample: the oxygen that is there, free and bound, over what the fuel needed."""
    hydrogen, oxygen, hexane, water_gas = (evidence.constants[name] for name in CONSTANTS)
    co, co2, no_percent = gas["co"], gas["co2"], gas.get(IN_PPM, Fraction(0)) * 100 / 1_000_000
    carbon = co2 + co
    if min(co2, carbon, carbon + hexane * gas["hc"]) <= 0:
        raise invalid("no_exhaust_gas", item=evidence.item)
    hydrogen, oxygen = hydrogen / HYDROGEN_PER_O2, oxygen / OXYGEN_PER_O2
    bound = (hydrogen * water_gas / (water_gas + co / co2) - oxygen) * carbon
    there = co2 + co / 2 + gas["o2"] + no_percent / 2 + bound
    return there / ((1 + hydrogen - oxygen) * (carbon + hexane * gas["hc"]))


FORMULAS = {
    "lambda_of_gases": Formula(lambda_of_gases, "1", constants=CONSTANTS, channels=(0, 0)),
}
