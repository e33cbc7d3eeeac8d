"""The first cars go through: every number over a real protocol, a real broker, a real ledger."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from station.cli.demo_result import DemoResult
from station.ledger.verify import verify_database
from station.store import read
from station.store.database import open_database
from tests.station.cli.demo_run import run_demo

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoResult]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, run_demo(folder, "--vehicles", "3", "--speed", "10")


def test_three_cars_go_through(shown: tuple[Path, DemoResult]) -> None:
    _, result = shown
    assert len(result.inspections) == 3
    assert [i.verdict for i in result.inspections] == ["pass"] * 3
    assert result.ledger.verified
    items = {"UC", "F1", "B1", "B2", "BV", "H1", "H4", "PF"}
    done = [{item.item for item in inspection.items} for inspection in result.inspections]
    # The last car's parking brake is worked by a switch: a photo stands for it.
    assert done == [items | {"B0"}, items | {"B0"}, items]
    assert all(item.verdict is not None for inspection in result.inspections for item in inspection.items)


def test_the_car_that_failed_on_imbalance_came_back_for_that_only(shown: tuple[Path, DemoResult]) -> None:
    _, result = shown
    failed = [i for i in result.inspections if i.attempts == 2]
    assert len(failed) == 1
    first = [i for i in failed[0].items if i.attempt == 1 and i.verdict == "fail"]
    assert [i.item for i in first] == ["B1"]
    assert [q.quantity for q in first[0].quantities if q.verdict == "fail"] == ["imbalance"]
    assert {i.item for i in failed[0].items if i.attempt == 2} == {"B1", "BV"}


def test_every_finished_run_is_whole(shown: tuple[Path, DemoResult]) -> None:
    _, result = shown
    runs = [run for inspection in result.inspections for run in inspection.runs if run.state == "finished"]
    sampled = [run for run in runs if not run.item.startswith("H")]
    assert all(run.lost == 0 and run.samples > 0 for run in sampled)
    assert all(run.peaks["force_left"] > 0 for run in runs if run.item.startswith("B"))
    lamps = [run for run in runs if run.item.startswith("H")]
    assert lamps
    assert all(run.scalars["H1_intensity"] > 0 and run.scalars["H4_intensity"] > 0 for run in lamps)


def test_the_report_is_the_file_that_the_ledger_names_and_shows_both_attempts(shown: tuple[Path, DemoResult]) -> None:
    _, result = shown
    twice = next(i for i in result.inspections if i.attempts == 2)
    assert twice.report
    text = "".join(page.extract_text() for page in PdfReader(twice.report).pages)
    assert twice.plate in text
    assert "不合格" in text
    assert f"{twice.serial}-1" in text
    assert f"{twice.serial}-2" in text


def test_the_chain_verifies_with_its_evidence(shown: tuple[Path, DemoResult]) -> None:
    folder, result = shown
    engine = open_database(f"sqlite:///{folder / 'station.sqlite'}", create=False)
    report = verify_database(engine)
    assert report.ok, report.reason
    assert report.events == result.ledger.events
    assert not any(run.state == "open" for i in read.inspections(engine) for run in i.runs)
    engine.dispose()


def test_no_name_or_plate_is_in_the_chain(shown: tuple[Path, DemoResult]) -> None:
    folder, result = shown
    engine = open_database(f"sqlite:///{folder / 'station.sqlite'}", create=False)
    bodies = "".join(event.body for page in read.event_pages(engine) for event in page)
    engine.dispose()
    for inspection in result.inspections:
        assert inspection.plate not in bodies
    assert "登录员" not in bodies


def test_the_schema_is_published_and_is_that_of_the_result(shown: tuple[Path, DemoResult]) -> None:
    command = [sys.executable, "-m", "station.cli.main", "schema", "demo"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
    assert json.loads(printed) == DemoResult.model_json_schema()
