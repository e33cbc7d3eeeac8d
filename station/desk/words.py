"""The desk's sentences and the words for outcomes, states and codes."""

import json
from functools import cache
from importlib.resources import files

from station.model.codes import ITEM_NAMES, STAGE_NAMES, Stage
from station.model.inspection import State
from station.model.text import LANGUAGES, Catalogue, Language, Text
from station.model.verdict import Outcome

# A verdict is a sign and a word, so that it never hangs on a colour.
SIGNS: dict[Outcome, str] = {
    Outcome.PASS: "✓",
    Outcome.FAIL: "✗",
    Outcome.INVALID: "!",
    Outcome.UNKNOWN: "?",
    Outcome.NOT_APPLICABLE: "-",
}
STYLES: dict[Outcome, str] = {
    Outcome.PASS: "green",
    Outcome.FAIL: "bold red",
    Outcome.INVALID: "bold yellow",
    Outcome.UNKNOWN: "bold yellow",
    Outcome.NOT_APPLICABLE: "dim",
}


@cache
def catalogue() -> Catalogue:
    """Return the desk's catalogue, read once."""
    folder = files("station.desk") / "texts"
    return Catalogue({lang: json.loads((folder / f"{lang}.json").read_text("utf-8")) for lang in LANGUAGES})


KNOWN = catalogue().keys()
"""Every key there is: a code of the line that has no words stands for itself."""


def say(language: Language, key: str, **values: object) -> str:
    """Return one sentence in one language."""
    return catalogue().say(language, key, **values)


def text(key: str, **values: object) -> Text:
    """Return one sentence in every language; values that are texts stand in their own language."""
    sentences = {
        lang: say(lang, key, **{name: v.in_(lang) if isinstance(v, Text) else v for name, v in values.items()})
        for lang in LANGUAGES
    }
    return Text(**sentences)


def outcome_word(language: Language, outcome: Outcome) -> str:
    """Return sign and word of an outcome."""
    return f"{SIGNS[outcome]} {say(language, f'outcome.{outcome.value}')}"


def outcome_text(outcome: Outcome) -> Text:
    """Return sign and word of an outcome in every language."""
    return Text(zh=outcome_word("zh", outcome), en=outcome_word("en", outcome))


def state_word(language: Language, state: State) -> str:
    """Return the word for where an inspection stands."""
    return say(language, f"state.{state.value}")


def stage_word(language: Language, stage: Stage) -> str:
    """Return the name of a stage."""
    return STAGE_NAMES[stage].in_(language)


def item_word(language: Language, code: str) -> str:
    """Return code and name of an item."""
    name = ITEM_NAMES.get(code)
    return f"{code} {name.in_(language)}" if name else code


def short_serial(serial: str) -> str:
    """Return the running number that people call: the last four characters of a serial."""
    return serial[-4:]
