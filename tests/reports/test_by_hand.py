"""The figures of a day against a calculation by hand: pen and paper over the raw events, not the station's fold."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.kpi import kpis
from tests.reports.event_day import Day, inspections

START = datetime(2026, 1, 1, tzinfo=UTC)


def microseconds(row):
    return (datetime.fromisoformat(row["at"]) - START) // timedelta(microseconds=1)


def by_subject(rows):
    cars = {}
    for row in rows:
        cars.setdefault(row["subject"], []).append(row)
    return cars


def went_through(car):
    """A car counts unless it was given back before its end."""
    return not any(row["kind"] in ("arrival.cancelled", "inspection.cancelled") for row in car)


def rank(values, percent):
    """The smallest value that at least so many percent of the values do not exceed."""
    for value in sorted(values):
        if sum(other <= value for other in values) * 100 >= percent * len(values):
            return value
    return None


def stays_of(car):
    """From the key that comes to the key that goes; a car that returns brings it again, unless it is still there."""
    stays, came = [], None
    for row in car:
        if row["kind"] == "keys.taken" or (row["kind"] == "inspection.returned" and came is None):
            came = microseconds(row)
        elif row["kind"] == "keys.returned":
            stays.append(microseconds(row) - came)
            came = None
    return stays


def stages_of(car):
    """Yield (stage, work, wait) of each piece of work; a stage that was given back begins anew."""
    begun, free_since = {}, None
    for row in car:
        kind, stage = row["kind"], row["body"].get("stage")
        if kind == "keys.taken" or (kind == "inspection.returned" and free_since is None):
            free_since = microseconds(row)
            if kind == "keys.taken":
                begun["desk"] = (microseconds(row), 0)
        elif kind == "stage.started":
            begun[stage] = (microseconds(row), microseconds(row) - free_since)
        elif kind == "stage.released":
            del begun[stage]
        elif kind == "stage.finished":
            start, wait = begun.pop(stage)
            free_since = microseconds(row)
            yield stage, microseconds(row) - start, wait
        elif kind == "keys.returned":
            free_since = None


def counted(rows):
    cars = [car for car in by_subject(rows).values() if went_through(car)]
    signed = [[row["body"] for row in car if row["kind"] == "inspection.signed"] for car in cars]
    first = [bodies[0]["conclusion"] for bodies in signed if bodies]
    judged = [conclusion for conclusion in first if conclusion != "invalid"]
    stays = [stay for car in cars for stay in stays_of(car)]
    return {
        "arrived": len(cars),
        "reported": sum(row["kind"] == "report.issued" for car in cars for row in car),
        "first_tests": len(judged),
        "yield": judged.count("pass") / len(judged) if judged else None,
        "retests": sum(len(bodies) - 1 for bodies in signed if bodies),
        "stay": (rank(stays, 50), rank(stays, 90)),
        "stages": stage_figures([work for car in cars for work in stages_of(car)]),
    }


def stage_figures(done):
    figures = {}
    for stage in {stage for stage, _, _ in done}:
        works = [work for name, work, _ in done if name == stage]
        waits = [wait for name, _, wait in done if name == stage]
        figures[stage] = (len(works), *(rank(times, p) for times in (works, waits) for p in (50, 90)))
    return figures


def in_microseconds(*values):
    return tuple(value if value is None else round(value * 1_000_000) for value in values)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), cars=st.integers(0, 45))
def test_the_figures_of_a_day_are_those_of_a_calculation_by_hand(seed, cars):
    rows = Day(seed, cars).events
    hand, found = counted(rows), kpis(inspections(rows))
    assert (found.cars, found.reports) == (hand["arrived"], hand["reported"])
    assert (found.first_tests, found.first_pass_yield) == (hand["first_tests"], hand["yield"])
    assert found.retests == hand["retests"]
    assert in_microseconds(found.stay_p50_s, found.stay_p90_s) == hand["stay"]
    assert {k.stage: (k.count, *in_microseconds(*times_of(k))) for k in found.stages} == hand["stages"]


def times_of(kpi):
    return kpi.work_p50_s, kpi.work_p90_s, kpi.wait_p50_s, kpi.wait_p90_s


def test_the_generated_day_has_everything_that_a_day_has():
    rows = Day(7, 45).events
    kinds = {row["kind"] for row in rows}
    assert {"arrival.cancelled", "inspection.cancelled", "inspection.returned", "inspection.sent_back"} <= kinds
    assert "stage.released" in kinds
    hand = counted(rows)
    assert len(hand["stages"]) == 10
    assert hand["retests"] >= 5
    assert 0.5 < hand["yield"] < 1
