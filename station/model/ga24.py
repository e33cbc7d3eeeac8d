"""Tables of the codes of the GA 24 series (机动车登记信息代码): names in both languages, and how certain each is.

The tables are data (``ga24/*.toml``) and not complete: a code that is not in them may exist all the same.
"""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal, get_args

from pydantic import Field, field_validator

from station.model.base import Frozen
from station.model.text import Text
from station.model.verdict import Certainty

TableName = Literal["vehicle_type", "plate_type", "use_character", "fuel", "colour"]
TABLES: tuple[TableName, ...] = get_args(TableName)
LETTERS: tuple[TableName, ...] = ("fuel", "colour")
"""Tables of single letters, of which a vehicle may have several: ``AE`` petrol and natural gas."""
FAMILY = "*"
"""The end of an entry that stands for all codes that begin so."""

_NAMES: dict[TableName, Text] = {
    "vehicle_type": Text(zh="车辆类型", en="vehicle type"),
    "plate_type": Text(zh="号牌种类", en="plate type"),
    "use_character": Text(zh="使用性质", en="use character"),
    "fuel": Text(zh="燃料种类", en="fuel"),
    "colour": Text(zh="车身颜色", en="colour"),
}


class Code(Frozen):
    """One code: its names, and how certain it is that it means this."""

    code: str = Field(pattern=r"^[0-9A-Z]{1,3}\*?$")
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    certainty: Certainty

    @property
    def name(self) -> Text:
        """Return the name in every language."""
        return Text(zh=self.zh, en=self.en)


class Table(Frozen):
    """One table: the standard that it is of, where its entries come from, and the entries."""

    standard: str
    source: str
    codes: tuple[Code, ...]

    @field_validator("codes")
    @classmethod
    def _once(cls, codes: tuple[Code, ...]) -> tuple[Code, ...]:
        known = [code.code for code in codes]
        if len(set(known)) < len(known):
            raise ValueError("a code stands twice")
        return codes

    def find(self, code: str) -> Code | None:
        """Return the entry of a code, else that of the smallest family that it belongs to."""
        exact = next((entry for entry in self.codes if entry.code == code), None)
        families = [e for e in self.codes if e.code.endswith(FAMILY) and code.startswith(e.code.rstrip(FAMILY))]
        return exact or max(families, key=lambda entry: len(entry.code), default=None)


@cache
def table(name: TableName) -> Table:
    """Return a table as it ships, read once."""
    file = resources.files("station.model").joinpath("ga24", f"{name}.toml")
    return Table.model_validate(tomllib.loads(file.read_text("utf-8")))


def code_name(name: TableName, code: str) -> Text | None:
    """Return what a code means; of several letters all, joined. None: a code, or a letter, is not in the table."""
    parts = list(code) if name in LETTERS else [code]
    found = [entry.name for part in parts if (entry := table(name).find(part))]
    if not found or len(found) < len(parts):
        return None
    return Text(zh="/".join(text.zh for text in found), en="/".join(text.en for text in found))


def unknown_code(name: TableName, code: str) -> Text | None:
    """Return a warning where a code is not in its table, None where it is: it may exist all the same."""
    if code_name(name, code):
        return None
    what, standard = _NAMES[name], table(name).standard
    return Text(
        zh=f"{what.zh}代码 {code or '（空）'} 不在 {standard} 代码表中，请与行驶证核对。",
        en=f"{standard} has no {what.en} {code or '(empty)'} in our table: compare it with the vehicle's licence.",
    )
