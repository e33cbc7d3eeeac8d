"""Replay of real brake-tester runs: rows of the Estonian open data become vehicles that reproduce them exactly.

The file is semicolon separated with decimal comma. A value of 0 stands for "not measured" there, like an empty field.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path

from sim.axles import Axle, Wheel
from sim.brakes import ForceControlled
from sim.vehicle import SimVehicle, healthy
from station.model.text import SaidValueError, Text

MAX_AXLES = 4
MASS_TOLERANCE_KG = 2

_LEFT, _RIGHT = "V", "P"
_SIDE_FIELDS = {"service": "SOIDUPIDURJOUD", "parking": "SEISUPIDURJOUD", "mass": "RATTA_KAAL", "drag": "VEERETAKISTUS"}
_TIME, _TOTAL_MASS = "MOOTMISE_AEG", "KOGUKAAL"
_EFFICIENCY, _PARKING_EFFICIENCY = "SOIDUPIDURI_EFEKTIIVSUS", "SEISUPIDURI_EFEKTIIVSUS"


@dataclass(frozen=True)
class ReplayWheel:
    """One wheel of a row as it stands in the file: forces in N, mass in kg; None for an empty field."""

    service_n: Decimal | None
    parking_n: Decimal | None
    mass_kg: Decimal | None
    drag_n: Decimal | None

    @property
    def used(self) -> bool:
        """Tell whether the run knows anything of this wheel but its drag."""
        return any(map(_positive, (self.service_n, self.parking_n, self.mass_kg)))


@dataclass(frozen=True)
class ReplayAxle:
    """One axle of a row; ``difference_percent`` is the left/right difference that the tester reported."""

    left: ReplayWheel
    right: ReplayWheel
    difference_percent: Decimal | None
    mass_kg: Decimal | None

    @property
    def used(self) -> bool:
        """Tell whether the run knows anything of this axle but its drag."""
        return self.left.used or self.right.used or _positive(self.mass_kg)


@dataclass(frozen=True)
class ReplayRow:
    """One run: line number in the file, time as written, reported efficiencies in %, total mass in kg, four axles."""

    line: int
    measured_at: str
    efficiency_percent: Decimal | None
    parking_efficiency_percent: Decimal | None
    total_mass_kg: Decimal | None
    axles: tuple[ReplayAxle, ...]


def read_rows(path: Path, limit: int | None = None) -> Iterator[ReplayRow]:
    """Yield the rows of a file, at most ``limit``.

    Raises:
        ValueError: not text in UTF-8, a column is missing, or a field is not a number; it names line and column.
        OSError: the file cannot be read.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            yield from islice(_rows(path, csv.DictReader(file, delimiter=";", restkey="")), limit)
        except (UnicodeDecodeError, csv.Error) as error:
            said = Text(
                zh=f"{path.name}：不是以分号分隔的 UTF-8 文件",
                en=f"{path.name}: not a semicolon separated file in UTF-8 ({error})",
            )
            raise SaidValueError(said) from error


def _rows(path: Path, reader: "csv.DictReader[str]") -> Iterator[ReplayRow]:
    _check_columns(path, reader.fieldnames or ())
    for fields in reader:
        yield _row(path, reader.line_num, fields)


def is_complete_two_axle(row: ReplayRow) -> bool:
    """Tell whether a row has everything of two axles and nothing of a third: see the data's README."""
    wheels = [wheel for axle in row.axles for wheel in (axle.left, axle.right)]
    masses = [wheel.mass_kg or Decimal() for wheel in wheels[:4]]
    forces_ok = all(_positive(wheel.service_n) for wheel in wheels[:4])
    none_behind = not any(_positive(wheel.service_n) for wheel in wheels[4:])
    total = row.total_mass_kg or Decimal()
    return forces_ok and none_behind and min(masses) > 0 and abs(sum(masses) - total) <= MASS_TOLERANCE_KG


def vehicle_of(row: ReplayRow, plate: str = "", with_drag: bool = False) -> SimVehicle:
    """Return the vehicle whose run on the simulated rig gives the row's masses and peak forces, lock off.

    What the row does not have, the rig's sensors do not give: a load cell without value, a force channel without value.
    A row of zeros is a car of two axles without any value. A service force above 30,000 N saturates the rig.

    Args:
        row: the run.
        plate: the car's plate, else one made from the line number.
        with_drag: let the wheels drag as the row says; else they roll freely.
    """
    used = [number for number, axle in enumerate(row.axles, 1) if axle.used]
    count = max([2, *used])
    car = healthy(row.line, plate)
    axles = tuple(_axle(axle, with_drag) for axle in row.axles[:count])
    missing = not any(axle.parking for axle in axles)
    return SimVehicle(car.plate, row.line, axles, car.engine, parking_missing=missing, story="replay")


