"""Conditions of entries: which facts each kind of entry may test, and how; and which limits may stand together."""

import pytest

from station.rules import PackError, parse_pack
from tests.station.rules.small import HEAD, NAME, SLIP, SOURCE, entry, item, limit, override, point, quantity

G = entry("constant", 'id = "g"\nvalue = 9.8\nunit = "m/s2"')
SETTING = entry("setting", 'id = "way"\nvalue = "a"\nchoices = ["a", "b"]')
MOST_5 = 'comparison = "<="\nvalue = 5\n'


LOCKED, MEASURED = "locked_wheels = { min = 1 }", "slip = { min = 1 }"
ENTRIES = {
    "constant (g)": G.replace(SOURCE, "applies_if = { {0} }\n" + SOURCE),
    "class (c)": entry("class", 'id = "c"\napplies_if = { {0} }'),
    "axle_layout (l)": entry("axle_layout", 'id = "l"\nfront = [1]\napplies_if = { {0} }'),
    "item (X1)": item("X1", "", "applies_if = { {0} }"),
    "quantity (q)": quantity("side_slip", "m/km", "applies_if = { {0} }"),
    "limit (slip)": limit(MOST_5 + "applies_if = { {0} }"),
    "override (o)": override("{0}"),
    "point (p)": item("F1", "") + point("F1", "applies_if = { {0} }"),
    "period (y)": entry(
        "period", f'id = "y"\n{NAME}steps = [{{ every_months = 12 }}]\nbook_months_before = 2\napplies_if = {{ {{0}} }}'
    ),
}
ALLOWED = {
    LOCKED: {"override (o)"},
    MEASURED: {"quantity (q)", "limit (slip)", "override (o)"},
    "axle = { min = 1 }": {"constant (g)", "axle_layout (l)", "quantity (q)", "limit (slip)", "override (o)"},
    'axle_position = ["front"]': {"constant (g)", "quantity (q)", "limit (slip)", "override (o)"},
    'method = ["plate"]': {"constant (g)", "quantity (q)", "limit (slip)", "override (o)"},
    'vehicle_class = ["c"]': ENTRIES.keys() - {"class (c)"},
    "axles = { min = 2 }": ENTRIES.keys(),
}


@pytest.mark.parametrize("condition", ALLOWED)
@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_may_test_what_is_known_when_it_is_chosen(name: str, condition: str) -> None:
    known = "" if name == "class (c)" else ENTRIES["class (c)"].replace("{0}", "axles = { min = 1 }")
    files = {"small.toml": HEAD + SLIP + SOURCE, "zz.toml": known + ENTRIES[name].replace("{0}", condition)}
    content = {file: text.encode() for file, text in files.items()}
    if name in ALLOWED[condition]:
        assert parse_pack(content).ref.name == "small"
        return
    with pytest.raises(PackError) as refused:
        parse_pack(content)
    fact = condition.split()[0]
    assert (refused.value.entry, refused.value.expected) == (name, f"applies_if.{fact}: no such fact here")
    assert refused.value.say("zh").endswith(f"{name}：applies_if.{fact}：这里没有这个事实")


KINDS = [
    ('persons = ["9"]', "applies_if.persons：应为 min、max、above 或 below", "expected min, max, above or below"),
    ('slip = ["9"]', "applies_if.slip：应为 min、max、above 或 below", "expected min, max, above or below"),
    ("produced = { min = 1 }", "applies_if.produced：应为 since 或 before", "expected since or before"),
    ("fuel = { since = 2020-01-01 }", "applies_if.fuel：应为 any 或 none", "expected any or none"),
    ("fuel = { max = 1 }", "applies_if.fuel：应为 any 或 none", "expected any or none"),
    ("fuel = [true]", "applies_if.fuel：应为文字", "expected words"),
    (
        'electronic_parking_brake = { any = [true], none = ["x"] }',
        "applies_if.electronic_parking_brake：应为 true 或 false",
        "expected true or false",
    ),
    (
        'category = ["in_use", "sale"]',
        "applies_if.category：应为其中几个：registration, in_use",
        "expected some of registration, in_use",
    ),
    ('way = { none = ["c"] }', "applies_if.way：应为其中几个：a, b", "expected some of a, b"),
    (
        'method = ["hand"]',
        "applies_if.method：应为其中几个：, plate, loaded, decelerometer",
        "expected some of , plate, loaded, decelerometer",
    ),
    ('axle_position = ["left"]', "applies_if.axle_position：应为其中几个：front, rear", "expected some of front, rear"),
]


@pytest.mark.parametrize(("condition", "zh", "en"), KINDS)
def test_a_fact_is_tested_as_what_it_is(condition: str, zh: str, en: str) -> None:
    text = SETTING + ENTRIES["limit (slip)"].replace("{0}", condition)
    with pytest.raises(PackError) as refused:
        parse_pack({"small.toml": (HEAD + SLIP + SOURCE).encode(), "zz.toml": text.encode()})
    fact = condition.split()[0]
    assert (refused.value.entry, refused.value.expected) == ("limit (slip)", f"applies_if.{fact}: {en}")
    assert refused.value.say("zh").endswith(zh)


# -- which limits may stand beside each other

SINCE = SOURCE.replace("2020-01-01", "2022-01-01")
APART = [
    (limit(MOST_5, "one", SOURCE + "effective_to = 2021-12-31\n"), limit(MOST_5, "two", SINCE), True),
    (limit(MOST_5, "two", SINCE), limit(MOST_5, "one", SOURCE + "effective_to = 2021-12-31\n"), True),
    (limit(MOST_5, "one", SOURCE + "effective_to = 2022-01-01\n"), limit(MOST_5, "two", SINCE), False),
    (limit(MOST_5, "two", SINCE), limit(MOST_5, "one", SOURCE + "effective_to = 2022-01-01\n"), False),
    (limit(f'{MOST_5}severity = "minor"', "one"), limit(f'{MOST_5}severity = "major"', "two"), True),
    (limit(f"{MOST_5}applies_if = {{ persons = {{ max = 8 }} }}", "one"), limit(MOST_5, "two"), False),
]


@pytest.mark.parametrize(("one", "other", "fit"), APART)
def test_two_limits_of_a_quantity_never_apply_together(one: str, other: str, fit: bool) -> None:
    files = {"small.toml": (HEAD + SLIP + SOURCE + one + other).encode()}
    if fit:
        assert len(parse_pack(files).limits_of("slip")) == 2
        return
    with pytest.raises(PackError, match="both can apply"):
        parse_pack(files)
