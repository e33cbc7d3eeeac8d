"""What is proved of each pack, and how often: what is slow, and has few limits, more seldom."""

from tests.referee import (
    cn_asm,
    cn_brakes,
    cn_cases,
    cn_diesel,
    cn_exhaust_cases,
    cn_lamps,
    cn_petrol,
    cn_road,
    cn_slip,
    eu_brakes,
    mot_aim,
    mot_brakes,
    mot_cases,
    mot_diesel,
    mot_exhaust_cases,
    mot_petrol,
)
from tests.referee.answer import Answer, Json
from tests.referee.generator import Subject


def _whole(case: Json, item: str) -> Answer:
    return (cn_brakes.parking if item == "B0" else cn_brakes.vehicle_rate)(case, item)


SUBJECTS: dict[str, tuple[Subject, ...]] = {
    "cn-gb38900-2020": (
        *(Subject(cn_cases.axle, cn_brakes.axle),) * 6,
        *(Subject(cn_cases.plate, cn_brakes.axle),) * 3,
        *(Subject(cn_cases.loaded, cn_brakes.loaded),) * 2,
        *(Subject(cn_cases.whole, _whole),) * 3,
        *(Subject(cn_cases.lamps, cn_lamps.headlamp),) * 3,
        *(Subject(cn_exhaust_cases.exhaust, cn_petrol.double_idle),) * 2,
        *(Subject(cn_exhaust_cases.smoke, cn_diesel.free_acceleration),) * 2,
        Subject(cn_exhaust_cases.lug_down, cn_diesel.lug_down),
        Subject(cn_exhaust_cases.side_slip, cn_slip.side_slip),
        Subject(cn_exhaust_cases.short_transient, cn_petrol.short_transient),
        Subject(cn_exhaust_cases.road, cn_road.road),
        Subject(cn_exhaust_cases.steady_state, cn_asm.steady_state),
    ),
    "gb-mot-class4-2025": (
        Subject(mot_cases.axle, mot_brakes.axle),
        Subject(mot_cases.mot_service, mot_brakes.service),
        Subject(mot_cases.mot_parking, mot_brakes.parking),
        Subject(mot_exhaust_cases.aim, mot_aim.aim),
        Subject(mot_exhaust_cases.petrol, mot_petrol.petrol),
        Subject(mot_exhaust_cases.smoke, mot_diesel.smoke),
    ),
    "eu-2014-45": (
        Subject(mot_cases.axle, eu_brakes.axle),
        Subject(mot_cases.eu_service, eu_brakes.service),
        Subject(mot_cases.eu_parking, eu_brakes.parking),
    ),
}
