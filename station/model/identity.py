"""Number plates (号牌号码) and vehicle identification numbers: normalised, checked, and masked for public screens.

Syntax of plates: GA 36-2018; of the VIN: GB 16735 / ISO 3779.
"""

import re
import unicodedata
from typing import Literal

from station.model.base import Frozen
from station.model.text import SaidValueError, Text

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
NEW_ENERGY = "DABCEFGHJK"
"""D, A, B, C, E: pure electric; F, G, H, J, K: not pure."""

PlateKind = Literal[
    "ordinary",
    "new_energy_small",
    "new_energy_large",
    "trailer",
    "training",
    "police",
    "hong_kong",
    "macao",
    "consulate",
    "embassy",
    "emergency",
]

SUFFIXES: dict[str, PlateKind] = {
    "挂": "trailer",
    "学": "training",
    "警": "police",
    "港": "hong_kong",
    "澳": "macao",
    "领": "consulate",
    "应急": "emergency",
}
EMBASSY = "使"
"""Stands first, in the place of a province."""

PLATE_TYPES: dict[PlateKind, tuple[str, ...]] = {
    "new_energy_small": ("52",),
    "new_energy_large": ("51",),
    "trailer": ("15",),
    "training": ("16", "17"),
    "police": ("23", "24"),
    "hong_kong": ("26",),
    "macao": ("27",),
    "consulate": ("04",),
    "embassy": ("03",),
    "emergency": ("33",),
}
"""GA 24.7 codes that a plate of a special form may have; an ordinary form may have every other code."""
_MISSIONS_MOTORCYCLES = ("09", "10", "11", "12")
"""Motorcycle plates of which it is not certain which are those of embassies and consulates."""
_MORE_TYPES: dict[PlateKind, tuple[str, ...]] = dict.fromkeys(("embassy", "consulate"), _MISSIONS_MOTORCYCLES)

_LETTER = "[A-HJ-NP-Z]"
_CHARACTER = "[A-HJ-NP-Z0-9]"
_BODIES: tuple[tuple[PlateKind, re.Pattern[str]], ...] = (
    ("ordinary", re.compile(f"{_LETTER}{_CHARACTER}{{5}}")),
    ("new_energy_small", re.compile(f"{_LETTER}[{NEW_ENERGY}]{_CHARACTER}[0-9]{{4}}")),
    ("new_energy_large", re.compile(f"{_LETTER}[0-9]{{5}}[{NEW_ENERGY}]")),
)
_WITH_SUFFIX = re.compile(f"{_LETTER}{_CHARACTER}{{4}}")
_POLICE = re.compile(f"[A-HJ-Z]{_CHARACTER}{{4}}")
_EMBASSY = re.compile(f"{_CHARACTER}{{5,6}}")
_SEPARATORS = re.compile(r"[\s.·•・‧∙⋅\-‐‑–—_]+")

_VIN_LENGTH = 17
_VIN_VALUES = {c: v for v, cs in enumerate(("", "AJ", "BKS", "CLT", "DMU", "ENV", "FW", "GPX", "HY", "RZ")) for c in cs}
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CHECK_POSITION = 8
SERIAL_SIGN = "#"
"""Stands before the number of a vehicle that has no VIN: a trailer, a motorcycle, an old vehicle."""
_SERIAL = re.compile(r"[A-Z0-9]{3,25}")


class IdentityError(SaidValueError):
    """A plate or VIN that cannot be one; ``text`` says what is wrong and what is expected."""


class Plate(Frozen):
    """A plate number in its normal form (``浙H12385``: upper case, no space, no dot) and its form."""

    number: str
    kind: PlateKind


class Vin(Frozen):
    """A vehicle identification number (车辆识别代号); ``warning`` when its check digit does not fit.

    Of a vehicle without one ``number`` is its serial number (出厂编号, 车架号) behind a ``#``.
    """

    number: str
    warning: Text | None = None

    @property
    def is_serial(self) -> bool:
        """Return whether this is a serial number and no VIN."""
        return self.number.startswith(SERIAL_SIGN)


def parse_plate(text: str) -> Plate:
    """Return the plate that somebody typed; case, spaces, dots, hyphens and full-width letters do not matter.

    Raises:
        IdentityError: not a plate of mainland China of a known form.
    """
    number = _normalise(text)
    if number.startswith(EMBASSY):
        return Plate(number=number, kind=_embassy(number))
    if not number or number[0] not in PROVINCES:
        raise IdentityError(_no_province(number))
    suffix = _suffix(number)
    kind = _suffixed(number, suffix) if suffix else _plain(number)
    return Plate(number=number, kind=kind)


def parse_vin(text: str) -> Vin:
    """Return the VIN that somebody typed, or behind a ``#`` the serial number of a vehicle that has none.

    A check digit that does not fit only warns: imported and old vehicles may have none. So does a serial number.

    Raises:
        IdentityError: not 17 characters, or one of them cannot stand in a VIN; no serial number.
    """
    number = _normalise(text)
    if number.startswith(SERIAL_SIGN):
        return _serial(number)
    if len(number) != _VIN_LENGTH:
        raise IdentityError(
            Text(
                zh=f"车辆识别代号应为 17 位，现有 {len(number)} 位；没有车辆识别代号的，先输 # 再输出厂编号。",
                en=f"A VIN has 17 characters; this one has {len(number)}. Without a VIN: # and the serial number.",
            )
        )
    for position, character in enumerate(number, start=1):
        if character not in _VIN_VALUES and character not in "0123456789":
            raise IdentityError(_bad_vin_character(position, character))
    return Vin(number=number, warning=_check_digit_warning(number))


