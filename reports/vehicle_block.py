"""The vehicle on a report."""

from collections.abc import Iterator

from reportlab.platypus import Table

from reports.data import ReportData
from reports.style import FAINT, RULE, SOFT, WIDTH, paragraph, table
from reports.words import Words
from station.model.vehicle import Vehicle

COLUMNS = [WIDTH * share for share in (0.11, 0.23, 0.12, 0.21, 0.13, 0.20)]


def vehicle_block(data: ReportData, words: Words) -> Table:
    """Return what was inspected and when, as pairs of name and value, three in a row."""
    cells = [
        (paragraph(words.say(f"field.{key}"), words.language, 7.2, SOFT), paragraph(value, words.language, 8.2))
        for key, value in _facts(data, words)
    ]
    rows = [[cell for pair in cells[start : start + 3] for cell in pair] for start in range(0, len(cells), 3)]
    style = [
        ("GRID", (0, 0), (-1, -1), 0.4, RULE),
        *(("BACKGROUND", (column, 0), (column, -1), FAINT) for column in (0, 2, 4)),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.1),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
    return table(rows, COLUMNS, style)


def _facts(data: ReportData, words: Words) -> Iterator[tuple[str, str]]:
    yield "plate", words.raw(data.plate)
    yield "vin", words.raw(data.vin)
    yield "owner", words.raw(data.owner) or "—"
    if vehicle := data.inspection.vehicle:
        yield from _codes(vehicle, words)
    yield "category", words.code("category", data.inspection.category or "—")
    yield "serial", words.raw(data.inspection.serial)
    yield "keys_taken", words.moment(data.inspection.keys_taken_at)


def _codes(vehicle: Vehicle, words: Words) -> Iterator[tuple[str, str]]:
    yield "make_model", words.raw(vehicle.make_model) or "—"
    yield "vehicle_type", words.registered("vehicle_type", vehicle.vehicle_type)
    yield "use_character", words.registered("use_character", vehicle.use_character)
    yield "fuel", words.registered("fuel", vehicle.fuel)
    yield "first_registered", vehicle.first_registered.isoformat() if vehicle.first_registered else "—"
    yield "masses", f"{vehicle.curb_mass_kg or '—'} / {vehicle.total_mass_kg or '—'} kg"
