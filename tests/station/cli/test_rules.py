"""`station rules`: list, show, diff and check, with the packs that ship and with bad ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from station.cli.rules_answer import RulesAnswer
from station.line.packs import DEFAULT, load_pack, shipped
from tests.station.cli.terminal import Run, copy_of_pack, entry_of, runner

FRONT = entry_of(DEFAULT, "brakes.toml", "rate-front")


@pytest.fixture
def station(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


def as_json(station: Run, *words: object) -> tuple[int, dict[str, Any]]:
    code, out, error = station("rules", *words, "--json")
    RulesAnswer.model_validate_json(out)
    assert error == ""
    return code, json.loads(out)


def line_in(file: Path, text: str) -> int:
    """Return the line in which a text stands for the first time."""
    content = file.read_text(encoding="utf-8")
    return content.count("\n", 0, content.index(text)) + 1


# -- list


def test_every_pack_that_ships_is_listed_with_what_awaits_confirmation(station: Run) -> None:
    code, out, _ = station("rules", "list")
    assert code == 0
    _, found = as_json(station, "list")
    assert [each["folder"] for each in found["packs"]] == list(shipped())
    assert shipped()[0] == DEFAULT
    for each in found["packs"]:
        pack = load_pack(each["folder"])
        values = list(pack.values())
        assert (each["pack"]["sha256"], each["entries"]) == (pack.ref.sha256, len(values))
        assert each["unconfirmed"] == sum(value.certainty in ("C", "D") for value in values)
        assert sum(each["certainty"].values()) == len(values)
        assert f"{pack.ref.name}@{pack.ref.edition}  {pack.title.en}" in out


# -- show


def test_an_item_is_shown_with_all_it_rests_on(station: Run) -> None:
    code, found = as_json(station, "show", DEFAULT, "--item", "B1")
    assert code == 0
    shown = {(each["kind"], each["id"]): each for each in found["shown"]["entries"]}
    assert {("item", "B1"), ("quantity", "axle_rate"), ("constant", "g"), ("comparison", "comparison")} <= shown.keys()
    front = shown["limit", "rate-front"]
    assert (front["value"], front["certainty"], front["file"]) == (">= 60.0 %", "B", "brakes.toml")
    assert "axle_position = front" in front["applies_if"]
    assert not any(key[1].startswith(("high-idle", "rate-vehicle")) for key in shown)


def test_the_table_names_value_certainty_source_and_place(station: Run) -> None:
    code, out, _ = station("rules", "show", DEFAULT, "--item", "B1")
    assert code == 0
    for said in ("limit rate-front", ">= 60.0 %", "B  confirmed", "C  open", "two independent", "2018-01-01 –"):
        assert said in out, said
    assert "可信度" in station("--lang", "zh", "rules", "show", DEFAULT, "--item", "B1")[1]


@pytest.mark.parametrize("name", shipped())
def test_a_whole_pack_is_shown_with_the_line_of_every_entry(station: Run, name: str, tmp_path: Path) -> None:
    copy = copy_of_pack(tmp_path / "copy", name=name)
    _, found = as_json(station, "show", f"{copy}/")
    shown = found["shown"]["entries"]
    assert len(shown) == len(list(load_pack(name).values()))
    for each in shown:
        line = (copy / each["file"]).read_text(encoding="utf-8").split("\n")[each["line"] - 1]
        assert line.strip() in (f"[[{each['kind']}]]", f"[{each['kind']}]"), each


def test_a_check_list_is_part_of_its_item(station: Run) -> None:
    _, found = as_json(station, "show", DEFAULT, "--item", "UC")
    assert {each["kind"] for each in found["shown"]["entries"]} == {"item", "point", "comparison"}


# -- diff


def test_what_another_pack_says_otherwise_is_named_key_by_key(station: Run, tmp_path: Path) -> None:
    own = copy_of_pack(
        tmp_path / "own",
        (
            "brakes.toml",
            FRONT,
            FRONT.replace("value = 60.0", "value = 65.0").replace("rate-front", "rate-new"),
        ),
        ("pack.toml", "value = 9.8\n", "value = 9.81\neffective_to = 2030-01-01\n"),
    )
    code, out, _ = station("rules", "diff", DEFAULT, f"{own}/")
    assert code == 1
    assert "1 added, 1 left out, 1 changed" in out
    assert "\n+ limit rate-new  >= 65.0 %\n" in out
    assert "\n- limit rate-front  >= 60.0 %\n" in out
    assert "\n~ constant g\n    effective_to: — → 2030-01-01\n    value: 9.8 → 9.81\n" in out
    code, found = as_json(station, "diff", DEFAULT, f"{own}/")
    assert (code, [each["id"] for each in found["difference"]["changed"]]) == (1, ["g"])


def test_a_changed_condition_is_told_in_words(station: Run, tmp_path: Path) -> None:
    own = copy_of_pack(tmp_path / "own", ("brakes.toml", FRONT, FRONT.replace('["front"]', '{ none = ["rear"] }')))
    out = station("rules", "diff", DEFAULT, f"{own}/")[1]
    assert "axle_position = front" in out
    assert "axle_position != rear" in out


def test_a_pack_does_not_differ_from_itself(station: Run) -> None:
    code, out, _ = station("rules", "diff", DEFAULT, DEFAULT)
    assert (code, "0 added, 0 left out, 0 changed" in out) == (0, True)


# -- check


def test_every_value_that_is_not_confirmed_is_named_with_its_place(station: Run) -> None:
    code, out, error = station("rules", "check", DEFAULT)
    pack = load_pack(DEFAULT)
    assert (code, error) == (1, "")
    for value in pack.unconfirmed:
        assert f"  {value.kind} {value.id}: " in out
        assert f"certainty {value.certainty}, awaits confirmation" in out
    _, found = as_json(station, "check")
    assert sum(len(each["unconfirmed"]) for each in found["checked"]) == sum(
        len(load_pack(name).unconfirmed) for name in shipped()
    )


def test_no_pack_that_ships_has_an_entry_that_can_never_decide(station: Run) -> None:
    _, found = as_json(station, "check")
    assert [each for checked in found["checked"] for each in checked["unreachable"]] == []


def test_a_pack_of_confirmed_values_passes(station: Run, tmp_path: Path) -> None:
    own = copy_of_pack(tmp_path / "own", name="eu-2014-45")
    for file in own.iterdir():
        text = file.read_text(encoding="utf-8")
        for mark in "BCD":
            text = text.replace(f'\ncertainty = "{mark}"', '\ncertainty = "A"')
        file.write_text(text, encoding="utf-8")
    code, out, _ = station("rules", "check", f"{own}/")
    assert (code, "usable; 0 await confirmation, 0 can never decide" in out) == (0, True)


QUANTITY = entry_of(DEFAULT, "brakes.toml", "axle_rate", kind="quantity")
SECOND = f"\n\n[[limit]]\n{FRONT}".replace('"rate-front"', '"rate-second"')
BAD = [
    # the file, what is replaced, by what; the text in whose line it is; what is said
    (FRONT, FRONT.replace("value = 60.0", "value = 60.0\nvalu = 1"), "valu = 1", "limit", "valu: unknown key"),
    (FRONT, FRONT.replace('unit = "%"\n', ""), None, "limit", "unit: missing; it must be given"),
    (FRONT, FRONT.replace('unit = "%"', 'unit = "N"'), 'unit = "N"', "limit (rate-front)", "axle_rate is in %, not N"),
    (FRONT, FRONT.replace("60.0", "nan"), "value = nan", "limit", "value: Input should be a finite number"),
    (FRONT, FRONT + SECOND, 'id = "rate-second"', "limit (rate-second)", "other dates or conditions than rate-front"),
    (FRONT, FRONT.replace('"axle_rate"', '"rate"'), 'quantity = "rate"', "limit (rate-front)", "no such quantity rate"),
    (QUANTITY, QUANTITY.replace("axle_braking_rate", "magic"), '"magic"', "quantity (axle_rate)", "expected one of"),
]


@pytest.mark.parametrize(("old", "new", "at", "entry", "said"), BAD, ids=[each[-1] for each in BAD])
def test_a_bad_pack_is_one_line_with_file_line_and_remedy(
    station: Run, tmp_path: Path, old: str, new: str, at: str | None, entry: str, said: str
) -> None:
    own = copy_of_pack(tmp_path / "own", ("brakes.toml", old, new))
    # What is missing has no line of its own: the entry's is named, that of its header.
    line = line_in(own / "brakes.toml", at) if at else line_in(own / "brakes.toml", 'id = "rate-front"') - 1
    line -= at == 'id = "rate-second"'
    code, out, error = station("rules", "check", f"{own}/")
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert f"brakes.toml, line {line}: {entry}" in error
    assert said in error
    code, _, chinese = station("--lang", "zh", "rules", "check", f"{own}/")
    assert (code, f"brakes.toml，第 {line} 行：" in chinese) == (2, True)


def test_what_is_no_toml_is_told_with_line_and_column(station: Run, tmp_path: Path) -> None:
    own = copy_of_pack(tmp_path / "own", ("brakes.toml", FRONT, FRONT.replace("value = 60.0", "value = ")))
    line = line_in(own / "brakes.toml", "value = \n")
    assert (
        f"brakes.toml: expected TOML: Invalid value (at line {line}, column 9)"
        in station("rules", "check", f"{own}/")[2]
    )


REAR = FRONT.replace('id = "rate-front"', 'id = "rate-never"')
NEVER = [
    (
        REAR.replace("2018-01-01", "2001-01-01\neffective_to = 2001-12-31"),
        "limit rate-never: never in force together with the quantity axle_rate",
    ),
    (
        QUANTITY.replace('id = "axle_rate"', 'id = "unused"'),
        "quantity unused: no item uses the quantity unused",
    ),
]


@pytest.mark.parametrize(("entry", "said"), NEVER, ids=[each[-1] for each in NEVER])
def test_an_entry_that_can_never_decide_is_named_with_its_line(
    station: Run, tmp_path: Path, entry: str, said: str
) -> None:
    own = copy_of_pack(tmp_path / "own")
    kind = said.split()[0]
    (own / "zz.toml").write_text(f"# more\n\n[[{kind}]]\n{entry}\n", encoding="utf-8")
    code, out, error = station("rules", "check", f"{own}/")
    assert (code, error) == (1, "")
    assert f"zz.toml:3  {said}" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "nothing"), "nothing: there is no such pack; there are cn-gb38900-2020"),
        (("show", DEFAULT, "--item", "Q9"), "the pack has no item Q9; there are "),
        (("check", "./nowhere"), "nowhere: No such file"),
        (("diff", DEFAULT), "argument new is missing"),
    ],
)
def test_what_cannot_be_used_is_one_line(station: Run, words: tuple[str, ...], said: str) -> None:
    code, out, error = station("rules", *words)
    assert (code, out, error.count("\n"), said in error) == (2, "", 1, True), error
