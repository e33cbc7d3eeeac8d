"""When the next inspection is due: calendars, editions by their days, who is eligible, months, what is missing."""

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import station.rules
from station.model.vehicle import Vehicle
from station.rules import Due, Pack, PackError, next_due, parse_pack

Edited = Callable[..., dict[str, bytes]]
TODAY = date(2026, 11, 22)
FILES = (Path(station.rules.__file__).parent / "packs" / "cn-gb38900-2020").glob("*.toml")
PACK = parse_pack({path.name: path.read_bytes() for path in FILES})
FROM_2022, BEFORE_2022 = date(2022, 10, 1), date(2022, 9, 30)
SCHOOL_BUSES = [{"vehicle_type": "K11", "use_character": use} for use in "OPQS"]
CAR: dict[str, Any] = {"accident_with_casualties": False, "produced": date(2010, 1, 1)}


def vehicle(**facts: Any) -> Vehicle:
    known = {"plate_type": "02", "vehicle_type": "K33", "use_character": "A", "fuel": "A", "persons": 5}
    return Vehicle.model_validate({**known, "first_registered": date(2010, 5, 20), **CAR, **facts})


def series(pack: Pack, car: Vehicle, begin: date, count: int) -> list[Due]:
    """Return the next due days one after another, each done in time."""
    found: list[Due] = []
    for _ in range(count):
        found.append(next_due(pack, car, begin))
        begin = (found[-1].due or begin) + timedelta(days=1)
    return found


def told(found: list[Due]) -> str:
    """Return years and kinds: ``12-05+`` on-line in May 2012, ``12-05-`` mark only, ``?`` not told."""
    return " ".join(f"{due.due:%y-%m}{ {True: '+', False: '-', None: '?'}[due.on_line] }" for due in found)


# -- the calendars of the classes, each from the day its rules are in force; registered in May 2021

NEW_CAR = "23-05- 25-05- 27-05+ 29-05- 31-05+ 32-05+ 33-05+"
EVERY_TIME = "23-05+ 25-05+ 27-05+ 29-05+ 31-05+ 32-05+ 33-05+"
YEARLY_TO_10 = "22-05+ 23-05+ 24-05+ 25-05+ 26-05+ 27-05+ 28-05+ 29-05+ 30-05+ 31-05+ 31-11+ 32-05+"
YEARLY_TO_5 = "22-05+ 23-05+ 24-05+ 25-05+ 26-05+ 26-11+ 27-05+ 27-11+"
MINIBUS = (
    "23-05+ 25-05+ 27-05+ 28-05+ 29-05+ 30-05+ 31-05+ 32-05+ 33-05+ 34-05+ 35-05+ 36-05+ 36-11+ 37-05+ 37-11+ 38-05+"
)


