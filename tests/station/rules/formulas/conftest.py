"""Runs of the steady-state test, and their verdicts."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from station.model.capture import Capture, Curve, Mark, Scalar
from station.model.quantity import Quantity, Unit
from station.model.verdict import ItemVerdict
from station.rules import Pack

Verdict = Callable[..., ItemVerdict]
Raw = int | Sequence[int | None]
Stage = dict[str, list[int | None]]

# Without water in the air NO is divided by 1.3525; above 15.34 % CO2 nothing is corrected for dilution.
CHANNELS: dict[str, tuple[Unit, str]] = {
    "speed": ("km/h", "0.1"),
    "co": ("% vol", "0.01"),
    "co2": ("% vol", "0.01"),
    "hc": ("1e-6 vol", "1"),
    "no": ("1e-6 vol", "0.001"),
}
DRY: dict[str, tuple[str, Unit]] = {
    "ambient_temperature": ("20", "degC"),
    "ambient_humidity": ("0", "%"),
    "ambient_pressure": ("100", "kPa"),
}
CLEAN: dict[str, Raw] = {"co": 0, "co2": 1600, "hc": 0, "no": 0}
ASM = {"petrol_method": "asm"}
LEAD_S = 5


def make_stage(seconds: int = 90, /, **raw: Raw) -> Stage:
    """A stage of one sample a second: raw numbers that stand throughout, or one for each second."""
    found = {**CLEAN, **raw}
    return {name: [value] * seconds if isinstance(value, int) else list(value) for name, value in found.items()}


def make_run(*stages: Stage, scalars: Any = None, without: str = "", **more: Any) -> Capture:
    """A run of one or two stages, each after five seconds of getting there."""
    curves: dict[str, list[int | None]] = {name: [] for name in CHANNELS}
    marks = []
    for number, speed, found in zip(("5025", "2540"), (250, 400), stages, strict=False):
        marks.append(Mark(name=f"stable_{number}", index=len(curves["co"]) + LEAD_S))
        lead = {"speed": speed, "co": 0, "co2": 1600, "hc": 9999, "no": 0}
        for name, raw in curves.items():
            raw += [*[lead[name]] * LEAD_S, *found.get(name, [speed] * len(found["co"]))]
        marks.append(Mark(name=f"end_{number}", index=len(curves["co"])))
    known: dict[str, Any] = {
        "run": "run-WT",
        "item": "WT",
        "rig": "asm-1",
        "profile": "reference",
        "profile_sha256": "0" * 64,
        "period_us": 1_000_000,
        "first_sequence": 0,
        "samples": len(curves["co"]),
        "lost": 0,
        "curves": tuple(_curve(name, raw) for name, raw in curves.items() if name != without),
        "scalars": tuple(
            Scalar(channel=name, quantity=Quantity(value=Decimal(value), unit=unit))
            for name, (value, unit) in {**DRY, **(scalars or {})}.items()
            if name != without
        ),
        "marks": tuple(marks),
    }
    return Capture(**{**known, **more})


def _curve(name: str, raw: Sequence[int | None]) -> Curve:
    unit, scale = CHANNELS[name]
    quality = "".join("i" if value is None else "g" for value in raw)
    return Curve(channel=name, unit=unit, scale=Decimal(scale), raw=tuple(raw), quality=quality)


@pytest.fixture(scope="session")
def stage() -> Callable[..., Stage]:
    return make_stage


@pytest.fixture(scope="session")
def run() -> Callable[..., Capture]:
    return make_run


@pytest.fixture(scope="session")
def loaded(pack: Pack) -> Pack:
    return pack.with_settings(ASM)


@pytest.fixture(scope="session")
def asm(verdict: Verdict, loaded: Pack) -> Verdict:
    """Judge a run of a light petrol car that can be run on the dynamometer."""

    def judged(*captures: Capture, **facts: Any) -> ItemVerdict:
        car = {"full_time_four_wheel_drive": False, "traction_control_always_on": False, "pack": loaded}
        return verdict("WT", *captures, **{**car, **facts})

    return judged
