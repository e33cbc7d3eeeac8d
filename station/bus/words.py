"""The bus's sentences: what is wrong with broker, accounts, certificates."""

import json
from functools import cache
from importlib.resources import files

from station.model.text import LANGUAGES, Catalogue


@cache
def words() -> Catalogue:
    """Return the catalogue, read once."""
    folder = files("station.bus") / "texts"
    return Catalogue({lang: json.loads((folder / f"{lang}.json").read_text("utf-8")) for lang in LANGUAGES})