@pytest.mark.parametrize(
    ("facts", "period", "calendar_"),
    [
        ({}, "small-car-2022", NEW_CAR),
        ({"vehicle_type": "K31", "persons": 9}, "small-car-2022", NEW_CAR),
        ({"vehicle_type": "K43"}, "small-car-2022", NEW_CAR),
        ({"use_character": "L"}, "small-car-2022", EVERY_TIME),
        ({"use_character": "M"}, "small-car-2022", EVERY_TIME),
        ({"use_character": "U"}, "small-car-2022", EVERY_TIME),
        ({"accident_with_casualties": True}, "small-car-2022", EVERY_TIME),
        ({"vehicle_type": "K39"}, "minibus", MINIBUS),
        ({"vehicle_type": "K49", "use_character": "L"}, "minibus", MINIBUS),
        *[({"use_character": use}, "commercial-passenger", YEARLY_TO_5) for use in "BCDEGT"],
        ({"vehicle_type": "K11", "use_character": "C"}, "commercial-passenger", YEARLY_TO_5),
        ({"vehicle_type": "K11"}, "large-passenger", YEARLY_TO_10),
        ({"vehicle_type": "K21", "use_character": "L"}, "large-passenger", YEARLY_TO_10),
        ({"vehicle_type": "H31", "use_character": "F"}, "goods", YEARLY_TO_10),
        ({"vehicle_type": "Q11", "use_character": "R"}, "goods", YEARLY_TO_10),
        ({"vehicle_type": "B11", "use_character": "F", "fuel": "Y"}, "goods", YEARLY_TO_10),
        ({"vehicle_type": "G11", "use_character": "A", "fuel": "Y"}, "goods", YEARLY_TO_10),
        *[(facts, "school-bus", "21-11+ 22-05+ 22-11+ 23-05+") for facts in SCHOOL_BUSES],
        ({"vehicle_type": "K38", "use_character": "Q"}, "school-bus", "21-11+ 22-05+ 22-11+ 23-05+"),
        ({"vehicle_type": "K28", "use_character": "A"}, "school-bus", "21-11+ 22-05+ 22-11+ 23-05+"),
        ({"vehicle_type": "M21"}, "motorcycle-2022", NEW_CAR),
        ({"vehicle_type": "M11", "accident_with_casualties": True}, "motorcycle-2022", EVERY_TIME),
        ({"vehicle_type": "Z51", "use_character": "A"}, "other", "22-05+ 23-05+ 24-05+"),
        ({"vehicle_type": "N11", "use_character": "A"}, "other", "22-05+ 23-05+ 24-05+"),
        ({"vehicle_type": "J11", "use_character": "A"}, "other", "22-05+ 23-05+ 24-05+"),
    ],
)
def test_the_calendar_of_a_class(facts: dict[str, Any], period: str, calendar_: str, pack: Pack) -> None:
    car = vehicle(first_registered=date(2021, 5, 20), **{"produced": date(2021, 1, 1), **facts})
    found = series(pack, car, date(2021, 6, 1), len(calendar_.split()))
    assert told(found) == calendar_
    assert (found[-1].period, found[-1].pack, found[-1].missing) == (period, pack.ref, ())


@pytest.mark.parametrize("use", "HIJKN")
def test_a_small_car_in_service_or_training_has_no_calendar_here(use: str, pack: Pack) -> None:
    found = next_due(pack, vehicle(use_character=use), TODAY)
    assert (found.due, found.on_line, found.missing, found.confirmed) == (None, None, (), False)
    assert "没有适用于该车" in found.sentence.zh


@pytest.mark.parametrize(("persons", "period"), [(9, "small-car-2022"), (10, None)])
def test_a_small_car_has_at_most_nine_persons(persons: int, period: str | None, pack: Pack) -> None:
    assert next_due(pack, vehicle(persons=persons), TODAY).period == period


# -- editions: the rules of the due day count; the day before an edition and the day itself


@pytest.mark.parametrize(
    ("facts", "registered", "on", "expected"),
    [
        # Year 8 was on-line up to September 2022 and is mark-only from October on.
        ({}, date(2014, 9, 20), date(2022, 9, 1), "22-09+"),
        ({}, date(2014, 10, 20), date(2022, 9, 1), "22-10-"),
        ({}, date(2014, 10, 20), FROM_2022, "22-10-"),
        # Half-yearly inspections beyond 15 years ended with September 2022.
        ({}, date(2006, 3, 20), date(2022, 4, 1), "22-09+"),
        ({}, date(2006, 3, 20), FROM_2022, "23-03+"),
        ({}, date(2006, 4, 20), date(2022, 5, 1), "23-04+"),
        # Motorcycles were inspected every two years up to the fourth, then yearly.
        ({"vehicle_type": "M21"}, date(2020, 9, 20), date(2021, 1, 1), "22-09+"),
        ({"vehicle_type": "M21"}, date(2020, 10, 20), date(2021, 1, 1), "22-10-"),
        ({"vehicle_type": "M21"}, date(2017, 9, 20), date(2022, 1, 1), "22-09+"),
        ({"vehicle_type": "M21"}, date(2017, 10, 20), date(2022, 1, 1), "23-10+"),
        # Nothing is stated of the days before 20 November 2020.
        ({}, date(2016, 11, 1), date(2020, 11, 20), "20-11-"),
    ],
)
def test_the_rules_of_the_due_day_count(
    facts: dict[str, Any], registered: date, on: date, expected: str, pack: Pack
) -> None:
    car = vehicle(first_registered=registered, **{"produced": registered, **facts})
    assert told([next_due(pack, car, on)]) == expected


