"""The sentences that all packs share, and what a pack may say otherwise."""

import json
from collections.abc import Mapping
from importlib import resources
from string import Formatter

from station.model.text import LANGUAGES, Catalogue, Language
from station.rules.pack import PackError
from station.rules.pack_words import TEXTS


def shared_words(language: Language) -> dict[str, str]:
    """Return key to template of one language, from its files in ``words``."""
    folder = resources.files("station.rules").joinpath("words")
    files = [json.loads(f.read_bytes()) for f in folder.iterdir() if f.name.endswith(f".{language}.json")]
    return {key: said for file in files for key, said in file.items()}


SHARED: dict[Language, dict[str, str]] = {language: shared_words(language) for language in LANGUAGES}
"""Key to template in each language."""


def catalogue(file: str, own: Mapping[Language, Mapping[str, str]]) -> Catalogue:
    """Return the shared sentences with those that a pack says otherwise.

    Raises:
        PackError: naming the first text that stands in one language only, is not known or uses other words.
    """
    for language, templates in own.items():
        for key in sorted(set().union(*own.values())):
            if key not in SHARED[language]:
                raise PackError.of(file, f"texts.{language}: {key}", "text_unknown")
            if key not in templates:
                raise PackError.of(file, f"texts.{language}: {key}", "text_missing")
            allowed = set().union(*(words_in(SHARED[known][key]) for known in LANGUAGES))
            check_words(file, f"texts.{language}: {key}", templates[key], allowed)
    return Catalogue({language: {**SHARED[language], **own.get(language, {})} for language in LANGUAGES})


def words_in(template: str) -> set[str]:
    """Return the words in braces of a template.

    Raises:
        ValueError: the braces are not in pairs.
    """
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def check_words(file: str, entry: str, template: str, words: set[str]) -> None:
    """Check that a template is well formed and uses no other words.

    Raises:
        PackError: naming the word.
    """
    try:
        used = words_in(template)
    except ValueError as error:
        raise PackError.of(file, entry, "text_form", detail=error) from error
    if not used <= words:
        allowed = ", ".join(sorted(words)) or TEXTS.text("none")
        raise PackError.of(file, entry, "text_word", words=", ".join(sorted(used - words)), allowed=allowed)
