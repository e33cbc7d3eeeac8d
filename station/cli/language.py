"""The language of the command line: Chinese first."""

import os
import re
from collections.abc import Sequence
from enum import StrEnum

from station.model.text import LANGUAGES, Language

VARIABLE = "STATION_LANG"
_ENGLISH = re.compile(r"(en|c\b|posix)", re.IGNORECASE)


class Lang(StrEnum):
    """The languages that an option can ask for."""

    ZH = "zh"
    EN = "en"


def language_here() -> Language:
    """Return the language of this terminal: what STATION_LANG, LC_ALL, LC_MESSAGES or LANG says first, else Chinese."""
    said = (os.environ.get(name) for name in (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG"))
    return "en" if _ENGLISH.match(next(filter(None, said), "")) else "zh"


def speak(arguments: Sequence[str]) -> None:
    """Take ``--lang`` before the command as the language of this process and of those that it starts.

    It is read ahead of everything else, because what is wrong with the other options is said in it, too.
    """
    rest = list(arguments)
    while rest and rest[0].startswith("-"):
        name, given, value = rest.pop(0).partition("=")
        if name == "--lang":
            asked = value if given else next(iter(rest), "")
            rest = rest if given else rest[1:]
            if asked in LANGUAGES:
                os.environ[VARIABLE] = asked
