"""The line's sentences: refusals, prompts, reasons, in every language."""

import json
from importlib import resources

from station.model.text import LANGUAGES, Catalogue


def _load() -> Catalogue:
    folder = resources.files("station.line").joinpath("texts")
    return Catalogue({lang: json.loads(folder.joinpath(f"{lang}.json").read_text("utf-8")) for lang in LANGUAGES})


WORDS = _load()
