"""The replay's result against the file's rows: nothing of the station is used here but its published JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sim.identity import plate_of
from sim.replay import ReplayRow, is_complete_two_axle
from station.cli.demo_result import DemoResult, InspectionResult, RunResult

G = Decimal("9.81")  # of the EU formula, with which the readings' own testers worked


@dataclass
class Findings:
    """What the comparison found, by kind; an empty list is what is wanted."""

    complete: int = 0
    within_one_point: int = 0
    wrong_forces: list[str] = field(default_factory=list)
    wrong_masses: list[str] = field(default_factory=list)
    incomplete_not_invalid: list[str] = field(default_factory=list)
    lost_rows: list[str] = field(default_factory=list)


def compare(rows: Sequence[ReplayRow], result: DemoResult) -> Findings:
    found = Findings()
    by_plate = {inspection.plate: inspection for inspection in result.inspections}
    for row in rows:
        inspection = by_plate.get(plate_of(row.line))
        if inspection is None:
            found.lost_rows.append(f"line {row.line}")
            continue
        if is_complete_two_axle(row):
            found.complete += 1
            _forces(row, inspection, found)
            found.within_one_point += _efficiency_agrees(row, inspection)
        else:
            _invalid(row, inspection, found)
    return found


def run_of(inspection: InspectionResult, item: str) -> RunResult | None:
    return next((r for r in reversed(inspection.runs) if r.item == item and r.state == "finished"), None)


def _forces(row: ReplayRow, inspection: InspectionResult, found: Findings) -> None:
    for number in (1, 2):
        run, axle = run_of(inspection, f"B{number}"), row.axles[number - 1]
        for side, wheel in (("left", axle.left), ("right", axle.right)):
            peak = run.peaks.get(f"force_{side}") if run else None
            load = run.scalars.get(f"load_{side}") if run else None
            if peak != wheel.service_n:
                found.wrong_forces.append(f"line {row.line} axle {number} {side}: {peak} N, row {wheel.service_n} N")
            if load != wheel.mass_kg:
                found.wrong_masses.append(f"line {row.line} axle {number} {side}: {load} kg, row {wheel.mass_kg} kg")


def _efficiency_agrees(row: ReplayRow, inspection: InspectionResult) -> bool:
    force = mass = Decimal()
    for number in (1, 2):
        run = run_of(inspection, f"B{number}")
        if run is None:
            return False
        force += sum(run.peaks.values())
        mass += sum((run.scalars[f"load_{side}"] or Decimal()) for side in ("left", "right"))
    return abs(100 * force / (G * mass) - (row.efficiency_percent or 0)) <= 1


def _invalid(row: ReplayRow, inspection: InspectionResult, found: Findings) -> None:
    """An axle with a missing mass or side must be invalid with a reason; the vehicle never passes."""
    for number, axle in enumerate(row.axles, 1):
        wheels = (axle.left, axle.right)
        if not axle.used or number > 2 or all(w.service_n and w.mass_kg for w in wheels):
            continue
        item = next((i for i in inspection.items if i.item == f"B{number}"), None)
        if item is None or item.verdict != "invalid" or not item.reason:
            said = f"{item.verdict}: {item.reason}" if item else "no item"
            found.incomplete_not_invalid.append(f"line {row.line} axle {number}: {said}")
