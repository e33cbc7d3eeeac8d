"""Formulas over single values of a run: side slip, dimensions, masses, speeds, the road test."""

from fractions import Fraction

from station.model.capture import Capture
from station.model.quantity import Quantity, Unit
from station.model.verdict import Outcome
from station.rules.formulas.evidence import Evidence, Measured, ProblemError, Words, check_not_lost, invalid
from station.rules.formulas.formula import Formula

SCALAR_UNITS: dict[str, Unit] = {
    "slip_axle_1": "m/km",
    "slip_axle_2": "m/km",
    "length": "mm",
    "width": "mm",
    "height": "mm",
    "curb_mass": "kg",
    "true_speed": "km/h",
    "initial_speed": "km/h",
    "mfdd": "m/s2",
    "distance": "m",
    "lane_width": "m",
    "efficiency": "%",
    "low_dx": "mm/10m",
    "low_dy": "mm/10m",
    "high_dx": "mm/10m",
    "high_dy": "mm/10m",
    "ambient_temperature": "degC",
    "max_wheel_power": "kW",
    "roller_speed_at_max_power": "km/h",
    "ringelmann": "1",
    "visible_smoke": "1",
    "hc_residue": "1e-6 vol",
    "ambient_humidity": "%",
    "ambient_pressure": "kPa",
    "obd_communication": "1",
    "obd_mil_on": "1",
    "obd_mil_test": "1",
    "obd_trouble_codes": "1",
    "obd_incomplete_monitors": "1",
    "obd_distance_since_mil": "m",
    "obd_vin_matches": "1",
}
"""The single values that a pack may name, and their units.

Of a headlamp run ``low_dx`` to ``high_dy`` and ``height`` are those of the item's own lamp (``H1_low_dx``), the height
that of its centre. ``slip_axle_1``: outward positive. ``true_speed``: the tester's, at the speed that the speedometer
is tested at. ``max_wheel_power``: of lug-down, corrected. ``visible_smoke``: 1 if a person saw any, else 0.
``lane_width``: of the narrowest lane that the vehicle did not leave.
``efficiency``: of the brakes, as a decelerometer states it. ``obd_...``: what on-board diagnostics said; of the yes
and no of them, yes is 1.
"""

SLIP_AXLES = ("slip_axle_1", "slip_axle_2")
ON_THE_ROAD = ("mfdd", "distance")


def scalar_value(evidence: Evidence) -> Measured:
    """Return one value of the run as it stands."""
    return _measured(evidence, evidence.scalar)


def positive_value(evidence: Evidence) -> Measured:
    """Return one value of the run that is a size: what is not above zero was not measured.

    Raises:
        ProblemError: invalid, it is not above zero.
    """
    measured = scalar_value(evidence)
    if measured.value <= 0:
        raise invalid("no_value", channel=evidence.scalar)
    return measured


def side_slip(evidence: Evidence) -> Measured:
    """Side slip (侧滑量) of the steered axle, in m/km; where a second one was measured, of the one that slips more."""
    first, *others = SLIP_AXLES
    measured = [name for name in others if _was_measured(evidence.own(), name)]
    return max((_measured(evidence, name) for name in (first, *measured)), key=lambda slip: abs(slip.value))


def road_value(evidence: Evidence) -> Measured:
    """Return one value of a road test of which another may stand in its place: as a problem of its own if not there."""
    if not _was_measured(evidence.own(), evidence.scalar):
        raise invalid("road_by_the_other", channel=evidence.scalar)
    return scalar_value(evidence)


def either_on_the_road(evidence: Evidence) -> Measured:
    """1 if MFDD (充分发出的平均减速度) or braking distance (制动距离) meets its limit, else 0.

    ``limits_of`` names the quantity of the MFDD first, then that of the distance.

    Raises:
        ProblemError: invalid, neither was measured, or a distance is not above zero; unknown, one of both has no limit
            that fails a vehicle.
    """
    limits = tuple(evidence.limits.values())
    if len(limits) < len(ON_THE_ROAD):
        raise ProblemError(Outcome.UNKNOWN, "road_without_limits")
    least_mfdd, most_distance = limits
    names = [name for name in ON_THE_ROAD if _was_measured(evidence.own(), name)]
    found = {name: scalar(evidence, name) for name in names or ON_THE_ROAD}
    mfdd, distance = found.get("mfdd"), found.get("distance")
    if distance is not None and distance <= 0:
        raise invalid("no_value", channel="distance")
    enough = (mfdd is not None and mfdd >= least_mfdd) or (distance is not None and distance <= most_distance)
    return Measured(Fraction(enough), ", ".join(f"{evidence.item} {name}" for name in names))


def scalar(evidence: Evidence, name: str) -> Fraction:
    """Return one value of the item's own run, in the quantity's unit.

    Raises:
        ProblemError: invalid, the run has none or it is in another unit.
    """
    capture = evidence.own()
    check_not_lost(capture)
    found = usable(capture, name)
    if found is None:
        raise invalid("no_value", channel=name)
    if found.unit != SCALAR_UNITS[name]:
        raise invalid("channel_wrong_unit", channel=name, unit=found.unit, expected=SCALAR_UNITS[name])
    return Fraction(found.value)


def usable(capture: Capture, channel: str) -> Quantity | None:
    """Return a value of a run; None if there is none or it is not valid."""
    found = capture.scalar(channel)
    return None if found is None or found.quality in ("invalid", "missing") else found.quantity


def is_suspect(capture: Capture, channel: str) -> bool:
    """Return whether a value of a run is suspect."""
    found = capture.scalar(channel)
    return found is not None and found.quality == "suspect"


def _measured(evidence: Evidence, name: str) -> Measured:
    return Measured(scalar(evidence, name), f"{evidence.item} {name}", _warning(evidence, name))


def _warning(evidence: Evidence, name: str) -> tuple[tuple[str, Words], ...]:
    return (("channel_suspect", {"channel": name}),) if is_suspect(evidence.own(), name) else ()


def _was_measured(capture: Capture, name: str) -> bool:
    found = capture.scalar(name)
    return found is not None and found.quantity is not None


FORMULAS = {
    "scalar_value": Formula(scalar_value, None, scalar=True),
    "positive_value": Formula(positive_value, None, scalar=True),
    "side_slip": Formula(side_slip, "m/km"),
    "road_value": Formula(road_value, None, scalar=True),
    "either_on_the_road": Formula(either_on_the_road, "1", limits=True),
}
