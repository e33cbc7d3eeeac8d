"""Exhaust gases corrected to undiluted exhaust and to a standard humidity, sample by sample (GB 18285-2018 Appendix B).

How much air got into the exhaust shows in its carbon: the dilution correction (稀释修正) brings it back to what petrol
(or gas) burns to. Nitrogen oxide also depends on the water in the air: the humidity correction (湿度修正).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction
from math import lcm

from station.rules.formulas.evidence import Evidence, Readings, Words, invalid
from station.rules.formulas.scalars import scalar
from station.rules.formulas.windows import CHANNEL_UNITS, channel_readings, suspects

DILUTION = ("dilution_fuel", "dilution_oxygen", "dilution_least", "dilution_most")
HUMIDITY = (
    "humidity_grains",
    "humidity_slope",
    "humidity_reference",
    "humidity_highest_temperature",
    "saturation_pressure",
    "saturation_factor",
    "saturation_temperature",
)
CARBON = ("co", "co2")
OF_HUMIDITY = "no"
"""The channel that the humidity correction concerns."""
DIGITS = 28
"""Of the one number here that is no fraction, the exponential in the saturation pressure."""


@dataclass(frozen=True)
class Gases:
    """Corrected concentrations by channel; ``diluted``: of each sample, whether its correction was more than counts."""

    channels: Mapping[str, Readings]
    diluted: tuple[bool, ...]
    warnings: tuple[tuple[str, Words], ...]


def corrected(evidence: Evidence, names: Iterable[str], begin: int, end: int) -> Gases:
    """Return the corrected samples of some channels, from one up to another.

    Raises:
        ProblemError: invalid, a channel or a value of the weather is missing or cannot be, or there is no exhaust.
    """
    wanted, capture = tuple(dict.fromkeys((*CARBON, *names))), evidence.own()
    found = {name: channel_readings(capture, name, CHANNEL_UNITS[name], begin, end) for name in wanted}
    dilution = _dilution_of_each(evidence, found["co"], found["co2"])
    most = evidence.constants["dilution_most"]
    return Gases(
        channels={name: _multiplied(evidence, name, found[name], dilution) for name in names},
        diluted=tuple(factor >= most for factor in dilution),
        warnings=suspects(wanted, list(found.values())),
    )


def _dilution_of_each(evidence: Evidence, co: Readings, co2: Readings) -> list[Fraction]:
    pairs = list(zip(co.numbers, co2.numbers, strict=True))
    known = {pair: dilution_factor(evidence, pair[0] * co.step, pair[1] * co2.step) for pair in dict.fromkeys(pairs)}
    return [known[pair] for pair in pairs]


def _multiplied(evidence: Evidence, name: str, found: Readings, dilution: Sequence[Fraction]) -> Readings:
    """Return corrected samples as whole numbers of one smaller step: exact, and still quick to add up."""
    common = lcm(*(factor.denominator for factor in dilution))
    weights = (factor.numerator * (common // factor.denominator) for factor in dilution)
    numbers = (number * weight for number, weight in zip(found.numbers, weights, strict=True))
    humidity = humidity_factor(evidence) if name == OF_HUMIDITY else Fraction(1)
    return replace(found, numbers=tuple(numbers), step=found.step * humidity / common)


def dilution_factor(evidence: Evidence, co: Fraction, co2: Fraction) -> Fraction:
    """Return by what concentrations are multiplied, from CO and CO2 in % vol.

    With X = CO2 / (CO2 + CO), undiluted exhaust has CO2 = X / (fuel + oxygen * X) * 100. That over CO2 as measured is
    100 / (fuel * (CO2 + CO) + oxygen * CO2): the factor, within its bounds.

    Raises:
        ProblemError: invalid, there is no CO2.
    """
    if co2 <= 0 or co2 + co <= 0:
        raise invalid("no_exhaust_gas", item=evidence.item)
    constants = evidence.constants
    factor = 100 / (constants["dilution_fuel"] * (co2 + co) + constants["dilution_oxygen"] * co2)
    return min(constants["dilution_most"], max(constants["dilution_least"], factor))


def humidity_factor(evidence: Evidence) -> Fraction:
    """Return by what nitrogen oxide is multiplied: 1 / (1 - slope * (H - reference)), H in grains of water per pound.

    H = grains * Ra * Pd / (Pb - Pd * Ra / 100), of relative humidity Ra, pressure Pb and saturation pressure Pd in kPa.

    Raises:
        ProblemError: invalid, a value of the weather is missing or cannot be.
    """
    constants = evidence.constants
    humidity, pressure = scalar(evidence, "ambient_humidity"), scalar(evidence, "ambient_pressure")
    saturation = saturation_pressure(evidence)
    dry_kpa = pressure - saturation * humidity / 100
    if not 0 <= humidity <= 100 or dry_kpa <= 0:
        raise invalid("weather_cannot_be", item=evidence.item)
    grains = constants["humidity_grains"] * humidity * saturation / dry_kpa
    divisor = 1 - constants["humidity_slope"] * (grains - constants["humidity_reference"])
    if divisor <= 0:
        raise invalid("weather_cannot_be", item=evidence.item)
    return 1 / divisor


def saturation_pressure(evidence: Evidence) -> Fraction:
    """Return the saturation pressure of water in kPa by the Magnus formula, Pd = p * exp(f * t / (T + t)).

    t is the ambient temperature in degC, at most the highest that the rules let count.

    Raises:
        ProblemError: invalid, the temperature is missing or cannot be.
    """
    constants = evidence.constants
    ambient = scalar(evidence, "ambient_temperature")
    above_zero = ambient + constants["saturation_temperature"]
    if above_zero <= 0:
        raise invalid("weather_cannot_be", item=evidence.item)
    t = min(ambient, constants["humidity_highest_temperature"])
    exponent = constants["saturation_factor"] * t / (constants["saturation_temperature"] + t)
    return constants["saturation_pressure"] * Fraction(_exp(exponent))


def _exp(exponent: Fraction) -> Decimal:
    with localcontext() as context:
        context.prec = DIGITS
        return (Decimal(exponent.numerator) / Decimal(exponent.denominator)).exp()