def test_the_editions_name_themselves_on_their_days(pack: Pack) -> None:
    small = {period.id: period for period in pack.periods}
    assert small["small-car-2020"].effective_to == small["motorcycle-2020"].effective_to == BEFORE_2022
    assert small["small-car-2022"].effective_from == small["motorcycle-2022"].effective_from == FROM_2022
    before = next_due(pack, vehicle(first_registered=date(2012, 9, 1)), BEFORE_2022)
    since = next_due(pack, vehicle(first_registered=date(2012, 10, 1)), FROM_2022)
    assert (before.period, before.due) == ("small-car-2020", BEFORE_2022)
    assert (since.period, since.due) == ("small-car-2022", date(2022, 10, 31))


def test_before_the_first_edition_nothing_is_claimed(pack: Pack) -> None:
    assert next_due(pack, vehicle(), date(2020, 11, 19)).due is None
    assert next_due(pack, vehicle(persons=None), date(2020, 11, 19)).missing == ()
    assert next_due(pack, vehicle(), date(2020, 11, 20)).due == date(2021, 5, 31)


def test_where_no_later_edition_is_in_force_nothing_is_claimed(edited: Edited) -> None:
    old = 'name = { zh = "其他机动车", en = "Other motor vehicle" }\n'
    ended = parse_pack(edited("periods.toml", old, old + "effective_to = 2027-05-30\n"))
    other = vehicle(vehicle_type="Z51")
    assert next_due(ended, other, TODAY).due is None
    assert next_due(ended, other, date(2026, 5, 31)).due == date(2026, 5, 31)


def test_the_next_edition_begins_the_day_after_the_last(edited: Edited) -> None:
    old = 'name = { zh = "其他机动车", en = "Other motor vehicle" }\n'
    files = edited("periods.toml", old, old + "effective_to = 2027-05-30\n")
    entry = files["periods.toml"].decode().rpartition("[[period]]")[2].replace("effective_to = 2027-05-30\n", "")
    later = entry.replace('id = "other"', 'id = "later"').replace("2020-11-20", "2027-05-31")
    two = parse_pack({**files, "later.toml": f"[[period]]{later}".encode()})
    # The files of a pack stand in order of name: the later edition comes first, and counts from its day on only.
    found = next_due(two, vehicle(vehicle_type="Z51"), TODAY)
    assert (found.due, found.period) == (date(2027, 5, 31), "later")
    assert next_due(two, vehicle(vehicle_type="Z51"), date(2026, 5, 31)).period == "other"


def test_conditions_see_the_day_and_a_periodic_inspection(edited: Edited) -> None:
    old = 'applies_if = { vehicle_type = { none = ["K*", "H*", "Q*", "B*", "G*", "M*"] } }'
    tests = 'category = ["in_use"], inspected = { since = 2021-05-01 } }'
    pack = parse_pack(edited("periods.toml", old, f"applies_if = {{ {tests}"))
    for on, last, due in (
        (TODAY, None, date(2027, 5, 31)),
        (TODAY, date(2026, 2, 1), TODAY),
        (date(2021, 5, 1), None, date(2021, 5, 31)),
        (date(2021, 4, 30), None, None),
    ):
        assert next_due(pack, vehicle(vehicle_type="Z51"), on, last).due == due


def test_where_only_marks_are_left_no_inspection_is_claimed(edited: Edited) -> None:
    source = '"years: policy module dated 2022-10-01'
    text = edited("periods.toml", source, source)["periods.toml"].decode()
    head, found, tail = text.partition('certainty = "C"\neffective_from = 2022-10-01\n')
    ended = {
        **edited("periods.toml", source, source),
        "periods.toml": f"{head}{found}effective_to = 2027-12-31\n{tail}".encode(),
    }
    car = vehicle(first_registered=date(2023, 3, 10), produced=date(2023, 1, 1))
    due = next_due(parse_pack(ended), car, TODAY)
    assert (due.due, due.on_line, due.on_line_due, due.emissions_due) == (date(2027, 3, 31), False, None, None)
    assert "下次上线检验" not in due.sentence.zh


