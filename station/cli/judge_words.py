"""How a pack, an item, and what decided are named on the command line."""

import re

from station.cli.language import language_here
from station.cli.words import here
from station.model.codes import ITEM_NAMES
from station.rules import Pack

_WORDS = re.compile(r"\b(left|right|to|fast check)\b")


def pack_line(pack: Pack, by_default: bool) -> str:
    """Return which pack judges: name, edition and SHA-256."""
    said = here("judge.by", title=pack.title.in_(language_here()), **pack.ref.model_dump())
    return f"{said}{here('judge.by_default')}" if by_default else said


def item_name(pack: Pack, code: str) -> str:
    """Return an item's code with its name, that of the pack if it has the item."""
    entry = pack.item(code)
    name = entry.name if entry else ITEM_NAMES.get(code)
    return f"{code} {name.in_(language_here())}" if name else code


def decided_by(said: str) -> str:
    """Return which samples decided, in the language of the terminal: verdicts have it in English, as a code."""
    return _WORDS.sub(lambda word: here(f"decided.{word[0].replace(' ', '_')}"), said)
