"""The headlamp tester by hand: order of work, times, records, faults."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lamp_bench import LampBench, LampFaults
from sim.lamp_wire import Commands, Receiver, framed
from sim.vehicle import Kind, dead_lamp, dim_lamp, healthy

FOUR = Kind(lamp_system="4")
ALL_DATA = (0x47, 0x4F)
TEST_CODES = st.sampled_from([0x51, 0x52, 0x07, 0x40, 0x5A, 0x59, 0x53, 0x54, 0x6F])


class Rig:
    """A tester, a driver who switches as soon as an event says so, and what was said with the second of it."""

    def __init__(self, car=None, at=0.0, seed=1, switches=True):
        self.faults = LampFaults()
        self.bench = LampBench(0, at, self.faults, seed)
        self.commands = Commands(self.bench)
        self.said = []
        self.now_s = 0.0
        self.switches = switches
        if car:
            self.bench.lamps, self.bench.beam = car.lamps, "high"

    def ask(self, group, command):
        return self.commands.answer((group, command)).hex(" ").upper()

    def bits(self):
        return self.commands.answer((0x54, 0x6F))[3]

    def run(self, seconds):
        for _ in range(round(seconds / 0.1)):
            self.now_s = round(self.now_s + 0.1, 1)
            self.bench.advance(round(self.now_s * 1e9))
            for event in self.bench.events:
                self.said.append((self.now_s, f"{event[0]:02X}-{event[1]:02X}"))
                if self.switches and event[1] in (0x4F, 0x4E, 0x07, 0x41):
                    self.bench.beam = "low" if self._low_is_next(event[1]) else "high"
            self.bench.events = []
        return self

    def _low_is_next(self, command):
        return command == (0x4E if self.bench.set_up.four_lamps else 0x4F)

    def records(self):
        data = self.commands.answer(ALL_DATA)
        assert len(data) == 112
        assert sum(data) % 256 == 0
        text = data[2:-1].decode("ascii")
        assert text[54] == " "
        halves = text[:54], text[55:]
        return [half[at : at + 18] for half in halves for at in (0, 18, 36)]


def settled(*args, **kwargs):
    tester = Rig(*args, **kwargs).run(0.1)
    tester.said.clear()
    tester.now_s, tester.bench._power_on_ns, tester.bench.number = 0.0, 0, 0
    return tester


def test_power_on_drives_home():
    tester = Rig(at=2.0)
    assert tester.bits() == 0b10000010
    tester.run(1.9)
    assert tester.said == []
    assert tester.run(0.1).said == [(2.0, "54-40")]
    assert tester.bits() == 0b10000001
    assert tester.ask(0x53, 0x32) == "02 32 06 32 94"
    assert tester.bits() == 0b00000001


def test_two_lamps_take_44_seconds():
    tester = settled(healthy(1))
    assert tester.ask(0x54, 0x52) == "02 32 06 52 74"
    tester.run(60)
    assert tester.said == [
        (12.0, "54-4F"),
        (17.0, "54-4D"),
        (17.0, "54-07"),
        (30.0, "54-4F"),
        (35.0, "54-4D"),
        (35.0, "54-41"),
        (44.0, "54-40"),
    ]
    assert tester.bits() & 0x7F == 0b00011001


def test_four_lamps_take_66_seconds():
    tester = settled(healthy(1, "", FOUR))
    tester.ask(0x53, 0x31)
    tester.ask(0x54, 0x52)
    tester.run(70)
    side = [(12.0, "54-4F"), (20.0, "54-4E"), (28.0, "54-4D")]
    assert tester.said[:3] == side
    assert tester.said[3:7] == [(28.0, "54-07"), (41.0, "54-4F"), (49.0, "54-4E"), (57.0, "54-4D")]
    assert tester.said[7:] == [(57.0, "54-41"), (66.0, "54-40")]


@pytest.mark.parametrize("kind", [Kind(), FOUR])
@pytest.mark.parametrize("seed", range(5))
def test_records_say_what_the_lamps_are(kind, seed):
    car = dim_lamp(seed, "", kind)
    tester = settled(car, seed=seed)
    tester.ask(0x53, 0x31 if kind == FOUR else 0x32)
    tester.ask(0x54, 0x52)
    tester.run(70)
    left, left_aux, left_low, right, right_aux, right_low = tester.records()
    lamps = car.lamps
    for text, lamp in ((left, lamps.left_outer), (right, lamps.right_outer)):
        assert int(text[10:14]) * 100 == pytest.approx(lamp.intensity_cd, rel=0.04)
        assert int(text[:5]) == pytest.approx(lamp.high_dx_mm, abs=20)
        assert int(text[5:10]) == pytest.approx(lamp.high_dy_mm, abs=20)
        assert int(text[14:]) == lamp.height_mm
    assert int(left_low[5:10]) == pytest.approx(lamps.left_outer.low_dy_mm, abs=20)
    assert int(right_low[:5]) == pytest.approx(lamps.right_outer.low_dx_mm, abs=20)
    assert (left_aux == "0" * 18) == (right_aux == "0" * 18) == (kind != FOUR)


def test_one_side_at_a_time_stays_there():
    tester = settled(healthy(1))
    tester.ask(0x54, 0x07)
    tester.run(20)
    assert [event for _, event in tester.said] == ["54-4F", "54-4D", "54-07"]
    assert tester.bits() & 0x7F == 0b00001000
    tester.ask(0x54, 0x40)
    tester.run(18)
    assert tester.said[-1] == (38.0, "54-41")
    assert tester.bits() & 0x7F == 0b00011000
    tester.ask(0x4D, 0x47)
    tester.run(9)
    assert tester.bits() & 0x7F == 0b00011001


@pytest.mark.parametrize(("command", "side"), [(0x5A, "54-07"), (0x59, "54-41")])
def test_only_one_side_then_home(command, side):
    tester = settled(healthy(1))
    tester.ask(0x54, command)
    tester.run(40)
    assert [event for _, event in tester.said] == ["54-4F", "54-4D", side, "54-40"]


def test_a_start_forgets_what_its_side_had():
    tester = settled(healthy(1))
    tester.ask(0x54, 0x52)
    tester.run(50)
    tester.ask(0x54, 0x40)
    assert tester.bits() & 0x18 == 0x08
    assert [record == "0" * 18 for record in tester.records()] == [False, True, False, True, True, True]


def test_busy():
    tester = settled(healthy(1))
    tester.ask(0x54, 0x07)
    assert tester.ask(0x54, 0x40) == "02 32 15 40 77"
    assert tester.ask(0x53, 0x31) == "02 32 15 31 86"
    assert tester.ask(0x54, 0x99) == "02 32 16 99 1D"
    assert tester.ask(0x47, 0x4A) == "02 32 16 4A 6C"
    assert tester.ask(0x54, 0x53) == "02 32 06 53 73"
    assert tester.ask(0x54, 0x54) == "02 32 06 54 72"
    assert tester.bits() & 2 == 0


def test_the_tester_waits_for_the_driver_to_switch():
    tester = settled(healthy(1), switches=False)
    tester.ask(0x54, 0x07)
    tester.run(20)
    assert [event for _, event in tester.said] == ["54-4F"]
    tester.bench.beam = "low"
    tester.run(5.1)
    assert [event for _, event in tester.said] == ["54-4F", "54-4D", "54-07"]


def test_no_light_in_20_seconds_is_no_lamp():
    tester = settled(healthy(1), switches=False)
    tester.ask(0x54, 0x07)
    tester.run(33)
    assert tester.said == [(12.0, "54-4F"), (32.0, "45-13")]
    assert tester.bits() & 0x7F == 0
    assert [record == "0" * 18 for record in tester.records()] == [False, True, True, True, True, True]


@pytest.mark.parametrize("car", [dead_lamp(1), None, healthy(1)], ids=["dead", "nobody", "blind"])
def test_no_lamp(car):
    tester = settled(car)
    tester.faults.blind = car is not None and car.story == "healthy"
    tester.ask(0x54, 0x40)
    tester.run(35)
    assert tester.said == [(29.0, "45-13")]


def test_measurement_error_and_again():
    tester = settled(healthy(1))
    tester.faults.measure_errors = 1
    tester.ask(0x54, 0x07)
    tester.run(20)
    assert tester.said == [(12.0, "45-14")]
    assert tester.records()[0] == "*" * 18
    assert tester.bits() & 0x0A == 0
    tester.ask(0x4D, 0x47)
    tester.run(20)
    tester.ask(0x54, 0x07)
    tester.run(20)
    assert tester.said[-1][1] == "54-07"
    assert "*" not in tester.records()[0]


def test_a_lamp_that_goes_out_in_mid_measurement():
    tester = settled(healthy(1))
    tester.ask(0x54, 0x07)
    tester.run(9)
    tester.bench.beam = "off"
    assert tester.run(0.1).said == [(9.1, "45-14")]


def test_no_number_for_the_intensity():
    tester = settled(healthy(1))
    tester.faults.no_intensity = True
    tester.ask(0x54, 0x07)
    tester.run(20)
    assert tester.records()[0][10:14] == "****"
    assert tester.bits() & 8


def test_low_beam_first_and_one_beam_only():
    tester = settled(healthy(1))
    tester.switches, tester.bench.beam = False, "low"
    tester.ask(0x53, 0x72)
    tester.ask(0x54, 0x07)
    tester.run(13)
    assert tester.said == [(12.0, "54-4D")]
    tester.bench.beam = "high"
    assert [event for _, event in tester.run(6).said] == ["54-4D", "54-4F", "54-07"]
    tester.ask(0x53, 0x33)
    tester.ask(0x54, 0x51)
    tester.said.clear()
    assert [event for _, event in tester.run(9).said] == ["54-4F", "54-07"]
    tester.ask(0x53, 0x34)
    tester.bench.beam = "low"
    tester.ask(0x54, 0x51)
    tester.said.clear()
    assert [event for _, event in tester.run(9).said] == ["54-4D", "54-07"]


def test_in_place_before_no_side_finds_nothing():
    tester = settled(healthy(1))
    tester.ask(0x54, 0x51)
    assert tester.run(21).said == [(20.0, "45-13")]


def test_adjusting():
    car = healthy(1)
    tester = settled(car, switches=False)
    tester.ask(0x53, 0x60)
    tester.ask(0x54, 0x07)
    tester.run(100)
    assert [event for _, event in tester.said] == ["54-4F"]
    assert tester.bits() & 0x22 == 0x22
    tester.bench.lamps = car.lamps._replace(left_outer=replace(car.lamps.left_outer, high_dy_mm=-200))
    tester.run(0.1)
    assert int(tester.records()[0][5:10]) == pytest.approx(-200, abs=20)
    assert tester.ask(0x54, 0x53) == "02 32 06 53 73"
    tester.bench.beam = "low"
    assert [event for _, event in tester.run(6).said] == ["54-4F", "54-4D", "54-07"]


def test_a_broken_drive():
    tester = settled(healthy(1))
    tester.ask(0x54, 0x07)
    tester.run(2)
    tester.faults.broken = True
    tester.run(60)
    assert tester.said == []
    assert tester.bits() & 0x42 == 0x40
    assert tester.ask(0x54, 0x07) == "02 32 15 07 B0"
    assert tester.ask(0x54, 0x53) == "02 32 15 53 64"
    assert tester.ask(0x54, 0x54) == "02 32 06 54 72"
    tester.faults.broken = False
    tester.ask(0x4D, 0x47)
    assert tester.run(3).bits() & 1


def test_a_tester_left_alone_drives_home():
    tester = settled(healthy(1))
    tester.ask(0x54, 0x07)
    assert not tester.run(17 + 119).bench.moving
    assert tester.run(2).bench.moving
    assert tester.run(4).said[-1][1] == "54-40"


def test_somebody_who_asks_keeps_it_there():
    tester = settled(healthy(1))
    tester.ask(0x54, 0x07)
    for _ in range(10):
        tester.run(60)
        tester.bits()
    assert tester.bits() & 3 == 0


def test_the_scale_can_be_wrong():
    tester = settled(healthy(1))
    tester.faults.scale_error = 0.5
    tester.ask(0x54, 0x07)
    tester.run(20)
    assert int(tester.records()[0][10:14]) * 200 == pytest.approx(healthy(1).lamps.left_outer.intensity_cd, rel=0.04)


@given(st.lists(TEST_CODES, max_size=8), st.integers(0, 90))
def test_whatever_is_asked_it_ends_and_home_brings_it_home(codes, seconds):
    tester = settled(healthy(1), switches=False)
    for code in codes:
        tester.ask(0x54, code)
        tester.run(seconds / 10)
    tester.ask(0x4D, 0x47)
    tester.run(10)
    assert tester.bits() & 3 == 1


REQUEST = bytes.fromhex("02 01 32 54 07 70")


@given(st.binary(max_size=20), st.integers(1, 5))
def test_a_request_is_found_again_after_anything(noise, cut):
    receiver = Receiver()
    list(receiver.feed(noise, 0, 0))
    late = 10**9
    found = list(receiver.feed(REQUEST[:cut], late, 0)) + list(receiver.feed(REQUEST[cut:], late + 10**6, 0))
    assert found == [(late + 10**6, (0x54, 0x07))]


def test_a_wrong_sum_and_half_a_request_before_a_whole_one():
    receiver = Receiver()
    wrong = bytes.fromhex("02 01 32 54 07 71")
    assert [request for _, request in receiver.feed(wrong + REQUEST[:4] + REQUEST, 0, 1_000)] == [(0x54, 0x07)]
    assert framed(REQUEST[:-1]) == REQUEST
