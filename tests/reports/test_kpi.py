"""The figures of a morning, against numbers worked out by hand."""

import pytest

from reports.kpi import kpis, percentile, spans, visits
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
