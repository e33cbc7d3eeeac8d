"""Cases: what a person writes as JSON, what is refused, where it stands, and that nothing of it is lost."""

import json
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import station.rules
from station.rules import Pack
from station.rules.bounds import LARGEST, MOST_BYTES, MOST_DECIMALS, MOST_N_PER_KG, RANGES
from station.rules.case import Case
from station.rules.case_file import CaseError, read_case
from station.rules.case_judge import judge_case
from station.rules.channels import UNITS, near
from station.rules.json_places import line_and_column, place_of, places, twice
from station.rules.pack import PackError

EXAMPLES = sorted((Path(station.rules.__file__).parent / "examples").rglob("*.json"))
LATIN = re.compile(r"expected|should|valid|must|cannot")

GOOD = """{
  "v": 1,
  "on": "2026-11-22",
  "vehicle": {
    "plate_type": "02", "vehicle_type": "K33", "use_character": "A", "fuel": "A",
    "persons": 5, "total_mass_kg": 1800, "curb_mass_kg": 1300,
    "electronic_parking_brake": false
  },
  "items": {
    "B1": {
      "curves": {
        "force_left": {"unit": "daN", "values": [12, 120, 250.5, 342]},
        "force_right": {"unit": "daN", "values": [12, 115, 230, 331]}
      },
      "values": {
        "load_left": {"unit": "kg", "value": 512},
        "load_right": {"unit": "kg", "value": 498}
      },
      "marks": {"brake": 0, "rise": 0}
    }
  }
}
"""
LEFT = '"force_left": {"unit": "daN"'


def read(text: str) -> Case:
    return read_case("x.json", text.encode())


def refused(text: str | bytes) -> CaseError:
    with pytest.raises(CaseError) as error:
        read_case("x.json", text if isinstance(text, bytes) else text.encode())
    assert not LATIN.search(error.value.say("zh").rpartition("：")[2]), error.value.say("zh")
    assert "\n" not in error.value.say("zh") + error.value.say("en")
    return error.value


# -- what is read


def test_a_case_becomes_what_a_rig_would_have_given() -> None:
    case = read(GOOD)
    (run,) = case.captures().values()
    left, load = run.curve("force_left"), run.scalar("load_left")
    assert left is not None
    assert load is not None
    assert [raw * left.scale for raw in left.raw if raw is not None] == [120, 1200, 2505, 3420]
    assert (left.unit, left.quality) == ("N", "gggg")
    assert load.quantity is not None
    assert (load.quantity.value, load.quality) == (Decimal(512), "good")
    assert (run.mark("rise"), run.samples, run.period_us) == (0, 4, 10_000)
    assert (case.on, case.category) == (date(2026, 11, 22), "in_use")


def test_what_was_not_measured_is_null_and_quality_may_be_said() -> None:
    text = GOOD.replace("[12, 120, 250.5, 342]", "[12, null, 250.5, 342]").replace('"value": 498', '"value": null')
    run = read(text).captures()["B1"]
    curve, scalar = run.curve("force_left"), run.scalar("load_right")
    assert curve is not None
    assert scalar is not None
    assert (curve.raw[1], curve.quality, scalar.quantity) == (None, "gmgg", None)
    said = read(GOOD.replace("250.5, 342]", '250.5, 342], "quality": "ggsg"')).captures()["B1"].curve("force_left")
    assert said is not None
    assert said.quality == "ggsg"


def test_a_run_stands_under_every_item_that_it_covers() -> None:
    text = GOOD.replace('"B1": {', '"B1": {"covers": ["B2"], "method": "plate",')
    captures = read(text).captures()
    assert captures.keys() == {"B1", "B2"}
    assert captures["B1"] is captures["B2"]
    assert captures["B1"].method == "plate"


def test_a_mark_that_windows_put_before_the_text_does_not_matter() -> None:
    assert read_case("x.json", b"\xef\xbb\xbf" + GOOD.encode()) == read(GOOD)


@given(st.lists(st.none() | st.decimals(-100_000, 100_000, places=4), min_size=1), st.sampled_from(["N", "kgf", "kN"]))
def test_no_digit_of_a_sample_is_lost(values: list[Decimal | None], unit: str) -> None:
    """Numbers as JSON readers give them: every one is in the capture exactly, whatever the unit."""
    factor = {"N": Fraction(1), "kgf": Fraction("9.80665"), "kN": Fraction(1000)}[unit]
    curve = {"unit": unit, "values": [None if value is None else float(value) for value in values]}
    given = {**json.loads(GOOD), "items": {"B1": {"curves": {"force_left": curve}}}}
    capture = Case.model_validate_json(json.dumps(given)).captures()["B1"].curve("force_left")
    assert capture is not None
    exact = [None if raw is None else raw * Fraction(capture.scale) for raw in capture.raw]
    assert exact == [None if value is None else Fraction(value) * factor for value in values]


