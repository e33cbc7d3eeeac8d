import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.model.identity import (
    NEW_ENERGY,
    PLATE_TYPES,
    IdentityError,
    check_plate_type,
    mask_plate,
    parse_plate,
    parse_vin,
)

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@pytest.mark.parametrize(
    ("typed", "number", "kind"),
    [
        ("浙H12385", "浙H12385", "ordinary"),
        (" 浙h·12385 ", "浙H12385", "ordinary"),
        ("浙Ｈ１２３８５", "浙H12385", "ordinary"),
        ("浙H-123 85", "浙H12385", "ordinary"),
        ("粤B.A1B2C", "粤BA1B2C", "ordinary"),
        ("浙HD12385", "浙HD12385", "new_energy_small"),
        ("浙HFA2385", "浙HFA2385", "new_energy_small"),
        ("浙H12385D", "浙H12385D", "new_energy_large"),
        ("浙H12385K", "浙H12385K", "new_energy_large"),
        ("浙H1234挂", "浙H1234挂", "trailer"),
        ("浙H1234学", "浙H1234学", "training"),
        ("浙O1234警", "浙O1234警", "police"),
        ("粤Z1234港", "粤Z1234港", "hong_kong"),
        ("粤Z1234澳", "粤Z1234澳", "macao"),
        ("沪A1234领", "沪A1234领", "consulate"),
        ("使 224·578", "使224578", "embassy"),
        ("使01234", "使01234", "embassy"),
        ("京X·1234应急", "京X1234应急", "emergency"),
        ("京ＸA234 应急", "京XA234应急", "emergency"),
        ("浙HJ12385", "浙HJ12385", "new_energy_small"),
    ],
)
def test_plates_are_normalised_and_classified(typed: str, number: str, kind: str) -> None:
    plate = parse_plate(typed)
    assert (plate.number, plate.kind) == (number, kind)


@pytest.mark.parametrize(
    ("typed", "zh", "en"),
    [
        ("", "省份简称开头", "sign of a province"),
        ("AH12385", "省份简称开头", "sign of a province"),
        ("浙H1238", "（6 位）", "(6 characters)"),
        ("浙H123856789", "5 位字母或数字", "5 letters or digits"),
        ("浙HI2385", "不用 I、O", "never I or O"),
        ("浙O12385", "不用 I、O", "never I or O"),
        ("浙1H2385", "字母", "letter"),
        ("浙HL12385", f"{NEW_ENERGY} 之一", f"one of {NEW_ENERGY}"),
        ("浙HDA238B", f"{NEW_ENERGY} 之一", f"one of {NEW_ENERGY}"),
        ("浙H12385L", f"{NEW_ENERGY} 之一", f"one of {NEW_ENERGY}"),
        ("浙O1234挂", "4 位 + 挂", "4 characters + 挂"),
        ("浙H12345挂", "4 位 + 挂", "4 characters + 挂"),
        ("浙I1234警", "4 位 + 警", "4 characters + 警"),
        ("京X123应急", "4 位 + 应急", "4 characters + 应急"),
        ("京O1234应急", "4 位 + 应急", "4 characters + 应急"),
        ("京X1234急", "5 位字母或数字", "5 letters or digits"),
        ("使1234", "使 + 5 至 6 位", "使 + 5 or 6"),
        ("使1234567", "使 + 5 至 6 位", "使 + 5 or 6"),
        ("使I2345", "使 + 5 至 6 位", "使 + 5 or 6"),
        ("应急", "省份简称开头", "sign of a province"),
        ("京应急", "4 位 + 应急", "4 characters + 应急"),
        ("挂", "省份简称开头", "sign of a province"),
    ],
)
def test_a_wrong_plate_is_refused_with_what_is_expected(typed: str, zh: str, en: str) -> None:
    with pytest.raises(IdentityError) as refused:
        parse_plate(typed)
    assert zh in refused.value.text.zh
    assert en in refused.value.text.en
    assert str(refused.value) == refused.value.text.en


@given(st.text(max_size=12))
def test_any_text_is_a_plate_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(IdentityError):
        plate = parse_plate(text)
        assert parse_plate(plate.number) == plate
        assert "**" in mask_plate(plate)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("浙H12385", "浙H·**85"),
        ("浙HD12385", "浙H·**85"),
        ("浙H12385D", "浙H·**5D"),
        ("浙H1234挂", "浙H·**34挂"),
        ("京X1234应急", "京X·**34应急"),
        ("使224578", "使2·**78"),
    ],
)
def test_a_masked_plate_keeps_the_region_and_the_last_two(number: str, masked: str) -> None:
    assert mask_plate(parse_plate(number)) == masked


@pytest.mark.parametrize(
    ("number", "plate_type"),
    [
        ("浙H12385", "02"),
        ("浙H12385", "01"),
        ("浙HD12385", "52"),
        ("浙H12385D", "51"),
        ("浙H1234挂", "15"),
        ("浙H1234学", "16"),
        ("浙O1234警", "23"),
        ("使224578", "03"),
        ("使224578", "10"),
        ("沪A1234领", "04"),
        ("沪A1234领", "12"),
        ("京X1234应急", "33"),
    ],
)
def test_plate_and_type_agree(number: str, plate_type: str) -> None:
    assert check_plate_type(parse_plate(number), plate_type) is None


