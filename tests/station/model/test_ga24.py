"""The tables of GA 24 and what platforms call their codes."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import station.desk
from station.desk.registration import CHOICES
from station.model.codes import ITEM_NAMES
from station.model.ga24 import TABLES, Table, TableName, code_name, table, unknown_code
from station.model.identity import PLATE_TYPES, parse_plate
from station.model.platforms import MappedTable, edition, editions, from_platform, to_platform
from station.model.text import SaidValueError
from station.model.verdict import Outcome

NO_CODE_OF_THEIRS = ["invalid", "unknown", "not_applicable"]


@pytest.mark.parametrize(
    ("name", "code", "zh", "en", "certainty"),
    [
        ("vehicle_type", "K33", "小型轿车", "small saloon", "D"),
        ("vehicle_type", "K39", "小型面包车", "small minibus", "D"),
        ("vehicle_type", "H11", "重型栏板货车", "heavy stake truck", "B"),
        ("vehicle_type", "H3A", "轻型车辆运输车", "light car carrier", "B"),
        ("vehicle_type", "B1U", "重型中置轴挂车", "heavy centre-axle trailer", "B"),
        ("vehicle_type", "M21", "普通二轮摩托车", "two-wheel motorcycle", "B"),
        ("vehicle_type", "X99", "其他", "other", "B"),
        ("plate_type", "01", "大型汽车号牌", "large vehicle", "B"),
        ("plate_type", "51", "大型新能源汽车号牌", "large new-energy vehicle", "B"),
        ("plate_type", "52", "小型新能源汽车号牌", "small new-energy vehicle", "B"),
        ("plate_type", "33", "应急救援号牌", "emergency rescue", "C"),
        ("use_character", "U", "预约出租转非", "non-commercial, before ride-hailing", "B"),
        ("fuel", "O", "混合动力", "hybrid", "D"),
        ("fuel", "P", "氢", "hydrogen", "D"),
        ("colour", "J", "黑", "black", "C"),
    ],
)
def test_a_code_has_its_names_and_says_how_certain_they_are(
    name: TableName, code: str, zh: str, en: str, certainty: str
) -> None:
    entry = table(name).find(code)
    assert entry is not None
    assert (entry.code, entry.zh, entry.en, entry.certainty) == (code, zh, en, certainty)
    assert unknown_code(name, code) is None


@pytest.mark.parametrize(
    ("code", "zh"),
    [("K35", "小型载客汽车"), ("K99", "载客汽车"), ("H42", "微型载货汽车"), ("B21", "中型半挂车"), ("J11", "轮式机械")],
)
def test_a_code_that_is_not_listed_is_named_by_its_family(code: str, zh: str) -> None:
    name = code_name("vehicle_type", code)
    assert name is not None
    assert name.zh == zh


@pytest.mark.parametrize(
    ("name", "code", "zh"),
    [("fuel", "AE", "汽油/天然气"), ("fuel", "CO", "电/混合动力"), ("colour", "AJ", "白/黑")],
)
def test_several_letters_are_named_together(name: TableName, code: str, zh: str) -> None:
    found = code_name(name, code)
    assert found is not None
    assert found.zh == zh


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("vehicle_type", "Y11"),
        ("vehicle_type", "X98"),
        ("vehicle_type", ""),
        ("plate_type", "77"),
        ("plate_type", "5"),
        ("use_character", "AB"),
        ("fuel", "AX"),
        ("fuel", ""),
        ("colour", "K"),
    ],
)
def test_a_code_that_no_table_has_only_warns(name: TableName, code: str) -> None:
    assert code_name(name, code) is None
    warning = unknown_code(name, code)
    assert warning is not None
    assert table(name).standard in warning.zh
    assert (code or "（空）") in warning.zh
    assert (code or "(empty)") in warning.en


@pytest.mark.parametrize("name", TABLES)
def test_every_entry_has_both_names_and_a_mark_of_its_own(name: TableName) -> None:
    codes = table(name).codes
    assert len({entry.code for entry in codes}) == len(codes) > 9
    assert all(re.search("[\u4e00-\u9fff]", entry.zh) and entry.en.isascii() for entry in codes)
    assert table(name).source
    assert table(name).standard.startswith("GA 24")


@given(st.sampled_from(TABLES), st.text(max_size=4))
def test_any_code_is_named_or_warned_of(name: TableName, code: str) -> None:
    assert (code_name(name, code) is None) != (unknown_code(name, code) is None)


def test_a_table_with_a_code_twice_is_refused() -> None:
    entry = {"code": "A", "zh": "甲", "en": "a", "certainty": "A"}
    with pytest.raises(ValidationError, match="a code stands twice"):
        Table.model_validate({"standard": "GA 24", "source": "test", "codes": [entry, entry]})


def test_every_code_that_the_product_offers_or_knows_is_in_the_tables() -> None:
    for name in ("vehicle_type", "use_character", "fuel"):
        assert all(table(name).find(code) for code in CHOICES[name])
    assert all(table("plate_type").find(code) for codes in PLATE_TYPES.values() for code in codes)


def test_the_desk_calls_a_code_what_the_table_calls_it() -> None:
    said = json.loads((Path(station.desk.__file__).parent / "texts" / "zh.json").read_text("utf-8"))
    for name in ("use_character", "fuel"):
        for code in CHOICES[name]:
            known = code_name(name, code)
            assert known is not None
            assert known.zh.startswith(said[f"{name}.{code}"].removeprefix(f"{code} "))


# -- what platforms call them


def test_every_edition_maps_each_table_once_and_says_where_that_comes_from() -> None:
    assert len({each.id for each in editions()}) == len(editions()) == 6
    for each in editions():
        assert len({m.table for m in each.map}) == len(each.map)
        assert each.source
        assert each.name.zh != each.name.en


@pytest.mark.parametrize(
    ("name", "of", "ours", "theirs"),
    [
        ("police-gb38900", "verdict", "pass", "1"),
        ("police-gb38900", "verdict", "fail", "2"),
        ("police-gb38900", "verdict", "not_inspected", "0"),
        ("vendor-zero-passes", "verdict", "pass", "0"),
        ("vendor-zero-passes", "verdict", "fail", "1"),
        ("vendor-zero-passes", "verdict", "not_inspected", None),
        ("police-gb38900", "item", "B0", "B0"),
        ("police-gb38900", "item", "BV", None),
        ("police-gb38900", "item", "LD", "PF"),
        ("handheld-2021", "item", "LD", "WQ"),
        ("emission-methods", "item", "LD", "4"),
        ("emission-methods", "item", "B1", None),
        ("police-gb38900", "category", "registration", "00"),
        ("emission-methods", "category", "registration", "2"),
        ("emission-plates-swapped", "plate_type", "51", "52"),
        ("emission-plates-swapped", "plate_type", "52", "51"),
        ("emission-plates-swapped", "plate_type", "02", "02"),
        ("police-gb38900", "plate_type", "51", "51"),
        ("police-gb38900", "plate_type", "", None),
        ("fuel-hydrogen-x", "fuel", "P", "X"),
        ("fuel-hydrogen-x", "fuel", "AP", "AX"),
        ("fuel-hydrogen-x", "fuel", "X", None),
        ("fuel-hydrogen-x", "fuel", "", None),
    ],
)
def test_our_code_in_the_words_of_an_edition(name: str, of: MappedTable, ours: str, theirs: str | None) -> None:
    assert to_platform(name, of, ours) == theirs


@pytest.mark.parametrize(
    ("name", "of", "theirs", "ours"),
    [
        ("police-gb38900", "verdict", "1", ("pass",)),
        ("vendor-zero-passes", "verdict", "1", ("fail",)),
        ("vendor-zero-passes", "verdict", "2", ()),
        ("handheld-2021", "item", "WQ", ("PF", "WT", "VM", "FA", "LD")),
        ("handheld-2021", "item", "PF", ()),
        ("handheld-2021", "item", "B0", ("B0",)),
        ("handheld-2021", "item", "", ()),
        ("emission-plates-swapped", "plate_type", "52", ("51",)),
        ("fuel-hydrogen-x", "fuel", "AX", ("AP",)),
        ("fuel-hydrogen-x", "fuel", "P", ()),
        ("fuel-hydrogen-x", "fuel", "", ()),
        ("police-gb38900", "fuel", "P", ("P",)),
        ("police-gb38900", "fuel", "", ()),
    ],
)
def test_their_code_in_our_words(name: str, of: MappedTable, theirs: str, ours: tuple[str, ...]) -> None:
    assert from_platform(name, of, theirs) == ours


@pytest.mark.parametrize("name", [each.id for each in editions()])
@pytest.mark.parametrize("outcome", NO_CODE_OF_THEIRS)
def test_what_is_neither_pass_nor_fail_is_never_sent_as_one(name: str, outcome: str) -> None:
    assert Outcome(outcome)
    says = edition(name).of("verdict")
    assert says is None or says.there(outcome) is None


@given(st.sampled_from([each.id for each in editions()]), st.data())
def test_there_and_back_is_the_code_or_one_that_they_do_not_tell_apart(name: str, data: st.DataObject) -> None:
    of = data.draw(st.sampled_from([*TABLES, "item", "verdict", "category"]))
    known = [entry.code for entry in table(of).codes] if of in TABLES else [*ITEM_NAMES, "pass", "fail", "in_use"]
    code = data.draw(st.sampled_from(known) | st.text("ABCPX0129", min_size=1, max_size=3))
    there = to_platform(name, of, code)
    if there is not None:
        assert code in from_platform(name, of, there)


def test_a_swapped_plate_type_is_seen_by_the_form_of_the_plate() -> None:
    from station.model.identity import check_plate_type

    small = parse_plate("浙HD12385")
    theirs = to_platform("emission-plates-swapped", "plate_type", "52")
    assert theirs == "51"
    assert check_plate_type(small, theirs) is not None
    (ours,) = from_platform("emission-plates-swapped", "plate_type", theirs)
    assert check_plate_type(small, ours) is None


def test_photos_of_which_sources_differ_are_named() -> None:
    photos = edition("police-gb38900").of("photo")
    assert photos is not None
    assert {"0129", "0167", "0174", "0359"} <= set(photos.disputed)
    assert photos.there("0113") == "0113"


def test_an_edition_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(SaidValueError, match=r"there are: police-gb38900, "):
        to_platform("nowhere", "verdict", "pass")
    with pytest.raises(SaidValueError, match="nowhere"):
        from_platform("nowhere", "verdict", "1")
