"""What the desk must ask and what is planned and due, in small packs: the facts that count are asked, and no others."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from station.rules import Pack, missing_facts, next_due, parse_pack
from station.rules.plan import points
from tests.station.rules.small import HEAD, ON, SLIP, SOURCE, car, entry, limit, small

# -- what is planned and asked


def with_head(old: str, new: str, *entries: str) -> Pack:
    """The small pack with one piece of its head replaced."""
    assert HEAD.count(old) == 1
    return parse_pack({"small.toml": (HEAD.replace(old, new) + SLIP + SOURCE + "".join(entries)).encode()})


def checklist(item: str = "", point: str = "") -> Pack:
    defects = 'defects = [{ code = "d", name = { zh = "破裂", en = "Cracked" } }]'
    return small(
        entry("item", f'code = "F1"\nname = {{ zh = "外观", en = "Exterior" }}\n{item}'),
        entry(
            "point",
            'id = "glass"\nitem = "F1"\ngroup = "exterior"\nname = { zh = "玻璃", en = "Glass" }\n'
            f"{defects}\n{point}",
        ),
    )


NEW = "applies_if = { category = ['registration'] }"
YOUNG = "applies_if = { age_years = { max = 6 } }"


@pytest.mark.parametrize(
    ("item", "point", "year", "needed"),
    [
        ("", "", 2000, True),
        (NEW, "", 2000, False),
        ("", NEW, 2000, False),
        ("", YOUNG, 2000, False),
        ("", YOUNG, 2022, True),
        (YOUNG, "", 2000, False),
    ],
)
def test_a_check_list_holds_what_the_vehicle_needs_on_the_day(item: str, point: str, year: int, needed: bool) -> None:
    found = points(checklist(item, point), car(first_registered=date(year, 1, 1)), "in_use", ON)
    assert found == ({"F1": ("glass",)} if needed else {})


PERSONS = "persons = { min = 9 }"
MOST_5 = 'comparison = "<="\nvalue = 5\n'
OLD = SOURCE + "effective_to = 2021-12-31\n"
NOW = SOURCE.replace("2020-01-01", "2022-01-01")


def test_an_item_of_another_category_asks_nothing() -> None:
    asks = limit(f"{MOST_5}applies_if = {{ {PERSONS} }}")
    for category, missing in (("in_use", ()), ("registration", ("persons",))):
        other = with_head("quantities =", f"applies_if = {{ category = ['{category}'] }}\nquantities =", asks)
        assert missing_facts(other, car(), "registration") == missing


@pytest.mark.parametrize(("axle", "missing"), [(1, ()), (2, ("persons",))])
def test_an_item_of_one_axle_asks_what_that_axle_needs(axle: int, missing: tuple[str, ...]) -> None:
    asks = limit(f"{MOST_5}applies_if = {{ axle = {{ min = 2 }}, {PERSONS} }}")
    assert missing_facts(with_head("quantities =", f"axle = {axle}\nquantities =", asks), car(), "in_use") == missing


def test_a_limit_that_has_ended_asks_nothing_where_another_one_holds() -> None:
    ended = limit(f"{MOST_5}applies_if = {{ {PERSONS} }}", "old", OLD)
    assert missing_facts(small(ended, limit(MOST_5, source=NOW)), car(), "in_use") == ()
    assert missing_facts(small(ended), car(), "in_use") == ("persons",)


POWER = """
[[item]]
code = "LD"
name = { zh = "加载减速", en = "Lug-down" }
quantities = ["power"]
{0}
[[quantity]]
id = "power"
name = { zh = "功率", en = "Power" }
formula = "power_of_rated"
scalar = "max_wheel_power"
unit = "%"
decimals = 1
{1}
{0}
"""


@pytest.mark.parametrize(
    ("applies", "facts", "missing"),
    [
        ("", {}, ("rated_power_kw",)),
        ("", {"rated_power_kw": Decimal(90)}, ()),
        (f"applies_if = {{ {PERSONS} }}", {}, ("persons",)),
        (f"applies_if = {{ {PERSONS} }}", {"persons": 9}, ("rated_power_kw",)),
        (f"applies_if = {{ {PERSONS} }}", {"persons": 8}, ()),
    ],
)
def test_what_a_formula_needs_is_asked_once_it_counts(
    applies: str, facts: dict[str, Any], missing: tuple[str, ...]
) -> None:
    pack = small(POWER.replace("{0}", SOURCE).replace("{1}", applies))
    assert set(missing_facts(pack, car(**facts), "in_use")) == set(missing)


def test_a_constant_by_another_name_asks_for_the_facts_that_choose_it() -> None:
    smoke = POWER.replace("power_of_rated", "least_consecutive_mean").replace('"%"', '"1/m"')
    window = 'window = { channels = ["k"], begin = "b_{n}", end = "e_{n}", last = 3 }\n'
    smoke = smoke.replace('scalar = "max_wheel_power"\n', window).replace(
        "{1}", 'constants = { most_windows = "most_accelerations" }'
    )
    constant = entry("constant", f'id = "most_accelerations"\nvalue = 6\nunit = "1"\napplies_if = {{ {PERSONS} }}')
    assert missing_facts(small(smoke.replace("{0}", SOURCE), constant), car(), "in_use") == ("persons",)


# -- when a vehicle is due

PERIOD = """
[[period]]
id = "{0}"
name = { zh = "小车", en = "Cars" }
steps = [{ every_months = 12, to_year = 2 }, { every_months = 12 }]
mark_only_years = [1]
book_months_before = 12
{1}
"""


def period(name: str, applies: str = "", source: str = SOURCE) -> str:
    return PERIOD.replace("{0}", name).replace("{1}", applies) + source


def test_on_the_day_on_which_it_is_due_nothing_is_overdue() -> None:
    pack, made = small(period("cars")), car(first_registered=date(2025, 11, 3))
    found = [next_due(pack, made, day, date(2024, 1, 1)) for day in (date(2026, 11, 30), date(2026, 12, 1))]
    assert [(due.due, due.was_due, due.on_line) for due in found] == [
        (date(2026, 11, 30), None, False),
        (date(2026, 12, 1), date(2026, 11, 30), True),
    ]


def test_a_calendar_may_go_by_the_age_on_the_day() -> None:
    young, old = "applies_if = { age_years = { max = 6 } }", "applies_if = { age_years = { above = 6 } }"
    pack = small(period("young", young), period("old", old))
    for year, name in ((2022, "young"), (2010, "old")):
        due = next_due(pack, car(first_registered=date(year, 5, 1)), ON)
        assert (due.period, due.due, due.missing) == (name, date(2027, 5, 31), ())


def test_a_class_that_has_ended_asks_nothing() -> None:
    ended = entry("class", f'id = "old"\napplies_if = {{ {PERSONS} }}', OLD)
    pack = small(ended, period("cars", "applies_if = { vehicle_class = { none = ['old'] } }"))
    due = next_due(pack, car(first_registered=date(2022, 5, 1)), ON)
    assert (due.period, due.due, due.missing) == ("cars", date(2027, 5, 31), ())
