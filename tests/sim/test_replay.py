"""Replay of real runs: what the row has is delivered exactly, what it has not is delivered as no value."""

from decimal import Decimal
from pathlib import Path

import pytest

from sim.brake_bay import Bay
from sim.brake_controller import Controller
from sim.replay import is_complete_two_axle, read_rows, vehicle_of

EXCERPT = Path(__file__).parent.parent / "data" / "estonia" / "brake_readings_300.csv"


@pytest.fixture(scope="module")
def rows():
    return list(read_rows(EXCERPT))


def number(value):
    return int(value) if value else None


def measure(car, axle, lever=False, scale=1.0):
    """Run one axle as a host would; return peaks left and right (None: never a number) and loads."""
    bay = Bay()
    bay.faults.scale_error = scale
    rig = Controller(bay, 0, [0, 0])
    bay.enter(car, axle)
    rig.watchdog = 50
    rig.command(2)
    rig.watchdog = 0
    rig.advance(1_600_000_000)
    (bay.lever if lever else bay.pedal).move(1.0, 0.5)
    rig.advance(2_300_000_000)
    assert rig.motors == [True, True]
    run = [sample for sample in rig.samples.history if sample.number > 160]
    left = [sample.left_n for sample in run if sample.left_n is not None]
    right = [sample.right_n for sample in run if sample.right_n is not None]
    return max(left, default=None), max(right, default=None), rig.measured.load_kg


@pytest.fixture(scope="module")
def service(rows):
    """What the rig delivers of the service brake of each axle, by line: every run is made once."""
    cars = {row.line: vehicle_of(row) for row in rows}
    return {line: [measure(car, axle) for axle in range(1, len(car.axles) + 1)] for line, car in cars.items()}


def test_the_excerpt_is_read(rows):
    assert len(rows) == 300
    assert sum(map(is_complete_two_axle, rows)) == 265
    assert rows[0].line == 2
    assert rows[0].measured_at == "01.08.2018 9:52:00"
    assert rows[0].efficiency_percent == 75
    assert rows[0].total_mass_kg == 2085
    first = rows[0].axles[0]
    assert (first.left.service_n, first.right.service_n, first.left.mass_kg) == (5030, 4360, 544)
    assert rows[0].axles[2].left.service_n is None


def test_the_rig_delivers_every_row_exactly(rows, service):
    for row in rows:
        car = vehicle_of(row)
        for count, (axle, real) in enumerate(zip(car.axles, row.axles, strict=False), 1):
            left, right, loads = service[row.line][count - 1]
            assert left == number(real.left.service_n), row.line
            assert right == number(real.right.service_n), row.line
            assert loads == (number(real.left.mass_kg), number(real.right.mass_kg)), row.line
            if axle.parking:
                left, right, _ = measure(car, count, lever=True)
                assert (left, right) == (number(real.left.parking_n), number(real.right.parking_n)), row.line


def test_the_efficiency_that_the_tester_reported_comes_out_again(rows, service):
    complete = [row for row in rows if is_complete_two_axle(row)]
    near = 0
    for row in complete:
        force_n = sum(left + right for left, right, _ in service[row.line])
        near += abs(round(100 * force_n / (9.81 * int(row.total_mass_kg))) - row.efficiency_percent) <= 1
    assert near >= 0.995 * len(complete)


def test_a_scale_error_shows(rows):
    car = vehicle_of(rows[0])
    left, right, _ = measure(car, 1, scale=1.02)
    assert (left, right) == (round(5030 * 1.02), round(4360 * 1.02))


def test_odd_rows(rows):
    cars = [(row, vehicle_of(row)) for row in rows]
    empty = [car for row, car in cars if not any(axle.used for axle in row.axles)]
    assert empty
    assert all(len(car.axles) == 2 and car.mass_kg is None and car.parking_missing for car in empty)
    assert max(len(car.axles) for _, car in cars) == 4
    assert any(car.parking_missing and row.axles[0].used for row, car in cars)
    assert not any(car.parking_missing for row, car in cars if is_complete_two_axle(row))
    assert not any(axle.lock_enabled for _, car in cars for axle in car.axles)


def test_drag_on_demand(rows):
    row = next(row for row in rows if is_complete_two_axle(row) and row.axles[0].left.drag_n)
    car = vehicle_of(row, with_drag=True)
    assert car.axles[0].left.brake.drag_n == row.axles[0].left.drag_n
    assert measure(car, 1)[0] == row.axles[0].left.service_n
    assert vehicle_of(row).axles[0].left.brake.drag_n == 0


def test_limit_and_plate(rows):
    assert [row.line for row in read_rows(EXCERPT, limit=3)] == [2, 3, 4]
    assert vehicle_of(rows[0], "京A12345").plate == "京A12345"
    assert vehicle_of(rows[0]).plate != vehicle_of(rows[1]).plate


def changed(tmp_path, old, new, line=1):
    lines = EXCERPT.read_text(encoding="utf-8").splitlines()[:5]
    assert old in lines[line]
    lines[line] = lines[line].replace(old, new, 1)
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_decimal_comma_is_read(tmp_path):
    row = next(read_rows(changed(tmp_path, ";5030;", ";5030,5;")))
    assert row.axles[0].left.service_n == Decimal("5030.5")


@pytest.mark.parametrize("text", ["abc", "5030.5.1", "-3", "NaN", "inf"])
def test_a_field_that_is_no_number_is_named(tmp_path, text):
    with pytest.raises(ValueError, match=r"rows.csv, line 2, column 1_V_SOIDUPIDURJOUD: .*not a number"):
        list(read_rows(changed(tmp_path, ";5030;", f";{text};")))


def test_a_missing_column_is_named(tmp_path):
    with pytest.raises(ValueError, match="line 1: no column KOGUKAAL"):
        list(read_rows(changed(tmp_path, "KOGUKAAL", "MASS", line=0)))


@pytest.mark.parametrize(("old", "new"), [(";5030;", ";"), (";5030;", ";5030;1;")])
def test_too_few_or_too_many_fields(tmp_path, old, new):
    with pytest.raises(ValueError, match="line 2: fields and header do not match"):
        list(read_rows(changed(tmp_path, old, new)))


def test_a_file_that_is_no_text(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"x.csv: not a semicolon separated file"):
        list(read_rows(path))


def test_an_empty_file(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("")
    with pytest.raises(ValueError, match="no column"):
        list(read_rows(path))