# -- who is eligible for mark-only years


@pytest.mark.parametrize(
    ("produced", "registered", "on_line"),
    [
        (date(2018, 5, 20), date(2022, 5, 20), False),
        (date(2018, 5, 20), date(2022, 5, 21), True),
        (date(2018, 5, 19), date(2022, 5, 20), True),
        (date(2020, 2, 29), date(2024, 2, 29), False),
        (date(2020, 2, 28), date(2024, 2, 29), True),
        (date(2022, 5, 21), date(2022, 5, 20), False),
        (None, date(2022, 5, 20), None),
    ],
)
def test_a_car_that_stood_for_more_than_four_years_is_inspected(
    produced: date | None, registered: date, on_line: bool | None, pack: Pack
) -> None:
    found = next_due(pack, vehicle(produced=produced, first_registered=registered), registered)
    assert (found.on_line, found.emissions) == (on_line, on_line)
    assert found.missing == (("produced",) if on_line is None else ())


def test_how_long_it_stood_counts_only_where_the_pack_says_so(edited: Edited) -> None:
    old = "mark_only_if = { accident_with_casualties = [false] }\nregistered_within_years = 4\n"
    without = parse_pack(edited("periods.toml", old, old.partition("\n")[0] + "\n"))
    found = next_due(without, vehicle(vehicle_type="M21", first_registered=TODAY, produced=None), TODAY)
    assert (found.due, found.on_line) == (date(2028, 11, 30), False)


@pytest.mark.parametrize(
    ("facts", "missing", "said"),
    [
        (
            {"accident_with_casualties": None, "produced": date(2025, 1, 1)},
            ("accident_with_casualties",),
            "缺少是否发生过伤亡事故，无法确定是否免上线",
        ),
        ({"accident_with_casualties": None, "produced": None}, ("produced", "accident_with_casualties"), "、出厂日期"),
    ],
)
def test_without_the_facts_the_day_is_told_and_the_kind_is_not(
    facts: dict[str, Any], missing: tuple[str, ...], said: str, pack: Pack
) -> None:
    found = next_due(pack, vehicle(first_registered=date(2025, 3, 10), **facts), TODAY)
    assert (found.due, found.window_from) == (date(2027, 3, 31), date(2027, 1, 1))
    assert (found.on_line, found.emissions, found.on_line_due, found.emissions_due) == (None, None, None, None)
    assert found.missing == missing
    assert said in found.sentence.zh
    assert "cannot be told" in found.sentence.en
    # In an on-line year nothing is asked for.
    later = next_due(pack, vehicle(first_registered=date(2021, 3, 10), **facts), TODAY)
    assert (later.on_line, later.missing) == (True, ())


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"first_registered": None}, ("first_registered",)),
        ({"persons": None}, ("persons",)),
        ({"persons": None, "first_registered": None}, ("persons",)),
    ],
)
def test_without_the_facts_there_is_no_day(facts: dict[str, Any], missing: tuple[str, ...], pack: Pack) -> None:
    found = next_due(pack, vehicle(**facts), TODAY)
    assert (found.due, found.missing, found.period) == (None, missing, None)
    assert found.sentence.zh.startswith("缺少")
    assert "无法推算下次检验日期" in found.sentence.zh
    assert "cannot be told" in found.sentence.en


# -- emissions


@pytest.mark.parametrize(
    ("fuel", "tested"),
    [*((fuel, True) for fuel in "ABDEFLMOZ"), ("AC", True), ("CO", True), ("C", False), ("P", False), ("N", False)],
)
def test_the_exhaust_is_tested_with_an_on_line_inspection_of_what_burns_fuel(
    fuel: str, tested: bool, pack: Pack
) -> None:
    on_line = next_due(pack, vehicle(fuel=fuel, first_registered=date(2021, 3, 10), produced=date(2021, 1, 1)), TODAY)
    assert (on_line.due, on_line.on_line, on_line.emissions) == (date(2027, 3, 31), True, tested)
    assert on_line.emissions_due == (on_line.due if tested else None)
    assert ("同时进行排放检验" in on_line.sentence.zh) == tested
    mark_only = next_due(pack, vehicle(fuel=fuel, first_registered=date(2023, 3, 10), produced=date(2023, 1, 1)), TODAY)
    assert (mark_only.due, mark_only.on_line, mark_only.emissions) == (date(2027, 3, 31), False, False)
    assert mark_only.on_line_due == date(2029, 3, 31)
    assert mark_only.emissions_due == (date(2029, 3, 31) if tested else None)


