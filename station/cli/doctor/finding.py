"""What the doctor finds: one sentence, how bad it is, and what to do."""

import json
from functools import cache
from importlib.resources import files
from typing import Literal

from station.cli.failure import sentence
from station.model.base import Frozen
from station.model.text import LANGUAGES, Catalogue, Language, Text
from station.store.errors import StoreError

Level = Literal["ok", "warning", "fault"]
LEVELS: tuple[Level, ...] = ("ok", "warning", "fault")
NOTHING = Text(zh="", en="")


class Finding(Frozen):
    """One result of one check; ``remedy`` is empty where nothing is to be done."""

    check: str
    level: Level
    found: Text
    remedy: Text = NOTHING


class Diagnosis(Frozen):
    """Everything that was found, in the order of the checks; ``level`` is the worst of it."""

    v: Literal[1] = 1
    station: str
    at: str
    level: Level
    findings: tuple[Finding, ...]


@cache
def words() -> Catalogue:
    """Return the doctor's catalogue, read once."""
    folder = files("station.cli.doctor") / "texts"
    return Catalogue({lang: json.loads((folder / f"{lang}.json").read_text("utf-8")) for lang in LANGUAGES})


def fine(key: str, **values: object) -> Finding:
    """Return that something is in order; the key's first part names the check."""
    return Finding(check=key.partition(".")[0], level="ok", found=_text(key, values))


def beware(key: str, **values: object) -> Finding:
    """Return a warning with its remedy (the key and ``.do``)."""
    return _bad("warning", key, values)


def broken(key: str, **values: object) -> Finding:
    """Return a fault with its remedy (the key and ``.do``)."""
    return _bad("fault", key, values)


def told(check: str, level: Level, found: Text, remedy: Text = NOTHING) -> Finding:
    """Return what another part of the station says in its own words."""
    return Finding(check=check, level=level, found=found, remedy=remedy)


def refused(check: str, error: StoreError) -> Finding:
    """Return what database or disk said, as a fault."""
    found = Text(zh=f"{error.what.zh}({error.where})", en=f"{error.what.en} ({error.where})")
    return told(check, "fault", found, error.todo)


def worst(findings: tuple[Finding, ...]) -> Level:
    """Return the worst level of all, ``ok`` for none."""
    return max((finding.level for finding in findings), key=LEVELS.index, default="ok")


def _bad(level: Level, key: str, values: dict[str, object]) -> Finding:
    found, remedy = _text(key, values), _text(f"{key}.do", values)
    return Finding(check=key.partition(".")[0], level=level, found=found, remedy=remedy)


def _text(key: str, values: dict[str, object]) -> Text:
    """Return a sentence; values that can be said in both languages are said in that of the sentence."""
    said = {language: {name: _in(value, language) for name, value in values.items()} for language in LANGUAGES}
    return Text(zh=words().say("zh", key, **said["zh"]), en=words().say("en", key, **said["en"]))


def _in(value: object, language: Language) -> object:
    match value:
        case Text():
            return value.in_(language)
        case Exception():
            return sentence(value).in_(language)
    return value
