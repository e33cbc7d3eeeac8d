"""Entries that can never decide: each way in which one cannot, beside the same one that can."""

from textwrap import dedent

import pytest

from station.rules import Pack, parse_pack
from station.rules.inside import applies_text, difference, entries, entries_of_item
from station.rules.reach import unreachable
from station.rules.toml_places import line_of

SOURCE = """clause = "x"
clause_certainty = "A"
source = "x"
certainty = "A"
"""


def entry(kind: str, text: str, since: str = "2018-01-01") -> str:
    return f"[[{kind}]]\n{dedent(text).strip()}\n{SOURCE}effective_from = {since}\n\n"


def rate(applies: str = "", until: str = "", since: str = "2018-01-01") -> str:
    """A second whole-vehicle rate, of trailers, with its limit; conditions and dates are those of the limit."""
    quantity = entry(
        "quantity",
        """
        id = "second_rate"
        name = { zh = "率", en = "Rate" }
        formula = "vehicle_braking_rate"
        unit = "%"
        decimals = 1
        applies_if = { vehicle_type = ["B*"] }
        """,
    )
    item = entry(
        "item",
        """
        code = "BX"
        name = { zh = "整车", en = "Whole" }
        quantities = ["second_rate"]
        applies_if = { axles = { min = 2 } }
        """,
        "2020-01-01",
    )
    limit = entry(
        "limit",
        f'id = "second"\nquantity = "second_rate"\ncomparison = ">="\nvalue = 1\nunit = "%"\n{applies}\n{until}',
        since,
    )
    return quantity + item + limit


def never(files: dict[str, bytes], more: str) -> dict[tuple[str, str], str]:
    pack = parse_pack({**files, "zz.toml": more.encode()})
    return {(found.kind, found.id): found.why.en for found in unreachable(pack) if found.file == "zz.toml"}


REACHED = [
    rate(),
    rate("applies_if = { vehicle_type = ['B1*'] }"),
    rate("applies_if = { axles = { max = 2 } }"),
    rate(until="effective_to = 2020-01-01"),
    rate("applies_if = { vehicle_class = ['trailer'], vehicle_type = ['B1*'] }"),
    rate("applies_if = { vehicle_class = { none = ['light'] }, vehicle_type = ['B1*'] }"),
    rate("applies_if = [ { vehicle_class = ['light'], vehicle_type = ['B1*'] }, { vehicle_class = ['trailer'] } ]"),
]


@pytest.mark.parametrize("more", REACHED)
def test_what_can_decide_is_not_named(files: dict[str, bytes], more: str) -> None:
    assert never(files, more) == {}


UNREACHED = [
    (rate("applies_if = { vehicle_type = ['K*'] }"), "contradict those of the quantity second_rate"),
    (rate("applies_if = { axles = { below = 2 } }"), "contradict those of the quantity second_rate"),
    (rate(until="effective_to = 2019-12-31"), "never in force together with the quantity second_rate"),
    (rate("applies_if = { vehicle_class = ['light'], vehicle_type = ['B1*'] }"), "those of the vehicle classes"),
]


@pytest.mark.parametrize(("more", "why"), UNREACHED)
def test_a_limit_that_can_never_count_is_named(files: dict[str, bytes], more: str, why: str) -> None:
    found = never(files, more)
    assert found.keys() == {("limit", "second")}
    assert why in found["limit", "second"]


def test_an_override_that_can_never_count_is_named(files: dict[str, bytes]) -> None:
    text = 'id = "o"\nquantity = "second_rate"\noutcome = "pass"\ntext = { zh = "好", en = "Good." }\n'
    for applies, count in (("['B1*']", 0), ("['K*']", 1)):
        more = rate() + entry("override", f"{text}applies_if = {{ vehicle_type = {applies} }}")
        assert len(never(files, more)) == count


def test_what_nothing_uses_is_named(files: dict[str, bytes]) -> None:
    constant = entry("constant", 'id = "spare"\nvalue = 1\nunit = "1"')
    assert "no formula uses the constant spare" in never(files, constant)["constant", "spare"]
    alone = rate().replace('quantities = ["second_rate"]', "quantities = []")
    found = never(files, alone)
    assert {key: "no item uses the quantity second_rate" in why for key, why in found.items()} == {
        ("quantity", "second_rate"): True,
        ("limit", "second"): True,
    }


