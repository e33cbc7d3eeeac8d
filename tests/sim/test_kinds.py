"""Cars of every kind: fuels, lamps, parking brakes, ages; what is wrong with them, and their papers."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.papers import kind_of, vehicle_data
from sim.vehicle import (
    ELECTRIC,
    Kind,
    bad_tyre,
    cold,
    dead_lamp,
    diesel,
    diesel_engine,
    dim_lamp,
    dirty_exhaust,
    electric,
    for_plate,
    healthy,
    imbalanced,
    oil_leak,
    petrol_engine,
    repaired,
    smoky_diesel,
    weak_parking,
)
from station.model.identity import check_plate_type, parse_plate

BROKEN = (
    imbalanced,
    weak_parking,
    dirty_exhaust,
    cold,
    smoky_diesel,
    dim_lamp,
    dead_lamp,
    bad_tyre,
    oil_leak,
)
KINDS = st.builds(
    Kind, st.sampled_from("ABC"), st.sampled_from("24"), electronic_parking=st.booleans(), old=st.booleans()
)


@given(st.sampled_from((healthy, *BROKEN)), st.integers(0, 99_999), KINDS)
def test_a_seed_is_one_car_and_the_workshop_changes_nothing_but_the_fault(maker, seed, kind):
    car = maker(seed, "", kind)
    assert car == maker(seed, "", kind)
    fixed = repaired(car)
    assert fixed == healthy(seed, car.plate, car.kind)
    assert vehicle_data(fixed) == vehicle_data(car)
    assert maker is healthy or replace(car, story="healthy") != fixed
    assert repaired(fixed) == fixed


@given(st.integers(0, 99_999), KINDS)
def test_the_papers_say_what_the_car_is(seed, kind):
    car = healthy(seed, "", kind)
    papers = vehicle_data(car)
    assert (papers.fuel, papers.lamp_system, papers.electronic_parking_brake) == (
        kind.fuel,
        kind.lamp_system,
        kind.electronic_parking,
    )
    assert papers.curb_mass_kg == car.mass_kg
    assert papers.total_mass_kg <= 3500
    assert papers.first_registered.year in (range(2010, 2014) if kind.old else range(2020, 2024))
    assert check_plate_type(parse_plate(car.plate), papers.plate_type) is None
    assert replace(kind_of(papers), old=kind.old) == kind


def test_a_car_kept_from_the_exhaust_bays_has_electric_papers_and_its_own_plate():
    car = healthy(1)
    papers = vehicle_data(car, electric=True)
    assert papers.fuel == "C"
    assert papers.plate_type == "02"


def test_engines():
    assert 0.2 <= diesel_engine(diesel(3)).peak_k_per_m <= 0.9
    assert 1.5 <= diesel_engine(smoky_diesel(3)).peak_k_per_m <= 3.0
    assert electric(3).engine is None
    with pytest.raises(ValueError, match="no petrol engine"):
        petrol_engine(diesel(3))
    with pytest.raises(ValueError, match="no diesel engine"):
        diesel_engine(electric(3))


@pytest.mark.parametrize("system", "24")
@pytest.mark.parametrize("seed", range(10))
def test_headlamps(seed, system):
    sound, dim = healthy(seed, "", Kind(lamp_system=system)).lamps, dim_lamp(seed, "", Kind(lamp_system=system)).lamps
    assert sound.system == dim.system == system
    assert all(20_000 <= lamp.intensity_cd <= 45_000 for lamp in sound if lamp)
    assert [lamp is not None and lamp.low_dy_mm is not None for lamp in sound] == [True, False, False, True]
    weak = [lamp is not None and lamp.intensity_cd < 12_000 for lamp in dim]
    assert weak == [True, False, system == "4", False]


def test_what_shines():
    lamps = healthy(1, "", Kind(lamp_system="4")).lamps
    assert [[lamp.shines(beam) for lamp in lamps] for beam in ("off", "low", "high")] == [
        [False] * 4,
        [True, False, False, True],
        [True] * 4,
    ]
    dark = dead_lamp(1).lamps
    assert (dark.left_outer.shines("high"), dark.right_outer.shines("high")) == (True, False)


def test_a_new_energy_plate_is_on_an_electric_car():
    assert for_plate("浙AD12345").kind == ELECTRIC
    assert for_plate("浙A12345").kind.fuel == "A"
    assert for_plate("浙A12345", Kind(fuel="B", lamp_system="4")).lamps.system == "4"
    assert parse_plate(electric(5).plate).kind == "new_energy_small"
