"""The diesel engine in free acceleration, seen through an opacimeter."""

import math

import pytest

from sim.diesel import EFFECTIVE_LENGTH_M, METER_SHARE, STEP_S, DieselEngine, DieselSpec, opacity_percent
from sim.vehicle import diesel, smoky_diesel


class Meter:
    """What an opacimeter would show, and the engine beside it."""

    def __init__(self, engine):
        self.engine, self.percent, self.peak = engine, 0.0, 0.0

    def run(self, seconds):
        for _ in range(round(seconds / STEP_S)):
            self.engine.step()
            self.percent += (opacity_percent(self.engine.k_per_m) - self.percent) * METER_SHARE
            self.peak = max(self.peak, self.percent)
        return self

    def accelerate(self):
        """Return the peak k of one free acceleration from idle."""
        self.run(3.0)
        self.peak = 0.0
        self.engine.pedal(1.0)
        self.run(2.5)
        self.engine.pedal(0.0)
        self.run(3.0)
        return -math.log(1 - self.peak / 100) / EFFECTIVE_LENGTH_M


@pytest.mark.parametrize("maker", [diesel, smoky_diesel])
@pytest.mark.parametrize("seed", range(5))
def test_the_peak_is_the_vehicles_own_once_the_pipe_is_blown_out(maker, seed):
    spec = maker(seed).engine
    engine = DieselEngine(spec, seed)
    meter = Meter(engine)
    peaks = [meter.accelerate() for _ in range(6)]
    assert peaks[0] > 1.1 * spec.peak_k_per_m
    assert sum(peaks[3:]) / 3 == pytest.approx(spec.peak_k_per_m, rel=0.07)
    assert max(peaks[3:]) - min(peaks[3:]) < 0.25
    assert engine.accelerations == 6


def test_the_speed_rises_to_the_cut_off_and_falls_to_idle():
    spec = DieselSpec(idle_per_min=800, rated_per_min=4000, rise_s=1.0)
    engine = DieselEngine(spec)
    meter = Meter(engine)
    engine.pedal(1.0)
    assert meter.run(0.5).engine.speed_per_min < 0.7 * spec.cut_off_per_min
    assert meter.run(1.5).engine.speed_per_min == pytest.approx(4320, abs=5)
    engine.pedal(0.0)
    assert meter.run(3.0).engine.speed_per_min == pytest.approx(800, abs=5)
    assert engine.accelerations == 1


def test_half_a_pedal_is_half_a_smoke():
    engine = DieselEngine(DieselSpec(peak_k_per_m=2.0))
    engine.pedal(0.1)
    assert Meter(engine).run(3.0).peak < opacity_percent(1.5)
    assert engine.speed_per_min < 1300


def test_the_oil_warms_up_and_faster_with_the_pedal_down():
    idling, racing = (DieselEngine(DieselSpec(oil_start_c=20.0)) for _ in range(2))
    racing.pedal(0.6)
    assert 20 < Meter(idling).run(60).engine.oil_c < Meter(racing).run(60).engine.oil_c < 93


def test_same_seed_same_smoke_and_a_pedal_has_two_ends():
    one, other = (Meter(DieselEngine(DieselSpec(), 5)).accelerate() for _ in range(2))
    assert one == other
    with pytest.raises(ValueError, match="outside 0 to 1"):
        DieselEngine(DieselSpec()).pedal(1.2)


@pytest.mark.parametrize(("k", "percent"), [(0.0, 0.0), (0.7, 26.0), (1.2, 40.3)])
def test_opacity(k, percent):
    assert opacity_percent(k) == pytest.approx(percent, abs=0.05)
