"""Diesel engine in free acceleration (自由加速): pedal in, engine speed, oil temperature and smoke out, every 20 ms."""

import math
import random
from collections import deque
from dataclasses import dataclass, field
from functools import cache

STEP_S = 0.02
"""Time of one step, seconds."""

BLOW_OUTS = 3
"""Loose soot is gone from the exhaust system after so many accelerations."""

EFFECTIVE_LENGTH_M = 0.430
METER_RISE_S = 1.0
"""An opacimeter follows from 10 % to 90 % in this time."""

METER_SHARE = 1.0 - math.exp(-STEP_S * math.log(9.0) / METER_RISE_S)
"""How much of the way to the present value it goes in one step."""

_GOVERNOR_S, _PIPE_S, _MIXING_S = 0.12, 0.2, 0.15
_OIL_END_C = 93.0
_MOVING = 0.5
"""Share of the full acceleration above which a rise counts as one."""


@dataclass(frozen=True)
class DieselSpec:
    """What is fixed about a diesel engine.

    Args:
        idle_per_min: idle speed.
        rated_per_min: rated speed; the governor cuts off 8 % above it.
        peak_k_per_m: largest light absorption coefficient that an opacimeter shows of one free acceleration,
            once the pipe is blown out.
        rise_s: time from idle to cut-off with the pedal fully down.
        oil_start_c: oil temperature when the vehicle arrives.
    """

    idle_per_min: int = 800
    rated_per_min: int = 4000
    peak_k_per_m: float = 0.5
    rise_s: float = 1.1
    oil_start_c: float = 87.0

    @property
    def cut_off_per_min(self) -> float:
        """Return the speed at which the governor cuts off (断油转速)."""
        return self.rated_per_min * 1.08


def opacity_percent(k_per_m: float) -> float:
    """Return the opacity in % that a smoke of this light absorption coefficient shows over 430 mm."""
    return 100.0 * (1.0 - math.exp(-k_per_m * EFFECTIVE_LENGTH_M))


@dataclass
class _Pipe:
    """The exhaust system: 0.2 s of way, then mixing."""

    way: "deque[float]" = field(default_factory=lambda: deque([0.0] * round(_PIPE_S / STEP_S)))
    end: float = 0.0

    def step(self, smoke: float) -> float:
        self.way.append(smoke)
        self.end += (self.way.popleft() - self.end) * (1.0 - math.exp(-STEP_S / _MIXING_S))
        return self.end


class _Motion:
    """The crankshaft: the governor brings it to the speed that the pedal asks for."""

    def __init__(self, spec: DieselSpec) -> None:
        self._idle, self._top = spec.idle_per_min, spec.cut_off_per_min
        self._fastest = (self._top - self._idle) / spec.rise_s
        self.speed_per_min = float(spec.idle_per_min)
        self.pedal = 0.0

    def step(self) -> float:
        """Advance 20 ms; return the acceleration as a share of the full one."""
        wanted = (self._idle + self.pedal * (self._top - self._idle) - self.speed_per_min) / _GOVERNOR_S
        change = min(self._fastest, max(-0.7 * self._fastest, wanted))
        self.speed_per_min += change * STEP_S
        return change / self._fastest


class DieselEngine:
    """A running diesel engine.

    Args:
        spec: what is fixed about it.
        seed: same seed, same spread from one acceleration to the next.
    """

    def __init__(self, spec: DieselSpec, seed: int = 0) -> None:
        self.spec = spec
        self.oil_c = spec.oil_start_c
        self.k_per_m = 0.0
        self.accelerations = 0
        self._motion, self._pipe = _Motion(spec), _Pipe()
        self._rising = False
        self._strength = 1.0
        self._random = random.Random(seed)  # noqa: S311 - spread of a model, not a secret

    @property
    def speed_per_min(self) -> float:
        """Return the engine speed."""
        return self._motion.speed_per_min

    def pedal(self, position: float) -> None:
        """Put the accelerator pedal to 0 (released) to 1 (fully down).

        Raises:
            ValueError: the position is outside 0 to 1.
        """
        if not 0.0 <= position <= 1.0:
            raise ValueError(f"position {position} is outside 0 to 1")
        self._motion.pedal = position

    def step(self) -> None:
        """Advance 20 ms."""
        effort = self._motion.step()
        self._count(effort)
        self.k_per_m = _source_k(self.spec) * self._strength * self._pipe.step(_soot(effort))
        self.oil_c += (
            (_OIL_END_C - self.oil_c) * STEP_S / (220.0 - 150.0 * self.speed_per_min / self.spec.cut_off_per_min)
        )

    def _count(self, effort: float) -> None:
        """Give each acceleration its own strength: some 2 % of spread, and loose soot before the pipe is blown out."""
        if effort > _MOVING and not self._rising:
            loose = 0.25 * max(0.0, 1.0 - self.accelerations / BLOW_OUTS)
            self._strength = self._random.gauss(1.0, 0.02) + loose
            self.accelerations += 1
        self._rising = effort > _MOVING or (self._rising and effort > 0.0)


def _soot(effort: float) -> float:
    """Return how much of the largest smoke the engine makes at this share of its full acceleration."""
    return 0.97 * max(0.0, effort) + 0.03


@cache
def _source_k(spec: DieselSpec) -> float:
    """Return the smoke that the engine makes in full acceleration, so that an opacimeter's peak is the wanted one."""
    low, high = spec.peak_k_per_m, 10.0 * spec.peak_k_per_m
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (middle, high) if _shown_peak(spec, middle) < opacity_percent(spec.peak_k_per_m) else (low, middle)
    return high


def _shown_peak(spec: DieselSpec, source_k_per_m: float) -> float:
    """Return the largest opacity in % that an opacimeter shows of one acceleration."""
    motion, pipe = _Motion(spec), _Pipe()
    motion.pedal = 1.0
    shown = peak = 0.0
    for _ in range(round(2.5 * spec.rise_s / STEP_S)):
        shown += (opacity_percent(source_k_per_m * pipe.step(_soot(motion.step()))) - shown) * METER_SHARE
        peak = max(peak, shown)
    return peak
