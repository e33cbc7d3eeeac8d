"""What goes together of plate, types, fuel, VIN and date; what is refused and what only asked."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.model.consistency import PURE_ELECTRIC, Finding, findings
from station.model.ga24 import table
from station.model.identity import NEW_ENERGY, PLATE_TYPES, parse_plate, parse_vin
from station.model.vehicle import Vehicle

FITS = "1M8GDM9AXKP042788"
"""Its check digit fits; the year letter K is 1989 or 2019."""


def found(plate: str = "浙H12385", vin: str = FITS, **facts: Any) -> tuple[Finding, ...]:
    known = {"plate_type": "02", "vehicle_type": "K33", "use_character": "A", "fuel": "A"}
    return findings(parse_plate(plate), parse_vin(vin), Vehicle.model_validate({**known, **facts}))


def test_an_ordinary_car_has_nothing_to_find() -> None:
    assert found() == ()
    assert found(produced=date(2019, 3, 1)) == ()


@pytest.mark.parametrize(
    ("plate", "plate_type", "vehicle_type"),
    [
        ("浙H12385", "01", "H11"),
        ("浙H1234挂", "15", "B11"),
        ("浙H1234挂", "15", "G11"),
        ("浙H12385", "07", "M21"),
        ("浙H12385", "08", "M22"),
        ("浙H1234警", "24", "M21"),
        ("浙H1234警", "23", "K33"),
        ("浙H1234学", "17", "M21"),
        ("浙H1234学", "16", "K33"),
        # What these plates are for is not told: they go with everything.
        ("浙H12385", "99", "B11"),
        ("浙H12385", "22", "M21"),
        ("使224578", "10", "M21"),
        ("使224578", "03", "K33"),
        ("京X1234应急", "33", "Z51"),
        ("浙H12385", "14", "T11"),
    ],
)
def test_plate_and_vehicle_that_go_together(plate: str, plate_type: str, vehicle_type: str) -> None:
    assert found(plate, plate_type=plate_type, vehicle_type=vehicle_type) == ()


@pytest.mark.parametrize(
    ("plate", "plate_type", "vehicle_type", "zh", "en"),
    [
        ("浙H12385", "15", "B11", "另有式样", "another form"),
        ("浙H1234挂", "02", "B11", "应为 15", "15 expected"),
        ("浙H1234挂", "15", "K33", "挂车（B、G）有专用", "trailers (B, G) have plates of their own"),
        ("浙H1234挂", "15", "M21", "挂车（B、G）有专用", "trailers (B, G) have plates of their own"),
        ("浙H12385", "02", "B11", "挂车（B、G）有专用", "plate type 02 does not go with vehicle type B11"),
        ("浙H12385", "07", "G11", "挂车（B、G）有专用", "trailers"),
        ("浙H12385", "07", "K33", "摩托车（M）有专用", "motorcycles (M) have plates of their own"),
        ("浙H12385", "02", "M21", "摩托车（M）有专用", "motorcycles"),
        ("浙H1234警", "23", "M21", "摩托车（M）有专用", "motorcycles"),
        ("浙HD12385", "51", "K33", "应为 52", "52 expected"),
    ],
)
def test_what_two_sources_agree_on_is_refused(plate: str, plate_type: str, vehicle_type: str, zh: str, en: str) -> None:
    first, *_ = found(plate, plate_type=plate_type, vehicle_type=vehicle_type, fuel="C")
    assert (first.refuse, first.certainty) == (True, "B")
    assert zh in first.text.zh
    assert en.lower() in first.text.en.lower()


@pytest.mark.parametrize(
    ("plate", "plate_type"), [("京X1234应急", "02"), ("使224578", "02"), ("浙H12385", "33"), ("京X1234应急", "01")]
)
def test_what_no_two_sources_tell_is_only_asked(plate: str, plate_type: str) -> None:
    assert [(f.refuse, f.certainty) for f in found(plate, plate_type=plate_type)] == [(False, "D")]


@pytest.mark.parametrize("letter", NEW_ENERGY)
@pytest.mark.parametrize("large", [False, True])
def test_the_letter_of_a_new_energy_plate_tells_whether_it_is_purely_electric(letter: str, large: bool) -> None:
    plate, plate_type = (f"浙H12385{letter}", "51") if large else (f"浙H{letter}12385", "52")
    pure = letter in "DABCE"
    for fuel, electric in (("C", True), ("O", False), ("AC", False), ("P", False)):
        doubts = found(plate, plate_type=plate_type, fuel=fuel)
        assert [(doubt.refuse, doubt.certainty) for doubt in doubts] == ([] if pure == electric else [(False, "C")])
        assert all(("非纯电动" not in doubt.text.zh) == pure for doubt in doubts)
    (doubt,) = found(plate, plate_type=plate_type, fuel="A")
    assert (doubt.refuse, doubt.certainty) == (False, "D")
    assert "新能源" in doubt.text.zh
    assert "new energy" in doubt.text.en


def test_an_electric_car_may_have_an_ordinary_plate() -> None:
    assert found(fuel="C") == ()
    assert PURE_ELECTRIC == "DABCE"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"vehicle_type": "Y11"}, "vehicle type Y11"),
        ({"plate_type": "77"}, "plate type 77"),
        ({"use_character": "?"}, "use character ?"),
        ({"fuel": "AX"}, "fuel AX"),
        ({"fuel": ""}, "fuel (empty)"),
    ],
)
def test_a_code_that_no_table_has_is_only_asked(facts: dict[str, Any], said: str) -> None:
    (doubt,) = found(**facts)
    assert (doubt.refuse, said in doubt.text.en) == (False, True)


# -- the VIN and the year


@pytest.mark.parametrize(
    ("year", "fits"),
    [
        (1987, False),
        (1988, True),
        (1989, True),
        (1990, True),
        (1991, False),
        (2017, False),
        (2018, True),
        (2019, True),
        (2020, True),
        (2021, False),
    ],
)
def test_the_year_letter_goes_with_the_year_or_the_one_beside_it(year: int, fits: bool) -> None:
    doubts = found(produced=date(year, 7, 1))
    assert [doubt.refuse for doubt in doubts] == ([] if fits else [False])
    assert all(f"{year}-07-01" in doubt.text.zh and "(K)" in doubt.text.en for doubt in doubts)


@pytest.mark.parametrize(
    ("letter", "year"),
    [
        ("A", 2010),
        ("H", 2017),
        ("J", 2018),
        ("P", 2023),
        ("R", 2024),
        ("T", 2026),
        ("V", 2027),
        ("Y", 2030),
        ("1", 2001),
        ("9", 2009),
        ("1", 2031),
    ],
)
def test_the_year_letters_are_those_of_the_standard(letter: str, year: int) -> None:
    vin = _with_year(letter)
    assert found(vin=vin, produced=date(year, 1, 1)) == ()
    assert len(found(vin=vin, produced=date(year + 2, 1, 1))) == 1


@pytest.mark.parametrize("letter", "0UZ")
def test_a_letter_that_stands_for_no_year_is_asked(letter: str) -> None:
    assert all(len(found(vin=_with_year(letter), produced=date(year, 1, 1))) == 1 for year in range(1980, 2040))


def _with_year(letter: str) -> str:
    vins = (f"1M8GDM9A{digit}{letter}P042788" for digit in "0123456789X")
    return next(vin for vin in vins if parse_vin(vin).warning is None)


def test_of_a_vin_that_is_formed_otherwise_the_check_digit_alone_is_asked() -> None:
    (doubt,) = found(vin="WVWZZZ1KZAW000001", produced=date(1990, 1, 1))
    assert "校验位" in doubt.text.zh
    (doubt,) = found(vin="#GZ2004117", produced=date(2004, 1, 1))
    assert "按出厂编号登记" in doubt.text.zh


CODES = {
    name: [entry.code.rstrip("*") for entry in table(name).codes] for name in ("vehicle_type", "plate_type", "fuel")
}


@given(
    st.sampled_from(
        ["浙H12385", "浙HD12385", "浙HF12385", "浙H12385D", "浙H1234挂", "浙H1234警", "使224578", "京X1234应急"]
    ),
    st.fixed_dictionaries({name: st.sampled_from(codes) for name, codes in CODES.items()}),
)
def test_contradictions_come_first_and_every_finding_is_said_in_both_languages(
    plate: str, facts: dict[str, str]
) -> None:
    given_ = found(plate, **facts)
    assert [f.refuse for f in given_] == sorted((f.refuse for f in given_), reverse=True)
    assert not any(plate in f.text.zh or plate in f.text.en for f in given_)
    assert all(f.text.zh and f.text.en and (f.certainty == "B") == f.refuse for f in given_)
    special = PLATE_TYPES.get(parse_plate(plate).kind)
    if (
        special
        and facts["plate_type"] not in special
        and not plate.startswith(("使", "京"))
        and facts["plate_type"] != "33"
    ):
        assert given_[0].refuse