def test_a_trailer_has_no_exhaust(pack: Pack) -> None:
    trailer = next_due(pack, vehicle(vehicle_type="B11", use_character="F", fuel="Z"), TODAY)
    assert (trailer.on_line, trailer.emissions, trailer.emissions_due) == (True, False, None)


def test_an_exhaust_that_hangs_on_a_missing_fact_is_not_told(edited: Edited) -> None:
    old = 'effective_from = 2020-11-20\n\n[[period]]\nid = "commercial-passenger"'
    text = edited("periods.toml", old, old)["periods.toml"].decode()
    head, _, tail = text.rpartition("emissions_if = {")
    unknown = head + "emissions_if = { total_mass_kg = { max = 3500 }, " + tail.lstrip()
    hanging = parse_pack({**edited("periods.toml", old, old), "periods.toml": unknown.encode()})
    found = next_due(hanging, vehicle(vehicle_type="Z51"), TODAY)
    assert (found.on_line, found.emissions, found.emissions_due) == (True, None, None)
    assert found.missing == ("total_mass_kg",)
    assert "缺少总质量，无法确定是否进行尾气检测" in found.sentence.zh


# -- what was done last, and what is overdue


@pytest.mark.parametrize(
    ("last", "due", "was_due"),
    [
        # Due in December 2026; it can be done from October on.
        (None, date(2026, 12, 31), None),
        (date(2026, 9, 30), date(2026, 12, 31), None),
        (date(2026, 10, 1), date(2027, 12, 31), None),
        (date(2026, 11, 22), date(2027, 12, 31), None),
        # The one of December 2025 was done late, in time, or not at all.
        (date(2026, 2, 10), date(2026, 12, 31), None),
        (date(2025, 10, 1), date(2026, 12, 31), None),
        (date(2025, 9, 30), TODAY, date(2025, 12, 31)),
        (date(2023, 12, 31), TODAY, date(2024, 12, 31)),
        # Of the days before the first edition nothing is claimed.
        (date(2011, 1, 1), TODAY, date(2020, 12, 31)),
    ],
)
def test_what_was_not_done_in_its_window_is_overdue_and_due_now(
    last: date | None, due: date, was_due: date | None, pack: Pack
) -> None:
    found = next_due(pack, vehicle(first_registered=date(2010, 12, 24), produced=date(2010, 1, 1)), TODAY, last)
    assert (found.due, found.was_due, found.on_line, found.emissions) == (due, was_due, True, True)
    assert found.on_line_due == found.emissions_due == due
    assert ("已逾期" in found.sentence.zh) == ("overdue" in found.sentence.en) == (was_due is not None)


@pytest.mark.parametrize(
    ("registered", "on_line", "on_line_due"),
    [
        # Year 8 (mark only) was missed in 2025: the mark is due now, the inspection in 2027.
        (date(2017, 3, 5), False, date(2027, 3, 31)),
        # Year 8 in 2024 and year 10 in 2026: the inspection is due as well.
        (date(2016, 3, 5), True, TODAY),
        # The window of year 10, due in January 2027, is open.
        (date(2017, 1, 5), True, TODAY),
    ],
)
def test_one_visit_settles_all_that_is_overdue_or_open(
    registered: date, on_line: bool, on_line_due: date, pack: Pack
) -> None:
    car = vehicle(first_registered=registered, produced=registered)
    found = next_due(pack, car, TODAY, date(2023, 3, 1))
    assert (found.due, found.on_line, found.on_line_due) == (TODAY, on_line, on_line_due)