def _axle(axle: ReplayAxle, with_drag: bool) -> Axle:
    parking = _positive(axle.left.parking_n) or _positive(axle.right.parking_n)
    left, right = (_wheel(wheel, parking, with_drag) for wheel in (axle.left, axle.right))
    return Axle(left, right, lock_enabled=False)


def _wheel(wheel: ReplayWheel, parking: bool, with_drag: bool) -> Wheel:
    """Return one wheel; ``parking`` tells whether its axle has a parking force at all."""
    mass_kg = _whole(wheel.mass_kg)
    drag_n = (_whole(wheel.drag_n) or 0) if with_drag else 0
    parking_n = _whole(wheel.parking_n) if parking else 0
    return Wheel(mass_kg, ForceControlled(_whole(wheel.service_n), parking_n, drag_n))


def _positive(value: Decimal | None) -> bool:
    return value is not None and value > 0


def _whole(value: Decimal | None) -> int | None:
    return int(value.to_integral_value()) if value is not None and value > 0 else None


def _columns() -> list[str]:
    side = [f"{n}_{s}_{f}" for n in range(1, MAX_AXLES + 1) for s in (_LEFT, _RIGHT) for f in _SIDE_FIELDS.values()]
    axle = [f"{n}_{f}" for n in range(1, MAX_AXLES + 1) for f in ("SOIDU_PJOUDUDE_ERINEVUS", "TELJE_KAAL")]
    return [_TIME, _EFFICIENCY, _PARKING_EFFICIENCY, _TOTAL_MASS, *side, *axle]


def _check_columns(path: Path, names: Sequence[str]) -> None:
    missing = [name for name in _columns() if name not in names]
    if missing:
        raise SaidValueError(
            Text(
                zh=f"{path.name}，第 1 行：没有列 {missing[0]}（共缺 {len(missing)} 列；分隔符是 ;）",
                en=f"{path.name}, line 1: no column {missing[0]} ({len(missing)} columns missing; separator is ';')",
            )
        )


class _Fields:
    """The fields of one line, read as numbers with the place of an error."""

    def __init__(self, path: Path, line: int, fields: Mapping[str, str | None]) -> None:
        self._where = Text(zh=f"{path.name}，第 {line} 行", en=f"{path.name}, line {line}")
        self._fields = fields
        if None in fields.values() or "" in fields:
            raise SaidValueError(self._at("：字段数与表头不一致", ": fields and header do not match in number"))

    def _at(self, zh: str, en: str) -> Text:
        return Text(zh=f"{self._where.zh}{zh}", en=f"{self._where.en}{en}")

    def number(self, column: str) -> Decimal | None:
        text = (self._fields[column] or "").strip()
        if not text:
            return None
        try:
            value = Decimal(text.replace(",", "."))
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or value < 0:
            zh = f"，列 {column}：“{text}”不是 0 或更大的数（小数用逗号）"
            raise SaidValueError(
                self._at(zh, f", column {column}: {text!r} is not a number of 0 or more with decimal comma")
            )
        return value

    def text(self, column: str) -> str:
        return self._fields[column] or ""


def _row(path: Path, line: int, named: Mapping[str, str | None]) -> ReplayRow:
    fields = _Fields(path, line, named)
    return ReplayRow(
        line=line,
        measured_at=fields.text(_TIME),
        efficiency_percent=fields.number(_EFFICIENCY),
        parking_efficiency_percent=fields.number(_PARKING_EFFICIENCY),
        total_mass_kg=fields.number(_TOTAL_MASS),
        axles=tuple(_row_axle(fields, number) for number in range(1, MAX_AXLES + 1)),
    )


def _row_axle(fields: _Fields, number: int) -> ReplayAxle:
    left, right = (_row_wheel(fields, f"{number}_{side}_") for side in (_LEFT, _RIGHT))
    difference = fields.number(f"{number}_SOIDU_PJOUDUDE_ERINEVUS")
    return ReplayAxle(left, right, difference, fields.number(f"{number}_TELJE_KAAL"))


def _row_wheel(fields: _Fields, prefix: str) -> ReplayWheel:
    values = {name: fields.number(prefix + field) for name, field in _SIDE_FIELDS.items()}
    return ReplayWheel(values["service"], values["parking"], values["mass"], values["drag"])
