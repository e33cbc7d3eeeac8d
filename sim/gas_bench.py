"""The exhaust analyser itself: cells, pump, checks and faults. No line, no clock."""

import random
from dataclasses import dataclass, field
from typing import NamedTuple

from sim.exhaust import AMBIENT, Engine, Gas, GasLine, air_ratio

TICK_NS = 200_000_000
SECOND_TICKS = 5

SWUP, STBY, SMGA, SNGA, SLEC, SPUL = "SWUP", "STBY", "SMGA", "SNGA", "SLEC", "SPUL"
DURATION_S = {SWUP: 120, SNGA: 20, SLEC: 10, SPUL: 15}
SILENCE_S = 10
ZERO_VALID_S = 1800
RESIDUE_LIMIT_PPM = 20

GAS_CHANNELS = ("co", "co2", "hc", "o2", "no", "lambda")
CHANNELS = (*GAS_CHANNELS, "engine_speed", "oil_temperature")
DECIMALS = (2, 2, 0, 2, 0, 3, 0, 0)
_RANGES = (
    (-0.05, 10.0),
    (-0.1, 20.0),
    (-10.0, 9999.0),
    (-0.1, 25.0),
    (-10.0, 5000.0),
    (0.5, 9.999),
    (0.0, 9999.0),
    (-40.0, 150.0),
)


@dataclass
class GasFaults:
    """Faults to inject into the analyser.

    Args:
        low_flow: fault 2; no gas reading is trusted.
        o2_aged: fault 3; O2 and lambda are not trusted.
        no_aged: fault 4; NO is not trusted.
        water: fault 5; no gas reading is trusted.
        zero_fails: the next zero does not pass.
        leak: the next leak test does not pass.
        residue_ppm: HC that clings to the hose whatever was measured before.
        dead: names of channels (``CHANNELS``) that give nothing.
    """

    low_flow: bool = False
    o2_aged: bool = False
    no_aged: bool = False
    water: bool = False
    zero_fails: bool = False
    leak: bool = False
    residue_ppm: float = 0.0
    dead: set[str] = field(default_factory=set)

    def numbers(self) -> set[int]:
        """Return the numbers of the injected faults that show by themselves."""
        flags = (self.low_flow, self.o2_aged, self.no_aged, self.water)
        return {number for number, on in enumerate(flags, 2) if on}

    def untrusted(self) -> set[str]:
        """Return the channels that the analyser itself does not trust."""
        if self.low_flow or self.water:
            return set(GAS_CHANNELS)
        return ({"o2", "lambda"} if self.o2_aged else set()) | ({"no"} if self.no_aged else set())


@dataclass(frozen=True)
class Check:
    """The last zero or leak test: when it ended, in ticks, and whether it passed."""

    at: int
    passed: bool


class Shown(NamedTuple):
    """One channel: the rounded value, None where there is none, and whether the analyser itself trusts it."""

    value: float | None
    trusted: bool