# -- what is refused, with its place

BAD: list[tuple[str, str, int, str, str]] = [
    # what is replaced, by what, the line, the key, what is said
    ('"fuel"', '"fule"', 5, "vehicle.fule", "unknown key"),
    ('"on": "2026-11-22",', "", 1, "on", "missing"),
    ('"v": 1', '"v": 2', 2, "v", "should be 1"),
    ('"2026-11-22"', '"22.11.2026"', 3, "on", "YYYY-MM-DD"),
    ('"unit": "kg", "value": 512', '"value": 512', 16, "items.B1.values.load_left.unit", "missing"),
    ('{"unit": "daN", "values": [12, 120', '{"values": [12, 120', 12, "items.B1.curves.force_left.unit", "missing"),
    ("342]", '342, "a"]', 12, "items.B1.curves.force_left.values.4", "expected a number, found 'a'"),
    ("342]", "342, true]", 12, "items.B1.curves.force_left.values.4", "expected a number, found True"),
    ("342]", "1e400]", 12, "items.B1.curves.force_left.values.3", "expected a finite number"),
    ("342]", "1e13]", 12, "items.B1.curves.force_left.values.3", "at most 1e12"),
    ("342]", "1e-21]", 12, "items.B1.curves.force_left.values.3", "at most 20 decimals"),
    ("342]", '342], "quality": "ggg"', 12, "items.B1.curves.force_left", "differ in length (3 / 4)"),
    ("342]", '342], "quality": "gggx"', 12, "items.B1.curves.force_left.quality", "match pattern"),
    ("[12, 120, 250.5, 342]", "[]", 12, "items.B1.curves.force_left.values", "at least 1 item"),
    ("342]", "NaN]", 12, "", "NaN is no number; write null"),
    ("342]", "Infinity]", 12, "", "Infinity is no number"),
    ("342]", "-Infinity]", 12, "", "-Infinity is no number"),
    ('"v": 1', '"v": NaN1', 2, "", "NaN is no number"),
    ('"persons": 5', '"persons": true', 6, "vehicle.persons", "valid integer"),
    ('"persons": 5', '"persons": "5"', 6, "vehicle.persons", "valid integer"),
    ('"persons": 5', '"persons": 5.5', 6, "vehicle.persons", "valid integer"),
    ("1800", "-1800", 6, "vehicle.total_mass_kg", "greater than 0"),
    ('"persons": 5', '"rated_power_kw": true', 6, "vehicle.rated_power_kw", "Decimal input"),
    ("false", "1", 7, "vehicle.electronic_parking_brake", "valid boolean"),
    ('"rise": 0', '"rise": -1', 19, "items.B1.marks.rise", "greater than or equal to 0"),
    ('"value": 512', '"value": -512', 16, "items.B1.values.load_left.value", "-512 kg is below the least"),
    (LEFT, LEFT.replace("daN", "kW"), 12, "items.B1.curves.force_left.unit", "in N or what converts to it, not in kW"),
    (LEFT, LEFT.replace("daN", "furlong"), 12, "items.B1.curves.force_left", "no unit 'furlong'"),
    (LEFT, LEFT.replace("daN", "kN"), 12, "items.B1.curves.force_left.values.3", "342 kN is above the most"),
    ("force_left", "force_lft", 12, "items.B1.curves.force_lft", "no channel force_lft; near it: force_left"),
    ("force_left", "q", 12, "items.B1.curves.q", "the channels stand in: station schema case"),
    ('"v": 1,', '"v": 1, "v": 1,', 2, "v", "stands here twice"),
    ('"rise": 0', '"rise": 0, "rise": 0', 19, "items.B1.marks.rise", "stands here twice"),
    ('"v": 1,', '"v": 1', 3, "", "not JSON from here on"),
    ('"v": 1,', '"v": 1,,', 2, "", "not JSON from here on"),
    ('"fuel": "A"', '"fuel": "\\ud800"', 5, "", "not JSON from here on"),
    ("342]", "[" * 300 + "]" * 300 + "]", 12, "", "not JSON from here on"),
]


@pytest.mark.parametrize(("old", "new", "line", "key", "said"), BAD)
def test_what_is_wrong_is_told_with_its_line_and_key(old: str, new: str, line: int, key: str, said: str) -> None:
    assert old in GOOD
    error = refused(GOOD.replace(old, new, 1))
    assert (error.line, error.key) == (line, key)
    assert error.say("en").startswith(f"x.json, line {line}, column ")
    assert said in error.say("en")


