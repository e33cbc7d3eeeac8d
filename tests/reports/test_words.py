"""Codes of the vehicle's registration as a report prints them."""

import pytest

from reports.words import Words
from station.model.ga24 import TABLES, TableName, table
from station.model.text import LANGUAGES, Language


@pytest.mark.parametrize(
    ("name", "code", "language", "printed"),
    [
        ("vehicle_type", "K33", "zh", "小型轿车（K33）"),
        ("vehicle_type", "K33", "en", "small saloon (K33)"),
        ("vehicle_type", "K35", "zh", "小型载客汽车（K35）"),
        ("fuel", "AE", "en", "petrol/natural gas (AE)"),
        ("use_character", "L", "zh", "营转非（L）"),
        ("vehicle_type", "Y11", "en", "Y11"),
        ("fuel", "AX", "zh", "AX"),
    ],
)
def test_a_code_is_printed_with_its_name_and_one_without_a_name_alone(
    name: TableName, code: str, language: Language, printed: str
) -> None:
    assert Words(language, "Asia/Shanghai").registered(name, code) == printed


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fonts_have_every_character_of_every_name(language: Language) -> None:
    words = Words(language, "Asia/Shanghai")
    for name in TABLES:
        for entry in table(name).codes:
            words.registered(name, entry.code.rstrip("*"))
    assert words.glyphs.missing == ()