class GasBench:
    """The analyser from one power-on to the next; time counts in ticks of 0.2 s.

    Args:
        now_ns: station time of power-on.
        warm: it was warm already, no SWUP.
        faults: faults to inject.
        seed: same seed, same noise.
    """

    def __init__(self, now_ns: int, warm: bool, faults: GasFaults, seed: int = 0) -> None:
        self.faults = faults
        self.remote = False
        self.engine: Engine | None = None
        self.dilution: float | None = None
        self.zero: Check | None = None
        self.leak: Check | None = None
        self.residue_ppm = 0
        self.function = STBY if warm else SWUP
        self.number = 0
        self._end = DURATION_S[SWUP] * SECOND_TICKS
        self._power_on_ns = now_ns
        self._heard = 0
        self._line = GasLine()
        self._clinging_ppm = 0.0
        self._random = random.Random(seed)  # noqa: S311 - noise of a model, not a secret
        self._known: frozenset[int] = frozenset()
        self._changes = 0
        self._readings = self._measure()
        self._note_faults()

    # what it shows

    @property
    def busy(self) -> bool:
        """Tell whether zero, leak test or purge runs."""
        return self.function in (SNGA, SLEC, SPUL)

    @property
    def pump_on(self) -> bool:
        """Tell whether the sample pump runs."""
        return self.function in (SMGA, SNGA, SPUL)

    @property
    def digit(self) -> int:
        """Error-status digit: 0 no fault, else 1 to 9, one more at each change of the faults."""
        self._note_faults()
        return (self._changes - 1) % 9 + 1 if self._known else 0

    def active_faults(self) -> frozenset[int]:
        """Return the numbers of the faults that hold now."""
        zero_bad = self.zero is None or not self.zero.passed or self.age_s(self.zero) > ZERO_VALID_S
        states = {
            1: self.function == SWUP,
            6: zero_bad,
            7: self.leak is not None and not self.leak.passed,
            8: self.residue_ppm > RESIDUE_LIMIT_PPM,
        }
        return frozenset({number for number, on in states.items() if on} | self.faults.numbers())

    def age_s(self, check: Check) -> int:
        """Return the whole seconds since a check ended."""
        return (self.number - check.at) // SECOND_TICKS

    def shown(self) -> list[Shown]:
        """Return what it shows of its eight channels, in the order of ``CHANNELS``."""
        untrusted = set(GAS_CHANNELS) if self.function != SMGA else self.faults.untrusted()
        return [Shown(self._rounded(index), name not in untrusted) for index, name in enumerate(CHANNELS)]

    def _rounded(self, index: int) -> float | None:
        value = self._readings[index]
        if value is None or CHANNELS[index] in self.faults.dead:
            return None
        low, high = _RANGES[index]
        return round(min(max(value, low), high), DECIMALS[index]) + 0.0

    # what it does

    def run(self, function: str) -> None:
        """Start a function."""
        self.function = function
        self._end = self.number + 1 + DURATION_S.get(function, 0) * SECOND_TICKS

    def heard(self) -> None:
        """Note that the host sent a frame."""
        self._heard = self.number + 1

    def advance(self, now_ns: int) -> None:
        """Do everything that is due until now."""
        due = (now_ns - self._power_on_ns) // TICK_NS
        while self.number < due:
            self._tick()

    def _tick(self) -> None:
        self.number += 1
        if self.engine is not None:
            self.engine.step()
        if self.pump_on:
            self._pump()
        self._readings = self._measure()
        if self.function == SMGA and self.number - self._heard >= SILENCE_S * SECOND_TICKS:
            self.run(STBY)
        elif self.function in DURATION_S and self.number >= self._end:
            self._finish()
        self._note_faults()

    def _pump(self) -> None:
        gas = self._line.step(self._probe() if self.function == SMGA else AMBIENT)
        share = 1.0 / (60 * SECOND_TICKS) if gas.hc > 1.0 else 1.0 / (8 * SECOND_TICKS)
        self._clinging_ppm += (0.05 * gas.hc - self._clinging_ppm) * share

    def _probe(self) -> Gas:
        if self.engine is None or self.dilution is None:
            return AMBIENT
        return self.engine.gas().mixed(AMBIENT, self.dilution)

    def _measure(self) -> tuple[float | None, ...]:
        gas = self._noisy(self._line.bench)
        cells = (gas.co, gas.co2, gas.hc, gas.o2, gas.no, air_ratio(gas))
        if self.engine is None:
            return (*cells, None, None)
        return (*cells, self.engine.speed_per_min + self._random.gauss(0.0, 5.0), self.engine.oil_c)

    def _noisy(self, gas: Gas) -> Gas:
        noise = self._random.gauss
        return Gas(
            co=gas.co + noise(0.0, 0.002),
            co2=gas.co2 + noise(0.0, 0.02),
            hc=gas.hc + noise(0.0, 0.6),
            o2=gas.o2 + noise(0.0, 0.01),
            no=gas.no + noise(0.0, 1.0),
        )

    def _finish(self) -> None:
        if self.function == SNGA:
            self.zero = Check(self.number, not self.faults.zero_fails)
        elif self.function == SLEC:
            self.leak = Check(self.number, not self.faults.leak)
        if self.function in (SNGA, SPUL):
            self.residue_ppm = round(self._clinging_ppm + self.faults.residue_ppm)
        self.run(STBY)

    def _note_faults(self) -> None:
        now = self.active_faults()
        if now != self._known:
            self._known, self._changes = now, self._changes + 1