WHOLE: list[tuple[bytes, str]] = [
    (b"", "the file is empty; begin with an example: station judge --example B1"),
    (b" \n\t", "the file is empty"),
    (b"[]", "line 1, column 1: expected an object in braces"),
    (b"3", "line 1, column 1: expected an object in braces"),
    (b'{"v"\n:1,\n"\xff"', "line 3, column 2: expected UTF-8, byte 10 is not"),
    ("{}".encode("utf-16"), "line 1, column 1: expected UTF-8"),
    (b"[" * 100_000, "brackets stand too deep"),
    (b" " * (MOST_BYTES + 1), "larger than 32 MB"),
]


@pytest.mark.parametrize(("data", "said"), WHOLE, ids=range(len(WHOLE)))
def test_a_file_that_is_no_case_is_told_with_a_remedy(data: bytes, said: str) -> None:
    assert said in refused(data).say("en")


def test_a_file_as_large_as_it_may_be_is_read() -> None:
    data = GOOD.encode()
    assert read_case("x.json", data + b" " * (MOST_BYTES - len(data))) == read(GOOD)


def test_a_number_of_many_digits_is_refused_and_does_not_stop_the_reader() -> None:
    assert refused(GOOD.replace("342", "1" * 5000)).line == 12
    error = refused(GOOD.replace("342", f"0.{'1' * (MOST_DECIMALS + 1)}e-9"))
    assert "at most 20 decimals" in error.say("en")
    assert "at most 1e12" in refused(GOOD.replace("342", str(LARGEST + 1))).say("en")


@pytest.mark.parametrize("unit", sorted(RANGES))
def test_a_reading_is_believed_from_its_least_to_its_most(unit: str) -> None:
    low, high = RANGES[unit]
    channel = next(name for name, known in sorted(UNITS.items()) if known == unit)
    step = Decimal("0.001")

    def given(value: Decimal) -> str:
        values = {channel: {"unit": unit, "value": float(value)}}
        return json.dumps({**json.loads(GOOD), "items": {"XX": {"values": values}}})

    for value in (low, low + step, high - step, high):
        read(given(value))
    for value, side in ((low - step, "below the least"), (high + step, "above the most")):
        error = refused(given(value))
        assert (error.key, side in error.say("en")) == (f"items.XX.values.{channel}.value", True)


# -- forces that only a wrong unit explains


def test_forces_beyond_any_adhesion_are_a_mix_up_of_units() -> None:
    error = refused(GOOD.replace("250.5, 342]", "250.5, 5410]"))
    assert (error.line, error.key) == (10, "items.B1")
    assert "580 % of the weight" in error.say("en")
    assert "most likely a unit is mixed up" in error.say("en")
    assert "很可能单位弄错了" in error.say("zh")


def test_the_most_that_is_believed_is_just_believed() -> None:
    most = MOST_N_PER_KG * 1010 / 10 - 331
    read(GOOD.replace("342]", f"{float(most)}]"))
    assert "mixed up" in refused(GOOD.replace("342]", f"{float(most) + 0.1}]")).say("en")


def test_without_a_load_or_a_force_there_is_nothing_to_compare() -> None:
    heavy = GOOD.replace("342", "5400")
    for name in ("load_right", "force_right"):
        given = json.loads(heavy)
        run = given["items"]["B1"]
        del run["values" if name == "load_right" else "curves"][name]
        read(json.dumps(given))
    read(heavy.replace('"value": 512', '"value": null').replace('"value": 498', '"value": 0'))
    read(heavy.replace('"value": 512', '"value": 0').replace('"value": 498', '"value": 0'))


# -- examples


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_example_can_be_read(path: Path) -> None:
    case = read_case(path.name, path.read_bytes())
    assert case.captures()


# -- places


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), _nested, max_leaves=20))
def test_every_key_and_element_has_its_place(value: Any) -> None:
    for indent in (None, 2):
        text = json.dumps(value, indent=indent, ensure_ascii=indent is None)
        found = dict(places(text))
        assert found.keys() == set(_paths(value, ()))
        for path, position in found.items():
            rest = json.JSONDecoder().raw_decode(text[position:])[0]
            assert rest == (path[-1] if isinstance(path[-1], str) else _at(value, path))
        assert twice(text) is None


def _paths(value: Any, path: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for name, each in inner for found in [(*path, name), *_paths(each, (*path, name))]]


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for name in path:
        value = value[name]
    return value


def test_a_key_that_stands_twice_is_found_where_it_is_again() -> None:
    text = '{"a": [{"b": 1}, {"b": 1}],\n "c": {"b": 1, "\\u0062": 2}}'
    assert twice(text) == (("c", "b"), text.index('"\\u0062"'))
    assert line_and_column(text, text.index('"\\u0062"')) == (2, 16)