@pytest.mark.parametrize(("on", "on_line"), [(date(2026, 10, 31), False), (date(2026, 11, 1), True)])
def test_what_is_overdue_draws_an_inspection_from_the_first_day_of_its_window(
    on: date, on_line: bool, pack: Pack
) -> None:
    car = vehicle(first_registered=date(2017, 1, 5), produced=date(2017, 1, 1))
    found = next_due(pack, car, on, date(2023, 1, 31))
    assert (found.due, found.was_due, found.on_line) == (on, date(2025, 1, 31), on_line)


def test_an_overdue_mark_of_which_a_fact_is_missing(pack: Pack) -> None:
    found = next_due(pack, vehicle(first_registered=date(2017, 3, 5), produced=None), TODAY, date(2023, 3, 1))
    assert (found.due, found.was_due, found.on_line) == (TODAY, date(2025, 3, 31), None)
    assert "应立即办理；缺少出厂日期" in found.sentence.zh


# -- months


@pytest.mark.parametrize(
    ("registered", "due", "window_from"),
    [
        (date(2020, 2, 29), date(2026, 2, 28), date(2025, 12, 1)),
        (date(2018, 2, 28), date(2028, 2, 29), date(2027, 12, 1)),
        (date(2020, 1, 31), date(2026, 1, 31), date(2025, 11, 1)),
        (date(2020, 4, 1), date(2026, 4, 30), date(2026, 2, 1)),
        (date(2019, 12, 31), date(2025, 12, 31), date(2025, 10, 1)),
    ],
)
def test_due_is_the_end_of_the_anniversary_month(registered: date, due: date, window_from: date, pack: Pack) -> None:
    car = vehicle(first_registered=registered, produced=registered)
    for on in (window_from, due):
        found = next_due(pack, car, on)
        assert (found.due, found.window_from, found.on_line) == (due, window_from, True)
        assert found.was_due is None  # the last day is in time
    assert next_due(pack, car, due + timedelta(days=1)).due != due


def test_the_calendar_ends_with_the_years_that_dates_have(pack: Pack) -> None:
    assert next_due(pack, vehicle(), date(9999, 12, 31)).due is None
    assert next_due(pack, vehicle(first_registered=date(9999, 12, 31)), TODAY).due is None


# A car of May 2010 through two editions, written out by hand: (due, on-line).
BY_HAND = [(f"{year}-05-31", True) for year in (2021, 2022, 2023, 2024, 2025, 2026, 2027, 2028)]
# And one of May 2005: half-yearly beyond 15 years up to September 2022.
OLD_BY_HAND = [("2020-11-30", True), ("2021-05-31", True), ("2021-11-30", True), ("2022-05-31", True)]
OLD_BY_HAND += [(f"{year}-05-31", True) for year in (2023, 2024, 2025, 2026, 2027, 2028)]
# And one of May 2016: mark only in year 4 and, by the rules of 2022, in year 8.
YOUNG_BY_HAND = [("2022-05-31", True), ("2024-05-31", False), ("2026-05-31", True), ("2027-05-31", True)]


@pytest.mark.parametrize(
    ("year", "by_hand"), [(2010, BY_HAND), (2005, OLD_BY_HAND), (2016, YOUNG_BY_HAND)], ids=["2010", "2005", "2016"]
)
def test_every_month_of_years_gives_the_next_of_the_days_that_were_written_out(
    year: int, by_hand: list[tuple[str, bool]], pack: Pack
) -> None:
    car = vehicle(first_registered=date(year, 5, 20), produced=date(year, 1, 1))
    first, end = date(2020, 11, 20), date.fromisoformat(by_hand[-1][0])
    months = [date(y, m, 1) for y in range(2020, end.year + 1) for m in range(1, 13)]
    edges = [day for month in months for day in (month - timedelta(days=1), month)]
    for on in [first, *(day for day in edges if first <= day <= end)]:
        found = next_due(pack, car, on)
        assert (str(found.due), found.on_line) == next(pair for pair in by_hand if pair[0] >= str(on)), on


DAYS = st.dates(date(2020, 11, 20), date(2060, 12, 31))
VEHICLES = st.builds(
    vehicle,
    vehicle_type=st.sampled_from(["K33", "K43", "K39", "K11", "K21", "H11", "B11", "M21", "Z51", "N11"]),
    use_character=st.sampled_from("ABDFLMOU"),
    fuel=st.sampled_from(["A", "B", "C", "AC", "P"]),
    first_registered=st.dates(date(1990, 1, 1), date(2060, 12, 31)),
    produced=st.none() | st.dates(date(1990, 1, 1), date(2060, 12, 31)),
    accident_with_casualties=st.sampled_from([None, True, False]),
)


