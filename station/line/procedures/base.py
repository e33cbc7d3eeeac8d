"""What every procedure is made of: a block read goes in, actions come out. Pure: no clock, no rig."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict

from station.model.capture import EndState


@dataclass(frozen=True)
class Input:
    """One block read, as a procedure sees it.

    ``now_s`` is monotonic station time. ``values`` hold single readings that are good (None: not good).
    ``curves`` hold the raw samples that are new; ``index`` is the place of their first one in the recording.
    ``busy``: a command that was given is still being carried out.
    """

    now_s: float
    status: frozenset[str]
    values: Mapping[str, Decimal | None] = field(default_factory=dict)
    curves: Mapping[str, Sequence[int | None]] = field(default_factory=dict)
    index: int = 0
    lost: int = 0
    busy: bool = False


@dataclass(frozen=True)
class Say:
    """Tell the driver: a prompt's code, its numbers, and the seconds that it will take."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    countdown_s: float | None = None


@dataclass(frozen=True)
class Do:
    """Give the rig a command."""

    command: str


@dataclass(frozen=True)
class Record:
    """The run starts: keep every sample from the next block on."""


@dataclass(frozen=True)
class Keep:
    """Keep single readings of this block as the run's scalars."""

    channels: tuple[str, ...]


@dataclass(frozen=True)
class Fetch:
    """Ask the rig for its results and keep them as the run's scalars, those of these items."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class MarkAt:
    """A phase begins at that sample of the recording; a later mark of the same name replaces it."""

    name: str
    index: int


@dataclass(frozen=True)
class Finish:
    """The run is complete."""

    end_state: EndState = "normal"


@dataclass(frozen=True)
class Void:
    """The run does not count."""

    reason: str


Action = Say | Do | Record | Keep | Fetch | MarkAt | Finish | Void


class _Timing(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    certainty: str
    source: str


class BrakeTiming(_Timing):
    """Times and thresholds of a roller brake run; seconds, newtons, percent."""

    debounce_s: float
    release_s: float
    stable_timeout_s: float
    speed_timeout_s: float
    settle_s: float
    quiet_n: int
    silence_s: float
    rise_n: int
    press_timeout_s: float
    hold_s: float
    hold_percent: int
    fall_percent: int
    brake_timeout_s: float


class DoubleIdleTiming(_Timing):
    """Times, bands and thresholds of the double idle test; seconds, 1/min, % vol, degC."""

    oil_temperature_c: int
    warm_timeout_s: float
    probe_percent: Decimal
    probe_hold_s: float
    probe_timeout_s: float
    probe_out_percent: Decimal
    probe_out_s: float
    raise_share_percent: int
    rated_speed_default: int
    raise_tolerance: int
    raise_s: float
    high_idle: int
    high_idle_tolerance: int
    idle_low: int
    idle_high: int
    settle_s: float
    average_s: float
    speed_lost_s: float
    speed_timeout_s: float
    restarts: int
    remove_s: float
    zero_age_s: int
    leak_age_s: int
    residue_limit: int


class FreeAccelerationTiming(_Timing):
    """Times, bands and thresholds of the free acceleration test; seconds, 1/min, percent, degC."""

    oil_temperature_c: int
    warm_timeout_s: float
    probe_s: float
    blow_outs: int
    accelerations: int
    rated_speed_default: int
    cut_off_share_percent: int
    idle_high: int
    idle_s: float
    rise_percent: int
    steady_s: float
    hold_s: float
    gap_s: float
    phase_timeout_s: float
    speed_lost_s: float
    remove_s: float
    calibration_age_s: int


class HeadlampTiming(_Timing):
    """Times of the headlamp test; seconds."""

    position_s: float
    switch_s: float
    side_timeout_s: float
    error_pause_s: float
    drive_off_s: float
    tries: int


class Timings(BaseModel):
    """The whole table."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    brake: BrakeTiming
    double_idle: DoubleIdleTiming
    free_acceleration: FreeAccelerationTiming
    headlamps: HeadlampTiming


@cache
def timings() -> Timings:
    """Return the table that ships with the software."""
    text = resources.files("station.line.procedures").joinpath("procedures.toml").read_text(encoding="utf-8")
    return Timings.model_validate(tomllib.loads(text))
