"""The exhaust model: double idle of warm, worn and cold engines, and the way from probe to bench."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.exhaust import AMBIENT, Engine, EngineSpec, Gas, GasLine, air_ratio
from sim.vehicle import cold, dirty_exhaust, healthy


def run(engine, seconds, target=None):
    if target is not None:
        engine.throttle(target)
    for _ in range(round(seconds * 5)):
        engine.step()
    return engine.gas()


def double_idle(car):
    """Return the gas at high idle and at idle after the 70 % of rated speed."""
    engine = Engine(car.engine)
    run(engine, 30, 0.7 * car.engine.rated_per_min)
    high = run(engine, 45, 2500)
    return high, run(engine, 45, 0)


@pytest.mark.parametrize("seed", range(12))
def test_a_healthy_engine_is_clean(seed):
    high, idle = double_idle(healthy(seed))
    assert high.co < 0.15
    assert high.hc < 25
    assert idle.co < 0.2
    assert idle.hc < 40
    assert 0.97 <= air_ratio(high) <= 1.03
    assert high.co + high.co2 > 14


@pytest.mark.parametrize("seed", range(12))
def test_a_worn_catalyst_fails_clearly(seed):
    high, idle = double_idle(dirty_exhaust(seed))
    assert high.co > 0.4
    assert high.hc > 70
    assert idle.hc > 100


def test_a_cold_engine_is_rich_until_it_is_warm():
    engine = Engine(cold(1).engine)
    gas = run(engine, 5)
    assert gas.co > 2
    assert gas.hc > 300
    assert air_ratio(gas) < 0.95
    run(engine, 240, 2500)
    assert engine.oil_c >= 80
    assert engine.gas().co < 0.1


def test_engine_speed_follows_the_throttle_within_its_limits():
    engine = Engine(EngineSpec(idle_per_min=780, rated_per_min=5500))
    assert engine.speed_per_min == 780
    run(engine, 6, 2500)
    assert engine.speed_per_min == pytest.approx(2500, abs=5)
    run(engine, 6, 3850)
    assert engine.speed_per_min == pytest.approx(3850, abs=5)
    run(engine, 10, 99_999)
    assert engine.speed_per_min <= 5500
    run(engine, 10, 0)
    assert engine.speed_per_min == pytest.approx(780, abs=5)


def test_the_line_delays_three_seconds_and_settles_with_t95_of_six():
    line, gas = GasLine(), Gas(0.5, 14.0, 100.0, 0.5, 50.0)
    seen = [line.step(gas).co2 for _ in range(60)]
    assert all(value == pytest.approx(0.04) for value in seen[:15])
    assert seen[15] > 0.1
    after_6_s = seen[15 + 29]
    assert after_6_s == pytest.approx(0.04 + 0.95 * 13.96, rel=0.005)


@settings(deadline=None)
@given(share=st.floats(0, 1))
def test_dilution_lowers_co_and_co2_and_raises_oxygen(share):
    gas = Engine(EngineSpec()).gas()
    mixed = gas.mixed(AMBIENT, share)
    assert mixed.co + mixed.co2 <= gas.co + gas.co2 + 1e-9
    assert mixed.o2 >= gas.o2 - 1e-9


def test_lambda_says_nothing_about_ambient_air():
    assert air_ratio(AMBIENT) is None


@settings(deadline=None)
@given(wear=st.floats(0, 1), oil=st.floats(-20, 95), wanted=st.floats(0.99, 1.02), speed=st.floats(0, 6000))
def test_the_gas_is_always_possible(wear, oil, wanted, speed):
    engine = Engine(EngineSpec(catalyst_wear=wear, oil_start_c=oil, lambda_warm=wanted))
    gas = run(engine, 10, speed)
    assert 0 <= gas.co <= 10
    assert 8 <= gas.co2 <= 16
    assert 0 <= gas.hc <= 2000
    assert 0 <= gas.o2 <= 5
    assert 0 <= gas.no <= 5000
    assert 0.5 <= air_ratio(gas) <= 1.2
