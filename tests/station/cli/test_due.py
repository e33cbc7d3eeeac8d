"""`station due`: what it prints, how it ends, and what it says of input that cannot be used."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from station.rules import Due
from tests.station.cli.terminal import Run, runner

Case = Callable[..., Path]


@pytest.fixture
def run_station(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Write a case of a small car that is due for its mark in December 2026."""

    def write(on: str = "2026-11-22", **facts: Any) -> Path:
        vehicle = {
            "plate_type": "02",
            "vehicle_type": "K33",
            "use_character": "A",
            "fuel": "A",
            "persons": 5,
            "first_registered": "2022-12-03",
            "produced": "2022-06-01",
            "accident_with_casualties": False,
        }
        file = tmp_path / "case.json"
        file.write_text(json.dumps({"v": 1, "on": on, "vehicle": vehicle | facts, "items": {}}), encoding="utf-8")
        return file

    return write


@pytest.mark.parametrize(
    ("facts", "options", "code", "period", "said"),
    [
        (
            {},
            [],
            0,
            "small-car-2022",
            "no inspection this time; the mark is to be applied for by 2026-12-31 (that day included)",
        ),
        (
            {},
            ["--last", "2026-11-22"],
            0,
            "small-car-2022",
            "to be inspected on-line by 2028-12-31 (that day included), from 2028-10-01",
        ),
        ({"use_character": "D"}, [], 0, "commercial-passenger", "inspected on-line by 2026-12-31"),
        ({}, ["--last", "2024-09-30"], 1, "small-car-2022", "due by 2024-12-31 and is overdue"),
        (
            {"accident_with_casualties": None},
            [],
            1,
            "small-car-2022",
            "whether it had an accident with casualties missing",
        ),
        ({"first_registered": None}, [], 1, "", "cannot be told without date of first registration"),
        ({"use_character": "H"}, [], 1, "", "no inspection interval for this vehicle"),
    ],
)
def test_it_says_when_and_what_and_the_exit_code_tells_whether_all_is_told_and_in_time(
    facts: dict[str, Any], options: list[str], code: int, period: str, said: str, run_station: Run, case: Case
) -> None:
    ended, out, error = run_station("due", case(**facts), *options)
    assert (ended, error) == (code, "")
    pack, sentence, *rule = out.splitlines()
    assert "cn-gb38900@2020" in pack
    assert said in sentence
    assert [line.partition(";")[0] for line in rule] == ([f"period {period}"] if period else [])


def test_the_json_is_what_the_schema_says(run_station: Run, case: Case) -> None:
    code, out, error = run_station("due", case(), "--json")
    assert (code, error) == (0, "")
    found = Due.model_validate_json(out)
    assert (str(found.due), str(found.window_from), found.on_line) == ("2026-12-31", "2026-10-01", False)
    assert (str(found.on_line_due), found.certainty, found.confirmed) == ("2028-12-31", "C", False)
    code, schema, _ = run_station("schema", "due")
    assert (code, json.loads(schema)["properties"].keys()) == (0, json.loads(out).keys())


def test_another_pack_without_periods_says_so(run_station: Run, case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    code, _, error = run_station("due", case(), "--pack", f"{folder}/")
    assert (code, error.count("\n")) == (2, 1)
    head = '[pack]\nname = "own"\nedition = "1"\ntitle = { zh = "自己的", en = "own" }\n'
    entry = 'clause = "1"\nclause_certainty = "A"\nsource = "own"\ncertainty = "A"\neffective_from = 2020-01-01\n'
    (folder / "pack.toml").write_text(f'{head}[comparison]\nmode = "unrounded"\n{entry}', encoding="utf-8")
    code, out, _ = run_station("due", case(), "--pack", f"{folder}/")
    assert (code, "no inspection interval" in out) == (1, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--last", "2026-11-23"], "--last 2026-11-23 is after the day of the case, 2026-11-22"),
        (["--last", "yesterday"], "'yesterday' is not a day"),
        (["--last", ""], "'' is not a day"),
        (["--pack", "no-such"], "there is no such pack"),
    ],
)
def test_options_that_cannot_be_used_are_one_line(options: list[str], said: str, run_station: Run, case: Case) -> None:
    code, out, error = run_station("due", case(), *options)
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert said in error


def test_a_case_that_cannot_be_used_is_one_line(run_station: Run, case: Case, tmp_path: Path) -> None:
    for file, said in ((tmp_path / "none.json", "none.json"), (case(on="22.11.2026"), "case.json, line 1")):
        code, out, error = run_station("due", file)
        assert (code, out, error.count("\n")) == (2, "", 1)
        assert said in error
