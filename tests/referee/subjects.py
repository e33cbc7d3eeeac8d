"""What is proved of each pack. Each entry stands for one share of the cases."""

from tests.referee import cn_brakes, cn_cases, cn_diesel, cn_lamps, cn_petrol
from tests.referee.answer import Answer, Json
from tests.referee.generator import Subject


def _whole(case: Json, item: str) -> Answer:
    return (cn_brakes.parking if item == "B0" else cn_brakes.vehicle_rate)(case, item)


SUBJECTS: dict[str, tuple[Subject, ...]] = {
    "cn-gb38900-2020": (
        Subject(cn_cases.axle, cn_brakes.axle),
        Subject(cn_cases.axle, cn_brakes.axle),
        Subject(cn_cases.plate, cn_brakes.axle),
        Subject(cn_cases.loaded, cn_brakes.loaded),
        Subject(cn_cases.whole, _whole),
        Subject(cn_cases.lamps, cn_lamps.headlamp),
        Subject(cn_cases.exhaust, cn_petrol.double_idle),
        Subject(cn_cases.smoke, cn_diesel.free_acceleration),
    ),
}
