"""The closed set of formulas that a rule pack may name."""

from station.rules.formulas import (
    aim,
    brakes,
    effort,
    excess_air,
    lamps,
    lug_down,
    repeats,
    scalars,
    shares,
    steady_state,
    transient,
    wheels,
    windows,
)
from station.rules.formulas.formula import Formula, Source

__all__ = ["FORMULAS", "Formula", "Source"]

FORMULAS: dict[str, Formula] = {
    **brakes.FORMULAS,
    **wheels.FORMULAS,
    **lamps.FORMULAS,
    **windows.FORMULAS,
    **repeats.FORMULAS,
    **scalars.FORMULAS,
    **lug_down.FORMULAS,
    **shares.FORMULAS,
    **aim.FORMULAS,
    **effort.FORMULAS,
    **excess_air.FORMULAS,
    **steady_state.FORMULAS,
    **transient.FORMULAS,
}
