"""The line's sentences: refusals, prompts, reasons, in every language."""

import json
from importlib import resources

from devices.errors import Reason
from station.model.os_text import os_words
from station.model.text import LANGUAGES, Catalogue, Text


def _load() -> Catalogue:
    folder = resources.files("station.line").joinpath("texts")
    return Catalogue({lang: json.loads(folder.joinpath(f"{lang}.json").read_text("utf-8")) for lang in LANGUAGES})


WORDS = _load()


def explained(reason: str) -> Text:
    """Return why a rig is as it is in both languages; words without a code stand as the rig's driver said them."""
    if isinstance(reason, Reason) and reason.code:
        said = {name: os_words(value) if name == "detail" else value for name, value in reason.values.items()}
        return WORDS.text(f"why.{reason.code}", **said)
    return Text(zh=str(reason), en=str(reason))