@given(VEHICLES, DAYS, st.none() | DAYS)
def test_nothing_is_due_in_the_past_and_every_window_holds_its_last_day(
    car: Vehicle, on: date, last: date | None
) -> None:
    found = next_due(PACK, car, on, last)
    if found.due is None or found.window_from is None:
        assert (found.on_line, found.emissions, found.on_line_due, found.emissions_due) == (None,) * 4
        return
    assert on <= found.due
    assert found.window_from.day == 1
    assert found.window_from <= (found.was_due or found.due)
    end = found.was_due or found.due
    assert end.day == calendar.monthrange(end.year, end.month)[1]
    assert (end.year * 12 + end.month) - (found.window_from.year * 12 + found.window_from.month) == 2
    assert found.was_due is None or (found.due == on and found.was_due < on)
    assert (found.on_line is None) <= bool(found.missing)
    assert found.emissions in (
        (False,) if found.on_line is False else (None, False) if not found.on_line else (True, False)
    )


@given(VEHICLES, DAYS)
def test_what_was_done_is_not_due_again_and_the_next_one_comes_later(car: Vehicle, on: date) -> None:
    first = next_due(PACK, car, on)
    if first.due and first.window_from:
        for done in (max(first.window_from, date(2020, 11, 20)), first.due):
            following = next_due(PACK, car, done, done)
            assert following.due
            assert following.due > first.due
            assert following.was_due is None
        # A day before its window is too early for it.
        assert next_due(PACK, car, on, first.window_from - timedelta(days=1)).due == max(first.due, on)


@given(VEHICLES, st.lists(DAYS, min_size=2, max_size=6))
def test_the_later_one_asks_the_later_it_is_due(car: Vehicle, days: list[date]) -> None:
    found = [due for on in sorted(days) if (due := next_due(PACK, car, on).due)]
    assert all(one <= other for one, other in pairwise(found))


@given(VEHICLES, DAYS)
def test_a_mark_is_never_the_easier_answer_for_a_missing_fact(car: Vehicle, on: date) -> None:
    known = next_due(PACK, car, on)
    for facts in ({"produced": None}, {"accident_with_casualties": None}):
        less = next_due(PACK, car.model_copy(update=facts), on)
        assert less.due == known.due
        assert less.on_line in (known.on_line, None)


# -- the pack


def test_the_pack_says_how_certain_its_calendars_are(pack: Pack) -> None:
    assert {period.id: period.certainty for period in pack.periods if period.certainty != "D"} == {
        "small-car-2022": "C"
    }
    values = {value.id: value.value for value in pack.values() if value.kind == "period"}
    assert values["small-car-2022"] == ("every 24 months to year 10, then every 12 months; mark only in years 2, 4, 8")
    assert values["goods"] == "every 12 months to year 10, then every 6 months"
    found, entry = next_due(pack, vehicle(), TODAY), next(p for p in pack.periods if p.id == "small-car-2022")
    assert (found.certainty, found.confirmed) == ("C", False)
    assert (found.name, found.clause, found.source) == (entry.name, entry.clause, entry.source)
    assert found.sentence.zh.endswith("该检验周期有待核实。")
    assert found.sentence.en.endswith("This interval awaits confirmation.")


