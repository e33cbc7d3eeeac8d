"""Axles and wheels of simulated vehicles: what they weigh and how they brake."""

import random
from dataclasses import dataclass, replace

from sim.brakes import GRAVITY_M_PER_S2, AxleModel, Brake, ForceControlled, FrictionBrake, wheel_model

TYRE_NOISE_N = 3.0


@dataclass(frozen=True)
class Wheel:
    """One wheel: its load in kg (None: the load cell will give no value) and its brake."""

    load_kg: float | None
    brake: Brake


@dataclass(frozen=True)
class Axle:
    """One axle. With ``lock_enabled`` False its wheels never slip, whatever the force."""

    left: Wheel
    right: Wheel
    lock_enabled: bool = True

    @property
    def force_controlled(self) -> bool:
        """Tell whether this axle replays given forces."""
        return isinstance(self.left.brake, ForceControlled) or isinstance(self.right.brake, ForceControlled)

    @property
    def parking(self) -> bool:
        """Tell whether the parking brake acts on this axle."""
        return any(_parking_n(wheel.brake) for wheel in (self.left, self.right))

    def model(self, seed: int) -> AxleModel:
        """Return the moving model of this axle at rest."""
        noise_n = 0.0 if self.force_controlled else TYRE_NOISE_N
        left = wheel_model(self.left.brake, self.left.load_kg, self.lock_enabled)
        right = wheel_model(self.right.brake, self.right.load_kg, self.lock_enabled)
        return AxleModel(left, right, noise_n, seed)


def sound_axles(rand: random.Random, heavier: float = 1.0) -> tuple[Axle, Axle]:
    """Return two axles that pass clearly: rates front 70 to 77 %, rear 57 to 66 %, parking 25 to 29 % of the weight.

    Args:
        rand: where chance comes from.
        heavier: factor on the mass, 1 for a petrol car.
    """
    mass_kg = min(max(rand.lognormvariate(7.33, 0.17), 1050.0), 2300.0) * heavier
    front_kg = mass_kg * rand.uniform(0.56, 0.61)
    parking_n = mass_kg * GRAVITY_M_PER_S2 * rand.uniform(0.25, 0.29)
    front = _axle(rand, front_kg, rand.uniform(0.70, 0.77), 0.0)
    return front, _axle(rand, mass_kg - front_kg, rand.uniform(0.57, 0.66), parking_n)


def one_sided(axle: Axle, rand: random.Random) -> Axle:
    """Return the axle with one side weaker by 35 to 45 % of the larger force; its rate still passes."""
    strong = _with_rate(axle.left, 0.88)
    share = 0.88 * (1.0 - rand.uniform(0.37, 0.43)) * _load(strong) / _load(axle.right)
    weak = _with_rate(axle.right, share)
    left, right = (strong, weak) if rand.random() < 0.5 else (weak, strong)
    return replace(axle, left=left, right=right)


def slack_parking(axle: Axle) -> Axle:
    """Return the axle with slack cables: not half of the parking force is left."""
    return replace(axle, left=_with_parking(axle.left, 0.45), right=_with_parking(axle.right, 0.48))


def _axle(rand: random.Random, load_kg: float, rate: float, parking_n: float) -> Axle:
    share, parking_share = rand.uniform(0.49, 0.51), rand.uniform(0.48, 0.52)
    left_kg = round(load_kg * share)
    left = _wheel(rand, left_kg, rate, parking_n * parking_share)
    right = _wheel(rand, round(load_kg) - left_kg, rate, parking_n * (1.0 - parking_share))
    return Axle(left, right)


def _wheel(rand: random.Random, load_kg: int, rate: float, parking_n: float) -> Wheel:
    weight_n = load_kg * GRAVITY_M_PER_S2
    drag_n = weight_n * rand.uniform(0.012, 0.02)
    brake = FrictionBrake(
        max_force_n=weight_n * rate * rand.uniform(0.985, 1.015) - drag_n,
        lag_s=rand.uniform(0.10, 0.13),
        drag_n=drag_n,
        parking_n=parking_n,
    )
    return Wheel(load_kg, brake)


def _load(wheel: Wheel) -> float:
    if wheel.load_kg is None:
        raise ValueError("this wheel has no load")
    return wheel.load_kg


def _friction(wheel: Wheel) -> FrictionBrake:
    if not isinstance(wheel.brake, FrictionBrake):
        raise ValueError("this wheel replays given forces")
    return wheel.brake


def _with_rate(wheel: Wheel, rate: float) -> Wheel:
    """Return the wheel with a brake that reaches this share of its weight force."""
    brake = _friction(wheel)
    return replace(wheel, brake=replace(brake, max_force_n=_load(wheel) * GRAVITY_M_PER_S2 * rate - brake.drag_n))


def _with_parking(wheel: Wheel, share: float) -> Wheel:
    brake = _friction(wheel)
    return replace(wheel, brake=replace(brake, parking_n=brake.parking_n * share))


def _parking_n(brake: Brake) -> float:
    if isinstance(brake, FrictionBrake):
        return brake.parking_n
    return brake.parking_peak_n or 0
