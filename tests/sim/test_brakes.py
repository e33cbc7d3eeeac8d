"""The physics of brakes, as properties."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.brakes import (
    GRAVITY_M_PER_S2,
    LOCK_SLIP,
    AxleModel,
    ForceControlled,
    FrictionBrake,
    Ramp,
    wheel_model,
)

BRAKES = st.builds(
    FrictionBrake,
    max_force_n=st.floats(500, 8000),
    gain=st.floats(0.2, 1.0),
    lag_s=st.floats(0.0, 0.4),
    friction=st.floats(0.3, 1.0),
    drag_n=st.floats(0, 300),
    parking_n=st.floats(0, 4000),
)
LOADS = st.floats(150, 900)
PEDALS = st.lists(st.floats(0, 1), min_size=2, max_size=40)


def forces(brake, load, pedals, lock=True):
    wheel = wheel_model(brake, load, lock)
    return [wheel.step(pedal, 0.0, 1.0) for pedal in pedals for _ in range(5)]


@settings(max_examples=60, deadline=None)
@given(brake=BRAKES, load=LOADS, pedals=PEDALS, more=st.floats(0, 1))
def test_more_pedal_is_never_less_force_until_lock(brake, load, pedals, more):
    harder = [pedal + (1 - pedal) * more for pedal in pedals]
    for soft, hard in zip(forces(brake, load, pedals), forces(brake, load, harder), strict=True):
        if hard.slip > LOCK_SLIP:
            break
        assert hard.force_n >= soft.force_n - 1e-6


@settings(max_examples=40, deadline=None)
@given(brake=BRAKES, load=LOADS, pedals=PEDALS)
def test_friction_limits_the_force_and_only_what_exceeds_it_locks(brake, load, pedals):
    limit = brake.friction * load * GRAVITY_M_PER_S2
    states = forces(brake, load, pedals)
    assert all(state.force_n <= limit + 1e-6 for state in states)
    demand = brake.drag_n + brake.gain * brake.max_force_n
    if demand <= limit:
        assert all(state.slip <= LOCK_SLIP for state in states)
    long = forces(brake, load, [1.0] * 200)
    assert (long[-1].slip > LOCK_SLIP) == (demand > limit * 1.0000001) or abs(demand / limit - 1) < 1e-3


@settings(max_examples=30, deadline=None)
@given(brake=BRAKES, load=LOADS)
def test_without_lock_the_force_is_what_the_brake_gives(brake, load):
    states = forces(brake, load, [1.0] * 200, lock=False)
    assert states[-1].force_n == pytest.approx(brake.drag_n + brake.gain * brake.max_force_n, rel=1e-3)
    assert all(state.slip == 0 for state in states)


@settings(max_examples=30, deadline=None)
@given(left=BRAKES, right=BRAKES, load=LOADS, pedals=PEDALS)
def test_swapping_left_and_right_swaps_the_forces(left, right, load, pedals):
    def run(a, b):
        axle = AxleModel(wheel_model(a, load, True), wheel_model(b, load, True), 0.0, 1)
        return [axle.step(pedal, 0.0, 1.0, 1.0) for pedal in pedals]

    assert run(left, right) == [states[::-1] for states in run(right, left)]


@settings(max_examples=60, deadline=None)
@given(peak=st.integers(0, 30_000), drag=st.integers(0, 500), stroke=st.floats(0.1, 6))
def test_a_replayed_wheel_reaches_its_peak_exactly_and_never_exceeds_it(peak, drag, stroke):
    drag = min(drag, peak)
    wheel, pedal = wheel_model(ForceControlled(peak, 0, drag), None, False), Ramp()
    pedal.move(1.0, stroke)
    samples = [wheel.step(pedal.step(), 0.0, 1.0).force_n for _ in range(int(stroke * 100) + 3)]
    assert max(samples) == peak
    assert samples[-1] == peak
    assert samples == sorted(samples)
    assert all(isinstance(sample, int) for sample in samples)


def test_one_ramp_shape_for_all_replayed_wheels():
    big, small = (wheel_model(ForceControlled(peak), None, False) for peak in (4000, 1000))
    for step in range(101):
        force = big.step(step / 100, 0.0, 1.0).force_n
        assert abs(force - 4 * small.step(step / 100, 0.0, 1.0).force_n) <= 2


def test_a_force_that_the_run_did_not_have_is_no_value():
    axle = AxleModel(
        wheel_model(ForceControlled(None, 500), None, False),
        wheel_model(ForceControlled(900, None), None, False),
        0.0,
        1,
    )
    left, right = axle.step(0.5, 0.0, 1.0, 1.0)
    assert (left.force_n, right.force_n) == (None, 450)
    left, right = axle.step(0.0, 1.0, 1.0, 1.0)
    assert (left.force_n, right.force_n) == (500, None)


def test_a_lag_delays_the_weaker_wheel():
    quick = FrictionBrake(max_force_n=3000, lag_s=0.05)
    slow = replace(quick, lag_s=0.3)
    early = [states[5].force_n for states in (forces(b, 400, [1.0] * 20) for b in (quick, slow))]
    assert early[0] > 1.5 * early[1]


def test_the_parking_lever_brakes_too():
    wheel = wheel_model(FrictionBrake(max_force_n=3000, drag_n=50, parking_n=1500), 400, True)
    states = [wheel.step(0.0, 1.0, 1.0) for _ in range(200)]
    assert states[-1].force_n == pytest.approx(1550, rel=1e-3)


def test_standing_rollers_feel_nothing():
    wheel = wheel_model(FrictionBrake(max_force_n=3000), 400, True)
    assert wheel.step(1.0, 0.0, 0.0) == (0.0, 0.0)


def test_noise_is_seeded():
    def run(seed):
        wheels = (wheel_model(FrictionBrake(max_force_n=3000), 400, True) for _ in range(2))
        axle = AxleModel(*wheels, 3.0, seed)
        return [axle.step(0.5, 0.0, 1.0, 1.0) for _ in range(20)]

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_a_friction_brake_needs_a_load():
    with pytest.raises(ValueError, match="needs its load"):
        wheel_model(FrictionBrake(3000), None, True)


@pytest.mark.parametrize("position", [-0.1, 1.1])
def test_a_pedal_has_two_ends(position):
    with pytest.raises(ValueError, match="outside 0 to 1"):
        Ramp().move(position, 1.0)


def test_a_ramp_arrives_and_comes_back():
    ramp = Ramp()
    ramp.move(1.0, 0.3)
    assert [ramp.step() for _ in range(40)][-1] == 1.0
    ramp.move(0.25, 0.0)
    assert ramp.step() == 0.25
