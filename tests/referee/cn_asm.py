"""Petrol, steady state (ASM; standards-cn, section 5.1). Certainty: D throughout.

The saturation pressure of water has no formula in the sheet: here by Magnus, with the WMO's coefficients.
"""

from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

from tests.referee.answer import (
    FAIL,
    INVALID,
    NOT_APPLICABLE,
    PASS,
    UNKNOWN,
    Answer,
    Json,
    NoAnswerError,
    Said,
    run_of,
    samples,
    scalar,
    worst,
)
from tests.referee.cn_petrol import GAS, IN_FORCE, NEVER

# CO in %, HC and NO in 1e-6.
LIMITS = {
    "5025": {"a": ("0.50", 90, 700), "b": ("0.35", 47, 420)},
    "2540": {"a": ("0.40", 80, 650), "b": ("0.30", 44, 390)},
}
GASES = ("co", "hc", "no")
FUEL_A = {"E": Fraction("6.64"), "F": Fraction("5.39")}
PETROL_A = Fraction("4.64")
STAGE_S, BEGIN_S, WINDOW_S = 90, 10, 10
Means = tuple[Fraction, Fraction, Fraction]


class Rules(NamedTuple):
    """The limits of a stage; HC of gas vehicles is advisory."""

    limits: Means
    hc_counts: bool

    def share(self, means: Means) -> Fraction:
        """Return the largest share of a limit."""
        shares = [mean / limit for mean, limit in zip(means, self.limits, strict=True)]
        return max(shares) if self.hc_counts else max(shares[0], shares[2])


class Stage(NamedTuple):
    """What a stage came to: whether it decided, and the means that decided it."""

    outcome: str
    means: Means


def steady_state(case: Json, item: str) -> Answer:
    """WT: 5025, and where that is not passed 2540, which decides."""
    vehicle, settings = case["vehicle"], case.get("settings", {})
    if date.fromisoformat(case["on"]) < IN_FORCE:
        return Answer(UNKNOWN)
    if vehicle["fuel"] in NEVER or settings.get("petrol_method") != "asm":
        return Answer(NOT_APPLICABLE)
    limits = {name: rules_of(name, settings.get("limit_set", "a"), vehicle["fuel"]) for name in LIMITS}
    try:
        run = run_of(case, item)
        if run.get("lost", 0) > 0:
            return Answer(INVALID)
        first = stage(run, "5025", vehicle["fuel"], limits["5025"])
        said = told("5025", first, limits["5025"], decides=first.outcome != UNKNOWN)
        if first.outcome == UNKNOWN:
            second = stage(run, "2540", vehicle["fuel"], limits["2540"])
            said |= told("2540", second, limits["2540"], decides=True)
    except NoAnswerError as none:
        return none.answer
    return worst(said)


def rules_of(name: str, limit_set: str, fuel: str) -> Rules:
    """Return the limits of a stage for a fuel."""
    co, hc, no = (Fraction(limit) for limit in LIMITS[name][limit_set])
    return Rules((co, hc, no), fuel not in GAS)


def told(name: str, found: Stage, rules: Rules, decides: bool) -> dict[str, Said]:
    """Return the quantities of a stage; what was missed in one that does not decide is not held against the vehicle."""
    said = {}
    for gas, mean, limit in zip(GASES, found.means, rules.limits, strict=True):
        missed = decides and mean > limit
        advisory = gas == "hc" and not rules.hc_counts
        said[f"asm{name}_{gas}"] = Said(
            FAIL if missed and not advisory else PASS, mean, limit, "advisory" if missed and advisory else None
        )
    return said


def stage(run: Json, name: str, fuel: str, rules: Rules) -> Stage:
    """Go through the windows of 10 s, from 10 s after the start on, until one passes or is above 500 %.

    Said of it is the window of the fast check, or that of the excess, or else the one with the lowest share of the
    limits. UNKNOWN: after 90 s no window had passed.
    """
    begin, end = run["marks"].get(f"stable_{name}"), run["marks"].get(f"end_{name}")
    if begin is None or end is None:
        raise NoAnswerError(INVALID)
    period_s = Fraction(str(run["period_ms"])) / 1000
    found = windows(corrected(run, begin, end, fuel), period_s, rules)
    lowest = min(found, key=lambda pair: pair[0], default=None)
    decisive = next((pair for pair in found if pair[0] <= 1 or pair[0] > 5), None)
    if decisive is None or lowest is None:
        if lowest is None or (end - begin) * period_s < STAGE_S:
            raise NoAnswerError(INVALID)
        return Stage(UNKNOWN if name == "5025" else FAIL, lowest[1])
    if decisive[0] > 5:
        return Stage(FAIL, decisive[1])
    return Stage(PASS, found[0][1] if found[0][0] <= Fraction(1, 2) else lowest[1])


def windows(gases: list[list[Fraction]], period_s: Fraction, rules: Rules) -> list[tuple[Fraction, Means]]:
    """Return of each window the largest share of a limit, and the means."""
    length, start = int(WINDOW_S / period_s), int(BEGIN_S / period_s)
    found = []
    for first in range(start, len(gases[0]) - length + 1):
        co, hc, no = (sum(values[first : first + length], Fraction(0)) / length for values in gases)
        found.append((rules.share((co, hc, no)), (co, hc, no)))
    return found


def corrected(run: Json, begin: int, end: int, fuel: str) -> list[list[Fraction]]:
    """Return CO, HC and NO, each sample corrected for dilution, NO for humidity, too."""
    raw = {}
    for gas in ("co", "co2", "hc", "no"):
        part = (samples(run, gas) or [None])[begin:end]
        counted = [Fraction(value) for value in part if value is not None]
        if not counted or len(counted) < end - begin:
            raise NoAnswerError(INVALID)
        raw[gas] = counted
    dilution = [factor(co2, co, fuel) for co2, co in zip(raw["co2"], raw["co"], strict=True)]
    humidity = humidity_factor(run)
    by = {"co": Fraction(1), "hc": Fraction(1), "no": humidity}
    return [[v * df * by[gas] for v, df in zip(raw[gas], dilution, strict=True)] for gas in GASES]


def factor(co2: Fraction, co: Fraction, fuel: str) -> Fraction:
    """Return the dilution correction of one sample: 3 at most, and, as in the source of the formula, 1 at least."""
    x = co2 / (co2 + co)
    adjusted = 100 * x / (FUEL_A.get(fuel, PETROL_A) + Fraction("1.88") * x)
    return min(Fraction(3), max(Fraction(1), adjusted / co2))


def humidity_factor(run: Json) -> Fraction:
    """Return k_H from what the weather station said, with the saturation pressure of 30 degrees at most."""
    weather = [scalar(run, f"ambient_{name}") for name in ("temperature", "humidity", "pressure")]
    if None in weather:
        raise NoAnswerError(INVALID)
    temperature, humidity, pressure = (value or Fraction(0) for value in weather)
    saturated = saturation_kpa(min(temperature, Fraction(30)))
    grains = Fraction("43.478") * humidity * saturated / (pressure - saturated * humidity / 100)
    return 1 / (1 - Fraction("0.0047") * (grains - 75))


def saturation_kpa(celsius: Fraction) -> Fraction:
    """Return the pressure of saturated water vapour."""
    with localcontext() as exact:
        exact.prec = 40
        t = Decimal(celsius.numerator) / Decimal(celsius.denominator)
        return Fraction(Decimal("0.6112") * (Decimal("17.62") * t / (Decimal("243.12") + t)).exp())
