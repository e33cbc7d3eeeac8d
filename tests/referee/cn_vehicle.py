"""Which row of the Chinese tables a vehicle stands in (standards-cn, sections 2.1, 2.2 and 7.2).

A fact that is missing is tried both ways: where every way leads to the same row the row is known, else it is not.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from typing import TypeVar

from tests.referee.answer import Json

T = TypeVar("T")

MOPEDS = ("M12", "M22")
THREE_WHEEL_MOTORCYCLES = ("M10", "M11", "M13", "M14")
ARTICULATED_BUSES = ("K14", "K24")


def completions(vehicle: Json) -> Iterator[Json]:
    """Return the vehicle with each missing fact filled in every way that can make a difference."""
    ways: dict[str, tuple[object, ...]] = {
        "persons": (9, 10),
        "total_mass_kg": (3500, 3501),
    }
    if vehicle["vehicle_type"][0] == "Z":
        ways["curb_mass_kg"] = (1, 1_000_000)
    missing = [name for name in ways if vehicle.get(name) is None]
    for values in product(*(ways[name] for name in missing)):
        yield {**vehicle, **dict(zip(missing, values, strict=True))}


def same_for_all(vehicle: Json, of: Callable[[Json], T]) -> T | None:
    """Return what holds however the missing facts turn out, None if it depends on them."""
    found = {of(complete) for complete in completions(vehicle)}
    return found.pop() if len(found) == 1 else None


def is_trailer(vehicle: Json) -> bool:
    """7.2: B semi-trailer, G full trailer."""
    return str(vehicle["vehicle_type"])[0] in "BG"


def is_motorcycle(vehicle: Json) -> bool:
    """7.2: M, mopeds among them."""
    return str(vehicle["vehicle_type"])[0] == "M"


def is_passenger(vehicle: Json) -> bool:
    """7.2: K."""
    return str(vehicle["vehicle_type"])[0] == "K"


def is_light(vehicle: Json) -> bool:
    """2.2: total mass at most 3 500 kg."""
    return int(vehicle["total_mass_kg"]) <= 3500


def is_car(vehicle: Json) -> bool:
    """2.2: passenger car (乘用车), at most 9 persons."""
    return is_passenger(vehicle) and vehicle["persons"] <= 9


def row(vehicle: Json) -> str:
    """Return the row of the table in 2.2; the first that fits. Needs ``persons`` and ``total_mass_kg``.

    The row of special-operation vehicles has the rear values of "other vehicle", so it is an exception to that row:
    one of at most 3 500 kg stands with the light vehicles.
    """
    kind = vehicle["vehicle_type"]
    if kind[0] == "N":
        return "three_wheel"
    if kind[0] == "M":
        return "moped" if kind in MOPEDS else "motorcycle"
    if is_trailer(vehicle):
        return "trailer"
    if kind in ARTICULATED_BUSES:
        return "articulated"
    if is_car(vehicle) or is_light(vehicle):
        return "light"
    if is_passenger(vehicle):
        return "bus"
    return "special" if _nothing_to_carry(vehicle) else "other"


def _nothing_to_carry(vehicle: Json) -> bool:
    """2.2: a special-operation vehicle with total mass at most 1.2 times the curb mass."""
    return (
        str(vehicle["vehicle_type"])[0] == "Z"
        and int(vehicle["total_mass_kg"]) <= Fraction("1.2") * vehicle["curb_mass_kg"]
    )


def place(vehicle: Json, axle: int) -> str | None:
    """2.1: front are the axles ahead of the middle; no axle of a trailer; axle 2 where two axles steer (twin-steer).

    Of a vehicle with two axles the second is behind the middle, whatever it steers; of one with more, how many steer
    must be known. The sheet speaks of the middle of a single vehicle: of an articulated bus only the first axle is
    known to be a front axle.
    """
    if is_trailer(vehicle):
        return "rear"
    if vehicle["vehicle_type"] in ARTICULATED_BUSES:
        return "front" if axle == 1 else None
    steered = vehicle.get("steered_axles")
    if vehicle["axles"] > 2 and steered is None:
        return None
    return "front" if axle == 1 or (axle == 2 and vehicle["axles"] > 2 and steered == 2) else "rear"
