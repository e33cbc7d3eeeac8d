"""The help in the language of the terminal: English stands with the commands, Chinese in ``help/zh.json``."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from typer import rich_utils
from typer._click.core import Command, Context, Parameter
from typer._click.formatting import HelpFormatter

from station.cli.words import say
from station.model.text import Language

ANY = "*"
"""Stands for every command: the text of an option that many of them have."""
EXAMPLE = "Example: "
_PANELS = {
    "ARGUMENTS_PANEL_TITLE": "arguments",
    "OPTIONS_PANEL_TITLE": "options",
    "COMMANDS_PANEL_TITLE": "commands",
    "DEFAULT_STRING": "default",
    "REQUIRED_LONG_STRING": "required",
}


@cache
def chinese() -> Mapping[str, str]:
    """Return the Chinese texts: a command's by its path (``ledger.verify``), an option's by its name below it."""
    texts: dict[str, str] = json.loads((files("station.cli") / "help" / "zh.json").read_text("utf-8"))
    return texts


def in_language(command: Command, language: Language) -> Command:
    """Put a tree of commands into a language, and with it what typer itself says around them."""
    for constant, word in _PANELS.items():
        setattr(rich_utils, constant, say(language, f"typer.{word}"))
    Context.formatter_class = _formatter(say(language, "typer.usage"))
    for path, each in commands(command):
        _words_of(each, language)
        if language == "zh":
            _into_chinese(path, each)
    return command


def _formatter(usage: str) -> type[HelpFormatter]:
    class Formatter(HelpFormatter):
        """Says *usage* in the language of the terminal."""

        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            """Write the line of usage."""
            super().write_usage(prog, args, usage if prefix is None else prefix)

    return Formatter


def commands(command: Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Command]]:
    """Return every command and group of a tree by its path; the root's is empty."""
    yield ".".join(path), command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


def key_of(path: str, parameter: Parameter) -> str:
    """Return the key of an option's or argument's text: that of its command, or of every command."""
    name = f"{path}.{_name(parameter)}".removeprefix(".")
    return name if name in chinese() else f"{ANY}.{_name(parameter)}"


def _name(parameter: Parameter) -> str:
    return parameter.opts[0].lstrip("-") if parameter.opts[0].startswith("-") else str(parameter.name)


def _words_of(command: Command, language: Language) -> None:
    command.options_metavar = say(language, "typer.options_metavar")
    if hasattr(command, "subcommand_metavar"):
        command.subcommand_metavar = say(language, "typer.subcommand_metavar")


def _into_chinese(path: str, command: Command) -> None:
    help_option = command.get_help_option(Context(command))
    for parameter in (*command.params, *([help_option] if help_option else [])):
        parameter.help = chinese()[key_of(path, parameter)]  # type: ignore[attr-defined]  # each of typer's has it
    # An example is the same in every language: it stands once.
    example = (command.help or "").partition(EXAMPLE)[2]
    more = f"\n\n{say('zh', 'typer.example')}{example.strip()}" if example else ""
    command.help = chinese()[path] + more
    command.short_help = None
