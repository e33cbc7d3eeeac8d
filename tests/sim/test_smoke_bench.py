"""The opacimeter by hand: states, alarms, calibration, values."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.diesel import DieselEngine, DieselSpec
from sim.smoke_bench import Calibration, SmokeBench, SmokeFaults
from sim.smoke_wire import Commands, Receiver, framed
from sim.vehicle import diesel, smoky_diesel


class Meter:
    """An opacimeter and the diesel engine before it."""

    def __init__(self, car=None, warm=True, seed=1):
        self.faults = SmokeFaults()
        self.bench = SmokeBench(0, warm, self.faults, seed)
        self.commands = Commands(self.bench)
        self.now_s = 0.0
        if car:
            self.bench.engine, self.bench.dilution = DieselEngine(car.engine, car.seed), 0.0

    def ask(self, request):
        content = bytes.fromhex(request)
        return self.commands.answer(framed(content)).hex(" ").upper()

    def raw(self, request):
        return self.commands.answer(bytes.fromhex(request)).hex(" ").upper()

    def words(self, request):
        data = bytes.fromhex(self.ask(request))
        return [int.from_bytes(data[at : at + 2]) for at in range(1, len(data) - 1, 2)]

    def run(self, seconds):
        self.now_s += seconds
        self.bench.advance(round(self.now_s * 1e9))
        return self

    def keep(self, seconds):
        """Let time pass with a host that asks."""
        for _ in range(math.ceil(seconds)):
            self.run(min(seconds, 1.0)).ask("A1")
        return self


def test_power_on():
    meter = Meter(warm=False)
    assert meter.raw("A1 5F") == "A1 00 5F"
    assert meter.raw("A3 5D") == "A3 00 41 1C"
    assert meter.raw("B2 4E") == "B2 09 FF FF 47"
    assert meter.raw("A0 02 5E") == "15 03 E8"
    assert meter.raw("A4 5C") == "15 03 E8"
    assert meter.words("A6") == [0x8000, 0x8000, 0xFFFF]
    meter.run(119.9)
    assert meter.ask("A1") == "A1 00 5F"
    meter.run(0.1)
    assert meter.ask("A1") == "A1 01 5E"
    assert meter.ask("A3") == "A3 00 40 1D"


def test_service_ends_the_warm_up_but_not_its_alarm():
    meter = Meter(warm=False)
    assert meter.ask("A2") == "A2 5E"
    assert meter.ask("A1") == "A1 01 5E"
    assert meter.ask("A3") == "A3 00 41 1C"
    assert meter.ask("A2") == "15 03 E8"
    meter.run(120)
    assert meter.ask("A3") == "A3 00 40 1D"


def test_measuring_and_back():
    meter = Meter()
    assert meter.words("A5")[:2] == [0x8000, 0x8000]
    assert meter.raw("A0 02 5E") == "A0 60"
    assert meter.raw("A1 5F") == "A1 02 5D"
    assert meter.ask("A0 02") == "A0 60"
    assert meter.words("A5") == [0, 0, 0xFFFF, 0xFFFF]
    assert meter.ask("A4") == "15 03 E8"
    assert meter.ask("A0 01") == "A0 60"
    assert meter.ask("A1") == "A1 01 5E"
    assert meter.ask("A0 00") == "15 04 E7"


def test_a_silent_host_ends_the_measurement():
    meter = Meter()
    meter.ask("A0 02")
    meter.run(9.9)
    assert meter.bench.state == 2
    meter.ask("A3")
    meter.run(9.9)
    assert meter.bench.state == 2
    meter.run(0.2)
    assert meter.bench.state == 1


def test_calibration():
    meter = Meter()
    assert meter.raw("A4 5C") == "A4 5C"
    assert meter.ask("A1") == "A1 03 5C"
    assert meter.ask("A0 01") == "15 03 E8"
    meter.run(2.98)
    assert meter.ask("A1") == "A1 03 5C"
    meter.run(0.02)
    assert meter.ask("A1") == "A1 01 5E"
    assert meter.ask("A3") == "A3 00 00 5D"
    meter.run(300)
    assert meter.raw("B2 4E") == "B2 01 01 2C 20"
    meter.bench.calibration = Calibration(at=-70_000 * 50, passed=True)
    assert meter.ask("B2") == framed(bytes.fromhex("B2 01 FF FE")).hex(" ").upper()


def test_a_calibration_that_fails_keeps_the_old_zero():
    meter = Meter()
    meter.faults.drift_percent = 5.0
    meter.faults.window_dirty = True
    meter.ask("A4")
    meter.run(3.1)
    assert meter.ask("A3") == framed(bytes.fromhex("A3 00 82")).hex(" ").upper()
    assert meter.ask("B2").startswith("B2 00 00 00")
    meter.ask("A0 02")
    assert meter.run(0.1).words("A5")[0] == pytest.approx(50, abs=4)
    meter.ask("A0 01")
    meter.faults.window_dirty = False
    meter.ask("A4")
    meter.run(3.1)
    meter.ask("A0 02")
    value = meter.run(0.1).words("A5")[0]
    assert min(value, 0x10000 - value) <= 4


@pytest.mark.parametrize(("fault", "bit"), [("lamp_weak", 2), ("fan_failed", 3), ("supply", 5)])
def test_faults_that_stop_it_until_they_are_gone(fault, bit):
    meter = Meter()
    meter.ask("A0 02")
    setattr(meter.faults, fault, True)
    meter.run(0)
    assert meter.ask("A1") == "A1 04 5B"
    assert meter.words("A3") == [1 << 6 | 1 << bit]
    assert meter.words("A5")[:2] == [0x8000, 0x8000]
    assert meter.ask("A0 02") == "15 03 E8"
    setattr(meter.faults, fault, False)
    meter.run(0)
    assert meter.ask("A1") == "A1 01 5E"


def test_a_fault_breaks_a_calibration_off():
    meter = Meter()
    meter.ask("A4")
    meter.faults.fan_failed = True
    meter.run(5)
    meter.faults.fan_failed = False
    meter.run(0)
    assert meter.ask("B2").startswith("B2 00")


@pytest.mark.parametrize(("fault", "bit"), [("window_dirty", 1), ("chamber_cold", 4)])
def test_faults_that_only_warn(fault, bit):
    meter = Meter()
    setattr(meter.faults, fault, True)
    assert meter.words("A3") == [1 << 6 | 1 << bit]
    assert meter.ask("A0 02") == "A0 60"


@pytest.mark.parametrize(("request_", "reply"), [("A1 5E", "15 02 E9"), ("B1 4F", "15 01 EA"), ("C1 3F", "15 01 EA")])
def test_errors(request_, reply):
    assert Meter().raw(request_) == reply


@pytest.mark.parametrize("maker", [diesel, smoky_diesel])
def test_a_free_acceleration_shows_the_vehicles_peak(maker):
    car = maker(2)
    meter = Meter(car)
    meter.ask("A0 02")
    peaks = []
    for _ in range(6):
        meter.keep(3)
        meter.ask("A7")
        meter.bench.engine.pedal(1.0)
        meter.keep(2)
        meter.bench.engine.pedal(0.0)
        meter.keep(3)
        peaks.append(meter.words("A6"))
    k = [peak[1] / 100 for peak in peaks[3:]]
    assert sum(k) / 3 == pytest.approx(car.engine.peak_k_per_m, rel=0.08)
    for percent, coefficient, speed in peaks:
        assert percent / 10 == pytest.approx(100 * (1 - math.exp(-coefficient / 100 * 0.43)), abs=0.4)
        assert speed == pytest.approx(car.engine.cut_off_per_min, abs=20)


def test_speed_and_oil_are_read_in_every_state():
    meter = Meter(diesel(1), warm=False)
    speed, oil = meter.run(1).words("A5")[2:]
    spec = diesel(1).engine
    assert (speed, oil) == (spec.idle_per_min, pytest.approx(spec.oil_start_c, abs=1))
    meter.faults.no_speed_probe = meter.faults.no_oil_probe = True
    assert meter.words("A5")[2:] == [0xFFFF, 0xFFFF]


@pytest.mark.parametrize(
    ("oil_c", "word"), [(-1.2, 0), (-5.0, 0xFFFB), (-60.0, 0x10000 - 40), (80.2, 80), (300.0, 200)]
)
def test_the_oil_word(oil_c, word):
    meter = Meter()
    meter.bench.engine = DieselEngine(DieselSpec(oil_start_c=oil_c))
    assert meter.words("A5")[3] == word


def test_the_chamber_lags():
    meter = Meter(diesel(1))
    engine = meter.bench.engine
    engine.step = lambda: None
    engine.k_per_m = 2.0
    meter.ask("A0 02")
    full = 100 * (1 - math.exp(-0.86))
    values = [meter.run(0.02).words("A5")[0] / 10 for _ in range(150)]
    signed = [value if value < 3000 else value - 6553.6 for value in values]
    assert max(signed[:10]) < 1.0
    ten, ninety = (next(i for i, v in enumerate(signed) if v >= share * full) for share in (0.1, 0.9))
    assert (ninety - ten) * 0.02 == pytest.approx(1.0, abs=0.1)


def test_a_shallow_probe_and_a_wrong_scale():
    deep, shallow, wrong = Meter(smoky_diesel(1)), Meter(smoky_diesel(1)), Meter(smoky_diesel(1))
    shallow.bench.dilution = wrong.faults.scale_error = 0.5
    peaks = []
    for meter in (deep, shallow, wrong):
        meter.ask("A0 02")
        meter.bench.engine.pedal(1.0)
        meter.keep(3)
        peaks.append(meter.words("A6")[1])
    assert 0.4 * peaks[0] < peaks[1] < 0.65 * peaks[0]
    assert peaks[2] == pytest.approx(peaks[1], abs=2)


def test_head_data():
    meter = Meter()
    assert len(bytes.fromhex(meter.ask("B0"))) == 20
    n, k, chamber, head, fan_1, fan_2, supply, light, shade = meter.words("B0")
    assert (n, k, chamber, head, fan_1, fan_2, supply, light, shade) == (0, 0, 500, 400, 120, 122, 120, 3600, 40)
    meter.faults.fan_failed = meter.faults.supply = meter.faults.lamp_weak = meter.faults.chamber_cold = True
    assert meter.words("B0")[2:] == [200, 400, 0, 122, 95, 1200, 40]


@given(st.binary(max_size=12))
def test_after_silence_a_request_is_a_request_whatever_was_before(noise):
    receiver = Receiver()
    list(receiver.feed(noise, 0, 0))
    late = 10**9
    assert list(receiver.feed(b"\xa1", late, 0)) == []
    assert list(receiver.feed(b"\x5f", late + 10**6, 0)) == [(late + 10**6, b"\xa1\x5f")]


@given(st.binary(min_size=2, max_size=3))
def test_every_request_has_a_reply_whose_sum_is_0(request_):
    reply = Meter(diesel(1)).commands.answer(request_)
    assert sum(reply) % 256 == 0
    assert reply[0] in (0x15, request_[0])
