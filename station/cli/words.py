"""The sentences of the command line and of the demo's screen, in every language."""

import json
from functools import cache
from importlib.resources import files

from station.cli.language import language_here
from station.model.text import LANGUAGES, Catalogue, Language, Text


@cache
def catalogue() -> Catalogue:
    """Return the command line's catalogue, read once."""
    folder = files("station.cli") / "texts"
    return Catalogue({lang: json.loads((folder / f"{lang}.json").read_text("utf-8")) for lang in LANGUAGES})


def say(language: Language, key: str, /, **values: object) -> str:
    """Return one sentence in one language; values that are texts stand in that language."""
    return catalogue().say(language, key, **values)


def text(key: str, /, **values: object) -> Text:
    """Return one sentence in every language; values that are texts stand in their own language."""
    return catalogue().text(key, **values)


def here(key: str, /, **values: object) -> str:
    """Return one sentence in the language of this terminal."""
    return say(language_here(), key, **values)
