"""The figures of a morning, against numbers worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.kpi import kpis, percentile, spans, visits
from station.model.verdict import Outcome
from tests.reports import sample_day as day


def minutes(seconds):
    return seconds / 60


def test_percentile_is_a_value_that_occurred():
    assert percentile([], 50) is None
    assert percentile([7.0], 90) == 7.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 50) == 2.0
    assert percentile(range(1, 11), 90) == 9
    assert percentile(range(1, 12), 90) == 10
    assert percentile([1.0, 2.0], 0) == 1.0


def test_a_vehicle_that_comes_back_has_two_visits():
    stays = [
        (v.begin.minute + 60 * v.begin.hour - 480, minutes((v.end - v.begin).total_seconds()))
        for v in visits(day.SECOND)
    ]
    assert stays == [(10, 40.0), (80, 30.0)]  # the time at home counts for nobody
    assert visits(day.THIRD)[0].end is None


def test_a_vehicle_that_returns_without_having_left_has_one_visit():
    kept = day.SECOND.model_copy(
        update={"stages": tuple(s for s in day.SECOND.stages if (s.stage, s.attempt) != ("handback", 1))}
    )
    (stay,) = visits(kept)
    assert minutes((stay.end - stay.begin).total_seconds()) == 100.0


def test_waits_run_from_the_end_of_the_previous_stage():
    assert [(s.stage, minutes(s.wait_s), minutes(s.work_s)) for s in spans(day.FIRST)] == [
        ("desk", 0.0, 3.0),
        ("appearance", 2.0, 4.0),
        ("brake", 1.0, 6.0),  # from the end of appearance, although it has waited since the desk
        ("review", 4.0, 2.0),
        ("handback", 8.0, 0.0),
    ]
    again = [s for s in spans(day.SECOND) if s.attempt == 2]
    assert [minutes(s.wait_s) for s in again] == [5.0, 5.0, 10.0]


def test_the_figures_of_the_day():
    found = kpis(day.DAY)
    assert (found.cars, found.first_tests, found.invalid_first_tests) == (3, 2, 1)
    assert found.wip_max == 3  # 08:20 to 08:30, all three keys
    assert (minutes(found.stay_p50_s), minutes(found.stay_p90_s)) == (30.0, 40.0)  # 30, 30, 40
    assert found.first_pass_yield == 0.5
    assert found.per_hour == pytest.approx(2 / (40 / 60))  # two first tests from 08:00 to the signature at 08:40
    # work in ended stays: 3+4+6+2 of car 1, 2+10+4 and 8+2 of car 2; stays 30 + 40 + 30
    assert found.value_added == pytest.approx(41 / 100)


def test_the_stages_of_the_day():
    brake = next(s for s in kpis(day.DAY).stages if s.stage == "brake")
    assert brake.count == 3
    assert [minutes(v) for v in (brake.work_p50_s, brake.work_p90_s)] == [8.0, 10.0]  # 6, 8, 10
    assert [minutes(v) for v in (brake.wait_p50_s, brake.wait_p90_s)] == [4.0, 5.0]  # 1, 4, 5
    assert [s.stage for s in kpis(day.DAY).stages] == ["desk", "appearance", "brake", "review", "handback"]


def test_keys_out_and_in_at_the_same_moment_are_not_held_twice():
    follower = day.car(5, 30, 40, (), (), ())
    assert kpis((day.FIRST, follower)).wip_max == 1


def test_an_empty_day_has_no_figures_and_no_error():
    found = kpis(())
    assert (found.cars, found.wip_max, found.stages) == (0, 0, ())
    assert found.per_hour is found.first_pass_yield is found.value_added is found.stay_p50_s is None


def bent(step_min, at_min):
    """Car 2, whose computer's clock was moved by so many minutes at a moment of its first visit."""
    moved = {minute: minute + (step_min if minute > at_min else 0) for minute in range(200)}
    way = ((10, 10, 12), (12, 16, 26), (26, 36, 40), (40, 50, 50))
    names = ("desk", "brake", "review", "handback")
    stages = (day.stage(name, 1, *(moved[minute] for minute in times)) for name, times in zip(names, way, strict=True))
    attempts = (day.signed(1, "pass", moved[40]),)
    return day.car(2, 10, moved[50], attempts, (day.item(1, Outcome.PASS),), tuple(stages))


def test_a_clock_that_is_set_back_in_a_stage_makes_it_unknown_and_not_negative():
    found = kpis((day.FIRST, bent(-60, 20)))  # twenty past eight is twenty past seven, in the brake test
    brake = next(s for s in found.stages if s.stage == "brake")
    assert brake.count == 2
    assert (minutes(brake.work_p50_s), minutes(brake.work_p90_s)) == (6.0, 6.0)  # of car 1 alone
    assert (minutes(found.stay_p50_s), minutes(found.stay_p90_s)) == (30.0, 30.0)
    assert found.value_added == pytest.approx(15 / 30)
    # the work on the brakes, the waits for review and handback, the stay
    assert found.unknown_times == 4


def test_a_clock_that_is_set_back_by_little_makes_the_wait_unknown():
    (brake, review) = [s for s in spans(bent(-4, 30)) if s.stage in ("brake", "review")]
    assert (brake.work_s, review.wait_s, minutes(review.work_s)) == (600.0, 360.0, 4.0)
    (review,) = [s for s in spans(bent(-14, 30)) if s.stage == "review"]  # begins before the brakes have ended
    assert (review.waited_from, review.wait_s, minutes(review.work_s)) == (None, None, 4.0)


def test_a_stage_of_which_no_time_is_known_has_none():
    found = kpis((bent(-60, 20),))
    brake = next(s for s in found.stages if s.stage == "brake")
    assert (brake.count, brake.work_p50_s, brake.wait_p50_s) == (1, None, 240.0)
    assert (found.stay_p50_s, found.value_added, found.wip_max) == (None, None, 0)


@given(st.integers(-10, 100), st.integers(10, 50))
def test_no_duration_is_negative_whenever_the_clock_moves(step_min, at_min):
    car = bent(step_min, at_min)
    known = [s for span in spans(car) for s in (span.wait_s, span.work_s)] + [stay.stay_s for stay in visits(car)]
    assert [seconds for seconds in known if seconds is not None and seconds < 0] == []
    assert kpis((car,)).unknown_times == known.count(None)
    assert step_min < 0 or None not in known
