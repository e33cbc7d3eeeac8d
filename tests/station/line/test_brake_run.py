"""The roller brake run as a state machine: blocks in, actions out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.line.procedures.base import Do, Finish, Input, Keep, MarkAt, Record, Say, Void, timings
from station.line.procedures.brake import BrakeRun, Phase

T = timings().brake
BLOCK_S = 0.04
WHEELS = frozenset({"READY", "LEFT_WHEEL", "RIGHT_WHEEL"})
STANDING = WHEELS | {"LOAD_STABLE"}
TURNING = WHEELS | {"LEFT_MOTOR", "RIGHT_MOTOR", "AT_SPEED"}
FREE = (60, 60)


class Driver:
    """Feeds a run with blocks of four samples and keeps what it answered."""

    def __init__(self, brake="service", in_place=False, axle=1):
        self.run = BrakeRun(T, axle, brake, in_place)
        self.now_s, self.index, self.recording = 100.0, 0, False
        self.actions = []

    def feed(self, status=WHEELS, force=FREE, seconds=BLOCK_S, lost=0, busy=False, samples=4):
        """Let a state hold for some seconds; return what the run answered to it."""
        answered = []
        for _ in range(max(1, round(seconds / BLOCK_S))):
            self.now_s += BLOCK_S
            left, right = force(self.now_s) if callable(force) else force
            curves = {"force_left": [left] * samples, "force_right": [right] * samples}
            answered += self.run.step(Input(self.now_s, frozenset(status), {}, curves, self.index, lost, busy))
            self.index += samples if self.recording else 0
            self.recording = self.recording or Record() in answered
        self.actions += answered
        return answered

    def to_place(self):
        if self.run.phase is Phase.CLEAR:
            self.feed({"READY"})
        self.feed(STANDING, seconds=T.release_s + 1)
        return self

    def to_spin_up(self):
        self.to_place()
        assert self.run.phase is Phase.SPIN_UP
        return self

    def to_roll(self):
        self.to_spin_up().feed(TURNING)
        if self.run.phase is Phase.DRAG:
            self.feed(TURNING, busy=True)
            self.feed(TURNING)
        assert self.run.phase is Phase.ROLL
        return self

    def to_brake(self):
        self.to_roll().feed(TURNING, seconds=T.settle_s + BLOCK_S)
        assert self.run.phase is Phase.BRAKE
        return self

    def says(self):
        return [action.code for action in self.actions if isinstance(action, Say)]

    def commands(self):
        return [action.command for action in self.actions if isinstance(action, Do)]

    def marks(self):
        return {action.name: action.index for action in self.actions if isinstance(action, MarkAt)}

    def end(self):
        return next((a.end_state for a in self.actions if isinstance(a, Finish)), None) or next(
            (a.reason for a in self.actions if isinstance(a, Void)), None
        )


def ramp(begun_s, newtons_per_s=2000, peak=3000):
    return lambda now_s: (min(peak, 60 + int((now_s - begun_s) * newtons_per_s)),) * 2


# -- the way through


def test_a_service_brake_run_from_the_empty_rollers_to_the_end():
    driver = Driver().to_brake()
    driver.feed(TURNING, ramp(driver.now_s), seconds=1.5)
    driver.feed(TURNING, (3000, 3000), seconds=T.hold_s + 0.2)
    assert driver.end() == "normal"
    assert driver.says() == [
        *("drive_on", "stand_still", "rollers_start", "do_not_brake", "press_slowly", "release"),
    ]
    assert driver.commands() == ["LIFT_DOWN", "START", "DRAG_MEASURE"]
    assert driver.marks()["brake"] < driver.marks()["rise"] < driver.index
    kept = [channel for a in driver.actions if isinstance(a, Keep) for channel in a.channels]
    assert kept == ["load_left", "load_right", "drag_left", "drag_right"]
    assert driver.feed(TURNING) == []


def test_a_parking_brake_run_measures_no_drag_and_pulls_the_lever():
    driver = Driver("parking", axle=2).to_brake()
    assert "DRAG_MEASURE" not in driver.commands()
    assert driver.says()[-1] == "pull_lever_slowly"
    assert next(a for a in driver.actions if isinstance(a, Say)).values == {"axle": "2"}


def test_the_driver_is_told_to_release_before_the_run_is_put_away():
    driver = Driver().to_brake()
    answered = driver.feed(TURNING | {"LEFT_LOCKED"}, (3000, 3000))
    kinds = [type(action) for action in answered]
    assert kinds.index(Say) < kinds.index(Finish)


def test_recording_begins_before_the_rollers_are_started():
    answered = Driver().to_place().actions
    kinds = [type(a) for a in answered]
    assert kinds.index(Keep) < kinds.index(Record)
    assert answered.index(Record()) < answered.index(Do("START"))


# -- start by position


def test_an_axle_that_stands_there_already_has_to_leave_first():
    driver = Driver()
    driver.feed(STANDING, seconds=20)
    assert driver.says() == ["clear_rollers"]
    assert driver.commands() == []
    driver.feed({"READY"})
    driver.feed(STANDING, seconds=1)
    assert driver.commands()[0] == "LIFT_DOWN"


def test_one_wheel_left_on_the_rollers_is_not_clear():
    driver = Driver()
    driver.feed({"LEFT_WHEEL"}, seconds=5)
    assert driver.run.phase is Phase.CLEAR


def test_an_axle_that_this_line_put_there_stays_and_the_foot_has_time_to_come_off():
    driver = Driver(in_place=True)
    driver.feed(STANDING, seconds=T.release_s - 0.1)
    assert driver.commands() == []
    driver.feed(STANDING, seconds=0.2)
    assert driver.commands()[0] == "LIFT_DOWN"


def test_the_axle_is_weighed_once_the_lift_is_down():
    driver = Driver()
    driver.feed({"READY"})
    driver.feed(STANDING, seconds=T.debounce_s)
    driver.feed(STANDING | {"LIFT_UP"}, seconds=1.0)
    driver.feed(STANDING, seconds=1.0, busy=True)
    assert driver.run.phase is Phase.WEIGH
    driver.feed(STANDING)
    assert driver.commands() == ["LIFT_DOWN", "START"]


def test_wheels_that_come_and_go_start_nothing():
    driver = Driver()
    driver.feed({"READY"})
    for _ in range(20):
        driver.feed(WHEELS, seconds=T.debounce_s - 0.1)
        driver.feed({"LEFT_WHEEL"})
    assert driver.commands() == []
    assert driver.says() == ["drive_on"]


def test_a_load_that_does_not_come_to_rest_is_taken_after_a_while():
    driver = Driver()
    driver.feed({"READY"})
    driver.feed(WHEELS, seconds=T.debounce_s + T.stable_timeout_s - 0.2)
    assert "START" not in driver.commands()
    driver.feed(WHEELS, seconds=0.5)
    assert "START" in driver.commands()


# -- every end


@pytest.mark.parametrize(
    ("locked", "state"),
    [
        ({"LEFT_LOCKED"}, "left_locked"),
        ({"RIGHT_LOCKED"}, "right_locked"),
        ({"LEFT_LOCKED", "RIGHT_LOCKED"}, "both_locked"),
    ],
)
def test_a_wheel_that_locks_ends_the_run(locked, state):
    driver = Driver().to_brake()
    driver.feed(TURNING, ramp(driver.now_s), seconds=1.0)
    # the rig stops its motors by itself
    driver.feed(WHEELS | locked, (2400, 2400))
    assert driver.end() == state


def test_a_driver_who_lets_go_ends_the_run():
    driver = Driver().to_brake()
    driver.feed(TURNING, ramp(driver.now_s), seconds=1.0)
    assert driver.end() is None
    driver.feed(TURNING, (500, 500))
    assert driver.end() == "normal"


def test_a_rise_that_never_ends_is_ended():
    driver = Driver().to_brake()
    driver.feed(TURNING, ramp(driver.now_s, 1000, 30_000), seconds=T.brake_timeout_s + 1.0)
    assert driver.end() == "normal"


def test_no_foot_on_the_brake_is_a_timeout():
    driver = Driver().to_brake()
    driver.feed(TURNING, seconds=T.press_timeout_s - 0.2)
    assert driver.end() is None
    driver.feed(TURNING, seconds=0.5)
    assert driver.end() == "timeout"
    assert "rise" not in driver.marks()


def test_a_side_without_a_number_does_not_stop_the_run():
    driver = Driver().to_brake()
    driver.feed(TURNING, lambda now: (None, 3000), seconds=T.hold_s + 0.2)
    assert driver.end() == "normal"


def test_the_rise_is_where_the_force_first_leaves_the_drag():
    driver = Driver().to_brake()
    driver.feed(TURNING, seconds=1.0)
    at = driver.index
    driver.feed(TURNING, (60 + T.rise_n, 60 + T.rise_n))
    assert driver.marks()["rise"] == at


# -- every reason for which it is void

TURNING_PHASES = ["to_spin_up", "to_roll", "to_brake"]


@pytest.mark.parametrize("phase", TURNING_PHASES)
@pytest.mark.parametrize(
    ("status", "more", "reason"),
    [
        (TURNING, {"lost": 3}, "samples_lost"),
        (TURNING | {"OVERRUN"}, {}, "samples_lost"),
        (TURNING | {"EMERGENCY_STOP"}, {}, "emergency_stop"),
        (WHEELS | {"EMERGENCY_STOP"}, {}, "emergency_stop"),
        (TURNING | {"WATCHDOG_TRIPPED"}, {}, "watchdog"),
        (WHEELS | {"WATCHDOG_TRIPPED"}, {}, "watchdog"),
        (TURNING | {"FAULT"}, {}, "rig_fault"),
        (TURNING - {"LEFT_WHEEL"}, {}, "wheel_lost"),
        (TURNING - {"RIGHT_WHEEL"}, {}, "wheel_lost"),
    ],
)
def test_trouble_while_the_rollers_turn(phase, status, more, reason):
    driver = Driver()
    getattr(driver, phase)()
    driver.feed(status, **more)
    assert driver.end() == reason
    assert driver.run.phase is Phase.DONE
    assert driver.feed(TURNING) == []


@pytest.mark.parametrize("phase", ["to_roll", "to_brake"])
def test_rollers_that_stop_unexpectedly(phase):
    driver = Driver()
    getattr(driver, phase)()
    driver.feed(WHEELS)
    assert driver.end() == "motors_stopped"


@pytest.mark.parametrize("phase", ["to_roll", "to_brake"])
def test_a_rig_that_takes_no_samples_any_more(phase):
    driver = Driver()
    getattr(driver, phase)()
    driver.feed(TURNING, seconds=T.silence_s - 0.2, samples=0)
    assert driver.end() is None
    driver.feed(TURNING, seconds=0.4, samples=0)
    assert driver.end() == "samples_lost"


def test_rollers_that_do_not_come_to_speed():
    driver = Driver().to_spin_up()
    driver.feed(TURNING - {"AT_SPEED"}, seconds=T.speed_timeout_s + 0.2)
    assert driver.end() == "rollers_too_slow"


@pytest.mark.parametrize("phase", ["to_spin_up", "to_roll"])
def test_a_wheel_that_locks_before_the_driver_was_asked(phase):
    driver = Driver()
    getattr(driver, phase)()
    driver.feed(WHEELS | {"LEFT_LOCKED"}, (2500, 2500))
    assert driver.end() == "braked_early"


def test_a_foot_that_stays_on_the_brake():
    driver = Driver().to_roll()
    driver.feed(TURNING, lambda now_s: (int(now_s * 1000) % 900, 60), seconds=T.press_timeout_s + 0.5)
    assert driver.end() == "not_released"


def test_a_foot_that_comes_off_in_time_is_waited_for():
    driver = Driver().to_roll()
    driver.feed(TURNING, lambda now_s: (int(now_s * 1000) % 900, 60), seconds=3.0)
    driver.feed(TURNING, seconds=T.settle_s + BLOCK_S)
    assert driver.run.phase is Phase.BRAKE


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ({"LEFT_WHEEL"}, "wheel_lost"),
        (WHEELS | {"EMERGENCY_STOP"}, "emergency_stop"),
        (WHEELS | {"FAULT"}, "rig_fault"),
    ],
)
def test_trouble_while_the_axle_is_weighed(status, reason):
    driver = Driver()
    driver.feed({"READY"})
    driver.feed(WHEELS, seconds=T.debounce_s + 0.1)
    assert driver.run.phase is Phase.WEIGH
    driver.feed(status)
    assert driver.end() == reason
    assert "START" not in driver.commands()


@pytest.mark.parametrize("latched", ["OVERRUN", "WATCHDOG_TRIPPED", "LEFT_LOCKED"])
def test_what_an_earlier_run_left_in_the_rig_is_not_held_against_this_one(latched):
    """The rig takes its latches off with START: until that is done they still show."""
    driver = Driver()
    driver.feed({"READY"})
    driver.feed(STANDING | {latched}, seconds=T.debounce_s + 0.1)
    driver.feed(WHEELS | {latched}, busy=True, seconds=0.2)
    assert driver.end() is None
    driver.feed(TURNING)
    assert driver.run.phase is Phase.DRAG


def test_the_drag_is_kept_from_a_block_read_after_the_measurement():
    driver = Driver().to_spin_up()
    driver.feed(TURNING)
    answered = driver.feed(TURNING, busy=True, seconds=1.0)
    assert not any(isinstance(action, Keep) for action in answered)
    assert Keep(("drag_left", "drag_right")) in driver.feed(TURNING)


# -- whatever the rig says

FLAGS = [
    *("READY", "LEFT_WHEEL", "RIGHT_WHEEL", "LEFT_MOTOR", "RIGHT_MOTOR", "LEFT_LOCKED", "RIGHT_LOCKED", "LIFT_UP"),
    *("WATCHDOG_TRIPPED", "OVERRUN", "EMERGENCY_STOP", "LOAD_STABLE", "FAULT", "AT_SPEED"),
]
STATUS = st.one_of(
    st.sampled_from([{"READY"}, STANDING, TURNING, TURNING, WHEELS]).map(frozenset),
    st.frozensets(st.sampled_from(FLAGS)),
)
BLOCK = st.tuples(
    STATUS,
    st.floats(0.0, 3.0),
    st.integers(0, 4),
    st.tuples(st.none() | st.integers(-500, 30_000), st.none() | st.integers(-500, 30_000)),
    st.sampled_from([0, 0, 0, 0, 2]),
    st.booleans(),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(BLOCK, max_size=40), st.sampled_from(["service", "parking"]), st.booleans(), st.booleans())
def test_whatever_the_rig_says_the_run_ends_once_and_in_order(blocks, brake, in_place, warm_start):
    driver = Driver(brake, in_place)
    if warm_start:
        driver.to_brake()
    ended = False
    for status, seconds, samples, force, lost, busy in blocks:
        driver.now_s += seconds
        before = driver.index
        answered = driver.feed(status, force, lost=lost, busy=busy, samples=samples)
        assert not (ended and answered)
        for action in answered:
            if isinstance(action, MarkAt):
                assert before <= action.index < before + samples or action.name == "brake"
            # nothing is commanded once the run is over: the lane brings the rig into its safe state then
            assert not (ended and isinstance(action, Do | Record))
            ended = ended or isinstance(action, Finish | Void)
    order = [type(action) for action in driver.actions]
    assert order.count(Record) <= 1
    assert order.count(Finish) + order.count(Void) <= 1
    if Finish in order:
        assert order.index(Record) < order.index(Finish)
        assert all(mark <= driver.index for mark in driver.marks().values())
    if Do("START") in driver.actions:
        assert driver.actions.index(Record()) < driver.actions.index(Do("START"))
