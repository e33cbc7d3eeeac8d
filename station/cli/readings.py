"""Files of real readings: the open data of Estonia's road administration, one brake-tester run a row.

Semicolon separated, UTF-8, decimal comma; V is left, P is right. An empty field and a 0 stand for "not measured".
Nothing is cleaned: a row becomes what a rig would have given, with its gaps.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from station.cli.failure import Unusable
from station.model.capture import Capture, Curve, Mark, Scalar
from station.model.quantity import Quantity
from station.model.vehicle import Vehicle

MAX_AXLES = 4
MASS_TOLERANCE_KG = 2

_TIME, _TOTAL_MASS = "MOOTMISE_AEG", "KOGUKAAL"
_EFFICIENCY, _PARKING_EFFICIENCY = "SOIDUPIDURI_EFEKTIIVSUS", "SEISUPIDURI_EFEKTIIVSUS"
_SIDES = {"left": "V", "right": "P"}

Number = Decimal | None


@dataclass(frozen=True, slots=True)
class Wheel:
    """One wheel of a row: forces in N, mass in kg; None for an empty field."""

    service_n: Number
    parking_n: Number
    mass_kg: Number


@dataclass(frozen=True, slots=True)
class Axle:
    """One axle of a row; ``difference_percent`` is the left/right difference that the tester reported."""

    left: Wheel
    right: Wheel
    difference_percent: Number

    @property
    def wheels(self) -> tuple[Wheel, Wheel]:
        """Return both wheels, the left one first."""
        return self.left, self.right

    @property
    def used(self) -> bool:
        """Return whether anything was measured on the axle."""
        return any(_positive(n) for wheel in self.wheels for n in (wheel.service_n, wheel.parking_n, wheel.mass_kg))


@dataclass(frozen=True, slots=True)
class Reading:
    """One row: its line in the file, the day, what the tester reported, total mass, four axles."""

    line: int
    on: date
    efficiency_percent: Number
    parking_efficiency_percent: Number
    total_mass_kg: Number
    axles: tuple[Axle, ...]

    @property
    def axle_count(self) -> int:
        """Return how many axles the vehicle has, as far as the row tells: two at least."""
        used = (number for number, axle in enumerate(self.axles, 1) if axle.used)
        return max(2, max(used, default=0))

    @property
    def parking_axles(self) -> tuple[int, ...]:
        """Return the axles on which a parking force was measured."""
        held = (n for n, axle in enumerate(self.axles, 1) if any(_positive(w.parking_n) for w in axle.wheels))
        return tuple(held)

    @property
    def cause(self) -> str:
        """Return what a row lacks to be a complete row of two axles, the first that applies; ``complete`` if nothing.

        ``zero``: nothing was measured; ``no_mass``, ``some_mass``: wheel masses; ``force``: a service force of the
        first two axles; ``third_axle``: it has more axles; ``mass_sum``: the wheels do not add up to the total mass.
        """
        wheels = [wheel for axle in self.axles for wheel in axle.wheels]
        masses = [wheel.mass_kg or Decimal() for wheel in wheels[:4]]
        behind = any(_positive(wheel.service_n) for wheel in wheels[4:])
        faults = {
            "zero": not any(axle.used for axle in self.axles),
            "no_mass": not any(masses),
            "force": not all(_positive(wheel.service_n) for wheel in wheels[:4]),
            "some_mass": not all(masses),
            "third_axle": behind,
            "mass_sum": abs(sum(masses, Decimal()) - (self.total_mass_kg or 0)) > MASS_TOLERANCE_KG,
        }
        return next((cause for cause, holds in faults.items() if holds), "complete")

    def vehicle(self, assumed: Vehicle) -> Vehicle:
        """Return the vehicle of the row: all that the file says of it is its axles; the rest is as assumed."""
        return assumed.model_copy(update={"axles": self.axle_count, "parking_axles": self.parking_axles or (2,)})

    def captures(self) -> dict[str, Capture]:
        """Return what a rig would have given: one sample a wheel, the largest force, and the masses."""
        count, parking = self.axle_count, self.parking_axles
        runs = [self._run(f"B{n}", n, lambda wheel: wheel.service_n) for n in range(1, count + 1)]
        if parking:
            several = len(parking) > 1
            runs += [self._run(f"B0{n}" if several else "B0", n, lambda wheel: wheel.parking_n) for n in parking]
        return {run.item: run for run in runs}

    def _run(self, item: str, axle: int, force_n: Callable[[Wheel], Number]) -> Capture:
        wheels = dict(zip(_SIDES, self.axles[axle - 1].wheels, strict=True))
        return Capture.model_construct(
            run=f"line-{self.line}-{item}",
            item=item,
            covers=(),
            rig="file",
            profile="estonia",
            profile_sha256="",
            period_us=10_000,
            first_sequence=0,
            samples=1,
            lost=0,
            times_us=(),
            curves=tuple(_curve(f"force_{side}", force_n(wheel)) for side, wheel in wheels.items()),
            scalars=tuple(_scalar(f"load_{side}", wheel.mass_kg) for side, wheel in wheels.items()),
            marks=_MARKS,
            end_state="normal",
            method="",
        )


_MARKS = (Mark(name="brake", index=0), Mark(name="rise", index=0))


def read_estonia(file: Path) -> Iterator[Reading]:
    """Yield the rows of a file.

    Raises:
        Unusable: not text in UTF-8, a column is missing, or a field is no number or day; names line and column.
        OSError: the file cannot be read.
    """
    with file.open(encoding="utf-8-sig", newline="") as stream:
        try:
            yield from _rows(file, stream)
        except UnicodeDecodeError:
            raise Unusable.of("readings_text", file=file.name) from None


def _rows(file: Path, lines: Iterable[str]) -> Iterator[Reading]:
    reader = csv.reader(lines, delimiter=";")
    header = next(reader, [])
    missing = [name for name in _columns() if name not in header]
    if missing:
        raise Unusable.of("readings_columns", file=file.name, name=missing[0], count=len(missing))
    at = {name: header.index(name) for name in _columns()}
    for fields in reader:
        if len(fields) != len(header):
            words = {"found": len(fields), "expected": len(header)}
            raise Unusable.of("readings_fields", file=file.name, line=reader.line_num, **words)
        yield _Row(file, reader.line_num, at, fields).reading()


@dataclass(frozen=True, slots=True)
class _Row:
    """The fields of one line, read as numbers with the place of an error."""

    file: Path
    line: int
    at: dict[str, int]
    fields: Sequence[str]

    def reading(self) -> Reading:
        return Reading(
            line=self.line,
            on=self._day(),
            efficiency_percent=self._number(_EFFICIENCY),
            parking_efficiency_percent=self._number(_PARKING_EFFICIENCY),
            total_mass_kg=self._number(_TOTAL_MASS),
            axles=tuple(self._axle(number) for number in range(1, MAX_AXLES + 1)),
        )

    def _axle(self, number: int) -> Axle:
        left, right = (self._wheel(f"{number}_{side}_") for side in _SIDES.values())
        return Axle(left, right, self._number(f"{number}_SOIDU_PJOUDUDE_ERINEVUS"))

    def _wheel(self, prefix: str) -> Wheel:
        return Wheel(*(self._number(prefix + name) for name in ("SOIDUPIDURJOUD", "SEISUPIDURJOUD", "RATTA_KAAL")))

    def _number(self, column: str) -> Number:
        text = self.fields[self.at[column]]
        if not text:
            return None
        try:
            value = Decimal(text.replace(",", "."))
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite() or value < 0:
            raise Unusable.of("readings_number", file=self.file.name, line=self.line, column=column, text=text)
        return value

    def _day(self) -> date:
        text = self.fields[self.at[_TIME]]
        try:
            return datetime.strptime(text.partition(" ")[0], "%d.%m.%Y").date()
        except ValueError:
            words = {"column": _TIME, "text": text}
            raise Unusable.of("readings_day", file=self.file.name, line=self.line, **words) from None


def _columns() -> list[str]:
    names = ("SOIDUPIDURJOUD", "SEISUPIDURJOUD", "RATTA_KAAL")
    axles = range(1, MAX_AXLES + 1)
    wheels = [f"{axle}_{side}_{name}" for axle in axles for side in _SIDES.values() for name in names]
    differences = [f"{axle}_SOIDU_PJOUDUDE_ERINEVUS" for axle in axles]
    return [_TIME, _EFFICIENCY, _PARKING_EFFICIENCY, _TOTAL_MASS, *wheels, *differences]


def _positive(value: Number) -> bool:
    return value is not None and value > 0


def _curve(channel: str, value: Number) -> Curve:
    digits = 0 if value is None else max(0, -int(value.as_tuple().exponent))
    raw = None if value is None else int(value.scaleb(digits))
    step = Decimal(1).scaleb(-digits)
    return Curve.model_construct(
        channel=channel, unit="N", scale=step, raw=(raw,), quality="m" if value is None else "g"
    )


def _scalar(channel: str, value: Number) -> Scalar:
    if value is None:
        return Scalar.model_construct(channel=channel, quantity=None, quality="missing")
    quantity = Quantity.model_construct(value=value, unit="kg")
    return Scalar.model_construct(channel=channel, quantity=quantity, quality="good")
