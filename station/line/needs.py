"""What a vehicle needs that is being registered, and what must be known before: refusals that the desk can act on."""

from datetime import date

from station.bus import messages as m
from station.line.case import Case, Refusal
from station.model.codes import MEASURED_ITEMS
from station.model.ga24 import unknown_code
from station.rules import Pack, missing_facts, named_facts, plan

PARKING = "B0"
SEVERAL_AXLES = 3
"""From so many axles on, the parking brake may act on others than the second one, or on several."""


def needed_items(case: Case, body: m.InspectionRegister) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the items that this station does, and those of the vehicle's that it leaves to another one.

    Raises:
        Refusal: naming what is missing, or what this station or its rule pack cannot do.
    """
    pack, elsewhere = case.hall.pack, case.hall.config.rules.elsewhere
    today = case.now.astimezone(case.hall.zone).date()
    _check_day(pack, today)
    _check_fuel(body)
    _check_axles(pack, body)
    needed = plan(pack, body.vehicle, body.category, today)
    here = tuple(code for code in needed if code not in elsewhere)
    _check_known(case, body, here)
    if not_here := _not_here(body, here):
        raise Refusal("items_not_here", items=", ".join(not_here))
    return here, tuple(code for code in needed if code in elsewhere)


def _check_day(pack: Pack, today: date) -> None:
    """Refuse a day before the rules: a computer whose clock was lost would plan nothing, and pass everything."""
    if waiting := [item.code for item in pack.items if item.effective_from > today]:
        raise Refusal("pack_not_yet", day=today, pack=pack.ref.name, items=", ".join(waiting))


def _check_fuel(body: m.InspectionRegister) -> None:
    """Refuse a fuel that no table has: which exhaust test a vehicle needs hangs on it."""
    if not body.vehicle.fuel or any(unknown_code("fuel", letter) for letter in body.vehicle.fuel):
        raise Refusal("fuel_code", fuel=body.vehicle.fuel)


def _check_axles(pack: Pack, body: m.InspectionRegister) -> None:
    most = max((item.axle or 0 for item in pack.items), default=0)
    if body.vehicle.axles > most:
        raise Refusal("too_many_axles", axles=body.vehicle.axles, most=most)


def _check_known(case: Case, body: m.InspectionRegister, here: tuple[str, ...]) -> None:
    pack, vehicle = case.hall.pack, body.vehicle
    asked = missing_facts(pack, vehicle, body.category, case.hall.config.rules.elsewhere)
    if PARKING in here and vehicle.axles >= SEVERAL_AXLES and "parking_axles" not in vehicle.model_fields_set:
        asked = (*asked, "parking_axles")
    if asked:
        raise Refusal("missing_facts", body={"missing": list(asked)}, facts=named_facts(pack, asked))


def _not_here(body: m.InspectionRegister, here: tuple[str, ...]) -> list[str]:
    """Return the items that no rig of ours measures, the parking brake of several axles among them."""
    several = len(body.vehicle.parking_axles) > 1
    return [code for code in here if code not in MEASURED_ITEMS or (code == PARKING and several)]
