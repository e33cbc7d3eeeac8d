"""`station judge --readings`: real rows of Estonian stations, none left out, beside what their testers reported."""

import csv
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from station.cli.judge_readings import CAUSES, assumed_vehicle, judge_row
from station.cli.readings import read_estonia
from station.cli.readings_verdict import ReadingsVerdict
from station.line.packs import load_pack
from tests.station.cli.terminal import Run, copy_of_pack, entry_of, runner

FILE = Path(__file__).parents[2] / "data" / "estonia" / "brake_readings_300.csv"
EU = "eu-2014-45"
M1 = ("eu_category=M1", "first_registered=2015-06-01")
ASSUMED = [word for fact in M1 for word in ("--assume", fact)]
WHEELS = [f"{axle}_{side}" for axle in (1, 2, 3, 4) for side in "VP"]


@pytest.fixture
def station(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


def judged(station: Run, file: Path, *words: str, pack: str = EU) -> dict[str, Any]:
    code, out, error = station("judge", "--readings", file, "--format", "estonia", "--pack", pack, "--json", *words)
    assert (code, error) == (0, "")
    ReadingsVerdict.model_validate_json(out)
    found: dict[str, Any] = json.loads(out)
    return found


def table() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def number(row: dict[str, str], name: str) -> Decimal:
    return Decimal((row[name] or "0").replace(",", "."))


def is_complete(row: dict[str, str]) -> bool:
    """The definition of the data's description, read from the raw fields."""
    forces = [number(row, f"{wheel}_SOIDUPIDURJOUD") for wheel in WHEELS]
    masses = [number(row, f"{wheel}_RATTA_KAAL") for wheel in WHEELS[:4]]
    whole = all(forces[:4]) and not any(forces[4:]) and all(masses)
    return whole and abs(sum(masses) - number(row, "KOGUKAAL")) <= 2


def changed(tmp_path: Path, old: str, new: str, line: int = 2) -> Path:
    lines = FILE.read_text(encoding="utf-8-sig").splitlines()
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    file = tmp_path / "x.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


# -- the whole file


def test_no_row_is_left_out_and_every_one_has_its_cause(station: Run) -> None:
    found = judged(station, FILE, "--rows", *ASSUMED)
    rows = table()
    assert found["rows"] == len(rows) == len(found["verdicts"]) == 300
    assert [cause["cause"] for cause in found["causes"]] == list(CAUSES)
    counted = Counter(row["cause"] for row in found["verdicts"])
    assert {cause["cause"]: cause["rows"] for cause in found["causes"]} == {cause: counted[cause] for cause in CAUSES}
    complete = [row["line"] for row in found["verdicts"] if row["cause"] == "complete"]
    assert complete == [line for line, row in enumerate(rows, 2) if is_complete(row)]
    for cause in found["causes"]:
        assert sum(cause["outcomes"].values()) == cause["rows"]


def test_it_agrees_with_the_stations_own_testers(station: Run) -> None:
    found = judged(station, FILE)
    efficiency, difference = found["efficiency"], found["difference"]
    assert efficiency["compared"] == sum(map(is_complete, table()))
    assert efficiency["equal"] >= 0.935 * efficiency["compared"]
    assert efficiency["within_one"] >= 0.998 * efficiency["compared"]
    assert difference["compared"] > 400
    assert difference["within_one"] >= 0.999 * difference["compared"]


def test_a_row_with_missing_or_zero_inputs_is_invalid_with_a_reason(station: Run) -> None:
    found = judged(station, FILE, "--rows", *ASSUMED)
    lacking = [row for row in found["verdicts"] if row["cause"] in ("zero", "no_mass", "some_mass", "force")]
    assert len(lacking) == 27
    for row in lacking:
        assert row["outcome"] == "invalid", row
        assert row["reason"]["en"], row
        assert row["reason"]["zh"], row
    complete = [row for row in found["verdicts"] if row["cause"] == "complete"]
    assert {row["outcome"] for row in complete} == {"pass", "fail"}


def test_what_the_file_does_not_say_is_unknown_unless_it_is_assumed(station: Run) -> None:
    unknown = {cause["cause"]: cause["outcomes"] for cause in judged(station, FILE)["causes"]}["complete"]
    assert unknown.keys() == {"fail", "unknown"}
    found = judged(station, FILE, *ASSUMED)
    assert tuple(found["assumed"]) == M1
    assert "unknown" not in {cause["cause"]: cause["outcomes"] for cause in found["causes"]}["complete"]


def test_a_value_of_the_pack_decides(station: Run, tmp_path: Path) -> None:
    imbalance = entry_of(EU, "brakes.toml", "imbalance")
    own = copy_of_pack(
        tmp_path / "own", ("brakes.toml", imbalance, imbalance.replace("value = 30\n", "value = 1\n")), name=EU
    )
    before, after = (judged(station, FILE, *ASSUMED, pack=pack)["items"]["B1"] for pack in (EU, f"{own}/"))
    assert after["fail"] > before["fail"]


def test_counts_filter_and_agreement_are_printed_in_both_languages(station: Run) -> None:
    words = ("judge", "--readings", FILE, "--format", "estonia", "--pack", EU, *ASSUMED)
    code, out, error = station(*words)
    assert (code, error) == (0, "")
    for said in (
        "brake_readings_300.csv: 300 rows",
        "Assumed of every vehicle, since the file does not say: eu_category=M1, first_registered=2015-06-01",
        "Filter (for the comparison only; every other row stands in the table by its cause): complete rows",
        "no wheel masses",
        "efficiency as a whole percent: 265 compared with the file's; equal ",
    ):
        assert said in out, said
    chinese = station("--lang", "zh", *words, "--rows")[1]
    assert "整车制动效率（取整的百分数）：与文件中 265 个值比对" in chinese
    assert sum(line.startswith("第 ") for line in chinese.splitlines()) == 300


def test_a_pack_without_such_formulas_has_nothing_to_compare(station: Run) -> None:
    words = ("judge", "--readings", FILE, "--format", "estonia", "--pack", "cn-gb7258-optional-2017")
    assert "left/right difference as a whole percent: nothing to compare" in station(*words)[1]


# -- one row


def test_a_row_becomes_what_a_rig_would_have_given() -> None:
    (first, *_) = read_estonia(FILE)
    row = table()[0]
    assert (first.line, first.on, first.cause, first.axle_count) == (2, date(2018, 8, 1), "complete", 2)
    captures = first.captures()
    assert list(captures) == ["B1", "B2", "B0"]
    for axle in (1, 2):
        for side, letter in (("left", "V"), ("right", "P")):
            capture = captures[f"B{axle}"]
            curve, load = capture.curve(f"force_{side}"), capture.scalar(f"load_{side}")
            assert curve is not None
            assert curve.raw == (int(row[f"{axle}_{letter}_SOIDUPIDURJOUD"]),)
            assert load is not None
            assert load.quantity is not None
            assert load.quantity.value == Decimal(row[f"{axle}_{letter}_RATTA_KAAL"])
    verdict = judge_row(load_pack(EU), first, assumed_vehicle(M1))
    assert verdict.efficiency_percent is not None
    assert round(verdict.efficiency_percent) == int(row["SOIDUPIDURI_EFEKTIIVSUS"])


def test_every_digit_of_a_force_counts(tmp_path: Path) -> None:
    file = changed(tmp_path, ";5030;", ";5030,25;")
    curve = next(read_estonia(file)).captures()["B1"].curve("force_left")
    assert curve is not None
    assert [raw * curve.scale for raw in curve.raw if raw is not None] == [Decimal("5030.25")]


def test_several_parking_axles_are_several_runs(tmp_path: Path) -> None:
    row = next(read_estonia(changed(tmp_path, ";5030;4360;13;;;;", ";5030;4360;13;2000;2000;0;")))
    assert row.parking_axles == (1, 2)
    assert list(row.captures()) == ["B1", "B2", "B01", "B02"]
    assert row.vehicle(assumed_vehicle(())).parking_axles == (1, 2)


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        (";5030;", ";0;", "force"),
        (";5030;", ";;", "force"),
        (";544;", ";;", "some_mass"),
        (";2085;", ";2087;", "complete"),
        (";2085;", ";2088;", "mass_sum"),
        (";2085;", ";2083;", "complete"),
        (";2085;", ";2082;", "mass_sum"),
        (";2085;", ";;", "mass_sum"),
    ],
)
def test_what_a_row_lacks_is_its_cause(tmp_path: Path, old: str, new: str, cause: str) -> None:
    assert next(read_estonia(changed(tmp_path, old, new))).cause == cause