@pytest.mark.parametrize(
    ("number", "plate_type", "expected"),
    [("浙HD12385", "51", "52"), ("浙H12385D", "52", "51"), ("浙HD12385", "02", "52"), ("浙H1234学", "02", "16/17")],
)
def test_a_special_plate_names_the_types_it_may_have(number: str, plate_type: str, expected: str) -> None:
    problem = check_plate_type(parse_plate(number), plate_type)
    assert problem is not None
    assert f"应为 {expected}" in problem.zh
    assert f"{expected} expected" in problem.en


@pytest.mark.parametrize("plate_type", sorted({code for codes in PLATE_TYPES.values() for code in codes}))
def test_an_ordinary_plate_has_no_special_type(plate_type: str) -> None:
    problem = check_plate_type(parse_plate("浙H12385"), plate_type)
    assert problem is not None
    assert "另有式样" in problem.zh
    assert "another form" in problem.en


@pytest.mark.parametrize("number", ["1M8GDM9AXKP042788", "11111111111111111", "LSVAA4182E2000004"])
def test_a_vin_is_normalised_and_its_check_digit_computed(number: str) -> None:
    vin = parse_vin(f" {number[:8].lower()}-{number[8:]} ")
    assert vin.number == number


def test_a_right_check_digit_gives_no_warning() -> None:
    assert parse_vin("1M8GDM9AXKP042788").warning is None
    assert parse_vin("11111111111111111").warning is None


@given(st.text(alphabet=LETTERS.replace("Q", "") + "0123456789", min_size=17, max_size=17))
def test_exactly_one_check_digit_is_free_of_a_warning(text: str) -> None:
    digits = [d for d in "0123456789X" if parse_vin(text[:8] + d + text[9:]).warning is None]
    assert len(digits) == 1


def test_a_wrong_check_digit_warns_and_names_the_right_one() -> None:
    warning = parse_vin("1M8GDM9A1KP042788").warning
    assert warning is not None
    assert "为 1，计算应为 X" in warning.zh
    assert "is 1, computed X" in warning.en


@pytest.mark.parametrize(
    ("typed", "zh", "en"),
    [
        ("1M8GDM9AXKP04278", "现有 16 位", "has 16"),
        ("1M8GDM9AXKP0427888", "现有 18 位", "has 18"),
        ("IM8GDM9AXKP042788", "第 1 位不能是 I，是否应为 1", "Character 1 of the VIN cannot be I: is it 1?"),
        ("1M8GDM9AXKPO42788", "第 12 位不能是 O，是否应为 0", "cannot be O: is it 0?"),
        ("1M8GDM9AXKPQ42788", "第 12 位不能是 Q", "cannot be Q: is it 0?"),
        ("1M8GDM9AXKP04278京", "第 17 位不能是 京，只用字母和数字", "letters and digits only"),
        ("12345", "先输 # 再输出厂编号", "Without a VIN: # and the serial number"),
        ("#12", "3 至 25 位", "3 to 25 letters or digits"),
        ("#", "3 至 25 位", "3 to 25 letters or digits"),
        ("#" + "1" * 26, "3 至 25 位", "3 to 25 letters or digits"),
        ("#12#45", "3 至 25 位", "3 to 25 letters or digits"),
    ],
)
def test_a_wrong_vin_is_refused_with_position_and_remedy(typed: str, zh: str, en: str) -> None:
    with pytest.raises(IdentityError) as refused:
        parse_vin(typed)
    assert zh in refused.value.text.zh
    assert en in refused.value.text.en


# Where the check digit is the law it fits; of cars made in Europe for Europe it fits by chance only.
@pytest.mark.parametrize("number", ["1HGCM82633A004352", "JH4TB2H26CC000000", "5GZCZ43D13S812715"])
def test_a_vin_whose_check_digit_fits_passes_without_a_word(number: str) -> None:
    assert parse_vin(number).warning is None


@pytest.mark.parametrize("number", ["WVWZZZ1KZAW000001", "WDB2110421A000001", "VF1BB05CF33000001", "ZFA22300005000001"])
def test_an_imported_car_without_check_digit_is_only_warned_of(number: str) -> None:
    vin = parse_vin(number)
    assert vin.number == number
    assert vin.warning is not None
    assert "进口车和早期车辆可能不符" in vin.warning.zh


@pytest.mark.parametrize(
    ("typed", "number"), [("#12345", "#12345"), ("＃ gz-2004 117", "#GZ2004117"), ("#" + "7" * 25, None)]
)
def test_a_vehicle_without_vin_is_registered_by_its_serial_number(typed: str, number: str | None) -> None:
    vin = parse_vin(typed)
    assert vin.number == (number or typed)
    assert vin.is_serial
    assert vin.warning is not None
    assert "按出厂编号登记" in vin.warning.zh
    assert parse_vin(vin.number) == vin
    assert not parse_vin("1M8GDM9AXKP042788").is_serial


@given(st.text(max_size=30))
def test_any_text_is_a_vin_a_serial_number_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(IdentityError):
        vin = parse_vin(text)
        assert parse_vin(vin.number) == vin
        assert len(vin.number) <= 32
