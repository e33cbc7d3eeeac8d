"""Physical model of one axle's brakes on driven rollers: pedal and lever in, tyre forces out, every 10 ms."""

import random
from dataclasses import dataclass
from typing import NamedTuple, Protocol

STEP_S = 0.01
"""Time of one step of every model here, seconds."""

GRAVITY_M_PER_S2 = 9.81

LOCK_SLIP = 0.30
"""Slip above which a wheel counts as locked."""

SLIP_AT_LIMIT = 0.05
SLIDING_SHARE = 0.9
"""A tyre that slides passes on this share of the force at the limit of friction."""


@dataclass(frozen=True)
class FrictionBrake:
    """One wheel's brake as a mechanism.

    Args:
        max_force_n: tyre force at full pedal and gain 1, before friction limits it.
        gain: what is left of it (1 healthy, 0.5 half of the force).
        lag_s: time constant of the build-up.
        friction: coefficient between tyre and roller.
        drag_n: rolling resistance and residual braking.
        parking_n: tyre force at full parking lever.
    """

    max_force_n: float
    gain: float = 1.0
    lag_s: float = 0.1
    friction: float = 0.95
    drag_n: float = 60.0
    parking_n: float = 0.0


@dataclass(frozen=True)
class ForceControlled:
    """One wheel of a replayed run: the pedal's own ramp scaled to a given peak, without noise, lag or lock.

    The largest delivered sample equals the peak exactly. None: the run had no such force, the sensor gives no value.
    """

    peak_n: int | None
    parking_peak_n: int | None = 0
    drag_n: int = 0


Brake = FrictionBrake | ForceControlled


class WheelState(NamedTuple):
    """A wheel after one step: tangential force in N (None: no value) and slip, 0 to 1."""

    force_n: float | None
    slip: float


class WheelModel(Protocol):
    """The moving part of one wheel."""

    def step(self, pedal: float, lever: float, turning: float) -> WheelState:
        """Advance 10 ms; pedal, lever and turning (0 rollers stand, 1 they turn) are 0 to 1."""
        ...


class Ramp:
    """A foot or hand that moves to where it is told to, not at once."""

    def __init__(self) -> None:
        self.value = 0.0
        self._target = 0.0
        self._per_step = 1.0

    def move(self, target: float, over_s: float) -> None:
        """Move to a position from 0 to 1; a full stroke would take ``over_s`` seconds.

        Raises:
            ValueError: the position is outside 0 to 1.
        """
        if not 0.0 <= target <= 1.0:
            raise ValueError(f"position {target} is outside 0 to 1")
        self._target = target
        self._per_step = STEP_S / over_s if over_s > 0 else 1.0

    def step(self) -> float:
        """Advance 10 ms and return the position; it arrives exactly."""
        if self.value < self._target:
            self.value = min(self._target, self.value + self._per_step)
        elif self.value > self._target:
            self.value = max(self._target, self.value - self._per_step)
        return self.value


class FrictionWheel:
    """A wheel whose brake builds up with a lag and whose tyre holds as far as friction allows."""

    def __init__(self, brake: FrictionBrake, load_kg: float, lock_enabled: bool) -> None:
        self._brake = brake
        self._limit_n = brake.friction * load_kg * GRAVITY_M_PER_S2
        self._lock_enabled = lock_enabled
        self._share = min(1.0, STEP_S / brake.lag_s) if brake.lag_s > 0 else 1.0
        self._braking_n = 0.0
        self._slip = 0.0

    def step(self, pedal: float, lever: float, turning: float) -> WheelState:
        """Advance 10 ms."""
        brake = self._brake
        target_n = brake.gain * brake.max_force_n * pedal + brake.parking_n * lever
        self._braking_n += (target_n - self._braking_n) * self._share
        demand_n = brake.drag_n + self._braking_n
        if turning <= 0.0:
            self._slip = 0.0
            return WheelState(0.0, 0.0)
        if not self._lock_enabled:
            return WheelState(demand_n * turning, 0.0)
        self._move_slip(demand_n / self._limit_n if self._limit_n > 0 else 2.0, turning)
        return WheelState(min(demand_n, self._held_n()) * turning, self._slip)

    def _move_slip(self, use: float, turning: float) -> None:
        if use <= 1.0:
            self._slip = max(SLIP_AT_LIMIT * use, self._slip - 4.0 * STEP_S)
        else:
            self._slip = min(1.0, self._slip + (1.0 + 5.0 * (use - 1.0)) * STEP_S * turning)

    def _held_n(self) -> float:
        """The force that the tyre can pass on: it falls once the wheel has locked."""
        beyond = min(1.0, max(0.0, (self._slip - LOCK_SLIP) / 0.2))
        return self._limit_n * (1.0 - (1.0 - SLIDING_SHARE) * beyond)


class ForceControlledWheel:
    """A wheel that follows a replayed run."""

    def __init__(self, brake: ForceControlled) -> None:
        self._brake = brake

    def step(self, pedal: float, lever: float, turning: float) -> WheelState:
        """Advance 10 ms."""
        brake = self._brake
        peak_n = brake.parking_peak_n if lever > pedal else brake.peak_n
        if peak_n is None:
            return WheelState(None, 0.0)
        rise_n = max(0, peak_n - brake.drag_n) * max(pedal, lever)
        return WheelState(round((brake.drag_n + rise_n) * turning), 0.0)


def wheel_model(brake: Brake, load_kg: float | None, lock_enabled: bool) -> WheelModel:
    """Return the moving model of one wheel.

    Raises:
        ValueError: a brake with friction on a wheel without load.
    """
    if isinstance(brake, ForceControlled):
        return ForceControlledWheel(brake)
    if load_kg is None:
        raise ValueError("a wheel with a friction brake needs its load in kg")
    return FrictionWheel(brake, load_kg, lock_enabled)


class AxleModel:
    """Both wheels of one axle on the rollers, with the noise of turning tyres.

    Args:
        left: left wheel.
        right: right wheel.
        noise_n: standard deviation of the force noise while the rollers turn.
        seed: same seed, same noise.
    """

    def __init__(self, left: WheelModel, right: WheelModel, noise_n: float, seed: int) -> None:
        self._wheels = (left, right)
        self._noise_n = noise_n
        self._random = random.Random(seed)  # noqa: S311 - noise of a model, not a secret

    def step(
        self, pedal: float, lever: float, turning_left: float, turning_right: float
    ) -> tuple[WheelState, WheelState]:
        """Advance 10 ms; positions and turning are 0 to 1."""
        left = self._wheels[0].step(pedal, lever, turning_left)
        right = self._wheels[1].step(pedal, lever, turning_right)
        if self._noise_n:
            left, right = self._noisy(left, turning_left), self._noisy(right, turning_right)
        return left, right

    def _noisy(self, wheel: WheelState, turning: float) -> WheelState:
        if wheel.force_n is None or turning <= 0.0:
            return wheel
        return WheelState(wheel.force_n + self._random.gauss(0.0, self._noise_n), wheel.slip)
