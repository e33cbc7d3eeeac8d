"""A pack for people: what it claims as text, what belongs to an item, and what two packs say otherwise."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import station.rules
from station.model.text import LANGUAGES, Language
from station.rules import Pack, parse_pack
from station.rules.inside import Key, difference, entries_of_item
from station.rules.texts import SHARED, shared_words
from tests.station.rules.small import HEAD, SLIP, SOURCE, entry, limit, small

WORDS = Path(station.rules.__file__).parent / "words"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shared_sentences_are_those_of_all_files_of_their_language(language: Language) -> None:
    files = [json.loads(path.read_bytes()) for path in WORDS.glob(f"*.{language}.json")]
    assert len(files) > 1
    assert shared_words(language) == SHARED[language] == {key: said for file in files for key, said in file.items()}


# -- what belongs to an item

CHECKLIST = "\n".join(
    [
        entry("item", 'code = "F1"\nname = { zh = "外观", en = "Exterior" }'),
        entry(
            "point",
            'id = "glass"\nitem = "F1"\ngroup = "exterior"\nname = { zh = "玻璃", en = "Glass" }\n'
            'defects = [{ code = "cracked", name = { zh = "破裂", en = "Cracked" } }]',
        ),
    ]
)
SMOKE = """
[[item]]
code = "FA"
name = { zh = "烟度", en = "Smoke" }
quantities = ["smoke"]
{0}
[[quantity]]
id = "smoke"
name = { zh = "烟度", en = "Smoke" }
formula = "least_consecutive_mean"
unit = "1/m"
decimals = 2
window = { channels = ["k"], begin = "begin_{n}", end = "end_{n}", last = 3 }
constants = { most_windows = "most_accelerations" }
{0}
[[constant]]
id = "accelerations"
name = "most_accelerations"
value = 6
unit = "1"
{0}
[[override]]
id = "too-few"
quantity = "smoke"
outcome = "invalid"
text = { zh = "不计", en = "Does not count" }
applies_if = { method = ["plate"] }
{0}
""".replace("{0}", SOURCE)
WHOLE = small(limit('comparison = "<="\nvalue = 5'), CHECKLIST, SMOKE)
OF_ITEM: dict[str, set[Key]] = {
    "A1": {("item", "A1"), ("comparison", "comparison"), ("quantity", "slip"), ("limit", "slip")},
    "F1": {("item", "F1"), ("comparison", "comparison"), ("point", "glass")},
    "FA": {
        ("item", "FA"),
        ("comparison", "comparison"),
        ("quantity", "smoke"),
        ("constant", "accelerations"),
        ("override", "too-few"),
    },
    "B1": set(),
}


@pytest.mark.parametrize("code", OF_ITEM)
def test_what_a_verdict_can_rest_on_belongs_to_the_item(code: str) -> None:
    assert entries_of_item(WHOLE, code) == OF_ITEM[code]


def test_a_constant_is_found_by_the_name_that_the_formula_has_for_it(pack: Pack) -> None:
    assert {name for kind, name in entries_of_item(pack, "B1") if kind == "constant"} == {"g"}


# -- what two packs say otherwise

CONDITION = "applies_if = { persons = { min = 9 }, vehicle_type = ['K*', 'H*'] }\n"
RAISED = 'raised_by = { fact = "altitude_m", above = 1, per = 2, add = 3, most = 4 }'
CHANGES = [
    (
        limit('comparison = "<="\nvalue = 5\n'),
        limit(f'comparison = "<="\nvalue = 6\n{CONDITION}'),
        [("value", "5", "6"), ("applies_if", None, "persons >= 9, vehicle_type = K* | H*")],
    ),
    (
        limit('comparison = "<="\nvalue = 5\n'),
        limit(
            'comparison = "<="\nvalue = 5\nraised_by = { fact = "altitude_m", above = 1, per = 2, add = 3, most = 4 }'
        ),
        [("raised_by", None, "fact altitude_m, above 1, per 2, add 3, most 4")],
    ),
    (
        entry("setting", 'id = "limit_set"\nvalue = "a"\nchoices = ["a", "b"]'),
        entry("setting", 'id = "limit_set"\nvalue = "a"\nchoices = ["a", "b", "c"]'),
        [("choices", "a, b", "a, b, c")],
    ),
    (
        SMOKE,
        SMOKE.replace('constants = { most_windows = "most_accelerations" }', "").replace(
            '"most_accelerations"', '"most_windows"'
        ),
        [("constants", "most_windows = most_accelerations", None)],
    ),
]


@pytest.mark.parametrize(("old", "new", "fields"), CHANGES)
def test_each_key_that_differs_is_told_with_both_texts(
    old: str, new: str, fields: list[tuple[str, str | None, str | None]]
) -> None:
    found = difference(small(old), small(new))
    assert (found.added, found.removed) == ((), ())
    assert [(field.name, field.old, field.new) for field in found.changed[-1].fields] == fields
    assert difference(small(old), small(old)).changed == ()


def test_several_constants_are_told_with_commas(pack: Pack, edited: Callable[..., dict[str, bytes]]) -> None:
    of_the_last = 'channels = ["no", "no2"], begin = "point_80", end = "point_80_end" }\n'
    renamed = 'constants = { settling_s = "lug_down_settling", mean_s = "lug_down_averaging" }'
    other = edited("lug-down.toml", of_the_last + renamed, of_the_last + renamed.replace("averaging", "settling"))
    (change,) = difference(pack, parse_pack(other)).changed
    assert [(field.name, field.old, field.new) for field in change.fields] == [
        (
            "constants",
            "settling_s = lug_down_settling, mean_s = lug_down_averaging",
            "settling_s = lug_down_settling, mean_s = lug_down_settling",
        )
    ]


def test_a_name_is_told_in_both_languages() -> None:
    quantity = SLIP.replace("Side slip", "Slip")
    named = difference(small(), parse_pack({"small.toml": (HEAD + quantity + SOURCE).encode()}))
    (change,) = named.changed
    assert (change.kind, change.id) == ("quantity", "slip")
    assert [(f.name, f.old, f.new) for f in change.fields] == [("name", "侧滑量 / Side slip", "侧滑量 / Slip")]


def test_what_only_one_pack_has_is_added_or_removed() -> None:
    more = small(limit('comparison = "<="\nvalue = 5'))
    found = difference(small(), more)
    assert ([(v.kind, v.id) for v in found.added], found.removed, found.changed) == ([("limit", "slip")], (), ())
    assert (found.old, found.new) == (small().ref, more.ref)
    assert [(v.kind, v.id) for v in difference(more, small()).removed] == [("limit", "slip")]


# -- what a pack claims, as text

PERIOD = """
[[period]]
id = "cars"
name = { zh = "小车", en = "Cars" }
steps = [{ every_months = 24, to_year = 6 }, { every_months = 12 }]
mark_only_years = [2, 4]
book_months_before = 2
"""
AXLES = 'id = "four"\nfront = [1, 2]\n'
CLAIMS = [
    (entry("class", 'id = "car"\napplies_if = { persons = { max = 9 } }'), "class", "car", ""),
    (entry("axle_layout", f"{AXLES}applies_if = {{ axles = {{ min = 4 }} }}"), "axle_layout", "four", "1,2"),
    (CHECKLIST, "point", "glass", "F1"),
    (PERIOD + SOURCE, "period", "cars", "every 24 months to year 6, then every 12 months; mark only in years 2, 4"),
    (limit('comparison = "<="\nvalue_of = "axles"\nplus = 2'), "limit", "slip", "<= axles + 2 m/km"),
    (
        limit(
            'comparison = ">"\nvalue = 1\nraised_by = { fact = "altitude_m", above = 1, per = 1, add = 1, most = 1 }'
        ),
        "limit",
        "slip",
        "> 1 m/km, raised by altitude_m",
    ),
    (limit('comparison = "within"\nlow = 1\nhigh = 2'), "limit", "slip", "within 1 to 2 m/km"),
    (SMOKE, "constant", "accelerations", "6 1"),
    (SMOKE, "override", "too-few", "invalid"),
    (SMOKE, "quantity", "smoke", "least_consecutive_mean"),
]


@pytest.mark.parametrize(("text", "kind", "name", "said"), CLAIMS)
def test_a_claim_is_one_line_of_text(text: str, kind: str, name: str, said: str) -> None:
    assert [value.value for value in small(text).values() if (value.kind, value.id) == (kind, name)] == [said]


COMPARISONS = [
    ('mode = "rounded"', "rounded"),
    ('mode = "floor", digits = 2', "floor to 2 digits"),
    ('mode = "rounded", digits = 1, first_rounded = 3', "rounded to 1 digits, first rounded to 3"),
]


@pytest.mark.parametrize(("compare", "said"), COMPARISONS)
def test_how_a_quantity_is_compared_is_told_with_its_formula(compare: str, said: str) -> None:
    pack = small(quantity=f"compare = {{ {compare} }}\n")
    assert [v.value for v in pack.values() if v.kind == "quantity"] == [f"scalar_value, {said}"]


def test_several_quantities_of_an_item_stand_with_commas_and_a_point_with_its_number(pack: Pack) -> None:
    values = {(value.kind, value.id): value.value for value in pack.values()}
    assert values["item", "L2"] == "loaded_rate,loaded_imbalance,loaded_imbalance_of_load"
    assert values["point", "vin"] == "UC 03"
