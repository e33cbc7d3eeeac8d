"""The sentences of the reports in one language, each one printable."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from reports.fonts import NO_BREAK, Glyphs
from station.model.codes import ITEM_NAMES, LOCATION_NAMES
from station.model.ga24 import TableName, code_name
from station.model.text import LANGUAGES, Catalogue, Language, Text

FOLDER = Path(__file__).parent / "texts"


@cache
def catalogue() -> Catalogue:
    """Return the sentences of the reports."""
    return Catalogue({lang: json.loads((FOLDER / f"{lang}.json").read_text("utf-8")) for lang in LANGUAGES})


class Words:
    """One report's language: everything that is drawn passes through here, and through the font's guard.

    Args:
        language: of the report.
        timezone: IANA name of the station's zone; times are given in UTC.
    """

    def __init__(self, language: Language, timezone: str) -> None:
        self.language = language
        self.glyphs = Glyphs()
        self._zone = ZoneInfo(timezone)

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of the catalogue."""
        return self.glyphs.clean(catalogue().say(self.language, key, **values))

    def one_of(self, key: str, otherwise: str, **values: object) -> str:
        """Return the sentence of a key that came with the data, or another one when the catalogue has none."""
        known = catalogue().keys()
        return self.say(key if key in known else otherwise, **values)

    def of(self, text: Text) -> str:
        """Return a sentence that came with the data."""
        return self.glyphs.clean(text.in_(self.language))

    def raw(self, text: str) -> str:
        """Return text that belongs to no language: a plate, a name, a number."""
        return self.glyphs.clean(text)

    def unbroken(self, text: str) -> str:
        """Return a number with its unit, which no end of a line divides."""
        return self.raw(text).replace(" ", NO_BREAK)

    def code(self, prefix: str, code: str) -> str:
        """Return the words for a code, or the code itself when the catalogue has none."""
        key = f"{prefix}.{code}"
        known = catalogue().keys()
        return self.say(key) if key in known else self.raw(code)

    def registered(self, name: TableName, code: str) -> str:
        """Return a code of the vehicle's registration with its name (``小型轿车（K33）``), else the code itself."""
        known = code_name(name, code)
        return self.say("coded", name=known, code=code) if known else self.raw(code)

    def item(self, code: str) -> str:
        """Return the name of an item of the station interface."""
        name = ITEM_NAMES.get(code)
        return self.of(name) if name else self.raw(code)

    def place(self, code: str) -> str:
        """Return the words for a place on the vehicle."""
        name = LOCATION_NAMES.get(code)
        return self.of(name) if name else self.raw(code)

    def local(self, at: str) -> datetime:
        """Return a stored UTC time in the station's zone."""
        return datetime.fromisoformat(at).astimezone(self._zone)

    def moment(self, at: str | None) -> str:
        """Return a stored UTC time as people of the station read it, a dash for none."""
        return f"{self.local(at):%Y-%m-%d %H:%M:%S}" if at else "—"
