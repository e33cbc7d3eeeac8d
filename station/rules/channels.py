"""The channels that runs have, and the unit of each."""

from difflib import get_close_matches

from station.model.codes import LAMP_ITEMS
from station.model.quantity import Unit
from station.rules.formulas.scalars import SCALAR_UNITS
from station.rules.formulas.windows import CHANNEL_UNITS

SIDES = ("left", "right")
_OF_BRAKES: dict[str, Unit] = {
    **{f"force_{side}": "N" for side in SIDES},
    **{f"load_{side}": "kg" for side in SIDES},
    **{f"drag_{side}": "N" for side in SIDES},
}
_OF_A_LAMP: dict[str, Unit] = {
    "intensity": "cd",
    "height": "mm",
    **{f"{beam}_{axis}": "mm/10m" for beam in ("high", "low") for axis in ("dx", "dy")},
}
_OF_LAMPS: dict[str, Unit] = {f"{item}_{name}": unit for item in LAMP_ITEMS for name, unit in _OF_A_LAMP.items()}
UNITS: dict[str, Unit] = {**_OF_BRAKES, **_OF_LAMPS, **CHANNEL_UNITS, **SCALAR_UNITS}
"""Every channel and single value, and the unit in which formulas take it."""


def near(name: str) -> str:
    """Return the known channel that is written most like a name, empty if none is."""
    return next(iter(get_close_matches(name, UNITS)), "")
