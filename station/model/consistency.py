"""Whether plate, plate type, vehicle type, fuel, VIN and date of production go together.

What two independent sources agree on is a contradiction, which keeps the vehicle from being registered: its type
decides which items it needs. All else is a doubt, which a person compares with the vehicle's licence (行驶证).
"""

from collections.abc import Iterator
from datetime import date

from station.model.base import Frozen
from station.model.ga24 import TableName, unknown_code
from station.model.identity import NEW_ENERGY, Plate, Vin, check_plate_type
from station.model.text import Text
from station.model.vehicle import Vehicle
from station.model.verdict import Certainty

PURE_ELECTRIC = NEW_ENERGY[:5]
"""Letters of new-energy plates of pure electric vehicles: D, A, B, C, E."""
_TRAILERS, _MOTORCYCLES = ("B", "G"), ("M",)
"""First letters of vehicle types."""
_TRAILER_PLATES, _MOTORCYCLE_PLATES = ("15",), ("07", "08", "17", "24")
_CAR_PLATES = ("01", "02", "16", "23", "51", "52")
_UNSURE_PLATES, _UNSURE_TYPES = ("embassy", "emergency"), ("33",)
"""Forms and codes of plates that no two sources tell."""
_CODES: tuple[TableName, ...] = ("vehicle_type", "plate_type", "use_character", "fuel")
_NEW_ENERGY_FUELS = frozenset("COP")
"""Electric, hybrid, hydrogen."""
_YEAR_LETTERS = "ABCDEFGHJKLMNPRSTVWXY123456789"
"""Position 10 of a VIN, from 1980 on, again after 30 years."""
_FIRST_YEAR, _YEAR_POSITION = 1980, 9


class Finding(Frozen):
    """Two statements that do not go together; ``refuse``: one of them must be put right first.

    ``text`` names codes only, neither plate nor VIN: it may be kept.
    """

    text: Text
    certainty: Certainty
    refuse: bool = False


def findings(plate: Plate, vin: Vin, vehicle: Vehicle) -> tuple[Finding, ...]:
    """Return what does not go together, contradictions first."""
    found = [*_of_plate(plate, vehicle), *_of_fuel(plate, vehicle), *_of_codes(vehicle), *_of_vin(vin, vehicle)]
    return tuple(sorted(found, key=lambda finding: not finding.refuse))


def _of_plate(plate: Plate, vehicle: Vehicle) -> Iterator[Finding]:
    wrong = check_plate_type(plate, vehicle.plate_type)
    if wrong:
        sure = plate.kind not in _UNSURE_PLATES and vehicle.plate_type not in _UNSURE_TYPES
        yield Finding(text=wrong, certainty="B" if sure else "D", refuse=sure)
    trailer, motorcycle = vehicle.vehicle_type.startswith(_TRAILERS), vehicle.vehicle_type.startswith(_MOTORCYCLES)
    of_trailer = vehicle.plate_type in _TRAILER_PLATES
    of_motorcycle = vehicle.plate_type in _MOTORCYCLE_PLATES
    telling = of_trailer or of_motorcycle or vehicle.plate_type in _CAR_PLATES
    if telling and of_trailer != trailer:
        yield _apart(vehicle, "挂车（B、G）", "trailers (B, G)")
    elif telling and of_motorcycle != motorcycle:
        yield _apart(vehicle, "摩托车（M）", "motorcycles (M)")


def _apart(vehicle: Vehicle, zh: str, en: str) -> Finding:
    plate, type_ = vehicle.plate_type, vehicle.vehicle_type
    text = Text(
        zh=f"号牌种类 {plate} 与车辆类型 {type_} 不一致：{zh}有专用的号牌种类；请改正其中一项。",
        en=f"Plate type {plate} does not go with vehicle type {type_}: {en} have plates of their own; "
        "correct one of them.",
    )
    return Finding(text=text, certainty="B", refuse=True)


def _of_fuel(plate: Plate, vehicle: Vehicle) -> Iterator[Finding]:
    if plate.kind not in ("new_energy_small", "new_energy_large"):
        return
    letter = plate.number[2] if plate.kind == "new_energy_small" else plate.number[-1]
    if not set(vehicle.fuel) & _NEW_ENERGY_FUELS:
        meant = Text(zh="新能源（C 电、O 混合动力、P 氢）", en="new energy (C electric, O hybrid, P hydrogen)")
        yield _fuel_apart(vehicle, Text(zh="样式", en="form"), meant, "D")
    elif (letter in PURE_ELECTRIC) != (set(vehicle.fuel) == {"C"}):
        pure = Text(zh="纯电动", en="pure electric")
        meant = pure if letter in PURE_ELECTRIC else Text(zh="非纯电动", en="not pure electric")
        yield _fuel_apart(vehicle, Text(zh=f" {letter} ", en=letter), meant, "C")


def _fuel_apart(vehicle: Vehicle, what: Text, meant: Text, certainty: Certainty) -> Finding:
    text = Text(
        zh=f"号牌的{what.zh}表示{meant.zh}，与燃料种类 {vehicle.fuel} 不一致；请与行驶证核对。",
        en=f"The {what.en} of the plate means {meant.en}, which does not go with fuel {vehicle.fuel}: "
        "compare it with the vehicle's licence.",
    )
    return Finding(text=text, certainty=certainty)


def _of_codes(vehicle: Vehicle) -> Iterator[Finding]:
    for name in _CODES:
        text = unknown_code(name, getattr(vehicle, name))
        if text:
            yield Finding(text=text, certainty="D")


def _of_vin(vin: Vin, vehicle: Vehicle) -> Iterator[Finding]:
    if vin.warning:
        yield Finding(text=vin.warning, certainty="D")
    # A VIN whose check digit does not fit may have been formed in another way altogether.
    elif vehicle.produced and not _year_fits(vin.number[_YEAR_POSITION], vehicle.produced):
        letter = vin.number[_YEAR_POSITION]
        text = Text(
            zh=f"车辆识别代号第 10 位 {letter} 表示的年份与出厂日期 {vehicle.produced} 不符；请与行驶证核对。",
            en=f"The year that character 10 of the VIN ({letter}) stands for does not go with production on "
            f"{vehicle.produced}: compare both with the vehicle's licence.",
        )
        yield Finding(text=text, certainty="D")


def _year_fits(letter: str, produced: date) -> bool:
    """Return whether a year letter can be that of a vehicle made then: of that year, or of the model year beside it."""
    if letter not in _YEAR_LETTERS:
        return False
    apart = (produced.year - _FIRST_YEAR - _YEAR_LETTERS.index(letter)) % len(_YEAR_LETTERS)
    return apart in (0, 1, len(_YEAR_LETTERS) - 1)
