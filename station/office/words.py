"""The sentences of the office's pages."""

import json
from functools import cache
from pathlib import Path

from station.model.text import LANGUAGES, Catalogue

FOLDER = Path(__file__).parent / "texts"


@cache
def words() -> Catalogue:
    """Return the catalogue of the office."""
    return Catalogue({lang: json.loads((FOLDER / f"{lang}.json").read_text("utf-8")) for lang in LANGUAGES})