@pytest.mark.parametrize(
    ("facts", "last", "zh", "en"),
    [
        (
            {"first_registered": date(2023, 3, 10)},
            None,
            "非营运小微型载客汽车：本次免上线检验，应在 2027-03-31 前（含当日）申领检验标志，2027-01-01 起可办理。"
            "下次上线检验应在 2029-03-31 前。因非法改装受过处罚的车辆不能免上线检验。该检验周期有待核实。",
            "Non-commercial small car: no inspection this time; the mark is to be applied for by 2027-03-31 (that day "
            "included), from 2027-01-01 on. The next on-line inspection is due by 2029-03-31. A vehicle that was "
            "punished for illegal modification must be inspected on-line. This interval awaits confirmation.",
        ),
        (
            {"first_registered": date(2021, 3, 10)},
            None,
            "非营运小微型载客汽车：应在 2027-03-31 前（含当日）上线检验，2027-01-01 起可办理。同时进行排放检验。"
            "该检验周期有待核实。",
            "Non-commercial small car: to be inspected on-line by 2027-03-31 (that day included), from 2027-01-01 on. "
            "The exhaust is tested with it. This interval awaits confirmation.",
        ),
        (
            {"first_registered": date(2020, 3, 10), "fuel": "C"},
            date(2025, 3, 1),
            "原应在 2026-03-31 前办理，已逾期。非营运小微型载客汽车：应立即上线检验。不进行尾气检测。"
            "该检验周期有待核实。",
            "This was due by 2026-03-31 and is overdue. Non-commercial small car: to be inspected on-line at once. "
            "The exhaust is not tested. This interval awaits confirmation.",
        ),
    ],
)
def test_the_sentences_whole(facts: dict[str, Any], last: date | None, zh: str, en: str, pack: Pack) -> None:
    found = next_due(pack, vehicle(produced=date(2020, 1, 1), **facts), TODAY, last)
    assert (found.sentence.zh, found.sentence.en) == (zh, en)


def test_a_confirmed_calendar_says_nothing_of_confirmation(edited: Edited) -> None:
    source = '"years: policy module dated 2022-10-01'
    text = edited("periods.toml", source, source)["periods.toml"].decode()
    head, found, tail = text.partition('certainty = "C"\neffective_from = 2022-10-01')
    confirmed = (head + found.replace('"C"', '"A"') + tail).encode()
    pack = parse_pack({**edited("periods.toml", source, source), "periods.toml": confirmed})
    for registered in (date(2021, 3, 10), date(2023, 3, 10)):
        due = next_due(pack, vehicle(first_registered=registered, produced=registered), TODAY)
        assert due.confirmed
        assert "待核实" not in due.sentence.zh
    assert due.sentence.zh.endswith("因非法改装受过处罚的车辆不能免上线检验。")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("steps = [{ every_months = 6 }]", "steps = []", "at least 1"),
        (
            "steps = [{ every_months = 6 }]",
            "steps = [{ every_months = 6, to_year = 3 }]",
            "to_year in each but the last",
        ),
        (
            "steps = [{ every_months = 6 }]",
            "steps = [{ every_months = 6 }, { every_months = 12 }]",
            "to_year in each but the last",
        ),
        ("to_year = 5 }", "to_year = 5 }, { every_months = 12, to_year = 5 }", "later from step to step"),
        (
            "steps = [{ every_months = 12, to_year = 5 }",
            "steps = [{ every_months = 24, to_year = 5 }",
            "multiple of 24",
        ),
        ("steps = [{ every_months = 6 }]", "steps = [{ every_months = 0 }]", "greater than or equal to 1"),
        ("steps = [{ every_months = 6 }]", "steps = [{ every_months = 6 }]\nmark_only_years = [2]", "due in year 2"),
        ("mark_only_years = [2, 4]", "mark_only_years = [2, 5]", "due in year 5"),
        ('use_character = ["O", "P", "Q", "S"]', "axle = { min = 2 }", "applies_if.axle: no such fact here"),
        ('{ max = 9 } }\nclause = "2020 年', '["9"] }\nclause = "2020 年', "applies_if.persons"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(old: str, new: str, said: str, edited: Edited) -> None:
    with pytest.raises(PackError) as refused:
        parse_pack(edited("periods.toml", old, new))
    assert "periods.toml" in str(refused.value)
    assert said in str(refused.value)


def test_a_calendar_in_the_pack_decides(edited: Edited) -> None:
    car = vehicle(first_registered=date(2023, 3, 10), produced=date(2023, 1, 1))
    changed = parse_pack(
        edited(
            "periods.toml",
            "mark_only_years = [2, 4, 8]\nmark_only_if = { use",
            "mark_only_years = [2, 8]\nmark_only_if = { use",
        )
    )
    assert next_due(changed, car, TODAY).on_line
