"""`station judge` with the real packs: explained verdicts, examples, exit codes, and what it refuses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from station.cli.language import VARIABLE
from station.line.packs import DEFAULT, example, examples, load_pack, says, shipped
from station.rules import PackError
from station.rules.bounds import MOST_BYTES
from station.rules.case_judge import CaseVerdict
from tests.station.cli.terminal import Run, copy_of_pack, entry_of, runner
from tests.station.rules.test_case import GOOD

ALL = [(pack, name) for pack in shipped() for name in examples(pack)]
GOOD_OUTCOMES = ("pass", "not_applicable")


@pytest.fixture
def station(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    file = tmp_path / "case.json"
    file.write_text(GOOD, encoding="utf-8")
    return file


# -- a case


def test_a_verdict_explains_itself(station: Run, case: Path) -> None:
    code, out, error = station("judge", case)
    assert (code, error) == (0, "")
    pack = load_pack(DEFAULT)
    for said in (
        f"cn-gb38900@2020, SHA-256 {pack.ref.sha256} (the default",
        "Inspected on 2026-11-22, periodic inspection",
        "B1 Service brake, axle 1  PASS",
        "Front axle braking rate 68.0 %, at least 60.0 % required: pass.",
        "unrounded 67.99353404728227924833299656 %; decided by B1 left #3 (30 ms), right #3 (30 ms)",
        "limit ≥ 60.0 %; GB 7258-2017",
        "a value in use awaits confirmation",
        "Verdict: PASS. Items: 1.",
    ):
        assert said in out, said


def test_it_explains_itself_in_chinese(station: Run, case: Path) -> None:
    code, out, _ = station("--lang", "zh", "judge", case)
    assert code == 0
    for said in (
        "B1 一轴行车制动  合格",
        "未修约值 67.99353404728227924833299656 %，由 B1 左 #3 (30 ms), 右 #3 (30 ms) 决定",
        "限值 ≥ 60.0 %",
        "可信度",
        "（未指定，用默认的",
        "结论：合格。项目 1 个",
    ):
        assert said in out, said


def test_json_is_one_object_of_the_published_schema(station: Run, case: Path) -> None:
    code, out, _ = station("judge", case, "--json")
    assert code == 0
    verdict = CaseVerdict.model_validate_json(out)
    quantity = verdict.items[0].quantities[0]
    assert (str(quantity.unrounded), quantity.decided_by) == (
        "67.99353404728227924833299656",
        "B1 left #3 (30 ms), right #3 (30 ms)",
    )
    assert station("--lang", "zh", "judge", case, "--json")[1] == out
    assert set(json.loads(station("schema", "verdict")[1])["properties"]) == set(json.loads(out))


def test_what_fails_is_exit_code_1_with_its_warnings(station: Run, case: Path) -> None:
    case.write_text(GOOD.replace("331]", "120]").replace("230", "120"), encoding="utf-8")
    code, out, _ = station("judge", case)
    assert (code, "B1 Service brake, axle 1  FAIL" in out, "Verdict: FAIL" in out) == (1, True, True)


def test_an_invalid_measurement_says_what_to_do(station: Run, case: Path) -> None:
    case.write_text(GOOD.replace('"marks": {"brake": 0, "rise": 0}', '"lost": 3'), encoding="utf-8")
    code, out, _ = station("judge", case)
    assert (code, "INVALID" in out, "3 samples" in out) == (1, True, True)


def test_one_item_alone(station: Run, case: Path) -> None:
    code, out, _ = station("judge", case, "--item", "B2")
    assert (code, "B2 Service brake, axle 2  UNKNOWN" in out, "B1" in out) == (1, True, False)


def test_a_changed_limit_of_a_pack_of_ones_own_changes_the_verdict(station: Run, case: Path, tmp_path: Path) -> None:
    front = entry_of(DEFAULT, "brakes.toml", "rate-front")
    own = copy_of_pack(tmp_path / "own", ("brakes.toml", front, front.replace("value = 60.0", "value = 68.0")))
    code, out, _ = station("judge", case, "--pack", f"{own}/")
    assert code == 1
    # Shown with as many digits as it takes to tell it from the limit.
    assert "Front axle braking rate 67.99 %, below the required 68.0 %: fail." in out
    assert "(the default" not in out


@pytest.mark.parametrize("name", shipped())
def test_a_pack_goes_by_its_folder_and_by_name_and_edition(name: str) -> None:
    pack = load_pack(name)
    assert load_pack(f"{pack.ref.name}@{pack.ref.edition}").ref == pack.ref


def test_a_pack_that_says_nothing_of_itself_has_no_name() -> None:
    assert says({"a.toml": b"[pack", "b.toml": b"# [pack]", "c.toml": b"\xff[pack]"}) == ""
    with pytest.raises(PackError, match="there is no such pack"):
        load_pack("cn-gb38900@1999")


# -- examples


@pytest.mark.parametrize(("pack", "name"), ALL, ids=[f"{pack}/{name}" for pack, name in ALL])
def test_every_example_is_printed_and_judged(station: Run, tmp_path: Path, pack: str, name: str) -> None:
    code, text, _ = station("judge", "--example", name, "--pack", pack)
    assert (code, text.encode()) == (0, example(pack, name))
    file = tmp_path / "x.json"
    file.write_text(text, encoding="utf-8")
    code, out, error = station("judge", file, "--pack", pack, "--json")
    verdict = json.loads(out)
    assert (code == 0, error) == (verdict["outcome"] in GOOD_OUTCOMES, "")
    assert name.partition("-")[0] in [item["item"] for item in verdict["items"]]


def test_an_example_that_there_is_not_is_told_with_those_that_are(station: Run, tmp_path: Path) -> None:
    code, _, error = station("judge", "--example", "Q9")
    assert (code, "has no example of Q9; there are: " in error, "B1" in error) == (2, True, True)
    own = copy_of_pack(tmp_path / "own")
    assert "there are: —" in station("judge", "--example", "B1", "--pack", f"{own}/")[2]
    (own / "examples").mkdir()
    (own / "examples" / "B1.json").write_text(GOOD, encoding="utf-8")
    assert station("judge", "--example", "B1", "--pack", f"{own}/")[1] == GOOD


@pytest.mark.parametrize("name", ["case", "pack", "verdict", "readings", "rules", "rejudge"])
def test_the_schemas_are_printed(station: Run, name: str) -> None:
    code, out, _ = station("schema", name)
    assert (code, json.loads(out)["type"]) == (0, "object")


# -- what is refused


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"fuel"', '"fule"', "case.json, line 5, column 70: vehicle.fule: unknown key; remove it"),
        ('"value": 512', '"value": -512', "line 16, column 37: items.B1.values.load_left.value: -512 kg is below"),
        ("342]", "NaN]", "line 12, column 66: NaN is no number; write null"),
        ('{"unit": "daN", "values": [12, 120', '{"values": [12, 120', "line 12, column 9: items.B1.curves.force_left"),
        ("250.5, 342]", "250.5, 5410]", "line 10, column 5: items.B1: the braking forces are 580 % of the weight"),
        (GOOD, "", "case.json: the file is empty"),
    ],
)
def test_a_bad_case_is_one_line_with_file_line_and_remedy(
    station: Run, case: Path, old: str, new: str, said: str
) -> None:
    case.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    code, out, error = station("judge", case)
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert said in error


def test_a_huge_file_is_refused_before_it_is_read(station: Run, case: Path) -> None:
    with case.open("r+b") as stream:
        stream.truncate(100 * 1024 * 1024)
    code, _, error = station("judge", case)
    assert (code, f"larger than {MOST_BYTES // 1_000_000} MB" in error) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give one of: a case file, --example ITEM, --readings FILE"),
        (("x.json", "--example", "B1"), "give one of"),
        (("x.json",), "x.json: No such file"),
        ((".",), ".: Is a directory"),
        (("x.json", "--rows"), "--rows and --assume only with --readings"),
        (("--readings", "x.csv"), "--readings goes with --format estonia"),
        (("--example", "B1", "--pack", "nothing"), "nothing: there is no such pack; there are cn-gb38900-2020"),
        (("--example", "B1", "--format", "france"), "expected one of estonia"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_code_2(
    station: Run, words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, error = station("judge", *words)
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert said in error


def test_the_two_commands_of_the_manual_work_in_a_shell(tmp_path: Path) -> None:
    station = Path(sys.executable).with_name("station")
    command = f"{station} judge --example B1 > x.json && {station} judge x.json"
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, env={VARIABLE: "en"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "B1 Service brake, axle 1  PASS" in done.stdout
