"""Simulated cars against the Chinese limits, measured the way a rig would."""

from collections import Counter
from dataclasses import replace

import pytest

from sim.axles import Wheel
from sim.exhaust import Engine
from sim.vehicle import (
    SimVehicle,
    cold,
    dirty_exhaust,
    for_plate,
    healthy,
    imbalanced,
    repaired,
    weak_parking,
)

G = 9.8


def weight_n(axle):
    return G * (axle.left.load_kg + axle.right.load_kg)


def press(car, number, lever=False):
    """Return every force pair and the largest slip of a whole slow application."""
    axle = car.axle(number)
    model = axle.model(car.seed)
    pairs, slip = [], 0.0
    for step in range(450):
        position = min(1.0, step / 250)
        left, right = model.step(0.0 if lever else position, position if lever else 0.0, 1.0, 1.0)
        pairs.append((left.force_n, right.force_n))
        slip = max(slip, left.slip, right.slip)
    return pairs, slip


def rates(car: SimVehicle):
    """Return axle rates, whole rate, imbalances and parking rate in %."""
    runs = [press(car, number)[0] for number in (1, 2)]
    peaks = [(max(a for a, _ in run), max(b for _, b in run)) for run in runs]
    whole_n = sum(map(weight_n, car.axles))
    axle_rates = [100 * sum(peak) / weight_n(axle) for peak, axle in zip(peaks, car.axles, strict=True)]
    imbalances = [100 * max(abs(a - b) for a, b in run) / max(peak) for run, peak in zip(runs, peaks, strict=True)]
    parking, _ = press(car, 2, lever=True)
    parking_rate = 100 * (max(a for a, _ in parking) + max(b for _, b in parking)) / whole_n
    return axle_rates, 100 * sum(map(sum, peaks)) / whole_n, imbalances, parking_rate


@pytest.mark.parametrize("seed", range(30))
def test_a_healthy_car_passes_clearly(seed):
    (front, rear), whole, imbalances, parking = rates(healthy(seed))
    assert front >= 65
    assert 45 <= rear <= 70
    assert whole >= 63
    assert max(imbalances) < 12
    assert parking >= 23
    assert all(press(healthy(seed), number)[1] < 0.3 for number in (1, 2))


@pytest.mark.parametrize("seed", range(10))
def test_an_imbalanced_car_fails_on_imbalance_alone(seed):
    (front, rear), whole, imbalances, parking = rates(imbalanced(seed))
    assert 35 <= imbalances[0] <= 46
    assert front >= 61
    assert rear >= 45
    assert whole >= 61
    assert imbalances[1] < 12
    assert parking >= 23


@pytest.mark.parametrize("seed", range(10))
def test_a_weak_parking_brake_fails_alone(seed):
    (front, _rear), whole, imbalances, parking = rates(weak_parking(seed))
    assert 9 <= parking <= 15
    assert front >= 65
    assert whole >= 63
    assert max(imbalances) < 12


def test_same_seed_same_car_and_other_seed_other_car():
    assert healthy(4) == healthy(4)
    assert healthy(4) != healthy(5)


def test_a_plate_has_one_car_and_most_are_healthy():
    assert for_plate("京A12345") == for_plate("京A12345")
    assert for_plate("京A12345").plate == "京A12345"
    stories = Counter(for_plate(f"京A{number:05d}").story for number in range(1000))
    assert stories["healthy"] > 780
    assert set(stories) == {"healthy", "imbalanced", "weak_parking", "dirty_exhaust", "cold"}


@pytest.mark.parametrize("broken", [imbalanced, weak_parking, dirty_exhaust, cold])
def test_the_workshop_keeps_the_masses(broken):
    car = broken(8, "京A88888")
    fixed = repaired(car)
    assert fixed == healthy(8, "京A88888")
    assert fixed.mass_kg == car.mass_kg
    assert car.story == broken.__name__


def test_axles_are_counted_from_one():
    car = healthy(1)
    assert car.axle(1) is car.axles[0]
    assert car.parking_axles == (2,)
    with pytest.raises(ValueError, match="axles 1 to 2, not 0"):
        car.axle(0)


def test_mass_is_unknown_when_a_load_is():
    car = healthy(1)
    front = replace(car.axles[0], left=Wheel(None, car.axles[0].left.brake))
    assert replace(car, axles=(front, car.axles[1])).mass_kg is None


def test_a_cold_car_comes_cold():
    assert Engine(cold(1).engine).oil_c < 30
    assert Engine(healthy(1).engine).oil_c >= 80
