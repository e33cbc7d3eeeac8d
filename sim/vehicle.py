"""Simulated vehicles: what their wheels weigh, what their brakes and exhaust do."""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sim.brakes import GRAVITY_M_PER_S2, AxleModel, Brake, ForceControlled, FrictionBrake, wheel_model
from sim.exhaust import EngineSpec

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


@dataclass(frozen=True)
class SimVehicle:
    """One simulated vehicle.

    ``parking_missing``: its (replayed) run had no parking measurement, so nobody pulls the lever.
    """

    plate: str
    seed: int
    axles: tuple[Axle, ...]
    engine: EngineSpec = field(default_factory=EngineSpec)
    parking_missing: bool = False
    story: str = "healthy"

    @property
    def mass_kg(self) -> float | None:
        """Sum of the wheel loads, None if a load is not known."""
        loads = [wheel.load_kg for axle in self.axles for wheel in (axle.left, axle.right)]
        return None if None in loads else sum(load for load in loads if load is not None)

    @property
    def parking_axles(self) -> tuple[int, ...]:
        """Numbers of the axles, from 1, on which the parking brake acts."""
        return tuple(number for number, axle in enumerate(self.axles, 1) if axle.parking)

    def axle(self, number: int) -> Axle:
        """Return axle ``number``, from 1.

        Raises:
            ValueError: the vehicle has no such axle.
        """
        if not 1 <= number <= len(self.axles):
            raise ValueError(f"{self.plate} has axles 1 to {len(self.axles)}, not {number}")
        return self.axles[number - 1]


def healthy(seed: int, plate: str = "") -> SimVehicle:
    """Return a petrol car that passes clearly: axle rates front 70 to 77 %, rear 57 to 66 %, parking 25 to 29 %."""
    rand = random.Random(seed)  # noqa: S311 - a simulated car, not a secret
    mass_kg = min(max(rand.lognormvariate(7.33, 0.17), 1050.0), 2300.0)
    front_kg = mass_kg * rand.uniform(0.56, 0.61)
    parking_n = mass_kg * GRAVITY_M_PER_S2 * rand.uniform(0.25, 0.29)
    front = _axle(rand, front_kg, rand.uniform(0.70, 0.77), 0.0)
    rear = _axle(rand, mass_kg - front_kg, rand.uniform(0.57, 0.66), parking_n)
    return SimVehicle(plate or _plate_of(seed), seed, (front, rear), _engine(rand))


def imbalanced(seed: int, plate: str = "") -> SimVehicle:
    """Return a car whose axle 1 pulls to one side by 35 to 45 % of the larger force; every rate still passes."""
    car, rand = healthy(seed, plate), random.Random(seed + 1)  # noqa: S311
    strong, weak = car.axles[0].left, car.axles[0].right
    strong = _with_rate(strong, 0.88)
    weak = _with_rate(weak, 0.88 * (1.0 - rand.uniform(0.37, 0.43)) * _load(strong) / _load(weak))
    sides = (strong, weak) if rand.random() < 0.5 else (weak, strong)
    axle = replace(car.axles[0], left=sides[0], right=sides[1])
    return replace(car, axles=(axle, *car.axles[1:]), story="imbalanced")


def weak_parking(seed: int, plate: str = "") -> SimVehicle:
    """Return a car whose parking brake has slack cables: 11 to 14 % of its weight."""
    car = healthy(seed, plate)
    rear = car.axles[1]
    rear = replace(rear, left=_with_parking(rear.left, 0.45), right=_with_parking(rear.right, 0.48))
    return replace(car, axles=(car.axles[0], rear), story="weak_parking")


def dirty_exhaust(seed: int, plate: str = "") -> SimVehicle:
    """Return a car whose catalyst is worn out."""
    car = healthy(seed, plate)
    return replace(car, engine=replace(car.engine, catalyst_wear=0.95), story="dirty_exhaust")


def cold(seed: int, plate: str = "") -> SimVehicle:
    """Return a car that comes with a cold engine and must be warmed up first."""
    car = healthy(seed, plate)
    return replace(car, engine=replace(car.engine, oil_start_c=22.0), story="cold")


def repaired(car: SimVehicle) -> SimVehicle:
    """Return the same car after the workshop: same masses, nothing wrong any more."""
    return healthy(car.seed, car.plate)


STORIES: tuple[tuple[int, Callable[[int, str], SimVehicle]], ...] = (
    (85, healthy),
    (4, imbalanced),
    (3, weak_parking),
    (6, dirty_exhaust),
    (2, cold),
)
"""Share in % and maker of the cars that come unannounced."""


def for_plate(plate: str) -> SimVehicle:
    """Return the one car that carries this plate: the same at every call; most are healthy."""
    digest = hashlib.sha256(plate.encode()).digest()
    seed, draw = int.from_bytes(digest[:4]), digest[4] * 100 // 256
    for share, story in STORIES:
        if draw < share:
            return story(seed, plate)
        draw -= share
    raise AssertionError("the shares of STORIES add up to 100")


def _plate_of(seed: int) -> str:
    return f"京A{10_000 + seed % 90_000}"


def _engine(rand: random.Random) -> EngineSpec:
    return EngineSpec(
        idle_per_min=rand.randint(740, 820),
        rated_per_min=rand.choice((5000, 5500, 6000)),
        catalyst_wear=rand.uniform(0.0, 0.03),
        oil_start_c=rand.uniform(84.0, 90.0),
        lambda_warm=rand.uniform(0.999, 1.008),
    )


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
