"""What is refused is told word for word, with its place: of a case file, and of a pack."""

from decimal import Decimal

import pytest

from station.model.text import Text
from station.rules import PackError, parse_pack
from station.rules.bounds import MOST_BYTES
from station.rules.case_file import CaseError, read_case
from station.rules.json_places import bare_words, line_and_column, place_of, places
from station.rules.reach import unreachable
from station.rules.toml_places import line_of
from tests.station.rules.small import entry, small

# -- a case file

ZH_EXAMPLE, EN_EXAMPLE = "请对照示例：station judge --example B1", "compare with an example: station judge --example B1"
ZH_JSON, EN_JSON = (
    "不是 JSON，从这里起读不下去；请查看引号、逗号、括号",
    "this is not JSON from here on; look at quotes, commas and brackets",
)
VEHICLE = '"vehicle": {"plate_type": "02", "vehicle_type": "K33", "use_character": "A", "fuel": "A"}'
REFUSED: list[tuple[bytes, int | None, str, str, str]] = [
    (
        b" " * (MOST_BYTES + 1),
        None,
        "",
        "x.json：文件大于 32 MB；案例中一个项目一条曲线即可，请拆成几个案例",
        "x.json: the file is larger than 32 MB; one curve a channel and item is enough: divide it into cases",
    ),
    (
        b"",
        None,
        "",
        "x.json：文件是空的；请先做一个示例：station judge --example B1 > case.json",
        "x.json: the file is empty; begin with an example: station judge --example B1 > case.json",
    ),
    (
        b"[" * 100_000,
        None,
        "",
        f"x.json：括号套得太深；{ZH_EXAMPLE}",
        f"x.json: brackets stand too deep; {EN_EXAMPLE}",
    ),
    (
        b" \n[]",
        1,
        "",
        f"x.json，第 1 行第 1 列：应为一个对象（花括号）；{ZH_EXAMPLE}",
        f"x.json, line 1, column 1: expected an object in braces; {EN_EXAMPLE}",
    ),
    (
        "\ufeff\n{é".encode() + b"\xff",
        2,
        "",
        "x.json，第 2 行第 3 列：应为 UTF-8 编码，第 7 字节不是；请用编辑器另存为 UTF-8",
        "x.json, line 2, column 3: expected UTF-8, byte 7 is not; save it as UTF-8 in your editor",
    ),
    (
        b"\xef\xbb\xbf{\xff",
        1,
        "",
        "x.json，第 1 行第 2 列：应为 UTF-8 编码，第 4 字节不是；请用编辑器另存为 UTF-8",
        "x.json, line 1, column 2: expected UTF-8, byte 4 is not; save it as UTF-8 in your editor",
    ),
    (b'{\n  "v" 1}', 2, "", f"x.json，第 2 行第 7 列：{ZH_JSON}", f"x.json, line 2, column 7: {EN_JSON}"),
    (
        b'{"v": 1,\n "a": {"b": 1, "b": 2}}',
        2,
        "a.b",
        "x.json，第 2 行第 16 列：a.b：这一项写了两次；请删去一个",
        "x.json, line 2, column 16: a.b: this key stands here twice; delete one of them",
    ),
    (
        b'{"v": 1,\n "a": [1, NaN]}',
        2,
        "",
        "x.json，第 2 行第 11 列：NaN 不是数字；没有测得的采样请写 null",
        "x.json, line 2, column 11: NaN is no number; write null for a sample that was not measured",
    ),
    (
        f'{{"v": 1, "on": "2026-11-22", {VEHICLE},\n "items": {{"A1": {{"values": {{"slip_axle_1": '
        f'{{"unit": "m", "value": 1}}}}}}}}}}'.encode(),
        2,
        "items.A1.values.slip_axle_1.unit",
        "x.json，第 2 行第 46 列：items.A1.values.slip_axle_1.unit："
        "slip_axle_1 的单位应为 m/km 或其换算单位，不是 m；请改正单位",
        "x.json, line 2, column 46: items.A1.values.slip_axle_1.unit: "
        "slip_axle_1 is in m/km or what converts to it, not in m; correct the unit",
    ),
]


@pytest.mark.parametrize(("data", "line", "key", "zh", "en"), REFUSED, ids=range(len(REFUSED)))
def test_a_case_is_refused_word_for_word(data: bytes, line: int | None, key: str, zh: str, en: str) -> None:
    with pytest.raises(CaseError) as refused:
        read_case("x.json", data)
    error = refused.value
    assert (error.line, error.key, error.say("zh"), error.say("en")) == (line, key, zh, en)


