"""The free acceleration test as a state machine."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.line.procedures.base import Do, Finish, Input, MarkAt, Record, Say, Void, timings
from station.line.procedures.free_acceleration import FreeAccelerationRun, Phase
from station.line.run import procedure_for
from station.model.vehicle import Vehicle

T = timings().free_acceleration
STEP_S = 0.05
IDLE, CUT_OFF = 750, 4600


class Operator:
    """An engine of 4000/min rated speed that rises to 4600 in a second, read twenty times a second."""

    def __init__(self, rated=4000):
        self.run = FreeAccelerationRun(T, rated)
        self.now_s, self.index, self.speed, self.recording, self.actions = 50.0, 0, IDLE, False, []

    def feed(self, speed=None, oil=88, status=()):
        self.now_s += STEP_S
        self.speed = self.speed if speed is None else speed
        values = {"engine_speed": number(speed if speed is None else self.speed), "oil_temperature": number(oil)}
        answered = self.run.step(Input(self.now_s, frozenset(status), values, index=self.index))
        self.index += self.recording
        self.recording = self.recording or Record() in answered
        self.actions += answered
        return answered

    def drive(self, cut_off=CUT_OFF, limit_s=600.0):
        """Do what the prompts say until the run is over."""
        self.feed(IDLE)
        pedal, speed, until_s = False, float(IDLE), self.now_s + limit_s
        while self.run.phase is not Phase.DONE and self.now_s < until_s:
            speed = min(cut_off, speed + 200) if pedal else max(IDLE, speed - 150)
            for action in self.feed(round(speed)):
                if isinstance(action, Say):
                    pedal = action.code == "accelerate"
        return self

    @property
    def said(self):
        return [a.code for a in self.actions if isinstance(a, Say)]

    @property
    def marks(self):
        return {a.name: a.index for a in self.actions if isinstance(a, MarkAt)}

    @property
    def end(self):
        ends = [a for a in self.actions if isinstance(a, Finish | Void)]
        return ends[0] if ends else None


def number(value):
    return None if value is None else Decimal(value)


def test_three_blow_outs_then_three_measured_accelerations():
    operator = Operator().drive()
    assert operator.end == Finish("normal")
    assert operator.said.count("accelerate") == T.blow_outs + T.accelerations
    names = [f"acceleration_{n}{end}" for n in (1, 2, 3) for end in ("", "_end")]
    assert list(operator.marks) == names
    assert sorted(operator.marks.values()) == list(operator.marks.values())


def test_recording_begins_with_the_probe_in_and_the_opacimeter_measures_from_the_start():
    operator = Operator()
    assert operator.feed(IDLE)[0] == Do("measure")
    operator.drive()
    assert [type(a) for a in operator.actions if isinstance(a, Do | Record | Finish)] == [Do, Record, Finish]
    assert operator.said[:3] == ["warm_engine", "insert_probe", "idle"]


def test_a_cold_engine_is_waited_for_and_given_up():
    operator = Operator()
    for _ in range(round(T.warm_timeout_s / STEP_S) + 2):
        operator.feed(IDLE, oil=40)
    assert operator.end == Void("engine_cold")


def test_without_an_oil_probe_the_operators_word_has_to_do():
    operator = Operator()
    operator.feed(IDLE, oil=None)
    operator.feed(IDLE, oil=None)
    assert operator.run.phase is Phase.PROBE


def test_half_a_pedal_is_no_acceleration():
    operator = Operator().drive(cut_off=2500)
    assert operator.end == Void("not_accelerated")


def test_an_engine_that_does_not_idle_is_void():
    operator = Operator()
    for _ in range(round((T.probe_s + T.phase_timeout_s) / STEP_S) + 5):
        operator.feed(2000)
    assert operator.end == Void("not_idle")


def test_a_lost_speed_signal_is_void_a_short_gap_is_not():
    operator = Operator()
    for _ in range(round(T.probe_s / STEP_S) + 5):
        operator.feed(IDLE)
    for _ in range(round(T.speed_lost_s / STEP_S) - 2):
        operator.feed(None)
    assert operator.end is None
    operator.feed(IDLE)
    for _ in range(round(T.speed_lost_s / STEP_S) + 2):
        operator.feed(None)
    assert operator.end == Void("no_engine_speed")


def test_a_faulty_opacimeter_ends_the_run():
    operator = Operator()
    for _ in range(round(T.probe_s / STEP_S) + 5):
        operator.feed(IDLE)
    assert operator.feed(IDLE, status=("FAULT",)) == [Void("rig_fault")]
    assert operator.feed(IDLE) == []


def test_an_unknown_rated_speed_takes_the_tables():
    operator = Operator(rated=None).drive(cut_off=T.rated_speed_default * T.cut_off_share_percent // 100 + 100)
    assert operator.end == Finish("normal")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 9000)), st.one_of(st.none(), st.integers(0, 150)))))
def test_whatever_the_engine_does_there_is_one_end_and_marks_in_order(readings):
    operator = Operator()
    for speed, oil in readings:
        operator.feed(speed, oil)
    assert sum(isinstance(a, Finish | Void) for a in operator.actions) <= 1
    assert list(operator.marks.values()) == sorted(operator.marks.values())


def test_a_gap_while_the_pedal_is_down_is_void_and_while_idling_is_not():
    operator = Operator()
    for _ in range(round(T.probe_s / STEP_S) + 5):
        operator.feed(IDLE)
    operator.now_s += 2 * T.gap_s
    operator.feed(IDLE)
    assert operator.end is None
    while operator.run.phase is not Phase.RISE:
        operator.feed(IDLE)
    operator.now_s += 2 * T.gap_s
    assert operator.feed(2000) == [Void("samples_lost")]


@pytest.mark.parametrize(("speed", "longest_s"), [(1.0, 0.4), (8.0, 0.4), (10.0, 0.5), (20.0, 1.0)])
def test_only_a_fast_clock_makes_the_longest_gap_longer(speed, longest_s):
    diesel = Vehicle(plate_type="02", vehicle_type="K33", use_character="A", fuel="B")
    run = procedure_for(("FA",), diesel, None, speed)
    assert run.timing.gap_s == pytest.approx(longest_s)
    assert T.gap_s == 0.4
