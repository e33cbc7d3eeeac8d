"""The closed set of formulas that a rule pack may name."""

from station.rules.formulas import aim, brakes, effort, lamps, repeats, scalars, windows
from station.rules.formulas.formula import Formula, Source

__all__ = ["FORMULAS", "Formula", "Source"]

FORMULAS: dict[str, Formula] = {
    **brakes.FORMULAS,
    **lamps.FORMULAS,
    **windows.FORMULAS,
    **repeats.FORMULAS,
    **scalars.FORMULAS,
    **aim.FORMULAS,
    **effort.FORMULAS,
}
