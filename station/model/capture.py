"""What a rig measured in one run: the raw curves and everything that is needed to judge them again."""

from decimal import Decimal
from typing import Literal

from pydantic import model_validator

from station.model.base import Frozen
from station.model.quantity import Quality, Quantity, Unit

Method = Literal["", "plate", "loaded", "decelerometer"]
"""How a run measured, where an item can be measured in several ways; empty: the usual way (brakes: on rollers)."""

EndState = Literal["normal", "left_locked", "right_locked", "both_locked", "timeout"]


class Curve(Frozen):
    """One channel over time: whole numbers from the wire, ``value = raw * scale`` in ``unit``.

    ``raw[i]`` is None where the rig gave no number. ``quality`` has one letter a sample:
    g good, s suspect, i invalid, m missing.
    """

    channel: str
    unit: Unit
    scale: Decimal
    raw: tuple[int | None, ...]
    quality: str

    @model_validator(mode="after")
    def _same_length(self) -> "Curve":
        if len(self.raw) != len(self.quality):
            raise ValueError(f"{self.channel}: {len(self.raw)} samples, {len(self.quality)} quality letters")
        return self


class Scalar(Frozen):
    """One value of a run that is not a curve: a wheel load, a drag force. Value None: the rig had none."""

    channel: str
    quantity: Quantity | None
    quality: Quality = "good"


class Mark(Frozen):
    """A moment in the run: the sample index at which a phase began (``rise``, ``high_idle_average``)."""

    name: str
    index: int


class Capture(Frozen):
    """The evidence of one run, as it is stored, hashed and judged.

    ``samples`` counts what the rig delivered, ``lost`` what it took but we could not read.
    ``times_us`` is when each sample was read, from the first one on, where this computer asked for every one of them:
    then ``period_us`` is only how often it meant to. Empty where the rig keeps the time by itself.
    Channels of a brake run: curves ``force_left``, ``force_right`` (N); scalars ``load_left``, ``load_right`` (kg, at
    rest), ``drag_left``, ``drag_right`` (N). On a plate tester also curves ``load_left``, ``load_right`` (kg): the
    loads while braking, as many samples as the forces. A run under load has the loads of the lifted axle as scalars.
    An axle with one wheel has the channels of one side only.
    Channels of an exhaust run: curves ``co``, ``co2``, ``o2`` (% vol), ``hc``, ``no`` (1e-6 vol), ``lambda`` (1),
    ``engine_speed`` (1/min), ``oil_temperature`` (degC). On the dynamometer also the curve ``speed`` (km/h, of the
    rollers), the scalars ``ambient_temperature`` (degC), ``ambient_humidity`` (%), ``ambient_pressure`` (kPa). Steady
    state: marks ``stable_5025`` (speed and load had been stable for 5 s: the stage's clock starts), ``end_5025``,
    ``stable_2540``, ``end_2540``. Short transient: curves ``co_rate``, ``hc_rate``, ``nox_rate`` (g/s, as the rig's
    software computes them) and ``speed``; marks ``cycle`` and ``cycle_end``, the latter only if the rig found the cycle
    well driven.
    Scalars of a check of on-board diagnostics: ``obd_communication``, ``obd_mil_on`` (while the engine ran),
    ``obd_mil_test``, ``obd_vin_matches`` (1 yes, 0 no), ``obd_trouble_codes`` (confirmed ones),
    ``obd_incomplete_monitors``, ``obd_distance_since_mil`` (m).
    Channels of a smoke run: curves ``k`` (1/m), ``opacity`` (%), ``engine_speed``, ``oil_temperature``; marks
    ``acceleration_1`` and ``acceleration_1_end`` and so on for each measured acceleration, ``stopped_1`` where the
    tester stopped after the first one; scalars ``ringelmann``, ``visible_smoke`` (1 seen, 0 not).
    Channels of a lug-down run: curves ``k``, ``no``, ``no2`` (1e-6 vol), ``engine_speed``; scalars ``max_wheel_power``
    (kW, corrected), ``roller_speed_at_max_power`` (km/h), ``ambient_temperature`` (degC); marks ``lug_down`` and
    ``lug_down_end`` around full throttle, ``point_100``, ``point_100_end``, ``point_80``, ``point_80_end`` around each
    speed that was held, from when it was steady on.
    An exhaust run of MOT class 4 has, where they were needed, the windows ``raised_idle_average`` to
    ``raised_idle_end``, ``catalyst_high_idle_average`` to ``catalyst_high_idle_end`` and ``catalyst_idle_average`` to
    ``catalyst_idle_end`` as well, and the scalar ``hc_residue`` (1e-6 vol).
    Channels of a headlamp run, which measures several items: scalars ``H1_intensity`` (cd), ``H1_high_dx``,
    ``H1_high_dy``, ``H1_low_dx``, ``H1_low_dy`` (mm/10m, right and up positive), ``H1_height`` (mm), and so on for
    each lamp measured; what the tester has no value for is not there.
    """

    v: Literal[1] = 1
    run: str
    item: str
    covers: tuple[str, ...] = ()
    rig: str
    profile: str
    profile_sha256: str
    period_us: int
    first_sequence: int
    samples: int
    lost: int
    times_us: tuple[int, ...] = ()
    curves: tuple[Curve, ...]
    scalars: tuple[Scalar, ...] = ()
    marks: tuple[Mark, ...] = ()
    end_state: EndState = "normal"
    method: Method = ""

    @property
    def items(self) -> tuple[str, ...]:
        """Return every item that this run measured."""
        return (self.item, *self.covers)

    def at_us(self, index: int) -> int:
        """Return when a sample was taken, from the first one on; past the last one, when the next was due."""
        if index < len(self.times_us):
            return self.times_us[index]
        last = len(self.times_us) - 1
        known = self.times_us[-1] - last * self.period_us if self.times_us else 0
        return known + index * self.period_us

    def curve(self, channel: str) -> Curve | None:
        """Return the curve of one channel, None if the run has none."""
        return next((c for c in self.curves if c.channel == channel), None)

    def scalar(self, channel: str) -> Scalar | None:
        """Return one scalar, None if the run has none."""
        return next((s for s in self.scalars if s.channel == channel), None)

    def mark(self, name: str) -> int | None:
        """Return the sample index of a mark, None if the run has none."""
        return next((m.index for m in self.marks if m.name == name), None)