def mask_plate(plate: Plate) -> str:
    """Return the plate as a public screen shows it: province, letter, the last two characters (``浙H·**85``)."""
    suffix = _suffix(plate.number)
    body = plate.number.removesuffix(suffix)
    return f"{body[:2]}·**{body[-2:]}{suffix}"


def check_plate_type(plate: Plate, plate_type: str) -> Text | None:
    """Return what is wrong between a plate's form and its plate type (号牌种类, GA 24.7), None if they agree.

    The sentence does not name the plate: it may be kept.
    """
    special = {code for codes in PLATE_TYPES.values() for code in codes}
    allowed = PLATE_TYPES.get(plate.kind)
    if plate_type in _MORE_TYPES.get(plate.kind, ()):
        return None
    if (plate_type in allowed) if allowed else (plate_type not in special):
        return None
    expected = "/".join(allowed) if allowed else ""
    return Text(
        zh=f"号牌的样式与号牌种类 {plate_type} 不一致，"
        + (f"应为 {expected}。" if expected else "该种类的号牌另有式样。"),
        en=f"The plate's form does not go with plate type {plate_type}: "
        + (f"{expected} expected." if expected else "plates of that type have another form."),
    )


def _normalise(text: str) -> str:
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def _suffix(number: str) -> str:
    return next((suffix for suffix in SUFFIXES if number.endswith(suffix)), "")


def _suffixed(number: str, suffix: str) -> PlateKind:
    kind = SUFFIXES[suffix]
    # Police plates may have O as the letter of the agency.
    pattern = _POLICE if kind == "police" else _WITH_SUFFIX
    if not pattern.fullmatch(number[1:].removesuffix(suffix)):
        raise IdentityError(_wrong_form(number, f"省份简称 + 字母 + 4 位 + {suffix}", f"4 characters + {suffix}"))
    return kind


def _embassy(number: str) -> PlateKind:
    if not _EMBASSY.fullmatch(number.removeprefix(EMBASSY)):
        raise IdentityError(
            Text(
                zh=f"号牌 {number} 格式不对，应为：{EMBASSY} + 5 至 6 位字母或数字。",
                en=f"Plate {number} has a wrong form; expected: {EMBASSY} + 5 or 6 letters or digits.",
            )
        )
    return "embassy"


def _serial(number: str) -> Vin:
    if not _SERIAL.fullmatch(number.removeprefix(SERIAL_SIGN)):
        raise IdentityError(
            Text(
                zh="# 后应为出厂编号：3 至 25 位字母或数字。",
                en="Behind # a serial number is expected: 3 to 25 letters or digits.",
            )
        )
    return Vin(
        number=number,
        warning=Text(
            zh="没有车辆识别代号，按出厂编号登记；请与行驶证核对。",
            en="Registered by a serial number, without a VIN: compare it with the vehicle's licence.",
        ),
    )


def _plain(number: str) -> PlateKind:
    for kind, pattern in _BODIES:
        if pattern.fullmatch(number[1:]):
            return kind
    raise IdentityError(_plain_problem(number))


def _plain_problem(number: str) -> Text:
    if len(number) == 8:
        return _wrong_form(
            number,
            f"新能源小型车：字母 + {NEW_ENERGY} 之一 + 1 位 + 4 位数字；大型车：字母 + 5 位数字 + {NEW_ENERGY} 之一",
            f"new energy, small: one of {NEW_ENERGY} + 1 character + 4 digits; large: 5 digits + one of {NEW_ENERGY}",
        )
    return _wrong_form(number, "省份简称 + 字母 + 5 位字母或数字（不用 I、O）", "5 letters or digits (never I or O)")


def _wrong_form(number: str, zh: str, en: str) -> Text:
    return Text(
        zh=f"号牌 {number}（{len(number)} 位）格式不对，应为：{zh}。",
        en=f"Plate {number} ({len(number)} characters) has a wrong form; expected: province sign + letter + {en}.",
    )


def _no_province(number: str) -> Text:
    return Text(
        zh=f"号牌 {number} 应以省份简称开头，如 浙。",
        en=f"Plate {number} must begin with the sign of a province, such as 浙.",
    )


def _bad_vin_character(position: int, character: str) -> Text:
    hint = {"I": "1", "O": "0", "Q": "0"}.get(character)
    return Text(
        zh=f"车辆识别代号第 {position} 位不能是 {character}"
        + (f"，是否应为 {hint}？" if hint else "，只用字母和数字。"),
        en=f"Character {position} of the VIN cannot be {character}"
        + (f": is it {hint}?" if hint else ": letters and digits only."),
    )


def _check_digit_warning(number: str) -> Text | None:
    total = sum(
        _VIN_VALUES.get(c, 0) * w if c in _VIN_VALUES else int(c) * w for c, w in zip(number, _VIN_WEIGHTS, strict=True)
    )
    expected = "X" if total % 11 == 10 else str(total % 11)
    found = number[_CHECK_POSITION]
    if found == expected:
        return None
    return Text(
        zh=f"车辆识别代号第 9 位校验位为 {found}，计算应为 {expected}；请核对（进口车和早期车辆可能不符）。",
        en=f"The VIN's check digit (position 9) is {found}, computed {expected}: compare it with the vehicle "
        "(imported and old vehicles may differ).",
    )
