"""Exhaust model of a petrol engine: throttle in, engine speed, oil temperature and gas out, every 0.2 s."""

import math
from collections import deque
from dataclasses import dataclass

STEP_S = 0.2
"""Time of one step of every model here, seconds."""

TRANSPORT_S = 3.0
T95_S = 6.0
_TAU_S = T95_S / math.log(20.0)

WARM_OIL_C = 80.0
_OIL_END_C = 93.0


@dataclass(frozen=True)
class EngineSpec:
    """What is fixed about an engine.

    Args:
        idle_per_min: idle speed.
        rated_per_min: rated speed; 70 % of it is asked for in double idle.
        catalyst_wear: 0 new, 1 without effect.
        oil_start_c: oil temperature when the car arrives.
        lambda_warm: air ratio that the closed loop holds.
    """

    idle_per_min: int = 780
    rated_per_min: int = 5500
    catalyst_wear: float = 0.0
    oil_start_c: float = 88.0
    lambda_warm: float = 1.003


@dataclass(frozen=True)
class Gas:
    """A gas mixture: CO, CO2, O2 in % vol, HC (as hexane) and NO in 1e-6 vol."""

    co: float
    co2: float
    hc: float
    o2: float
    no: float

    def mixed(self, other: "Gas", share: float) -> "Gas":
        """Return this gas with a share (0 to 1) of it replaced by another gas."""
        keep = 1.0 - share
        return Gas(
            co=keep * self.co + share * other.co,
            co2=keep * self.co2 + share * other.co2,
            hc=keep * self.hc + share * other.hc,
            o2=keep * self.o2 + share * other.o2,
            no=keep * self.no + share * other.no,
        )


AMBIENT = Gas(co=0.0, co2=0.04, hc=0.0, o2=20.9, no=0.0)

_HCV, _OCV, _K1 = 1.7261, 0.0175, 6e-4


def air_ratio(gas: Gas) -> float | None:
    """Return lambda after Brettschneider; None while CO + CO2 is below 3 % vol, where it says nothing."""
    if gas.co + gas.co2 < 3.0:
        return None
    fixed, factor, burnt = _balance(gas)
    return (fixed + gas.o2) / (factor * burnt)


def _balance(gas: Gas) -> tuple[float, float, float]:
    """Return the oxygen other than O2, the factor and the carbon of the Brettschneider equation."""
    carbon = gas.co2 + gas.co
    ratio = gas.co / gas.co2
    fixed = gas.co2 + gas.co / 2 + gas.no * 1e-4 / 2 + (_HCV / 4 * 3.5 / (3.5 + ratio) - _OCV / 2) * carbon
    return fixed, 1 + _HCV / 4 - _OCV / 2, carbon + _K1 * gas.hc


def _with_lambda(gas: Gas, wanted: float) -> Gas:
    """Return the gas with the O2 that makes its lambda the wanted one (0.05 % at least)."""
    fixed, factor, burnt = _balance(gas)
    return Gas(gas.co, gas.co2, gas.hc, max(0.05, wanted * factor * burnt - fixed), gas.no)


class Engine:
    """A running engine: its speed follows the throttle, oil and catalyst warm up with time and speed."""

    def __init__(self, spec: EngineSpec) -> None:
        self.spec = spec
        self.speed_per_min = float(spec.idle_per_min)
        self.oil_c = spec.oil_start_c
        self.catalyst_warmth = 1.0 if spec.oil_start_c >= WARM_OIL_C else 0.1
        self._target_per_min = float(spec.idle_per_min)

    def throttle(self, target_per_min: float) -> None:
        """Ask for an engine speed, 1/min; between idle and rated speed is what it can do (0: foot off)."""
        self._target_per_min = min(max(target_per_min, self.spec.idle_per_min), self.spec.rated_per_min)

    def step(self) -> None:
        """Advance 0.2 s."""
        self.speed_per_min += (self._target_per_min - self.speed_per_min) * (1.0 - math.exp(-STEP_S / 0.6))
        effort = self.speed_per_min / self.spec.rated_per_min
        self.oil_c += (_OIL_END_C - self.oil_c) * STEP_S / (220.0 - 180.0 * effort)
        lit = 1.0 if effort > 0.35 else 0.92
        self.catalyst_warmth += (lit - self.catalyst_warmth) * STEP_S / (60.0 if effort < 0.35 else 15.0)

    def gas(self) -> Gas:
        """Return the gas at the tail pipe now."""
        fast = min(1.0, (self.speed_per_min - self.spec.idle_per_min) / (0.6 * self.spec.rated_per_min))
        cold = min(1.0, max(0.0, (WARM_OIL_C - self.oil_c) / 60.0))
        passed = 1.0 - self._conversion()
        co = (0.95 - 0.25 * fast + 3.0 * cold) * passed
        hc = (240.0 - 60.0 * fast + 300.0 * cold) * passed
        no = (90.0 + 500.0 * fast) * (1.0 - 0.6 * cold) * passed
        burnt = Gas(co=co, co2=15.25 - co - hc * _K1, hc=hc, o2=0.0, no=no)
        return _with_lambda(burnt, self.spec.lambda_warm - 0.09 * cold)

    def _conversion(self) -> float:
        """The share that the catalyst burns: nothing below light-off, 98.5 % when new and warm."""
        light_off = 1.0 / (1.0 + math.exp(-(self.catalyst_warmth - 0.45) * 18.0))
        return 0.985 * light_off * (1.0 - 0.8 * self.spec.catalyst_wear)


class GasLine:
    """The way from the probe to the bench: 3.0 s of hose, then cells that follow with T95 = 6 s."""

    def __init__(self) -> None:
        self._hose: deque[Gas] = deque([AMBIENT] * round(TRANSPORT_S / STEP_S))
        self.bench = AMBIENT

    def step(self, probe: Gas) -> Gas:
        """Advance 0.2 s with this gas at the probe; return what the cells show."""
        self._hose.append(probe)
        self.bench = self.bench.mixed(self._hose.popleft(), 1.0 - math.exp(-STEP_S / _TAU_S))
        return self.bench