def test_the_pack_itself_has_none(pack: Pack) -> None:
    assert list(unreachable(pack)) == []


# -- what a pack holds, for people


def test_every_entry_stands_once_under_its_kind_and_name(pack: Pack) -> None:
    assert set(entries(pack)) == {(value.kind, value.id) for value in pack.values()}


def test_of_an_item_that_there_is_not_nothing_is_shown(pack: Pack) -> None:
    assert entries_of_item(pack, "Q9") == set()
    assert ("limit", "rate-front") in entries_of_item(pack, "B1")


def test_a_condition_is_told_in_one_line(files: dict[str, bytes]) -> None:
    applies = """applies_if = [
      { vehicle_type = { any = ["B*", "G*"], none = ["B1*"] }, axles = { min = 2, below = 4 } },
      { electronic_parking_brake = { any = [true], missing = false }, first_registered = { since = 2012-01-01 } },
      { method = [""], persons = { above = 3, max = 5 }, produced = { before = 2012-01-02 } },
    ]"""
    pack = parse_pack({**files, "zz.toml": rate(applies).encode()})
    (limit,) = [entry for entry in pack.limits if entry.id == "second"]
    assert applies_text(limit.applies_if) == (
        "vehicle_type = B* | G* and vehicle_type != B1*, axles >= 2 and axles < 4"
        " or electronic_parking_brake = true (missing: false), first_registered >= 2012-01-01"
        ' or method = "", persons <= 5 and persons > 3, produced < 2012-01-02'
    )


def test_names_windows_and_constants_are_compared_as_text(files: dict[str, bytes]) -> None:
    before = parse_pack({**files, "zz.toml": rate().encode()})
    other = rate().replace('en = "Rate"', 'en = "Rates"').replace(
        "decimals = 1", 'decimals = 1\nconstants = { g = "gravity" }\ncompare = { mode = "floor" }'
    ) + entry("constant", 'id = "gravity"\nvalue = 9.81\nunit = "m/s2"')
    found = difference(before, parse_pack({**files, "zz.toml": other.encode()}))
    (change,) = found.changed
    fields = {field.name: (field.old, field.new) for field in change.fields}
    assert fields == {
        "name": ("率 / Rate", "率 / Rates"),
        "constants": (None, "g = gravity"),
        "compare": (None, "mode floor, ties even"),
    }
    assert [value.id for value in found.added] == ["gravity"]
    assert [value.id for value in difference(parse_pack({**files, "zz.toml": other.encode()}), before).removed] == [
        "gravity"
    ]


# -- lines


TEXT = b"""# a comment
[pack]
name = "x"

[[limit]]
id = "one"
value = 1

[[limit]] # the second
  code = 'two'
  "value" = 2
  applies_if = [
    { a = 1 },
  ]
[texts.zh]
key = "x"
stray = 1
"""


@pytest.mark.parametrize(
    ("name", "said", "line"),
    [
        ("pack.name", "", 3),
        ("pack.edition", "", 2),
        ("pack.title.zh", "", 2),
        ("pack.name.zh", "", 3),
        ("pack", "", 2),
        ("stray", "", 17),
        ("texts.en", "", None),
        ("texts.zh: key", "", 16),
        ("texts.en: key", "", None),
        ("limit 1 (one): value", "", 7),
        ("limit 2 (): value", "", 11),
        ("limit 2 (two): applies_if.0.a", "", 12),
        ("limit 2 (two)", "", 9),
        ("limit 3 (three)", "", None),
        ("limit (two)", "applies_if.fact: no such fact", 12),
        ("limit (one)", "value: wrong", 7),
        ("limit (one)", "unit: missing", 5),
        ("limit (one)", "expected other dates", 5),
        ("limit (three)", "", None),
        ("item (one)", "", None),
        ("", "", None),
    ],
)
def test_an_entry_has_a_line(name: str, said: str, line: int | None) -> None:
    assert line_of({"a.toml": TEXT}, "a.toml", name, said) == line
    assert line_of({"a.toml": TEXT}, "b.toml", name, said) is None
    assert line_of({"a.toml": TEXT.replace(b"\n", b"\r\n")}, "a.toml", name, said) == line
