"""Formulas with evidence at hand: the exact value, the samples that decide, every warning, and what a problem names."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from station.model.capture import Capture
from station.model.quantity import Unit
from station.rules.formulas.aim import aim_percent, share_of_lamp_height
from station.rules.formulas.brakes import (
    axle_braking_rate,
    imbalance_of_axle_load,
    imbalance_of_largest_force,
    parking_braking_rate,
    vehicle_braking_rate,
)
from station.rules.formulas.effort import (
    FORMULAS,
    braking_efficiency,
    parking_efficiency,
    parking_efficiency_of_total_mass,
    parking_imbalance_of_maxima,
)
from station.rules.formulas.evidence import Evidence, Measured
from station.rules.formulas.lamps import intensity_of_all_lamps, intensity_of_better_pair, lamp_intensity
from station.rules.formulas.repeats import count_of_windows, mean_of_maxima
from station.rules.formulas.scalars import either_on_the_road
from station.rules.formulas.shares import maximum_of_smoke_limit, power_of_rated
from station.rules.formulas.transient import mass_per_distance
from station.rules.formulas.wheels import dynamic_axle_braking_rate, single_wheel_braking_rate
from station.rules.schema import Window
from tests.station.rules.at_hand import Curves, Values, of, problem, run, told

# -- brakes


def braked(item: str, left: int = 300, right: int = 200, letters: str = "gg", **more: Any) -> Capture:
    """A run of an axle: each side at its largest at the second sample; 50 kg on each wheel."""
    curves: Curves = {"force_left": ("N", (1, left), letters), "force_right": ("N", (1, right), "gg")}
    loads: Values = {"load_left": ("kg", "50"), "load_right": ("kg", "50")}
    return run(item, curves, loads, **more)


def without(capture: Capture, channel: str) -> Capture:
    """The run without a curve and a value of that name."""
    return capture.model_copy(
        update={
            "curves": tuple(c for c in capture.curves if c.channel != channel),
            "scalars": tuple(s for s in capture.scalars if s.channel != channel),
        }
    )


def peaks(item: str) -> str:
    return f"{item} left #1 (10 ms), right #1 (10 ms)"


def wheels(*items: str) -> str:
    return ", ".join(f"{item} {side} #1 (10 ms)" for item in items for side in ("left", "right"))


AXLES = (braked("B1", letters="gs"), braked("B2", 100, 200, end_state="timeout"))
PARKED = (braked("B01", 120, 60, letters="gs"), braked("B02", 100, 90, end_state="timeout"))
SUSPECT, LATE = ("wheel_suspect", {"axle": 1, "side": "left"}), ("timed_out", {"axle": 2})


def test_rates_of_all_axles_carry_every_warning() -> None:
    assert told(vehicle_braking_rate(of("BV", *AXLES))) == (40, "; ".join(map(peaks, ("B1", "B2"))), (SUSPECT, LATE))
    found = told(parking_braking_rate(of("B0", *AXLES, *PARKED)))
    assert found == (Fraction(37, 2), "; ".join(map(peaks, ("B01", "B02"))), (SUSPECT, LATE))


def test_efficiencies_carry_every_warning() -> None:
    late = (SUSPECT, LATE, LATE)
    assert told(braking_efficiency(of("BV", *AXLES))) == (40, wheels("B1", "B2"), late)
    assert told(parking_efficiency(of("B0", *AXLES, *PARKED))) == (Fraction(37, 2), wheels("B01", "B02"), late)
    of_mass = told(parking_efficiency_of_total_mass(of("B0", *AXLES, *PARKED)))
    assert of_mass == (Fraction(37, 20), wheels("B01", "B02"), late)


def test_of_several_parking_axles_the_worst_is_told_with_its_warnings() -> None:
    assert told(parking_imbalance_of_maxima(of("B0", *AXLES, *PARKED))) == (50, wheels("B01"), (SUSPECT,))


WHEELS = [
    ("strongest_wheel", 1, 300, "B1 left"),
    ("weakest_wheel", 1, 200, "B1 right"),
    ("strongest_parking_wheel", 0, 120, "B01 left"),
    ("weakest_parking_wheel", 0, 60, "B01 right"),
    ("weakest_wheel_of_all", 0, 100, "B2 left"),
]


@pytest.mark.parametrize(("name", "axle", "force_n", "where"), WHEELS)
def test_one_wheel_is_picked_and_told(name: str, axle: int, force_n: int, where: str) -> None:
    found = FORMULAS[name].compute(of("B1" if axle else "B0", *AXLES, *PARKED, axle=axle))
    warned = (SUSPECT,) if where in ("B1 left", "B01 left") else (LATE,) if where == "B2 left" else ()
    assert told(found) == (force_n, f"{where} #1 (10 ms)", warned)


NAMELESS: list[tuple[Callable[[Evidence], Measured], str]] = [
    (parking_braking_rate, "B0"),
    (parking_imbalance_of_maxima, "B0"),
    (parking_efficiency, "B0"),
    (vehicle_braking_rate, "BV"),
    (braking_efficiency, "BV"),
]


@pytest.mark.parametrize(("formula", "item"), NAMELESS)
def test_a_wheel_without_a_curve_is_named_by_axle_and_side(formula: Callable[[Evidence], Measured], item: str) -> None:
    second = {"B0": "B02", "BV": "B2"}[item]
    runs = [without(r, "force_right") if r.item == second else r for r in (*AXLES, *PARKED)]
    assert problem(formula, of(item, *runs)) == ("invalid", "no_curve", {"axle": 2, "side": "right"})


@pytest.mark.parametrize("formula", [axle_braking_rate, imbalance_of_largest_force, imbalance_of_axle_load])
def test_of_one_axle_too_it_is_named(formula: Callable[[Evidence], Measured]) -> None:
    evidence = of("B2", without(AXLES[1], "force_left"), axle=2)
    assert problem(formula, evidence) == ("invalid", "no_curve", {"axle": 2, "side": "left"})


def test_sides_of_different_length_are_named_by_axle() -> None:
    curves: Curves = {"force_left": ("N", (1, 2, 3), "g"), "force_right": ("N", (1, 2), "g")}
    assert problem(axle_braking_rate, of("B2", run("B2", curves), axle=2)) == ("invalid", "unequal_sides", {"axle": 2})


@pytest.mark.parametrize(
    ("marks", "key", "words"),
    [({}, "no_rise", {}), ({"rise": 2}, "rise_out_of_order", {"begin": 2, "end": 1})],
)
def test_a_rise_that_cannot_be_is_named_by_axle(marks: dict[str, int], key: str, words: dict[str, object]) -> None:
    evidence = of("B2", braked("B2", marks={"brake": 0, **marks}), axle=2)
    assert problem(imbalance_of_largest_force, evidence) == ("invalid", key, {"axle": 2, **words})


def test_below_zero_there_is_no_force() -> None:
    drifting = run("B2", {f"force_{side}": ("N", (-5, -7), "gg") for side in ("left", "right")})
    loads = run("B2", values={"load_left": ("kg", "50"), "load_right": ("kg", "50")}).scalars
    found = told(braking_efficiency(of("BV", AXLES[0], drifting.model_copy(update={"scalars": loads}))))
    assert found == (25, f"{wheels('B1')}, B2 left #0 (0 ms), B2 right #0 (0 ms)", (SUSPECT,))


# -- one wheel, and plates


def plates(left: tuple[int | None, ...] = (40, 1), right: tuple[int | None, ...] = (40, 59)) -> Capture:
    capture = braked("B1", letters="gs", method="plate")
    loads: Curves = {"load_left": ("kg", left, "gg"), "load_right": ("kg", right, "gg")}
    return capture.model_copy(update={"curves": (*capture.curves, *run("B1", loads).curves)})


def test_a_plate_that_carries_one_kilogram_is_weighed() -> None:
    assert told(dynamic_axle_braking_rate(of("B1", plates(), axle=1))) == (Fraction(250, 3), peaks("B1"), (SUSPECT,))


BAD_PLATES = [
    (plates(left=(40, 0)), "load_not_positive", {"load": 0, "axle": 1, "side": "left"}),
    (plates(right=(40, -1)), "load_not_positive", {"load": -1, "axle": 1, "side": "right"}),
    (plates(left=(40,) * 4), "unequal_load", {"axle": 1, "side": "left"}),
    (without(plates(), "load_right"), "no_load_curve", {"axle": 1, "side": "right"}),
]


@pytest.mark.parametrize(("capture", "key", "words"), BAD_PLATES)
def test_a_bad_plate_is_named_by_axle_and_side(capture: Capture, key: str, words: dict[str, object]) -> None:
    assert problem(dynamic_axle_braking_rate, of("B1", capture, axle=1)) == ("invalid", key, words)


def test_a_missing_sample_of_a_plate_is_named_by_axle_and_side() -> None:
    bad = plates().model_copy(
        update={"curves": (*braked("B1").curves, *run("B1", {"load_left": ("kg", (40, None), "gm")}).curves)}
    )
    found = problem(dynamic_axle_braking_rate, of("B1", bad, axle=1))
    assert found == ("invalid", "wheel_bad_samples", {"count": 1, "axle": 1, "side": "left"})


def test_a_wheel_alone_is_told_by_axle_and_side() -> None:
    found = told(single_wheel_braking_rate(of("B1", without(braked("B1", letters="gs"), "force_right"), axle=1)))
    assert found == (60, "B1 left #1 (10 ms)", (SUSPECT,))
    bad = without(braked("B1", letters="gi"), "force_right")
    words = {"count": 1, "axle": 1, "side": "left"}
    assert problem(single_wheel_braking_rate, of("B1", bad, axle=1)) == ("invalid", "wheel_bad_samples", words)


# -- windows and single values

TWO: Curves = {"k": ("1/m", (1, 2, 3, 1, 4), "ggsgg")}
OF_TWO = {"begin_1": 0, "end_1": 3, "begin_2": 3, "end_2": 5}


def test_windows_are_counted_and_named() -> None:
    window = Window(channels=("k",), begin="begin_{n}", end="end_{n}", last=2)
    evidence = of("FA", run("FA", TWO, marks=OF_TWO), window=window, unit="1/m")
    assert told(count_of_windows(evidence)) == (2, "FA begin_{n}", ())
    decided_by = "FA #2 (20 ms), FA #4 (40 ms)"
    assert told(mean_of_maxima(evidence)) == (Fraction(7, 2), decided_by, (("channel_suspect", {"channel": "k"}),))


def road(**values: str) -> Evidence:
    units: dict[str, Unit] = {"mfdd": "m/s2", "distance": "m"}
    capture = run("R1", values={name: (units[name], value) for name, value in values.items()})
    return of("R1", capture, limits={"mfdd": Fraction(6), "distance": Fraction(20)})


@pytest.mark.parametrize(
    ("values", "enough", "decided_by"),
    [
        ({"mfdd": "6", "distance": "21"}, 1, "R1 mfdd, R1 distance"),
        ({"mfdd": "5.9", "distance": "20"}, 1, "R1 mfdd, R1 distance"),
        ({"mfdd": "5.9", "distance": "20.1"}, 0, "R1 mfdd, R1 distance"),
        ({"distance": "1"}, 1, "R1 distance"),
        ({"mfdd": "5.9"}, 0, "R1 mfdd"),
    ],
)
def test_of_the_road_test_is_told_what_was_measured(values: dict[str, str], enough: int, decided_by: str) -> None:
    assert told(either_on_the_road(road(**values))) == (enough, decided_by, ())


@pytest.mark.parametrize("distance", ["0", "-1"])
def test_a_road_test_without_a_distance_names_it(distance: str) -> None:
    found = problem(either_on_the_road, road(mfdd="7", distance=distance))
    assert found == ("invalid", "no_value", {"channel": "distance"})


def test_a_share_of_a_limit_and_of_the_rated_power_warns_of_what_is_suspect() -> None:
    window = Window(channels=("k",), begin="begin_1", end="end_1")
    evidence = of("FA", run("FA", TWO, marks=OF_TWO), window=window, limits={"smoke": Fraction(4)})
    warned = (("channel_suspect", {"channel": "k"}),)
    assert told(maximum_of_smoke_limit(evidence)) == (75, "FA #2 (20 ms)", warned)
    power = run("LD", values={"max_wheel_power": ("kW", "40")}, suspect=("max_wheel_power",))
    found = told(power_of_rated(of("LD", power, scalar="max_wheel_power")))
    assert found == (40, "LD max_wheel_power", (("channel_suspect", {"channel": "max_wheel_power"}),))


@pytest.mark.parametrize("limits", [{}, {"smoke": Fraction(0)}, {"smoke": Fraction(-1)}])
def test_a_share_of_no_limit_names_the_item(limits: dict[str, Fraction]) -> None:
    window = Window(channels=("k",), begin="begin_1", end="end_1")
    evidence = of("FA", run("FA", TWO, marks=OF_TWO), window=window, limits=limits)
    assert problem(maximum_of_smoke_limit, evidence) == ("invalid", "limit_not_positive", {"item": "FA"})


# -- the dynamometer


def driven(speed: tuple[int, ...] = (1,), letters: str = "s") -> Evidence:
    curves: Curves = {"co_rate": ("g/s", (2,) * len(speed), letters), "speed": ("km/h", speed, letters)}
    marks = {"cycle": 0, "cycle_end": len(speed)}
    window = Window(channels=("co_rate",), begin="cycle", end="cycle_end")
    return of("VM", run("VM", curves, marks=marks, period_us=1), window=window)


def test_the_least_distance_counts_and_every_channel_warns() -> None:
    warned = tuple(("channel_suspect", {"channel": name}) for name in ("co_rate", "speed"))
    assert told(mass_per_distance(driven())) == (7200, "VM #0 (0 ms) to #1 (0 ms)", warned)


def test_each_sample_counts_for_the_time_up_to_the_next_one() -> None:
    # Of the samples 1 and 2, which stand 200 and 700 us: 3200 tenths of g/s and 2300 halves of km/h.
    curves: Curves = {"co_rate": ("g/s", (9, 2, 4, 9), "g"), "speed": ("km/h", (9, 1, 3, 9), "g")}
    capture = run("VM", curves, marks={"cycle": 1, "cycle_end": 3}, times_us=(0, 100, 300, 1000))
    steps = (Decimal("0.1"), Decimal("0.5"))
    scaled = [c.model_copy(update={"scale": step}) for c, step in zip(capture.curves, steps, strict=True)]
    window = Window(channels=("co_rate",), begin="cycle", end="cycle_end")
    evidence = of("VM", capture.model_copy(update={"curves": tuple(scaled)}), window=window)
    assert mass_per_distance(evidence).value == Fraction(320 * 3600, 1150)


@pytest.mark.parametrize("speed", [(0,), (-1, 1), (-2, 1)])
def test_who_did_not_drive_is_told_which_item(speed: tuple[int, ...]) -> None:
    assert problem(mass_per_distance, driven(speed, "g")) == ("invalid", "nothing_driven", {"item": "VM"})


# -- lamps


def lit(**light: str) -> Capture:
    values: Values = {f"{item}_intensity": ("cd", value) for item, value in light.items()}
    return run("H1", values=values, suspect=("H1_intensity",))


def lamps(capture: Capture, *items: str) -> Evidence:
    return of("H1", lamp_items=items, captures=dict.fromkeys(items, capture))


def test_of_the_pairs_the_better_one_is_told_whatever_else_there_is() -> None:
    two = lamps(lit(H1="30", H4="20"), "H1", "H4")
    assert told(intensity_of_better_pair(two)) == (20, "H1_intensity, H4_intensity", ())
    assert told(intensity_of_all_lamps(two)) == (50, "H1_intensity, H4_intensity", ())
    four = lamps(lit(H1="30", H2="25", H3="24", H4="20"), "H1", "H2", "H3", "H4")
    assert told(intensity_of_better_pair(four)) == (24, "H2_intensity, H3_intensity", ())
    assert told(intensity_of_better_pair(lamps(lit(H1="30", H2="9"), "H1", "H2"))) == (0, "", ())


def test_a_lamp_below_zero_is_named() -> None:
    assert problem(lamp_intensity, of("H1", lit(H1="-1"))) == ("invalid", "no_lamp_reading", {"item": "H1"})
    warned = (("lamp_suspect", {"item": "H1", "channel": "intensity"}),)
    assert told(lamp_intensity(of("H1", lit(H1="1")))) == (1, "H1_intensity", warned)


def test_an_offset_that_is_suspect_warns_however_it_is_told() -> None:
    offset: Values = {"H1_low_dy": ("mm/10m", "-150"), "H1_height": ("mm", "600")}
    evidence = of("H1", run("H1", values=offset, suspect=("H1_low_dy",)), scalar="low_dy")
    warned = (("lamp_value_suspect", {"item": "H1", "channel": "low_dy"}),)
    assert told(aim_percent(evidence)) == (Fraction(-3, 2), "H1_low_dy", warned)
    assert told(share_of_lamp_height(evidence)) == (Fraction(-1, 4), "H1_low_dy", warned)
