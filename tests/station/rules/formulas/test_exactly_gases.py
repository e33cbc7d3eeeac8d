"""Formulas of windows and gases with evidence at hand: the exact value, every warning, and what a problem names."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from station.model.capture import Capture
from station.rules.formulas.evidence import Evidence, Measured
from station.rules.formulas.excess_air import lambda_of_gases
from station.rules.formulas.gases import dilution_factor, humidity_factor
from station.rules.formulas.scalars import positive_value, road_value, scalar_value, side_slip
from station.rules.formulas.windows import window_length, window_maximum, window_mean, window_minimum
from station.rules.schema import Window
from tests.station.rules.at_hand import Curves, Values, of, problem, run, told

Formula = Callable[[Evidence], Measured]

# -- windows

SAMPLES: Curves = {"co": ("% vol", (9, 4, 1, 3, 9), "ggsgg"), "co2": ("% vol", (0, 2, 2, 5, 0), "g")}
MARKS = {"begin": 1, "end": 4}


def over(capture: Capture, *channels: str, unit: str = "% vol") -> Evidence:
    return of("PF", capture, window=Window(channels=channels, begin="begin", end="end"), unit=unit)


SPAN = "PF #1 (10 ms) to #4 (40 ms)"
SUSPECT = (("channel_suspect", {"channel": "co"}),)


def test_windows_tell_their_samples_and_what_is_suspect() -> None:
    capture = run("PF", SAMPLES, marks=MARKS)
    assert told(window_mean(over(capture, "co"))) == (Fraction(8, 3), SPAN, SUSPECT)
    assert told(window_mean(over(capture, "co", "co2"))) == (Fraction(17, 3), SPAN, SUSPECT)
    assert told(window_mean(over(capture, "co2"))) == (3, SPAN, ())
    assert told(window_minimum(over(capture, "co"))) == (1, "PF #2 (20 ms)", SUSPECT)
    assert told(window_maximum(over(capture, "co"))) == (4, "PF #1 (10 ms)", SUSPECT)
    assert told(window_length(over(capture))) == (Fraction(3, 100), SPAN, ())


def lost(capture: Capture) -> Capture:
    return capture.model_copy(update={"lost": 2})


Case = tuple[Evidence, str, dict[str, object]]
GOOD = run("PF", SAMPLES, marks=MARKS)
BAD_WINDOWS: list[Case] = [
    (over(lost(GOOD), "co"), "lost_samples", {"count": 2, "item": "PF"}),
    (over(run("PF", SAMPLES, marks={"end": 4}), "co"), "no_mark", {"mark": "begin", "item": "PF"}),
    (over(run("PF", SAMPLES, marks={"begin": 1}), "co"), "no_mark", {"mark": "end", "item": "PF"}),
    (over(run("PF", SAMPLES, marks={"begin": -1, "end": 4}), "co"), "no_mark", {"mark": "begin", "item": "PF"}),
    (over(run("PF", SAMPLES, marks={"begin": 2, "end": 2}), "co"), "window_out_of_order", {"begin": 2, "end": 2}),
    (over(run("PF", SAMPLES, marks={"begin": 1, "end": 6}), "co"), "no_channel", {"channel": "co"}),
    (over(GOOD, "hc"), "no_channel", {"channel": "hc"}),
    (over(GOOD, "co", unit="1"), "channel_wrong_unit", {"unit": "% vol", "expected": "1", "channel": "co"}),
    (
        over(run("PF", {"co": ("% vol", (1, None, None, 1, None), "gmigg")}, marks=MARKS), "co"),
        "channel_bad_samples",
        {"count": 2, "channel": "co"},
    ),
    (
        over(run("PF", {"co": ("% vol", (1, 1, 1, 1, 1), "ggimi")}, marks=MARKS), "co"),
        "channel_bad_samples",
        {"count": 2, "channel": "co"},
    ),
]


@pytest.mark.parametrize(("evidence", "key", "words"), BAD_WINDOWS, ids=range(len(BAD_WINDOWS)))
def test_a_bad_window_is_told_by_what_is_wrong(evidence: Evidence, key: str, words: dict[str, object]) -> None:
    for formula in (window_mean, window_minimum, window_maximum):
        assert problem(formula, evidence) == ("invalid", key, words)


def test_a_window_may_end_with_the_run_and_nothing_was_measured_without_one() -> None:
    assert told(window_mean(over(run("PF", SAMPLES, marks={"begin": 0, "end": 5}), "co")))[0] == Fraction(26, 5)
    assert problem(window_mean, of("PF")) == ("unknown", "not_measured", {"item": "PF"})


# -- single values


def slip(*values: str, **more: Any) -> Evidence:
    found: Values = {f"slip_axle_{axle}": ("m/km", value) for axle, value in enumerate(values, 1) if value}
    return of("A1", run("A1", values=found, **more), scalar="slip_axle_1")


def test_single_values_are_told_with_their_name() -> None:
    warned = (("channel_suspect", {"channel": "slip_axle_1"}),)
    assert told(scalar_value(slip("-2.5"))) == (Fraction(-5, 2), "A1 slip_axle_1", ())
    assert told(positive_value(slip("1", suspect=("slip_axle_1",)))) == (1, "A1 slip_axle_1", warned)
    assert told(side_slip(slip("-3", "2"))) == (-3, "A1 slip_axle_1", ())
    assert told(side_slip(slip("-3", "4"))) == (4, "A1 slip_axle_2", ())


BAD_VALUES: list[tuple[Formula, Evidence, str, dict[str, object]]] = [
    (scalar_value, slip(), "no_value", {"channel": "slip_axle_1"}),
    (road_value, slip(), "road_by_the_other", {"channel": "slip_axle_1"}),
    (positive_value, slip("0"), "no_value", {"channel": "slip_axle_1"}),
    (scalar_value, of("A1", lost(run("A1")), scalar="mfdd"), "lost_samples", {"count": 2, "item": "A1"}),
    (
        scalar_value,
        of("A1", run("A1", values={"slip_axle_1": ("mm", "1")}), scalar="slip_axle_1"),
        "channel_wrong_unit",
        {"channel": "slip_axle_1", "unit": "mm", "expected": "m/km"},
    ),
]


@pytest.mark.parametrize(("formula", "evidence", "key", "words"), BAD_VALUES, ids=range(len(BAD_VALUES)))
def test_a_bad_single_value_is_named(formula: Formula, evidence: Evidence, key: str, words: dict[str, object]) -> None:
    assert problem(formula, evidence) == ("invalid", key, words)


# -- gases

CONSTANTS = {
    "lambda_hydrogen": Fraction(4),
    "lambda_oxygen": Fraction(2),
    "lambda_hexane": Fraction(1, 10),
    "lambda_water_gas": Fraction(3),
}


def exhaust(co: int = 6, co2: int = 2, o2: int = 5, hc: int = 20, no: int | None = None) -> Evidence:
    curves: Curves = {
        "co": ("% vol", (co,), "g"),
        "co2": ("% vol", (co2,), "s"),
        "o2": ("% vol", (o2,), "g"),
        "hc": ("1e-6 vol", (hc,), "g"),
        **({} if no is None else {"no": ("1e-6 vol", (no,), "g")}),
    }
    capture = run("PF", curves, marks={"begin": 0, "end": 1})
    return of("PF", capture, constants=CONSTANTS, window=Window(begin="begin", end="end"))


def test_lambda_is_the_formula_and_tells_what_it_lacks() -> None:
    # Carbon 8, of hydrogen 1 and of oxygen 1 a carbon: bound (1 * 3 / (3 + 6 / 2) - 1) * 8 = -4; needed 8 + 0.1 * 20.
    where, suspect = "PF #0 (0 ms) to #1 (10 ms)", ("channel_suspect", {"channel": "co2"})
    assert told(lambda_of_gases(exhaust())) == (
        Fraction(6, 10),
        where,
        (suspect, ("lambda_without_no", {"item": "PF"})),
    )
    assert told(lambda_of_gases(exhaust(no=20_000))) == (Fraction(7, 10), where, (suspect,))


@pytest.mark.parametrize("gas", [{"co2": 0}, {"co2": -1}, {"co": -2}, {"co": -3, "hc": 20}, {"hc": -80}, {"hc": -90}])
def test_without_exhaust_there_is_no_lambda(gas: dict[str, int]) -> None:
    assert problem(lambda_of_gases, exhaust(**gas)) == ("invalid", "no_exhaust_gas", {"item": "PF"})


@pytest.mark.parametrize("gas", [{"co2": 1, "co": 0, "hc": 0}, {"co2": 1, "co": 0, "hc": -9}])
def test_a_trace_of_exhaust_is_enough(gas: dict[str, int]) -> None:
    assert lambda_of_gases(exhaust(**gas)).value > 0


def weather(temperature: str = "20", humidity: str = "50", pressure: str = "100") -> Evidence:
    values: Values = {
        "ambient_temperature": ("degC", temperature),
        "ambient_humidity": ("%", humidity),
        "ambient_pressure": ("kPa", pressure),
    }
    constants = {
        "humidity_grains": Fraction(2),
        "humidity_slope": Fraction(1, 100),
        "humidity_reference": Fraction(1),
        "humidity_highest_temperature": Fraction(30),
        "saturation_pressure": Fraction(1),
        "saturation_factor": Fraction(0),
        "saturation_temperature": Fraction(200),
    }
    return of("WT", run("WT", values=values), constants=constants)


def test_the_humidity_counts_by_its_formula() -> None:
    grains = Fraction(2 * 50) / (100 - Fraction(1, 2))
    assert humidity_factor(weather()) == 1 / (1 - (grains - 1) / 100)
    assert humidity_factor(weather(humidity="0")) == Fraction(100, 101)
    assert humidity_factor(weather(humidity="100", pressure="3")) == 1 / (1 - (Fraction(200, 2) - 1) / 100)


@pytest.mark.parametrize(
    "odd",
    [
        {"temperature": "-200"},
        {"temperature": "-201"},
        {"humidity": "-0.1"},
        {"humidity": "100.1"},
        {"pressure": "0.5"},
        {"pressure": "0.4"},
        {"humidity": "101", "pressure": "9"},
        {"humidity": "50.5", "pressure": "1.505"},
    ],
)
def test_weather_that_cannot_be_names_the_item(odd: dict[str, str]) -> None:
    def formula(evidence: Evidence) -> Measured:
        return Measured(humidity_factor(evidence), "")

    assert problem(formula, weather(**odd)) == ("invalid", "weather_cannot_be", {"item": "WT"})


def test_dilution_counts_between_its_bounds_and_needs_carbon() -> None:
    bounds = {"dilution_least": Fraction(1, 2), "dilution_most": Fraction(3)}
    evidence = of("WT", constants={"dilution_fuel": Fraction(4), "dilution_oxygen": Fraction(2), **bounds})
    for co, co2, factor in ((0, 10, Fraction(100, 60)), (5, 5, Fraction(100, 50)), (0, 1, 3), (0, 100, Fraction(1, 2))):
        assert dilution_factor(evidence, Fraction(co), Fraction(co2)) == factor

    def formula(co: int, co2: int) -> Formula:
        return lambda here: Measured(dilution_factor(here, Fraction(co), Fraction(co2)), "")

    for co, co2 in ((1, 0), (1, -1), (-2, 2), (-3, 2)):
        assert problem(formula(co, co2), evidence) == ("invalid", "no_exhaust_gas", {"item": "WT"})
    assert dilution_factor(evidence, Fraction(-1), Fraction(2)) == 3
