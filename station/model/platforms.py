"""Our codes in the words of a platform's edition, and back: vendors disagree, so each mapping is data with a name."""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field

from station.model.base import Frozen
from station.model.ga24 import LETTERS, TableName
from station.model.text import SaidValueError, Text
from station.model.verdict import Certainty

MappedTable = TableName | Literal["verdict", "item", "category", "photo"]
"""What is mapped: the tables of GA 24, verdicts (``pass``, ``fail``, ``not_inspected``), items, categories, photos."""


class CodeMap(Frozen):
    """One table of an edition: ours to theirs; empty: no code there. ``disputed``: sources differ on these."""

    table: MappedTable
    otherwise: Literal["same", "none"]
    pairs: dict[str, str] = Field(default_factory=dict)
    disputed: tuple[str, ...] = ()
    certainty: Certainty
    note: str = ""

    def there(self, code: str) -> str | None:
        """Return their code for one of ours; None if they have none, or would take it for another one."""
        same = self.otherwise == "same" and code not in self.pairs.values()
        return self.pairs.get(code, code if same else "") or None

    def here(self, code: str) -> tuple[str, ...]:
        """Return our codes that they call so."""
        mapped = tuple(ours for ours, theirs in self.pairs.items() if code and theirs == code)
        same = self.otherwise == "same" and code and code not in self.pairs
        return mapped or ((code,) if same else ())


class Edition(Frozen):
    """One platform, or program, in one edition."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    name: Text
    source: str
    map: tuple[CodeMap, ...] = Field(min_length=1)

    def of(self, table: MappedTable) -> CodeMap | None:
        """Return what it says of a table, None if it says nothing."""
        return next((each for each in self.map if each.table == table), None)


class _File(Frozen):
    edition: tuple[Edition, ...]


@cache
def editions() -> tuple[Edition, ...]:
    """Return the editions that ship, read once."""
    file = resources.files("station.model").joinpath("ga24", "platforms.toml")
    return _File.model_validate(tomllib.loads(file.read_text("utf-8"))).edition


def edition(name: str) -> Edition:
    """Return an edition by its id.

    Raises:
        SaidValueError: there is none; the sentence names those that there are.
    """
    found = next((each for each in editions() if each.id == name), None)
    if found is None:
        known = ", ".join(each.id for each in editions())
        raise SaidValueError(
            Text(
                zh=f"没有平台版本 {name}；已有：{known}。",
                en=f"there is no platform edition {name}; there are: {known}",
            )
        )
    return found


def to_platform(name: str, table: MappedTable, code: str) -> str | None:
    """Return what an edition calls one of our codes; None: it has no code for it, and nothing may be sent as one.

    Of several letters each is mapped. A table of which the edition says nothing is the same there.

    Raises:
        SaidValueError: there is no such edition.
    """
    says = edition(name).of(table)
    if says is None:
        return code or None
    parts = [says.there(part) for part in _parts(table, code)]
    return None if None in parts or not parts else "".join(part for part in parts if part)


def from_platform(name: str, table: MappedTable, code: str) -> tuple[str, ...]:
    """Return our codes for one of an edition's: several where it calls them by one, none where it is not known.

    Raises:
        SaidValueError: there is no such edition.
    """
    says = edition(name).of(table)
    if says is None:
        return (code,) if code else ()
    found = [""]
    for part in _parts(table, code):
        found = [before + ours for before in found for ours in says.here(part)]
    return tuple(ours for ours in found if ours)


def _parts(table: MappedTable, code: str) -> list[str]:
    return list(code) if table in LETTERS else [code]
