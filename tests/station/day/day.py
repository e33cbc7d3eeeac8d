"""What one whole day must come to: papers, keys, prints and events of forty mixed cars add up."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reports.throughput import ThroughputData, throughput_json
from sim.days import day_of
from station.cli.demo_result import DemoResult
from station.ledger.verify import export, verify_database
from station.line.config import load_config
from station.model.inspection import State
from station.model.text import Text
from station.store import read
from station.store.database import open_database
from tests.station.day import by_hand

SEED = 1
CARS = 40


class Day:
    """A day that has been played in a folder, and the cars that were meant to come."""

    def __init__(self, folder: Path, result: DemoResult) -> None:
        self.folder, self.result = folder, result
        self.config, _ = load_config(folder / "station.toml")
        engine = open_database(self.config.database_url, create=False)
        self.inspections = read.inspections(engine)
        self.report = verify_database(engine)
        self.plates = {i.serial: read.personal(engine, i.serial)["plate"] for i in self.inspections}
        self.photos = read.photos(engine)
        out = io.StringIO()
        export(engine, out)
        self.figures = by_hand.figures(out.getvalue())
        engine.dispose()
        self.cars = {car.plate: car for car in day_of(SEED, CARS)}

    def car(self, inspection):
        return self.cars[self.plates[inspection.serial]]

    def file(self, sha256, suffix):
        return next(self.config.evidence_folder.rglob(f"{sha256}{suffix}"))


def every_car_left_with_its_keys(day):
    assert len(day.inspections) == CARS
    assert {i.state for i in day.inspections} == {State.CLOSED}
    assert {day.plates[i.serial] for i in day.inspections} == set(day.cars)
    assert (day.figures["arrived"], day.figures["left"]) == (CARS, CARS)


def the_verdicts_are_those_of_the_cars(day):
    for inspection in day.inspections:
        car = day.car(inspection)
        conclusions = [attempt.conclusion for attempt in inspection.attempts]
        expected = ["pass"] if car.story == "healthy" else ["fail", "pass"] if car.comes_back else ["fail"]
        assert conclusions == expected, (car.story, inspection.serial)
    counted = {name: day.figures[name] for name in ("first_passed", "first_failed", "returned", "ended_failed")}
    assert counted == {"first_passed": CARS - 6, "first_failed": 6, "returned": 5, "ended_failed": 1}


def every_kind_of_car_was_there(day):
    plans = {i.serial: set(i.attempts[0].plan) for i in day.inspections}
    fuels = [day.car(i).kind.fuel for i in day.inspections]
    assert {"A", "B", "C"} <= set(fuels)
    for inspection in day.inspections:
        plan, car = plans[inspection.serial], day.car(inspection).kind
        assert ("PF" in plan, "FA" in plan) == (car.fuel == "A", car.fuel == "B")
        assert ("H2" in plan) == (car.lamp_system == "4")
        assert ("B0" in plan) == (not car.electronic_parking)
    assert any("C1" in plan and "DC" in plan for plan in plans.values())


def every_signature_has_its_paper_and_its_print(day):
    assert len(day.figures["issued"]) == day.figures["signatures"] == CARS + 5
    for report_no, sha256 in day.figures["issued"]:
        pdf = day.file(sha256, ".pdf").read_bytes()
        assert hashlib.sha256(pdf).hexdigest() == sha256
        assert day.figures["prints"][report_no] == [(1, "filed")]
        printed = day.config.print_folder / f"{report_no}-1.pdf"
        assert printed.read_bytes() == pdf
    assert len(list(day.config.print_folder.glob("*.pdf"))) == CARS + 5


def every_photo_is_the_file_that_the_ledger_names(day):
    assert len(day.photos) >= 4 * CARS
    for photo in day.photos:
        found = next(day.config.evidence_folder.rglob(f"{photo.sha256}*"))
        assert hashlib.sha256(found.read_bytes()).hexdigest() == photo.sha256


def the_chain_is_in_order_and_every_report_is_sealed(day):
    assert day.report.ok, day.report.reason
    attempts = [attempt for inspection in day.inspections for attempt in inspection.attempts]
    assert all(attempt.seal_signature for attempt in attempts)
    assert not [run for i in day.inspections for run in i.runs if run.state == "open"]


def the_throughput_page_is_what_pencil_and_paper_say(day):
    period = day_of_serials(day)
    data = ThroughputData(
        station=Text(zh="站", en="station"),
        timezone=day.config.station.timezone,
        start=period,
        end=period,
        inspections=day.inspections,
        simulated=True,
    )
    page, hand = throughput_json(data), day.figures
    assert (page["cars"], page["first_tests"], page["invalid_first_tests"]) == (CARS, hand["first_signed"], 0)
    assert page["first_pass_yield"] == pytest.approx(hand["first_passed"] / hand["first_signed"])
    assert page["stay_p50_s"] == pytest.approx(hand["stay_p50_s"])
    for stage in page["stages"]:
        times = hand["stage_work_s"][stage["stage"]]
        assert stage["count"] == len(times), stage
        assert stage["work_p50_s"] == pytest.approx(by_hand.middle(times)), stage


def day_of_serials(day):
    days = {inspection.serial.split("-")[-2] for inspection in day.inspections}
    first = min(datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC) for text in days)
    assert max(days) <= (first + timedelta(days=1)).strftime("%Y%m%d")
    return first.date().isoformat()


CHECKS = (
    every_car_left_with_its_keys,
    the_verdicts_are_those_of_the_cars,
    every_kind_of_car_was_there,
    every_signature_has_its_paper_and_its_print,
    every_photo_is_the_file_that_the_ledger_names,
    the_chain_is_in_order_and_every_report_is_sealed,
    the_throughput_page_is_what_pencil_and_paper_say,
)