@pytest.mark.parametrize(
    ("values", "scale", "raw", "quality"),
    [
        ("[null, null]", "1", (None, None), "mm"),
        ("[1, 20]", "1", (1, 20), "gg"),
        ("[1, 0.25]", "0.01", (100, 25), "gg"),
    ],
)
def test_a_curve_has_the_largest_step_that_holds_its_digits(
    values: str, scale: str, raw: tuple[int | None, ...], quality: str
) -> None:
    curves = f'{{"k": {{"unit": "1/m", "values": {values}}}}}'
    text = f'{{"v": 1, "on": "2026-11-22", {VEHICLE}, "items": {{"FA": {{"curves": {curves}}}}}}}'
    (curve,) = read_case("x.json", text.encode()).captures()["FA"].curves
    assert (curve.scale, curve.raw, curve.quality) == (Decimal(scale), raw, quality)


# -- places in JSON and TOML


def test_what_is_no_key_and_no_element_has_no_path() -> None:
    assert [list(places(text)) for text in ('"a"', "3", "{}", "[]")] == [[], [], [], []]
    assert list(places('[{}, "a", {"b": []}]')) == [((0,), 1), ((1,), 5), ((2,), 10), ((2, "b"), 11)]


def test_of_a_key_that_stands_twice_the_first_is_the_place() -> None:
    assert place_of('{"a": 1, "a": 2}', ("a",)) == (("a",), 1)


def test_bare_words_are_all_that_is_not_quoted() -> None:
    assert list(bare_words('{"a": [X, -1e3], "NaN": trueX}')) == [(7, "X"), (10, "-1e3"), (24, "trueX")]


@pytest.mark.parametrize(
    ("text", "position", "found"),
    [("\na", 1, (2, 1)), ("\n", 0, (1, 1)), ("a\nb\nc", 2, (2, 1)), ("a\nb\nc", 3, (2, 2)), ("\n\nab", 3, (3, 2))],
)
def test_lines_and_columns_count_from_one(text: str, position: int, found: tuple[int, int]) -> None:
    assert line_and_column(text, position) == found


@pytest.mark.parametrize(
    ("text", "name", "line"), [(b"= 1", "", None), (b"[pack]\n= 1", "pack", 1), (b"[pack]\nx = 1", "pack.x", 2)]
)
def test_a_line_without_a_key_is_nobodys(text: bytes, name: str, line: int | None) -> None:
    assert line_of({"a.toml": text}, "a.toml", name) == line


# -- a pack

WRONG = Text(zh="错", en="wrong")


def test_a_pack_error_is_told_with_file_line_and_entry_where_there_are_any() -> None:
    plain, placed = PackError("a.toml", "", WRONG), PackError("a.toml", "limit (x)", WRONG).at(3)
    assert (plain.say("zh"), plain.say("en"), plain.line) == ("a.toml：错", "a.toml: wrong", None)
    assert placed.say("zh") == "a.toml，第 3 行：limit (x)：错"
    assert placed.say("en") == "a.toml, line 3: limit (x): wrong"
    assert (placed.file, placed.entry, placed.expected, placed.line) == ("a.toml", "limit (x)", "wrong", 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (entry("item", 'code = "X1"'), "item 1 (X1): name"),
        (entry("class", 'id = "x"\ncode = "y"'), "class 1 (x): code"),
        (entry("class", ""), "class 1 (): id"),
    ],
)
def test_an_entry_is_named_by_its_id_or_code(text: str, said: str) -> None:
    with pytest.raises(PackError) as refused:
        parse_pack({"x.toml": text.encode()})
    assert refused.value.entry == said


def test_an_override_of_a_class_that_cannot_be_is_named() -> None:
    light = entry("class", 'id = "light"\napplies_if = { persons = { max = 9 } }')
    body = 'id = "o"\nquantity = "slip"\noutcome = "pass"\ntext = { zh = "好", en = "Good." }\n'
    for least, count in ((9, 0), (10, 1)):
        applies = f"applies_if = {{ vehicle_class = ['light'], persons = {{ min = {least} }} }}"
        found = list(unreachable(small(light, entry("override", body + applies))))
        assert [(each.kind, each.id) for each in found] == [("override", "o")] * count
