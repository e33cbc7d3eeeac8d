"""Sentences that people read, in every language of the product."""

from collections.abc import Mapping
from typing import Literal

from station.model.base import Frozen

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Text(Frozen):
    """One sentence in Simplified Chinese and in English."""

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        """Return the sentence in one language."""
        return self.zh if language == "zh" else self.en


class SaidError(Exception):
    """An error that a person reads: ``text`` says what happened and what to do; as a string it is English."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text

    def __str__(self) -> str:
        return self.text.en

    def say(self, language: Language) -> str:
        """Return the sentence in one language."""
        return self.text.in_(language)


class SaidValueError(SaidError, ValueError):
    """A value that cannot be used; raised in a validator it is said as it is."""


def language_of(lang: str | None) -> Language:
    """Return the language that a LANG value (``zh_CN.UTF-8``, ``en_GB``) asks for; Chinese if it says nothing."""
    return "en" if (lang or "").lower().startswith("en") else "zh"


class Catalogue:
    """The sentences of one package: key to template, in each language.

    Args:
        templates: language to (key to ``str.format`` template).

    Raises:
        ValueError: a key stands in one language only.
    """

    def __init__(self, templates: Mapping[Language, Mapping[str, str]]) -> None:
        zh, en = templates["zh"].keys(), templates["en"].keys()
        if zh != en:
            raise ValueError(f"texts in one language only: {', '.join(sorted(zh ^ en))}")
        self._templates = templates

    def say(self, language: Language, key: str, /, **values: object) -> str:
        """Return one sentence in one language; values that are texts stand in that language."""
        plain = {name: v.in_(language) if isinstance(v, Text) else v for name, v in values.items()}
        return self._templates[language][key].format(**plain)

    def text(self, key: str, /, **values: object) -> Text:
        """Return one sentence in every language."""
        return Text(zh=self.say("zh", key, **values), en=self.say("en", key, **values))

    def __contains__(self, key: str) -> bool:
        """Return whether there is a sentence under a key."""
        return key in self._templates["zh"]

    def keys(self) -> frozenset[str]:
        """Return every key."""
        return frozenset(self._templates["zh"])
