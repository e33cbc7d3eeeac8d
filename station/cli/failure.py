"""How a command ends when it cannot do what was asked: one clear line on stderr, and a telling exit code."""

import contextlib
import sys
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

import typer

from devices.errors import ProfileError
from station.cli.language import language_here
from station.cli.usage import is_help, usage_text
from station.cli.words import text
from station.model.os_text import FULL, READ_ONLY, os_text
from station.model.text import Language, SaidError, Text
from station.store.errors import StoreError

FINDING, UNUSABLE = 1, 2


class Unusable(SaidError):  # noqa: N818 - what the input is
    """The input cannot be used; the message says why and what to do."""

    @classmethod
    def of(cls, case: str, /, **values: object) -> "Unusable":
        """Return the error of one case of the catalogue."""
        return cls(text(f"unusable.{case}", **values))


@runtime_checkable
class Spoken(Protocol):
    """An error that is said in every language."""

    def say(self, language: Language) -> str:
        """Return the sentence in one language."""


KNOWN = (SaidError, ProfileError, StoreError, OSError, typer.TyperException, typer.Abort)


def sentence(error: BaseException) -> Text:
    """Return what a person is told of an error."""
    if isinstance(error, Spoken):
        return Text(zh=error.say("zh"), en=error.say("en"))
    if isinstance(error, typer.TyperException):
        return usage_text(error)
    if isinstance(error, typer.Abort):
        return text("failure.aborted")
    if isinstance(error, OSError):
        return _of_system(error)
    return Text(zh=str(error), en=str(error))


def _of_system(error: OSError) -> Text:
    if isinstance(error, TimeoutError) and not str(error):
        return text("failure.timeout")
    if error.filename is None:
        return os_text(error)
    if error.errno in FULL:
        return text("failure.full", file=error.filename)
    if error.errno in READ_ONLY:
        return text("failure.read_only", file=error.filename)
    return text("failure.file", file=error.filename, why=os_text(error))


@contextlib.contextmanager
def said_plainly() -> Iterator[None]:
    """Turn what a person can put right into one line on stderr and exit code 2."""
    try:
        yield
    except KNOWN as error:
        if not is_help(error):
            print(f"station: {sentence(error).in_(language_here())}", file=sys.stderr)
        raise SystemExit(UNUSABLE) from error
