"""Simulated vehicles and their stories: a sound car of some kind, and what is wrong with it."""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from sim.axles import Axle, one_sided, slack_parking, sound_axles
from sim.diesel import DieselSpec
from sim.exhaust import EngineSpec
from sim.findings import BAD_TYRE, OIL_LEAK, Finding
from sim.headlamps import Headlamps, LampSystem, burnt_out, dimmed, sound_headlamps
from sim.identity import is_new_energy, new_energy_plate_of

Fuel = Literal["A", "B", "C"]
EngineOfCar = EngineSpec | DieselSpec | None
"""None: an electric car."""


@dataclass(frozen=True)
class Kind:
    """What sort of car it is.

    Args:
        fuel: A petrol, B diesel, C electric.
        lamp_system: two or four headlamps.
        electronic_parking: the parking brake is worked by a switch; it goes onto no bench.
        old: first registered more than ten years ago.
    """

    fuel: Fuel = "A"
    lamp_system: LampSystem = "2"
    electronic_parking: bool = False
    old: bool = False


PETROL = Kind()
DIESEL = Kind(fuel="B")
ELECTRIC = Kind(fuel="C")


@dataclass(frozen=True)
class SimVehicle:
    """One simulated vehicle.

    ``parking_missing``: its (replayed) run had no parking measurement, so nobody pulls the lever.
    ``comes_back``: its owner has it repaired when it fails, and brings it back the same day.
    """

    plate: str
    seed: int
    axles: tuple[Axle, ...]
    engine: EngineOfCar = field(default_factory=EngineSpec)
    lamps: Headlamps = field(default_factory=lambda: sound_headlamps(_rand(0), "2"))
    kind: Kind = PETROL
    first_registered: date = date(2021, 6, 30)
    findings: tuple[Finding, ...] = ()
    parking_missing: bool = False
    comes_back: bool = True
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


def petrol_engine(car: SimVehicle) -> EngineSpec:
    """Return the car's petrol engine.

    Raises:
        ValueError: it has none.
    """
    if not isinstance(car.engine, EngineSpec):
        raise ValueError(f"{car.plate} has no petrol engine")
    return car.engine


def diesel_engine(car: SimVehicle) -> DieselSpec:
    """Return the car's diesel engine.

    Raises:
        ValueError: it has none.
    """
    if not isinstance(car.engine, DieselSpec):
        raise ValueError(f"{car.plate} has no diesel engine")
    return car.engine


Maker = Callable[[int, str, Kind], SimVehicle]


def healthy(seed: int, plate: str = "", kind: Kind = PETROL) -> SimVehicle:
    """Return a car that passes clearly: axle rates front 70 to 77 %, rear 57 to 66 %, parking 25 to 29 %."""
    rand, more = _rand(seed), _rand(seed + 7)
    return SimVehicle(
        plate or _plate_of(seed, kind),
        seed,
        axles=sound_axles(rand, {"A": 1.0, "B": 1.1, "C": 1.15}[kind.fuel]),
        engine=_engine(rand, kind.fuel),
        lamps=sound_headlamps(more, kind.lamp_system),
        kind=kind,
        first_registered=date(2010 if kind.old else 2020, 1, 1) + timedelta(days=more.randrange(4 * 365)),
    )


def diesel(seed: int, plate: str = "", kind: Kind = DIESEL) -> SimVehicle:
    """Return a sound diesel car: 0.2 to 0.9 per metre in free acceleration."""
    return healthy(seed, plate, replace(kind, fuel="B"))


def electric(seed: int, plate: str = "", kind: Kind = ELECTRIC) -> SimVehicle:
    """Return a sound electric car, without exhaust."""
    return healthy(seed, plate, replace(kind, fuel="C"))


def imbalanced(seed: int, plate: str = "", kind: Kind = PETROL) -> SimVehicle:
    """Return a car whose axle 1 pulls to one side by 35 to 45 % of the larger force; every rate still passes."""
    car = healthy(seed, plate, kind)
    front = one_sided(car.axles[0], _rand(seed + 1))
    return replace(car, axles=(front, *car.axles[1:]), story="imbalanced")


def weak_parking(seed: int, plate: str = "", kind: Kind = PETROL) -> SimVehicle:
    """Return a car whose parking brake has slack cables: 11 to 14 % of its weight."""
    car = healthy(seed, plate, replace(kind, electronic_parking=False))
    return replace(car, axles=(car.axles[0], slack_parking(car.axles[1])), story="weak_parking")