def test_of_a_path_as_much_is_placed_as_there_is() -> None:
    text = '{"a": {"b": [1, 2]}}'
    assert place_of(text, ("a", "b", 1, "union", "int")) == (("a", "b", 1), text.index("2"))
    assert place_of(text, ("x",)) == ((), 0)


def test_a_channel_is_recognised_by_most_of_its_letters() -> None:
    assert (near("forceleft"), near("zzz")) == ("force_left", "")


# -- judged


def test_a_case_is_judged_item_by_item_in_the_packs_order(pack: Pack) -> None:
    given = json.loads(GOOD)
    given["items"]["B2"] = given["items"]["B1"]
    verdict = judge_case(pack, read(json.dumps(given)))
    assert [each.item for each in verdict.items] == ["B1", "B2", "BV"]
    assert (verdict.outcome, verdict.pack, verdict.on) == ("pass", pack.ref, date(2026, 11, 22))
    assert verdict.unconfirmed == sum(not q.confirmed for each in verdict.items for q in each.quantities) > 0


def test_what_is_derived_waits_for_every_axle(pack: Pack) -> None:
    given = json.loads(GOOD)
    assert [each.item for each in judge_case(pack, read(GOOD)).items] == ["B1"]
    given["items"]["B2"] = given["items"]["B1"]
    given["vehicle"]["axles"] = 3
    assert "BV" not in [each.item for each in judge_case(pack, read(json.dumps(given))).items]


def test_parking_axles_measured_one_by_one_are_one_item(pack: Pack) -> None:
    given = json.loads(GOOD)
    run = given["items"].pop("B1")
    given["items"] = {"B1": run, "B2": run, "B01": run, "B02": run}
    given["vehicle"]["parking_axles"] = [1, 2]
    assert [each.item for each in judge_case(pack, read(json.dumps(given))).items] == ["B1", "B2", "B0", "BV"]


def test_one_item_alone_and_one_that_the_pack_does_not_know(pack: Pack) -> None:
    alone = judge_case(pack, read(GOOD), "B2")
    assert [(each.item, each.outcome) for each in alone.items] == [("B2", "unknown")]
    strange = judge_case(pack, read(GOOD.replace('"B1"', '"Q9"')))
    assert [(each.item, each.outcome) for each in strange.items] == [("Q9", "unknown")]
    assert strange.outcome == "unknown"


def test_the_worst_item_is_the_cases_outcome(pack: Pack) -> None:
    weak = GOOD.replace("342]", "100]").replace("331]", "100]").replace("250.5", "100").replace("230", "100")
    assert judge_case(pack, read(weak.replace("120", "100").replace("115", "100"))).outcome == "fail"
    electric = GOOD.replace('"fuel": "A"', '"fuel": "C"').replace('"B1"', '"PF"')
    assert judge_case(pack, read(electric)).outcome == "not_applicable"
    assert (
        judge_case(
            pack,
            read(
                '{"v": 1, "on": "2026-11-22", "items": {}, "vehicle": {"plate_type": "02", '
                '"vehicle_type": "K33", "use_character": "A", "fuel": "A"}}'
            ),
        ).outcome
        == "unknown"
    )


def test_a_setting_that_the_pack_does_not_have_is_refused(pack: Pack) -> None:
    text = GOOD.replace('"items"', '"settings": {"limit_set": "b"}, "items"')
    assert judge_case(pack, read(text)).outcome == "pass"
    with pytest.raises(PackError, match="no such setting"):
        judge_case(pack, read(text.replace("limit_set", "limits")))


# -- whatever the file holds


def read_or_refused(data: bytes) -> None:
    """Read a file: a case, or an error in both languages; nothing else may come of it."""
    said: list[str] = []
    try:
        read_case("x.json", data)
    except CaseError as error:
        said = [error.say("zh"), error.say("en")]
    assert all(text.startswith("x.json") for text in said)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_case_or_refused(data: bytes) -> None:
    read_or_refused(data)


@given(st.integers(0, len(GOOD)), st.integers(0, 12), st.text('{}[]",:0189.-+eEnulNaINfty\\ud8 \n', max_size=6))
def test_a_case_with_any_slip_is_a_case_or_refused(at: int, gone: int, typed: str) -> None:
    read_or_refused((GOOD[:at] + typed + GOOD[at + gone :]).encode())


@given(st.data())
def test_a_case_with_any_value_anywhere_is_a_case_or_refused(data: st.DataObject) -> None:
    given_ = json.loads(GOOD)
    path = data.draw(st.sampled_from(_paths(given_, ())))
    odd = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.lists(st.integers())
    holder = _at(given_, path[:-1])
    holder[path[-1]] = data.draw(odd | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2))
    read_or_refused(json.dumps(given_).encode())
