"""The sentences of the demo's screen, in every language."""

import json
from functools import cache
from importlib.resources import files

from station.model.text import LANGUAGES, Catalogue, Language, Text


@cache
def catalogue() -> Catalogue:
    """Return the demo's catalogue, read once."""
    folder = files("station.cli") / "texts"
    return Catalogue({lang: json.loads((folder / f"{lang}.json").read_text("utf-8")) for lang in LANGUAGES})


def say(language: Language, key: str, **values: object) -> str:
    """Return one sentence in one language; values that are texts stand in that language."""
    plain = {name: v.in_(language) if isinstance(v, Text) else v for name, v in values.items()}
    return catalogue().say(language, key, **plain)


def text(key: str, **values: object) -> Text:
    """Return one sentence in every language; values that are texts stand in their own language."""
    return Text(**{lang: say(lang, key, **values) for lang in LANGUAGES})