def dirty_exhaust(seed: int, plate: str = "", kind: Kind = PETROL) -> SimVehicle:
    """Return a petrol car whose catalyst is worn out."""
    car = healthy(seed, plate, replace(kind, fuel="A"))
    return replace(car, engine=replace(petrol_engine(car), catalyst_wear=0.95), story="dirty_exhaust")


def cold(seed: int, plate: str = "", kind: Kind = PETROL) -> SimVehicle:
    """Return a petrol car that comes with a cold engine and must be warmed up first."""
    car = healthy(seed, plate, replace(kind, fuel="A"))
    return replace(car, engine=replace(petrol_engine(car), oil_start_c=22.0), story="cold")


def smoky_diesel(seed: int, plate: str = "", kind: Kind = DIESEL) -> SimVehicle:
    """Return a diesel car with worn injectors: 1.5 to 3.0 per metre in free acceleration."""
    car = diesel(seed, plate, kind)
    peak = _rand(seed + 2).uniform(1.6, 2.9)
    return replace(car, engine=replace(diesel_engine(car), peak_k_per_m=peak), story="smoky_diesel")


def dim_lamp(seed: int, plate: str = "", kind: Kind = PETROL) -> SimVehicle:
    """Return a car with a dim headlamp: below 12,000 cd; with four lamps, one of each pair."""
    car = healthy(seed, plate, kind)
    return replace(car, lamps=dimmed(car.lamps, _rand(seed + 3)), story="dim_lamp")


def dead_lamp(seed: int, plate: str = "", kind: Kind = PETROL) -> SimVehicle:
    """Return a car whose right outer headlamp is burnt out."""
    car = healthy(seed, plate, kind)
    return replace(car, lamps=burnt_out(car.lamps), story="dead_lamp")


def bad_tyre(seed: int, plate: str = "", kind: Kind = PETROL) -> SimVehicle:
    """Return a car with a worn tyre, which the appearance inspector sees."""
    return replace(healthy(seed, plate, kind), findings=(BAD_TYRE,), story="bad_tyre")


def oil_leak(seed: int, plate: str = "", kind: Kind = PETROL) -> SimVehicle:
    """Return an old car that loses oil, which the pit inspector sees."""
    return replace(healthy(seed, plate, replace(kind, old=True)), findings=(OIL_LEAK,), story="oil_leak")


def repaired(car: SimVehicle) -> SimVehicle:
    """Return the same car after the workshop: same masses, nothing wrong any more."""
    return replace(healthy(car.seed, car.plate, car.kind), comes_back=car.comes_back)


STORIES: tuple[tuple[int, Maker], ...] = (
    (85, healthy),
    (4, imbalanced),
    (3, weak_parking),
    (6, dirty_exhaust),
    (2, cold),
)
"""Share in % and maker of the cars that come unannounced."""


def for_plate(plate: str, kind: Kind | None = None) -> SimVehicle:
    """Return the one car that carries this plate: the same at every call; most are healthy.

    Args:
        plate: its number; a new-energy one is on an electric car.
        kind: what its papers say that it is, None if nobody has seen them.
    """
    digest = hashlib.sha256(plate.encode()).digest()
    seed, draw = int.from_bytes(digest[:4]), digest[4] * 100 // 256
    kind = kind or (ELECTRIC if is_new_energy(plate) else PETROL)
    if kind.fuel != "A":
        return healthy(seed, plate, kind)
    for share, story in STORIES:
        if draw < share:
            return story(seed, plate, kind)
        draw -= share
    raise AssertionError("the shares of STORIES add up to 100")


def _rand(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a simulated car, not a secret


def _plate_of(seed: int, kind: Kind) -> str:
    return new_energy_plate_of(seed) if kind.fuel == "C" else f"京A{10_000 + seed % 90_000}"


def _engine(rand: random.Random, fuel: Fuel) -> EngineOfCar:
    if fuel == "A":
        return _some_petrol(rand)
    return _some_diesel(rand) if fuel == "B" else None


def _some_petrol(rand: random.Random) -> EngineSpec:
    return EngineSpec(
        idle_per_min=rand.randint(740, 820),
        rated_per_min=rand.choice((5000, 5500, 6000)),
        catalyst_wear=rand.uniform(0.0, 0.03),
        oil_start_c=rand.uniform(84.0, 90.0),
        lambda_warm=rand.uniform(0.999, 1.008),
    )


def _some_diesel(rand: random.Random) -> DieselSpec:
    return DieselSpec(
        idle_per_min=rand.randint(750, 850),
        rated_per_min=rand.choice((3600, 4000, 4200)),
        peak_k_per_m=rand.uniform(0.25, 0.85),
        rise_s=rand.uniform(0.9, 1.3),
        oil_start_c=rand.uniform(83.0, 89.0),
    )
