"""What a rig needs before a vehicle's run: warm, and checked as its dates demand."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

from devices.gas import GasAnalyser
from devices.rig import Rig
from devices.smoke import Opacimeter
from station.line.procedures.base import DoubleIdleTiming, FreeAccelerationTiming, timings
from station.line.procedures.double_idle import preparation

WARMING = frozenset({"SWUP", "WARMUP", "WARMING_UP"})
"""Status names under which a rig says that it warms up."""
WAITING = {"gas": "analyser_wait", "smoke": "smoke_wait"}
PREPARING = {
    ("gas", "leak_test"): "analyser_leak_test",
    ("gas", "purge"): "analyser_purge",
    ("gas", "zero"): "analyser_zero",
    ("smoke", "zero"): "smoke_calibrate",
}
"""What the driver reads while a rig warms up, or checks itself, by its kind and the check."""


def needs_preparing(driver: Rig) -> bool:
    """Say whether a rig is one that has to be checked before a vehicle."""
    return driver.profile.kind in WAITING


async def until_warm(driver: Rig, pause: Callable[[], Awaitable[None]]) -> None:
    """Wait until a rig has warmed up; ``pause`` is called between two looks.

    Raises:
        RigError: it does not answer.
    """
    while WARMING & await driver.status():
        await pause()


async def needed_checks(driver: Rig) -> tuple[str, ...]:
    """Return the checks that a rig needs before it may measure a vehicle.

    Raises:
        RigError: it does not answer.
    """
    if isinstance(driver, GasAnalyser):
        return await _of_analyser(driver, timings().double_idle)
    if isinstance(driver, Opacimeter):
        return await _of_opacimeter(driver, timings().free_acceleration)
    return ()


async def _of_analyser(analyser: GasAnalyser, timing: DoubleIdleTiming) -> tuple[str, ...]:
    checks = await analyser.checks()
    known: dict[str, Decimal | None] = {
        "zero_age_s": None if checks.zero != "passed" else Decimal(checks.zero_age_s or 0),
        "leak_age_s": None if checks.leak != "passed" else Decimal(checks.leak_age_s or 0),
        "residue": Decimal(checks.residue_ppm) if checks.zero != "never" else None,
    }
    return preparation(known, timing)


async def _of_opacimeter(smoke: Opacimeter, timing: FreeAccelerationTiming) -> tuple[str, ...]:
    last = await smoke.calibration()
    return () if last.passed and (last.age_s or 0) <= timing.calibration_age_s else ("zero",)
