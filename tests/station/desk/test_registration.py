"""What is typed into the registration form, without a screen."""

from datetime import date

import pytest

from station.desk.registration import DEFAULTS, LAYOUT, check, check_all, command, plate_type
from station.model.identity import parse_plate

TODAY = date(2026, 11, 22)


def values(**more: str) -> dict[str, str]:
    empty = dict.fromkeys(LAYOUT, "")
    return (
        empty | DEFAULTS | {"plate": "浙h·12385", "vin": "LSVAA4180E2100001", "first_registered": "2020-06-30"} | more
    )


def test_the_defaults_with_plate_and_vin_are_a_complete_form() -> None:
    assert not [r for r in check_all(values(), TODAY).values() if r.error]
    body = command("s-1", values())
    assert (body.plate, body.vehicle.plate_type, body.vehicle.vehicle_type) == ("浙H12385", "02", "K33")
    assert body.vehicle.first_registered == date(2020, 6, 30)
    assert (body.vehicle.persons, body.vehicle.electronic_parking_brake, body.owner) == (5, False, None)


def test_an_empty_fact_is_not_known_and_never_a_guess() -> None:
    remarks = check_all(values(curb_mass_kg="", first_registered="", electronic_parking_brake="unknown"), TODAY)
    assert not any(remark.error for remark in remarks.values())
    assert {"curb_mass_kg", "first_registered"} <= remarks.keys()
    vehicle = command("s-1", values(curb_mass_kg="", first_registered="", electronic_parking_brake="unknown")).vehicle
    assert (vehicle.curb_mass_kg, vehicle.first_registered, vehicle.electronic_parking_brake) == (None, None, None)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("plate", "浙I1234", "(6"),
        ("plate", "ABC", "浙"),
        ("vin", "LSV", "17"),
        ("vin", "LSVAA4180E210000I", "17"),
        ("first_registered", "30.6.2020", "2020-06-30"),
        ("first_registered", "2027-01-01", "future"),
        ("persons", "0", "200"),
        ("total_mass_kg", "1.8", "100000"),
    ],
)
def test_a_wrong_value_is_named(field: str, value: str, said: str) -> None:
    remark = check(field, value, TODAY)
    assert remark is not None
    assert remark.error
    assert said in remark.text.en


def test_a_curb_mass_above_the_total_mass_is_refused() -> None:
    assert check_all(values(curb_mass_kg="2000"), TODAY)["curb_mass_kg"].error


@pytest.mark.parametrize(
    ("plate", "vehicle_type", "expected"),
    [
        ("浙H12385", "K33", "02"),
        ("浙H12385", "H11", "01"),
        ("浙HD12345", "K33", "52"),
        ("浙H1234学", "K33", "16"),
        ("浙H12385", "M21", "07"),
        ("浙H1234学", "M21", "17"),
        ("浙H1234警", "M21", "24"),
        ("浙H1234挂", "B11", "15"),
    ],
)
def test_the_plate_type_follows_form_and_vehicle(plate: str, vehicle_type: str, expected: str) -> None:
    assert plate_type(parse_plate(plate), vehicle_type) == expected


def test_an_owner_is_sent_when_there_is_one() -> None:
    owner = command("s-1", values(owner_phone="123")).owner
    assert owner is not None
    assert owner.phone == "123"
