"""What a case can hold at all: the table ``plausible.toml``, read once."""

import tomllib
from decimal import Decimal
from fractions import Fraction
from importlib import resources
from typing import Any

_TABLE: dict[str, Any] = tomllib.loads(
    resources.files("station.rules").joinpath("plausible.toml").read_text("utf-8"), parse_float=Decimal
)

RANGES = {unit: (Decimal(found["low"]), Decimal(found["high"])) for unit, found in _TABLE["unit"].items()}
"""The least and the most of a reading, in the model's units; a unit that is not there has neither."""
MOST_N_PER_KG = Fraction(_TABLE["braking"]["most_n_per_kg"])
N_PER_KG_OF_WEIGHT = Fraction(_TABLE["braking"]["n_per_kg_of_weight"])
MOST_BYTES: int = _TABLE["file"]["most_bytes"]
MOST_SAMPLES: int = _TABLE["file"]["most_samples"]
MOST_DECIMALS: int = _TABLE["file"]["most_decimals"]
LARGEST = Decimal(_TABLE["file"]["largest_number"])