# -- what is refused


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("KOGUKAAL", "MASS", 1, "x.csv, line 1: no column KOGUKAAL (1 lacking)"),
        (";", ",", 1, "x.csv, line 1: no column MOOTMISE_AEG (2 lacking)"),
        (";5030;", ";abc;", 2, "x.csv, line 2, column 1_V_SOIDUPIDURJOUD: 'abc' is no number of 0 or more"),
        (";5030;", ";-5;", 2, "x.csv, line 2, column 1_V_SOIDUPIDURJOUD: '-5' is no number"),
        (";5030;", ";NaN;", 2, "x.csv, line 2, column 1_V_SOIDUPIDURJOUD: 'NaN' is no number"),
        ("01.08.2018", "2018-08-01", 2, "x.csv, line 2, column MOOTMISE_AEG: '2018-08-01 9:52:00' is no day"),
        (";5030;", ";5030;1;", 2, "x.csv, line 2: 61 fields under a header of 60"),
    ],
)
def test_a_bad_file_is_one_line_with_line_column_and_remedy(
    station: Run, tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    file = changed(tmp_path, old, new, line)
    code, out, error = station("judge", "--readings", file, "--format", "estonia", "--pack", EU)
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert said in error


@pytest.mark.parametrize(("data", "said"), [(b"", "line 1: no column"), (b"\xff\xfe", "not text in UTF-8")])
def test_a_file_of_something_else_is_refused(station: Run, tmp_path: Path, data: bytes, said: str) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(data)
    code, _, error = station("judge", "--readings", file, "--format", "estonia", "--pack", EU)
    assert (code, error.count("\n"), said in error) == (2, 1, True)


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("eu_category=M9", "--assume eu_category=M9: Input should be"),
        ("color=red", "--assume color=red: unknown key"),
        ("persons", "--assume persons=: Input should be a valid integer"),
    ],
)
def test_what_cannot_be_assumed_is_refused(station: Run, fact: str, said: str) -> None:
    words = ("judge", "--readings", FILE, "--format", "estonia", "--pack", EU, "--assume", fact)
    code, _, error = station(*words)
    assert (code, error.count("\n"), said in error) == (2, 1, True)
