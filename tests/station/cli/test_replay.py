"""Real readings drive the simulated tester; what the line measures over the wire must be what the rows say.

A few of each kind; all of them are in tests/proof/test_full_replay.py.
"""

import shutil
from pathlib import Path

import pytest

from sim.identity import plate_of
from sim.replay import ReplayRow, is_complete_two_axle, read_rows
from station.cli.demo_result import DemoResult
from station.cli.world import Plan
from tests.station.cli.demo_run import run_demo
from tests.station.cli.replay_check import Findings, compare

pytestmark = pytest.mark.timeout(300)
EXCERPT = Path(__file__).parents[2] / "data" / "estonia" / "brake_readings_300.csv"
SPEED = "20"


def excerpt(folder: Path, complete: int, odd: int) -> Path:
    """Write a file of some complete rows, some odd ones, and a complete one whose parking columns are empty."""
    rows = list(read_rows(EXCERPT))
    lines = EXCERPT.read_text(encoding="utf-8-sig").splitlines()
    whole = [row.line for row in rows if is_complete_two_axle(row)]
    strange = [row.line for row in rows if not is_complete_two_axle(row)]
    step = max(1, len(strange) // odd) if odd else 1
    chosen = [*whole[:complete], *strange[::step][:odd]]
    out = folder / "readings.csv"
    no_parking = without_parking(lines[0], lines[whole[0] - 1])
    text = "\n".join([lines[0], *(lines[n - 1] for n in chosen), no_parking]) + "\n"
    out.write_text(text, encoding="utf-8")
    return out


def without_parking(header: str, line: str) -> str:
    columns, fields = header.split(";"), line.split(";")
    return ";".join("" if "SEISU" in column else field for column, field in zip(columns, fields, strict=True))


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[ReplayRow], DemoResult, Findings]:
    folder = tmp_path_factory.mktemp("replay")
    file = excerpt(folder, complete=3, odd=5)
    result = run_demo(folder / "demo", "--replay", str(file), "--speed", SPEED)
    rows = list(read_rows(file))
    return rows, result, compare(rows, result)


def test_every_row_went_over_the_line(replayed: tuple[list[ReplayRow], DemoResult, Findings]) -> None:
    rows, result, found = replayed
    assert found.lost_rows == []
    assert len(result.inspections) == len(rows)


def test_measured_forces_and_masses_are_those_of_the_rows(
    replayed: tuple[list[ReplayRow], DemoResult, Findings],
) -> None:
    _, _, found = replayed
    assert found.complete == 4
    assert found.wrong_forces == []
    assert found.wrong_masses == []


def test_the_tester_s_own_efficiency_comes_out(replayed: tuple[list[ReplayRow], DemoResult, Findings]) -> None:
    _, _, found = replayed
    assert found.within_one_point >= 0.995 * found.complete


def test_incomplete_rows_are_invalid_with_a_reason(replayed: tuple[list[ReplayRow], DemoResult, Findings]) -> None:
    _, _, found = replayed
    assert found.incomplete_not_invalid == []


def test_a_missing_parking_measurement_leaves_only_that_item_open(
    replayed: tuple[list[ReplayRow], DemoResult, Findings],
) -> None:
    rows, result, _ = replayed
    inspection = next(i for i in result.inspections if i.plate == plate_of(rows[-1].line))
    verdicts = {item.item: item.verdict for item in inspection.items}
    assert verdicts["B0"] == "unknown"
    assert next(i.reason for i in inspection.items if i.item == "B0") == "cannot_be_measured"
    assert {verdicts[item] for item in ("F1", "B1", "B2", "BV")} == {"pass"}
    assert inspection.verdict == "invalid"


@pytest.mark.parametrize(("fault", "value"), [("scale_error", 1.02), ("swap_sides", 1)])
def test_a_wrong_scale_or_swapped_sides_is_noticed(tmp_path: Path, fault: str, value: float) -> None:
    file = excerpt(tmp_path, complete=0, odd=0)
    result = run_demo(tmp_path / "demo", "--replay", str(file), "--speed", SPEED, "--fault", f"{fault}={value}")
    found = compare(list(read_rows(file)), result)
    assert found.wrong_forces


def test_a_file_that_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    shutil.copy(EXCERPT, bad)
    bad.write_text(bad.read_text(encoding="utf-8-sig").replace(";2085;", ";abc;", 1), encoding="utf-8")
    with pytest.raises(ValueError, match="KOGUKAAL"):
        list(Plan(replay=str(bad)).cars())
