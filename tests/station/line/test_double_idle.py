"""The double idle test as a state machine."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.line.procedures.base import Do, Finish, Input, MarkAt, Record, Say, Void, timings
from station.line.procedures.double_idle import DoubleIdleRun, Phase, preparation

T = timings().double_idle
STEP_S = 0.5
RATED = 5000
RAISED = RATED * T.raise_share_percent // 100


class Operator:
    """Feeds the test with one reading every half second."""

    def __init__(self, rated=RATED, high=None):
        self.run = DoubleIdleRun(T, rated, high)
        self.now_s, self.index, self.recording, self.actions = 50.0, 0, False, []

    def feed(self, speed=780, carbon="14.5", oil=88, seconds=STEP_S):
        answered = []
        for _ in range(max(1, round(seconds / STEP_S))):
            self.now_s += STEP_S
            values = {
                "engine_speed": number(speed),
                "oil_temperature": number(oil),
                "co": None if carbon is None else Decimal("0.5"),
                "co2": None if carbon is None else Decimal(carbon) - Decimal("0.5"),
            }
            answered += self.run.step(Input(self.now_s, frozenset(), values, index=self.index))
            self.index += self.recording
            self.recording = self.recording or Record() in answered
        self.actions += answered
        return answered

    def to(self, phase):
        steps = {
            Phase.WARM: lambda: self.feed(),
            Phase.PROBE: lambda: self.feed(),
            Phase.RAISE: lambda: self.feed(seconds=T.probe_hold_s + STEP_S),
            Phase.HIGH_SETTLE: lambda: self.feed(RAISED, seconds=T.raise_s + STEP_S),
            Phase.HIGH_AVERAGE: lambda: self.feed(T.high_idle, seconds=T.settle_s + STEP_S),
            Phase.IDLE_SETTLE: lambda: self.feed(T.high_idle, seconds=T.average_s),
            Phase.IDLE_AVERAGE: lambda: self.feed(780, seconds=T.settle_s + STEP_S),
            Phase.DONE: lambda: self.feed(780, seconds=T.average_s),
        }
        for name, step in steps.items():
            step()
            assert self.run.phase is name
            if name is phase:
                return self
        raise AssertionError(phase)

    def end(self):
        ends = [a for a in self.actions if isinstance(a, Finish | Void)]
        return (ends[0].reason if isinstance(ends[0], Void) else "finished") if ends else None

    def marks(self):
        return {a.name: a.index for a in self.actions if isinstance(a, MarkAt)}

    def says(self):
        return [a.code for a in self.actions if isinstance(a, Say)]


def number(value):
    return None if value is None else Decimal(value)


MEASURED = [Phase.RAISE, Phase.HIGH_SETTLE, Phase.HIGH_AVERAGE, Phase.IDLE_SETTLE, Phase.IDLE_AVERAGE]


def test_the_way_through():
    operator = Operator().to(Phase.DONE)
    assert operator.end() == "finished"
    assert operator.says() == ["warm_engine", "insert_probe", "hold_speed", "hold_speed", "idle"]
    assert [a for a in operator.actions if isinstance(a, Do)] == [Do("measure")]
    marks = operator.marks()
    assert list(marks) == ["high_idle_average", "high_idle_end", "idle_average", "idle_end"]
    assert list(marks.values()) == sorted(marks.values())
    assert marks["idle_end"] < operator.index
    for name in ("high_idle", "idle"):
        assert (marks[f"{name}_end"] - marks[f"{name}_average"]) * STEP_S == T.average_s
    assert operator.feed() == []


def test_the_speeds_are_of_the_vehicle_or_of_the_table():
    targets = [a.values["speed"] for a in Operator(6000, Decimal(2800)).to_targets() if a.code == "hold_speed"]
    assert targets == [str(6000 * T.raise_share_percent // 100), "2800"]


def to_targets(self):
    self.to(Phase.PROBE)
    self.feed(seconds=T.probe_hold_s + STEP_S)
    raised, _, _ = self.run._bands[Phase.RAISE]
    self.feed(raised, seconds=T.raise_s + STEP_S)
    return [a for a in self.actions if isinstance(a, Say)]


Operator.to_targets = to_targets


def test_a_record_without_a_rated_speed_takes_the_tables():
    assert DoubleIdleRun(T)._bands[Phase.RAISE][0] == T.rated_speed_default * T.raise_share_percent // 100


def test_a_cold_engine_is_warmed_and_given_up_after_a_while():
    operator = Operator()
    operator.feed(oil=20, seconds=T.warm_timeout_s - 1)
    assert operator.run.phase is Phase.WARM
    operator.feed(oil=20, seconds=3)
    assert operator.end() == "engine_cold"


def test_a_cold_engine_that_gets_warm_goes_on():
    operator = Operator()
    operator.feed(oil=20, seconds=60)
    operator.feed(oil=80)
    assert operator.says() == ["warm_engine", "insert_probe"]


def test_without_an_oil_probe_the_operators_word_has_to_do():
    operator = Operator()
    operator.feed(oil=None, seconds=1.0)
    assert operator.run.phase is Phase.PROBE


def test_gas_that_comes_and_goes_is_no_probe():
    operator = Operator().to(Phase.PROBE)
    for _ in range(10):
        operator.feed(seconds=T.probe_hold_s - 1)
        operator.feed(carbon="1.0")
    assert operator.run.phase is Phase.PROBE
    assert not operator.recording


@pytest.mark.parametrize("carbon", ["1.0", None])
def test_no_probe(carbon):
    operator = Operator().to(Phase.PROBE)
    operator.feed(carbon=carbon, seconds=T.probe_timeout_s + 1)
    assert operator.end() == "no_probe"


@pytest.mark.parametrize("phase", MEASURED)
def test_the_probe_comes_out(phase):
    operator = Operator().to(phase)
    speed = operator.run._bands[phase][0] or 780
    operator.feed(speed, carbon="1.0", seconds=T.probe_out_s - 1)
    assert operator.end() is None
    operator.feed(speed, carbon="1.0", seconds=3)
    assert operator.end() == "probe_out"


@pytest.mark.parametrize("phase", MEASURED)
def test_no_engine_speed(phase):
    operator = Operator().to(phase)
    operator.feed(None, seconds=T.speed_lost_s + 1.5)
    assert operator.end() == "no_engine_speed"


@pytest.mark.parametrize("phase", [Phase.RAISE, Phase.HIGH_SETTLE, Phase.IDLE_SETTLE])
def test_a_speed_that_is_never_reached(phase):
    operator = Operator().to(phase)
    operator.feed(1500, seconds=T.speed_timeout_s + 2)
    assert operator.end() == "speed_not_held"


@pytest.mark.parametrize(
    ("phase", "back"),
    [
        (Phase.RAISE, Phase.RAISE),
        (Phase.HIGH_AVERAGE, Phase.HIGH_SETTLE),
        (Phase.IDLE_AVERAGE, Phase.IDLE_SETTLE),
    ],
)
def test_leaving_the_band_begins_the_phase_again(phase, back):
    operator = Operator().to(phase)
    said = len(operator.says())
    operator.feed(operator.run._bands[phase][0] or 780, seconds=2)
    operator.feed(1500)
    assert operator.run.phase is back
    assert len(operator.says()) == said + 1
    assert operator.end() is None


def test_an_average_that_was_begun_again_counts_from_its_new_beginning():
    operator = Operator().to(Phase.HIGH_AVERAGE)
    first = operator.marks()["high_idle_average"]
    operator.feed(1500)
    operator.feed(T.high_idle, seconds=T.settle_s + STEP_S)
    assert operator.marks()["high_idle_average"] > first
    operator.feed(T.high_idle, seconds=T.average_s)
    assert operator.run.phase is Phase.IDLE_SETTLE


def test_too_many_beginnings_are_given_up():
    operator = Operator().to(Phase.RAISE)
    for _ in range(T.restarts + 1):
        operator.feed(RAISED, seconds=2)
        operator.feed(1500)
    operator.feed(RAISED)
    assert operator.end() == "speed_not_held"


@pytest.mark.parametrize(
    ("checks", "needed"),
    [
        ({}, ("leak_test", "zero")),
        ({"zero_age_s": 10, "leak_age_s": 10, "residue": 0}, ()),
        ({"zero_age_s": T.zero_age_s + 1, "leak_age_s": 10, "residue": 0}, ("zero",)),
        ({"zero_age_s": 10, "leak_age_s": T.leak_age_s + 1, "residue": 0}, ("leak_test",)),
        ({"zero_age_s": 10, "leak_age_s": 10, "residue": T.residue_limit + 1}, ("purge",)),
    ],
)
def test_what_an_analyser_needs_before_a_vehicle(checks, needed):
    assert preparation({name: Decimal(value) for name, value in checks.items()}, T) == needed


READING = st.tuples(
    st.none() | st.integers(0, 9000) | st.sampled_from([780, RAISED, T.high_idle]),
    st.sampled_from(["14.5", "14.5", "14.5", "1.0", None]),
    st.sampled_from([88, 88, 20, None]),
    st.sampled_from([STEP_S, 5.0, 31.0, 130.0]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(READING, max_size=30), st.sampled_from([None, *MEASURED]))
def test_whatever_the_analyser_says_the_test_ends_once_and_in_order(readings, begin):
    operator = Operator()
    if begin:
        operator.to(begin)
    for speed, carbon, oil, seconds in readings:
        over = operator.run.phase is Phase.DONE
        answered = operator.feed(speed, carbon, oil, seconds)
        assert not (over and answered)
    kinds = [type(action) for action in operator.actions]
    assert kinds.count(Record) <= 1
    assert kinds.count(Finish) + kinds.count(Void) <= 1
    assert all(index < operator.index for index in operator.marks().values())
    if Finish in kinds:
        marks = operator.marks()
        assert marks["high_idle_average"] < marks["high_idle_end"] <= marks["idle_average"] < marks["idle_end"]
