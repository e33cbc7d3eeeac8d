"""Station days that come out the same every time."""

import random
from collections.abc import Callable
from dataclasses import replace

from sim.identity import new_energy_plate_of, plate_of
from sim.vehicle import (
    DIESEL,
    ELECTRIC,
    PETROL,
    Kind,
    Maker,
    SimVehicle,
    bad_tyre,
    dim_lamp,
    dirty_exhaust,
    healthy,
    imbalanced,
    oil_leak,
    smoky_diesel,
)

FAILING: tuple[tuple[Maker, Kind], ...] = (
    (imbalanced, replace(PETROL, electronic_parking=True)),
    (dim_lamp, PETROL),
    (smoky_diesel, DIESEL),
    (dirty_exhaust, replace(PETROL, lamp_system="4")),
    (bad_tyre, ELECTRIC),
    (oil_leak, replace(PETROL, old=True)),
)
"""The cars of a day that fail, each for another reason."""


def day_of(seed: int, count: int = 40) -> tuple[SimVehicle, ...]:
    """Return the cars of one day in the order in which they come: of every kind; six fail, five of them come back.

    Raises:
        ValueError: a count below six.
    """
    if count < len(FAILING):
        raise ValueError(f"a day has {len(FAILING)} cars at least, not {count}")
    rand = random.Random(seed)  # noqa: S311 - a simulated day, not a secret
    makers = [*FAILING, *((healthy, _kind(number)) for number in range(count - len(FAILING)))]
    rand.shuffle(makers)
    stays_away = rand.choice(FAILING)
    cars: list[SimVehicle] = []
    for number, (maker, kind) in enumerate(makers):
        car_seed = seed * 1000 + number
        car = maker(car_seed, _free_plate(car_seed, kind, cars), kind)
        cars.append(replace(car, comes_back=(maker, kind) != stays_away))
    return tuple(cars)


def _kind(number: int) -> Kind:
    """Return the kind of the sound car of this number: the periods have no common factor, so that all kinds mix."""
    fuel = (PETROL, DIESEL, PETROL, ELECTRIC, PETROL)[number % 5].fuel
    return Kind(
        fuel=fuel,
        lamp_system="4" if number % 3 == 1 else "2",
        electronic_parking=number % 2 == 1,
        old=number % 7 == 2 and fuel != "C",
    )


def _free_plate(seed: int, kind: Kind, cars: list[SimVehicle]) -> str:
    """Return the plate of this seed, or of the next one if another car of the day has it."""
    make: Callable[[int], str] = new_energy_plate_of if kind.fuel == "C" else plate_of
    taken = {car.plate for car in cars}
    return next(plate for offset in range(len(cars) + 1) if (plate := make(seed + 500_000 * offset)) not in taken)
