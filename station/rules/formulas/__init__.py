"""The closed set of formulas that a rule pack may name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from station.rules.formulas.brakes import (
    axle_braking_rate,
    imbalance_of_axle_load,
    imbalance_of_largest_force,
    parking_braking_rate,
    vehicle_braking_rate,
)
from station.rules.formulas.evidence import Evidence, Measured
from station.rules.formulas.lamps import intensity_of_all_lamps, intensity_of_better_pair, lamp_intensity
from station.rules.formulas.repeats import least_maximum_of_rated_speed, mean_of_maxima, spread_of_maxima
from station.rules.formulas.windows import window_length, window_maximum, window_mean, window_minimum

Source = Literal["own", "axles", "lamps"]


@dataclass(frozen=True)
class Formula:
    """A formula: what it gives (unit None: that of its channel), the constants it needs, and the runs it reads.

    ``channels`` says how many channels its window may have, lowest and highest; None: it has no window. They are in
    ``channel_unit``, None: in the quantity's. ``repeats``: the window is one of several, of which it takes the last.
    """

    compute: Callable[[Evidence], Measured]
    unit: str | None
    constants: tuple[str, ...] = ()
    forces: Source = "own"
    loads: Source | None = None
    needs_axle: bool = False
    channels: tuple[int, int] | None = None
    channel_unit: str | None = None
    repeats: bool = False

    @property
    def sources(self) -> set[Source]:
        """Return the runs that the formula reads."""
        return {self.forces, self.loads or self.forces}


FORMULAS: dict[str, Formula] = {
    "axle_braking_rate": Formula(axle_braking_rate, "%", ("g",), loads="own", needs_axle=True),
    "imbalance_of_largest_force": Formula(imbalance_of_largest_force, "%", needs_axle=True),
    "imbalance_of_axle_load": Formula(imbalance_of_axle_load, "%", ("g",), loads="own", needs_axle=True),
    "vehicle_braking_rate": Formula(vehicle_braking_rate, "%", ("g",), forces="axles", loads="axles"),
    "parking_braking_rate": Formula(parking_braking_rate, "%", ("g",), loads="axles"),
    "window_mean": Formula(window_mean, None, channels=(1, 9)),
    "window_minimum": Formula(window_minimum, None, channels=(1, 1)),
    "window_maximum": Formula(window_maximum, None, channels=(1, 1)),
    "window_length": Formula(window_length, "s", channels=(0, 0)),
    "mean_of_maxima": Formula(mean_of_maxima, None, channels=(1, 1), repeats=True),
    "spread_of_maxima": Formula(spread_of_maxima, None, channels=(1, 1), repeats=True),
    "least_maximum_of_rated_speed": Formula(
        least_maximum_of_rated_speed, "%", channels=(1, 1), channel_unit="1/min", repeats=True
    ),
    "lamp_intensity": Formula(lamp_intensity, "cd"),
    "intensity_of_all_lamps": Formula(intensity_of_all_lamps, "cd", forces="lamps"),
    "intensity_of_better_pair": Formula(intensity_of_better_pair, "cd", forces="lamps"),
}
