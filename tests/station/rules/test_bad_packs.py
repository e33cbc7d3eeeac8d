"""Packs that must be refused, and what the refusal says."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from station.rules import PackError, parse_pack

Edited = Callable[..., dict[str, bytes]]
LATIN = re.compile(r"expected|should|valid|must")


def in_chinese(error: PackError) -> bool:
    """Return whether the error is said in Chinese, without a word of the English sentence."""
    said = error.say("zh").rpartition("：")[2].partition("（")[0]
    return bool(re.search("[\u4e00-\u9fff]", error.say("zh"))) and not LATIN.search(said)


SETTING = 'id = "limit_set"\nvalue = "a"\nchoices = ["a", "b"]'
FRONT = '{ vehicle_class = ["light", "bus", "other"], axle_position = ["front"] }'
FIRST = '"plausible_rate", "axle_rate", "dynamic_rate", "wheel_rate", "imbalance"'
UNLIMITED = FIRST.replace('"axle_rate"', '"unlimited_rate", "axle_rate"')
B1, B2 = (f"axle = {axle}\nquantities = [{first}" for axle, first in ((1, UNLIMITED), (2, FIRST)))

BAD: list[tuple[str, str, str, str, str]] = [
    # file, what is replaced, by what, the entry that is named, what is expected
    ("pack.toml", "[pack]", "[pack", "", "expected TOML"),
    ("pack.toml", '[pack]\nname = "cn-gb38900"', '[pack]\nname = "CN"', "pack.name", "match pattern"),
    ("pack.toml", "[comparison]", "[comparisons]", "comparisons", "unknown key"),
    (
        "pack.toml",
        'mode = "unrounded"',
        'mode = "guess"',
        "comparison.mode",
        "'rounded', 'floor' or 'ceil'",
    ),
    (
        "pack.toml",
        SETTING,
        'id = "limit_set"\nvalue = "c"\nchoices = ["a", "b"]',
        "setting 1 (limit_set)",
        "'c' is not one",
    ),
    ("pack.toml", 'id = "limit_set"', 'id = "persons"', "setting (persons)", "a name that is no fact"),
    ("pack.toml", "value = 9.8\n", "value = nan\n", "constant 1 (g): value", "finite number"),
    ("pack.toml", "value = 9.8\n", "value = 0\n", "constant 1 (g): value", "greater than 0"),
    ("pack.toml", "value = 9.8\n", 'value = "9.8"\n', "constant 1 (g): value", "expected a number, found '9.8'"),
    ("pack.toml", "value = 9.8\n", "value = true\n", "constant 1 (g): value", "expected a number, found True"),
    ("pack.toml", 'unit = "m/s2"\n', "", "constant 1 (g): unit", "missing; it must be given"),
    ("pack.toml", 'id = "g"', 'id = "gravity"', "quantity (loaded_rate)", "needs the constant g"),
    ("pack.toml", 'id = "bus"', 'id = "light"', "class (light)", "a name of its own, pack.toml has it too"),
    (
        "pack.toml",
        '{ vehicle_class = ["trailer"] }',
        '{ vehicle_class = ["boat"] }',
        "axle_layout (trailer)",
        "some of trailer",
    ),
    (
        "pack.toml",
        '{ vehicle_class = ["trailer"] }',
        '{ axle_position = ["front"] }',
        "axle_layout (trailer)",
        "no such fact here",
    ),
    (
        "pack.toml",
        "{ axles = { max = 2 } }",
        '{ axles = ["2"] }',
        "axle_layout (two-axle)",
        "expected min, max, above or below",
    ),
    ("pack.toml", '["B*", "G*"]', "{ min = 2 }", "class (trailer)", "expected any or none"),
    ("pack.toml", '["B*", "G*"]', "[true]", "class (trailer)", "expected words"),
    ("pack.toml", '["B*", "G*"]', "{ }", "class 1 (trailer): applies_if.0.vehicle_type", "expected one of any / none"),
    (
        "pack.toml",
        '["B*", "G*"]',
        '{ any = ["B*"], min = 1 }',
        "class 1 (trailer): applies_if.0.vehicle_type",
        "expected one of any / none",
    ),
    (
        "items.toml",
        "electronic_parking_brake = [false]",
        'electronic_parking_brake = ["no"]',
        "item (B0)",
        "true or false",
    ),
    ("items.toml", 'code = "F1"\n', "", "item 2 ()", "missing; it must be given"),
    ("items.toml", B2, B1, "item (B2)", "B1 has axle 1 already"),
    ("items.toml", B2, B2.removeprefix("axle = 2\n"), "item (B2)", "needs the number of an axle"),
    ("items.toml", '"vehicle_rate"', '"rate"', "item (BV)", "no such quantity rate"),
    (
        "items.toml",
        B1,
        B1.replace('"axle_rate", ', "").replace('"imbalance"', '"imbalance", "axle_rate"'),
        "item (B1)",
        "needs axle_rate before",
    ),
    (
        "items.toml",
        'petrol_method = ["double_idle"]',
        'vehicle_rate = { min = 2 }, petrol_method = ["double_idle"]',
        "item (PF)",
        "vehicle_rate: no such fact here",
    ),
    (
        "brakes.toml",
        'formula = "vehicle_braking_rate"',
        'formula = "guess"',
        "quantity (vehicle_rate)",
        "expected one of axle",
    ),
    (
        "brakes.toml",
        'name = { zh = "整车制动率"',
        'name = { zh = "{x}"',
        "quantity (vehicle_rate): name.zh",
        "no such word x",
    ),
    (
        "brakes.toml",
        'name = { zh = "整车制动率"',
        'name = { zh = "{"',
        "quantity (vehicle_rate): name.zh",
        "words in braces",
    ),
    ("brakes.toml", 'id = "vehicle_rate"', 'id = "persons"', "quantity (persons)", "neither a fact nor a setting"),
    ("brakes.toml", FRONT, '{ category = ["sale"] }', "limit (rate-front)", "some of registration, in_use"),
    ("brakes.toml", FRONT, "{ locked_wheels = { min = 1 } }", "limit (rate-front)", "locked_wheels: no such fact here"),
    (
        "brakes.toml",
        FRONT,
        '{ axle_position = ["rear"] }',
        "limit (rate-front)",
        "than plate-rate-rear-bus: both can apply",
    ),
    (
        "brakes.toml",
        FRONT,
        '{ axle_position = "front" }',
        "limit 1 (rate-front): applies_if.0.axle_position",
        "valid dictionary",
    ),
    (
        "brakes.toml",
        'id = "locked-axle-rate"\nquantity = "axle_rate"',
        'id = "locked-axle-rate"\nquantity = "r"',
        "override (locked-axle-rate)",
        "no such quantity r",
    ),
    (
        "double-idle.toml",
        '["co", "co2"], begin = "idle_average"',
        '["hc"], begin = "idle_average"',
        "quantity (idle_dilution)",
        "channels in % vol of co (% vol)",
    ),
    (
        "double-idle.toml",
        'window = { channels = ["lambda"]',
        "window = { channels = []",
        "quantity (high_idle_lambda)",
        "1 to 9",
    ),
    (
        "double-idle.toml",
        'window = { channels = ["oil_temperature"]',
        'window = { channels = ["oil_temperature", "co"]',
        "quantity (oil_temperature)",
        "expected 1 to 1 channels",
    ),
    ("double-idle.toml", "low = 0.95", "low = 1.06", "limit 18 (high-idle-lambda)", "low 1.06 is above high 1.05"),
    ("double-idle.toml", "low = 0.95", "value = 0.95", "limit 18 (high-idle-lambda)", "low and high with within"),
    (
        "double-idle.toml",
        "low = 0.95",
        "low = 0.95\nvalue = 1",
        "limit 18 (high-idle-lambda)",
        "low and high with within",
    ),
]


BAD_TEXTS: list[tuple[dict[str, dict[str, str]], str, str]] = [
    ({"zh": {"met_le": "{name}"}, "en": {}}, "texts.en: met_le", "this text is required"),
    ({"zh": {"side_up": "上"}, "en": {"side_up": "up"}}, "texts.zh: side_up", "no such text"),
    (
        {"zh": {"met_le": "{name}"}, "en": {"met_le": "at most {most}"}},
        "texts.en: met_le",
        "no such word most; this text may use",
    ),
    ({"zh": {"side_left": "{side}"}, "en": {"side_left": "left"}}, "texts.zh: side_left", "may use: none"),
    (
        {"zh": {"side_left": "{"}, "en": {"side_left": "left"}},
        "texts.zh: side_left",
        "expected a text with words in braces",
    ),
]


@pytest.mark.parametrize(("texts", "entry", "expected"), BAD_TEXTS)
def test_a_bad_text_of_a_pack_is_refused(
    texts: dict[str, dict[str, str]], entry: str, expected: str, files: dict[str, bytes]
) -> None:
    with pytest.raises(PackError) as refused:
        parse_pack({**files, "texts.toml": _toml(texts)})
    assert (refused.value.file, refused.value.entry) == ("texts.toml", entry)
    assert expected in str(refused.value)
    assert in_chinese(refused.value)


def test_a_pack_may_say_a_sentence_in_its_own_words(files: dict[str, bytes]) -> None:
    own = {"zh": {"side_left": "左侧"}, "en": {"side_left": "nearside"}}
    pack = parse_pack({**files, "texts.toml": _toml(own)})
    assert pack.texts.say("en", "side_left") == "nearside"
    assert pack.texts.say("zh", "side_right") == "右"


def _toml(texts: dict[str, dict[str, str]]) -> bytes:
    tables = [f"[texts.{lang}]\n" + "".join(f'{k} = "{v}"\n' for k, v in said.items()) for lang, said in texts.items()]
    return "\n".join(tables).encode()


@pytest.mark.parametrize(("file", "old", "new", "entry", "expected"), BAD)
def test_a_bad_pack_is_refused_with_file_entry_and_what_is_expected(
    file: str, old: str, new: str, entry: str, expected: str, edited: Edited
) -> None:
    with pytest.raises(PackError) as refused:
        parse_pack(edited(file, old, new))
    assert refused.value.file == (file if entry != "quantity (loaded_rate)" else "brakes-loaded.toml")
    assert refused.value.entry == entry or refused.value.entry.startswith(f"{entry}: ")
    assert expected in str(refused.value)
    assert in_chinese(refused.value)


ENTRY = """
[[quantity]]
id = "extra"
name = { zh = "甲", en = "extra" }
formula = "vehicle_braking_rate"
unit = "%"
decimals = 1
clause = "x"
clause_certainty = "D"
source = "x"
certainty = "D"
effective_from = 2018-01-01
"""
LIMIT = """
[[limit]]
id = "extra"
quantity = "vehicle_rate"
comparison = ">="
value = 60.0
unit = "%"
clause = "x"
clause_certainty = "D"
source = "x"
certainty = "D"
effective_from = 2018-01-01
"""


@pytest.mark.parametrize(
    ("text", "entry", "expected"),
    [
        (ENTRY.replace('unit = "%"', 'unit = "N"'), "quantity (extra)", "vehicle_braking_rate gives %"),
        (ENTRY.replace("decimals = 1", "decimals = 7"), "quantity 1 (extra): decimals", "less than or equal to 6"),
        (ENTRY.replace("2018-01-01", "2018-01-01\neffective_to = 2017-12-31"), "quantity 1 (extra)", "is before"),
        (ENTRY + 'checked_by = "x"\n', "quantity 1 (extra)", "stand together or not at all"),
        (ENTRY + "checked_on = 2026-01-01\n", "quantity 1 (extra)", "stand together or not at all"),
        (ENTRY + 'certainly = "D"\n', "quantity 1 (extra): certainly", "unknown key"),
        (
            ENTRY.replace('\ncertainty = "D"', '\ncertainty = "E"'),
            "quantity 1 (extra): certainty",
            "'A', 'B', 'C' or 'D'",
        ),
        (ENTRY + 'window = { begin = "a", end = "b" }\n', "quantity (extra)", "vehicle_braking_rate takes no window"),
        (
            ENTRY.replace("vehicle_braking_rate", "window_length").replace('"%"', '"s"'),
            "quantity (extra)",
            "takes a window",
        ),
        (
            ENTRY.replace("vehicle_braking_rate", "window_length").replace('"%"', '"s"')
            + 'window = { channels = ["co"], begin = "a", end = "b" }\n',
            "quantity (extra)",
            "expected 0 to 0 channels",
        ),
        (ENTRY.replace('id = "extra"', 'id = "limit_set"'), "quantity (limit_set)", "neither a fact nor a setting"),
        (LIMIT, "limit (extra)", "other dates or conditions than rate-vehicle"),
        (LIMIT.replace("vehicle_rate", "rate"), "limit (extra)", "no such quantity rate"),
        (LIMIT.replace('unit = "%"', 'unit = "N"'), "limit (extra)", "vehicle_rate is in %, not N"),
        (LIMIT.replace('unit = "%"\n', ""), "limit 1 (extra): unit", "missing; it must be given"),
        (LIMIT.replace("value = 60.0\n", ""), "limit 1 (extra)", "expected value or value_of with >="),
        (LIMIT.replace('id = "extra"\n', ""), "limit 1 (): id", "missing; it must be given"),
        ("limit = [3]", "limit 1 ()", "valid dictionary"),
        ("[pack]\nname = 'x'\nedition = '1'\ntitle = { zh = 'x', en = 'x' }", "pack", "exactly once, found 2"),
        (b"\xff", "", "expected UTF-8, byte 0 is not"),
    ],
)
def test_a_bad_file_more_is_refused(text: Any, entry: str, expected: str, files: dict[str, bytes]) -> None:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(PackError) as refused:
        parse_pack({**files, "more.toml": content})
    assert "more.toml" in refused.value.file
    assert refused.value.entry == entry
    assert expected in refused.value.expected
    assert in_chinese(refused.value)


def test_a_pack_without_a_table_that_it_needs_is_refused() -> None:
    with pytest.raises(PackError, match=r"the pack: pack: expected the table \[pack\] exactly once, found 0"):
        parse_pack({})
