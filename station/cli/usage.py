"""What is said of options and arguments that cannot be used.

Typer brings a copy of click of its own, whose sentences are English without a hook for others: they are told by their
types and, where a type has several, by their words. A test makes typer say each of them.
"""

import re

import typer
from pydantic import ValidationError
from typer._click import exceptions as click

from station.cli.words import text
from station.model.expected import expected
from station.model.text import Text

_SENTENCES = (
    (re.compile(r"Missing command"), "command_missing"),
    (re.compile(r"No such command '(?P<name>[^']*)'"), "command_unknown"),
    (re.compile(r"Got unexpected extra argument\(s\) \((?P<words>.*)\)", re.DOTALL), "extra"),
    (re.compile(r"Option '(?P<name>[^']*)' requires"), "value_missing"),
    (re.compile(r"Option '(?P<name>[^']*)' does not take a value"), "no_value"),
)


def is_help(error: BaseException) -> bool:
    """Return whether a command was given without arguments, for which its help has been printed already."""
    return isinstance(error, click.NoArgsIsHelpError)


def usage_text(error: typer.TyperException) -> Text:
    """Return what is wrong with the arguments, and where the right ones stand."""
    context = getattr(error, "ctx", None)
    said = _wrong(error)
    return text("usage.see", said=said, command=context.command_path) if context else said


def _wrong(error: typer.TyperException) -> Text:
    if isinstance(error, click.MissingParameter) and error.param:
        return text(f"usage.missing_{error.param.param_type_name}", name=_name(error))
    if isinstance(error, click.NoSuchOption):
        near = ", ".join(sorted(error.possibilities or ()))
        return text("usage.option_near" if near else "usage.option_unknown", name=error.option_name, near=near)
    if isinstance(error, click.BadParameter) and error.param:
        return text("usage.bad", name=_name(error), why=_why(error))
    return _by_words(error)


def _name(error: click.BadParameter) -> str:
    """Return the option, or the name of the argument, as the help shows it."""
    assert error.param  # noqa: S101 - both callers have looked
    return error.param.get_error_hint().strip("'")


def _why(error: click.BadParameter) -> Text:
    choices = error.param.type_descriptor.choices if error.param else None
    if choices:
        return text("usage.choices", choices=", ".join(map(str, choices)))
    if isinstance(error.__cause__, ValidationError):
        return expected(error.__cause__.errors()[0])
    return Text(zh=error.message, en=error.message)


def _by_words(error: typer.TyperException) -> Text:
    for pattern, key in _SENTENCES:
        if found := pattern.match(error.message):
            return text(f"usage.{key}", **found.groupdict())
    return Text(zh=error.format_message(), en=error.format_message())
