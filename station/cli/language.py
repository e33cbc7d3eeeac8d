"""The language of this terminal."""

import os

from station.model.text import Language, language_of


def language_here() -> Language:
    """Return the language of this terminal."""
    return language_of(os.environ.get("LC_ALL") or os.environ.get("LANG"))
