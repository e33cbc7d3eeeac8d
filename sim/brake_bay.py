"""The physical side of the brake tester: rollers, motors, load cells, force sensors and the car that stands on them."""

import random
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sim.axles import Axle
from sim.brakes import STEP_S, AxleModel, Ramp, WheelState
from sim.vehicle import SimVehicle

Side = Literal["left", "right"]

TEST_SPEED_CM_PER_H = 250_000
"""2.5 km/h, in hundredths of a metre an hour, so that the ramps are whole numbers."""
_UP_PER_STEP = TEST_SPEED_CM_PER_H // 100
_DOWN_PER_STEP = TEST_SPEED_CM_PER_H // 50
_TURNING_AT = TEST_SPEED_CM_PER_H // 5

SETTLE_S = 0.6
EMPTY_NOISE_N = 1.0

_STANDING = (WheelState(0.0, 0.0), WheelState(0.0, 0.0))


class StillOnRollersError(RuntimeError):
    """The car cannot drive off: the exit lift is down."""


@dataclass
class RigFaults:
    """Faults to inject into the rig.

    Args:
        scale_error: factor on both forces.
        swap_sides: what the sensors and load cells of the left side measure shows on the right, and the reverse.
        sensor_dead: this force sensor gives no value.
        load_dead: these load cells give no value.
        other: FAULT number 1 to 4 (motors, third rollers), 0 none.
    """

    scale_error: float = 1.0
    swap_sides: bool = False
    sensor_dead: Side | None = None
    load_dead: Side | Literal["both"] | None = None
    other: int = 0

    @property
    def number(self) -> int:
        """The FAULT register: the lowest fault number that holds."""
        numbers = (self.other, {"left": 5, "right": 6}.get(self.sensor_dead or "", 0), 7 if self.load_dead else 0)
        return next((number for number in numbers if number), 0)


class Measured(NamedTuple):
    """What the sensors give after one step, left and right: forces in N, slips 0 to 1, loads in kg."""

    force_n: tuple[float | None, float | None]
    slip: tuple[float, float]
    load_kg: tuple[int | None, int | None]


class Bay:
    """Two pairs of rollers and the axle that may stand on them.

    Args:
        seed: same seed, same noise.
    """

    def __init__(self, seed: int = 0) -> None:
        self.faults = RigFaults()
        self.offset_n = [0.0, 0.0]
        self.emergency_stop = False
        self.speed_cm_per_h = [0, 0]
        self.vehicle: SimVehicle | None = None
        self.pedal, self.lever = Ramp(), Ramp()
        self._axle: Axle | None = None
        self._model: AxleModel | None = None
        self._settled = 0.0
        self._random = random.Random(seed)  # noqa: S311 - noise of a model, not a secret

    @property
    def occupied(self) -> bool:
        """Tell whether wheels stand on the rollers."""
        return self._axle is not None

    def enter(self, vehicle: SimVehicle, axle: int) -> None:
        """Put one axle of a vehicle on the rollers.

        Raises:
            ValueError: the vehicle has no such axle, or another car is there already.
        """
        if self._axle is not None:
            raise ValueError("another axle stands on the rollers")
        self._axle = vehicle.axle(axle)
        self.vehicle = vehicle
        self._model = self._axle.model(vehicle.seed + axle)
        self._settled = 0.0
        self.pedal, self.lever = Ramp(), Ramp()

    def leave(self) -> None:
        """Take the axle off the rollers."""
        self.vehicle = self._axle = self._model = None

    def stand_still(self) -> None:
        """Rollers without power and at rest."""
        self.speed_cm_per_h = [0, 0]

    def step(self, left_motor: bool, right_motor: bool) -> Measured:
        """Advance 10 ms with these motors on and return what the sensors give."""
        self._roll(0, left_motor)
        self._roll(1, right_motor)
        states = self._wheels()
        forces = (self._sensed(0, states[0].force_n), self._sensed(1, states[1].force_n))
        loads = self._loads()
        if self.faults.swap_sides:
            forces, loads, states = forces[::-1], loads[::-1], states[::-1]
        return Measured(self._alive(forces), (states[0].slip, states[1].slip), self._weighed(loads))

    def _roll(self, side: int, motor: bool) -> None:
        speed = self.speed_cm_per_h[side]
        if motor:
            self.speed_cm_per_h[side] = min(TEST_SPEED_CM_PER_H, speed + _UP_PER_STEP)
        elif speed:
            self.speed_cm_per_h[side] = max(0, speed - _DOWN_PER_STEP)

    def _wheels(self) -> tuple[WheelState, WheelState]:
        pedal, lever = self.pedal.step(), self.lever.step()
        if self._model is None:
            return _STANDING
        left, right = self.speed_cm_per_h
        return self._model.step(pedal, lever, min(1.0, left / _TURNING_AT), min(1.0, right / _TURNING_AT))

    def _sensed(self, side: int, force_n: float | None) -> float | None:
        if force_n is None:
            return None
        noise_n = 0.0 if self._axle else self._random.gauss(0.0, EMPTY_NOISE_N)
        return force_n * self.faults.scale_error + self.offset_n[side] + noise_n

    def _alive(self, forces: tuple[float | None, float | None]) -> tuple[float | None, float | None]:
        dead = self.faults.sensor_dead
        return (None if dead == "left" else forces[0], None if dead == "right" else forces[1])

    def _loads(self) -> tuple[float | None, float | None]:
        if self._axle is None:
            return 0.0, 0.0
        if self._settled < 1.0:
            self._settled = min(1.0, self._settled + STEP_S / SETTLE_S)
        share = self._settled * (2.0 - self._settled)
        left, right = self._axle.left.load_kg, self._axle.right.load_kg
        return (None if left is None else left * share, None if right is None else right * share)

    def _weighed(self, loads: tuple[float | None, float | None]) -> tuple[int | None, int | None]:
        dead, (left, right) = self.faults.load_dead, loads
        return (
            None if left is None or dead in ("left", "both") else round(left),
            None if right is None or dead in ("right", "both") else round(right),
        )
