"""The headlamp test as a state machine."""

from hypothesis import given, settings
from hypothesis import strategies as st

from station.line.procedures.base import Do, Fetch, Finish, Input, MarkAt, Record, Say, Void, timings
from station.line.procedures.headlamps import HeadlampRun, Phase

T = timings().headlamps
STEP_S = 0.25
TWO, FOUR = ("H1", "H4"), ("H1", "H2", "H3", "H4")


class Rail:
    """A tester that answers a start with what the test tells it: a list of status sets, one a reading."""

    def __init__(self, items=TWO, system="2"):
        self.run = HeadlampRun(T, items, system)
        self.now_s, self.actions, self.work = 10.0, [], []
        self.sides = {"left": good("LEFT"), "right": good("RIGHT")}

    def feed(self, *status, busy=False, seconds=STEP_S):
        answered = []
        for _ in range(max(1, round(seconds / STEP_S))):
            self.now_s += STEP_S
            answered += self.run.step(Input(self.now_s, frozenset(status), busy=busy))
        self.actions += answered
        return answered

    def drive(self):
        """Play tester and driver until the run is over."""
        steps = 0
        while self.run.phase is not Phase.DONE and (steps := steps + 1) < 4000:
            status = self.work.pop(0) if self.work else ()
            for action in self.feed(*status):
                if isinstance(action, Do) and action.command.startswith("start_"):
                    side = action.command.removeprefix("start_")
                    answer = self.sides[side]
                    self.work = list(answer.pop(0) if isinstance(answer[0], list) else answer)
        return self

    @property
    def did(self):
        return [a.command for a in self.actions if isinstance(a, Do)]

    @property
    def said(self):
        return [a.code for a in self.actions if isinstance(a, Say)]

    @property
    def dark(self):
        return [a.name for a in self.actions if isinstance(a, MarkAt)]

    @property
    def end(self):
        ends = [a for a in self.actions if isinstance(a, Finish | Void)]
        return ends[0] if ends else None


def good(side, four=False):
    beams = [("MOVING", "HIGH_DONE")] + [("MOVING", "AUX_DONE")] * four + [("MOVING", "LOW_DONE")]
    return [("MOVING",), *beams, (f"{side}_READY", f"{side}_DONE"), (f"{side}_READY",)]


def nothing():
    return [("MOVING",)] * 4 + [("NO_LAMP",)]


def test_two_lamps_left_then_right_and_results_at_the_end():
    tester = Rail().drive()
    assert tester.did == ["two_lamp", "start_left", "start_right"]
    assert tester.said == ["lamp_position", *["lamps_on_high", "lamps_on_low"] * 2, "lamp_wait"]
    assert [type(a) for a in tester.actions if not isinstance(a, Say | Do)] == [Record, Fetch, Finish]
    assert Fetch(TWO) in tester.actions


def test_four_lamps_ask_for_the_low_beam_after_the_auxiliary_one():
    tester = Rail(FOUR, "4")
    tester.sides = {"left": good("LEFT", True), "right": good("RIGHT", True)}
    tester.drive()
    assert tester.did[0] == "four_lamp"
    assert tester.said.count("lamps_on_low") == 2
    assert tester.end == Finish("normal")


def test_a_retest_of_one_side_measures_that_side_only():
    tester = Rail(("H4",)).drive()
    assert tester.did == ["two_lamp", "start_right"]
    assert Fetch(("H4",)) in tester.actions


def test_a_lamp_that_is_lit_late_is_found_in_the_second_try():
    tester = Rail()
    tester.sides["left"] = [nothing(), good("LEFT")]
    tester.drive()
    assert tester.did == ["two_lamp", "start_left", "start_left", "start_right"]
    assert (tester.dark, tester.end) == ([], Finish("normal"))


def test_a_dark_lamp_is_marked_and_the_other_side_still_measured():
    tester = Rail()
    tester.sides["left"] = nothing()
    tester.drive()
    assert tester.dark == ["no_lamp_H1"]
    assert tester.did.count("start_left") == T.tries
    assert tester.end == Finish("normal")


def test_of_four_lamps_only_the_dark_one_is_marked():
    tester = Rail(FOUR, "4")
    tester.sides = {"left": good("LEFT", True), "right": [("MOVING",), ("MOVING", "HIGH_DONE"), ("NO_LAMP",)]}
    tester.drive()
    assert tester.dark == ["no_lamp_H3"]


def test_a_low_beam_that_is_never_lit_leaves_the_high_beam_measured():
    tester = Rail()
    tester.sides["left"] = [("MOVING",), ("MOVING", "HIGH_DONE"), ("NO_LAMP",)]
    tester.drive()
    assert (tester.dark, tester.end) == ([], Finish("normal"))


def test_a_measuring_error_goes_home_waits_and_tries_again_then_gives_up():
    tester = Rail()
    tester.sides["left"] = [("MOVING",), ("MEASURE_ERROR",)]
    tester.drive()
    assert tester.did == ["two_lamp", "start_left", "home", "start_left"]
    assert tester.end == Void("lamp_error")


def test_what_the_tester_said_before_it_took_the_start_is_of_the_side_before():
    tester = Rail()
    tester.feed()
    tester.feed(seconds=T.position_s)
    assert tester.run.phase is Phase.START
    tester.feed("LEFT_READY", "NO_LAMP", busy=True)
    assert tester.run.phase is Phase.START
    tester.feed("MOVING")
    assert tester.run.phase is Phase.MEASURE


def test_a_fault_a_restart_and_a_tester_that_never_ends_are_void():
    for status, reason in ((("FAULT",), "rig_fault"), (("RESTARTED",), "rig_restarted"), (("MOVING",), "lamp_timeout")):
        tester = Rail()
        tester.feed()
        tester.feed(seconds=T.position_s)
        tester.feed("MOVING")
        tester.feed(*status, seconds=T.side_timeout_s + 1)
        assert tester.end == Void(reason)


def test_a_tester_that_never_comes_to_rest_is_void():
    tester = Rail()
    tester.feed("MOVING", seconds=T.position_s + T.side_timeout_s + 1)
    assert tester.end == Void("lamp_timeout")


SEEN = ("HIGH_DONE", "AUX_DONE", "LOW_DONE", "NO_LAMP", "MEASURE_ERROR")
STATUS = ("MOVING", "LEFT_READY", "RIGHT_READY", "HOME", *SEEN)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sets(st.sampled_from(STATUS)), st.booleans())), st.sampled_from((("2", TWO), ("4", FOUR))))
def test_whatever_the_tester_says_there_is_one_end(readings, vehicle):
    system, items = vehicle
    tester = Rail(items, system)
    tester.feed(seconds=T.position_s + 1)
    for status, busy in readings:
        tester.feed(*status, busy=busy)
    assert sum(isinstance(a, Finish | Void) for a in tester.actions) <= 1
    assert not (isinstance(tester.end, Void) and Fetch(items) in tester.actions)
