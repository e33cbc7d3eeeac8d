"""Formulas of a share, in percent: of a limit, or of a value that the maker gives."""

from fractions import Fraction

from station.rules.formulas.evidence import Evidence, Measured, check_not_lost, invalid, moment
from station.rules.formulas.formula import Formula
from station.rules.formulas.scalars import positive_value
from station.rules.formulas.windows import channel_readings, span, suspects


def power_of_rated(evidence: Evidence) -> Measured:
    """A power in kW that the run found, corrected, over the rated power of the engine, in percent."""
    power = positive_value(evidence)
    share = power.value * 100 / evidence.number("rated_power_kw")
    return Measured(share, power.decided_by, power.warnings)


def maximum_of_smoke_limit(evidence: Evidence) -> Measured:
    """The largest sample of the window over the limit of another quantity, in percent.

    Raises:
        ProblemError: invalid, the limit is not above zero, or missing it would not fail the vehicle.
    """
    capture, channel = evidence.own(), evidence.window.channels[0]
    check_not_lost(capture)
    found = channel_readings(capture, channel, "1/m", *span(capture, evidence.window.begin, evidence.window.end))
    limit = next(iter(evidence.limits.values()), Fraction(0))
    if limit <= 0:
        raise invalid("limit_not_positive", item=evidence.item)
    highest = max(found.numbers)
    decided_by = f"{evidence.item} {moment(capture, found.begin + found.numbers.index(highest))}"
    return Measured(Fraction(highest) * found.step * 100 / limit, decided_by, suspects([channel], [found]))


FORMULAS = {
    "power_of_rated": Formula(power_of_rated, "%", facts=("rated_power_kw",), channel_unit="kW", scalar=True),
    "maximum_of_smoke_limit": Formula(maximum_of_smoke_limit, "%", channels=(1, 1), channel_unit="1/m", limits=True),
}
