"""The opacimeter (不透光烟度计) itself: chamber, states, alarms and calibration. No line, no clock."""

import math
import random
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from sim.diesel import EFFECTIVE_LENGTH_M, METER_SHARE, STEP_S, DieselEngine, opacity_percent

TICK_NS = 20_000_000
SECOND_TICKS = 50

WARMUP, READY, MEASURING, CALIBRATING, FAULT = range(5)
WARMUP_S, CALIBRATION_S, SILENCE_S = 120, 3, 10
TRANSPORT_S = 0.2
NOISE_PERCENT = 0.05


@dataclass
class SmokeFaults:
    """Faults to inject into the opacimeter.

    Args:
        window_dirty: alarm 1; a calibration fails.
        lamp_weak: alarm 2, state FAULT.
        fan_failed: alarm 3, state FAULT.
        chamber_cold: alarm 4.
        supply: alarm 5, state FAULT.
        drift_percent: what clean air shows beyond the zero, until a calibration takes it off.
        scale_error: factor on the light absorption coefficient.
        no_speed_probe: its speed probe is not connected to anything.
        no_oil_probe: likewise the oil probe.
    """

    window_dirty: bool = False
    lamp_weak: bool = False
    fan_failed: bool = False
    chamber_cold: bool = False
    supply: bool = False
    drift_percent: float = 0.0
    scale_error: float = 1.0
    no_speed_probe: bool = False
    no_oil_probe: bool = False

    @property
    def stopping(self) -> bool:
        """Tell whether a fault holds that makes the state FAULT."""
        return self.lamp_weak or self.fan_failed or self.supply


class Calibration(NamedTuple):
    """The last calibration: when it ended, in ticks, and whether it passed."""

    at: int
    passed: bool


class Maxima(NamedTuple):
    """The largest values since they were cleared; None: nothing was measured since."""

    opacity_percent: float | None = None
    k_per_m: float | None = None
    speed_per_min: float | None = None


class SmokeBench:
    """The opacimeter from one power-on to the next; time counts in ticks of 20 ms.

    Args:
        now_ns: station time of power-on.
        warm: it was warm already.
        faults: faults to inject.
        seed: same seed, same noise.
    """

    def __init__(self, now_ns: int, warm: bool, faults: SmokeFaults, seed: int = 0) -> None:
        self.faults = faults
        self.state = READY if warm else WARMUP
        self.engine: DieselEngine | None = None
        self.dilution: float | None = None
        self.calibration: Calibration | None = None
        self.maxima = Maxima()
        self.number = 0
        self.warm_at = 0 if warm else WARMUP_S * SECOND_TICKS
        self._power_on_ns = now_ns
        self._heard = 0
        self._end = 0
        self._zero_percent = 0.0
        self._way: deque[float] = deque([0.0] * round(TRANSPORT_S / STEP_S))
        self._chamber_percent = 0.0
        self._noise_percent = 0.0
        self._random = random.Random(seed)  # noqa: S311 - noise of a model, not a secret

    # what it shows

    @property
    def raw_percent(self) -> float:
        """Return the opacity before the zero is taken off."""
        return self._chamber_percent + self.faults.drift_percent + self._noise_percent

    @property
    def percent(self) -> float:
        """Return the opacity that a measurement shows."""
        return max(-2.0, self.raw_percent - self._zero_percent)

    @property
    def speed_per_min(self) -> float | None:
        """Return the engine speed, None where the probe is on no engine."""
        return None if self.engine is None or self.faults.no_speed_probe else self.engine.speed_per_min

    @property
    def oil_c(self) -> float | None:
        """Return the oil temperature, likewise."""
        return None if self.engine is None or self.faults.no_oil_probe else self.engine.oil_c

    def alarms(self) -> int:
        """Return the alarm bits."""
        faults, last = self.faults, self.calibration
        bits = (
            self.number < self.warm_at,
            faults.window_dirty,
            faults.lamp_weak,
            faults.fan_failed,
            faults.chamber_cold,
            faults.supply,
            last is None,
            last is not None and not last.passed,
        )
        return sum(1 << bit for bit, on in enumerate(bits) if on)

    def calibration_age_s(self) -> int | None:
        """Return the whole seconds since the last calibration, None never."""
        return None if self.calibration is None else (self.number - self.calibration.at) // SECOND_TICKS

    # what it does

    def run(self, state: int) -> None:
        """Change the state; a calibration then ends by itself."""
        self.state = state
        self._end = self.number + CALIBRATION_S * SECOND_TICKS

    def heard(self) -> None:
        """Note that the host sent a request."""
        self._heard = self.number

    def clear_maxima(self) -> None:
        """Forget the maxima."""
        self.maxima = Maxima()

    def advance(self, now_ns: int) -> None:
        """Do everything that is due until now."""
        due = (now_ns - self._power_on_ns) // TICK_NS
        while self.number < due:
            self._tick()
        self._note_faults()

    def _tick(self) -> None:
        self.number += 1
        if self.engine is not None:
            self.engine.step()
        self._way.append(self._probe())
        self._chamber_percent += (opacity_percent(self._way.popleft()) - self._chamber_percent) * METER_SHARE
        self._noise_percent = self._random.gauss(0.0, NOISE_PERCENT)
        self._note_maxima()
        self._note_faults()
        self._change()

    def _probe(self) -> float:
        """Return the light absorption coefficient of what the probe draws."""
        if self.engine is None or self.dilution is None:
            return 0.0
        return self.engine.k_per_m * (1.0 - self.dilution) * self.faults.scale_error

    def _note_maxima(self) -> None:
        """Take the values that are shown now; the opacity counts while it is measured only."""
        percent = self.percent if self.state == MEASURING else None
        k_per_m = None if percent is None else coefficient(percent)
        old = self.maxima
        self.maxima = Maxima(
            _larger(old.opacity_percent, percent),
            _larger(old.k_per_m, k_per_m),
            _larger(old.speed_per_min, self.speed_per_min),
        )

    def _note_faults(self) -> None:
        if self.faults.stopping:
            if self.state == CALIBRATING:
                self.calibration = Calibration(self.number, False)
            self.state = FAULT
        elif self.state == FAULT:
            self.state = READY

    def _change(self) -> None:
        """Do what the instrument does by itself when time has passed."""
        silent = self.number - self._heard >= SILENCE_S * SECOND_TICKS
        warm = self.number >= self.warm_at
        if (self.state == WARMUP and warm) or (self.state == MEASURING and silent):
            self.state = READY
        elif self.state == CALIBRATING and self.number >= self._end:
            self._calibrate()

    def _calibrate(self) -> None:
        passed = not self.faults.window_dirty
        if passed:
            self._zero_percent = self.raw_percent - self._noise_percent
        self.calibration = Calibration(self.number, passed)
        self.state = READY


def coefficient(percent: float) -> float:
    """Return the light absorption coefficient in 1/m that belongs to an opacity in %."""
    return -math.log(1.0 - min(percent, 99.9) / 100.0) / EFFECTIVE_LENGTH_M


def _larger(old: float | None, new: float | None) -> float | None:
    if old is None or new is None:
        return new if old is None else old
    return max(old, new)
